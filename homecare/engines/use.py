"""Use the engines for the length of a command, and leave them as they were found."""

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from homecare.engines import locks
from homecare.engines.errors import EngineError
from homecare.engines.keeper import ENGINES
from homecare.engines.places import CHECKOUT, Place, find_place, local_folder
from homecare.engines.roles import named_addresses

# Commands that read code only. Everything else may look into the database.
WITHOUT_ENGINES = {
    "", "help", "--help", "-h", "version", "--version", "makemessages", "compilemessages", "startapp", "collectstatic",
    "findstatic", "diffsettings", "spectacular",
}  # fmt: skip


@contextmanager
def for_command(argv: Sequence[str]) -> Iterator[None]:
    """Start what the command needs, name it in the environment, and leave it as it was found."""
    name = argv[1] if len(argv) > 1 else ""
    be_a_demonstration_unless_told()
    if name in WITHOUT_ENGINES or "--help" in argv:
        yield
        return
    try:
        with engines():
            yield
    except EngineError as error:
        sys.exit(f"{error}")


@contextmanager
def engines() -> Iterator[None]:
    """Hold each engine that the environment does not name, and name it there (also for child processes)."""
    before = dict(os.environ)
    with ExitStack() as held:
        missing = [
            name for name, named in (("postgres", _database_is_named()), ("valkey", _redis_is_named())) if not named
        ]
        if _database_is_named():
            os.environ.update(named_addresses(local_folder()))
        if missing:
            os.environ.update(held.enter_context(_held(missing)))
        try:
            yield
        finally:
            for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
                _put_back(name, before.get(name))


def be_a_demonstration_unless_told() -> None:
    """Switch DEMO on where nothing of a hospital's is named, so that a newcomer's first command works."""
    if not any(os.environ.get(name) for name in ("DEMO", "SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL")):
        os.environ["DEMO"] = "1"


def hold_until_exit() -> None:
    """Hold the engines for as long as this process lives: for a test run, which has no block to put around itself."""
    held = ExitStack()
    try:
        held.enter_context(engines())
    except EngineError as error:
        sys.exit(f"{error}")
    atexit.register(held.close)


@contextmanager
def _held(names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Hold these engines, starting side by side those that nobody runs, and give their addresses."""
    place = find_place()
    holders = [locks.lock(place.local, name, "holders") for name in names]
    begun: list[tuple[str, subprocess.Popen[str]]] = []
    try:
        with ExitStack() as starting:
            for name, holder in zip(names, holders, strict=True):
                starting.enter_context(locks.held_alone(place.local, name, "starting"))
                holder.share()  # waits while a keeper is just stopping the server
                if not locks.runs(place.local, name):
                    begun.append((name, _start_keeper(name, place)))
            for name, keeper in begun:
                _wait_until_ready(name, keeper, place)
        yield {key: value for name in names for key, value in ENGINES[name](place).addresses().items()}
    finally:
        for holder in holders:
            holder.close()
        for name in names:
            locks.wait_until_stopped_or_needed(place.local, name)
        for name, keeper in begun:
            _part_from(keeper, still_runs=locks.runs(place.local, name))


def _start_keeper(name: str, place: Place) -> "subprocess.Popen[str]":
    with (place.local / "engines" / f"{name}.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "homecare.engines.keeper", name],
            cwd=CHECKOUT,
            env=os.environ | {"HOMECARE_LOCAL": str(place.local)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            text=True,
        )


def _wait_until_ready(name: str, keeper: "subprocess.Popen[str]", place: Place) -> None:
    assert keeper.stdout is not None
    with keeper.stdout as said:
        words = said.readline().strip()
    if words != "READY":
        keeper.wait()
        raise EngineError(words or f"The embedded {name} did not start; see {place.local}/engines/{name}.log.")


def _part_from(keeper: "subprocess.Popen[str]", *, still_runs: bool) -> None:
    """Reap a keeper that has ended; let one that another command needs outlive us without a warning."""
    if not still_runs:
        with suppress(subprocess.TimeoutExpired):
            keeper.wait(5)
    if keeper.returncode is None:
        keeper.returncode = 0


def _database_is_named() -> bool:
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_OWNER_URL"))


def _redis_is_named() -> bool:
    return bool(os.environ.get("REDIS_URL"))


def _put_back(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
