"""The registration forms that were sent, in the very shape in which the product sends them."""

import datetime as dt

from django.conf import settings

from homecare.accounts.models import Clinic, Practitioner
from homecare.desk.demo.ways import Way
from medicines.models import Product
from patients.pathway import registration_form as form
from patients.pathway.registration_data import Attempt, as_data, canonical
from patients.pathway.requirements import Code
from providers.models import HomecareService


class SentForms:
    """Fills in forms from what a load knows; what the database had before it is looked up once."""

    def __init__(self) -> None:
        self._products = Product.objects.select_related("medicine").in_bulk()
        self._clinics = Clinic.objects.select_related("specialty").in_bulk()
        self._practitioners = Practitioner.objects.in_bulk()
        self._services = HomecareService.objects.select_related("provider").in_bulk()

    def written(self, way: Way, *, reference: str, at: dt.datetime, indication: str, consent_version: str) -> str:
        """Return the form as it was sent at that moment, to the byte."""
        on, service = way.on["send_registration"], self._services[way.supplier.service]
        consultant = self._consultant(way)
        filled = form.RegistrationForm(
            on=on,
            **way.person.for_registration,
            clinic=self._clinics[way.team.clinic].name,
            specialty=self._clinics[way.team.clinic].specialty.name,
            consultant=consultant,
            prescriber=consultant,
            product=self._product(way),
            indication=indication,
            regimen=form.Regimen(dose=way.regimen.dose, frequency=way.regimen.frequency),
            service=_service(way, service),
            suitability=None,
            choice=_choice(way),
            consent=form.Consent(version=consent_version, method="SIGNED_FORM", given_on=way.on.get("consent")),
            funding_in_force=True,
            competent_child=False,
            is_transfer=False,
            weight=None,
            wishes=None,
        )
        attempt = Attempt(
            reference=reference,
            number=1,
            sent_at=at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            trust=settings.ORGANISATION_NAME,
            call=service.hospital_telephone,
            email=settings.TEAM_EMAIL,
        )
        return canonical(as_data(filled, attempt)).decode()

    def _consultant(self, way: Way) -> form.Professional:
        who = self._practitioners[way.team.consultant]
        return form.Professional(name=who.name, body=who.registration_body, number=who.registration_number)

    def _product(self, way: Way) -> form.Product:
        product = self._products[way.brand.product]
        return form.Product(
            medicine=product.medicine.name,
            brand=way.brand.name,
            form=product.get_form_display(),
            strength=f"{product.strength_value.normalize():f} {product.strength_unit}",
            unit=product.unit_name,
            storage=product.medicine.get_storage_display(),
            is_cytotoxic=product.medicine.cytotoxic,
        )


def _service(way: Way, service: HomecareService) -> form.Service:
    return form.Service(
        name=service.name,
        provider=service.provider.name,
        tier=f"{service.get_tier_display()} ({service.get_tier_scheme_display()})" if service.tier else "",
        needs_training=Code.TRAINING in way.offer.asks_for,
        needs_nurse=Code.NURSE_VISITS in way.offer.asks_for,
    )


def _choice(way: Way) -> form.Choice:
    by_nurse = Code.NURSE_VISITS in way.offer.asks_for
    return form.Choice(chosen="HOMECARE", administration="NURSE" if by_nurse else "SELF", place="Home")
