"""The only module that imports ffmpeg-python: finds the binary, builds commands, runs them as killable children.

ffmpeg-python 0.2 is untyped and unmaintained; nothing of it leaves this file but the opaque `Stream`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, TypeAlias

import ffmpeg as _ffmpeg
import imageio_ffmpeg

from takebridge.errors import BridgeError, CancelledError, DiskFullError, FFmpegError, FFmpegMissingError
from takebridge.media.sniff import PROTECTION, file_url

Stream: TypeAlias = Any
"""A node of ffmpeg-python's graph. Opaque: only this module looks inside."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (frames done, frames in total) from the calling thread."""

TERM_GRACE_SECONDS = 3.0
_NO_SPACE = ("No space left on device", "Disk quota exceeded", "File too large", "not enough space on the disk")
_SIGXFSZ = -25


# --- the binary -----------------------------------------------------------------------------------------


def find_ffmpeg(environ: Mapping[str, str] | None = None) -> Path:
    """Return the ffmpeg to use: TAKEBRIDGE_FFMPEG, then PATH, then the one of imageio-ffmpeg.

    Raises FFmpegMissingError when none is there, or when TAKEBRIDGE_FFMPEG is set and wrong: a wish that
    cannot be met is never replaced silently.
    """
    environ = os.environ if environ is None else environ
    if wished := environ.get("TAKEBRIDGE_FFMPEG"):
        if not (os.path.isfile(wished) and os.access(wished, os.X_OK)):
            raise FFmpegMissingError(
                f"TAKEBRIDGE_FFMPEG says “{wished}”, which is no program that can be run.",
                hint="Correct the variable, or unset it to use the ffmpeg on PATH or the one installed with us.",
            )
        return Path(wished).absolute()
    if found := shutil.which("ffmpeg", path=environ.get("PATH", "")):
        return Path(found).absolute()
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise FFmpegMissingError("No ffmpeg was found.") from error


def version() -> str:
    """Return the version ffmpeg gives itself, such as ``5.1.9-0+deb12u1`` or ``n9.0.2``."""
    return _version_of(find_ffmpeg())


