"""The emulator and the agent against the vendor's API as the stub states it, plus our reviewed additions.

Nothing is imported from the stub (it has no runtime module): it is read with `ast`. Point TAKEBRIDGE_RESOLVE_STUB at
the ``.pyi`` of an installed Resolve 21.1 or later to check against that one too.
"""

from __future__ import annotations

import ast
import json
import os
import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest

import takebridge_resolve
from takebridge_resolve.building import python_agent
from takebridge_resolve.emulator import API_CLASSES
from takebridge_resolve.emulator.call import api_methods, arity
from takebridge_resolve.emulator.profiles import parse_version, since_table

PACKAGE = Path(takebridge_resolve.__file__).parent
ADDITIONS: dict[str, list[dict[str, Any]]] = json.loads((PACKAGE / "api_additions.json").read_text("utf-8"))
FLOOR = (18, 5)
NOT_RESOLVE = frozenset({"HTTPConnection", "OpenProcess", "WaitForSingleObject", "StreamHandler", "OrderedDict"})
NOT_RESOLVE |= {"RotatingFileHandler", "CloseHandle", "GetExitCodeProcess", "GetLastError"}
"""Capitalised names of the standard library and of Windows an agent may use."""

Arity = tuple[int, float]
"""Fewest and most arguments after self; most is infinite for ``*args``."""


@dataclass(frozen=True)
class Touch:
    """An API name used in a file: called with so many arguments, or None when only handed on."""

    name: str
    line: int
    function: str
    count: int | None


# --- what the API offers ---


def stub_paths() -> list[Path]:
    """The installed stub package, and the user's own copy when there is one."""
    shipped = [Path(str(f.locate())) for f in files("fusionscript-stubs") or [] if f.name == "fusionscript.pyi"]
    own = os.environ.get("TAKEBRIDGE_RESOLVE_STUB")
    return shipped + ([Path(own)] if own else [])


def is_optional(arg: ast.arg) -> bool:
    """The stub writes optional arguments as ``Optional[...]`` or ``subframe_precision`` without a default."""
    note = ast.unparse(arg.annotation) if arg.annotation else ""
    return note.startswith("Optional[") or note.endswith("| None") or arg.arg == "subframe_precision"


def stated_arity(method: ast.FunctionDef) -> Arity:
    args = method.args.args[1:]
    undefaulted = args[: len(args) - len(method.args.defaults)]
    needed = sum(1 for arg in undefaulted if not is_optional(arg))
    return needed, float("inf") if method.args.vararg else len(args)


def widest(one: Arity, other: Arity | None) -> Arity:
    return one if other is None else (min(one[0], other[0]), max(one[1], other[1]))


def stub_api(path: Path) -> dict[tuple[str, str], Arity]:
    found: dict[tuple[str, str], Arity] = {}
    classes = (node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ClassDef))
    for owner, member in ((node, member) for node in classes for member in node.body):
        if isinstance(member, ast.FunctionDef):
            key = (owner.name, member.name)
            found[key] = widest(stated_arity(member), found.get(key))
    return found


@cache
def known_api() -> dict[tuple[str, str], Arity]:
    """Stub ∪ additions; an arity correction replaces what the stub says."""
    known: dict[tuple[str, str], Arity] = {}
    for path in stub_paths():
        for key, stated in stub_api(path).items():
            known[key] = widest(stated, known.get(key))
    for entry in ADDITIONS["methods"] + ADDITIONS["arity"]:
        most = float("inf") if entry["max"] is None else entry["max"]
        known[entry["class"], entry["name"]] = (entry["min"], most)
    return known


def names_newer_than_floor() -> frozenset[str]:
    """Names that no class had at the floor: a guard is due whatever object they are called on."""
    since = since_table()
    versions: dict[str, list[tuple[int, ...]]] = {}
    for api_class, name in known_api():
        versions.setdefault(name, []).append(since.get((api_class, name), (0,)))
    return frozenset(name for name, found in versions.items() if min(found) > FLOOR)


# --- what a file uses ---


def is_api_name(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Z][a-z]+[A-Z]\w*|Export|Quit|Stabilize|Fusion", name)) and name not in NOT_RESOLVE


def touches(tree: ast.Module) -> list[Touch]:
    """Every capitalised attribute and every name given to ``has`` or ``call_if``, with its outermost function."""
    found: list[Touch] = []
    for top in tree.body:
        inside = [node for node in ast.walk(top) if isinstance(node, ast.FunctionDef)]
        for scope in inside if isinstance(top, ast.ClassDef) else [top]:
            found += scope_touches(scope)
    return found


def scope_touches(scope: ast.AST) -> list[Touch]:
    where = getattr(scope, "name", "<module>")
    calls = [node for node in ast.walk(scope) if isinstance(node, ast.Call)]
    called = {id(call.func): argument_count(call) for call in calls}
    attributes = [node for node in ast.walk(scope) if isinstance(node, ast.Attribute) and is_api_name(node.attr)]
    direct = [Touch(node.attr, node.lineno, where, called.get(id(node))) for node in attributes]
    named = [(call, name) for call in calls if (name := named_in(call, "call_if")) is not None]
    return direct + [Touch(name, call.lineno, where, argument_count(call, 2)) for call, name in named]


def argument_count(call: ast.Call, skipped: int = 0) -> int | None:
    """Number of positional arguments; None when a star makes it unknown."""
    if any(isinstance(arg, ast.Starred) for arg in call.args):
        return None
    return len(call.args) - skipped


