"""Runs the parts under the service's own supervisor: `python -m tests.rig.supervise FOLDER '{"worker": [...]}'`.

A Celery worker may end when Redis goes away with a task in hand (kombu 5.7 fails to put it back); it is started again,
as `make run` and docker-compose.yml do.
"""

import json
import os
import sys
from pathlib import Path

from homecare.engines.supervisor import Child, Supervisor


def main() -> None:
    """Run until told to stop."""
    folder, parts = Path(sys.argv[1]), json.loads(sys.argv[2])
    children = [
        Child(name, [sys.executable, *command], Path(folder) / f"{name}.log") for name, command in parts.items()
    ]
    deaths = (Path(folder) / "deaths.log").open("a", buffering=1)
    with deaths:
        Supervisor(children, os.environ, lambda words: print(words, file=deaths)).run(lambda: True)


if __name__ == "__main__":
    main()
