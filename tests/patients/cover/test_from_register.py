"""From a row of a register to regimen, first delivery and what the prescription still gives."""

import datetime as dt

import pytest

from patients.cover.doses import Unreadable, read_dose, read_frequency
from patients.cover.from_register import RegisterCover, RegisteredSupply, cover_from
from patients.cover.questions import CoverQuestion, Fact, FactKind, Flag, RemainingSupply
from patients.cover.regimen import Cycle, EveryDays, Phase, Weekdays
from patients.cover.rules import compute

AS_AT = dt.date(2026, 11, 2)
DELIVERED = dt.date(2026, 10, 23)  # a Friday
FRIDAY_SUNDAY_TUESDAY = Weekdays((1, 4, 6))


def row(**said) -> RegisteredSupply:
    plain = {
        "dose": "40mg",
        "product": "40mg pen",
        "frequency": "every 2 weeks",
        "weeks": 24,
        "deliveries": 3,
        "prescribed_on": dt.date(2026, 10, 9),
        "last_delivery_on": DELIVERED,
    }
    return RegisteredSupply(**(plain | said))


def made(**said) -> RegisterCover:
    return cover_from(row(**said), as_at=AS_AT)


# Every combination in the hospital's register: strength, dose, frequency, weeks, deliveries -> a dose day's units,
# what one counts, the pattern, and the units of one delivery.
REGISTER = [
    ("0.5mg capsules", "0.5mg", "daily", 24, 3, 1, "capsule", EveryDays(1), 56),
    ("100mg pen", "100mg", "every 4 weeks", 12, 1, 1, "pen", EveryDays(28), 3),
    ("100mg pen", "100mg", "every 8 weeks", 16, 1, 1, "pen", EveryDays(56), 2),
    ("108mg pen", "108mg", "every 2 weeks", 24, 3, 1, "pen", EveryDays(14), 4),
    ("10mg cartridge", "0.4mg", "daily", 24, 3, 1, "dose", EveryDays(1), 56),
    ("125mg pen", "125mg", "weekly", 24, 3, 1, "pen", EveryDays(7), 8),
    ("14mg tablets", "14mg", "daily", 24, 2, 1, "tablet", EveryDays(1), 84),
    ("150mg pen", "150mg", "every 4 weeks", 24, 2, 1, "pen", EveryDays(28), 3),
    ("150mg syringe", "300mg", "every 4 weeks", 24, 2, 2, "syringe", EveryDays(28), 6),
    ("15mg pen", "15mg", "weekly", 12, 1, 1, "pen", EveryDays(7), 12),
    ("15mg tablets", "15mg", "twice daily", 24, 3, 2, "tablet", EveryDays(1), 112),
    ("162mg pen", "162mg", "weekly", 48, 6, 1, "pen", EveryDays(7), 8),
    ("20mg vial", "20mg", "every 4 weeks", 24, 2, 1, "vial", EveryDays(28), 3),
    ("240mg capsules", "240mg", "twice daily", 24, 2, 2, "capsule", EveryDays(1), 168),
    ("300mg pen", "300mg", "every 2 weeks", 16, 2, 1, "pen", EveryDays(14), 4),
    ("300mg pen", "300mg", "monthly", 24, 2, 1, "pen", EveryDays(28), 3),
    ("30mg pen", "30mg", "every 8 weeks", 32, 2, 1, "pen", EveryDays(56), 2),
    ("400mg tablets", "400mg", "daily", 12, 3, 1, "tablet", EveryDays(1), 28),
    ("40mg pen", "40mg", "every 2 weeks", 48, 6, 1, "pen", EveryDays(14), 4),
    ("40mg syringe", "40mg", "three times a week", 24, 2, 1, "syringe", FRIDAY_SUNDAY_TUESDAY, 36),
    ("40mg tablets", "160mg", "daily", 8, 2, 4, "tablet", EveryDays(1), 112),
    ("40microgram pen", "40microgram", "every 2 weeks", 24, 3, 1, "pen", EveryDays(14), 4),
    ("420mg tablets", "420mg", "daily", 24, 6, 1, "tablet", EveryDays(1), 28),
    ("4mg tablets", "4mg", "daily", 24, 2, 1, "tablet", EveryDays(1), 84),
    ("500mg tablets", "1000mg", "daily", 12, 3, 2, "tablet", EveryDays(1), 56),
    ("500mg tablets", "1500mg", "twice daily, 14 days in 21", 9, 3, 6, "tablet", Cycle(14, 7), 84),
    ("50mg pen", "50mg", "monthly", 12, 1, 1, "pen", EveryDays(28), 3),
    ("50mg pen", "50mg", "weekly", 16, 2, 1, "pen", EveryDays(7), 8),
    ("5mg capsules", "5mg", "daily", 12, 1, 1, "capsule", EveryDays(1), 84),
    ("5mg tablets", "5mg", "twice daily", 24, 3, 2, "tablet", EveryDays(1), 112),
    ("90mg syringe", "90mg", "every 8 weeks", 16, 1, 1, "syringe", EveryDays(56), 2),
]


