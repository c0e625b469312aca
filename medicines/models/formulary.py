"""The trust's formulary: medicines, the products they come as, and every spelling people use for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from homecare.core.models import Tracked
from medicines.models.dmd import Amp, Vmp, Vtm
from medicines.models.querysets import ReferenceQuerySet


class Storage(models.TextChoices):
    """Where it is kept."""

    ROOM = "ROOM", "15 to 25 °C"
    FRIDGE = "FRIDGE", "2 to 8 °C"
    FROZEN = "FROZEN", "Frozen"


class Approval(models.TextChoices):
    """How far reference data has been agreed."""

    DRAFT = "DRAFT", "Draft"
    APPROVED = "APPROVED", "Approved"
    RETIRED = "RETIRED", "Retired"


class Medicine(Tracked):
    """One entry of the formulary: a medicine, device or ancillary that homecare may supply."""

    class Kind(models.TextChoices):
        """What it is."""

        MEDICINE = "MEDICINE", "Medicine"
        DEVICE = "DEVICE", "Device"
        ANCILLARY = "ANCILLARY", "Ancillary"

    class Schedule(models.TextChoices):
        """Controlled-drug schedule (Misuse of Drugs Regulations 2001)."""

        NONE = "", "Not a controlled drug"
        ONE = "1", "Schedule 1"
        TWO = "2", "Schedule 2"
        THREE = "3", "Schedule 3"
        FOUR = "4", "Schedule 4"
        FIVE = "5", "Schedule 5"

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.MEDICINE)
    storage = models.CharField(max_length=6, choices=Storage.choices, default=Storage.ROOM)
    controlled_drug_schedule = models.CharField(max_length=1, choices=Schedule.choices, blank=True)
    cytotoxic = models.BooleanField(default=False)
    oral_oncology = models.BooleanField(default=False, help_text="Its own fact: never inferred from other flags")
    licensed = models.BooleanField(default=True)
    high_cost = models.BooleanField(default=False)
    biologic = models.BooleanField(default=False)
    prescribed_by_brand = models.BooleanField(default=False)
    vtm = models.ForeignKey(Vtm, on_delete=models.PROTECT, null=True, blank=True, related_name="medicines")
    status = models.CharField(max_length=8, choices=Approval.choices, default=Approval.DRAFT)
    source = models.CharField(max_length=300)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = ReferenceQuerySet["Medicine"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["MEDICINE", "DEVICE", "ANCILLARY"]), name="medicine_kind"),
            models.CheckConstraint(condition=Q(storage__in=Storage.values), name="medicine_storage"),
            models.CheckConstraint(
                condition=Q(controlled_drug_schedule__in=["", "1", "2", "3", "4", "5"]), name="medicine_schedule"
            ),
            models.CheckConstraint(condition=Q(status__in=Approval.values), name="medicine_status"),
            models.CheckConstraint(
                condition=~Q(status="APPROVED") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="medicine_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Product(Tracked):
    """A form and strength of a medicine, with the unit that is counted at home."""

    class Form(models.TextChoices):
        """What the patient holds in the hand."""

        PEN = "PEN", "Pen"
        SYRINGE = "SYRINGE", "Syringe"
        TABLET = "TABLET", "Tablet"
        CAPSULE = "CAPSULE", "Capsule"
        VIAL = "VIAL", "Vial"
        CARTRIDGE = "CARTRIDGE", "Cartridge"
        BAG = "BAG", "Bag"
        LIQUID = "LIQUID", "Liquid"
        OTHER = "OTHER", "Other"

    medicine = models.ForeignKey(Medicine, on_delete=models.PROTECT, related_name="products")
    brand = models.CharField(max_length=100, blank=True)
    form = models.CharField(max_length=9, choices=Form.choices)
    strength_value = models.DecimalField(max_digits=12, decimal_places=4)
    strength_unit = models.CharField(max_length=20)
    unit_name = models.CharField(max_length=40, help_text="What one counts at home: pen, tablet, dose")
    multi_dose = models.BooleanField(
        default=False, help_text="One container holds many doses, so the doses are counted, not the containers"
    )
    doses_per_unit = models.PositiveSmallIntegerField(null=True, blank=True)
    shelf_life_days = models.PositiveSmallIntegerField(null=True, blank=True)
    biosimilar = models.BooleanField(default=False)
    vmp = models.ForeignKey(Vmp, on_delete=models.PROTECT, null=True, blank=True, related_name="products")
    amp = models.ForeignKey(Amp, on_delete=models.PROTECT, null=True, blank=True, related_name="products")
    source = models.CharField(max_length=300)

    objects = ReferenceQuerySet["Product"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["medicine", "brand", "form", "strength_value", "strength_unit"], name="product_unique"
            ),
            models.CheckConstraint(condition=Q(strength_value__gt=0), name="product_strength_positive"),
            models.CheckConstraint(condition=~Q(unit_name=""), name="product_unit_named"),
            models.CheckConstraint(
                condition=Q(doses_per_unit__isnull=True) | Q(doses_per_unit__gt=0), name="product_doses_per_unit"
            ),
        ]

    def __str__(self) -> str:
        name = self.brand or self.medicine.name
        return f"{name} {self.strength_value.normalize():f} {self.strength_unit} {self.get_form_display().lower()}"


class MedicineName(Tracked):
    """One spelling, normalised, and the medicine it means; a brand's spelling also says which brand."""

    spelling = models.CharField(max_length=200, unique=True)
    medicine = models.ForeignKey(Medicine, on_delete=models.PROTECT, related_name="names")
    brand = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=300)

    objects = ReferenceQuerySet["MedicineName"].as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(spelling=""), name="medicine_name_not_blank")]

    def __str__(self) -> str:
        return self.spelling
