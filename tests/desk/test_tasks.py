"""What Celery wakes: one sweep, and a heartbeat only if it came to its end."""

import pytest
from django.utils import timezone

from homecare.core.heartbeat import pulses
from homecare.desk.sweep.models import SweepRun
from homecare.desk.tasks import sweep_now

pytestmark = pytest.mark.django_db


def test_the_sweep_says_that_it_is_alive_when_it_is_done() -> None:
    sweep_now()
    [pulse] = pulses(at=timezone.now(), parts=("sweep",))
    assert pulse.alive
    assert SweepRun.objects.count() == 1


def test_a_second_sweep_of_a_quiet_day_leaves_no_further_row() -> None:
    sweep_now()
    sweep_now()
    assert SweepRun.objects.count() == 1