@cache
def _version_of(binary: Path) -> str:
    try:
        told = subprocess.run(  # the path was checked by find_ffmpeg
            [str(binary), "-hide_banner", "-version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise FFmpegMissingError(f"“{binary}” does not run as ffmpeg.") from error
    words = told.split()
    if words[:2] != ["ffmpeg", "version"]:
        raise FFmpegMissingError(f"“{binary}” is not ffmpeg.")
    return words[2]


# --- building -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """One link of a filter chain, as data: name, positional arguments, named options."""

    name: str
    args: tuple[str | int, ...] = ()
    options: Mapping[str, str | int] = field(default_factory=dict)


def link(name: str, *args: str | int, **options: str | int) -> Filter:
    """Spell a `Filter`: ``link("trim", end_frame=48)``."""
    return Filter(name, args, options)


def source(path: Path, demuxer: str, *, seek: str | None = None, strict: bool = True) -> Stream:
    """Open an input with its one demuxer and both whitelists.

    ``seek``: decimal seconds on the container's own clock. ``strict``: damage ends the run instead of being
    concealed (``-err_detect explode`` with ``-xerror``; ``-xerror`` alone lets it pass, media_performance §8).
    """
    options: dict[str, str] = {"format": demuxer, **PROTECTION}
    if strict:
        options["err_detect"] = "explode"
    if seek is not None:
        options |= {"seek_timestamp": "1", "ss": seek}
    return _ffmpeg.input(file_url(path), **options)


def raw_source(width: int, height: int, rate: str, *, pixel_format: str = "rgb24") -> Stream:
    """Open standard input as raw frames: packed RGB of ``width`` x ``height`` bytes x 3, or another pixel format."""
    size = f"{width}x{height}"
    return _ffmpeg.input(
        "pipe:0", format="rawvideo", pix_fmt=pixel_format, s=size, framerate=rate, protocol_whitelist="pipe"
    )


def pick(stream: Stream, selector: str) -> Stream:
    """Choose one stream of an input: ``v:0``, ``a:0``."""
    return stream[selector]


def chain(stream: Stream, links: Sequence[Filter]) -> Stream:
    """Hang filters on a stream, in order."""
    for one in links:
        stream = stream.filter(one.name, *one.args, **one.options)
    return stream


def target(streams: Sequence[Stream], part: Path, options: Mapping[str, str | int]) -> Stream:
    """Write streams to ``part`` reproducibly: no dates, no encoder names, no source metadata."""
    fixed = {
        "map_metadata": "-1",
        "map_chapters": "-1",
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
        "flags:a": "+bitexact",
    }
    return _ffmpeg.output(*streams, file_url(part), **fixed, **options)


def command(stream: Stream, *, with_progress: bool = True) -> list[str]:
    """Return the whole argument list for a stream made by `target`."""
    head = [str(find_ffmpeg()), "-hide_banner", "-nostdin", "-loglevel", "error", "-xerror", "-y"]
    if with_progress:
        head += ["-nostats", "-stats_period", "0.2", "-progress", "pipe:1"]
    return [*head, *_ffmpeg.get_args(stream)]


# --- running --------------------------------------------------------------------------------------------


class Child:
    """One ffmpeg in a process group of its own; a context manager that never leaves it running.

    A watcher thread looks at ``cancel`` every tenth of a second, and the whole group gets TERM, then KILL.
    """

    def __init__(self, args: Sequence[str], *, cancel: threading.Event | None = None, fed: bool = False) -> None:
        self._done = threading.Event()
        self._cancel = cancel or threading.Event()
        self._errors: deque[str] = deque(maxlen=40)
        self.process = _spawn(args, fed)
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._watch)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def write(self, data: bytes | memoryview) -> None:
        """Feed standard input. Raises what ended the child if it is gone."""
        if self._cancel.is_set():
            self._raise_outcome()
        left = memoryview(data)
        try:
            while left:
                left = left[_pipe(self.process.stdin).write(left) :]
        except (OSError, ValueError):
            self._raise_outcome()

    def follow(self, progress: Progress | None, total: int) -> None:
        """Read the progress report until the child closes it."""
        for line in _pipe(self.process.stdout):
            key, _, value = line.decode("ascii", "replace").partition("=")
            if progress and key == "frame" and value.strip().isdigit():
                progress(min(int(value), total), total)

    def finish(self) -> None:
        """Wait for the end. Raises CancelledError, DiskFullError or FFmpegError unless all went well."""
        if self.process.stdin:
            try:
                self.process.stdin.close()
            except OSError:
                self._raise_outcome()
        if self.process.stdout:
            for _ in self.process.stdout:
                pass
        self._raise_outcome(unless_clean=True)

    def stop(self) -> None:
        """End the whole group if it still runs: TERM, a short wait, KILL."""
        self._done.set()
        if self.process.poll() is None:
            _signal_group(self.process, hard=False)
            _close(self.process.stdin)  # a child that waits for more input does not hear TERM
            try:
                self.process.wait(TERM_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                _signal_group(self.process, hard=True)
        self.process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            _close(pipe)

    def _listen(self) -> None:
        for line in _pipe(self.process.stderr):
            self._errors.append(line.decode("utf-8", "replace").strip())

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            if self._cancel.is_set() and self.process.poll() is None:
                _signal_group(self.process, hard=False)
                if not self._done.wait(TERM_GRACE_SECONDS) and self.process.poll() is None:
                    _signal_group(self.process, hard=True)
                return

    def _raise_outcome(self, *, unless_clean: bool = False) -> None:
        code = self.process.wait() if not self._cancel.is_set() else None
        self.stop()
        if code is None:
            raise CancelledError("The encode was cancelled.", hint="Nothing was written. Start it again when you like.")
        if unless_clean and code == 0 and not self._errors:
            return
        raise failure(code, list(self._errors))


def run(
    stream: Stream,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    expected_frames: int = 0,
) -> None:
    """Run one ffmpeg to its end; ``progress`` is called with (frames, ``expected_frames``).

    Returns only when rc is 0 and nothing was said on the error log: rc 0 alone proves nothing
    (media_performance §8). Raises CancelledError, DiskFullError, FFmpegError, FFmpegMissingError.
    """
    if cancel and cancel.is_set():
        raise CancelledError("The encode was cancelled before it began.")
    with Child(command(stream), cancel=cancel) as child:
        child.follow(progress, expected_frames)
        child.finish()
    if progress:
        progress(expected_frames, expected_frames)


def failure(code: int, lines: Sequence[str]) -> BridgeError:
    """Return the error a run ended with, in the user's words."""
    told = " | ".join(lines[-6:])[-900:]
    if code == _SIGXFSZ or any(mark in line for line in lines for mark in _NO_SPACE):
        return DiskFullError("The drive is full: the clip could not be written.", log=told)
    if code < 0 or code == 255:
        return FFmpegError(
            "ffmpeg was ended from outside before it was done.", hint="Start the encode again.", code=code, log=told
        )
    cause = next((line for line in lines if line), f"it ended with code {code}")
    return FFmpegError(
        f"ffmpeg could not do it: {cause[:200]}",
        hint="The source may be damaged. Export or download it again; 'takebridge doctor' checks ffmpeg itself.",
        code=code,
        log=told,
    )


def was_killed(error: FFmpegError) -> bool:
    """Say whether a signal, not a fault, ended ffmpeg (255: it caught the signal itself)."""
    code = error.details.get("code")
    return isinstance(code, int) and (code < 0 or code == 255)


def _spawn(args: Sequence[str], fed: bool) -> subprocess.Popen[bytes]:
    # FFREPORT would make ffmpeg write log files beside the media.
    environ = {key: value for key, value in os.environ.items() if key != "FFREPORT"}
    try:
        return subprocess.Popen(
            list(args),
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if fed else subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # closing must never wait to flush into a child that reads no more
            env={**environ, "AV_LOG_FORCE_NOCOLOR": "1"},
            start_new_session=True,
        )
    except OSError as error:
        raise FFmpegMissingError(f"ffmpeg did not start: {error.strerror}.") from error


def _signal_group(process: subprocess.Popen[bytes], *, hard: bool) -> None:
    if sys.platform == "win32":
        process.kill() if hard else process.terminate()
        return
    import signal

    try:
        os.killpg(process.pid, signal.SIGKILL if hard else signal.SIGTERM)
    except ProcessLookupError:
        return


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("this pipe was not asked for")
    return pipe


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe:
            pipe.close()
    except OSError:
        return  # what was still unsent to a dead child
