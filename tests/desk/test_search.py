"""Finding a patient."""

import datetime as dt

import pytest

from homecare.desk.patient_page.search import Asked, understand
from tests.desk.pages import browser, text, treated
from tests.factories import synthetic_nhs_number

TODAY = dt.date(2026, 3, 2)
BORN = dt.date(1961, 3, 14)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("999 281 4403", Asked(nhs_number="9992814403")),
        ("9992814403", Asked(nhs_number="9992814403")),
        ("t004417", Asked(hospital_number="T004417")),
        ("14/3/1961", Asked(born_on=BORN)),
        ("14.03.61", Asked(born_on=BORN)),
        ("1961-03-14", Asked(born_on=BORN)),
        ("14 Mar 1961", Asked(born_on=BORN)),
        ("14 march 1961", Asked(born_on=BORN)),
        ("1/2/26", Asked(born_on=dt.date(2026, 2, 1))),
        ("1/2/27", Asked(born_on=dt.date(1927, 2, 1))),
        ("smith", Asked(family_name="SMITH")),
        ("smith, jo", Asked(family_name="SMITH", given_name="JO")),
        ("jo smith", Asked(family_name="SMITH", given_name="JO")),
        ("smith 14/3/1961", Asked(family_name="SMITH", born_on=BORN)),
        ("31/2/1961", Asked(hospital_number="31/2/1961")),
        ("", Asked()),
    ],
)
def test_what_was_typed_is_taken_apart(typed: str, asked: Asked) -> None:
    assert understand(typed, today=TODAY) == asked


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["O'Brien", "o’brien", "OBRIEN", "brien siobhan o'", "obr", "o'brien, si", "siobhan o'brien", "14/3/1961"]
)
def test_one_match_opens_its_page(typed: str) -> None:
    enrolment = treated()
    answer = browser().get("/patients/", {"q": typed})
    wanted = f"/patients/{enrolment.patient_id}/" if typed != "brien siobhan o'" else None
    assert answer.headers.get("Location") == wanted


@pytest.mark.django_db
def test_a_number_finds_its_patient() -> None:
    number = synthetic_nhs_number()
    enrolment = treated(nhs_number=number)
    answer = browser().get("/patients/", {"q": f"{number[:3]} {number[3:6]} {number[6:]}"})
    assert answer["Location"] == f"/patients/{enrolment.patient_id}/"


@pytest.mark.django_db
def test_several_matches_are_listed() -> None:
    treated("Smith")
    treated("Smithson")
    page = text(browser().get("/patients/", {"q": "smith"}))
    assert "2 patients" in page
    assert "SMITHSON, Siobhan" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "words"), [("zebedee", "Nobody matches"), ("s", "at least two letters"), ("\x00", "Find by")]
)
def test_nothing_found_says_what_to_do(typed: str, words: str) -> None:
    treated("Smith")
    assert words in text(browser().get("/patients/", {"q": typed}))


@pytest.mark.django_db
def test_patients_opened_lately_are_offered() -> None:
    enrolment, client = treated(), browser()
    client.get(f"/patients/{enrolment.patient_id}/")
    assert "Opened by you lately" in text(client.get("/patients/"))


@pytest.mark.django_db
def test_a_system_administrator_finds_nobody() -> None:
    treated()
    assert browser("SYSTEM_ADMINISTRATOR").get("/patients/", {"q": "obrien"}).status_code == 403
