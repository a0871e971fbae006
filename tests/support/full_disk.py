"""A drive that is really full: a tmpfs of a few hundred kilobytes. Needs root; skips in plain words elsewhere."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_drive(where: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a drive of this size at ``where`` for the length of the block."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a small drive can only be mounted by root on Linux: the full-disk test did NOT run")
    where.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0700", "takebridge-test", str(where)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not allowed here, the full-disk test did NOT run: {done.stderr.strip()}")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", str(where)], check=True)


def fill(drive: Path) -> Path:
    """Use up the last byte and return the file that does."""
    ballast = drive / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    return ballast
