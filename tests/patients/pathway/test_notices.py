"""What a provider may be told: by what it knows, by consent, and after a death."""

import pytest

from patients.models import ProviderNotice
from patients.pathway.notices import AFTER_DEATH, KNOWN_TO_PROVIDER, SAYS_THE_WHOLE, WITHOUT_CONSENT, Standing
from patients.pathway.notices import may_be_told as may
from patients.states import EnrolmentStatus

KINDS = set(ProviderNotice.Kind.values)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_provider_that_knows_the_patient_is_told_everything(kind: str) -> None:
    assert may(kind, Standing(is_known=True))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_provider_that_never_had_the_patient_is_told_nothing(kind: str) -> None:
    assert not may(kind, Standing(is_known=False))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_without_consent_only_what_ends_or_holds_back_is_told(kind: str) -> None:
    assert may(kind, Standing(is_known=True, consent_withdrawn=True)) is (kind in WITHOUT_CONSENT | {"DEATH"})


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("withdrawn", [False, True])
def test_after_a_death_only_the_death_and_collections_are_told(kind: str, withdrawn: bool) -> None:
    standing = Standing(is_known=True, is_deceased=True, consent_withdrawn=withdrawn)
    assert may(kind, standing) is (kind in {"DEATH", "COLLECTION"})


def test_the_rules_speak_of_kinds_and_states_that_there_are() -> None:
    assert KINDS >= AFTER_DEATH | WITHOUT_CONSENT | SAYS_THE_WHOLE
    assert {str(status) for status in EnrolmentStatus} >= KNOWN_TO_PROVIDER
