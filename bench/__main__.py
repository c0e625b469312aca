"""Run the bench: `python -m bench [--size 640000] [--rounds 3] [--only NAME ...]`."""

import argparse
import os
import platform
import time

from bench.engine import SETTINGS, engine, use_database

HOSPITAL = 3_200


def main() -> None:
    """Print each measurement, ours and the other side in one run."""
    arguments = argparse.ArgumentParser(prog="bench", description=__doc__)
    arguments.add_argument("--size", type=int, default=640_000, help="patients in the large data set")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", nargs="*", default=[])
    options = arguments.parse_args()
    with engine():
        _state_the_ground()
        from bench import board, cover, history, pages, register, sweep

        wanted = options.only or ["pages", "board", "sweep", "cover", "history", "import"]
        if "board" in wanted:
            if use_database(board.SIZE, "board"):
                board.load()
            board.run()
        counted = {}
        for size in (HOSPITAL, options.size) if {"pages", "sweep", "cover", "history"} & set(wanted) else ():
            _make_data_set(size)
            if "pages" in wanted:
                counted[size] = pages.run(size)
        if len(counted) == 2:
            grew = [page for page, queries in counted[options.size].items() if queries > counted[HOSPITAL][page]]
            print(f"pages that take more queries at the larger size: {', '.join(grew) or 'none'}")
        if "sweep" in wanted:
            sweep.run(options.rounds)
        if "cover" in wanted:
            cover.run()
        if "history" in wanted:
            history.run(options.rounds)
        if "import" in wanted:
            use_database(0)  # nobody is known yet
            register.run(options.rounds)


def _make_data_set(size: int) -> None:
    """Use the cached database of this size; fill it if it is new."""
    from bench import dataset

    if use_database(size):
        started = time.perf_counter()
        dataset.load(size)
        print(f"data set of {size:,} patients made in {time.perf_counter() - started:.0f} s", flush=True)


def _state_the_ground() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    settings = ", ".join(f"{name} {value}" for name, value in SETTINGS.items())
    print(f"PostgreSQL {version}, Python {platform.python_version()}, {os.cpu_count()} cores; {settings}; fsync on")


if __name__ == "__main__":
    main()
