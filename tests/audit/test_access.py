"""Looking is on record before the answer leaves, or the answer does not leave."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.test import RequestFactory

from homecare.accounts.models import Clinic, Specialty, User
from homecare.audit.access import WatchedQuerySet, collect, collect_file, looked_at, record_access
from homecare.audit.middleware import AuditMiddleware
from homecare.audit.models import PatientAccess
from homecare.core.errors import Refused


def answer(view: Any, user: Any, path: str = "/patients/", **headers: str) -> Any:
    """Send one request through the middleware."""

    def signed_in(request: HttpRequest) -> Any:
        request.user = user
        return view(request)

    return AuditMiddleware(signed_in)(RequestFactory().get(path, **headers))  # type: ignore[arg-type]


def shows(*patient_ids: int) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        collect(patient_ids)
        return HttpResponse("Patients")

    return view


def test_an_answer_that_shows_patients_is_one_entry(technician: User) -> None:
    answer(shows(3, 1, 1), technician, HTTP_X_REQUEST_ID="request-12345")
    entry = PatientAccess.objects.get()
    assert (entry.user, entry.role, entry.patient_ids) == (technician, "TECHNICIAN", [1, 3])
    assert (entry.view, entry.request_id, entry.ip_address) == ("/patients/", "request-12345", "127.0.0.1")
    assert entry.purpose == PatientAccess.Purpose.DIRECT_CARE


def test_an_answer_that_shows_nobody_is_no_entry(technician: User) -> None:
    assert answer(shows(), technician).status_code == 200
    assert not PatientAccess.objects.exists()


def test_a_redirect_shows_nobody(technician: User) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        collect([1])
        return HttpResponseRedirect("/")

    answer(view, technician)
    assert not PatientAccess.objects.exists()


def test_one_request_does_not_see_what_another_collected(technician: User) -> None:
    answer(shows(1), technician)
    answer(shows(2), technician)
    assert list(PatientAccess.objects.order_by("pk").values_list("patient_ids", flat=True)) == [[1], [2]]


def test_the_answer_carries_the_id_of_its_request(technician: User) -> None:
    assert answer(shows(), technician, HTTP_X_REQUEST_ID="request-12345")["X-Request-ID"] == "request-12345"


def test_an_id_that_is_not_plain_is_replaced(technician: User) -> None:
    assert answer(shows(), technician, HTTP_X_REQUEST_ID="<script>alert(1)")["X-Request-ID"].isalnum()


def refuse_entries() -> None:
    """Make every access entry fail, as a full disk would."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_patientaccess ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")


@pytest.mark.parametrize(("path", "content_type"), [("/patients/", "text/plain"), ("/api/v1/x/", "application/json")])
def test_an_answer_whose_entry_cannot_be_written_is_held_back(technician: User, path: str, content_type: str) -> None:
    refuse_entries()
    response = answer(shows(1), technician, path)
    assert response.status_code == 503
    assert b"Patients" not in response.content
    assert response["Content-Type"].startswith(content_type)


def test_an_answer_for_nobody_in_particular_is_held_back(db: None) -> None:
    from django.contrib.auth.models import AnonymousUser

    assert answer(shows(1), AnonymousUser()).status_code == 503


def test_a_file_is_recorded_with_its_digest(technician: User) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        collect([1, 2])
        collect_file(b"a,b", rows=2)
        return HttpResponse(b"a,b")

    answer(view, technician)
    entry = PatientAccess.objects.get()
    assert (entry.purpose, entry.file_rows) == (PatientAccess.Purpose.EXPORT, 2)
    assert entry.file_sha256.startswith("1eb7c54d")


def test_a_stream_is_recorded_before_each_piece_leaves(technician: User) -> None:
    def pieces() -> Iterator[str]:
        for n in (1, 1, 2):
            collect([n])
            yield f"patient {n}\n"

    response = answer(lambda request: StreamingHttpResponse(pieces()), technician)
    recorded = [list(PatientAccess.objects.order_by("pk").values_list("patient_ids", flat=True)) for _ in response]
    assert recorded == [[[1]], [[1]], [[1], [2]]]


def test_a_stream_ends_where_its_entry_cannot_be_written(technician: User) -> None:
    from django.db import IntegrityError

    def pieces() -> Iterator[str]:
        collect([1])
        yield "patient 1"

    refuse_entries()
    response = answer(lambda request: StreamingHttpResponse(pieces()), technician)
    with pytest.raises(IntegrityError):
        next(iter(response))


def test_who_looked_at_a_patient_is_listed_newest_first(technician: User) -> None:
    for ids in ([1, 2], [2], [1]):
        record_access(user=technician, patient_ids=ids, view="test")
    assert [entry.patient_ids for entry in looked_at(1)] == [[1], [1, 2]]


def test_an_access_by_nobody_is_refused(db: None) -> None:
    with pytest.raises(Refused, match="signed in"):
        record_access(user=None, patient_ids=[1], view="test")


class ClinicsOfPatients(WatchedQuerySet):
    """Clinics stand in for records of a patient: their specialty's key is the patient's."""

    patient_attribute = "specialty_id"


@pytest.fixture
def clinics(technician: User) -> ClinicsOfPatients:
    for name in ("A", "B"):
        Clinic.objects.create(specialty=Specialty.objects.create(name=name), name=name)
    return ClinicsOfPatients(Clinic).order_by("name")


FETCHES = {
    "a list": list,
    "a slice": lambda rows: list(rows[:2]),
    "a filter after": lambda rows: list(rows.filter(name__in=["A", "B"])),
    "values": lambda rows: list(rows.values("name", "specialty_id")),
    "an iterator": lambda rows: list(rows.iterator()),
    "one at a time": lambda rows: [rows.get(name="A"), rows.get(name="B")],
    "first and last": lambda rows: [rows.first(), rows.last()],
}


@pytest.mark.parametrize("fetch", FETCHES.values(), ids=FETCHES)
def test_a_watched_queryset_notes_whose_rows_it_fetched(
    clinics: ClinicsOfPatients, technician: User, fetch: Any
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        fetch(clinics.watched())
        return HttpResponse("")

    answer(view, technician)
    assert PatientAccess.objects.get().patient_ids == sorted(Clinic.objects.values_list("specialty_id", flat=True))


def test_a_queryset_that_is_not_watched_notes_nobody(clinics: ClinicsOfPatients, technician: User) -> None:
    answer(lambda request: HttpResponse(str(list(clinics))), technician)
    assert not PatientAccess.objects.exists()


def test_counting_shows_nobody(clinics: ClinicsOfPatients, technician: User) -> None:
    answer(lambda request: HttpResponse(str(clinics.watched().count())), technician)
    assert not PatientAccess.objects.exists()


def of_patients() -> list[Any]:
    """Return every model whose rows are a patient's, and can be asked for by who is asking."""
    return [
        model
        for model in apps.get_models()
        if hasattr(getattr(model, "objects", None), "visible_to")
        and (model._meta.label == "patients.Patient" or "patient" in {field.name for field in model._meta.fields})
    ]


@pytest.mark.parametrize("model", of_patients(), ids=lambda model: model._meta.label)
def test_whoever_is_reached_through_visible_to_is_noted(technician: User, model: Any) -> None:
    assert model.objects.visible_to(technician)._is_watched
