"""Addresses for registrations: those sent to me, one of them with its form, and what I answer."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from homecare.audit.access import collect, collect_file
from patients.actions import registration as actions
from patients.api import presenters, serializers
from patients.models import Registration
from patients.registration_print import as_pdf
from providers.api.authentication import provider_id_of
from providers.api.described import IDEMPOTENCY_KEY, PROBLEMS, READ_PROBLEMS
from providers.api.json import FastJSONRenderer
from providers.api.repeats import once
from providers.api.strict import StrictSerializer, read_body, read_query
from providers.api.views import ProviderAPIView

NO_SUCH = "No registration with this reference was sent to you. Check the reference."
NOT_SHOWN = "This registration is no longer to be worked on, so its form is not given. Read its standing."
READ, ANSWER = "registrations:read", "registrations:answer"


def visible_or_404(view: ProviderAPIView, reference: uuid.UUID) -> Registration:
    """Return the registration, or answer as if there were none: another provider's looks like none."""
    rows = Registration.objects.visible_to(view.client).select_related("provider", "enrolment")
    found = rows.filter(reference=reference).first()
    if found is None:
        raise NotFound(NO_SUCH)
    return found


class RegistrationListView(ProviderAPIView):
    """The registrations that were sent to the provider that calls."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ}

    @extend_schema(
        operation_id="list_registrations",
        parameters=[serializers.ListQuery],
        responses={200: serializers.RegistrationPageOut, **READ_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List registrations sent to you. Ask for outcome WAITING, answer each, and repeat until there are none."""
        query = read_query(serializers.ListQuery, request)
        provider_id = provider_id_of(self.client)
        if provider_id is None:
            return Response({"results": [], "next": None})
        results, has_more = presenters.page(
            user=self.client,
            provider_id=provider_id,
            after=self._position(query.get("after")),
            limit=query["limit"],
            outcome=query.get("outcome"),
        )
        return Response({"results": results, "next": self._next(query, results) if has_more else None})

    def _position(self, after: uuid.UUID | None) -> int | None:
        if after is None:
            return None
        rows = Registration.objects.visible_to(self.client).filter(reference=after)
        position = rows.values_list("pk", flat=True).first()
        if position is None:
            raise ValidationError({"after": [NO_SUCH]})
        return position

    def _next(self, query: dict[str, object], results: list[dict[str, object]]) -> str:
        parameters = {**query, "after": results[-1]["reference"]}
        return self.request.build_absolute_uri(
            reverse("api_registrations") + "?" + urlencode(sorted(parameters.items()))
        )


class RegistrationView(ProviderAPIView):
    """One registration."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ}

    @extend_schema(
        operation_id="read_registration", responses={200: serializers.RegistrationInFullOut, **READ_PROBLEMS}
    )
    def get(self, request: Request, reference: uuid.UUID) -> Response:
        """Read one registration with its form. Where its standing is not CURRENT, no patient's data is given."""
        found = presenters.one(user=self.client, reference=reference)
        if found is None:
            raise NotFound(NO_SUCH)
        pdf = request.build_absolute_uri(reverse("api_registration_form", args=[reference]))
        return Response(found | {"pdf": pdf if found["form"] else None})


class PDFRenderer(BaseRenderer):
    """A document as it is; a refusal as JSON."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return the bytes."""
        return data if isinstance(data, bytes) else FastJSONRenderer().render(data)


class FormView(ProviderAPIView):
    """The form of one registration, on paper."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ}
    renderer_classes = (PDFRenderer,)

    @extend_schema(
        operation_id="read_registration_form",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, **READ_PROBLEMS},
    )
    def get(self, request: Request, reference: uuid.UUID) -> Response:
        """Read the form as PDF. Not found once the registration is no longer to be worked on."""
        registration = visible_or_404(self, reference)
        if not presenters.may_be_shown(user=self.client, reference=reference):
            raise NotFound(NOT_SHOWN)
        content = as_pdf(registration, printed_by=str(registration.provider), at=timezone.now())
        collect([registration.patient_id])
        collect_file(content, rows=1)
        return Response(content, content_type="application/pdf")


class AnswerView(ProviderAPIView):
    """An answer to a registration: read strictly, done once."""

    scopes: ClassVar[dict[str, str]] = {"POST": ANSWER}

    def answer(
        self,
        request: Request,
        reference: uuid.UUID,
        serializer: type[StrictSerializer],
        deed: Callable[..., Any],
        shown: Callable[[Any], dict[str, Any]],
        *,
        status: int = 200,
    ) -> Response:
        """Read the body, do the deed once, and answer with what became of it."""
        fields = read_body(serializer, request)
        registration, at = visible_or_404(self, reference), timezone.now()

        def done() -> Response:
            return Response(shown(deed(registration=registration, by=self.client, at=at, **fields)), status=status)

        return once(request, user=self.client, fields=fields, at=at, deed=done)


class AcknowledgementView(AnswerView):
    """That the provider has set the patient up."""

    @extend_schema(
        operation_id="acknowledge_registration",
        parameters=[IDEMPOTENCY_KEY],
        request=serializers.RegistrationAcknowledgement,
        responses={200: serializers.RegistrationAnsweredOut, **PROBLEMS},
    )
    def post(self, request: Request, reference: uuid.UUID) -> Response:
        """Say that the patient is registered with you, under your own reference if you have one."""
        return self.answer(
            request,
            reference,
            serializers.RegistrationAcknowledgement,
            actions.acknowledge_registration,
            serializers.answered,
        )


class QueriesView(AnswerView):
    """What the provider asks about a registration."""

    @extend_schema(
        operation_id="query_registration",
        parameters=[IDEMPOTENCY_KEY],
        request=serializers.RegistrationQuestion,
        responses={201: serializers.RegistrationQueryOut, **PROBLEMS},
    )
    def post(self, request: Request, reference: uuid.UUID) -> Response:
        """Ask something. The answer comes with the next attempt, which is a registration of its own."""
        return self.answer(
            request,
            reference,
            serializers.RegistrationQuestion,
            actions.query_registration,
            serializers.asked,
            status=201,
        )


class RejectionView(AnswerView):
    """That the provider will not take the patient on as registered."""

    @extend_schema(
        operation_id="reject_registration",
        parameters=[IDEMPOTENCY_KEY],
        request=serializers.RegistrationRejection,
        responses={200: serializers.RegistrationAnsweredOut, **PROBLEMS},
    )
    def post(self, request: Request, reference: uuid.UUID) -> Response:
        """Reject the registration, and say why. What is put right comes as a new attempt."""
        return self.answer(
            request, reference, serializers.RegistrationRejection, actions.reject_registration, serializers.answered
        )
