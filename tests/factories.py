"""The plainest valid records. A status is reached by the deeds that lead to it, never by setting a column."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import factory
import nhs_number
from django.utils import timezone

from homecare.accounts.models import Clinic, Specialty, User
from homecare.audit.actions import acting
from homecare.messaging.models import Recipient
from medicines.models import Medicine, Product
from patients.models import Consent, ContactPoint, Enrolment, Patient, RegimenPhase, SupplyFact, Treatment
from patients.states import EnrolmentStatus
from providers.models import HomecareService, Provider

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)  # a Monday
_serial = itertools.count(1)


def synthetic_nhs_number() -> str:
    """Return the next valid NHS number of the range that is never issued."""
    while True:
        first_nine = f"999{next(_serial):06d}"
        check = nhs_number.calculate_checksum(first_nine)
        if check is not None and nhs_number.is_valid(f"{first_nine}{check}"):
            return f"{first_nine}{check}"


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A technician, unless another role is asked for."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    role = "TECHNICIAN"
    kind = User.Kind.HUMAN
    last_name = factory.Sequence(lambda n: f"Person{n}")


class SpecialtyFactory(factory.django.DjangoModelFactory[Specialty]):
    class Meta:
        model = Specialty
        django_get_or_create = ("name",)

    name = "Rheumatology"


class ClinicFactory(factory.django.DjangoModelFactory[Clinic]):
    class Meta:
        model = Clinic

    specialty = factory.SubFactory(SpecialtyFactory)
    name = factory.Sequence(lambda n: f"Rheumatology, Dr Example {n}")
    email = factory.Sequence(lambda n: f"clinic{n}@example.com")


class MedicineFactory(factory.django.DjangoModelFactory[Medicine]):
    class Meta:
        model = Medicine

    name = factory.Sequence(lambda n: f"Medicine {n}")
    source = "a test"


class ProductFactory(factory.django.DjangoModelFactory[Product]):
    class Meta:
        model = Product

    medicine = factory.SubFactory(MedicineFactory)
    form = Product.Form.PEN
    strength_value = Decimal(40)
    strength_unit = "mg"
    unit_name = "pen"
    source = "a test"


class ProviderFactory(factory.django.DjangoModelFactory[Provider]):
    class Meta:
        model = Provider

    name = factory.Sequence(lambda n: f"Provider {n}")
    source = "a test"


class HomecareServiceFactory(factory.django.DjangoModelFactory[HomecareService]):
    class Meta:
        model = HomecareService

    provider = factory.SubFactory(ProviderFactory)
    name = factory.Sequence(lambda n: f"Service {n}")
    status = "LIVE"
    buffer_days = 7
    lead_working_days = 10
    provider_lead_working_days = 2
    delivery_interval_days = 56


class RecipientFactory(factory.django.DjangoModelFactory[Recipient]):
    class Meta:
        model = Recipient

    kind = Recipient.Kind.PATIENT
    display = factory.Sequence(lambda n: f"T{n:06d}")
    mobile = factory.Sequence(lambda n: f"+4477009{n % 100000:05d}")
    safe_to_message = True


class PatientFactory(factory.django.DjangoModelFactory[Patient]):
    class Meta:
        model = Patient

    nhs_number = factory.LazyFunction(synthetic_nhs_number)
    hospital_number = factory.Sequence(lambda n: f"T{n:06d}")
    family_name = factory.Sequence(lambda n: f"Example{n}")
    given_name = "Alex"
    date_of_birth = dt.date(1961, 3, 14)
    recipient = factory.SubFactory(RecipientFactory)


class ContactPointFactory(factory.django.DjangoModelFactory[ContactPoint]):
    class Meta:
        model = ContactPoint

    patient = factory.SubFactory(PatientFactory)
    kind = ContactPoint.Kind.MOBILE
    value = "+447700900123"


class TreatmentFactory(factory.django.DjangoModelFactory[Treatment]):
    class Meta:
        model = Treatment

    patient = factory.SubFactory(PatientFactory)
    medicine = factory.SubFactory(MedicineFactory)
    clinic = factory.SubFactory(ClinicFactory)


class EnrolmentFactory(factory.django.DjangoModelFactory[Enrolment]):
    """An active enrolment with consent: as a register brings it in."""

    class Meta:
        model = Enrolment

    treatment = factory.SubFactory(TreatmentFactory)
    patient = factory.SelfAttribute("treatment.patient")
    medicine = factory.SelfAttribute("treatment.medicine")
    clinic = factory.SelfAttribute("treatment.clinic")
    service = factory.SubFactory(HomecareServiceFactory)
    status = EnrolmentStatus.ACTIVE


def consented(enrolment: Enrolment, *, given_on: dt.date = dt.date(2026, 1, 5)) -> Consent:
    """Give an enrolment a consent in force."""
    return Consent.objects.create(
        enrolment=enrolment, version="1", method=Consent.Method.SIGNED_FORM, given_on=given_on, taken_by="A nurse"
    )


def fortnightly(enrolment: Enrolment, *, starts_on: dt.date, units_per_dose: int = 1) -> RegimenPhase:
    """Give an enrolment a dose every fourteen days."""
    return RegimenPhase.objects.create(
        enrolment=enrolment,
        starts_on=starts_on,
        units_per_dose=units_per_dose,
        pattern=RegimenPhase.Pattern.EVERY_DAYS,
        every_days=14,
    )


def counted(enrolment: Enrolment, *, on: dt.date, units: int, by: User) -> SupplyFact:
    """Give an enrolment a count, without moving its dates."""
    return SupplyFact.objects.create(
        enrolment=enrolment, kind=SupplyFact.Kind.COUNT, on=on, units=units, recorded_at=timezone.now(), recorded_by=by
    )


def enrolment_with_cover(*, as_at: dt.date, units: int = 2, consent: bool = True, **fields: Any) -> Enrolment:
    """Return an active enrolment, counted on a day, with a dose the day after and every fortnight from then."""
    from patients.cover import actions as cover

    by = User.objects.system("command")
    with acting(by=by):
        enrolment = EnrolmentFactory(**fields)
        if consent:
            consented(enrolment)
        fortnightly(enrolment, starts_on=as_at + dt.timedelta(days=1))
        counted(enrolment, on=as_at, units=units, by=by)
        cover.recompute([enrolment.pk], on=as_at)
    return enrolment
