"""What is refused, or asked about first, when somebody enters a fact about the medicine at home."""

from homecare.core.errors import Refused
from patients.cover.questions import CoverQuestion, Fact, FactKind, Flag
from patients.cover.regimen import Stretch, pauses_of, stretches_of
from patients.cover.walk import Home, order_of

DOSES_OFF_BEFORE_ASKING = 2


def check_fact(question: CoverQuestion, fact: Fact, *, confirmed: bool = False) -> None:
    """Refuse a fact that cannot be so, or a count far from what was reckoned unless it is confirmed.

    `question` holds the facts already known; its `as_at` is the day of entry.
    """
    if fact.on > question.as_at:
        raise Refused("This day has not come yet. Enter what has happened, not what is planned.", code="fact_in_future")
    _check_units(fact)
    if fact.kind is FactKind.MISSED:
        _check_missed(question, fact)
    if fact.kind is FactKind.COUNT and not confirmed:
        doubt = count_doubt(question, fact)
        if doubt:
            raise Refused(doubt, code="count_to_confirm")


def _check_units(fact: Fact) -> None:
    if fact.units < 0:
        raise Refused("Units cannot be fewer than none.", code="units_negative")
    if fact.units == 0 and fact.kind not in {FactKind.COUNT, FactKind.MISSED}:
        raise Refused("Say how many units: at least one.", code="units_missing")
    if fact.expires_on is not None and fact.kind is not FactKind.DELIVERY:
        raise Refused("Only a delivery has an expiry date here.", code="expiry_out_of_place")


def _check_missed(question: CoverQuestion, fact: Fact) -> None:
    if any(known.kind is FactKind.MISSED and known.on == fact.on for known in question.facts):
        raise Refused(f"The dose of {fact.on:%d/%m/%Y} is already recorded as missed.", code="missed_twice")
    before = _met(question, question.facts, until=fact)
    after = _met(question, (*question.facts, fact), until=fact)
    if after.flags.count(Flag.MISSED_WITHOUT_DOSE) > before.flags.count(Flag.MISSED_WITHOUT_DOSE):
        raise Refused(
            f"By the regimen and the medicine at home no dose was taken on {fact.on:%d/%m/%Y}, so none can have been "
            "missed from stock. Check the day, or record a count.",
            code="missed_without_dose",
        )


def count_doubt(question: CoverQuestion, fact: Fact) -> str | None:
    """Return what to ask before taking a count: it is above what was reckoned, or off by more than two doses."""
    reckoned = units_before(question, fact)
    if reckoned is None:
        return None
    if fact.units > reckoned:
        return (
            f"{fact.units} counted, but {reckoned} reckoned from deliveries and doses. Were doses missed, or is a "
            "delivery not recorded? Confirm the count to take it."
        )
    if reckoned - fact.units > DOSES_OFF_BEFORE_ASKING * _dose_units(question, fact):
        return (
            f"{fact.units} counted, but {reckoned} reckoned: more than two doses are unaccounted for. Were extra doses "
            "taken, or some thrown away? Confirm the count to take it."
        )
    return None


def units_before(question: CoverQuestion, fact: Fact) -> int | None:
    """Return the units reckoned to be at home just before a fact; None while stock is unknown."""
    earlier = [known for known in question.facts if known is not fact]
    return _met(question, earlier, until=fact).units_before(fact)


def _met(question: CoverQuestion, facts: tuple[Fact, ...] | list[Fact], *, until: Fact) -> Home:
    """Return the medicine at home after every fact that comes before or with another."""
    home = Home(_stretches(question), question.shelf_life_days)
    home.meet(sorted((fact for fact in facts if order_of(fact) <= order_of(until)), key=order_of))
    return home


def _stretches(question: CoverQuestion) -> list[Stretch]:
    return stretches_of(question.phases, pauses_of(question.suspensions))


def _dose_units(question: CoverQuestion, fact: Fact) -> int:
    """Return the units of the dose in force on the day, else of the next, else of the last before it."""
    ordered = sorted(question.phases, key=lambda phase: phase.starts_on)
    open_then = [phase for phase in ordered if phase.ends_on is None or phase.ends_on >= fact.on]
    if open_then:
        return open_then[0].units_per_dose
    return ordered[-1].units_per_dose if ordered else 1


def check_terms(
    *, buffer_days: int, lead_working_days: int, provider_lead_working_days: int, shelf_life_days: int | None = None
) -> None:
    """Refuse a service's parameters that no date can be planned with."""
    if min(buffer_days, lead_working_days, shelf_life_days or 0) < 0:
        raise Refused("Buffer, lead and shelf life cannot be negative.", code="terms_negative")
    if provider_lead_working_days < 1:
        raise Refused("A provider needs at least one working day to dispense and deliver.", code="provider_lead_short")
