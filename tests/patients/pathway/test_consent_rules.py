"""Who may consent for whom, on which day: each boundary, by table."""

import datetime as dt

import pytest

from patients.pathway.consent_rules import Competence, Deputy, birthday, is_under_16, refusal

D = dt.date


@pytest.mark.parametrize(
    ("born", "on", "is_child"),
    [
        (D(2010, 3, 14), D(2026, 3, 13), True),
        (D(2010, 3, 14), D(2026, 3, 14), False),
        (D(2010, 3, 14), D(2026, 3, 15), False),
        (D(2012, 2, 29), D(2028, 2, 28), True),
        (D(2012, 2, 29), D(2028, 2, 29), False),
        (D(2012, 2, 29), D(2028, 3, 1), False),
        (D(2084, 2, 29), D(2100, 2, 28), True),  # 2100 has no 29 February
        (D(2084, 2, 29), D(2100, 3, 1), False),
        (D(2009, 12, 31), D(2025, 12, 30), True),
        (D(2009, 12, 31), D(2025, 12, 31), False),
        (D(2010, 1, 1), D(2025, 12, 31), True),
        (D(2010, 1, 1), D(2026, 1, 1), False),
        (D(2026, 3, 2), D(2026, 3, 2), True),
        (D(1930, 1, 1), D(2026, 3, 2), False),
    ],
)
def test_16_is_reached_on_the_birthday(born: dt.date, on: dt.date, is_child: bool) -> None:
    assert is_under_16(born, on=on) is is_child


def test_a_leap_day_s_birthday_is_the_first_of_march_where_there_is_none() -> None:
    assert (birthday(D(2012, 2, 29), 16), birthday(D(2012, 2, 29), 18)) == (D(2028, 2, 29), D(2030, 3, 1))


BORN = D(2010, 3, 14)
CHILD, ADULT = D(2026, 3, 13), D(2026, 3, 14)  # the day before the sixteenth birthday, and the day itself
PARENT = Deputy("P. Parent", has_parental_responsibility=True)
CARER = Deputy("C. Carer")
ATTORNEY = Deputy("A. Attorney", may_consent=True)


@pytest.mark.parametrize(
    ("given_as", "on", "competence", "deputy", "said"),
    [
        # the patient
        ("PATIENT", CHILD, None, None, "not 16 until 14 March 2026"),
        ("PATIENT", CHILD, Competence(True, D(2026, 3, 1)), None, "not 16 until"),
        ("PATIENT", ADULT, None, None, ""),
        # a competent child
        ("COMPETENT_CHILD", CHILD, None, None, "was not assessed by that day"),
        ("COMPETENT_CHILD", CHILD, Competence(True, CHILD), None, ""),
        ("COMPETENT_CHILD", CHILD, Competence(True, D(2026, 3, 14)), None, "was not assessed by that day"),
        ("COMPETENT_CHILD", CHILD, Competence(False, D(2026, 3, 1)), None, "not competent"),
        ("COMPETENT_CHILD", ADULT, Competence(True, D(2026, 3, 1)), None, "16 or over"),
        # somebody with parental responsibility
        ("PARENT", CHILD, None, None, "Choose who with parental responsibility"),
        ("PARENT", CHILD, None, PARENT, ""),
        ("PARENT", CHILD, None, CARER, "not recorded as having parental responsibility"),
        ("PARENT", CHILD, None, ATTORNEY, "not recorded as having parental responsibility"),
        ("PARENT", CHILD, None, Deputy("P", False, True, D(2026, 3, 12)), "ceased to speak"),
        ("PARENT", CHILD, None, Deputy("P", False, True, CHILD), "ceased to speak"),
        ("PARENT", CHILD, None, Deputy("P", False, True, D(2026, 3, 14)), ""),
        ("PARENT", ADULT, None, PARENT, "16 or over"),
        # a representative
        ("REPRESENTATIVE", CHILD, None, ATTORNEY, "not 16 until"),
        ("REPRESENTATIVE", CHILD, None, PARENT, "not 16 until"),
        ("REPRESENTATIVE", ADULT, None, None, "Choose which representative"),
        ("REPRESENTATIVE", ADULT, None, ATTORNEY, ""),
        ("REPRESENTATIVE", ADULT, None, CARER, "may not consent"),
        ("REPRESENTATIVE", ADULT, None, PARENT, "may not consent"),
        ("REPRESENTATIVE", ADULT, None, Deputy("A", True, False, D(2026, 3, 13)), "ceased to speak"),
        ("REPRESENTATIVE", ADULT, None, Deputy("A", True, False, ADULT), "ceased to speak"),
        ("REPRESENTATIVE", ADULT, None, Deputy("A", True, False, D(2026, 3, 15)), ""),
        # nobody, and nonsense
        ("", CHILD, None, None, "not 16 until"),
        ("", ADULT, None, None, "Choose who gave consent"),
        ("PATIENT", D(2010, 3, 13), None, None, "before the patient was born"),
    ],
)
def test_who_may_consent(
    given_as: str, on: dt.date, competence: Competence | None, deputy: Deputy | None, said: str
) -> None:
    words = refusal(given_as=given_as, born=BORN, given_on=on, competence=competence, deputy=deputy)
    assert said in words if said else words == ""
