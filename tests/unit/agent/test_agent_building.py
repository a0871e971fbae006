"""Joining the parts: one file that is exactly the parts, with nothing twice and nothing from outside."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from takebridge_resolve import agent, building

FOLDER = Path(agent.__file__).parent
TREE = ast.parse(building.python_agent())


def names_of(tree: ast.Module) -> list[str]:
    """Top-level names that a module defines."""
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Assign):
            found += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return found


def test_every_part_is_joined_once() -> None:
    parts = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "__main__"}
    assert sorted(building.PARTS) == sorted(parts)


def test_no_two_parts_define_the_same_name() -> None:
    assert [name for name, count in Counter(names_of(TREE)).items() if count > 1] == []


def test_no_name_of_a_part_hides_an_import() -> None:
    imports = [node for node in TREE.body if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {alias.name.partition(".")[0] for node in imports for alias in node.names}
    assert imported & set(names_of(TREE)) == set()


def test_the_parts_define_what_the_file_defines() -> None:
    split = [
        name for part in building.PARTS for name in names_of(ast.parse((FOLDER / f"{part}.py").read_text("utf-8")))
    ]
    assert split == names_of(TREE)


def test_imports_stand_once_at_the_top() -> None:
    kinds = [isinstance(node, ast.Import | ast.ImportFrom) for node in TREE.body]
    assert kinds[0] is False and kinds[1 : 1 + sum(kinds)] == [True] * sum(kinds)
    lines = [ast.unparse(node) for node in TREE.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert len(lines) == len(set(lines))
    assert not [node for node in ast.walk(TREE) if isinstance(node, ast.ImportFrom) and node.level]


@pytest.mark.parametrize("number", range(len(building.PARTS)))
def test_a_part_imports_only_from_those_before_it(number: int) -> None:
    tree = ast.parse((FOLDER / f"{building.PARTS[number]}.py").read_text("utf-8"))
    used = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level}
    assert used <= set(building.PARTS[:number])
    assert ast.get_docstring(tree)


def test_the_header_says_what_it_is() -> None:
    assert building.python_agent().startswith(f'"""The TakeBridge agent {agent.AGENT_VERSION}: ')


def test_the_module_writes_both_agents(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "takebridge_resolve.building", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    written = tmp_path / "out" / building.FILE_NAME
    assert str(written) in done.stdout
    assert written.read_text("utf-8") == building.python_agent()
    assert (tmp_path / "out" / "TakeBridge.lua").read_text("utf-8") == building.lua_agent()


def test_a_folder_is_needed() -> None:
    done = subprocess.run([sys.executable, "-m", "takebridge_resolve.building"], capture_output=True, timeout=60)
    assert done.returncode == 2


@pytest.mark.parametrize("folder", ["/tmp/mail box", 'C:\\Users\\"Ann"\\mail', "/tmp/pröbe\n1"])
def test_the_mailbox_is_a_lua_string(folder: str) -> None:
    """Read back by LuaJIT itself, whatever is in the path."""
    lua = pytest.importorskip("lupa.luajit21").LuaRuntime(encoding="utf-8")
    assert lua.eval(building._lua_string(folder)) == folder


def test_a_mailbox_is_put_into_the_lua_agent() -> None:
    assert "{{MAILBOX}}" not in building.lua_agent("/tmp/mail")
