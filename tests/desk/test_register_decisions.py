"""What becomes of each row: the hospital's own register, and a table of the reasons in their order."""

from dataclasses import replace

import pytest

from homecare.desk.register.decisions import Decision, Known, KnownPerson, Outcome, Reason, count, decide_all
from homecare.desk.register.rows import RegisterRow
from tests.desk.registers import AS_AT, expected, hospital_rows, known, row


@pytest.mark.parametrize(("name", "number"), [("register.xlsx", "sheet_row"), ("register.csv", "csv_row")])
def test_the_hospitals_register_comes_out_as_expected(name: str, number: str) -> None:
    listed = {entry[number]: entry for entry in expected()["rows"]}
    reports = [decision.as_report() for decision in decide_all(hospital_rows(name), known())]
    assert len(reports) == expected()["register_rows"]
    for report in reports:
        entry = listed.pop(report["row"], None)
        if entry is None:
            entry = {"outcome": "CREATED", "reason": None, "warnings": [], "hospital_number": report["hospital_number"]}
        assert report == {"row": report["row"], **{key: entry[key] for key in report if key != "row"}}
    assert listed == {}


def test_the_counts_name_each_outcome_reason_and_warning() -> None:
    counts = count(decide_all(hospital_rows("register.csv"), known()))
    assert counts.pop("CREATED") == expected()["created_rows"]
    assert {key: n for key, n in counts.items() if n} == {
        **{key: n for key, n in expected()["counts"].items() if key != "CREATED"},
        "SKIPPED": 20,
        "REJECTED": 60,
    }
    assert counts["UPDATED"] == counts["UNCHANGED"] == 0


def _decide(*rows: RegisterRow, at: Known | None = None) -> list[Decision]:
    return decide_all([replace(row, number=n) for n, row in enumerate(rows, start=2)], at or known())


BAD_BIRTH = {"DOB": "31/02/1961"}
BAD_NHS = {"NHS_No": "999 000 0019"}
NO_MEDICINE = {"Drug": "see notes"}
NO_PROVIDER = {"Homecare_Co": "tbc"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({**BAD_BIRTH, **BAD_NHS, **NO_MEDICINE, **NO_PROVIDER}, Reason.DATE_OF_BIRTH_INVALID),
        ({"DOB": ""}, Reason.DATE_OF_BIRTH_INVALID),
        ({"DOB": "03/11/2026"}, Reason.DATE_OF_BIRTH_INVALID),
        ({**BAD_NHS, **NO_MEDICINE, **NO_PROVIDER}, Reason.NHS_NUMBER_INVALID),
        ({"NHS_No": "99900"}, Reason.NHS_NUMBER_INVALID),
        ({**NO_MEDICINE, **NO_PROVIDER}, Reason.MEDICINE_UNKNOWN),
        ({"Drug": ""}, Reason.MEDICINE_UNKNOWN),
        (NO_PROVIDER, Reason.PROVIDER_UNKNOWN),
        ({"Homecare_Co": ""}, Reason.PROVIDER_UNKNOWN),
    ],
)
def test_the_first_reason_in_order_decides(changes: dict[str, str], reason: Reason) -> None:
    (decision,) = _decide(row(**changes))
    assert (decision.outcome, decision.reason, decision.warnings) == (Outcome.REJECTED, reason, ())


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"NHS_No": ""}, "nhs_number_missing"),
        ({"Consent": ""}, "consent_missing"),
        ({"Consent": "?"}, "consent_missing"),
        ({"Consent": "No"}, "consent_missing"),
        ({"Last_delivery": "31/12/2025"}, "delivered_before_registered"),
        ({"Mobile": "ask wife"}, "mobile_unusable"),
        ({"Mobile": "01634 960123"}, "mobile_unusable"),
    ],
)
def test_a_row_is_taken_with_a_warning(changes: dict[str, str], warning: str) -> None:
    (decision,) = _decide(row(**changes))
    assert (decision.outcome, [str(w) for w in decision.warnings]) == (Outcome.CREATED, [warning])


@pytest.mark.parametrize("changes", [{}, {"Mobile": ""}, {"Last_delivery": "01/01/2026"}, {"Consent": "12/01/2026"}])
def test_a_plain_row_has_no_warning(changes: dict[str, str]) -> None:
    (decision,) = _decide(row(**changes))
    assert (decision.outcome, decision.warnings) == (Outcome.CREATED, ())


