"""Importing in the browser: upload, match, look, commit, correct."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from homecare.accounts.models import User
from homecare.audit.models import PatientAccess
from homecare.desk.models import ColumnMapping, RegisterFile, RegisterImport, RegisterImportRow
from homecare.desk.register import running, uploads
from patients.models import Patient
from tests.desk.imports import NOON, full, import_rows
from tests.desk.registers import csv_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
BAD = full(Hosp_No="M2", NHS_No="999 000 0019", Notes="=1+1")
ODD = full(Hosp_No="M3", NHS_No="999 000 0026", Mobile="ask wife")


@pytest.fixture
def technician(client: Client) -> User:
    who = User.objects.create(username="tina", role="TECHNICIAN", kind=User.Kind.HUMAN, last_name="Tina")
    client.force_login(who)
    return who


def upload(client: Client, content: bytes, name: str = "register.csv") -> RegisterImport:
    answer = client.post(
        reverse("register_imports"), {"file": SimpleUploadedFile(name, content), "as_at": "2026-11-02"}
    )
    assert answer.status_code == 302, answer.content.decode()
    return RegisterImport.objects.latest("pk")


def page(client: Client, kept: RegisterImport, query: str = "") -> str:
    answer = client.get(reverse("register_import", args=[kept.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def match(client: Client, kept: RegisterImport, **changes: str) -> str:
    given = {f"column_{column.position}": column.field for column in uploads.columns_seen(kept)} | changes
    answer = client.post(reverse("register_import_columns", args=[kept.pk]), given)
    kept.refresh_from_db()
    return answer.content.decode() if answer.status_code == 200 else ""


def decide(client: Client, kept: RegisterImport, decision: str, **more: str) -> str:
    address = reverse("register_import_decision", args=[kept.pk])
    answer = client.post(address, {"decision": decision, **more}, follow=True)
    kept.refresh_from_db()
    return answer.content.decode()


def checked(client: Client, *rows: dict[str, str]) -> RegisterImport:
    kept = upload(client, csv_of(*rows))
    match(client, kept)
    running.check_register(import_id=kept.pk, at=NOON)
    kept.refresh_from_db()
    return kept


@pytest.mark.usefixtures("technician")
def test_an_upload_takes_nothing_and_guesses_the_columns(client: Client) -> None:
    kept = upload(client, csv_of(full()))
    text = page(client, kept)
    assert (kept.status, Patient.objects.count()) == ("UPLOADED", 0)
    assert '<option value="nhs_number" selected>' in text
    assert "999 000 0018" in text


@pytest.mark.usefixtures("technician")
@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(200), b"a,b\n1,2\n"])
def test_a_file_that_is_no_register_is_refused_in_words(client: Client, content: bytes) -> None:
    file = SimpleUploadedFile("register.csv", content)
    text = client.post(reverse("register_imports"), {"file": file, "as_at": "2026-11-02"}).content.decode()
    assert "There is a problem" in text
    assert not RegisterImport.objects.exists()


@pytest.mark.usefixtures("technician")
def test_a_needed_field_without_a_column_is_named(client: Client) -> None:
    kept = upload(client, csv_of(full()))
    nhs = next(column for column in uploads.columns_seen(kept) if column.heading == "NHS No")
    assert "No column was found for: NHS number" in match(client, kept, **{f"column_{nhs.position}": ""})
    assert kept.status == "UPLOADED"


@pytest.mark.usefixtures("technician")
def test_one_field_is_one_column(client: Client) -> None:
    kept = upload(client, csv_of(full()))
    assert "is this field already" in match(client, kept, column_2="nhs_number")


@pytest.mark.usefixtures("technician")
def test_what_was_matched_is_remembered_for_these_headings(client: Client) -> None:
    row = {("Wer weiß" if key == "Notes" else key): value for key, value in full(Notes="hello").items()}
    kept = upload(client, csv_of(row))
    place = list(row).index("Wer weiß")
    match(client, kept, **{f"column_{place}": "notes"})
    assert ColumnMapping.objects.count() == 1
    assert upload(client, csv_of(row)).columns["notes"] == "Wer weiß"


@pytest.mark.usefixtures("technician")
def test_a_preview_shows_each_problem_beside_its_cell(client: Client) -> None:
    kept = checked(client, full(), BAD, ODD)
    text = page(client, kept)
    assert (kept.status, Patient.objects.count()) == ("CHECKED", 0)
    assert "<strong>NHS number</strong>: <code>999 000 0019</code>" in text
    assert "<strong>Mobile</strong>: <code>ask wife</code>" in text
    assert "The NHS number is not one" in text


@pytest.mark.usefixtures("technician")
def test_a_preview_can_be_narrowed(client: Client) -> None:
    kept = checked(client, full(), BAD, ODD)
    text = page(client, kept, "?show=mobile_unusable")
    assert ("ask wife" in text, "999 000 0019" in text) == (True, False)


def test_a_commit_takes_all_but_the_rejected_rows(client: Client, technician: User) -> None:
    kept = checked(client, full(), BAD, ODD)
    decide(client, kept, "commit")
    assert kept.status == "COMMITTING"
    running.commit_import(import_id=kept.pk, at=NOON)
    kept.refresh_from_db()
    assert (kept.status, kept.committed_by, Patient.objects.count()) == ("COMMITTED", technician, 2)
    assert {h.history_user for h in Patient.history.all()} == {technician}
    assert not RegisterFile.objects.exists()
    text = page(client, kept)
    assert "committed" in text
    assert "ask wife" in text


@pytest.mark.usefixtures("technician")
def test_a_commit_that_runs_twice_takes_it_once(client: Client) -> None:
    kept = checked(client, full())
    decide(client, kept, "commit")
    for _ in range(2):
        running.commit_import(import_id=kept.pk, at=NOON)
    assert RegisterImportRow.objects.count() == 1


@pytest.mark.usefixtures("technician")
def test_without_a_worker_the_page_does_it(client: Client) -> None:
    kept = upload(client, csv_of(full()))
    match(client, kept)
    assert "Waiting to begin" in page(client, kept)
    decide(client, kept, "now")
    assert kept.status == "CHECKED"
    decide(client, kept, "commit")
    decide(client, kept, "now")
    assert (kept.status, Patient.objects.count()) == ("COMMITTED", 1)


@pytest.mark.usefixtures("technician")
def test_progress_is_told_until_it_is_over(client: Client) -> None:
    kept = upload(client, csv_of(full()))
    match(client, kept)
    address = reverse("register_import_progress", args=[kept.pk])
    assert "hx-get" in client.get(address).content.decode()
    running.check_register(import_id=kept.pk, at=NOON)
    assert client.get(address)["HX-Refresh"] == "true"


@pytest.mark.usefixtures("technician")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("committed", [False, True])
def test_rejected_rows_come_back_to_be_corrected_and_uploaded_again(client: Client, kind: str, committed: bool) -> None:
    kept = checked(client, full(), BAD)
    if committed:
        decide(client, kept, "commit")
        running.commit_import(import_id=kept.pk, at=NOON)
    content = client.get(reverse("register_import_rejected", kwargs={"pk": kept.pk, "kind": kind})).content
    if kind == "csv":
        corrected = content.decode("utf-8-sig").replace("999 000 0019", "999 000 0026").encode()
        assert b"'=1+1" in content
    else:
        workbook = load_workbook(io.BytesIO(content))
        cell = next(cell for cell in workbook.active[2] if cell.value == "999 000 0019")
        cell.value = "999 000 0026"
        out = io.BytesIO()
        workbook.save(out)
        corrected = out.getvalue()
    again = upload(client, corrected, f"corrected.{kind}")
    match(client, again)
    running.check_register(import_id=again.pk, at=NOON)
    decide(client, again, "commit")
    running.commit_import(import_id=again.pk, at=NOON)
    patient = Patient.objects.get(hospital_number="M2")
    assert patient.enrolments.get().notes == "=1+1"


@pytest.mark.usefixtures("technician")
def test_a_discarded_file_is_deleted_and_stays_on_record(client: Client) -> None:
    kept = upload(client, csv_of(full()))
    decide(client, kept, "discard")
    assert (kept.status, RegisterFile.objects.exists()) == ("DISCARDED", False)


@pytest.mark.usefixtures("technician")
def test_an_import_with_rejected_rows_waits_for_review(client: Client) -> None:
    import_rows(full(), BAD)
    kept = RegisterImport.objects.get()
    assert kept in RegisterImport.objects.to_review()
    decide(client, kept, "review", note="")
    assert kept.reviewed_at is None
    decide(client, kept, "review", note="The ward rang; corrected and uploaded again.")
    assert kept not in RegisterImport.objects.to_review()


@pytest.mark.usefixtures("technician")
def test_what_cannot_be_done_now_is_refused_in_words(client: Client) -> None:
    import_rows(full())
    kept = RegisterImport.objects.get()
    assert "This import is committed: that cannot be done now." in decide(client, kept, "commit")


@pytest.mark.parametrize("role", ["FINANCE", "AUDITOR", "SYSTEM_ADMINISTRATOR"])
@pytest.mark.parametrize("name", ["register_imports", "register_import", "register_import_progress"])
def test_imports_are_not_everybodys(client: Client, role: str, name: str) -> None:
    import_rows(full())
    client.force_login(User.objects.create(username="other", role=role, kind=User.Kind.HUMAN))
    args = [] if name == "register_imports" else [RegisterImport.objects.get().pk]
    assert client.get(reverse(name, args=args)).status_code == 403


def test_looking_at_rows_of_patients_on_record_is_on_record(client: Client, technician: User) -> None:
    import_rows(full(Mobile="ask wife"))
    page(client, RegisterImport.objects.get())
    seen = PatientAccess.objects.filter(user=technician).latest("pk")
    assert Patient.objects.get().pk in seen.patient_ids


@pytest.mark.usefixtures("technician")
def test_a_script_in_a_note_is_text_on_the_page(client: Client) -> None:
    kept = checked(client, full(Mobile="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in page(client, kept)


def test_the_register_of_a_later_day_says_what_it_would_change(client: Client, technician: User) -> None:
    import_rows(full(), as_at=dt.date(2026, 11, 1))
    kept = checked(client, full(Surname="Smith"))
    assert kept.counts["UPDATED"] == 1
