"""What goes in and comes out of the addresses for deliveries."""

from typing import Any

from rest_framework import serializers

from deliveries.models import Delivery
from providers.api.strict import StrictSerializer

OUTCOMES = ["DELIVERED_FULL", "DELIVERED_PART", "FAILED"]
ONLY_IF_DELIVERED = ("lines", "recipient_name", "proof_reference")
ONLY_IF_FAILED = ("cause", "note")


class LineIn(StrictSerializer):
    """Units of one batch. Brand and batch are traced for a recall, so the batch is never left out."""

    units = serializers.IntegerField(min_value=1, max_value=100_000, help_text="Pens, tablets or doses: see unit_name.")
    batch_number = serializers.CharField(max_length=40)
    expires_on = serializers.DateField()


class DeliveryReport(StrictSerializer):
    """What happened to one delivery."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    on = serializers.DateField(help_text="The day on which it was received, or failed.")
    lines = LineIn(  # type: ignore[call-arg]  # many=True makes it a list, which has lengths
        many=True, required=False, help_text="Needed if delivered.", min_length=1, max_length=50
    )
    recipient_name = serializers.CharField(max_length=120, required=False, help_text="Who took it in.")
    proof_reference = serializers.CharField(max_length=60, required=False, help_text="Your proof of delivery.")
    cause = serializers.ChoiceField(
        choices=Delivery.FailureCause.values, required=False, help_text="Needed if it failed."
    )
    note = serializers.CharField(max_length=500, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a report whose parts do not belong together."""
        failed = attrs["outcome"] == "FAILED"
        needed, foreign = ("cause", ONLY_IF_DELIVERED) if failed else ("lines", ONLY_IF_FAILED)
        errors: dict[str, list[str]] = {}
        if not attrs.get(needed):
            errors[needed] = [f"This is needed when the outcome is {attrs['outcome']}."]
        for name in foreign:
            if name in attrs:
                errors[name] = [f"This does not belong to the outcome {attrs['outcome']}."]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


class DeliveryOut(serializers.Serializer[Any]):
    """A delivery as it stands."""

    reference = serializers.UUIDField()
    sequence = serializers.IntegerField()
    status = serializers.CharField()
    planned_on = serializers.DateField(allow_null=True)
    delivered_on = serializers.DateField(allow_null=True)
    failed_on = serializers.DateField(allow_null=True)


class DeliveriesOut(serializers.Serializer[Any]):
    """The deliveries of one prescription."""

    results = DeliveryOut(many=True)


FIELDS = tuple(DeliveryOut().fields)


def shown(delivery: Delivery) -> dict[str, Any]:
    """Return what a report answers with."""
    return {name: getattr(delivery, name) for name in FIELDS}
