"""What goes in and comes out of the addresses for registrations."""

from typing import Any

from rest_framework import serializers

from patients.api.form_serializers import FormOut
from patients.api.presenters import STANDINGS
from patients.models import Registration, RegistrationQuery
from providers.api.strict import StrictSerializer

OUTCOMES = Registration.Outcome.choices


class ListQuery(StrictSerializer):
    """Which registrations, and from where on."""

    outcome = serializers.ChoiceField(choices=OUTCOMES, required=False)
    after = serializers.UUIDField(
        required=False, help_text="The reference of the last registration of the page before."
    )
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)


class RegistrationAcknowledgement(StrictSerializer):
    """That the provider has set the patient up."""

    provider_reference = serializers.CharField(
        max_length=60, required=False, default="", allow_blank=True, help_text="Your own number for the patient."
    )


class RegistrationQuestion(StrictSerializer):
    """What the provider asks."""

    question = serializers.CharField(max_length=2000)


class RegistrationRejection(StrictSerializer):
    """Why the provider rejects it."""

    reason = serializers.CharField(max_length=2000)


class RegistrationOut(serializers.Serializer[Any]):
    """A registration that was sent, without the patient."""

    reference = serializers.UUIDField()
    attempt = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    standing = serializers.ChoiceField(
        choices=STANDINGS, help_text="CURRENT: to work on. Otherwise why it is not: no patient's data is given then."
    )
    sent_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    provider_reference = serializers.CharField()


class RegistrationPageOut(serializers.Serializer[Any]):
    """One page."""

    results = RegistrationOut(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page, if there is one.")


class RegistrationQueryOut(serializers.Serializer[Any]):
    """What you asked, and our answer once there is one."""

    question = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class RegistrationInFullOut(RegistrationOut):
    """A registration with its form, as it was sent, and what you asked about it."""

    sha256 = serializers.CharField(help_text="Of the form as JSON with sorted keys and no spaces.")
    pdf = serializers.URLField(allow_null=True, help_text="The form on paper.")
    queries = RegistrationQueryOut(many=True)
    form = FormOut(allow_null=True)


class RegistrationAnsweredOut(serializers.Serializer[Any]):
    """What became of it."""

    reference = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    answered_at = serializers.DateTimeField()
    provider_reference = serializers.CharField()


ANSWERED: tuple[str, ...] = tuple(RegistrationAnsweredOut().fields)
ASKED: tuple[str, ...] = tuple(RegistrationQueryOut().fields)


def answered(registration: Registration) -> dict[str, Any]:
    """Return what an answer is answered with."""
    return {name: getattr(registration, name) for name in ANSWERED}


def asked(query: RegistrationQuery) -> dict[str, Any]:
    """Return what a query is answered with."""
    return {name: getattr(query, name) for name in ASKED}
