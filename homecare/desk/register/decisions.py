"""What becomes of each row: a pure judgement over who and what is known. Nothing is read or written here.

The reasons are asked in the order of the issue, the first deciding. People are never merged on a guess: a row is the
known person with its NHS number and date of birth, or, where one of the two has no NHS number, the one with its
hospital number and date of birth. Anything that half fits is a conflict for a person to look into, and so is
somebody new without a hospital number, whom no later row could find.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from homecare.desk.register.rows import RegisterRow, fingerprint
from homecare.desk.register.values import ConsentGiven, lookup_key


class Outcome(StrEnum):
    """What becomes of a row's treatment."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    SKIPPED = "SKIPPED"
    REJECTED = "REJECTED"


class Reason(StrEnum):
    """Why a row is not taken, in the order in which it is asked."""

    DATE_OF_BIRTH_INVALID = "date_of_birth_invalid"
    NHS_NUMBER_INVALID = "nhs_number_invalid"
    IDENTITY_CONFLICT = "identity_conflict"
    MEDICINE_UNKNOWN = "medicine_unknown"
    PROVIDER_UNKNOWN = "provider_unknown"
    DUPLICATE_ROW = "duplicate_row"


class Warn(StrEnum):
    """What to look at in a row that is taken."""

    NHS_NUMBER_MISSING = "nhs_number_missing"
    CONSENT_MISSING = "consent_missing"
    DELIVERED_BEFORE_REGISTERED = "delivered_before_registered"
    MOBILE_UNUSABLE = "mobile_unusable"


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A patient already on record, or (negative key) one that an earlier row brings."""

    key: int
    nhs_number: str | None
    hospital_number: str
    date_of_birth: date
    deceased: bool = False


@dataclass(frozen=True, slots=True)
class MedicineFound:
    """What a spelling stands for: the medicine, and the brand where the spelling is one."""

    id: int
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """All that a row is judged by. Spellings are keys as `lookup_key` makes them."""

    medicines: Mapping[str, MedicineFound]
    providers: Mapping[str, int]
    people: tuple[KnownPerson, ...] = ()
    treatments: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """(person, medicine) -> the fingerprint of what the register last said of it; "" if it never spoke of it."""


@dataclass(slots=True)
class Decision:
    """What becomes of one row, and of whom and what it speaks."""

    row: int
    hospital_number: str
    outcome: Outcome
    reason: Reason | None = None
    warnings: tuple[Warn, ...] = ()
    person: int | None = None
    medicine: MedicineFound | None = None
    provider: int | None = None
    fingerprint: str = ""

    def as_report(self) -> dict[str, object]:
        """Return the row's line in the report."""
        return {
            "row": self.row,
            "hospital_number": self.hospital_number,
            "outcome": str(self.outcome),
            "reason": None if self.reason is None else str(self.reason),
            "warnings": [str(warning) for warning in self.warnings],
        }


def decide_all(rows: Iterable[RegisterRow], known: Known) -> list[Decision]:
    """Return what becomes of each row, in order.

    Where the file's last word about a treatment is what the register said before, all its rows about it are unchanged.
    """
    judge = Judge(known)
    for row in rows:
        judge.hear(row)
    return judge.decisions()


def count(decisions: Iterable[Decision]) -> dict[str, int]:
    """Return a number for each outcome, each outcome with its reason, and each outcome with its warning."""
    counted = Counter({str(outcome): 0 for outcome in Outcome})
    for decision in decisions:
        counted[str(decision.outcome)] += 1
        if decision.reason is not None:
            counted[f"{decision.outcome} {decision.reason}"] += 1
        for warning in decision.warnings:
            counted[f"{decision.outcome} {warning}"] += 1
    return dict(counted)


