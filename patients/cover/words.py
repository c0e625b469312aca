"""Why these dates, in sentences for a pharmacist or a technician: made from the reasons alone (reasons.py)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patients.cover.questions import CoverAnswer, Flag
from patients.cover.reasons import Reasons, reasons_of

NUMBER_WORDS = {1: "one", 2: "two", 3: "three", 4: "four"}

FLAG_SENTENCES = {
    Flag.STOCK_BELOW_NOTHING: (
        "More was recorded as used or thrown away than there was; stock was set to none. Ask for a count."
    ),
    Flag.MISSED_WITHOUT_DOSE: "A dose was reported missed on a day without one in stock; that report was left out.",
    Flag.PART_DOSE: "What is at home is less than one dose. Ask what the patient does with it; it is not reckoned.",
    Flag.RESTART_ASSUMED: "After a pause the doses are assumed to go on, on the old days. Confirm the day of restart.",
    Flag.REGIMEN_ASSUMED: "The days of the doses are assumed, from the register. Confirm them.",
    Flag.FACT_ASSUMED: "What is at home is assumed, from the register. Ask for a count.",
    Flag.PRESCRIPTION_ASSUMED: "What the prescription still gives is assumed, from the register.",
    Flag.DELIVERY_IN_SUSPENSION: "A planned delivery falls in a pause. Ask before it is booked.",
    Flag.PROVISIONAL_DATE: "Bank holidays are not yet published for the last of these dates; they are provisional.",
}


@dataclass(frozen=True, slots=True)
class UnitWord:
    """What one counts at home, in the singular and the plural."""

    one: str = "unit"
    many: str = "units"

    def count(self, number: int) -> str:
        """Return a number of them in words."""
        return f"{number:,} {self.one if number == 1 else self.many}"

    @property
    def article(self) -> str:
        """Return one of them with its article."""
        return f"an {self.one}" if self.one[:1].lower() in "aeio" else f"a {self.one}"


UNIT = UnitWord()


def explain(answer: CoverAnswer, *, unit: UnitWord = UNIT, booked_on: dt.date | None = None) -> list[str]:
    """Return the sentences that say why these dates; a booked day takes the planned one's place."""
    return explain_reasons(reasons_of(answer), unit=unit, booked_on=booked_on)


def explain_reasons(reasons: Reasons, *, unit: UnitWord = UNIT, booked_on: dt.date | None = None) -> list[str]:
    """Return the same sentences from reasons that were stored."""
    if reasons.get("problem"):
        return [f"No date could be worked out. {reasons['problem']}"]
    if reasons["stock"] is None:
        return ["Nobody knows what is at home: no delivery or count is recorded. Ask for a count.", *_flags(reasons)]
    said = Explanation(reasons, unit, booked_on)
    return [*said.sentences(), *_flags(reasons)]


def _flags(reasons: Reasons) -> Iterator[str]:
    for flag in reasons["flags"]:
        if flag in FLAG_SENTENCES:
            yield FLAG_SENTENCES[Flag(flag)]


