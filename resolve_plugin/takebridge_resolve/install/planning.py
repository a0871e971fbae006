"""What an install or a removal would do, step by step, before anything is touched."""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .places import Folder

MARK = "TakeBridge agent"
"""Stands in the first lines of every agent we copy: only a file that has it is ours to change or remove."""
AGENTS: Mapping[str, str] = {"python": "TakeBridge.py", "lua": "TakeBridge Lua.lua"}
"""File by agent; Resolve's menu shows the name without its suffix."""
MAILBOX = "TakeBridge mailbox"
_HEAD_BYTES = 2000

Action = Literal["write", "update", "keep", "remove", "refuse"]


@dataclass(frozen=True)
class Step:
    """One file. ``text`` is what is written; ``why`` says in words what happens or why not."""

    action: Action
    path: Path
    why: str
    text: str = ""


# os.path rather than Path here: Path.exists raises where a folder above may not be looked into (Python 3.11).


def plan_install(folders: Sequence[Folder], built: Mapping[str, str]) -> tuple[Step, ...]:
    """Return the steps that leave exactly ``built`` (agent → text) of ours in each folder.

    An agent of ours that is not wanted any more is removed; a stranger's file is refused.
    """
    return tuple(step for folder in folders for step in _folder(folder, built))


def _folder(folder: Folder, built: Mapping[str, str]) -> Iterator[Step]:
    for agent, name in AGENTS.items():
        path = folder.path / name
        if agent in built:
            yield _put(path, built[agent])
        elif os.path.exists(path) and is_ours(path):
            yield Step("remove", path, "This agent is not wanted any more.")


def _put(path: Path, text: str) -> Step:
    if os.path.islink(path):
        return Step("update", path, "A link is replaced by a copy: Resolve's sandbox follows none.", text)
    if not os.path.exists(path):
        return Step("write", path, "New.", text)
    if not is_ours(path):
        return Step("refuse", path, "A file of this name is there that is not ours. Move it away and install again.")
    if _read(path) == text:
        return Step("keep", path, "Up to date.", text)
    return Step("update", path, "Replaces another version.", text)


def plan_removal(folders: Sequence[Folder]) -> tuple[Step, ...]:
    """Return the steps that take every agent of ours out of the folders; files of strangers stay."""
    steps = []
    for folder in folders:
        for name in AGENTS.values():
            path = folder.path / name
            if os.path.islink(path) or (os.path.exists(path) and is_ours(path)):
                steps.append(Step("remove", path, "Ours."))
            elif os.path.exists(path):
                steps.append(Step("refuse", path, "Not ours; left where it is."))
    return tuple(steps)


def mailbox_for(folders: Sequence[Folder], home: Path) -> Path:
    """Return the folder requests to the Lua agent lie in: one that a sandboxed Resolve may read, where there is one.

    ``home`` is the data folder of the bridge.
    """
    data = next((folder.data for folder in folders if folder.data is not None), None)
    return home / "mailbox" if data is None else data / MAILBOX


def is_ours(path: Path) -> bool:
    """Say whether a file in a script folder is an agent of ours."""
    return MARK in _read(path)[:_HEAD_BYTES]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
