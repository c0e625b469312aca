"""Run the bench: `python -m bench [--size 640000] [--rounds 3] [--only NAME ...]`."""

import argparse
import os
import platform
import time

from bench.engine import SETTINGS, engine, use_database


def main() -> None:
    """Print each measurement, ours and the other side in one run."""
    arguments = argparse.ArgumentParser(prog="bench", description=__doc__)
    arguments.add_argument("--size", type=int, default=640_000, help="patients in the large data set")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", nargs="*", default=[])
    options = arguments.parse_args()
    with engine():
        _state_the_ground()
        from bench import dataset, history, sweep

        benches = {"sweep": lambda: sweep.run(options.rounds), "history": lambda: history.run(options.rounds)}
        if use_database(options.size):
            started = time.perf_counter()
            dataset.load(options.size)
            print(f"data set of {options.size:,} patients made in {time.perf_counter() - started:.0f} s", flush=True)
        for name, bench in benches.items():
            if not options.only or name in options.only:
                bench()


def _state_the_ground() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    settings = ", ".join(f"{name} {value}" for name, value in SETTINGS.items())
    print(f"PostgreSQL {version}, Python {platform.python_version()}, {os.cpu_count()} cores; {settings}; fsync on")


if __name__ == "__main__":
    main()
