"""History that the database writes: simple-history's tables for reading, triggers for the truth.

The tables, managers, "as at" and differences are django-simple-history's. The rows are written by
statement-level triggers (homecare/audit), so a save, a bulk write, raw SQL and a COPY are all on record, and
the application's own database role can neither forge, change nor remove them (docs/adr/0002).
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.utils import names_digest
from simple_history.models import HistoricalRecords


class HistorySource(models.TextChoices):
    """Whether a deed of the application made the change, or something that went round it."""

    APPLICATION = "APPLICATION", "In the application"
    OUTSIDE = "OUTSIDE", "Outside the application"


class HistoryRow(models.Model):
    """What each history row says besides the record itself."""

    history_source = models.CharField(max_length=11, default=HistorySource.OUTSIDE, choices=HistorySource)
    history_request_id = models.CharField(max_length=64, default="")
    history_db_role = models.CharField(max_length=63, default="")
    history_txid = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class TrackedHistory(HistoricalRecords):  # type: ignore[misc]  # the package has no types
    """simple-history without its signals: the database's triggers write the rows.

    Each table has three indexes only: its key, (record, date) for reading one record's past, and a small one on
    changes made outside the application. An index on every foreign key would triple the cost of a bulk write.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("bases", [HistoryRow])
        kwargs.setdefault("history_id_field", models.BigAutoField())
        super().__init__(**kwargs)

    @property
    def _date_indexing(self) -> bool:
        """No index on the date alone."""
        return False

    def finalize(self, sender: Any, **kwargs: Any) -> None:
        """Make the history model, then take simple-history's signals off again: nothing in Python writes history."""
        super().finalize(sender, **kwargs)
        for signal, receiver in (
            (models.signals.post_save, self.post_save),
            (models.signals.post_delete, self.post_delete),
            (models.signals.pre_delete, self.pre_delete),
        ):
            signal.disconnect(receiver, sender=sender)

    def copy_fields(self, model: Any) -> dict[str, Any]:
        """Copy the record's fields without their indexes; a generated column is kept as a plain value."""
        fields: dict[str, Any] = super().copy_fields(model)
        for name, field in fields.items():
            if isinstance(field, models.GeneratedField):
                plain: Any = field.output_field
                fields[name] = plain = plain.clone()
                plain.null, plain.name = True, name
            fields[name].db_index = False
        return fields

    def _get_history_change_reason_field(self) -> Any:
        """A reason is as long as the person makes it."""
        return models.TextField(null=True)

    def _get_history_user_fields(self) -> dict[str, Any]:
        """Users are never deleted, so nothing follows one; no index, and no check on each row written."""
        return {
            "history_user": models.ForeignKey(
                settings.AUTH_USER_MODEL,
                null=True,
                related_name="+",
                on_delete=models.DO_NOTHING,
                db_constraint=False,
                db_index=False,
            )
        }

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        """Index what is read: one record's past, and what was done outside the application."""
        options: dict[str, Any] = super().get_meta_options(model)
        options["indexes"] = (
            models.Index(fields=(model._meta.pk.name, "history_date")),
            models.Index(
                fields=("history_date",),
                condition=models.Q(history_source=HistorySource.OUTSIDE),
                name=f"outside_{names_digest(model._meta.db_table, length=12)}",
            ),
        )
        return options

    def create_historical_record(self, *args: Any, **kwargs: Any) -> None:
        """Write nothing: a trigger has already written the row."""
