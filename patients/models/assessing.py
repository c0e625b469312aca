"""Before a registration: is homecare suitable, what does the patient choose, and what were they told."""

from typing import ClassVar, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from homecare.core.models import Tracked
from homecare.core.rights import AppendOnly, Rights
from medicines.models.querysets import ReferenceQuerySet


class DraftStatus(models.TextChoices):
    """How far a piece of clinical content has come. Only what is approved is used."""

    DRAFT = "DRAFT", "Draft"
    APPROVED = "APPROVED", "Approved"
    RETIRED = "RETIRED", "Retired"


Version = TypeVar("Version", bound=models.Model, covariant=True)


class VersionedQuerySet(ReferenceQuerySet[Version]):
    """Versions of a text or a list."""

    def approved(self) -> Self:
        """Keep those that may be used."""
        return self.filter(status=DraftStatus.APPROVED)

    def drafts(self) -> Self:
        """Keep those that wait for somebody to approve them."""
        return self.filter(status=DraftStatus.DRAFT)


class Approvable(Tracked):
    """Content with a source, drafted by one person and approved by another."""

    version = models.CharField(max_length=20)
    status = models.CharField(max_length=8, choices=DraftStatus.choices, default=DraftStatus.DRAFT)
    source = models.CharField(max_length=300)
    approved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class SuitabilityChecklist(Approvable):
    """The questions asked before homecare is offered, in one version."""

    review_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="After how many months suitability is looked at again"
    )

    objects = VersionedQuerySet["SuitabilityChecklist"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="checklist_version_once"),
            models.UniqueConstraint(fields=["status"], condition=Q(status="APPROVED"), name="checklist_one_approved"),
            models.CheckConstraint(
                condition=~Q(status="APPROVED") | Q(approved_by__isnull=False), name="checklist_has_its_approver"
            ),
        ]

    def __str__(self) -> str:
        return f"suitability checklist {self.version}"


class SuitabilityQuestion(Tracked):
    """One question of a checklist, and which answer is a concern."""

    class Answer(models.TextChoices):
        """What may be answered."""

        YES = "YES", "Yes"
        NO = "NO", "No"
        NOT_KNOWN = "NOT_KNOWN", "Not known"

    class AskedOf(models.TextChoices):
        """Whom it is asked about."""

        EVERYBODY = "EVERYBODY", "Everybody"
        UNDER_16 = "UNDER_16", "Under 16"
        ADULT = "ADULT", "16 and over"

    checklist = models.ForeignKey(SuitabilityChecklist, on_delete=models.PROTECT, related_name="questions")
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    wording = models.CharField(max_length=300)
    hint = models.CharField(max_length=300, blank=True)
    concern = models.CharField(max_length=9, choices=Answer.choices, help_text="The answer that is a concern")
    adjustment = models.CharField(max_length=300, blank=True, help_text="What usually meets the concern")
    asked_of = models.CharField(max_length=9, choices=AskedOf.choices, default=AskedOf.EVERYBODY)
    activity = models.CharField(max_length=40, blank=True, help_text="Asked only for services with this activity")

    objects = ReferenceQuerySet["SuitabilityQuestion"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checklist", "code"], name="suitability_question_once"),
            models.CheckConstraint(condition=Q(concern__in=["YES", "NO"]), name="suitability_question_concern"),
        ]

    def __str__(self) -> str:
        return self.wording


class SuitabilityAssessment(Tracked):
    """One assessment of one enrolment: who, when, what came of it, when it is looked at again."""

    class Outcome(models.TextChoices):
        """What came of it (domain.md 2.3)."""

        SUITABLE = "SUITABLE", "Suitable"
        SUITABLE_WITH_ADJUSTMENTS = "SUITABLE_WITH_ADJUSTMENTS", "Suitable with adjustments"
        NOT_SUITABLE = "NOT_SUITABLE", "Not suitable"
        DECLINED = "DECLINED", "Declined by patient"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="assessments")
    checklist = models.ForeignKey(SuitabilityChecklist, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=25, choices=Outcome.choices)
    assessed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    assessed_on = models.DateField()
    review_due_on = models.DateField(null=True, blank=True)
    adjustments = models.TextField(blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="SUITABLE_WITH_ADJUSTMENTS") | ~Q(adjustments=""),
                name="assessment_says_its_adjustments",
            ),
            models.CheckConstraint(
                condition=Q(review_due_on__isnull=True) | Q(review_due_on__gt=models.F("assessed_on")),
                name="assessment_review_comes_after",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_due_on"], condition=Q(review_due_on__isnull=False), name="assessment_review_due"
            )
        ]

    def __str__(self) -> str:
        return f"assessment {self.pk}"


