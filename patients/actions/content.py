"""Clinical content of the pathway: drafts loaded once, approved by somebody who may, one version in force at a time."""

import datetime as dt
from typing import Any, TypeVar

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from homecare.core.errors import Refused
from medicines.actions.formulary import add_missing
from patients.drafts import AssessingDraft
from patients.models import (
    CharterPoint,
    ConsentText,
    DraftStatus,
    InformationLeaflet,
    SuitabilityChecklist,
    SuitabilityQuestion,
)
from patients.models.assessing import Approvable

Content = TypeVar("Content", bound=Approvable)
Counts = dict[str, int]


@action
def load_assessing(*, draft: AssessingDraft, by: User, at: dt.datetime) -> Counts:
    """Add the checklist, consent texts, charter points and leaflets that are not there yet, and count them.

    A version that is there stays as the trust has made it. A charter in a version that is new to a hospital that has
    one already is added beside it, and is not the current one until somebody says so.
    """
    require(by, Permission.REFERENCE_EDIT)
    checklist = SuitabilityChecklist(
        version=draft.checklist.version, source=draft.checklist.source, review_months=draft.checklist.review_months
    )
    counts = {"suitability checklists": add_missing(SuitabilityChecklist, [checklist], key=("version",))}
    if counts["suitability checklists"]:
        asked = SuitabilityChecklist.objects.get(version=draft.checklist.version)
        SuitabilityQuestion.objects.bulk_create(
            SuitabilityQuestion(checklist=asked, order=order, **fields)
            for order, fields in enumerate(draft.checklist.questions, start=1)
        )
    texts = [ConsentText(**fields) for fields in draft.consent_texts]
    counts["consent texts"] = add_missing(ConsentText, texts, key=("version",))
    others = CharterPoint.objects.exclude(version=draft.charter.version).exists()
    points = [
        CharterPoint(version=draft.charter.version, order=order, is_current=not others, **fields)
        for order, fields in enumerate(draft.charter.points, start=1)
    ]
    counts["charter points"] = add_missing(CharterPoint, points, key=("version", "code"))
    leaflets = [InformationLeaflet(**fields) for fields in draft.leaflets]
    counts["leaflets"] = add_missing(InformationLeaflet, leaflets, key=("code", "version", "format", "language"))
    return counts


@action
def approve_checklist(*, checklist: SuitabilityChecklist, by: User, at: dt.datetime) -> SuitabilityChecklist:
    """Approve a draft checklist; the one in force retires. Refused: one that is retired, or has no question."""
    if not checklist.questions.exists():
        raise Refused("This checklist asks nothing. Add its questions before it is approved.")
    return _approve(checklist, by=by, at=at)


@action
def approve_consent_text(*, text: ConsentText, by: User, at: dt.datetime) -> ConsentText:
    """Approve a draft of what patients agree to; the text in force retires, and stays on the consents given by it."""
    return _approve(text, by=by, at=at)


def _approve(draft: Content, *, by: User, at: dt.datetime) -> Content:
    """Put one version in force. Once approved it is not approved again; once retired it stays so."""
    require(by, Permission.PROTOCOL_APPROVE)
    rows: Any = type(draft)._default_manager
    # All versions are locked in one order, so that two approvals at once follow one another.
    versions: dict[int, Content] = {row.pk: row for row in rows.select_for_update().order_by("pk")}
    locked = versions[draft.pk]
    if locked.status == DraftStatus.RETIRED:
        raise Refused(f"Version {locked.version} is retired. Make a new version to approve.", code="retired")
    if locked.status == DraftStatus.APPROVED:
        raise Refused(f"Version {locked.version} is approved already, by {locked.approved_by}.", code="approved")
    rows.filter(status=DraftStatus.APPROVED).update(status=DraftStatus.RETIRED)
    locked.status, locked.approved_by, locked.approved_at = DraftStatus.APPROVED, by, at
    locked.save(update_fields=["status", "approved_by", "approved_at"])
    return locked


@action
def add_consent_text(
    *, version: str, body: str, easy_read_body: str, source: str, by: User, at: dt.datetime, reason: str = ""
) -> ConsentText:
    """Write a new version of what patients agree to, as a draft. A version that is there already is refused."""
    require(by, Permission.REFERENCE_EDIT)
    if ConsentText.objects.filter(version=version).exists():
        raise Refused(f"Version {version} is there already. Give this one another name.", code="already_there")
    return ConsentText.objects.create(version=version, body=body, easy_read_body=easy_read_body, source=source)


@action
def add_leaflet(
    *,
    code: str,
    title: str,
    version: str,
    leaflet_format: str,
    language: str,
    source: str,
    by: User,
    at: dt.datetime,
    medicine_id: int | None = None,
    reason: str = "",
) -> InformationLeaflet:
    """Record a leaflet that patients may be given, in one version, format and language. The same twice is refused."""
    require(by, Permission.REFERENCE_EDIT)
    same = {"code": code, "version": version, "format": leaflet_format, "language": language}
    if InformationLeaflet.objects.filter(**same).exists():
        raise Refused("This leaflet is recorded already in this version, format and language.", code="already_there")
    return InformationLeaflet.objects.create(title=title, source=source, medicine_id=medicine_id, **same)


@action
def retire_leaflet(
    *, leaflet: InformationLeaflet, retired_on: dt.date, by: User, at: dt.datetime, reason: str = ""
) -> InformationLeaflet:
    """Record that a leaflet is given to nobody from a day on; who was given it stays on record."""
    require(by, Permission.REFERENCE_EDIT)
    locked = InformationLeaflet.objects.select_for_update().get(pk=leaflet.pk)
    locked.retired_on = retired_on
    locked.save(update_fields=["retired_on"])
    return locked
