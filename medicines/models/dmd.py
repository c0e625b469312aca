"""The NHS dictionary of medicines and devices (dm+d), as published: moieties, products, packs and look-ups.

Rows are written by `medicines.dmd` from NHSBSA's release only. The key of each concept is its SNOMED CT code.
A concept is never deleted: one that leaves the release keeps its row, with `left_in` naming the release without it.
"""

from typing import ClassVar

from django.db import models

from homecare.core.models import Tracked
from homecare.core.rights import Deletable, Rights
from medicines.models.querysets import ReferenceQuerySet


class DmdRelease(Tracked):
    """One release that was imported, with what was found in it."""

    name = models.CharField(max_length=40, unique=True, help_text="The number in the file names, e.g. 3010419")
    imported_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    objects = ReferenceQuerySet["DmdRelease"].as_manager()

    def __str__(self) -> str:
        return self.name


class DmdLookup(Tracked):
    """A code and its meaning: forms, routes, units, suppliers, categories."""

    kind = models.CharField(max_length=60)
    code = models.CharField(max_length=20)
    description = models.CharField(max_length=255)
    previous_code = models.CharField(max_length=20, blank=True)
    invalid = models.BooleanField(default=False)
    left_in = models.CharField(max_length=40, blank=True)

    objects = ReferenceQuerySet["DmdLookup"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="dmd_lookup_unique_code_in_kind")]

    def __str__(self) -> str:
        return f"{self.description} ({self.code})"


class Concept(Tracked):
    """What every coded concept has."""

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=774)
    previous_id = models.BigIntegerField(
        null=True, blank=True, db_index=True, help_text="The code that this one replaced"
    )
    invalid = models.BooleanField(default=False)
    left_in = models.CharField(max_length=40, blank=True, help_text="The first release that no longer has it")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_usable(self) -> bool:
        """Say whether the concept may be chosen for something new."""
        return not self.invalid and not self.left_in


class Ingredient(Concept):
    """A substance."""

    objects = ReferenceQuerySet["Ingredient"].as_manager()


class Vtm(Concept):
    """A virtual therapeutic moiety: the substance without form or strength."""

    abbreviation = models.CharField(max_length=100, blank=True)

    objects = ReferenceQuerySet["Vtm"].as_manager()


class Vmp(Concept):
    """A virtual medicinal product: substance, form and strength, no brand."""

    vtm = models.ForeignKey(Vtm, on_delete=models.PROTECT, null=True, blank=True, related_name="vmps")
    abbreviation = models.CharField(max_length=100, blank=True)
    previous_name = models.CharField(max_length=700, blank=True)
    prescribing_status_code = models.CharField(max_length=20, blank=True)
    form_code = models.CharField(max_length=20, blank=True)
    route_code = models.CharField(max_length=20, blank=True)
    controlled_drug_code = models.CharField(max_length=20, blank=True)
    unit_dose_size = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    unit_dose_code = models.CharField(max_length=20, blank=True)
    not_available_code = models.CharField(max_length=20, blank=True)

    objects = ReferenceQuerySet["Vmp"].as_manager()


class VmpIngredient(Tracked):
    """One substance in a virtual product, with its strength."""

    audit: ClassVar[Rights] = Deletable("A later release may take a substance out; the history says it was there.")

    vmp = models.ForeignKey(Vmp, on_delete=models.PROTECT, related_name="ingredients")
    ingredient = models.ForeignKey(Ingredient, on_delete=models.PROTECT, related_name="+")
    strength_value = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    strength_unit_code = models.CharField(max_length=20, blank=True)
    per_value = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    per_unit_code = models.CharField(max_length=20, blank=True)

    objects = ReferenceQuerySet["VmpIngredient"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vmp", "ingredient"], name="vmp_ingredient_unique")]

    def __str__(self) -> str:
        return f"{self.ingredient_id} in {self.vmp_id}"


class Amp(Concept):
    """An actual medicinal product: a brand, or a supplier's generic."""

    vmp = models.ForeignKey(Vmp, on_delete=models.PROTECT, related_name="amps")
    description = models.CharField(max_length=700)
    previous_name = models.CharField(max_length=700, blank=True)
    supplier_code = models.CharField(max_length=20, blank=True)
    licensing_authority_code = models.CharField(max_length=20, blank=True)
    availability_code = models.CharField(max_length=20, blank=True)
    parallel_import_code = models.CharField(max_length=20, blank=True)

    objects = ReferenceQuerySet["Amp"].as_manager()


class Vmpp(Concept):
    """A virtual pack: so many of a virtual product."""

    vmp = models.ForeignKey(Vmp, on_delete=models.PROTECT, related_name="packs")
    quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    quantity_unit_code = models.CharField(max_length=20, blank=True)

    objects = ReferenceQuerySet["Vmpp"].as_manager()


class Ampp(Concept):
    """An actual pack: what a wholesaler ships."""

    amp = models.ForeignKey(Amp, on_delete=models.PROTECT, related_name="packs")
    vmpp = models.ForeignKey(Vmpp, on_delete=models.PROTECT, related_name="actual_packs")
    sub_pack = models.CharField(max_length=255, blank=True)
    legal_category_code = models.CharField(max_length=20, blank=True)
    discontinued_code = models.CharField(max_length=20, blank=True)
    discontinued_on = models.DateField(null=True, blank=True)

    objects = ReferenceQuerySet["Ampp"].as_manager()
