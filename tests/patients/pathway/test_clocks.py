"""How long, gross and net: tables of days, with every edge."""

import datetime as dt

import pytest

from homecare.core.errors import Refused
from patients.pathway.clocks import Days, Reading, Step, Stop, clock_of, length


def day(words: str) -> dt.date:
    """Read "2 Mar" as a day of 2026, in which 2 March was a Monday."""
    return dt.datetime.strptime(f"{words} 2026", "%d %b %Y").date()  # noqa: DTZ007 — a date, not an instant


def stop(from_on: str, to_on: str = "", reason: str = "OTHER") -> Stop:
    return Stop(day(from_on), day(to_on) if to_on else None, reason)


def read(began: str, today: str, *stops: Stop, ended: str = "") -> Reading:
    steps = [Step(day(began), "TO_ASSESS", "CLINIC")]
    return clock_of(steps, stops, today=day(today), ended_on=day(ended) if ended else None)


@pytest.mark.parametrize(
    ("start", "end", "calendar", "working"),
    [
        ("2 Mar", "2 Mar", 0, 0),  # the same day
        ("2 Mar", "3 Mar", 1, 1),
        ("3 Mar", "2 Mar", 0, 0),  # the end before the start
        ("6 Mar", "9 Mar", 3, 1),  # over a week-end
        ("7 Mar", "8 Mar", 1, 0),  # within one
        ("2 Mar", "9 Mar", 7, 5),
        ("2 Apr", "7 Apr", 5, 1),  # Good Friday and Easter Monday 2026
        ("1 May", "5 May", 4, 1),  # the early May bank holiday
        ("24 Dec", "29 Dec", 5, 1),  # Christmas, and Boxing Day's substitute
        ("28 Mar", "30 Mar", 2, 1),  # summer time begins on the 29th
        ("24 Oct", "26 Oct", 2, 1),  # and ends on 25 October
    ],
)
def test_a_length(start: str, end: str, calendar: int, working: int) -> None:
    assert length(day(start), day(end)) == Days(calendar, working)


@pytest.mark.parametrize(
    ("stops", "net"),
    [
        ([], Days(14, 10)),
        ([stop("4 Mar", "6 Mar")], Days(11, 7)),
        ([stop("4 Mar", "4 Mar")], Days(13, 9)),  # one day
        ([stop("7 Mar", "8 Mar")], Days(12, 10)),  # a week-end
        ([stop("2 Mar", "16 Mar")], Days(0, 0)),  # the whole
        ([stop("3 Mar", "16 Mar")], Days(0, 0)),  # from the day after the start
        ([stop("2 Mar", "2 Mar")], Days(14, 10)),  # the day it began is not counted anyway
        ([stop("1 Feb", "3 Mar")], Days(13, 9)),  # from before the start
        ([stop("1 Jan", "1 Feb")], Days(14, 10)),  # all before the start
        ([stop("13 Mar", "30 Mar")], Days(10, 8)),  # into the future
        ([stop("17 Mar", "30 Mar")], Days(14, 10)),  # all in the future
        ([stop("11 Mar")], Days(8, 6)),  # open: until today
        ([stop("16 Mar")], Days(13, 9)),  # opened today
        ([stop("17 Mar")], Days(14, 10)),  # opened for tomorrow
        ([stop("4 Mar", "5 Mar"), stop("6 Mar", "9 Mar")], Days(8, 6)),  # one after the other
        ([stop("9 Mar"), stop("4 Mar", "5 Mar")], Days(4, 2)),  # in any order
    ],
)
def test_what_counts_net(stops: list[Stop], net: Days) -> None:
    reading = read("2 Mar", "16 Mar", *stops)
    assert reading.total.gross == Days(14, 10)
    assert reading.total.net == net


