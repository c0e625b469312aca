"""What is kept of each register that came in: who imported what, what became of each row, what it last said."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission
from homecare.core.models import Tracked
from homecare.core.rights import AppendOnly, Rights, Transient, Untracked


def _for_staff(rows: "models.QuerySet[models.Model]", user: User) -> "models.QuerySet[models.Model]":
    may = user.kind != User.Kind.PROVIDER_CLIENT and user.may(Permission.PATIENT_VIEW)
    return rows if may else rows.none()


class RegisterImportQuerySet(models.QuerySet["RegisterImport"]):
    """Imports, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep the imports for the trust's staff: they name patients."""
        return _for_staff(self, user)  # type: ignore[return-value]

    def to_review(self) -> Self:
        """Keep those that wait for somebody: not yet committed, or committed with rows nobody has dealt with."""
        waits = ["UPLOADED", "CHECKING", "CHECKED", "COMMITTING", "FAILED"]
        return self.filter(Q(status__in=waits) | Q(status="COMMITTED", reviewed_at__isnull=True, needs_review=True))


class RegisterImport(Tracked):
    """One register: uploaded or named on the command line, checked, and committed whole or not at all."""

    class Status(models.TextChoices):
        """How far it has come."""

        UPLOADED = "UPLOADED", "Uploaded"
        CHECKING = "CHECKING", "Being checked"
        CHECKED = "CHECKED", "Checked, waiting to be committed"
        COMMITTING = "COMMITTING", "Being committed"
        COMMITTED = "COMMITTED", "Committed"
        REFUSED = "REFUSED", "Refused"
        FAILED = "FAILED", "Failed"
        DISCARDED = "DISCARDED", "Discarded"

    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    file_bytes = models.PositiveIntegerField()
    as_at = models.DateField(help_text="The day on which the register was true")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.UPLOADED)
    columns = models.JSONField(default=dict, help_text="field -> heading")
    headings = models.JSONField(default=list)
    note = models.TextField(blank=True, help_text="How the file was read, where that should be looked at")
    refusal = models.TextField(blank=True)
    counts = models.JSONField(default=dict)
    passed_over = models.JSONField(default=list, help_text="Lines that are no rows: subtotals, repeated headings")
    needs_review = models.BooleanField(default=False)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    committed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    committed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.TextField(blank=True)

    objects = RegisterImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["UPLOADED", "CHECKING", "CHECKED", "COMMITTING", "COMMITTED", "REFUSED",
                                        "FAILED", "DISCARDED"]),
                name="register_import_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="COMMITTED") | Q(committed_by__isnull=False, committed_at__isnull=False),
                name="register_import_committed_by_somebody",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.file_name} as at {self.as_at:%-d %B %Y}"


class RegisterFile(models.Model):
    """An uploaded file until it is committed or discarded: then it is deleted, and its hash stays on the import."""

    audit: ClassVar[Rights] = Transient("Kept only until the import is committed or discarded; its rows are kept.")

    register_import = models.OneToOneField(
        RegisterImport, on_delete=models.PROTECT, primary_key=True, related_name="file"
    )
    content = models.BinaryField()
    preview = models.JSONField(default=list, help_text="The rows worth looking at before the commit")

    def __str__(self) -> str:
        return f"file of import {self.register_import_id}"


class ImportProgress(models.Model):
    """How far a check or a commit has come, told by a connection of its own while the work is one transaction."""

    audit: ClassVar[Rights] = Transient("A progress bar.")

    register_import = models.OneToOneField(
        RegisterImport, on_delete=models.PROTECT, primary_key=True, db_constraint=False, related_name="progress"
    )
    stage = models.CharField(max_length=60)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.stage}: {self.done} of {self.total}"


class RegisterImportRowQuerySet(models.QuerySet["RegisterImportRow"]):
    """Rows, asked for in words."""

    def visible_to(self, user: User) -> Self:
        """Keep the rows for the trust's staff: they name patients."""
        return _for_staff(self, user)  # type: ignore[return-value]

    def to_look_at(self, show: str = "") -> Self:
        """Keep the rows of one outcome, reason or warning; without one, all that have something to look at."""
        if show:
            return self.filter(Q(outcome=show) | Q(reason=show) | Q(warnings__contains=[show])).order_by("number")
        plain = Q(reason="", warnings=[], problems__isnull=True)
        return self.exclude(plain).exclude(outcome__in=["UNCHANGED", "SKIPPED"]).order_by("number")


class RegisterImportRow(models.Model):
    """What became of one row, and what it said. Written once, with the commit."""

    audit: ClassVar[Rights] = AppendOnly("What a register said, and what became of it, is evidence.")

    register_import = models.ForeignKey(RegisterImport, on_delete=models.PROTECT, db_index=False, related_name="rows")
    number = models.PositiveIntegerField(help_text="The row of the sheet, or the line of the file")
    hospital_number = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=9)
    reason = models.CharField(max_length=21, blank=True)
    warnings = ArrayField(models.CharField(max_length=27), default=list)
    problems = models.JSONField(null=True, help_text="[field, what was written, words] for each cell with a problem")
    cells = models.JSONField(null=True, help_text="The row as written, where it was not taken or has a problem")
    said = models.JSONField(null=True, help_text="What it said in one form, where it was taken and said something new")
    fingerprint = models.CharField(max_length=32, blank=True)
    enrolment = models.ForeignKey(
        "patients.Enrolment", on_delete=models.PROTECT, null=True, blank=True, related_name="register_rows"
    )

    objects = RegisterImportRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register_import", "number"], name="register_import_row_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["CREATED", "UPDATED", "UNCHANGED", "SKIPPED", "REJECTED"]),
                name="register_import_row_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number}: {self.outcome} {self.reason}".strip()


class RegisterEntry(models.Model):
    """What the register last said of an enrolment.

    The next register is held against it, and not against what people have corrected since.
    """

    audit: ClassVar[Rights] = Untracked("A pointer: every row it has pointed to is kept.")

    enrolment = models.OneToOneField(
        "patients.Enrolment", on_delete=models.PROTECT, primary_key=True, related_name="register_entry"
    )
    row = models.ForeignKey(RegisterImportRow, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"register entry of enrolment {self.enrolment_id}"


class ColumnMapping(Tracked):
    """Which column was which field in files with these headings, so that nobody matches them twice."""

    headings_hash = models.CharField(max_length=64, unique=True)
    headings = models.JSONField()
    columns = models.JSONField(help_text="field -> heading")
    used_at = models.DateTimeField()
    used_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"mapping of {len(self.headings)} headings"
