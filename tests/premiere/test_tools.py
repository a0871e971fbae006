"""What the panel is developed with: locked tools, a Node that is new enough, runs that cannot pass by accident."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from tests.support import node_tests
from tests.support.node_tests import PANEL, ROOT, run_node_tests, shown

posix = pytest.mark.skipif(os.name == "nt", reason="the programs below are shell scripts")


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import node  # type: ignore[import-not-found, unused-ignore]

    found: ModuleType = node
    return found


def test_every_tool_is_locked_to_one_version_and_one_content() -> None:
    told = json.loads((PANEL / "package.json").read_text("utf-8"))
    assert told["private"] is True and "dependencies" not in told
    lock = json.loads((PANEL / "package-lock.json").read_text("utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    for name, version in told["devDependencies"].items():
        assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", version), name
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all(one["integrity"].startswith("sha512-") and "resolved" not in one for one in packages.values())
    assert "://" not in (PANEL / ".npmrc").read_text("utf-8") + (PANEL / "package-lock.json").read_text("utf-8")


def _program(folder: Path, name: str, said: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{said}'\n")
    path.chmod(0o755)
    return path


@posix
@pytest.mark.parametrize(
    ("said", "good"), [("v20.0.0", True), ("v24.19.0", True), ("v18.20.4", False), ("v9.9.9", False), ("what?", False)]
)
def test_only_a_node_that_is_new_enough_is_taken(
    said: str, good: bool, scripts: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, _npm = _program(tmp_path / "bin", "node", said), _program(tmp_path / "bin", "npm", "1")
    monkeypatch.setattr(scripts, "FOLDER", tmp_path / "none")
    monkeypatch.setenv("TAKEBRIDGE_NODE", str(node))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert scripts.node() == (str(node) if good else None)


@posix
def test_a_node_of_our_own_is_taken_where_the_machine_has_an_old_one(
    scripts: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path / "bin", "node", "v18.20.4")
    own = tmp_path / "own"
    own.mkdir()
    node, _npm = _program(own / "bin", "node", "v24.19.0"), _program(own / "bin", "npm", "1")
    monkeypatch.setattr(scripts, "FOLDER", own)
    monkeypatch.delenv("TAKEBRIDGE_NODE", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin{os.pathsep}/usr/sbin")
    assert scripts.node() == str(node)


# --- a run of tests -------------------------------------------------------------------------------------


def _tests(folder: Path, body: str) -> Path:
    path = folder / "planted.test.js"
    path.write_text(f'const {{ test }} = require("node:test");\nconst assert = require("node:assert");\n{body}\n')
    return path


@pytest.fixture
def tools() -> None:
    if not (PANEL / "node_modules" / ".bin").is_dir():
        node_tests.missing("The panel's tools are not installed.")


@pytest.mark.usefixtures("tools")
def test_a_test_that_fails_is_shown_and_those_that_pass_are_not(tmp_path: Path) -> None:
    good = 'test("the good one", () => {});'
    run_node_tests([_tests(tmp_path, good)])
    path = _tests(tmp_path, f'{good}\ntest("the bad one", () => assert.equal(1, 2));')
    with pytest.raises(pytest.fail.Exception) as caught:
        run_node_tests([path])
    assert "the bad one" in str(caught.value) and "the good one" not in str(caught.value)


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize(
    "body", ['test.skip("left out", () => {});', 'test.todo("later");', "process.exit(3);", "syntax error"]
)
def test_what_is_left_out_or_breaks_off_is_no_pass(body: str, tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception):
        run_node_tests([_tests(tmp_path, body)])


def test_missing_tools_skip_here_and_fail_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKEBRIDGE_CHROMIUM", "/nowhere/chromium")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"scripts/chromium\.sh"):
        node_tests.require_chromium()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match=r"scripts/chromium\.sh"):
        node_tests.require_chromium()
    monkeypatch.setenv("TAKEBRIDGE_CHROMIUM", sys.executable)
    assert node_tests.require_chromium() == sys.executable


def test_a_report_is_shown_without_what_passed() -> None:
    passed = "# Subtest: one\nok 1 - one\n  ---\n  ...\n"
    report = f"TAP version 13\n{passed}# Subtest: two\nnot ok 2 - two\n  ---\n  ...\n1..2\n"
    assert "one" not in shown(report) and "not ok 2 - two" in shown(report)
