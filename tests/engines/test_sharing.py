"""Engines are shared by commands that run at once, outlive none of them, and survive being killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg2
import redis

from tests.engines.conftest import Bench

Eventually = Callable[..., None]


def test_the_last_command_to_leave_stops_the_engines(bench: Bench) -> None:
    first, second = bench.command(), bench.command()
    assert second.server == first.server
    first.end()
    assert psutil.pid_exists(second.server)
    second.end()
    assert bench.servers() == []


def test_two_commands_at_once_on_a_fresh_folder_share_one_server(fresh_bench: Bench) -> None:
    processes = [fresh_bench.begin(), fresh_bench.begin()]
    commands = [fresh_bench.begun(process) for process in processes]
    assert commands[0].about == commands[1].about
    assert [command.end() for command in commands] == [0, 0]


def test_a_killed_command_leaves_no_engine_and_loses_nothing(bench: Bench, eventually: Eventually) -> None:
    command = bench.command()
    _write(command.about)
    command.process.kill()
    command.process.wait()
    eventually(lambda: bench.servers() == [])
    again = bench.command()
    assert _read(again.about) == (1, b"1")
    again.end()


def test_a_killed_keeper_takes_its_server_along(bench: Bench, eventually: Eventually) -> None:
    command = bench.command()
    for keeper in [process for process in bench.servers() if "homecare.engines.keeper" in process.cmdline()]:
        keeper.kill()
    eventually(lambda: bench.servers() == [])
    command.end()
    again = bench.command()
    assert again.server != command.server
    again.end()


def test_a_killed_server_is_started_again_for_those_who_use_it(bench: Bench, eventually: Eventually) -> None:
    command = bench.command()
    _write(command.about)
    os.kill(command.server, signal.SIGKILL)

    def reads_again() -> bool:
        try:
            return _read(command.about) == (1, b"1")
        except psycopg2.OperationalError:
            return False

    eventually(reads_again, 40)
    command.end()
    assert bench.servers() == []


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(bench: Bench) -> None:
    command = bench.command()
    command.end()
    left = Path(command.about["data"]) / "postmaster.pid"
    left.write_text(f"{os.getpid()}\n{command.about['data']}\n1\n5432\n\n\n  0 0\nready\n")
    again = bench.command()
    again.end()


def test_a_named_database_and_redis_start_nothing(bench: Bench) -> None:
    command = bench.command()
    named = {name: command.about[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")}
    other = Bench(bench.folder / "other", bench.environment | named | {"HOMECARE_LOCAL": str(bench.folder / "other")})
    other.begin().communicate()
    assert not (bench.folder / "other" / "postgres").exists()
    assert not (bench.folder / "other" / "valkey").exists()
    command.end()


def test_a_folder_that_cannot_be_written_is_one_sentence(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environment = bench.environment | {"HOMECARE_LOCAL": str(tmp_path / "file" / "local")}
    done = subprocess.run(
        [sys.executable, "manage.py", "showmigrations"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Cannot write to")


def _write(about: dict[str, str]) -> None:
    with psycopg2.connect(about["DATABASE_OWNER_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS number")
    connection.close()
    with redis.Redis.from_url(about["REDIS_URL"]) as store:
        store.set("kept", 1)
        store.execute_command("WAITAOF", 1, 0, 5000)  # on disk, not only said


def _read(about: dict[str, str]) -> tuple[int, bytes]:
    connection = psycopg2.connect(about["DATABASE_OWNER_URL"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM kept")
        (number,) = cursor.fetchone()
    connection.close()
    with redis.Redis.from_url(about["REDIS_URL"]) as store:
        return number, store.get("kept")
