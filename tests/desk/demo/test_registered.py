"""The demonstration's registrations under way are whole: their pages, papers and data show what was sent."""

import pytest

from homecare.desk.demo.actions import Loaded
from patients.models import Registration
from patients.pathway.registration_data import sha256
from patients.registration_words import sections


def test_a_registration_under_way_has_its_form_word_for_word(hospital: Loaded) -> None:
    waiting = Registration.objects.filter(enrolment__status="REGISTRATION_SENT").select_related("patient")
    assert waiting.exists()
    for one in waiting:
        assert one.as_sent["patient"]["family_name"] == one.patient.family_name
        assert sha256(one.as_sent) == one.sha256


@pytest.mark.parametrize("outcome", Registration.Outcome.values)
def test_whatever_came_of_it_it_can_be_shown(hospital: Loaded, outcome: str) -> None:
    found = Registration.objects.filter(outcome=outcome)
    assert found.exists()
    for one in found[:20]:
        assert sections(one.as_sent)
