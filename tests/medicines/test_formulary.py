"""The drafts that ship: whole, sourced, unapproved, and never overwriting the trust's own."""

from homecare.accounts.models import User
from medicines.actions import load_formulary
from medicines.drafts import read_formulary
from medicines.models import Medicine, MonitoringProtocol, Product, Threshold
from medicines.products import ProductKey, all_products
from medicines.strengths import read_strength
from tests.medicines.conftest import AT


def test_loading_again_adds_nothing(formulary: dict[str, int], reference: User) -> None:
    again = load_formulary(draft=read_formulary(), by=reference, at=AT)
    assert formulary["medicines"] == 30
    assert set(again.values()) == {0}


def test_loading_again_keeps_what_the_trust_changed(formulary: object, reference: User) -> None:
    Medicine.objects.filter(name="Adalimumab").update(storage="ROOM")
    load_formulary(draft=read_formulary(), by=reference, at=AT)
    assert Medicine.objects.get(name="Adalimumab").storage == "ROOM"


def test_everything_comes_as_a_draft_that_nobody_has_approved(formulary: object) -> None:
    assert not Medicine.objects.exclude(status="DRAFT", approved_by=None).exists()
    assert not MonitoringProtocol.objects.exclude(status="DRAFT", approved_by=None).exists()


def test_everything_says_where_it_comes_from(formulary: object) -> None:
    for model in (Medicine, Product, MonitoringProtocol, Threshold):
        assert not model._default_manager.filter(source="").exists()


def test_oral_oncology_is_its_own_fact(formulary: object) -> None:
    named = set(Medicine.objects.filter(oral_oncology=True).values_list("name", flat=True))
    assert named == {"Abiraterone", "Capecitabine", "Enzalutamide", "Ibrutinib", "Imatinib", "Ruxolitinib"}


def test_a_biosimilar_brand_is_told_from_its_originator(formulary: object) -> None:
    products = Product.objects.filter(medicine__name="Adalimumab")
    assert set(products.filter(biosimilar=False).values_list("brand", flat=True)) == {"", "Humira"}


def test_each_medicine_has_a_protocol_even_if_it_asks_for_nothing(formulary: object) -> None:
    assert not Medicine.objects.filter(protocols=None).exists()


def test_methotrexate_has_a_schedule_for_each_specialty_and_one_for_the_rest(formulary: object) -> None:
    specialties = MonitoringProtocol.objects.filter(medicine__name="Methotrexate").values_list(
        "specialty_name", flat=True
    )
    assert set(specialties) == {"", "Rheumatology", "Gastroenterology", "Dermatology"}


def test_methotrexate_starts_fortnightly_then_monthly_then_twelve_weekly(formulary: object) -> None:
    protocol = MonitoringProtocol.objects.get(medicine__name="Methotrexate", specialty_name="Rheumatology")
    phases = protocol.phases.order_by("order").values_list("interval_days", "lasts_days")
    assert list(phases) == [(14, 42), (28, 84), (84, None)]


def test_the_last_phase_of_each_protocol_has_no_end(formulary: object) -> None:
    for protocol in MonitoringProtocol.objects.exclude(phases=None).prefetch_related("phases"):
        *earlier, last = sorted(protocol.phases.all(), key=lambda phase: phase.order)
        assert last.lasts_days is None
        assert all(phase.lasts_days for phase in earlier)


def test_a_written_strength_finds_its_product(formulary: object) -> None:
    strength = read_strength("40mg pen")
    assert strength is not None
    medicine = Medicine.objects.get(name="Adalimumab")
    key = ProductKey.of(medicine_id=medicine.pk, brand="Amgevita", strength=strength)
    assert str(Product.objects.get(pk=all_products()[key])) == "Amgevita 40 mg pen"


def test_history_names_who_loaded_it(formulary: object, reference: User) -> None:
    row = Medicine.objects.get(name="Adalimumab").history.get()
    assert (row.history_user_id, row.history_source) == (reference.pk, "APPLICATION")
