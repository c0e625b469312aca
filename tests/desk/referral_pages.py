"""What tests of the referral's pages share."""

from typing import Any

from django.test import Client

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.actions.referral import Referral
from patients.models import Patient
from tests.factories import PatientFactory
from tests.patients.referrals import BORN

NUMBER = "9992814403"
TYPED = {
    "nhs_number": "999 281 4403", "hospital_number": "t 004417", "family_name": "EVANS", "given_name": "mary",
    "date_of_birth": "4/3/1961", "sex": "FEMALE", "telephone": "07700 900123", "line_1": "1 High Street",
    "postcode": "me44aa", "gp_practice": "The Example Surgery",
}  # fmt: skip


def on_record(**fields: Any) -> Patient:
    with acting(by=User.objects.system("command")):
        return PatientFactory(**{"family_name": "Evans", "given_name": "Mary", "date_of_birth": BORN} | fields)


def find(client: Client, **asked: str) -> Any:
    return client.get("/refer/", asked)


def register(client: Client, **changes: Any) -> Any:
    return client.post("/refer/new/", TYPED | changes)


def typed(referral: Referral, **changes: Any) -> dict[str, Any]:
    plain = {
        "medicine": referral.medicine.pk, "product": referral.product.pk if referral.product else "",
        "indication": "Rheumatoid arthritis", "service": referral.service.pk, "clinic": referral.clinic.pk,
        "referred_on": "2026-03-02",
    }  # fmt: skip
    return plain | changes
