"""History that the database writes: simple-history's tables for reading, triggers for the truth.

The tables, managers, "as at" and differences are django-simple-history's. The rows are written by
statement-level triggers (homecare/audit), so a save, a bulk write, raw SQL and a COPY are all on record, and
the application's own database role can neither forge, change nor remove them (docs/adr/0002).
"""

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords


class HistoryRow(models.Model):
    """What each history row says besides the record itself."""

    history_source = models.CharField(max_length=11, default="OUTSIDE")
    history_request_id = models.CharField(max_length=64, default="")
    history_db_role = models.CharField(max_length=63, default="")
    history_txid = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class TrackedHistory(HistoricalRecords):
    """simple-history without its signals: the database's triggers write the rows."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("bases", [HistoryRow])
        kwargs.setdefault("history_id_field", models.BigAutoField())
        kwargs.setdefault("user_db_constraint", False)
        super().__init__(**kwargs)

    def create_historical_record(self, *args: Any, **kwargs: Any) -> None:
        """Write nothing: a trigger has already written the row."""
