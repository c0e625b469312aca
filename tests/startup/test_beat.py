"""Beat: a start asks at once what is due, not a minute later."""

from homecare.celery import Beat, app


def test_every_tick_is_due_when_beat_starts() -> None:
    beat = Beat(app=app)
    assert beat.schedule
    assert [name for name, entry in beat.schedule.items() if not entry.is_due().is_due] == []
