"""Between the rows and the pure rules: load what is asked, for many enrolments at once, and store what is answered."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from patients.cover.models import Cover, RegimenPhase, SupplyFact
from patients.cover.models import RemainingSupply as RemainingSupplyRow
from patients.cover.questions import CoverAnswer, CoverQuestion, Fact, FactKind, RemainingSupply
from patients.cover.regimen import Cycle, DosesOn, EveryDays, Pattern, Phase, Weekdays
from patients.cover.regimen import Suspension as SuspensionSpan
from patients.models.changing import Transfer
from patients.models.enrolment import Enrolment, Suspension
from patients.states import ON_TREATMENT

PATTERNS: dict[str, Callable[[RegimenPhase], Pattern]] = {
    RegimenPhase.Pattern.EVERY_DAYS: lambda row: EveryDays(row.every_days or 0),
    RegimenPhase.Pattern.CYCLE: lambda row: Cycle(row.cycle_on or 0, row.cycle_off or 0),
    RegimenPhase.Pattern.WEEKDAYS: lambda row: Weekdays(tuple(row.weekdays or ())),
    RegimenPhase.Pattern.DOSES_ON: lambda row: DosesOn(tuple(row.doses_on or ())),
}
STORED = (
    "computed_for",
    "recompute_on",
    "stock_known",
    "first_uncovered_dose_on",
    "next_delivery_due_on",
    "planned_deliveries_on",
    "script_cover_ends_on",
    "needs_prescription",
    "prescription_needed_by_on",
    "prompt_due_on",
    "is_assumed",
    "is_live",
)


def load_questions(enrolment_ids: Sequence[int], *, as_at: dt.date) -> dict[int, CoverQuestion]:
    """Return the cover question of each enrolment, in six queries however many they are.

    Of one that is being transferred, what the new provider gave and still has to give is the patient's too: there is
    one home, and one answer to how long the medicine in it lasts.
    """
    new_of = dict(
        Transfer.objects.under_way()
        .filter(from_enrolment__in=enrolment_ids)
        .values_list("from_enrolment_id", "to_enrolment_id")
    )
    supplied = [*enrolment_ids, *new_of.values()]
    phases = _grouped(
        RegimenPhase.objects.filter(enrolment__in=enrolment_ids).order_by("enrolment_id", "starts_on"), _phase
    )
    facts = _grouped(
        SupplyFact.objects.standing().filter(enrolment__in=supplied).order_by("enrolment_id", "on", "pk"), _fact
    )
    suspensions = _grouped(
        Suspension.objects.filter(enrolment__in=enrolment_ids).order_by("enrolment_id", "starts_on"),
        lambda row: SuspensionSpan(row.starts_on, row.ends_on),
    )
    supplies = _grouped(RemainingSupplyRow.objects.filter(enrolment__in=supplied), _supply)
    for old, new in new_of.items():
        facts[old] = sorted(facts[old] + facts[new], key=lambda fact: fact.on)
        supplies[old] = supplies[new] or supplies[old]  # what is to come, comes from the new one
    enrolments = Enrolment.objects.filter(pk__in=enrolment_ids).values_list(
        "pk",
        "service__buffer_days",
        "service__lead_working_days",
        "service__provider_lead_working_days",
        "treatment__product__shelf_life_days",
    )
    return {
        pk: CoverQuestion(
            as_at=as_at,
            phases=tuple(phases[pk]),
            facts=tuple(facts[pk]),
            suspensions=tuple(suspensions[pk]),
            prescription=supplies[pk][0] if supplies[pk] else None,
            buffer_days=buffer,
            lead_working_days=lead,
            provider_lead_working_days=provider_lead,
            shelf_life_days=shelf_life,
        )
        for pk, buffer, lead, provider_lead, shelf_life in enrolments.iterator()
    }


def leaving_for(enrolment_ids: Sequence[int]) -> list[int]:
    """Return the enrolments that are being transferred to one of these."""
    rows = (
        Transfer.objects.under_way().filter(to_enrolment__in=enrolment_ids).values_list("from_enrolment_id", flat=True)
    )
    return sorted(set(rows) - set(enrolment_ids))


def at_home_under(enrolment_id: int) -> int:
    """Return the enrolment under which the patient's medicine is reckoned now: where this one was transferred to."""
    over = Transfer.objects.filter(finished_on__isnull=False, from_enrolment=enrolment_id)
    while (moved_to := over.values_list("to_enrolment_id", flat=True).first()) is not None:
        enrolment_id = moved_to
        over = Transfer.objects.filter(finished_on__isnull=False, from_enrolment=enrolment_id)
    return enrolment_id


def _grouped(rows: Iterable[Any], convert: Callable[[Any], Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.enrolment_id].append(convert(row))
    return grouped


def _phase(row: RegimenPhase) -> Phase:
    return Phase(
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        units_per_dose=row.units_per_dose,
        pattern=PATTERNS[row.pattern](row),
        assumed=row.is_assumed,
    )


def _fact(row: SupplyFact) -> Fact:
    return Fact(
        kind=FactKind(row.kind),
        on=row.on,
        units=row.units,
        expires_on=row.expires_on,
        after_dose=row.after_dose,
        assumed=row.is_assumed,
    )


def _supply(row: RemainingSupplyRow) -> RemainingSupply:
    return RemainingSupply(row.remaining, row.units_each, row.last_valid_on, row.is_assumed)


def cover_row(enrolment_id: int, answer: CoverAnswer, *, as_at: dt.date) -> Cover:
    """Return the row that stores an answer (not yet saved)."""
    dates = answer.stored_dates()
    dates["planned_deliveries_on"] = list(dates["planned_deliveries_on"])
    return Cover(
        enrolment_id=enrolment_id,
        computed_for=as_at,
        recompute_on=answer.recompute_on,
        stock_known=answer.stock_known,
        is_assumed=answer.assumed,
        **dates,
    )


def store(answers: dict[int, CoverAnswer], *, as_at: dt.date) -> None:
    """Write the answers, whichever enrolments had a row before; `is_live` follows the enrolment's status."""
    live = set(Enrolment.objects.filter(pk__in=answers, status__in=ON_TREATMENT).values_list("pk", flat=True))
    rows = [cover_row(pk, answer, as_at=as_at) for pk, answer in answers.items()]
    for row in rows:
        row.is_live = row.pk in live
    Cover.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["enrolment"], update_fields=list(STORED), batch_size=2000
    )