def named_in(call: ast.Call, guard: str) -> str | None:
    """The literal name of ``has(obj, "Name")`` or ``call_if(obj, "Name", …)``."""
    is_guard = isinstance(call.func, ast.Name) and call.func.id == guard and len(call.args) > 1
    name = call.args[1] if is_guard else None
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def guarded(tree: ast.AST) -> set[tuple[str, str]]:
    """(function, name) of every ``has(obj, "Name")``."""
    found: set[tuple[str, str]] = set()
    for scope in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        calls = (node for node in ast.walk(scope) if isinstance(node, ast.Call))
        found |= {(scope.name, name) for call in calls if (name := named_in(call, "has")) is not None}
    return found


def complaints(source: str) -> list[str]:
    """What is wrong with a file's use of the API: unknown names, wrong arity, missing guards."""
    tree = ast.parse(source)
    by_name: dict[str, list[Arity]] = {}
    for (_, name), stated in known_api().items():
        by_name.setdefault(name, []).append(stated)
    found = []
    for touch in touches(tree):
        if touch.name not in by_name:
            found.append(f"{touch.line}: {touch.name} is not in the API")
        elif touch.count is not None and not any(low <= touch.count <= high for low, high in by_name[touch.name]):
            found.append(f"{touch.line}: {touch.name} does not take {touch.count} arguments")
    direct = {(node.lineno, node.attr) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    safe = guarded(tree)
    for touch in touches(tree):
        needs = touch.name in names_newer_than_floor() and (touch.line, touch.name) in direct
        if needs and (touch.function, touch.name) not in safe:
            found.append(f"{touch.line}: {touch.name} is newer than the floor and not behind has()")
    return found


# --- the stub itself ---


def test_the_stub_is_the_one_the_additions_were_reviewed_against() -> None:
    api = stub_api(stub_paths()[0])
    assert len({api_class for api_class, name in api}) == 13
    assert len(api) == 370
    assert api["TimelineItem", "AddTake"] == (1, 3)
    assert api["TimelineItem", "GetStart"] == (0, 1)
    assert api["MediaPool", "AppendToTimeline"] == (1, float("inf"))


def test_additions_are_not_in_the_stub_and_corrections_are() -> None:
    api = stub_api(stub_paths()[0])
    assert [e for e in ADDITIONS["methods"] if (e["class"], e["name"]) in api] == []
    assert [e for e in ADDITIONS["arity"] if (e["class"], e["name"]) not in api] == []
    assert all(entry["source"] for entry in ADDITIONS["methods"] + ADDITIONS["arity"])
    assert all(parse_version(entry["since"]) >= (21, 0, 4) for entry in ADDITIONS["methods"])


def test_the_since_table_names_real_methods() -> None:
    assert since_table().keys() - known_api().keys() == set()


# --- the emulator ---


@pytest.mark.parametrize("api_class", API_CLASSES, ids=lambda c: c.__name__)
def test_the_emulator_invents_no_method_and_is_no_more_generous(api_class: type) -> None:
    for name, method in api_methods(api_class).items():
        assert (api_class.__name__, name) in known_api(), f"{api_class.__name__}.{name} is not in the API"
        low, high = known_api()[api_class.__name__, name]
        fewest, most = arity(method)
        assert fewest >= low, f"{api_class.__name__}.{name} accepts {fewest} arguments, the API needs {low}"
        assert (float("inf") if most is None else most) <= high, f"{api_class.__name__}.{name} accepts too many"


# --- the agent ---


def test_the_agent_uses_the_api_as_it_is() -> None:
    source = python_agent()
    assert len({touch.name for touch in touches(ast.parse(source))}) > 30
    assert complaints(source) == []


def test_everything_the_agent_calls_is_emulated() -> None:
    emulated = {name for api_class in API_CLASSES for name in api_methods(api_class)}
    assert {touch.name for touch in touches(ast.parse(python_agent()))} <= emulated


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("def f(t):\n    t.GetTimelineByName('x')", "not in the API"),
        ("def f(t):\n    t.AddTake()", "does not take 0"),
        ("def f(t):\n    t.AddTake(1, 2, 3, 4)", "does not take 4"),
        ("def f(t):\n    t.GetLinkedItems()", "not behind has()"),
        ("def f(t):\n    g = t.GetLinkedItems", "not behind has()"),
        ("def f(t):\n    has(t, 'GetNodeGraph') and t.GetLinkedItems()", "not behind has()"),
        ("def g(t):\n    has(t, 'GetLinkedItems')\ndef f(t):\n    t.GetLinkedItems()", "not behind has()"),
        ("class C:\n    def f(self, t):\n        t.GetSelectedClips()", "not behind has()"),
        ("def f(t):\n    call_if(t, 'GetFancyItems')", "not in the API"),
        ("def f(t):\n    call_if(t, 'GetLinkedItems', 3)", "does not take 1"),
    ],
)
def test_a_wrong_use_is_complained_about(source: str, complaint: str) -> None:
    assert [said for said in complaints(source) if complaint in said]


@pytest.mark.parametrize(
    "source",
    [
        "def f(t):\n    return t.AddTake(m, 0, 24) and t.AddTake(m)",
        "def f(t):\n    return t.GetLinkedItems() if has(t, 'GetLinkedItems') else []",
        "def f(t):\n    return call_if(t, 'GetLinkedItems')",
        "def f(t, a):\n    return t.AppendToTimeline(*a)",
        "def f(t):\n    return t.GetUniqueId()",
    ],
)
def test_a_right_use_is_not(source: str) -> None:
    assert complaints(source) == []
