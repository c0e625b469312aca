"""The encrypted list: it opens with its passphrase and not without, holds no formula, and who took it is on record."""

import base64
import datetime as dt
import hashlib
import io
import re

import msoffcrypto
import pytest
import time_machine
from django.test import Client
from msoffcrypto.exceptions import InvalidKeyError
from openpyxl import Workbook, load_workbook

from homecare.audit.actions import acting
from homecare.audit.models import PatientAccess
from homecare.core.errors import NotAllowed, Refused
from homecare.desk.moving import handout
from patients.cover import actions as cover
from patients.models import ContactPoint, Enrolment, PatientAddress
from tests.desk.moving.lists import Failing, failing
from tests.desk.pages import person
from tests.factories import NOON
from tests.patients.transfers import TODAY

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def at() -> Failing:
    return failing(2)


def opened(content: bytes, passphrase: str) -> Workbook:
    out = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    file.load_key(password=passphrase, verify_password=True)
    file.decrypt(out, verify_integrity=True)
    return load_workbook(out)


def made(at: Failing) -> handout.Handout:
    return handout.make_handout(provider=at.provider, by=at.lead, today=TODAY + 5 * DAY)


def lines(at: Failing) -> list[list[str]]:
    found = made(at)
    sheet = opened(found.content, found.passphrase).active
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def test_it_opens_with_the_passphrase(at: Failing) -> None:
    assert lines(at)[0] == list(handout.HEADINGS)


@pytest.mark.parametrize("passphrase", ["password", "aaaa-aaaa-aaaa-aaaa-aaaa"])
def test_it_does_not_open_without(at: Failing, passphrase: str) -> None:
    with pytest.raises(InvalidKeyError):
        opened(made(at).content, passphrase)


def test_it_is_encrypted_with_aes_256(at: Failing) -> None:
    content = made(at).content
    assert msoffcrypto.OfficeFile(io.BytesIO(content)).is_encrypted()
    assert b'cipherAlgorithm="AES"' in content
    assert b'keyBits="256"' in content


def test_no_name_stands_in_the_file_in_clear(at: Failing) -> None:
    content = made(at).content
    assert at.enrolments[0].patient.family_name.encode() not in content
    assert b"PK\x03\x04" not in content


def test_passphrases_are_new_each_time_and_easy_to_say() -> None:
    found = {handout.new_passphrase() for _ in range(200)}
    assert len(found) == 200
    assert all(re.fullmatch(r"([a-hj-km-np-z2-9]{4}-){4}[a-hj-km-np-z2-9]{4}", passphrase) for passphrase in found)


HOSTILE = ['=HYPERLINK("http://example.com")', "+44 7700", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_text(at: Failing, value: str) -> None:
    patient = at.enrolments[0].patient
    with acting(by=at.lead):
        type(patient).objects.filter(pk=patient.pk).update(family_name=value)
    found = made(at)
    sheet = opened(found.content, found.passphrase).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert value.replace("\r", "\n").strip() in {(cell.value or "").strip() for cell in cells}


def test_it_holds_what_keeps_people_supplied(at: Failing) -> None:
    enrolment: Enrolment = at.enrolments[0]
    patient = enrolment.patient
    with acting(by=at.lead):
        ContactPoint.objects.create(patient=patient, kind="MOBILE", value="+447700900123")
        PatientAddress.objects.create(patient=patient, use="HOME", line_1="1 Home Row", postcode="ZZ1 1ZZ")
        PatientAddress.objects.create(patient=patient, use="DELIVERY", line_1="2 Work Row", postcode="ZZ2 2ZZ")
        enrolment.phases.update(dose_text="40 mg", frequency_text="Every 2 weeks")
    line = dict(zip(handout.HEADINGS, lines(at)[1], strict=True))
    assert line == {
        "Family name": patient.family_name,
        "Given name": "Alex",
        "Date of birth": "14 Mar 1961",
        "NHS number": " ".join((patient.nhs_number[:3], patient.nhs_number[3:6], patient.nhs_number[6:])),
        "Telephone": "+447700900123",
        "Address": "2 Work Row, ZZ2 2ZZ",
        "Medicine": at.medicine.name,
        "Dose": "40 mg every 2 weeks",
        "First dose without medicine": "Tue 17 Mar 2026",
        "Next delivery": "due Tue 10 Mar 2026, none under way",
        "Clinic": str(enrolment.clinic),
    }


def test_it_holds_those_of_the_next_fortnight_and_those_nobody_knows_of() -> None:
    at = failing(4)  # they run out on 17 and 31 March, 14 and 28 April
    at.enrolments[3].supply_facts.update(withdrawn_at=NOON)
    cover.recompute([at.enrolments[3].pk], on=TODAY)
    found = made(at)  # on 7 March
    assert found.rows == 2
    assert set(found.patient_ids) == {at.enrolments[0].patient_id, at.enrolments[3].patient_id}


def test_nobody_makes_no_list() -> None:
    at = failing(0)
    with pytest.raises(Refused, match="Nobody"):
        made(at)


def test_far_too_many_are_made_one_list_for_each_specialty(at: Failing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handout, "MOST_ROWS", 0)
    with pytest.raises(Refused, match="one for each specialty"):
        made(at)


def test_a_list_may_be_of_one_specialty(at: Failing) -> None:
    mine = at.enrolments[0].clinic.specialty_id
    found = [
        handout.due_soon(at.provider, today=TODAY + 5 * DAY).filter(enrolment__clinic__specialty=mine).count(),
        handout.make_handout(provider=at.provider, by=at.lead, today=TODAY + 5 * DAY, specialty_id=mine).rows,
    ]
    assert found == [1, 1]
    with pytest.raises(Refused, match="Nobody"):
        handout.make_handout(provider=at.provider, by=at.lead, today=TODAY + 5 * DAY, specialty_id=0)


def test_only_a_lead_takes_it(at: Failing) -> None:
    with pytest.raises(NotAllowed):
        handout.make_handout(provider=at.provider, by=person("TECHNICIAN"), today=TODAY)


# The page


def answer_of(at: Failing):
    client = Client()
    client.force_login(at.lead)
    with time_machine.travel(NOON + 5 * DAY, tick=False):
        return client.post(f"/providers/{at.provider.pk}/failure/list/")


def test_the_page_gives_the_file_and_its_passphrase_and_may_not_be_kept(at: Failing) -> None:
    answer = answer_of(at)
    html = answer.content.decode()
    passphrase = re.search(r'id="passphrase">([^<]+)<', html)[1]
    content = base64.b64decode(re.search(r"base64,([^\"]+)\"", html)[1])
    assert opened(content, passphrase).active.max_row == 2
    assert "no-store" in answer["Cache-Control"]


def test_who_took_it_is_on_record_of_every_patient_in_it(at: Failing) -> None:
    html = answer_of(at).content.decode()
    content = base64.b64decode(re.search(r"base64,([^\"]+)\"", html)[1])
    seen = PatientAccess.objects.get()
    assert (seen.user, seen.purpose, seen.file_rows) == (at.lead, "EXPORT", 1)
    assert seen.patient_ids == [at.enrolments[0].patient_id]
    assert seen.file_sha256 == hashlib.sha256(content).hexdigest()


def test_the_passphrase_is_in_no_log(at: Failing, caplog: pytest.LogCaptureFixture, capsys) -> None:
    html = answer_of(at).content.decode()
    passphrase = re.search(r'id="passphrase">([^<]+)<', html)[1]
    said = capsys.readouterr()
    assert passphrase not in caplog.text + said.out + said.err
