"""Addresses for deliveries: those of one prescription, and what happened to the next one."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from deliveries import actions
from deliveries.api import serializers
from deliveries.models import Delivery
from prescriptions.api.views import visible_or_404
from prescriptions.models import Prescription
from providers.api.described import IDEMPOTENCY_KEY, PROBLEMS, READ_PROBLEMS
from providers.api.repeats import once
from providers.api.strict import read_body
from providers.api.views import ProviderAPIView


class DeliveriesView(ProviderAPIView):
    """The deliveries of one prescription."""

    scopes: ClassVar[dict[str, str]] = {"GET": "prescriptions:read", "POST": "deliveries:write"}

    @extend_schema(operation_id="list_deliveries", responses={200: serializers.DeliveriesOut, **READ_PROBLEMS})
    def get(self, request: Request, reference: uuid.UUID) -> Response:
        """List the deliveries of one prescription, first to last."""
        prescription = visible_or_404(self, reference)
        rows = Delivery.objects.visible_to(self.client).filter(prescription=prescription).order_by("sequence")
        return Response({"results": list(rows.values(*serializers.FIELDS))})

    @extend_schema(
        operation_id="report_delivery",
        parameters=[IDEMPOTENCY_KEY],
        request=serializers.DeliveryReport,
        responses={201: serializers.DeliveryOut, **PROBLEMS},
    )
    def post(self, request: Request, reference: uuid.UUID) -> Response:
        """Say what happened to the prescription's next delivery: delivered, with batch and expiry, or failed.

        A failed delivery is still to be made: report it again when it was.
        """
        fields = read_body(serializers.DeliveryReport, request)
        prescription = visible_or_404(self, reference)
        at = timezone.now()

        def deed() -> Response:
            delivery = self._report(prescription, fields, at=at)
            return Response(serializers.shown(delivery), status=201)

        return once(request, user=self.client, fields=fields, at=at, deed=deed)

    def _report(self, prescription: Prescription, fields: dict[str, Any], *, at: dt.datetime) -> Delivery:
        delivery = actions.plan_next(prescription=prescription, by=self.client, at=at)
        if fields["outcome"] == "FAILED":
            return actions.record_failed(
                delivery=delivery,
                failed_on=fields["on"],
                cause=fields["cause"],
                reason=fields.get("note", ""),
                by=self.client,
                at=at,
            )
        return actions.record_delivered(
            delivery=delivery,
            delivered_on=fields["on"],
            lines=[actions.Line(**line) for line in fields["lines"]],
            in_full=fields["outcome"] == "DELIVERED_FULL",
            recipient_name=fields.get("recipient_name", ""),
            proof_reference=fields.get("proof_reference", ""),
            by=self.client,
            at=at,
        )
