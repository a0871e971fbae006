"""Both agents side by side: the same worlds, the same ops, and what came of every verb on every profile."""

from __future__ import annotations

import functools
import itertools
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from tests.support.agent_cases import CASES, Case, still_rendering
from tests.support.agent_rig import PROFILES, Rig, footage

from takebridge.hosts.protocol import VERBS
from takebridge_resolve import agent
from takebridge_resolve.emulator.lua_host import LuaHost

AGENTS = ("python", "lua")
SOURCE = "/somewhere/TakeBridge"
"""The agents' own file, as far as they know; nothing is started from it here."""
_KEPT = re.compile(r"TakeBridge keeps settings [0-9. -]+")
OPAQUE = frozenset({"revision", "look", "style"})
"""Fingerprints: each agent has its own."""


@dataclass(frozen=True)
class Row:
    """One cell: "ok", "not offered", or what went wrong."""

    agent: str
    profile: str
    verb: str
    outcome: str


class Twin(Rig):
    """A rig whose desk is the one of the named agent."""

    def __init__(self, name: str, files: dict[str, str], profile: str, folder: Path) -> None:
        super().__init__(files, profile)
        self.folder = folder
        if name == "python":
            self.desk = agent.Desk(self.resolve, sleep=self.slept.append, source=SOURCE)
            self.offered = agent.capabilities_of(self.resolve, SOURCE)
        else:
            script = folder / "agent.lua"
            script.write_text("return 0", "utf-8")
            lua = LuaHost(self.world, folder).desk(sleep=self.slept.append, source=str(script))
            self.desk, self.offered = lua, lua.capabilities()


@dataclass(frozen=True)
class Play:
    """What an agent answered to an op asked twice, and what the world was afterwards, fingerprints masked.

    Ids are numbered in the order the world made them: agents that write the same in the same order meet the same ids.
    """

    answers: list[Any]
    truth: Any


def play(name: str, profile: str, case: Case, folder: Path, files: dict[str, str]) -> Play:
    """Play one case with one agent in an empty folder."""
    with patch("uuid.uuid4", side_effect=map(UUID, map("{:032x}".format, itertools.count(1)))):
        return _play(name, profile, case, folder, files)


def _play(name: str, profile: str, case: Case, folder: Path, files: dict[str, str]) -> Play:
    rig = Twin(name, files, profile, folder)
    files_folder = folder / "files"
    files_folder.mkdir()
    args, expect = case.prepare(rig, files_folder)
    answers = []
    for _ in range(2):
        answer = rig.run(case.verb, args, expect)
        still_rendering(rig, answer)
        answers.append(answer.model_dump(mode="json", exclude={"session", "op_id"}))
    mask = Mask(folder)
    return Play([mask(answer) for answer in answers], mask(rig.everything()))


class Mask:
    """Replaces what must differ: fingerprints, the folder, times in names. Saying nothing and saying null are the same
    on the wire."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)

    def __call__(self, value: Any) -> Any:
        if isinstance(value, dict):
            said = {key: entry for key, entry in sorted(value.items()) if entry is not None}
            return {self(key): "opaque" if key in OPAQUE and entry else self(entry) for key, entry in said.items()}
        if isinstance(value, list):
            return [self(entry) for entry in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        return _KEPT.sub("kept settings", text.replace(self._folder, "<folder>"))


@contextmanager
def stage() -> Iterator[Path]:
    """An empty folder that goes away."""
    folder = Path(tempfile.mkdtemp(prefix="takebridge-twins-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def films() -> dict[str, str]:
    """The films of the cut, made once a process."""
    return footage(Path(tempfile.mkdtemp(prefix="takebridge-films-")))


def first_case(verb: str) -> Case:
    """The case of a verb that works."""
    return next(case for case in CASES if case.verb == verb)


def cell(name: str, profile: str, verb: str) -> Row:
    """Try one verb: offered, done, read back and fitting the protocol?"""
    with stage() as folder:
        if verb not in Twin(name, films(), profile, folder).offered:
            return Row(name, profile, verb, "not offered")
        case = first_case(verb)
        try:
            answer = play(name, profile, case, folder, films()).answers[0]
        except AssertionError as error:
            return Row(name, profile, verb, f"failed: {str(error)[:60]}")
        return Row(name, profile, verb, "ok" if answer["outcome"] == "verified" else str(answer["error"]["code"]))


def matrix() -> list[Row]:
    """Every agent × profile × verb, in that order."""
    return [cell(name, profile, verb) for name in AGENTS for profile in PROFILES for verb in VERBS]
