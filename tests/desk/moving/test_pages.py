"""The pages of transfers: one patient's, a whole list's, and a provider that fails."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from homecare.audit.actions import acting
from homecare.audit.models import PatientAccess
from homecare.desk.moving import deeds, running
from patients.cover import actions as cover
from patients.models import AccessibleNeed, BulkTransfer, Enrolment, Equipment, Transfer
from tests.desk.moving.lists import Failing, failing, planned
from tests.desk.pages import browser, person, text, treated
from tests.factories import NOON, enrolment_with_cover
from tests.patients.transfers import TODAY, live_service

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def lead_of(at: Failing) -> Client:
    client = Client()
    client.force_login(at.lead)
    return client


# One patient


def start_page(enrolment: Enrolment, service, **said: str):
    given = {"to_service": service.pk, "old_provider_supplies": "yes", "reason": "They closed"} | said
    return browser().post(f"/enrolments/{enrolment.pk}/transfer/", given)


def test_the_form_shows_what_would_follow_and_what_the_provider_holds() -> None:
    enrolment = treated()
    service = live_service(enrolment.medicine)
    shown = text(browser().get(f"/enrolments/{enrolment.pk}/transfer/"))
    assert f"{service.provider}: {service.name}" in shown
    assert "consent to share with the new provider is asked for anew" in shown
    assert "At home 2 units" in shown


def test_a_transfer_begins_and_its_page_shows_both_sides() -> None:
    enrolment = treated()
    service = live_service(enrolment.medicine)
    answer = start_page(enrolment, service)
    assert answer.status_code == 302
    shown = text(browser().get(answer.url))
    assert f"Transfer from {enrolment.service.provider} to {service.provider}" in shown
    assert "Under way" in shown
    assert "What both providers hold" in shown


def test_both_enrolments_show_the_same_transfer() -> None:
    enrolment = treated()
    start_page(enrolment, live_service(enrolment.medicine))
    new = Transfer.objects.get().to_enrolment_id
    assert "What both providers hold" in text(browser().get(f"/enrolments/{new}/transfer/"))


def test_what_is_missing_is_said_beside_its_field() -> None:
    enrolment = treated()
    answer = start_page(enrolment, live_service(enrolment.medicine), reason="", old_provider_supplies="")
    assert (answer.status_code, Transfer.objects.count()) == (422, 0)


def test_without_a_service_that_takes_them_it_says_what_to_do() -> None:
    answer = browser().get(f"/enrolments/{treated().pk}/transfer/")
    assert answer.status_code == 409
    assert "Take one live first" in text(answer)


def test_a_second_press_is_told_that_the_patient_is_moving() -> None:
    enrolment = treated()
    service = live_service(enrolment.medicine)
    start_page(enrolment, service)
    answer = start_page(enrolment, service)
    assert (answer.status_code, Transfer.objects.count()) == (409, 1)
    assert f"moving to {service.provider} already" in text(answer)


def test_a_transfer_is_called_off_with_a_reason() -> None:
    enrolment = treated()
    start_page(enrolment, live_service(enrolment.medicine))
    address = f"/enrolments/{enrolment.pk}/transfer/call-off/"
    assert f"The patient stays with {enrolment.service.provider}" in text(browser().get(address))
    assert browser().post(address, {"reason": "They can supply after all"}).status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.status == "ACTIVE"


def test_somebody_who_has_not_begun_is_referred_elsewhere() -> None:
    enrolment = treated()
    start_page(enrolment, live_service(enrolment.medicine))
    deeds.cancel_transfer(transfer=Transfer.objects.get(), by=person("TECHNICIAN"), at=NOON, reason="A mistake")
    withdrawn = Enrolment.objects.exclude(pk=enrolment.pk).get()
    answer = browser().get(f"/enrolments/{withdrawn.pk}/transfer/")
    assert (answer.status_code, "Only a patient on treatment" in text(answer)) == (409, True)


# A provider that fails


def page_of(at: Failing, query: str = "", role: str = "TECHNICIAN") -> str:
    return text(browser(role).get(f"/providers/{at.provider.pk}/failure/{query}"))


def test_everyone_is_counted_by_days_of_cover() -> None:
    at = failing(0)
    service = live_service(at.medicine, provider=at.provider)
    with acting(by=at.lead):
        for days, units in ((-1, 0), (3, 0), (8, 0), (20, 0), (1, 9)):
            _due(service, at, days=days, units=units)
        unknown = _due(service, at, days=2, units=0)
        unknown.supply_facts.update(withdrawn_at=NOON)
        _recompute(unknown)
    shown = page_of(at)
    for words in ("1 without medicine", "1 under 7 days", "1 7 to 13 days", "1 14 to 27 days", "1 28 days or more"):
        assert words in shown
    assert "1 not known: count their stock" in shown
    assert "6 patients on treatment" in shown


def _due(service, at: Failing, *, days: int, units: int) -> Enrolment:
    enrolment = enrolment_with_cover(as_at=TODAY - 30 * DAY, units=0, service=service, treatment__medicine=at.medicine)
    enrolment.phases.update(starts_on=TODAY + days * DAY)
    enrolment.supply_facts.update(units=units)
    _recompute(enrolment)
    return enrolment


def _recompute(enrolment: Enrolment) -> None:
    cover.recompute([enrolment.pk], on=TODAY)


def test_who_runs_out_first_is_on_top_and_the_pages_go_on() -> None:
    at = failing(3)
    names = [enrolment.patient.family_name.upper() for enrolment in at.enrolments]
    shown = page_of(at)
    assert sorted(names, key=shown.index) == names


def test_a_row_says_what_the_patient_needs() -> None:
    at = failing(1)
    enrolment = at.enrolments[0]
    with acting(by=at.lead):
        Equipment.objects.create(enrolment=enrolment, kind="PUMP", owner="PROVIDER", delivered_on=TODAY)
        AccessibleNeed.objects.create(patient=enrolment.patient, kind="LARGE_PRINT")
    shown = page_of(at)
    assert "pump at home, large print" in shown
    assert "none left not asked for" in shown


@pytest.mark.parametrize(
    ("query", "number"),
    [("?cover=month", 1), ("?cover=week", 0), ("?state=TRANSFERRING", 0), ("?medicine=0", 0), ("?cover=nonsense", 2)],
)
def test_filters_narrow_the_list(query: str, number: int) -> None:
    at = failing(2)
    names = [enrolment.patient.family_name.upper() for enrolment in at.enrolments]
    shown = page_of(at, query)
    assert sum(name in shown for name in names) == number


def test_looking_is_on_record() -> None:
    at = failing(2)
    page_of(at)
    seen = PatientAccess.objects.get()
    assert sorted(seen.patient_ids) == sorted(enrolment.patient_id for enrolment in at.enrolments)


def test_the_page_asks_as_many_queries_for_two_as_for_twelve() -> None:
    asked = []
    for patients in (2, 12):
        at = failing(patients)
        client = browser()
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/providers/{at.provider.pk}/failure/")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_only_a_lead_is_offered_to_move_them() -> None:
    at = failing(1)
    assert "Move these patients" not in page_of(at)
    assert "Move these patients" in page_of(at, role="HOMECARE_LEAD")


# A whole list


def test_a_list_is_planned_looked_at_started_and_watched() -> None:
    at = failing(2)
    client = lead_of(at)
    here = f"/providers/{at.provider.pk}/transfer/"
    assert f"{at.target.provider}: {at.target.name}" in text(client.get(here))
    answer = client.post(
        here, {f"service_{at.medicine.pk}": at.target.pk, "old_provider_supplies": "no", "reason": "They closed"}
    )
    bulk = BulkTransfer.objects.get()
    shown = text(client.get(answer.url))
    assert "Start: move 2 patients" in shown
    assert "0 moving, 0 not moved, 2 waiting" in shown
    client.post(f"/bulk-transfers/{bulk.pk}/decision/", {"decision": "start"})
    running.run_for(bulk_id=bulk.pk, seconds=60)
    done = client.get(f"/bulk-transfers/{bulk.pk}/progress/")
    assert "2 moving, 0 not moved, 0 waiting" in text(done)
    assert done["HX-Refresh"] == "true"


def test_a_plan_without_a_reason_is_asked_for_one() -> None:
    at = failing(1)
    answer = lead_of(at).post(f"/providers/{at.provider.pk}/transfer/", {})
    assert (answer.status_code, BulkTransfer.objects.count()) == (422, 0)


def test_with_no_worker_the_page_can_do_it() -> None:
    at = failing(2)
    bulk, client = planned(at), lead_of(at)
    client.post(f"/bulk-transfers/{bulk.pk}/decision/", {"decision": "start"})
    assert "Nothing has been heard for a minute" in text(client.get(f"/bulk-transfers/{bulk.pk}/"))
    client.post(f"/bulk-transfers/{bulk.pk}/decision/", {"decision": "now"})
    bulk.refresh_from_db()
    assert (bulk.status, Transfer.objects.count()) == ("DONE", 2)


def test_who_was_not_moved_is_listed_with_the_reason() -> None:
    at = failing(1)
    bulk, client = planned(at), lead_of(at)
    deeds.start_transfer(enrolment=at.enrolments[0], to_service=at.target, by=at.lead, at=NOON, reason="By hand")
    client.post(f"/bulk-transfers/{bulk.pk}/decision/", {"decision": "start"})
    running.run_for(bulk_id=bulk.pk, seconds=60)
    shown = text(client.get(f"/bulk-transfers/{bulk.pk}/?show=REFUSED"))
    assert "recorded this as transferring" in shown


def test_the_list_of_a_list_says_where_each_is() -> None:
    at = failing(1)
    planned(at)
    assert f"{at.provider} Planned" in text(lead_of(at).get("/bulk-transfers/"))


def test_one_provider_may_be_chosen_for_all() -> None:
    at = failing(1)
    another = live_service(at.medicine)
    answer = lead_of(at).get(f"/providers/{at.provider.pk}/transfer/?to={another.provider_id}")
    assert f'<option value="{another.pk}" selected>' in answer.content.decode()
