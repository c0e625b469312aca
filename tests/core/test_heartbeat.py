"""Alive, or silent."""

import datetime as dt

import pytest

from homecare.core import heartbeat

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "alive"), [(0, True), (150, True), (151, False)])
def test_a_part_is_alive_for_two_and_a_half_minutes_after_its_beat(seconds: int, alive: bool) -> None:
    heartbeat.beat("worker", at=NOON)
    assert heartbeat.pulses(at=NOON + dt.timedelta(seconds=seconds), parts=("worker",))[0].alive is alive


@pytest.mark.django_db
def test_a_part_never_seen_is_not_alive() -> None:
    assert [pulse.alive for pulse in heartbeat.pulses(at=NOON)] == [False, False, False]