class Explanation:
    """One answer put into words."""

    def __init__(self, reasons: Reasons, unit: UnitWord, booked_on: dt.date | None) -> None:
        self.reasons = reasons
        self.unit = unit
        self.booked_on = booked_on
        self.year = dt.date.fromisoformat(reasons["as_at"]).year

    def sentences(self) -> Iterator[str]:
        """Yield the sentences in the order one would say them."""
        yield "; ".join([*self._stock(), *self._doses(), *self._first_uncovered(), *self._delivery()]) + "."
        yield from self._suspensions()
        yield from self._prescription()
        yield from self._renewal()
        yield from self._holidays()
        yield from self._resumed()

    def day(self, iso: str, *, weekday: bool = False) -> str:
        """Return a date as one says it, with its year if it is not this year's."""
        day = dt.date.fromisoformat(iso)
        year = "" if day.year == self.year else f" {day.year}"
        return f"{day:%A} {day.day} {day:%B}{year}" if weekday else f"{day.day} {day:%B}{year}"

    def days(self, isos: Sequence[str]) -> str:
        """Return several dates as one says them: "1 and 15 March"."""
        said = [self.day(iso) for iso in isos]
        for place in range(len(said) - 1):
            number, month = said[place].split(" ", 1)
            if said[place + 1].split(" ", 1)[1].startswith(month):
                said[place] = number
        return _listed(said)

    def _stock(self) -> Iterator[str]:
        stock = self.reasons["stock"]
        yield self._anchor(stock["from"])
        if stock["since_not_listed"]:
            yield f"{stock['since_not_listed']} more entries"
        for fact in stock["since"]:
            yield self._since(fact)

    def _anchor(self, fact: Reasons) -> str:
        on = self.day(fact["on"])
        if fact["kind"] == "COUNT":
            return f"{self.unit.count(fact['units'])} counted on {on}" + (
                " after the dose" if fact.get("after_dose") else ""
            )
        before = fact["units_before"]
        return f"{self._delivered(fact)} on {on}" + (f" beside {before:,} still there" if before else "")

    def _delivered(self, fact: Reasons) -> str:
        expires = f", usable to {self.day(fact['expires_on'])}," if "expires_on" in fact else ""
        return f"{self.unit.count(fact['units'])} delivered{expires}"

    def _since(self, fact: Reasons) -> str:
        on, kind = self.day(fact["on"]), fact["kind"]
        if kind == "MISSED":
            return f"the dose of {on} missed and put back"
        if kind == "DELIVERY":
            return f"{self._delivered(fact)} on {on}"
        deed = {"TAKEN": "used besides the regimen", "WRITE_OFF": "thrown away", "COUNT": "counted"}[kind]
        return f"{self.unit.count(fact['units'])} {deed} on {on}"

    def _doses(self) -> Iterator[str]:
        doses = self.reasons["doses"]
        if doses["days"]:
            yield f"{'dose' if len(doses['days']) == 1 else 'doses'} on {self.days(doses['days'])}"
        elif doses["covered"]:
            yield f"{doses['covered']:,} doses from {self.day(doses['first_on'])} to {self.day(doses['last_on'])}"

    def _first_uncovered(self) -> Iterator[str]:
        first, doses = self.reasons["first_uncovered_dose_on"], self.reasons["doses"]
        if first is None:
            yield "no dose within three years is without medicine" if doses["to_come"] else "no dose is due"
        elif self.reasons["out"]:
            yield f"without medicine since {self.day(first)}"
            if doses["uncovered"]:
                missed = doses["uncovered"]
                yield f"no {self.unit.one} for {_doses_word(len(missed))} in the last 90 days"
        else:
            yield f"the first dose without {self._enough(doses['units_each'])} is {self.day(first)}"

    def _enough(self, units_each: int | None) -> str:
        return self.unit.article if units_each in {None, 1} else f"its {self.unit.count(units_each or 1)}"

    def _delivery(self) -> Iterator[str]:
        delivery = self.reasons["delivery"]
        if self.booked_on is not None:
            yield f"a delivery is booked for {self.day(self.booked_on.isoformat(), weekday=True)}"
        elif delivery is not None:
            due = self.day(delivery["due_on"], weekday=True)
            yield f"a delivery is due by {due}, {self._why_due(delivery)}"

    def _why_due(self, delivery: Reasons) -> str:
        if delivery["late"]:
            lead = _working_days(delivery["provider_lead_working_days"])
            return f"the soonest a provider that needs {lead} can come"
        before = _before(delivery["buffer_days"])
        return f"the last working day {before}" if delivery["moved_to_working_day"] else before

    def _suspensions(self) -> Iterator[str]:
        for pause in self.reasons["suspensions"]:
            end = f"to {self.day(pause['to'])}" if pause["to"] else "with no end known"
            yield f"{'Paused' if pause['now'] else 'To be paused'} from {self.day(pause['from'])} {end}: no doses then."

    def _prescription(self) -> Iterator[str]:
        supply, renewal = self.reasons["prescription"], self.reasons["renewal"]
        if supply is None:
            if renewal:
                yield "There is no prescription to deliver from."
            return
        planned, valid = supply["planned_on"], self.day(supply["last_valid_on"])
        if planned:
            each = self.unit.count(supply["units_each"])
            yield f"The prescription gives {_deliveries(len(planned))} of {each}, planned for {self.days(planned)}."
        if supply["lost"] and renewal:
            yield f"{_deliveries(supply['lost']).capitalize()} would be dispensed after {valid}, its last valid day."
        elif not supply["remaining"] and renewal:
            yield "The prescription has no delivery left."

    def _renewal(self) -> Iterator[str]:
        renewal = self.reasons["renewal"]
        if renewal is None:
            return
        delivery = self.day(renewal["delivery_on"], weekday=True)
        before = _before(self.reasons["delivery"]["buffer_days"])
        if renewal["delivery_on"] != renewal["buffered_on"]:
            before = f"the last working day {before}"
        yield (
            f"Cover ends on {self.day(renewal['script_cover_ends_on'], weekday=True)}, so the provider needs a new "
            f"prescription by {self.day(renewal['needed_by_on'], weekday=True)}: "
            f"{_working_days(renewal['provider_lead_working_days'])} before {delivery}, {before}"
            f"{_late(renewal['needed_late_working_days'])}."
        )
        yield (
            f"Begin asking on {self.day(renewal['prompt_due_on'], weekday=True)}, "
            f"{_working_days(renewal['lead_working_days'])} before that{_late(renewal['prompt_late_working_days'])}."
        )

    def _holidays(self) -> Iterator[str]:
        named = {
            day: title
            for part in (self.reasons["delivery"], self.reasons["renewal"])
            if part
            for day, title in part["holidays"]
        }
        if named:
            yield f"Stepped over: {_listed([f'{named[day]} ({self.day(day)})' for day in sorted(named)])}."

    def _resumed(self) -> Iterator[str]:
        resumed = self.reasons["if_resumed"]
        if resumed is None:
            return
        first, prompt = resumed["first_uncovered_dose_on"], resumed["prompt_due_on"]
        if first is None:
            yield "Were it resumed tomorrow, no dose within three years would be without medicine."
            return
        asking = f", and asking should begin on {self.day(prompt, weekday=True)}" if prompt else ""
        without = f"the first dose without {self.unit.article} would be {self.day(first)}"
        yield f"Were it resumed tomorrow, {without}{asking}."


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))


def _before(days: int) -> str:
    if not days:
        return "the day itself"
    weeks, rest = divmod(days, 7)
    if rest or weeks not in NUMBER_WORDS:
        return "a day before" if days == 1 else f"{days} days before"
    return "a week before" if weeks == 1 else f"{NUMBER_WORDS[weeks]} weeks before"


def _working_days(number: int) -> str:
    return "one working day" if number == 1 else f"{number} working days"


def _doses_word(number: int) -> str:
    return "one dose" if number == 1 else f"{number} doses"


def _deliveries(number: int) -> str:
    return "one more delivery" if number == 1 else f"{number} more deliveries"


def _late(working_days: int) -> str:
    return f"; already {_working_days(working_days)} late" if working_days else ""