@pytest.mark.parametrize(
    ("stops", "refusal"),
    [
        ([stop("4 Mar", "6 Mar"), stop("6 Mar", "9 Mar")], "already stopped on 6 March 2026"),
        ([stop("4 Mar"), stop("6 Mar", "9 Mar")], "already stopped on 6 March 2026"),
        ([stop("4 Mar"), stop("4 Mar")], "already stopped on 4 March 2026"),
        ([stop("6 Mar", "4 Mar")], "cannot be restarted before"),
    ],
)
def test_what_is_refused(stops: list[Stop], refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        read("2 Mar", "16 Mar", *stops)


def test_an_ended_clock_stands_still() -> None:
    reading = read("2 Mar", "30 Mar", stop("11 Mar"), ended="16 Mar")
    assert (reading.total.gross, reading.total.net) == (Days(14, 10), Days(8, 6))
    assert reading.stopped_for is None


def test_it_says_why_it_is_stopped_now() -> None:
    stops = [stop("3 Mar", "4 Mar", "ADMITTED"), stop("11 Mar", reason="AWAITING_BLOODS")]
    assert read("2 Mar", "16 Mar", *stops).stopped_for == "AWAITING_BLOODS"


JOURNEY = [
    Step(day("2 Mar"), "TO_ASSESS", "CLINIC"),
    Step(day("4 Mar"), "AWAITING_CONSENT", "PATIENT"),
    Step(day("4 Mar"), "REGISTRATION_TO_COMPLETE", "HOMECARE_TEAM"),  # consent on the day of assessment
    Step(day("9 Mar"), "REGISTRATION_TO_COMPLETE", "HOMECARE_TEAM"),  # something was reached, nothing changed
    Step(day("10 Mar"), "AWAITING_ACKNOWLEDGEMENT", "PROVIDER"),
    Step(day("12 Mar"), "REGISTRATION_QUERIED", "HOMECARE_TEAM"),
    Step(day("13 Mar"), "AWAITING_ACKNOWLEDGEMENT", "PROVIDER"),
]


def test_each_stage_takes_its_days_and_they_add_up() -> None:
    reading = clock_of(JOURNEY, [stop("5 Mar", "6 Mar")], today=day("16 Mar"))
    assert [(s.stage, s.gross.calendar, s.net.calendar, s.net.working) for s in reading.spans] == [
        ("TO_ASSESS", 2, 2, 2),
        ("AWAITING_CONSENT", 0, 0, 0),
        ("REGISTRATION_TO_COMPLETE", 6, 4, 2),
        ("AWAITING_ACKNOWLEDGEMENT", 2, 2, 2),
        ("REGISTRATION_QUERIED", 1, 1, 1),
        ("AWAITING_ACKNOWLEDGEMENT", 3, 3, 1),
    ]
    assert reading.total.gross == Days(14, 10)
    assert reading.total.net == Days(12, 8)


def test_by_stage_and_by_party_add_up_what_came_twice() -> None:
    reading = clock_of(JOURNEY, [], today=day("16 Mar"))
    assert reading.by_stage["AWAITING_ACKNOWLEDGEMENT"].gross == Days(5, 3)
    assert {party: taken.gross.calendar for party, taken in reading.by_party.items()} == {
        "CLINIC": 2,
        "PATIENT": 0,
        "HOMECARE_TEAM": 7,
        "PROVIDER": 5,
    }


def test_a_stop_over_a_whole_stage_leaves_it_no_net_day() -> None:
    reading = clock_of(JOURNEY, [stop("4 Mar", "10 Mar")], today=day("16 Mar"))
    assert reading.by_stage["REGISTRATION_TO_COMPLETE"].net == Days()
    assert reading.by_stage["TO_ASSESS"].net == Days(1, 1)


def test_a_step_dated_before_an_earlier_one_takes_nothing_twice() -> None:
    steps = [JOURNEY[0], Step(day("10 Mar"), "B", "PATIENT"), Step(day("5 Mar"), "C", "PROVIDER")]
    reading = clock_of(steps, [], today=day("16 Mar"))
    assert [span.gross.calendar for span in reading.spans] == [8, 0, 6]


def test_a_step_in_the_future_takes_nothing_yet() -> None:
    steps = [JOURNEY[0], Step(day("20 Mar"), "B", "PATIENT")]
    assert [span.gross.calendar for span in clock_of(steps, [], today=day("16 Mar")).spans] == [14, 0]


def test_a_clock_without_a_step_shows_nothing() -> None:
    reading = clock_of([], [], today=day("16 Mar"))
    assert (reading.total.gross, reading.spans, reading.stopped_for) == (Days(), (), None)
