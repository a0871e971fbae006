"""Carry out the steps of a plan: each file whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from .planning import Step


class CopyFailed(OSError):
    """A file could not be written or removed. ``path`` names it, ``reason`` is the system's word, ``errno`` its number.

    ``path`` is the file in the way where a folder is wanted.
    """

    def __init__(self, path: Path, error: OSError) -> None:
        self.reason = error.strerror or str(error)
        super().__init__(error.errno, f"{path}: {self.reason}")
        self.path = path


def apply(steps: Iterable[Step]) -> Iterator[Step]:
    """Do the steps one by one, yielding each when it is done. Raises CopyFailed.

    All texts lie beside their places before the first one is changed: a folder that may not be written, or a full
    disk, leaves everything as it was.
    """
    steps = tuple(steps)
    parts: dict[Path, Path] = {}
    try:
        for step in steps:
            if step.action in ("write", "update"):
                parts[step.path] = _beside(step)
        for step in steps:
            _carry_out(step, parts)
            yield step
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _carry_out(step: Step, parts: Mapping[Path, Path]) -> None:
    try:
        if step.path in parts:
            os.replace(parts[step.path], step.path)
        elif step.action == "remove":
            step.path.unlink(missing_ok=True)
    except OSError as error:
        raise CopyFailed(step.path, error) from error


def _beside(step: Step) -> Path:
    """Write a step's text under a name of its own: two installs at once must not share it, and Resolve lists none.

    A copy, never a link: App Store builds read none, and a half-written script must never be listed.
    """
    part = step.path.with_name(f".{step.path.name}.{secrets.token_hex(4)}.part")
    try:
        step.path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(step.text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        _drop(part)
        raise CopyFailed(_in_the_way(step.path), error) from error
    return part


def _drop(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return


def _in_the_way(path: Path) -> Path:
    """The file that stands where a folder is wanted, else the path itself."""
    return next((folder for folder in path.parents if folder.is_file()), path)
