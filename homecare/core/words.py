"""How dates, people and numbers are said on a screen, on paper and in a message. Plain values in, words out."""

import datetime as dt

from homecare.core.clock import LONDON, local_day


def day(value: dt.date, *, today: dt.date | None = None) -> str:
    """Say a date as "Sat 28 Nov", with its year unless it is today's."""
    words = f"{value:%a} {value.day} {value:%b}"
    return words if today is not None and value.year == today.year else f"{words} {value.year}"


def birth_day(value: dt.date) -> str:
    """Say a date of birth the NHS way: "14 Mar 1961"."""
    return f"{value.day} {value:%b %Y}"


def distance(value: dt.date, *, today: dt.date) -> str:
    """Say how far a day is from today: "today", "in 4 days", "3 weeks ago"."""
    days = (value - today).days
    if days == 0:
        return "today"
    if abs(days) == 1:
        return "tomorrow" if days > 0 else "yesterday"
    length = _length(abs(days))
    return f"in {length}" if days > 0 else f"{length} ago"


def _length(days: int) -> str:
    if days < 28:
        return f"{days} days"
    if days < 7 * 18:
        return f"{days // 7} weeks"
    if days < 731:
        return f"{round(days / 30.44)} months"
    return f"{days // 365} years"


def ago(value: dt.datetime, *, now: dt.datetime) -> str:
    """Say how long ago an instant was: "just now", "5 min ago", "3 h ago", "4 days ago"."""
    seconds = int((now - value).total_seconds())
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60} min ago"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h ago"
    return f"{seconds // 86400} days ago"


def moment(value: dt.datetime, *, now: dt.datetime) -> str:
    """Say when an instant was, for the end of a sentence: "at 14:03", with its day unless that is today's."""
    when = f"at {value.astimezone(LONDON):%H:%M}"
    return when if local_day(value) == local_day(now) else f"on {local_day(value):%-d %B %Y} {when}"


def count(number: int, singular: str, plural: str = "") -> str:
    """Say a number of things: "1 pen", "1,204 pens"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def late(working_days: int) -> str:
    """Say how late something is: "13 working days late"."""
    return f"{count(working_days, 'working day')} late"


def nhs_number(value: str | None) -> str:
    """Say an NHS number as 3-3-4; "no NHS number" where there is none."""
    if not value:
        return "no NHS number"
    return f"{value[:3]} {value[3:6]} {value[6:]}" if len(value) == 10 else value


def person(family_name: str, given_name: str) -> str:
    """Name a patient the NHS way: "O'BRIEN, Siobhan"."""
    return ", ".join(part for part in (family_name.upper(), given_name) if part)


def age(born: dt.date, *, today: dt.date) -> int:
    """Return the age in whole years on this day."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
