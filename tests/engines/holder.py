"""A command that holds the engines until its standard input closes; says where they are in one line of JSON."""

import json
import os
import sys
from pathlib import Path

from homecare.engines import engines
from homecare.engines.places import find_place

with engines():
    place = find_place()
    about = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")}
    about["data"] = str(place.server_home / "postgres")
    running = Path(about["data"]) / "postmaster.pid"
    about["server"] = running.read_text().split()[0] if running.exists() else ""
    sys.stdout.write(json.dumps(about) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
