"""A process with the job engine in it, told what to do on stdin. The engine allows one instance per process.

Arguments: data folder, workflow protocol number.
Commands, one a line: ``begin WORKFLOW`` · ``unfinished`` (``!`` marks those that are not resumed) ·
``knows WORKFLOW`` · ``forget WORKFLOW`` · ``stop`` · ``restart``.
Every step says on stdout what it does and appends it to ``<folder>/effects``. Jobs behave as they are named:
``plain…`` do their three steps, ``hold…`` wait until ``<folder>/release.JOB`` exists, ``end…`` end in the first
step, ``boom…`` fail in a way nobody foresaw in the step they name (``boom.wait.1``).
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from takebridge.ids import JobId
from takebridge.jobs import dbos_engine
from takebridge.jobs.port import EngineStopping


class Steps:
    """Steps whose effects are lines in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stopping = threading.Event()
        self._lock = threading.Lock()

    def say(self, *words: object) -> None:
        with self._lock:
            line = " ".join(map(str, words)) + "\n"
            with (self.folder / "effects").open("a") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            sys.stdout.write(line)
            sys.stdout.flush()

    def step(self, name: str, job_id: JobId) -> bool:
        self.say(name, job_id)
        if job_id.startswith(f"boom.{name}"):
            raise ValueError(f"nobody foresaw {job_id}")
        return not job_id.startswith("end")

    def submit(self, job_id: JobId) -> bool:
        return self.step("submit", job_id)

    def wait(self, job_id: JobId) -> bool:
        going_on = self.step("wait", job_id)
        while job_id.startswith("hold") and not (self.folder / f"release.{job_id}").exists():
            if self.stopping.wait(0.02):
                self.say("left", job_id)
                raise EngineStopping
        return going_on

    def collect(self, job_id: JobId) -> bool:
        return self.step("collect", job_id)

    def crashed(self, job_id: JobId, reason: str) -> None:
        self.say("crashed", job_id, reason)


def started(folder: Path, steps: Steps) -> dbos_engine.DbosEngine:
    engine = dbos_engine.DbosEngine(folder / "jobs.db", steps)
    engine.watch(lambda workflow_id: steps.say("gone", workflow_id))
    engine.start()
    steps.say("ready")
    return engine


def main(home: str, protocol: str) -> None:
    dbos_engine.WORKFLOW_PROTOCOL = protocol
    folder = Path(home)
    steps = Steps(folder)
    engine = started(folder, steps)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "begin":
            engine.begin(words[1])
            steps.say("begun", words[1])
        elif words[0] == "knows":
            steps.say("knows", words[1], engine.knows(words[1]))
        elif words[0] == "forget":
            engine.forget(words[1])
            steps.say("forgotten", words[1])
        elif words[0] == "unfinished":
            held = sorted(engine.unfinished(), key=lambda one: one.workflow_id)
            steps.say("unfinished", *(one.workflow_id + "!" * (not one.resumes) for one in held))
        else:
            steps.stopping.set()
            engine.stop()
            steps.say("stopped")
            if words[0] == "stop":
                return
            steps.stopping.clear()
            engine = started(folder, steps)


if __name__ == "__main__":
    main(*sys.argv[1:])
