"""What a provider must be told: raised by the deed it follows from, told by somebody, acknowledged by the provider.

`raise_notice` is the one way in. It decides by rule whether the provider may hear of it at all (pathway/notices.py),
so that a deed need not ask.
"""

import datetime as dt
from collections.abc import Iterable

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.clock import local_day
from homecare.core.errors import Refused
from patients.models import Enrolment, Patient, ProviderNotice
from patients.pathway.notices import (
    ABOUT_THE_PATIENT,
    AFTER_DEATH,
    KNOWN_TO_PROVIDER,
    SAYS_THE_WHOLE,
    Standing,
    may_be_told,
)

MOST_AT_ONCE = 200  # notices told in one press: a telephone call, not a register


def raise_notice(
    *,
    enrolment: Enrolment,
    kind: str,
    detail: str,
    effective_on: dt.date,
    by: User,
    at: dt.datetime,
) -> ProviderNotice | None:
    """Write down that the enrolment's provider must be told; nothing, where it may not hear of it.

    Part of a deed, which has asked for its own permission. The detail holds what the provider needs and no more. One
    that was not told yet and said the same thing otherwise is withdrawn: the newer one says the whole.
    """
    if not may_be_told(kind, standing_of(enrolment)):
        return None
    if kind in SAYS_THE_WHOLE:
        _withdraw(_untold_alike(enrolment, kind), because="A newer notice says the whole.", at=at)
    return ProviderNotice.objects.create(
        enrolment=enrolment,
        patient_id=enrolment.patient_id,
        provider_id=enrolment.service.provider_id,
        kind=kind,
        detail=detail,
        effective_on=effective_on,
        raised_at=at,
        raised_by=by,
    )


def raise_for_patient(
    *, patient: Patient, kind: str, detail: str, effective_on: dt.date, by: User, at: dt.datetime
) -> list[ProviderNotice]:
    """Raise one notice with each provider of a patient's open enrolments: once, however many it supplies."""
    raised = []
    for enrolment in one_for_each_provider(patient):
        notice = raise_notice(enrolment=enrolment, kind=kind, detail=detail, effective_on=effective_on, by=by, at=at)
        if notice is not None:
            raised.append(notice)
    return raised


def one_for_each_provider(patient: Patient) -> list[Enrolment]:
    """Return one enrolment for each provider that has the patient now: the one it has had for longest."""
    open_ones = Enrolment.objects.filter(patient=patient, status__in=sorted(KNOWN_TO_PROVIDER))
    found: dict[int, Enrolment] = {}
    for enrolment in open_ones.select_related("service__provider", "patient").order_by("pk"):
        found.setdefault(enrolment.service.provider_id, enrolment)
    return list(found.values())


def standing_of(enrolment: Enrolment) -> Standing:
    """Return what decides whether the enrolment's provider may be told of its patient now."""
    withdrawn = list(enrolment.consents.values_list("withdrawn_on", flat=True))
    return Standing(
        is_known=_is_known(enrolment),
        is_deceased=Patient.objects.filter(pk=enrolment.patient_id, deceased=True).exists(),
        consent_withdrawn=bool(withdrawn) and all(day is not None for day in withdrawn),
    )


def _is_known(enrolment: Enrolment) -> bool:
    """Say whether the provider was ever sent the patient: also of an enrolment that has ended since."""
    if enrolment.registered_on is not None or enrolment.status in KNOWN_TO_PROVIDER:
        return True
    return enrolment.status_changes.filter(from_status__in=sorted(KNOWN_TO_PROVIDER)).exists()


