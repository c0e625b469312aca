"""The form of a registration, as the schema describes it (patients/pathway/registration_data.py, version 1)."""

from typing import Any

from rest_framework import serializers


class FormAddressOut(serializers.Serializer[Any]):
    """A postal address."""

    line_1 = serializers.CharField()
    line_2 = serializers.CharField()
    town = serializers.CharField()
    postcode = serializers.CharField()


class FormProfessionalOut(serializers.Serializer[Any]):
    """Somebody on a professional register."""

    name = serializers.CharField()
    register = serializers.CharField(allow_null=True)
    number = serializers.CharField(allow_null=True)


class FormAnswerOut(serializers.Serializer[Any]):
    """What you asked about the attempt before, and our answer."""

    question = serializers.CharField()
    answer = serializers.CharField()


class FormSendingOut(serializers.Serializer[Any]):
    """Which attempt this is, and whom to call about it."""

    reference = serializers.UUIDField()
    attempt = serializers.IntegerField()
    sent_at = serializers.DateTimeField()
    trust = serializers.CharField()
    call = serializers.CharField()
    email = serializers.CharField()
    answers = FormAnswerOut(many=True)


class FormPatientOut(serializers.Serializer[Any]):
    """Whom it is for. Weight goes with children only."""

    nhs_number = serializers.CharField(allow_null=True)
    nhs_number_status = serializers.CharField()
    hospital_number = serializers.CharField()
    family_name = serializers.CharField()
    given_name = serializers.CharField()
    date_of_birth = serializers.DateField()
    sex = serializers.CharField()
    gp_practice = serializers.CharField()
    home_address = FormAddressOut(allow_null=True)
    is_under_16 = serializers.BooleanField()
    weight_kg = serializers.CharField(required=False)
    weighed_on = serializers.DateField(required=False)


class FormRepresentativeOut(serializers.Serializer[Any]):
    """Somebody who speaks for the patient."""

    kind = serializers.CharField()
    name = serializers.CharField()
    telephone = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    has_parental_responsibility = serializers.BooleanField()


class FormNeedOut(serializers.Serializer[Any]):
    """What the patient needs in order to read, hear and understand."""

    kind = serializers.CharField()
    detail = serializers.CharField()


class FormContactOut(serializers.Serializer[Any]):
    """How to reach the patient."""

    contact_representative_only = serializers.BooleanField(help_text="Never contact the patient directly.")
    telephones = serializers.ListField(child=serializers.CharField())
    email = serializers.CharField(allow_null=True)
    preferred = serializers.CharField()
    language = serializers.CharField()
    interpreter_needed = serializers.BooleanField()
    representatives = FormRepresentativeOut(many=True)
    accessible_needs = FormNeedOut(many=True)


class FormTreatmentOut(serializers.Serializer[Any]):
    """What is supplied, for what, and under whom. The prescription decides the dose."""

    medicine = serializers.CharField()
    brand = serializers.CharField(allow_null=True)
    form = serializers.CharField(allow_null=True)
    strength = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    storage = serializers.CharField()
    cytotoxic = serializers.BooleanField()
    indication = serializers.CharField()
    dose = serializers.CharField(allow_null=True)
    frequency = serializers.CharField(allow_null=True)
    expected_start_on = serializers.DateField(allow_null=True)
    allergies = serializers.CharField()
    specialty = serializers.CharField()
    clinic = serializers.CharField()
    consultant = FormProfessionalOut(allow_null=True)
    prescriber = FormProfessionalOut(allow_null=True)


class FormServiceOut(serializers.Serializer[Any]):
    """What the patient is registered for, and what they chose of it."""

    name = serializers.CharField()
    provider = serializers.CharField()
    tier = serializers.CharField(allow_null=True)
    training_needed = serializers.BooleanField()
    nurse_visits_needed = serializers.BooleanField()
    administration = serializers.CharField(allow_null=True)
    device = serializers.CharField(allow_null=True)
    place = serializers.CharField(allow_null=True)
    slot = serializers.CharField(allow_null=True)


class FormWishesOut(serializers.Serializer[Any]):
    """Where the medicine goes, and when it suits."""

    address = FormAddressOut(allow_null=True)
    weekdays = serializers.ListField(child=serializers.CharField())
    slot = serializers.CharField()
    place = serializers.CharField()
    place_detail = serializers.CharField(allow_null=True)
    away_from_on = serializers.DateField(allow_null=True)
    away_to_on = serializers.DateField(allow_null=True)


class FormConsentOut(serializers.Serializer[Any]):
    """That the patient agreed to this."""

    given_on = serializers.DateField(allow_null=True)
    given_as = serializers.CharField(allow_null=True)
    version = serializers.CharField(allow_null=True)


class FormOut(serializers.Serializer[Any]):
    """The form, word for word as it was sent."""

    version = serializers.CharField()
    registration = FormSendingOut()
    patient = FormPatientOut()
    contact = FormContactOut()
    treatment = FormTreatmentOut()
    service = FormServiceOut()
    delivery = FormWishesOut()
    consent = FormConsentOut()
