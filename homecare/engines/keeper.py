"""The keeper of one engine: starts its server, restarts it if it dies, stops it when no command uses it any more.

Run by `homecare.engines.use` as `python -m homecare.engines.keeper postgres`, detached. It says one line, `READY` or
the sentence of what went wrong, and then lives until the last holder's lock is gone, whether that holder ended or was
killed. If the keeper itself is killed, Linux tells the server to stop (`process.dies_with_parent`).
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from homecare.engines import locks
from homecare.engines.errors import EngineError
from homecare.engines.places import Place, find_place
from homecare.engines.postgres import Postgres
from homecare.engines.valkey import Valkey

Engine = Postgres | Valkey
Server = subprocess.Popen[bytes]

ENGINES: dict[str, type[Postgres] | type[Valkey]] = {"postgres": Postgres, "valkey": Valkey}
SIGNALS = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
START_SECONDS = 60
LOOK_SECONDS = 0.1


def main() -> int:
    """Keep the engine named on the command line; the exit code is 0 unless it could not be started."""
    place = find_place()
    engine = ENGINES[sys.argv[1]](place)
    mine = locks.lock(place.local, engine.name, "keeper")
    mine.take()  # at most a moment: only one keeper is started at a time, but somebody may be looking whether one runs
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        server = _start(engine)
        engine.prepare()
    except (EngineError, OSError) as error:
        return _say(str(error), code=1)
    _say("READY")
    _detach(engine.log)
    _keep(engine, server, place, mine)
    return 0


def _start(engine: Engine) -> Server:
    server = engine.start()
    deadline = time.monotonic() + START_SECONDS
    while not engine.is_ready():
        if server.poll() is not None or time.monotonic() > deadline:
            _stop(engine, server)
            raise EngineError(f"The embedded {engine.name} did not start: {engine.why_it_failed()}")
        time.sleep(0.03)
    return server


def _keep(engine: Engine, server: Server, place: Place, mine: locks.Lock) -> None:
    """Watch the server until nobody holds the engine or we are told to end."""
    holders = locks.lock(place.local, engine.name, "holders")
    deaths = 0
    while not holders.try_take():
        told = signal.sigtimedwait(SIGNALS, LOOK_SECONDS)
        if told and told.si_signo != signal.SIGCHLD:
            break
        if server.poll() is not None:
            deaths += 1
            time.sleep(min(deaths, 10))
            server = _start(engine)
    _stop(engine, server)
    mine.release()  # before the holders' lock, so that whoever waits for that one finds no keeper and starts anew
    os._exit(0)  # at once: whoever waits for us should find nothing


def _stop(engine: Engine, server: Server) -> None:
    if server.poll() is not None:
        return
    server.send_signal(engine.stop_signal)
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.send_signal(engine.kill_signal)
        server.wait(10)


def _say(words: str, code: int = 0) -> int:
    sys.stdout.write(" ".join(words.split()) + "\n")
    sys.stdout.flush()
    return code


def _detach(log: Path) -> None:
    """Let go of the command's pipe; from now on words go to the engine's log."""
    words = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for descriptor in (1, 2):
        os.dup2(words, descriptor)


if __name__ == "__main__":
    sys.exit(main())
