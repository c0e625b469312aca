"""Spellings find their medicine, and keep their brand."""

import json
from pathlib import Path

import pytest

from medicines import names
from medicines.models import Medicine

REGISTER = json.loads((Path(__file__).parent.parent / "data/reference/register_names.json").read_text())


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ADALIMUMAB", "adalimumab"),
        (" Metoject   PEN ", "metoject pen"),
        ("Humira®", "humira"),
        ("Adalimumab\u00a0", "adalimumab"),
        ("Sandostatin\tLAR", "sandostatin lar"),
        ("IGF‑1", "igf-1"),
    ],
)
def test_a_spelling_has_one_normal_form(written: str, normal: str) -> None:
    assert names.normalise(written) == normal


@pytest.mark.parametrize(
    ("written", "medicine", "brand"),
    [
        ("Humira", "Adalimumab", "Humira"),
        ("ADALIMUMAB", "Adalimumab", ""),
        ("Amgevita", "Adalimumab", "Amgevita"),
        ("metoject pen", "Methotrexate", "Metoject PEN"),
        ("Capecitabine ", "Capecitabine", ""),
    ],
)
def test_a_spelling_finds_its_medicine_and_keeps_its_brand(
    formulary: object, written: str, medicine: str, brand: str
) -> None:
    found = names.resolve(written)
    assert found is not None
    assert (Medicine.objects.get(pk=found.medicine_id).name, found.brand) == (medicine, brand)


@pytest.mark.parametrize("written", ["Adalimumb??", "Trial drug X", "see notes", "", "Adalimuma"])
def test_a_near_miss_is_no_match(formulary: object, written: str) -> None:
    assert names.resolve(written) is None


def test_every_medicine_and_brand_of_the_register_is_known(formulary: object) -> None:
    known = names.all_names()
    medicines = dict(Medicine.objects.values_list("name", "id"))
    expected = {
        names.normalise(written): names.Named(medicines[medicine], brand)
        for medicine, brands in REGISTER["brands"].items()
        for written, brand in [(medicine, ""), *((b, b) for b in brands)]
    }
    assert {written: known.get(written) for written in expected} == expected


def test_looking_up_all_names_is_one_query(formulary: object, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        assert len(names.all_names()) > 60


def test_the_register_s_unknown_analyte_stays_unknown(formulary: object) -> None:
    assert "faecal calprotectin" not in names.all_analytes()
    assert "haemoglobin" in names.all_analytes()
