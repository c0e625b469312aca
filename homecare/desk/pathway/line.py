"""Where the stages of a journey stand on its small time line. No database."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from homecare.core import words
from patients.pathway.clocks import Reading, Span, Stop
from patients.pathway.milestones import PARTY_WORDS
from patients.pathway.stages import words_of

WIDTH = 900


@dataclass(frozen=True)
class Stretch:
    """One stage, or one stop, as a place on the line."""

    x: float
    width: float
    kind: str
    words: str


@dataclass(frozen=True)
class Line:
    """The time line: whose move each day was, which days were stopped, and the whole of it in one sentence."""

    stretches: tuple[Stretch, ...]
    stops: tuple[Stretch, ...]
    first_on: dt.date
    last_on: dt.date
    words: str
    width: int = WIDTH

    @property
    def parties(self) -> list[str]:
        """Return whose moves stand on the line, each once."""
        return list(dict.fromkeys(stretch.kind for stretch in self.stretches))


def line_of(reading: Reading, stops: Sequence[Stop], *, kind: str) -> Line | None:
    """Return the time line of a clock; nothing where it shows no day yet."""
    spans = [span for span in reading.spans if span.gross.calendar]
    if not spans:
        return None
    first_on, last_on = spans[0].from_on, spans[-1].to_on
    length = (last_on - first_on).days

    def x(day: dt.date) -> float:
        inside = min(max(day, first_on), last_on)
        return round((inside - first_on).days * WIDTH / length, 1)

    return Line(
        tuple(Stretch(x(s.from_on), round(x(s.to_on) - x(s.from_on), 1), s.whose, _said(s, kind)) for s in spans),
        tuple(_stop(stop, last_on, x) for stop in stops if stop.from_on <= last_on),
        first_on,
        last_on,
        "; ".join(_said(span, kind) for span in spans),
    )


def _stop(stop: Stop, last_on: dt.date, x: Callable[[dt.date], float]) -> Stretch:
    """Place a stop; it begins with the day before, since days are counted after the one on which they begin."""
    begin, end = x(stop.from_on - dt.timedelta(days=1)), x(stop.to_on or last_on)
    return Stretch(begin, round(end - begin, 1), "STOPPED", f"Stopped from {words.day(stop.from_on)}")


def _said(span: Span, kind: str) -> str:
    days = words.count(span.gross.calendar, "day")
    return f"{words_of(span.stage, kind)}, {PARTY_WORDS[span.whose].lower()}: {days} from {words.day(span.from_on)}"
