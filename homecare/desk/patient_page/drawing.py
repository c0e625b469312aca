"""Where the marks of the small pictures stand: the bar of cover, and the line of a laboratory value. No database."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, BEFORE_DAYS, AFTER_DAYS = 900, 28, 140


@dataclass(frozen=True)
class Span:
    """A stretch of days as a place on the line."""

    x: float
    width: float
    kind: str
    words: str


@dataclass(frozen=True)
class Mark:
    """One day on the line."""

    x: float
    kind: str
    words: str


@dataclass(frozen=True)
class CoverBar:
    """The bar of cover: stretches, marks and months, and the whole of it in one sentence."""

    spans: tuple[Span, ...]
    marks: tuple[Mark, ...]
    months: tuple[Mark, ...]
    words: str
    width: int = WIDTH


def cover_bar(
    *,
    today: dt.date,
    first_uncovered_dose_on: dt.date | None,
    script_cover_ends_on: dt.date | None,
    needed_by_on: dt.date | None,
    planned_deliveries_on: Sequence[dt.date] = (),
    suspensions: Sequence[tuple[dt.date, dt.date | None]] = (),
) -> CoverBar:
    """Return the bar from four weeks ago to twenty weeks ahead."""
    start, end = today - dt.timedelta(days=BEFORE_DAYS), today + dt.timedelta(days=AFTER_DAYS)

    def x(day: dt.date) -> float:
        inside = min(max(day, start), end)
        return round((inside - start).days * WIDTH / (end - start).days, 1)

    spans = []
    uncovered, script_end = first_uncovered_dose_on or end, script_cover_ends_on or first_uncovered_dose_on or end
    if uncovered > today:
        spans.append(Span(x(today), x(uncovered) - x(today), "home", "medicine at home"))
    without = max(uncovered, today)
    arrives = max(min(planned_deliveries_on, default=without), without)
    if arrives > without:
        spans.append(Span(x(without), x(arrives) - x(without), "gap", "without medicine"))
    if script_end > arrives:
        begins = arrives
        spans.append(Span(x(begins), x(script_end) - x(begins), "planned", "if the planned deliveries come"))
    if script_end < end:
        begins = max(script_end, today)
        spans.append(Span(x(begins), WIDTH - x(begins), "none", "nothing to deliver from"))
    for first, last in suspensions:
        until = last or end
        if until >= start and first <= end:
            spans.append(Span(x(first), max(x(until) - x(first), 2), "paused", "paused"))
    marks = [Mark(x(day), "delivery", f"delivery planned {_day(day)}") for day in planned_deliveries_on if day <= end]
    if needed_by_on is not None and start <= needed_by_on <= end:
        marks.append(Mark(x(needed_by_on), "needed", f"new prescription needed by {_day(needed_by_on)}"))
    if first_uncovered_dose_on is not None and start <= first_uncovered_dose_on <= end:
        words = f"first dose without medicine {_day(first_uncovered_dose_on)}"
        marks.append(Mark(x(first_uncovered_dose_on), "uncovered", words))
    marks.append(Mark(x(today), "today", f"today, {_day(today)}"))
    months = [Mark(x(day), "month", f"{day:%b}") for day in _firsts(start, end)]
    sentence = "; ".join(["Time line of medicine at home", *(mark.words for mark in marks)])
    return CoverBar(tuple(spans), tuple(marks), tuple(months), sentence)


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _firsts(start: dt.date, end: dt.date) -> list[dt.date]:
    days = (start + dt.timedelta(days=n) for n in range((end - start).days + 1))
    return [day for day in days if day.day == 1]


@dataclass(frozen=True)
class Reading:
    """One laboratory value that is a number."""

    on: dt.date
    value: float


@dataclass(frozen=True)
class Dot:
    """One value on the picture."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class LabChart:
    """A laboratory value over time, with its reference range as a band."""

    points: str
    dots: tuple[Dot, ...]
    band_y: float
    band_height: float
    has_band: bool
    top: str
    bottom: str
    first_on: str
    last_on: str
    words: str
    width: int = 420
    height: int = 110


def lab_chart(
    name: str, unit: str, readings: Sequence[Reading], *, low: float | None, high: float | None
) -> LabChart | None:
    """Return the picture of a value over time, or nothing for fewer than two numbers."""
    if len(readings) < 2:
        return None
    ordered = sorted(readings, key=lambda reading: reading.on)
    values = [reading.value for reading in ordered]
    bottom = min([*values, *([low] if low is not None else [])])
    top = max([*values, *([high] if high is not None else [])])
    reach = (top - bottom) or 1.0
    days = (ordered[-1].on - ordered[0].on).days or 1
    width, height, left = 420, 110, 8

    def y(value: float) -> float:
        return round(height - 10 - (value - bottom) / reach * (height - 20), 1)

    def x(day: dt.date) -> float:
        return round(left + (day - ordered[0].on).days / days * (width - 2 * left), 1)

    dots = tuple(
        Dot(x(one.on), y(one.value), f"{one.value:g} {unit} on {_day(one.on)}".replace("  ", " ")) for one in ordered
    )
    band_top, band_bottom = y(high if high is not None else top), y(low if low is not None else bottom)
    last = ordered[-1]
    newest = f"the last was {last.value:g} {unit} on {_day(last.on)}"
    sentence = f"{name}: {len(ordered)} values from {_day(ordered[0].on)}; {newest}."
    return LabChart(
        points=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        dots=dots,
        band_y=band_top,
        band_height=round(band_bottom - band_top, 1),
        has_band=low is not None or high is not None,
        top=f"{top:g}",
        bottom=f"{bottom:g}",
        first_on=_day(ordered[0].on),
        last_on=_day(last.on),
        words=sentence,
    )