@pytest.mark.parametrize(
    ("product", "dose", "frequency", "weeks", "deliveries", "units", "unit", "pattern", "delivered"), REGISTER
)
def test_reads_the_register(
    product: str, dose: str, frequency: str, weeks: int, deliveries: int, units: int, unit: str, pattern, delivered: int
) -> None:
    found = made(product=product, dose=dose, frequency=frequency, weeks=weeks, deliveries=deliveries)
    assert found.phases == (Phase(DELIVERED, pattern, units, assumed=True),)
    assert found.facts == (Fact(FactKind.DELIVERY, DELIVERED, delivered, assumed=True),)
    assert found.unit == unit
    assert found.not_known == ()


@pytest.mark.parametrize(
    ("prescribed", "delivered", "weeks", "deliveries", "left"),
    [
        ("2026-10-09", "2026-10-23", 24, 3, 2),  # the last delivery is the first of this prescription
        ("2026-08-17", "2026-10-26", 48, 6, 4),  # 26 October and 31 August
        ("2026-08-31", "2026-10-26", 48, 6, 4),  # on the very day: counted
        ("2026-09-01", "2026-10-26", 48, 6, 5),
        ("2026-10-31", "2026-08-22", 12, 1, 1),  # none since it was signed
        ("2026-01-05", "2026-10-23", 12, 3, 0),  # more since than it gave: none left, never fewer
    ],
)
def test_deliveries_left(prescribed: str, delivered: str, weeks: int, deliveries: int, left: int) -> None:
    found = made(
        prescribed_on=dt.date.fromisoformat(prescribed),
        last_delivery_on=dt.date.fromisoformat(delivered),
        weeks=weeks,
        deliveries=deliveries,
    )
    assert found.prescription is not None
    assert found.prescription.remaining == left


def test_the_prescription_gives_as_much_each_time_until_its_legal_end() -> None:
    assert made().prescription == RemainingSupply(2, 4, dt.date(2027, 4, 8), assumed=True)


def test_a_controlled_drug_has_28_days() -> None:
    supply = made(controlled=True).prescription
    assert supply is not None
    assert supply.last_valid_on == dt.date(2026, 11, 5)


def test_days_that_do_not_divide_count_each_dose_before_the_next_delivery() -> None:
    """48 weeks in five deliveries is one each 67.2 days: doses on days 0, 14, 28, 42 and 56."""
    assert made(weeks=48, deliveries=5).facts[0].units == 5


@pytest.mark.parametrize(
    ("said", "what", "code"),
    [
        ({"dose": "one pen"}, "regimen", "dose_unreadable"),
        ({"dose": ""}, "regimen", "dose_unreadable"),
        ({"dose": "0mg"}, "regimen", "dose_unreadable"),
        ({"dose": "60mg"}, "regimen", "dose_not_whole"),
        ({"dose": "20mg", "product": "40mg tablets"}, "regimen", "dose_not_whole"),
        ({"dose": "20 units"}, "regimen", "dose_unlike_strength"),
        ({"product": "40mg"}, "regimen", "form_unreadable"),
        ({"product": "50mg/ml vial"}, "regimen", "dose_unreadable"),
        ({"frequency": "daily " * 50}, "regimen", "too_long"),
        ({"frequency": ""}, "regimen", "frequency_unreadable"),
        ({"frequency": "as needed"}, "regimen", "frequency_unreadable"),
        ({"frequency": "twice weekly"}, "regimen", "frequency_unreadable"),
        ({"frequency": "weekly, 14 days in 21"}, "regimen", "frequency_unreadable"),
        ({"frequency": "daily, 21 days in 14"}, "regimen", "frequency_unreadable"),
        ({"frequency": "every 0 weeks"}, "regimen", "frequency_unreadable"),
        ({"frequency": "=cmd|'/c calc'!A1"}, "regimen", "frequency_unreadable"),
        ({"last_delivery_on": None}, "stock", "no_last_delivery"),
        ({"last_delivery_on": AS_AT + dt.timedelta(days=1)}, "stock", "last_delivery_ahead"),
        ({"weeks": None}, "stock", "delivery_size_unknown"),
        ({"deliveries": 0}, "stock", "delivery_size_unknown"),
        ({"weeks": 24000}, "stock", "delivery_size_unknown"),
        ({"prescribed_on": None}, "prescription", "prescription_unreadable"),
        ({"weeks": None}, "prescription", "prescription_unreadable"),
    ],
)
def test_says_what_it_cannot_know(said: dict, what: str, code: str) -> None:
    assert (what, code) in {(missing.what, missing.code) for missing in made(**said).not_known}


