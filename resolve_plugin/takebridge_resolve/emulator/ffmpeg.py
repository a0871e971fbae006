"""The ffmpeg the emulator encodes with: its own finding, the same order as the bridge's, no import of the bridge."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence

import imageio_ffmpeg

SECONDS = 120


class EncodeError(Exception):
    """ffmpeg could not write the file; the message is its last line."""


def binary() -> str:
    """TAKEBRIDGE_FFMPEG, then PATH, then imageio-ffmpeg's. Raises EncodeError without any."""
    found = os.environ.get("TAKEBRIDGE_FFMPEG") or shutil.which("ffmpeg")
    if found:
        return found
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise EncodeError("No ffmpeg was found.") from error


def feed(arguments: Sequence[str], pictures: Iterable[bytes]) -> None:
    """Run ffmpeg with raw pictures on its stdin. Raises EncodeError."""
    command = [binary(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stderr is not None
        try:
            for picture in pictures:
                running.stdin.write(picture)
            running.stdin.close()
        except BrokenPipeError:
            pass  # ffmpeg said why on stderr
        told = running.stderr.read().decode("utf-8", "replace").strip()
        code = running.wait(SECONDS)
    if code:
        raise EncodeError(told.splitlines()[-1] if told else f"ffmpeg ended with {code}.")
