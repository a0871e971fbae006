"""What a case for both agents is, and the list of them all (`agent_cases`, `agent_pull_cases`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.agent_rig import Rig

Asked = tuple[dict[str, Any], dict[str, Any] | None]
"""Arguments and expectation of an op."""
Prepare = Callable[[Rig, Path], Asked]
LONG_AGO = {"project_id": "p", "timeline_id": "t", "tracks": [], "revision": ""}


@dataclass(frozen=True)
class Case:
    """One op: the world is made ready, then the op runs twice. The first case of a verb is the one that works."""

    verb: str
    name: str
    prepare: Prepare

    def __str__(self) -> str:
        return f"{self.verb}: {self.name}"


CASES: list[Case] = []


def case(verb: str, name: str = "done") -> Callable[[Prepare], Prepare]:
    """Add a case."""

    def add(prepare: Prepare) -> Prepare:
        CASES.append(Case(verb, name, prepare))
        return prepare

    return add


def simply(verb: str, args: dict[str, Any], name: str = "done", expect: bool = False) -> None:
    """Add a case that needs nothing prepared."""
    CASES.append(Case(verb, name, lambda rig, _: (args, rig.expect() if expect else None)))


def import_args(rig: Rig, name: str = "take1") -> dict[str, Any]:
    return {"path": rig.files[name], "bin": ["TakeBridge", "Shot 1"], "tags": {"b": "2", "a": "é"}}
