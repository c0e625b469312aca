"""Where the marks of the small pictures stand."""

import datetime as dt

import pytest

from homecare.desk.patient_page.drawing import WIDTH, CoverBar, Reading, cover_bar, lab_chart

TODAY = dt.date(2026, 3, 2)


def day(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


def bar(**values: object) -> CoverBar:
    given = {"first_uncovered_dose_on": day(28), "script_cover_ends_on": day(84), "needed_by_on": day(70)}
    return cover_bar(today=TODAY, **(given | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({"planned_deliveries_on": [day(20)]}, ["home", "planned", "none"]),
        ({"first_uncovered_dose_on": day(-5), "planned_deliveries_on": [day(3)]}, ["gap", "planned", "none"]),
        ({"first_uncovered_dose_on": day(5), "planned_deliveries_on": [day(9)]}, ["home", "gap", "planned", "none"]),
        ({"first_uncovered_dose_on": None, "script_cover_ends_on": None}, ["home"]),
        ({"first_uncovered_dose_on": day(-9), "script_cover_ends_on": day(-9)}, ["none"]),
        ({"planned_deliveries_on": [day(20)], "suspensions": [(day(2), None)]}, ["home", "planned", "none", "paused"]),
    ],
)
def test_the_stretches_of_the_bar(values: dict[str, object], kinds: list[str]) -> None:
    assert [span.kind for span in bar(**values).spans] == kinds


def test_the_stretches_join_without_a_gap() -> None:
    spans = bar(planned_deliveries_on=[day(20)]).spans
    ends = [span.x + span.width for span in spans]
    assert [pytest.approx(span.x, abs=0.2) for span in spans[1:]] == ends[:-1]
    assert ends[-1] == pytest.approx(WIDTH)


def test_everything_stays_on_the_picture() -> None:
    drawn = bar(first_uncovered_dose_on=day(4000), script_cover_ends_on=day(4000), suspensions=[(day(-900), day(-800))])
    assert all(span.x >= 0 and span.x + span.width <= WIDTH for span in drawn.spans)


def test_the_bar_is_said_in_words() -> None:
    assert "first dose without medicine 30 Mar 2026" in bar().words


def test_one_value_makes_no_picture() -> None:
    assert lab_chart("Neutrophils", "10*9/L", [Reading(TODAY, 4.1)], low=2, high=7) is None


def test_a_value_within_its_range_lies_in_the_band() -> None:
    chart = lab_chart("Neutrophils", "10*9/L", [Reading(TODAY, 4.1), Reading(day(30), 9)], low=2, high=7)
    assert chart is not None
    first, last = chart.dots
    assert chart.band_y < first.y < chart.band_y + chart.band_height
    assert last.y < chart.band_y


def test_equal_values_make_a_level_line() -> None:
    chart = lab_chart("Sodium", "mmol/L", [Reading(TODAY, 140), Reading(day(9), 140)], low=None, high=None)
    assert chart is not None
    assert len({dot.y for dot in chart.dots}) == 1