class Judge:
    """Hear the rows one by one, then say what becomes of them. Keeps no row, only what later rows are judged by."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._by_nhs_number = {person.nhs_number: person for person in known.people if person.nhs_number}
        self._by_hospital_number = {person.hospital_number: person for person in known.people if person.hospital_number}
        self._heard: list[Decision] = []
        self._last_said: dict[tuple[int, int], str] = {}
        self._said: set[tuple[int, int, str]] = set()
        self._new_people = 0

    def hear(self, row: RegisterRow) -> Decision:
        """Judge one row as far as one can before all are heard; what was rejected stays so."""
        decision = Decision(row.number, row.hospital_number, Outcome.REJECTED)
        decision.reason = self._why_rejected(row, decision)
        if decision.reason is None:
            self._take(row, decision)
        self._heard.append(decision)
        return decision

    def decisions(self) -> list[Decision]:
        """Settle which treatments are created, updated and unchanged, now that the file's last words are known."""
        before = self._known.treatments
        said = dict(before)
        for decision in self._heard:
            if decision.outcome is not Outcome.CREATED or decision.person is None or decision.medicine is None:
                continue
            treatment = decision.person, decision.medicine.id
            if treatment not in said:
                said[treatment] = decision.fingerprint
            elif before.get(treatment) == self._last_said[treatment] or said[treatment] == decision.fingerprint:
                decision.outcome = Outcome.UNCHANGED
            else:
                decision.outcome = Outcome.UPDATED
                said[treatment] = decision.fingerprint
        return self._heard

    def _why_rejected(self, row: RegisterRow, decision: Decision) -> Reason | None:
        if row.date_of_birth is None:
            return Reason.DATE_OF_BIRTH_INVALID
        if row.nhs_number is None and row.nhs_number_written:
            return Reason.NHS_NUMBER_INVALID
        person, conflict = self._find_person(row)
        if conflict:
            return Reason.IDENTITY_CONFLICT
        decision.medicine = self._known.medicines.get(lookup_key(row.medicine))
        if decision.medicine is None:
            return Reason.MEDICINE_UNKNOWN
        decision.provider = self._known.providers.get(lookup_key(row.provider))
        if decision.provider is None:
            return Reason.PROVIDER_UNKNOWN
        decision.person = person.key if person is not None else None
        return None

    def _find_person(self, row: RegisterRow) -> tuple[KnownPerson | None, bool]:
        """Return the known person that the row is about, and whether the row half fits somebody."""
        by_nhs = self._by_nhs_number.get(row.nhs_number) if row.nhs_number else None
        by_hospital = self._by_hospital_number.get(row.hospital_number) if row.hospital_number else None
        if by_nhs is not None:
            is_other = by_hospital is not None and by_hospital.key != by_nhs.key
            return by_nhs, by_nhs.date_of_birth != row.date_of_birth or is_other
        if by_hospital is None:
            return None, not row.hospital_number  # somebody new whom nobody could find again
        both_numbered = row.nhs_number is not None and by_hospital.nhs_number is not None
        return by_hospital, both_numbered or by_hospital.date_of_birth != row.date_of_birth

    def _take(self, row: RegisterRow, decision: Decision) -> None:
        assert decision.medicine is not None
        assert decision.provider is not None
        decision.fingerprint = fingerprint(
            row, medicine=str(decision.medicine.id), brand=decision.medicine.brand, provider=str(decision.provider)
        )
        decision.person = self._keep_person(row, decision.person)
        said = decision.person, decision.medicine.id, decision.fingerprint
        if said in self._said:
            decision.outcome, decision.reason = Outcome.SKIPPED, Reason.DUPLICATE_ROW
            return
        self._said.add(said)
        self._last_said[said[:2]] = decision.fingerprint
        decision.outcome, decision.warnings = Outcome.CREATED, tuple(_warnings(row))

    def _keep_person(self, row: RegisterRow, key: int | None) -> int:
        """Remember who the row is about, so that later rows find them."""
        assert row.date_of_birth is not None
        earlier = self._by_hospital_number.get(row.hospital_number)
        if key is None:
            self._new_people += 1
            key = -self._new_people
        nhs_number = row.nhs_number or (earlier.nhs_number if earlier is not None and earlier.key == key else None)
        person = KnownPerson(key, nhs_number, row.hospital_number, row.date_of_birth)
        if nhs_number:
            self._by_nhs_number[nhs_number] = person
        if row.hospital_number:
            self._by_hospital_number[row.hospital_number] = person
        return key


def _warnings(row: RegisterRow) -> Iterable[Warn]:
    if row.has_no_nhs_number:
        yield Warn.NHS_NUMBER_MISSING
    if row.consent is not ConsentGiven.GIVEN:
        yield Warn.CONSENT_MISSING
    if row.last_delivery_on and row.registered_on and row.last_delivery_on < row.registered_on:
        yield Warn.DELIVERED_BEFORE_REGISTERED
    if row.mobile_written and not row.mobile:
        yield Warn.MOBILE_UNUSABLE