@pytest.mark.parametrize("said", [{"dose": "some"}, {"frequency": "sometimes"}])
def test_an_unreadable_dose_gives_nothing_to_reckon_with(said: dict) -> None:
    found = made(**said)
    assert (found.phases, found.facts, found.prescription, found.unit) == ((), (), None, None)


def test_without_a_last_delivery_stock_is_unknown_and_the_days_start_now() -> None:
    found = made(last_delivery_on=None)
    assert found.facts == ()
    assert found.phases[0].starts_on == AS_AT


def test_what_was_assumed_is_marked_in_the_answer() -> None:
    found = made()
    question = CoverQuestion(as_at=AS_AT, phases=found.phases, facts=found.facts, prescription=found.prescription)
    flags = set(compute(question).flags)
    assert flags == {Flag.REGIMEN_ASSUMED, Flag.FACT_ASSUMED, Flag.PRESCRIPTION_ASSUMED}


@pytest.mark.parametrize(
    ("text", "pattern", "times"),
    [
        ("Daily", EveryDays(1), 1),
        ("once a day", EveryDays(1), 1),
        ("TWICE DAILY.", EveryDays(1), 2),
        ("BD", EveryDays(1), 2),
        ("three times daily", EveryDays(1), 3),
        ("alternate days", EveryDays(2), 1),
        ("every 10 days", EveryDays(10), 1),
        ("fortnightly", EveryDays(14), 1),
        ("every two weeks", EveryDays(14), 1),
        ("4-weekly", EveryDays(28), 1),
        ("eight weekly", EveryDays(56), 1),
        ("monthly", EveryDays(28), 1),
        ("twice daily for 14 days in 21", Cycle(14, 7), 2),
        ("daily, 21 days on, 7 days off", Cycle(21, 7), 1),
        ("daily, 5 days on and 23 days off", Cycle(5, 23), 1),
    ],
)
def test_reads_other_ways_of_saying_how_often(text: str, pattern: EveryDays | Cycle, times: int) -> None:
    found = read_frequency(text)
    assert (found.pattern, found.times_a_day) == (pattern, times)


@pytest.mark.parametrize(
    ("dose", "product", "units", "unit"),
    [
        ("40 MG", "40mg Pen", 1, "pen"),
        ("1g", "500mg tablets", 2, "tablet"),
        ("1,000mg", "500 mg tablets", 2, "tablet"),
        ("500mcg", "0.5mg capsules", 1, "capsule"),
        ("40 micrograms", "40microgram pen", 1, "pen"),
        ("300 units", "100units pre-filled pen", 3, "pen"),
        ("0.6mg", "10mg cartridges", 1, "dose"),
        ("10mg", "10mg cartridge", 1, "cartridge"),
    ],
)
def test_reads_other_ways_of_saying_how_much(dose: str, product: str, units: int, unit: str) -> None:
    found = read_dose(dose, product)
    assert (found.units, found.unit) == (units, unit)


@pytest.mark.parametrize("text", ["9" * 400 + "mg", "mg", "40 mg 40 mg", "40mg, then 20mg", "4O mg", "٤٠mg"])
def test_refuses_what_is_not_one_amount(text: str) -> None:
    with pytest.raises(Unreadable):
        read_dose(text, "40mg pen")
