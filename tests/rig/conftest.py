"""What the assurance goals share: the provider, the workers, and a line of numbers for each result."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.rig import jobs
from tests.rig.oracle import Verdict
from tests.rig.provider import Provider
from tests.rig.workers import Workers, workers

Report = Callable[..., None]


@pytest.fixture(scope="session")
def running_provider() -> Iterator[Provider]:
    """Run a provider that remembers."""
    stub = Provider()
    yield stub
    stub.stop()


@pytest.fixture
def provider(running_provider: Provider) -> Provider:
    """Give the provider, with nothing remembered."""
    running_provider.forget()
    return running_provider


@pytest.fixture(scope="session")
def running_workers(command_environment: Mapping[str, str], running_provider: Provider) -> Iterator[Workers]:
    """Have Django ready in a process of its own: it holds no connection, so it may outlive a test."""
    with workers(command_environment, running_provider) as made:
        yield made


@pytest.fixture
def pool(transactional_db: None, running_workers: Workers, provider: Provider) -> Workers:
    """Give real workers on this test's database, sending to the provider."""
    jobs.register()
    return running_workers


@pytest.fixture
def result(record_property: Callable[[str, object], None]) -> Report:
    """Say what a goal came to: printed at the end, and kept as evidence if EVIDENCE names a folder."""

    def say(goal: str, verdict: Verdict | None = None, **numbers: Any) -> None:
        line = {"goal": goal, **(verdict.numbers() if verdict else {}), **numbers}
        record_property("assurance", line)
        if os.environ.get("EVIDENCE"):
            with (Path(os.environ["EVIDENCE"]) / "outbox.jsonl").open("a") as file:
                file.write(json.dumps(line) + "\n")

    return say


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the numbers of every goal that was tested."""
    lines = [
        line
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, line in getattr(report, "user_properties", [])
        if name == "assurance" and getattr(report, "when", "") == "call"
    ]
    if lines:
        terminalreporter.section("assurance goals")
    for line in lines:
        terminalreporter.write_line("  ".join(f"{name}={value}" for name, value in line.items()))