class SuitabilityAnswer(models.Model):
    """One answer as it was given."""

    audit: ClassVar[Rights] = AppendOnly("What was answered stays; a new assessment says otherwise.")

    assessment = models.ForeignKey(SuitabilityAssessment, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(SuitabilityQuestion, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=9, choices=SuitabilityQuestion.Answer.choices)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question"], name="suitability_answer_once"),
            models.CheckConstraint(condition=Q(answer__in=["YES", "NO", "NOT_KNOWN"]), name="suitability_answer_known"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.answer}"


class InformationLeaflet(Tracked):
    """A leaflet that patients are given: one version, in one format and language."""

    class Format(models.TextChoices):
        """How it is read or heard."""

        STANDARD = "STANDARD", "Standard print"
        LARGE_PRINT = "LARGE_PRINT", "Large print"
        EASY_READ = "EASY_READ", "Easy read"
        BRAILLE = "BRAILLE", "Braille"
        BSL = "BSL", "British Sign Language video"
        AUDIO = "AUDIO", "Audio"

    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    version = models.CharField(max_length=20)
    format = models.CharField(max_length=11, choices=Format.choices, default=Format.STANDARD)
    language = models.CharField(max_length=40, default="English")
    medicine = models.ForeignKey(
        "medicines.Medicine", on_delete=models.PROTECT, null=True, blank=True, related_name="leaflets"
    )
    source = models.CharField(max_length=300)
    retired_on = models.DateField(null=True, blank=True)

    objects = ReferenceQuerySet["InformationLeaflet"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version", "format", "language"], name="leaflet_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version} ({self.get_format_display()}, {self.language})"


class CharterPoint(Tracked):
    """One point that every patient is told (domain.md 9), in one version of the charter."""

    class Section(models.TextChoices):
        """Which half of the charter it stands in."""

        RIGHT = "RIGHT", "What you can expect"
        RESPONSIBILITY = "RESPONSIBILITY", "What we ask of you"

    section = models.CharField(max_length=14, choices=Section.choices, default=Section.RIGHT, db_default=Section.RIGHT)
    version = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    wording = models.CharField(max_length=400)
    plain_wording = models.CharField(max_length=400, help_text="As the easy-read charter says it")
    source = models.CharField(max_length=300)
    is_current = models.BooleanField(default=True)

    objects = ReferenceQuerySet["CharterPoint"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="charter_point_once")]

    def __str__(self) -> str:
        return self.wording


class Choice(Tracked):
    """What was offered to the patient, what they were told and given, and what they chose, in their own reasons."""

    class Chosen(models.TextChoices):
        """Homecare, or going on at the hospital."""

        HOMECARE = "HOMECARE", "Homecare"
        HOSPITAL = "HOSPITAL", "Supply from the hospital"

    class Why(models.TextChoices):
        """The patient's own reasons."""

        TRAVEL = "TRAVEL", "Travel"
        WAITING = "WAITING", "Waiting"
        INFECTION_RISK = "INFECTION_RISK", "Risk of infection"
        DISTANCE = "DISTANCE", "Distance"
        FAMILY = "FAMILY", "Family"
        WORK = "WORK", "Work"
        OTHER = "OTHER", "Other"

    class Administration(models.TextChoices):
        """Who gives the medicine."""

        SELF = "SELF", "The patient"
        CARER = "CARER", "A carer"
        NURSE = "NURSE", "A nurse"

    enrolment = models.ForeignKey("patients.Enrolment", on_delete=models.PROTECT, related_name="choices")
    chosen_on = models.DateField()
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    chosen = models.CharField(max_length=8, choices=Chosen.choices)
    hospital_offered = models.BooleanField()
    reasons = ArrayField(models.CharField(max_length=14, choices=Why.choices), default=list, blank=True)
    reasons_text = models.TextField(blank=True, help_text="In the patient's words")
    administration = models.CharField(max_length=5, choices=Administration.choices, blank=True)
    device = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=80, blank=True)
    slot = models.CharField(max_length=80, blank=True)
    supplier_fixed_told = models.BooleanField(default=False, help_text="Told that the scheme fixes the supplier")
    limits_told = models.TextField(blank=True, help_text="What the provider cannot do, as it was told")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hospital_offered=True) | Q(chosen="HOSPITAL"), name="choice_was_offered"
            ),
        ]

    def __str__(self) -> str:
        return f"choice {self.pk}"


class CharterPointTold(models.Model):
    """One point of the charter that was told with a choice."""

    audit: ClassVar[Rights] = AppendOnly("What was told was told; a later choice tells again.")

    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="points_told")
    point = models.ForeignKey(CharterPoint, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["choice", "point"], name="charter_point_told_once")]

    def __str__(self) -> str:
        return f"{self.point_id} told with {self.choice_id}"


class LeafletGiven(models.Model):
    """A leaflet that was given, and how."""

    audit: ClassVar[Rights] = AppendOnly("What was given was given.")

    class How(models.TextChoices):
        """How it reached the patient."""

        IN_PERSON = "IN_PERSON", "In person"
        POST = "POST", "By post"
        EMAIL = "EMAIL", "By email"

    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="leaflets_given")
    leaflet = models.ForeignKey(InformationLeaflet, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=9, choices=How.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["choice", "leaflet"], name="leaflet_given_once")]

    def __str__(self) -> str:
        return f"leaflet {self.leaflet_id} with choice {self.choice_id}"


class ConsentText(Approvable):
    """What a patient agrees to, word for word, in one version."""

    body = models.TextField()
    easy_read_body = models.TextField(blank=True)

    objects = VersionedQuerySet["ConsentText"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="consent_text_version_once"),
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="APPROVED"), name="consent_text_one_approved"
            ),
            models.CheckConstraint(
                condition=~Q(status="APPROVED") | Q(approved_by__isnull=False), name="consent_text_has_its_approver"
            ),
        ]

    def __str__(self) -> str:
        return f"consent text {self.version}"


class PreviousTreatment(Tracked):
    """What the patient had for the same condition before, and why it ended."""

    treatment = models.ForeignKey("patients.Treatment", on_delete=models.PROTECT, related_name="previous")
    medicine = models.ForeignKey(
        "medicines.Medicine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    medicine_text = models.CharField(max_length=120, blank=True, help_text="Where it is not in the formulary")
    stopped_on = models.DateField(null=True, blank=True)
    stop_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(medicine__isnull=False) | ~Q(medicine_text=""), name="previous_treatment_named"
            ),
        ]

    def __str__(self) -> str:
        return f"previous treatment {self.pk}"
