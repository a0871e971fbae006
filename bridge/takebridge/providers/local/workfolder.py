"""What one job leaves on the drive, so that any later process can go on with it.

::

    <home>/work/<token>/
        request.json     the whole request; the folder appears with it, complete, or not at all
        attempts.jsonl   one line a worker that was started: how many frames were done by then
        progress.json    replaced at every frame
        frames/          finished frames of an upscale, gone once the clip is written
        clip-N-PORT.EXT  what attempt N made for a port of the node
        result.json      written last: every output is whole
        fetched-FILE     this output was fetched
        failed.json, cancelled, collected    how it ended
        spawn.lock, worker.lock, worker.pid, stderr.log
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from takebridge.errors import CapabilityError, NotFoundError
from takebridge.media.publish import sync
from takebridge.providers.protocol import GenerationRequest, Value

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,80}")
_V = TypeVar("_V", bound=Value)


class Progress(Value):
    """How far the worker is, in units of its own: frames, mostly. ``waiting``: another job has the machine."""

    done: int
    total: int
    eta_seconds: int | None = None
    waiting: bool = False


class OutputFile(Value):
    """One finished output. ``file`` is a name in the work folder, ``media_type`` MIME."""

    port: str
    media_type: str
    file: str
    size: int


class Result(Value):
    """What was made, in the order of the node's ports. ``done``: units counted; ``facts`` say what it is."""

    outputs: tuple[OutputFile, ...]
    done: int
    model: str
    seed_used: int | None = None
    facts: dict[str, bool | int | str]


class Failure(Value):
    """Why it will not be tried again."""

    code: str
    message: str
    hint: str


class Attempt(Value):
    """A worker was started when ``done`` frames were finished."""

    done: int


class WorkFolder:
    """One job's folder. Only paths and small files; starting and stopping is in `workers`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.token = root.name
        self.frames = root / "frames"
        self.spawn_lock = root / "spawn.lock"
        self.worker_lock = root / "worker.lock"
        self.stderr = root / "stderr.log"
        self._pid = root / "worker.pid"
        self._attempts = root / "attempts.jsonl"
        self._cancelled = root / "cancelled"
        self._collected = root / "collected"

    @property
    def home(self) -> Path:
        """The data folder: ``<home>/work/<token>``."""
        return self.root.parent.parent

    def exists(self) -> bool:
        """Say whether there is such a job."""
        return (self.root / "request.json").is_file()

    def request(self) -> GenerationRequest:
        """Return the request. Raises NotFoundError when the folder holds none that can be read."""
        found = _read(self.root / "request.json", GenerationRequest)
        if found is None:
            raise NotFoundError(f"The job {self.token} is gone from the work folder.", hint="Generate it again.")
        return found

    # --- how far, how it ended --------------------------------------------------------------------------

    def progress(self) -> Progress | None:
        """What the worker last said."""
        return _read(self.root / "progress.json", Progress)

    def write_progress(self, progress: Progress) -> None:
        """Replace what was said; not synced, a lost line costs nothing."""
        _replace(self.root / "progress.json", progress, durable=False)

    def result(self) -> Result | None:
        """What was made, only once all of it is whole."""
        return _read(self.root / "result.json", Result)

    def write_result(self, result: Result) -> None:
        """Say that every output is whole; then drop the frames and what killed attempts left of theirs."""
        _replace(self.root / "result.json", result)
        self.drop_media(keep=[one.file for one in result.outputs])

    def failure(self) -> Failure | None:
        """Why it was given up."""
        return _read(self.root / "failed.json", Failure)

    def write_failure(self, failure: Failure) -> None:
        """Give up for good."""
        _replace(self.root / "failed.json", failure)

    @property
    def is_cancelled(self) -> bool:
        """Say whether a person cancelled it."""
        return self._cancelled.exists()

    def mark_cancelled(self) -> None:
        """From now on no worker is started."""
        _mark(self._cancelled)

    def mark_fetched(self, file: str) -> None:
        """One output was fetched; with the last of them the folder counts as collected."""
        _mark(self.root / f"fetched-{file}")
        result = self.result()
        if result is not None and all((self.root / f"fetched-{one.file}").exists() for one in result.outputs):
            self.mark_collected()

    def mark_collected(self) -> None:
        """Everything was fetched; `sweep` may take the folder a while later."""
        _mark(self._collected)

    @property
    def is_settled(self) -> bool:
        """Say whether there is nothing left to do."""
        return self.is_cancelled or self.result() is not None or self.failure() is not None

    @property
    def settled_at(self) -> float | None:
        """Wall-clock second at which the folder became litter, or None while somebody may still want it."""
        ends = [self._collected, self._cancelled, self.root / "failed.json"]
        return next((end.stat().st_mtime for end in ends if end.exists()), None)

    # --- workers ----------------------------------------------------------------------------------------

    def attempts(self) -> tuple[Attempt, ...]:
        """Every worker that was started, oldest first."""
        try:
            lines = self._attempts.read_text("ascii").splitlines()
        except OSError:
            return ()
        return tuple(Attempt.model_validate_json(line) for line in lines if line.endswith("}"))

    def add_attempt(self, attempt: Attempt) -> None:
        """Note that a worker is about to be started."""
        with self._attempts.open("a", encoding="ascii") as file:
            file.write(attempt.model_dump_json() + "\n")

    def finished_frames(self) -> int:
        """How many frames are on the drive, counted from the first without a gap."""
        done = 0
        while frame_file(self.frames, done).exists():
            done += 1
        return done

    def pid(self) -> int | None:
        """Process id of the worker; it means something only while ``worker_lock`` is held."""
        try:
            return int(self._pid.read_text("ascii"))
        except (OSError, ValueError):
            return None

    def write_pid(self) -> None:
        """Called by the worker once it holds ``worker_lock``."""
        _write(self._pid, str(os.getpid()).encode("ascii"), durable=False)

    def stderr_tail(self, lines: int = 12) -> str:
        """Return the last words of the workers, at most 2000 characters."""
        try:
            told = self.stderr.read_bytes()[-20_000:].decode("utf-8", "replace")
        except OSError:
            return ""
        return "\n".join(told.strip().splitlines()[-lines:])[-2000:]

    # --- tidying ----------------------------------------------------------------------------------------

    def drop_media(self, keep: Collection[str] = ()) -> None:
        """Delete frames and outputs but ``keep``; how the job ended stays readable."""
        shutil.rmtree(self.frames, ignore_errors=True)
        for clip in self.root.glob("clip-*"):
            if clip.name not in keep:
                clip.unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete everything. The folder is renamed first, so it never looks like a half-kept job."""
        doomed = self.root.with_name(f".doomed-{self.token}")
        shutil.rmtree(doomed, ignore_errors=True)
        try:
            self.root.rename(doomed)
        except FileNotFoundError:
            return
        shutil.rmtree(doomed, ignore_errors=True)


