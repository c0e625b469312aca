"""Loading the formulary's drafts. What is already there stays as the trust has made it; what is missing is added."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models

from homecare.accounts.models import User
from homecare.accounts.permissions import Permission, require
from homecare.audit.actions import action
from medicines.drafts import FormularyDraft, MedicineDraft, ProtocolDraft
from medicines.models import (
    Analyte,
    AnalyteName,
    Medicine,
    MedicineName,
    MonitoringProtocol,
    Product,
    ProtocolPhase,
    ProtocolTest,
    TestType,
    Threshold,
)
from medicines.names import normalise

M = TypeVar("M", bound=models.Model)
Counts = dict[str, int]


def add_missing(model: type[M], rows: Iterable[M], *, key: tuple[str, ...]) -> int:
    """Add the rows whose key is not in the table yet, and return how many that were."""
    seen = {tuple(found) for found in model._default_manager.values_list(*key)}
    missing: list[M] = []
    for row in rows:
        its_key = tuple(getattr(row, name) for name in key)
        if its_key not in seen:
            seen.add(its_key)
            missing.append(row)
    model._default_manager.bulk_create(missing, batch_size=2000)
    return len(missing)


@action
def load_formulary(*, draft: FormularyDraft, by: User, at: dt.datetime) -> Counts:
    """Add the medicines, products, spellings, tests and protocols that are not there yet, and count them."""
    require(by, Permission.REFERENCE_EDIT)
    counts: Counts = {"medicines": add_missing(Medicine, map(_medicine, draft.medicines), key=("name",))}
    ids = dict(Medicine.objects.values_list("name", "id"))
    counts["products"] = add_missing(
        Product,
        _products(draft.medicines, ids),
        key=("medicine_id", "brand", "form", "strength_value", "strength_unit"),
    )
    counts["medicine names"] = add_missing(MedicineName, _names(draft.medicines, ids), key=("spelling",))
    counts |= _load_tests(draft)
    counts |= _load_protocols(draft.protocols, ids)
    return counts


def _medicine(draft: MedicineDraft) -> Medicine:
    return Medicine(
        name=draft.name,
        kind=draft.kind,
        storage=draft.storage,
        licensed=draft.licensed,
        source=draft.source,
        **draft.flags,
    )


def _products(drafts: Iterable[MedicineDraft], ids: dict[str, int]) -> Iterable[Product]:
    for draft in drafts:
        for brand, biosimilar in {"": False, **draft.brands}.items():
            for product in draft.products:
                yield Product(
                    medicine_id=ids[draft.name],
                    brand=brand,
                    biosimilar=biosimilar,
                    form=product.form,
                    strength_value=product.strength_value,
                    strength_unit=product.strength_unit,
                    unit_name=product.unit_name,
                    multi_dose=product.multi_dose,
                    shelf_life_days=product.shelf_life_days,
                    source=draft.source,
                )


def _names(drafts: Iterable[MedicineDraft], ids: dict[str, int]) -> Iterable[MedicineName]:
    for draft in drafts:
        spellings: list[tuple[str, str]] = [(spelling, "") for spelling in (draft.name, *draft.spellings)]
        spellings += [(brand, brand) for brand in draft.brands]
        for spelling, brand in spellings:
            yield MedicineName(
                spelling=normalise(spelling), medicine_id=ids[draft.name], brand=brand, source=draft.source
            )


def _load_tests(draft: FormularyDraft) -> Counts:
    rows = [TestType(code=test.code, name=test.name, source=test.source) for test in draft.tests]
    counts = {"tests": add_missing(TestType, rows, key=("code",))}
    tests = dict(TestType.objects.values_list("code", "id"))
    analytes = [
        Analyte(test_type_id=tests[test.code], name=analyte.name, unit=analyte.unit, source=test.source)
        for test in draft.tests
        for analyte in test.analytes
    ]
    counts["analytes"] = add_missing(Analyte, analytes, key=("name",))
    ids = dict(Analyte.objects.values_list("name", "id"))
    names = [
        AnalyteName(spelling=normalise(spelling), analyte_id=ids[analyte.name])
        for test in draft.tests
        for analyte in test.analytes
        for spelling in (analyte.name, *analyte.spellings)
    ]
    counts["analyte names"] = add_missing(AnalyteName, names, key=("spelling",))
    return counts


def _load_protocols(drafts: Iterable[ProtocolDraft], medicines: dict[str, int]) -> Counts:
    taken = set(MonitoringProtocol.objects.values_list("medicine_id", "specialty_name"))
    new = [draft for draft in drafts if (medicines[draft.medicine], draft.specialty) not in taken]
    protocols = MonitoringProtocol.objects.bulk_create(
        MonitoringProtocol(
            medicine_id=medicines[draft.medicine],
            specialty_name=draft.specialty,
            baseline=draft.baseline,
            action_points=draft.action_points,
            source=draft.source,
        )
        for draft in new
    )
    pairs = list(zip(protocols, new, strict=True))
    _add_phases(pairs)
    thresholds = _add_thresholds(pairs)
    return {"monitoring protocols": len(protocols), "thresholds": thresholds}


def _add_phases(pairs: list[tuple[MonitoringProtocol, ProtocolDraft]]) -> None:
    tests = dict(TestType.objects.values_list("code", "id"))
    numbered = [
        (protocol, order, phase) for protocol, draft in pairs for order, phase in enumerate(draft.phases, start=1)
    ]
    phases = ProtocolPhase.objects.bulk_create(
        ProtocolPhase(
            protocol=protocol,
            order=order,
            interval_days=phase.interval_days,
            lasts_days=phase.lasts_days,
            until=phase.until,
        )
        for protocol, order, phase in numbered
    )
    ProtocolTest.objects.bulk_create(
        ProtocolTest(phase=row, test_type_id=tests[code])
        for row, (_, _, phase) in zip(phases, numbered, strict=True)
        for code in phase.tests
    )


def _add_thresholds(pairs: list[tuple[MonitoringProtocol, ProtocolDraft]]) -> int:
    analytes: dict[str, Any] = dict(Analyte.objects.values_list("name", "id"))
    rows = Threshold.objects.bulk_create(
        Threshold(
            protocol=protocol,
            analyte_id=analytes[threshold.analyte],
            comparison=threshold.comparison,
            value=threshold.value,
            unit=threshold.unit,
            within_days=threshold.within_days,
            advice=threshold.advice,
            source=threshold.source,
        )
        for protocol, draft in pairs
        for threshold in draft.thresholds
    )
    return len(rows)
