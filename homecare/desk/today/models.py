"""What Today remembers: each user's filters, and the tallies of the safety net with when they were counted."""

from django.db import models

from homecare.core.rights import Untracked


class RememberedFilter(models.Model):
    """The filters that a user last chose on a page."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=40)
    query = models.CharField(max_length=500, blank=True)

    audit = Untracked("a user's own convenience")

    class Meta:
        app_label = "desk"
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="remembered_filter_once")]

    def __str__(self) -> str:
        return f"{self.page}?{self.query}"


class Tally(models.Model):
    """One number of the safety net that takes a look at everybody: counted every minute, and at need."""

    name = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    oldest_on = models.DateField(null=True, blank=True)
    took_ms = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    audit = Untracked("counted again every minute")

    class Meta:
        app_label = "desk"
        constraints = [models.UniqueConstraint(fields=["name"], name="tally_name_unique")]

    def __str__(self) -> str:
        return f"{self.name}: {self.number}"
