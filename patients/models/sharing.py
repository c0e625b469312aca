"""Which rows may be shown to a provider: the rule of patients/pathway/sharing.py as a condition of a query."""

from typing import Any

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q

from patients.pathway.sharing import LEFT, GivenConsent, Sharing


def still_shared(*, enrolment: str = "enrolment", provider: str = "provider_id") -> Q:
    """Match the rows whose patient may still be shown to the row's provider.

    `enrolment` is the path to the enrolment ("" for enrolments themselves), `provider` the path to the provider's id.
    """
    path = f"{enrolment}__" if enrolment else ""
    consents: Any = apps.get_model("patients", "Consent")._default_manager
    of_this = consents.filter(enrolment=OuterRef(f"{path}pk"))
    in_force = of_this.filter(withdrawn_on__isnull=True)
    another = in_force.filter(sharing_with__isnull=False).exclude(sharing_with=OuterRef(provider))
    not_withdrawn = ~Exists(of_this.filter(withdrawn_on__isnull=False)) | Exists(in_force)
    return ~Q(**{f"{path}status__in": sorted(LEFT)}) & Q(~Exists(another)) & Q(not_withdrawn)


def sharing_of(enrolment: Any, *, provider_id: int | None = None) -> Sharing:
    """Return what decides whether this enrolment may be shared with its provider, or the one named. One query."""
    rows = enrolment.consents.values_list("withdrawn_on", F("sharing_with"))
    return Sharing(
        status=enrolment.status,
        provider=enrolment.service.provider_id if provider_id is None else provider_id,
        consents=tuple(GivenConsent(withdrawn is not None, named) for withdrawn, named in rows),
        is_assumed=enrolment.is_assumed,
    )
