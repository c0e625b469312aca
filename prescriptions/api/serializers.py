"""What goes in and comes out of the addresses for prescriptions."""

from typing import Any

from rest_framework import serializers

from prescriptions.models import Prescription
from prescriptions.states import PrescriptionStatus
from providers.api.strict import StrictSerializer

P = PrescriptionStatus
SHOWN = [P.SENT, P.PROVIDER_QUERIED, P.ACKNOWLEDGED, P.IN_USE, P.EXHAUSTED, P.EXPIRED, P.CANCELLED, P.SUPERSEDED]


class ListQuery(StrictSerializer):
    """Which prescriptions, and from where on."""

    status = serializers.ChoiceField(choices=[str(s) for s in SHOWN], required=False)
    after = serializers.UUIDField(
        required=False, help_text="The reference of the last prescription of the page before."
    )
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)


class Acknowledgement(StrictSerializer):
    """That the provider has the prescription."""

    provider_reference = serializers.CharField(
        max_length=60, required=False, default="", allow_blank=True, help_text="Your own number for it."
    )


class AddressOut(serializers.Serializer[Any]):
    """Where to deliver."""

    line_1 = serializers.CharField()
    line_2 = serializers.CharField()
    town = serializers.CharField()
    postcode = serializers.CharField()


class NeedOut(serializers.Serializer[Any]):
    """What the patient needs in order to read, hear and understand."""

    kind = serializers.CharField()
    detail = serializers.CharField()


class PatientOut(serializers.Serializer[Any]):
    """Whom it is for."""

    nhs_number = serializers.CharField(allow_null=True)
    hospital_number = serializers.CharField()
    family_name = serializers.CharField()
    given_name = serializers.CharField()
    date_of_birth = serializers.DateField()
    deceased = serializers.BooleanField()


class PatientInFullOut(PatientOut):
    """Whom it is for, and how to reach them."""

    delivery_address = AddressOut(allow_null=True)
    telephones = serializers.ListField(child=serializers.CharField())
    accessible_needs = NeedOut(many=True)


class ProductOut(serializers.Serializer[Any]):
    """What to supply. Biologics and some others are prescribed by brand: supply no other."""

    medicine = serializers.CharField()
    brand = serializers.CharField(allow_null=True)
    form = serializers.CharField(allow_null=True)
    strength_value = serializers.CharField(allow_null=True)
    strength_unit = serializers.CharField(allow_null=True)
    unit_name = serializers.CharField(allow_null=True, help_text="What units count: pens, tablets, doses.")
    vmp_id = serializers.CharField(allow_null=True, help_text="dm+d virtual product.")
    amp_id = serializers.CharField(allow_null=True, help_text="dm+d actual product.")


class PrescriptionOut(serializers.Serializer[Any]):
    """A prescription that was sent."""

    reference = serializers.UUIDField()
    status = serializers.ChoiceField(choices=[str(s) for s in SHOWN])
    sent_at = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    provider_reference = serializers.CharField()
    purchase_order_number = serializers.CharField()
    signed_on = serializers.DateField(allow_null=True)
    last_valid_on = serializers.DateField(allow_null=True, help_text="Dispense nothing after this day.")
    deliveries = serializers.IntegerField(help_text="How many deliveries it is for.")
    deliveries_made = serializers.IntegerField()
    units_each = serializers.IntegerField(help_text="How many units each delivery holds.")
    interval_days = serializers.IntegerField()
    dose = serializers.CharField()
    patient = PatientOut()
    product = ProductOut()


class PrescriptionInFullOut(PrescriptionOut):
    """A prescription with what is needed to deliver it."""

    sharing_ended = serializers.BooleanField(
        help_text="Nothing new is shared with you (consent withdrawn, or the patient moved on): hand the supply over."
    )
    patient = PatientInFullOut()


class PageOut(serializers.Serializer[Any]):
    """One page."""

    results = PrescriptionOut(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page, if there is one.")


class AcknowledgedOut(serializers.Serializer[Any]):
    """What became of it."""

    reference = serializers.UUIDField()
    status = serializers.CharField()
    acknowledged_at = serializers.DateTimeField()
    provider_reference = serializers.CharField()


def acknowledged(prescription: Prescription) -> dict[str, Any]:
    """Return what an acknowledgement answers with."""
    return {
        "reference": prescription.reference,
        "status": prescription.status,
        "acknowledged_at": prescription.acknowledged_at,
        "provider_reference": prescription.provider_reference,
    }
