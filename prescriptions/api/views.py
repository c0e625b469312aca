"""Addresses for prescriptions: those sent to me, one of them, and that I have it."""

import uuid
from typing import ClassVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from prescriptions import actions
from prescriptions.api import presenters, serializers
from prescriptions.models import Prescription
from providers.api.authentication import provider_id_of
from providers.api.described import IDEMPOTENCY_KEY, PROBLEMS, READ_PROBLEMS
from providers.api.repeats import once
from providers.api.strict import read_body, read_query
from providers.api.views import ProviderAPIView

NO_SUCH = "No prescription with this reference was sent to you. Check the reference."


def visible_or_404(view: ProviderAPIView, reference: uuid.UUID) -> Prescription:
    """Return the prescription, or answer as if there were none: another provider's looks like none."""
    found = Prescription.objects.visible_to(view.client).filter(reference=reference).first()
    if found is None:
        raise NotFound(NO_SUCH)
    return found


class PrescriptionListView(ProviderAPIView):
    """The prescriptions that were sent to the provider that calls."""

    scopes: ClassVar[dict[str, str]] = {"GET": "prescriptions:read"}

    @extend_schema(
        operation_id="list_prescriptions",
        parameters=[serializers.ListQuery],
        responses={200: serializers.PageOut, **READ_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List prescriptions sent to you. Ask for status SENT, acknowledge each, and repeat until there are none."""
        query = read_query(serializers.ListQuery, request)
        provider_id = provider_id_of(self.client)
        if provider_id is None:
            return Response({"results": [], "next": None})
        results, has_more = presenters.page(
            user=self.client,
            provider_id=provider_id,
            after=self._position(query.get("after")),
            limit=query["limit"],
            status=query.get("status"),
        )
        return Response({"results": results, "next": self._next(query, results) if has_more else None})

    def _position(self, after: uuid.UUID | None) -> int | None:
        if after is None:
            return None
        rows = Prescription.objects.visible_to(self.client).filter(reference=after)
        position = rows.values_list("pk", flat=True).first()
        if position is None:
            raise ValidationError({"after": [NO_SUCH]})
        return position

    def _next(self, query: dict[str, object], results: list[dict[str, object]]) -> str:
        parameters = {**query, "after": results[-1]["reference"]}
        return self.request.build_absolute_uri(
            reverse("api_prescriptions") + "?" + urlencode(sorted(parameters.items()))
        )


class PrescriptionView(ProviderAPIView):
    """One prescription."""

    scopes: ClassVar[dict[str, str]] = {"GET": "prescriptions:read"}

    @extend_schema(
        operation_id="read_prescription", responses={200: serializers.PrescriptionInFullOut, **READ_PROBLEMS}
    )
    def get(self, request: Request, reference: uuid.UUID) -> Response:
        """Read one prescription, with what is needed to deliver it."""
        found = presenters.one(user=self.client, reference=reference)
        if found is None:
            raise NotFound(NO_SUCH)
        return Response(found)


class AcknowledgementView(ProviderAPIView):
    """That the provider has a prescription."""

    scopes: ClassVar[dict[str, str]] = {"POST": "prescriptions:acknowledge"}

    @extend_schema(
        operation_id="acknowledge_prescription",
        parameters=[IDEMPOTENCY_KEY],
        request=serializers.Acknowledgement,
        responses={200: serializers.AcknowledgedOut, **PROBLEMS},
    )
    def post(self, request: Request, reference: uuid.UUID) -> Response:
        """Say that you have the prescription and will supply it."""
        fields = read_body(serializers.Acknowledgement, request)
        prescription = visible_or_404(self, reference)
        at = timezone.now()

        def deed() -> Response:
            done = actions.acknowledge(
                prescription=prescription, provider_reference=fields["provider_reference"], by=self.client, at=at
            )
            return Response(serializers.acknowledged(done))

        return once(request, user=self.client, fields=fields, at=at, deed=deed)
