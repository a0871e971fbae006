"""The agent's one file: old Pythons, stdlib only, no call to a newer API without a guard, codes that exist."""

from __future__ import annotations

import ast
import importlib.resources
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from takebridge import errors
from takebridge.hosts import protocol
from takebridge_resolve import agent, building

TEXT = building.python_agent()
TREE = ast.parse(TEXT)
NEWER_THAN_FLOOR = frozenset(
    {
        "GetLinkedItems",
        "GetTrackTypeAndIndex",
        "GetNodeGraph",
        "GetSourceStartFrame",
        "GetSourceEndFrame",
        "GetThirdPartyMetadata",
        "SetThirdPartyMetadata",
        "GetMarkInOut",
        "SetMarkInOut",
        "ClearMarkInOut",
        "GetQuickExportRenderPresets",
        "RenderWithQuickExport",
        "GetSelectedClips",
        "IsStudio",
        "GetType",
        "GetSpeed",
    }
)
"""What appeared after Resolve 18.5 among the calls the agent may make (vendor texts, by version)."""
AFTER_THE_STUB = frozenset({"IsStudio", "GetType", "GetSpeed", "GetSelectedClips"})
NOT_RESOLVE = frozenset(
    {
        "HTTPConnection",
        "OpenProcess",
        "WaitForSingleObject",
        "StreamHandler",
        "RotatingFileHandler",
        "OrderedDict",
    }
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return building.write_agent(tmp_path_factory.mktemp("built") / building.FILE_NAME)


def functions() -> list[ast.FunctionDef]:
    return [node for node in ast.walk(TREE) if isinstance(node, ast.FunctionDef)]


def api_calls(node: ast.AST) -> set[str]:
    """Names of methods with a capital that are touched directly (called or handed on)."""
    found = (n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute))
    return {name for name in found if re.match(r"[A-Z][a-z]+[A-Z]\w*$", name)} - NOT_RESOLVE


def guarded_names(node: ast.AST, guard: str) -> set[str]:
    calls = (n for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name))
    return {
        call.args[1].value
        for call in calls
        if call.func.id == guard and len(call.args) > 1 and isinstance(call.args[1], ast.Constant)  # type: ignore[attr-defined]
    }


def test_syntax_is_that_of_python_3_6() -> None:
    ast.parse(TEXT, feature_version=(3, 6))


def test_library_use_is_that_of_python_3_6(source: Path) -> None:
    command = [sys.executable, "-c", "import vermin; vermin.main()", "--target=3.6-", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_only_the_standard_library_is_imported() -> None:
    imports = [n for n in ast.walk(TREE) if isinstance(n, ast.Import | ast.ImportFrom)]
    names = {alias.name for n in imports if isinstance(n, ast.Import) for alias in n.names}
    names |= {n.module or "" for n in imports if isinstance(n, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize("interpreter", os.environ.get("TAKEBRIDGE_PYTHONS", "").split(os.pathsep))
def test_other_interpreters_compile_and_start_it(interpreter: str, source: Path, tmp_path: Path) -> None:
    if not interpreter:
        pytest.skip("TAKEBRIDGE_PYTHONS names no other interpreters (paths, separated as in PATH)")
    environment = {"TAKEBRIDGE_HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [interpreter, "-W", "error", str(source)], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "could not reach DaVinci Resolve" in done.stderr
    assert "could not reach DaVinci Resolve" in (tmp_path / "agent.log").read_text("utf-8")


def test_newer_api_is_called_only_behind_a_guard() -> None:
    inner = {
        child
        for outer in functions()
        for child in ast.walk(outer)
        if isinstance(child, ast.FunctionDef) and child is not outer
    }
    for function in (f for f in functions() if f not in inner):
        unguarded = (api_calls(function) & NEWER_THAN_FLOOR) - guarded_names(function, "has")
        assert not unguarded, f"{function.name} calls {sorted(unguarded)} without has()"


def test_the_newer_names_are_really_used() -> None:
    used = api_calls(TREE) | guarded_names(TREE, "call_if") | guarded_names(TREE, "has")
    assert used >= NEWER_THAN_FLOOR


def test_every_api_name_exists_in_the_vendor_stub() -> None:
    stub = importlib.resources.files("fusionscript-stubs").joinpath("fusionscript.pyi").read_text("utf-8")
    known = {n.name for n in ast.walk(ast.parse(stub)) if isinstance(n, ast.FunctionDef)} | AFTER_THE_STUB
    used = api_calls(TREE) | guarded_names(TREE, "call_if") | guarded_names(TREE, "has")
    assert used <= known


def error_codes() -> set[str]:
    calls = [n for n in ast.walk(TREE) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    raised = {c.args[0] for c in calls if c.func.id == "OpError"}  # type: ignore[attr-defined]
    literal = {a.value for a in raised if isinstance(a, ast.Constant)}
    assert all(isinstance(a, ast.Constant) or ast.unparse(a) == "code" for a in raised)
    return {str(code) for code in literal} | set(agent.HINTS)


def all_errors(base: type[errors.BridgeError] = errors.BridgeError) -> set[type[errors.BridgeError]]:
    return {base}.union(*(all_errors(child) for child in base.__subclasses__()))


def test_every_code_is_in_the_error_tree_and_agrees_on_retrying() -> None:
    by_code = {error.code: error for error in all_errors()}
    codes = error_codes()
    assert len(codes) >= 9
    assert codes <= set(by_code)
    assert {code for code in codes if by_code[code].retryable} == set(agent.RETRYABLE)


def test_the_verbs_are_those_of_the_protocol() -> None:
    assert set(agent.OPS) == set(protocol.VERBS) - {"clip.swap"}  # for hosts without native takes
    assert agent.PROTOCOL_VERSION == protocol.PROTOCOL_VERSION
