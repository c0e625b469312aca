"""What every page is given besides its own values."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from homecare.accounts import kept_forms
from homecare.accounts.demo import demo_sign_ins
from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.navigation import address_of, menu


def nhs(request: HttpRequest) -> dict[str, Any]:
    """Return the values that the layout needs."""
    asking = getattr(request, "user", None)
    user = asking if isinstance(asking, User) and asking.is_active else None
    nonce = getattr(request, "csp_nonce", "")
    return {
        "cspNonce": str(nonce),  # it is made at first use, and false until then
        "service_name": settings.SERVICE_NAME,
        "organisation_name": settings.ORGANISATION_NAME,
        "nhs_logo": settings.NHS_LOGO,
        "demo": settings.DEMO,
        "menu": menu(request, user) if user else [],
        "signed_in": user,
        "idle_seconds": settings.SESSION_IDLE_SECONDS,
        "warning_seconds": settings.SESSION_WARNING_SECONDS,
        "search_url": address_of("patients") if user and user.may(Permission.PATIENT_VIEW) else None,
        "refer_url": address_of("refer") if user and user.may(Permission.ENROLMENT_EDIT) else None,
        "demo_sign_ins": demo_sign_ins() if settings.DEMO and not user else [],
        "kept_draft": kept_forms.draft_for(request) if user else None,
    }