@action
def tell(*, notices: Iterable[int], how: str, by: User, at: dt.datetime, reason: str = "") -> int:
    """Record that these notices (by id) were told to their providers just now, and how. Returns how many.

    Refused: nothing chosen, too many for one call, a way that is none, or one that somebody told or withdrew meanwhile.
    """
    require(by, Permission.PROVIDER_TELL)
    wanted = sorted(set(notices))
    if not wanted:
        raise Refused("Choose at least one notice that the provider was told of.")
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(f"Tell at most {MOST_AT_ONCE} at once.")
    if how not in {ProviderNotice.How.TELEPHONE, ProviderNotice.How.EMAIL, ProviderNotice.How.PORTAL}:
        raise Refused("Say how the provider was told: by telephone, by secure email or in their portal.")
    rows = list(ProviderNotice.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    if len(rows) != len(wanted) or any(not notice.is_untold for notice in rows):
        raise Refused(_whose(rows), code="stale")
    for notice in rows:
        notice.how, notice.told_at, notice.told_by = how, at, by
        notice.save(update_fields=["how", "told_at", "told_by"])
    return len(rows)


def _whose(rows: list[ProviderNotice]) -> str:
    told = next((notice for notice in rows if notice.told_at is not None), None)
    if told is None:
        return "One of these need not be told any more. Look at the list again and choose from it."
    return f"{told.told_by or 'Somebody'} told the provider of one of these already. Choose again from the list."


@action
def acknowledge_notice(
    *, notice: ProviderNotice, acknowledged_by: str, by: User, at: dt.datetime, reason: str = ""
) -> ProviderNotice:
    """Record that somebody at the provider said they know: who it was is asked for. Told and known may be one call."""
    require(by, Permission.PROVIDER_TELL)
    if not acknowledged_by.strip():
        raise Refused("Say who at the provider acknowledged it.")
    locked = ProviderNotice.objects.select_for_update().get(pk=notice.pk)
    if locked.acknowledged_at is not None:
        raise Refused(f"{locked.acknowledged_by} acknowledged this already.", code="already_acknowledged")
    if locked.withdrawn_at is not None:
        raise Refused(f"This need not be told any more: {locked.withdrawn_because}", code="withdrawn")
    if locked.told_at is None:
        locked.how, locked.told_at, locked.told_by = ProviderNotice.How.TELEPHONE, at, by
    locked.acknowledged_at, locked.acknowledged_by = at, acknowledged_by.strip()
    locked.save(update_fields=["how", "told_at", "told_by", "acknowledged_at", "acknowledged_by"])
    return locked


def withdraw_untold(*, enrolment: Enrolment, because: str, at: dt.datetime) -> int:
    """Withdraw what was not yet told of an enrolment that ends: one notice says all. Part of a deed.

    What is about the patient stays to be told where the same provider supplies another treatment.
    """
    untold = ProviderNotice.objects.untold().filter(enrolment=enrolment).exclude(kind__in=sorted(AFTER_DEATH))
    others = Enrolment.objects.filter(patient=enrolment.patient_id, status__in=sorted(KNOWN_TO_PROVIDER))
    if others.filter(service__provider=enrolment.service.provider_id).exclude(pk=enrolment.pk).exists():
        untold = untold.exclude(kind__in=sorted(ABOUT_THE_PATIENT))
    return _withdraw(untold, because=because, at=at)


def withdraw_for_death(patient: Patient, *, at: dt.datetime) -> int:
    """Withdraw all that was not yet told of somebody who died, but for the death and collections. Part of a deed."""
    untold = ProviderNotice.objects.untold().filter(patient=patient).exclude(kind__in=sorted(AFTER_DEATH))
    return _withdraw(untold, because="The patient died.", at=at)


def take_back_death(death_notices: Iterable[ProviderNotice], *, by: User, at: dt.datetime) -> None:
    """Withdraw notices of a death that was none, and tell those who had heard it that the patient is alive.

    Part of a deed. What was asked to be collected stays asked for, without its gentleness: a person decides.
    """
    for notice in death_notices:
        if notice.is_untold:
            _withdraw([notice], because="The death was recorded by mistake.", at=at)
            continue
        ProviderNotice.objects.create(
            enrolment=notice.enrolment,
            patient_id=notice.patient_id,
            provider_id=notice.provider_id,
            kind="STOP",
            detail="The patient is alive: the death was recorded by mistake. Their homecare has ended all the same; "
            "nothing is delivered until we register them again.",
            effective_on=local_day(at),
            raised_at=at,
            raised_by=by,
        )


def _untold_alike(enrolment: Enrolment, kind: str) -> "Iterable[ProviderNotice]":
    return ProviderNotice.objects.untold().filter(
        patient_id=enrolment.patient_id, provider_id=enrolment.service.provider_id, kind=kind
    )


def _withdraw(rows: "Iterable[ProviderNotice]", *, because: str, at: dt.datetime) -> int:
    found = list(rows)
    for notice in found:
        notice.withdrawn_at, notice.withdrawn_because = at, because
        notice.save(update_fields=["withdrawn_at", "withdrawn_because"])
    return len(found)


def waiting_since(notice: ProviderNotice) -> dt.date:
    """Return the local day since which somebody waits: us to tell, or the provider to answer."""
    return local_day(notice.told_at or notice.raised_at)