def frame_file(folder: Path, frame: int) -> Path:
    """Where finished frame ``frame`` (from 0) is kept."""
    return folder / f"{frame:06d}.png"


def output_file(folder: Path, attempt: int, port: str, suffix: str) -> Path:
    """Where attempt ``attempt`` (from 1) writes its output for ``port``; ``suffix`` with its dot."""
    return folder / f"clip-{attempt}-{port}{suffix}"


def folder_of(work: Path, token: str) -> WorkFolder:
    """Return the folder of a token. Raises NotFoundError for what can be no token (``..``, a path …)."""
    if not _TOKEN.fullmatch(token):
        raise NotFoundError(f"“{token[:100]}” is no job of this machine.", hint="Generate it again.")
    return WorkFolder(work / token)


def create(work: Path, request: GenerationRequest) -> WorkFolder:
    """Make the folder of a request, complete or not at all; the folder that is there when it is the same one.

    Raises CapabilityError when the token already stands for another request.
    """
    folder = folder_of(work, request.token)
    if not folder.exists():
        work.mkdir(parents=True, exist_ok=True)
        # Emptied whenever the data folder is opened: a draft that a killed process left does not stay.
        scratch = work.parent / "scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=scratch))
        _replace(draft / "request.json", request)
        try:
            draft.rename(folder.root)
            sync(work)
        except OSError:  # somebody else made it meanwhile
            shutil.rmtree(draft, ignore_errors=True)
    if folder.request() != request:
        raise CapabilityError(
            "This token already stands for another request; nothing was started.", hint="Use a new token for a new job."
        )
    return folder


def sweep(work: Path, keep_seconds: float) -> int:
    """Remove folders that were fetched, cancelled or given up more than ``keep_seconds`` ago; return how many."""
    swept = 0
    for folder in _folders(work):
        ended = folder.settled_at
        if ended is not None and time.time() - ended > keep_seconds:
            folder.remove()
            swept += 1
    return swept


def _folders(work: Path) -> Iterator[WorkFolder]:
    if work.is_dir():
        yield from (
            WorkFolder(path) for path in sorted(work.iterdir()) if _TOKEN.fullmatch(path.name) and path.is_dir()
        )


def _read(path: Path, kind: type[_V]) -> _V | None:
    try:
        return kind.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _replace(path: Path, value: Value, *, durable: bool = True) -> None:
    _write(path, value.model_dump_json().encode("utf-8"), durable=durable)


def _mark(path: Path) -> None:
    if not path.exists():
        _write(path, b"", durable=True)


def _write(path: Path, data: bytes, *, durable: bool) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    if durable:
        sync(part)
    os.replace(part, path)
    if durable:
        sync(path.parent)
