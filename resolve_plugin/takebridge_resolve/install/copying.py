"""Carry out the steps of a plan: each file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from .planning import Step


class CopyFailed(OSError):
    """A file could not be written or removed. ``path`` names it, ``reason`` is the system's word."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def apply(steps: Iterable[Step]) -> Iterator[Step]:
    """Do the steps one by one, yielding each when it is done. Raises CopyFailed; what was yielded stays done."""
    for step in steps:
        try:
            if step.action in ("write", "update"):
                _write(step.path, step.text)
            elif step.action == "remove":
                step.path.unlink(missing_ok=True)
        except OSError as error:
            raise CopyFailed(step.path, error.strerror or str(error)) from error
        yield step


def _write(path: Path, text: str) -> None:
    """Write a copy, never a link: App Store builds read none, and a half-written script must never be listed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
