"""Draws each table of moves as a page for docs/states/, so that the picture cannot say something else than the code."""

import importlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.utils.text import capfirst, slugify

from homecare.core.states import Transition, Transitions


def tables() -> Iterator[tuple[str, Transitions]]:
    """Return each table of moves in the house, with the module that says it."""
    for app in apps.get_app_configs():
        name = f"{app.name}.states"
        if find_spec(name) is None:
            continue
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, Transitions):
                yield name, value


def pages() -> dict[str, str]:
    """Return every page by its file's name."""
    return {f"{slugify(table.record)}.md": page(module, table) for module, table in tables()}


def page(module: str, table: Transitions) -> str:
    """Draw one table: a picture, and the moves in rows."""
    return "\n".join(
        [
            f"# {capfirst(table.record)}: what may follow what",
            "",
            f"Drawn from `{module.replace('.', '/')}.py` by `manage.py draw_states`; change it there.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *_arrows(table),
            "```",
            "",
            "| move | from | to | needs |",
            "| --- | --- | --- | --- |",
            *(_row(move) for move in table.transitions),
            "",
        ]
    )


def write(folder: Path) -> list[Path]:
    """Write every page, and return those that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    stale = [(folder / name, text) for name, text in pages().items() if _read(folder / name) != text]
    for path, text in stale:
        path.write_text(text)
    return [path for path, _ in stale]


def stale(folder: Path) -> list[str]:
    """Return the names of pages that say something else than the code, are missing, or are of nothing any more."""
    drawn = pages()
    left = {path.name for path in folder.glob("*.md")} - set(drawn)
    return sorted(left | {name for name, text in drawn.items() if _read(folder / name) != text})


def _arrows(table: Transitions) -> Iterator[str]:
    sources = {source for move in table.transitions for source in move.sources}
    targets = {move.target for move in table.transitions}
    yield from (f"    [*] --> {status}" for status in sorted(sources - targets))
    for move in table.transitions:
        yield from (f"    {source} --> {move.target}: {_said(move.event)}" for source in sorted(move.sources))
    yield from (f"    {status} --> [*]" for status in sorted(targets - sources))


def _row(move: Transition) -> str:
    sources = ", ".join(sorted(str(source) for source in move.sources))
    return f"| {_said(move.event)} | {sources} | {move.target} | {move.permission or ''} |"


def _said(event: str) -> str:
    return event.replace("_", " ")


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
