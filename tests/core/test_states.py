"""What may follow what is asked of a table, refused in words, and drawn."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from homecare.core import diagrams
from homecare.core.errors import IllegalMove
from homecare.core.states import Transition, Transitions

KETTLE = Transitions(
    "kettle",
    [
        Transition("fill", frozenset({"EMPTY"}), "FULL", None),
        Transition("switch_on", frozenset({"FULL"}), "BOILING", "kettle_use"),
        Transition("pour", frozenset({"FULL", "BOILING"}), "DONE", None),
    ],
)


@pytest.mark.parametrize(
    ("event", "source", "target"),
    [("fill", "EMPTY", "FULL"), ("pour", "FULL", "DONE"), ("pour", "BOILING", "DONE")],
)
def test_a_move_in_the_table_is_found(event: str, source: str, target: str) -> None:
    assert KETTLE.find(event, source=source).target == target
    assert KETTLE.allows(event, source=source)


def test_a_move_that_is_not_in_the_table_is_refused_in_words() -> None:
    with pytest.raises(
        IllegalMove, match="This kettle is empty: it cannot “switch on” from there \\(only from full\\)"
    ):
        KETTLE.find("switch_on", source="EMPTY")
    assert not KETTLE.allows("switch_on", source="EMPTY")


def test_an_unknown_move_is_refused_in_words() -> None:
    with pytest.raises(IllegalMove, match="only from no status"):
        KETTLE.find("explode", source="FULL")


def test_a_picture_has_every_arrow_its_beginning_and_its_end() -> None:
    lines = {line.strip() for line in diagrams.page("kitchen.states", KETTLE).splitlines()}
    assert {"[*] --> EMPTY", "EMPTY --> FULL: fill", "BOILING --> DONE: pour", "DONE --> [*]"} <= lines
    assert "| switch on | FULL | BOILING | kettle_use |" in lines


def test_the_pictures_say_what_the_code_says() -> None:
    assert diagrams.stale(settings.BASE_DIR / "docs" / "states") == [], "Run `manage.py draw_states`"


def test_a_stale_picture_is_noticed_and_drawn_again(tmp_path: Path, settings: object) -> None:
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]
    folder = tmp_path / "docs" / "states"
    call_command("draw_states", stdout=io.StringIO())
    first = next(iter(diagrams.pages()))
    (folder / first).write_text("old")
    (folder / "gone.md").write_text("of nothing any more")
    assert diagrams.stale(folder) == sorted([first, "gone.md"])
