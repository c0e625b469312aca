"""A process that has Django ready and forks workers on request, so that killing a hundred of them takes seconds.

It speaks lines of JSON: {"do": "fork", "job": ..., "workers": n, "env": {...}} answers {"group": g, "pids": [...]};
{"do": "reap", "pids": [...]} waits for them and answers {"ends": {pid: signal or -exit code}}. The workers are
processes of their own group with their own connections; the test kills them, the zygote only buries them.
"""

import json
import os
import signal
import sys
import traceback
from typing import Any


def main() -> None:
    """Answer until the test closes our input."""
    import django

    django.setup()
    from tests.rig import jobs

    jobs.register()
    print(json.dumps({"ready": os.getpid()}), flush=True)  # noqa: T201
    for line in sys.stdin:
        asked = json.loads(line)
        answer = fork(asked) if asked["do"] == "fork" else reap(asked["pids"])
        print(json.dumps(answer), flush=True)  # noqa: T201


def fork(asked: dict[str, Any]) -> dict[str, Any]:
    """Fork the workers, all in the first one's process group."""
    pids: list[int] = []
    for _ in range(asked["workers"]):
        pid = os.fork()
        if pid == 0:
            work(asked, group=pids[0] if pids else 0)
        pids.append(pid)
        os.setpgid(pid, pids[0])
    return {"group": pids[0], "pids": pids}


def work(asked: dict[str, Any], *, group: int) -> None:
    """Be a worker: do the job and end, whatever happens."""
    from tests.rig import jobs, mutants

    code = 1
    try:
        os.setpgid(0, group)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(0)
        os.environ.update(asked.get("env", {}))
        for name in asked.get("mutants", []):
            mutants.ALL[name]()
        jobs.JOBS[asked["job"]]()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def reap(pids: list[int]) -> dict[str, Any]:
    """Wait until all of them have ended; return each one's signal, or its exit code as a negative number."""
    ends = {}
    for pid in pids:
        _, status = os.waitpid(pid, 0)
        ends[pid] = os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)
    return {"ends": ends}


if __name__ == "__main__":
    main()
