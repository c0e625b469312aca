"""A service is proposed; its terms, contacts, medicines and what a patient may choose are set."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from medicines.actions.formulary import add_missing
from medicines.models import Medicine
from providers.actions.tiering import tier_fields, tiering_of
from providers.models import HomecareService, Provider, ServiceActivity, ServiceMedicine, ServiceStyle
from providers.states import ServiceStatus
from providers.styles import VALUES
from providers.tiers import Scheme

PARAMETERS: Final = (
    "buffer_days",
    "lead_working_days",
    "provider_lead_working_days",
    "delivery_interval_days",
    "prescription_duration_months",
    "max_deliveries_per_prescription",
    "max_stock_days",
    "first_delivery_target_days",
    "registration_answer_working_days",
    "signature_required",
    "contact_attempts_before_escalation",
    "delivery_window_hours",
    "needs_funding_approval",
    "scheme_fixes_supplier",
    "charge_policy",
    "specification_reference",
)
CHARTER: Final = (
    "helpline_telephone",
    "helpline_hours",
    "out_of_hours_telephone",
    "hospital_telephone",
    "hospital_hours",
    "hospital_out_of_hours_telephone",
    "complaints_contact",
    "about_the_service",
    "benefits_and_risks",
    "how_to_change",
    "use_of_personal_data",
)
TERMS: Final = frozenset({*PARAMETERS, *CHARTER})


@action
def propose_service(
    *,
    provider: Provider,
    name: str,
    medicines: Collection[Medicine],
    activities: Collection[str],
    terms: Mapping[str, Any],
    source: str,
    by: User,
    at: dt.datetime,
    scheme: Scheme = Scheme.RPS,
) -> HomecareService:
    """Propose a service of a provider: its activities make its tier at once, and it waits to be assessed."""
    require(by, Permission.REFERENCE_EDIT)
    Provider.objects.select_for_update().get(pk=provider.pk)  # two proposals of one name wait for each other
    if HomecareService.objects.filter(provider=provider, name__iexact=name.strip()).exists():
        raise Refused(f"{provider} already has a service called {name}. Give this one another name.", code="taken")
    if not medicines:
        raise Refused("Choose at least one medicine.", code="no_medicine")
    tiering = tiering_of(activities, scheme=scheme)
    service = HomecareService(provider=provider, name=name.strip(), source=source, **_known(terms))
    for field, value in tier_fields(tiering).items():
        setattr(service, field, value)
    _refuse_impossible(service)
    service.save()
    ServiceMedicine.objects.bulk_create(ServiceMedicine(service=service, medicine=medicine) for medicine in medicines)
    ServiceActivity.objects.bulk_create(ServiceActivity(service=service, activity=code) for code in activities)
    return service


@action
def change_terms(
    *, service: HomecareService, terms: Mapping[str, Any], by: User, at: dt.datetime, reason: str = ""
) -> HomecareService:
    """Change some of a service's terms, contacts or words for its charter."""
    locked = _editable(service, by=by)
    for field, value in _known(terms).items():
        setattr(locked, field, value)
    _refuse_impossible(locked)
    locked.save(update_fields=list(terms))
    return locked


@action
def set_styles(
    *, service: HomecareService, styles: Collection[tuple[str, str]], by: User, at: dt.datetime, reason: str = ""
) -> HomecareService:
    """Say what a patient of this service may choose: (kind, value) of each."""
    locked = _editable(service, by=by)
    unknown = [value for kind, value in styles if value not in VALUES.get(kind, {})]
    if unknown:
        raise Refused(f"Nobody can choose {', '.join(unknown)}. Choose from the list.", code="unknown_style")
    now = ServiceStyle.objects.filter(service=locked).values_list("pk", "kind", "value")
    gone = [pk for pk, kind, value in now if (kind, value) not in styles]
    ServiceStyle.objects.filter(pk__in=gone).delete()
    rows = [ServiceStyle(service_id=locked.pk, kind=kind, value=value) for kind, value in styles]
    add_missing(ServiceStyle, rows, key=("service_id", "kind", "value"))
    return locked


@action
def set_medicines(
    *, service: HomecareService, medicines: Collection[Medicine], by: User, at: dt.datetime, reason: str = ""
) -> HomecareService:
    """Say which medicines a service supplies. (Whether a patient is on one is for the caller to ask.)"""
    locked = _editable(service, by=by)
    if not medicines:
        raise Refused("Choose at least one medicine.", code="no_medicine")
    ServiceMedicine.objects.filter(service=locked).exclude(medicine__in=medicines).delete()
    rows = [ServiceMedicine(service_id=locked.pk, medicine_id=medicine.pk) for medicine in medicines]
    add_missing(ServiceMedicine, rows, key=("service_id", "medicine_id"))
    return locked


def _editable(service: HomecareService, *, by: User) -> HomecareService:
    require(by, Permission.REFERENCE_EDIT)
    locked = HomecareService.objects.select_for_update().get(pk=service.pk)
    if locked.status == ServiceStatus.ENDED:
        raise Refused("This service has ended: it stays as it was.", code="ended")
    return locked


def _known(terms: Mapping[str, Any]) -> Mapping[str, Any]:
    unknown = sorted(terms.keys() - TERMS)
    if unknown:
        raise Refused(f"A service has no {', '.join(unknown)}.", code="unknown_term")
    return terms


def _refuse_impossible(service: HomecareService) -> None:
    """Say in words what the database's constraints would refuse."""
    if service.max_stock_days is not None and service.max_stock_days < service.buffer_days:
        raise Refused("The most stock at home cannot be less than the buffer.", code="stock_below_buffer")
    try:
        service.validate_constraints()
    except ValidationError as wrong:
        raise Refused(" ".join(wrong.messages), code="impossible_terms") from wrong
