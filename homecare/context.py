"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def nhs(request: HttpRequest) -> dict[str, object]:
    """Name the service and the organisation, and make the nonce that the NHS.UK templates look for."""
    return {
        "cspNonce": str(getattr(request, "csp_nonce", "")),  # lazy, and false until used: str() uses it
        "service_name": settings.SERVICE_NAME,
        "organisation_name": settings.ORGANISATION_NAME,
        "nhs_logo": settings.NHS_LOGO,
        "demo": settings.DEMO,
    }
