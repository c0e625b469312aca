"""Tying the formulary to dm+d: only where the names leave no doubt, and said where they do not."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q

from medicines.models import Amp, Medicine, Product, Vmp, Vtm
from medicines.names import normalise

C = TypeVar("C", Amp, Vmp)
FORM_WORDS = {
    "PEN": r"pre-?filled (?:disposable )?(?:pens?|injection)|auto-?injectors?|disposable devices?",
    "SYRINGE": r"pre-?filled syringes?",
    "TABLET": r"tablets?",
    "CAPSULE": r"capsules?",
    "VIAL": r"vials?",
    "CARTRIDGE": r"cartridges?",
    "BAG": r"bags?",
}
AMOUNT_AFTER_NAME = r"\s+(?P<amount>[\d.]+)\s*(?P<unit>microgram|mg|g|unit|ml)s?\b(?P<rest>.*)"


@dataclass(frozen=True)
class Linked:
    """What was tied, and what points at something that is no longer valid."""

    medicines: int
    products: int
    moved: int
    stale: tuple[str, ...]


def link_formulary() -> Linked:
    """Follow superseded codes, then tie medicines to moieties and products to dm+d products by name."""
    moved = _follow_superseded()
    medicines = _link_medicines()
    products = _link_products()
    return Linked(medicines, products, moved, tuple(_stale()))


def _follow_superseded() -> int:
    """Move links from a code that left or went invalid to the one code that names it as its previous."""
    moved = 0
    for product in Product.objects.filter(~Q(vmp__left_in="") | Q(vmp__invalid=True)):
        successors = list(Vmp.objects.filter(previous_id=product.vmp_id, invalid=False, left_in="")[:2])
        if len(successors) == 1:
            product.vmp = successors[0]
            product.save(update_fields=["vmp"])
            moved += 1
    for medicine in Medicine.objects.filter(~Q(vtm__left_in="") | Q(vtm__invalid=True)):
        moieties = list(Vtm.objects.filter(previous_id=medicine.vtm_id, invalid=False, left_in="")[:2])
        if len(moieties) == 1:
            medicine.vtm = moieties[0]
            medicine.save(update_fields=["vtm"])
            moved += 1
    return moved


def _link_medicines() -> int:
    medicines = list(Medicine.objects.filter(vtm=None))
    by_name: dict[str, list[int]] = defaultdict(list)
    for vtm_id, name in Vtm.objects.filter(invalid=False, left_in="").values_list("id", "name").iterator():
        by_name[normalise(name)].append(vtm_id)
    tied = [medicine for medicine in medicines if len(by_name[normalise(medicine.name)]) == 1]
    for medicine in tied:
        medicine.vtm_id = by_name[normalise(medicine.name)][0]
    Medicine.objects.bulk_update(tied, ["vtm"])
    return len(tied)


def _link_products() -> int:
    tied: list[Product] = []
    for product in Product.objects.filter(amp=None, vmp=None).select_related("medicine"):
        if product.brand:
            amps = Amp.objects.filter(name__istartswith=product.brand, invalid=False, left_in="")
            amp = _only(amps, product, product.brand)
            if amp is not None:
                product.amp, product.vmp_id = amp, amp.vmp_id
                tied.append(product)
        elif product.medicine.vtm_id:
            vmps = Vmp.objects.filter(vtm=product.medicine.vtm_id, invalid=False, left_in="")
            vmp = _only(vmps, product, product.medicine.name)
            if vmp is not None:
                product.vmp = vmp
                tied.append(product)
    Product.objects.bulk_update(tied, ["amp", "vmp"])
    return len(tied)


def _only(concepts: Iterable[C], product: Product, name: str) -> C | None:
    found = [concept for concept in concepts if names_match(concept.name, product=product, name=name)]
    return found[0] if len(found) == 1 else None


def names_match(written: str, *, product: Product, name: str) -> bool:
    """Say whether a dm+d name is this name, strength and form and nothing else."""
    found = re.fullmatch(re.escape(normalise(name)) + AMOUNT_AFTER_NAME, normalise(written))
    if not found or found["unit"] != product.strength_unit:
        return False
    same_amount = float(found["amount"].rstrip(".")) == float(product.strength_value)
    return same_amount and re.search(rf"\b(?:{FORM_WORDS.get(product.form, '(?!)')})\b", found["rest"]) is not None


def _stale() -> Iterable[str]:
    gone = Q(vmp__invalid=True) | Q(amp__invalid=True)
    left = (Q(vmp__isnull=False) & ~Q(vmp__left_in="")) | (Q(amp__isnull=False) & ~Q(amp__left_in=""))
    for product in Product.objects.filter(gone | left).select_related("medicine").order_by("pk"):
        yield str(product)