OTHER = {"Hosp_No": "M2", "NHS_No": "999 000 0026"}


@pytest.mark.parametrize(
    ("first", "second", "outcomes"),
    [
        pytest.param({}, {"DOB": "29.08.1940", "NHS_No": "9990000018"}, "CREATED SKIPPED", id="equal when normalised"),
        pytest.param({}, {"Surname": " EVANS "}, "CREATED SKIPPED", id="letter case of a name"),
        pytest.param({}, {"Homecare_Co": "HaH"}, "CREATED SKIPPED", id="another spelling of the provider"),
        pytest.param({}, {"Mobile": "+447700900272"}, "CREATED SKIPPED", id="another spelling of the mobile"),
        pytest.param({}, {"Homecare_Co": "Alcura"}, "CREATED UPDATED", id="another provider"),
        pytest.param({}, {"Drug": "Humira"}, "CREATED UPDATED", id="another brand of the same medicine"),
        pytest.param({}, {"Drug": "Etanercept"}, "CREATED CREATED", id="a second treatment"),
        pytest.param({}, OTHER, "CREATED CREATED", id="another patient"),
        pytest.param({}, {"DOB": "30/08/1940"}, "CREATED REJECTED", id="the same NHS number, born another day"),
        pytest.param({}, {**OTHER, "Hosp_No": "M1"}, "CREATED REJECTED", id="two NHS numbers, one hospital number"),
        pytest.param({"NHS_No": ""}, {"Drug": "Etanercept"}, "CREATED CREATED", id="the NHS number comes later"),
        pytest.param({}, {"NHS_No": "", "DOB": "30/08/1940"}, "CREATED REJECTED", id="one hospital number, two births"),
        pytest.param(BAD_NHS, {}, "REJECTED CREATED", id="a rejected row is no earlier row"),
        pytest.param(NO_MEDICINE, {"DOB": "30/08/1940"}, "REJECTED CREATED", id="a rejected row makes nobody known"),
    ],
)
def test_a_row_is_judged_by_those_before_it(first: dict[str, str], second: dict[str, str], outcomes: str) -> None:
    assert " ".join(decision.outcome for decision in _decide(row(**first), row(**second))) == outcomes


def test_a_patient_with_two_therapies_is_one_patient() -> None:
    one, two = _decide(row(), row(Drug="Etanercept"))
    assert one.person == two.person


def test_the_hospital_number_matches_only_with_the_date_of_birth() -> None:
    one, two = _decide(row(NHS_No=""), row(NHS_No="", Drug="Etanercept"))
    assert one.person == two.person


def test_a_row_without_nhs_number_brings_no_stranger_in() -> None:
    one, two = _decide(row(NHS_No=""), row(NHS_No="", Hosp_No="M2"))
    assert one.person != two.person


def _after(*decisions: Decision) -> Known:
    """Return what is known once the decisions' rows, all of M1, have been taken."""
    person = KnownPerson(7, "9990000018", "M1", row().date_of_birth or AS_AT)
    last = {(7, d.medicine.id): d.fingerprint for d in decisions if d.medicine}
    return replace(known(), people=(person,), treatments=last)


def test_the_same_file_again_is_unchanged() -> None:
    assert [d.outcome for d in _decide(row(), at=_after(*_decide(row())))] == [Outcome.UNCHANGED]


def test_a_file_that_changes_its_own_mind_is_unchanged_the_second_time() -> None:
    rows = row(), row(Homecare_Co="Alcura")
    assert [d.outcome for d in _decide(*rows, at=_after(*_decide(*rows)))] == [Outcome.UNCHANGED, Outcome.UNCHANGED]


def test_another_value_updates_what_is_known() -> None:
    assert _decide(row(Homecare_Co="Alcura"), at=_after(*_decide(row())))[0].outcome is Outcome.UPDATED


def test_a_treatment_entered_by_hand_is_updated_not_created() -> None:
    at = _after(*_decide(row()))
    at = replace(at, treatments=dict.fromkeys(at.treatments, ""))
    assert _decide(row(), at=at)[0].outcome is Outcome.UPDATED


def test_a_known_person_born_another_day_is_a_conflict() -> None:
    assert _decide(row(DOB="30/08/1940"), at=_after(*_decide(row())))[0].reason is Reason.IDENTITY_CONFLICT
