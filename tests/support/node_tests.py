"""Run files of ``node --test`` and show what failed. Without Node or Chromium tests skip, with CI=true they fail."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
PANEL = ROOT / "premiere_panel"
PANEL_TESTS = PANEL / "test"
PATIENCE = 110
"""Seconds one run may take: less than a test's own limit, so that its output is still shown."""
_COUNTED = re.compile(r"^# tests (\d+)$", re.MULTILINE)
_PASSED = re.compile(r"^# pass (\d+)$", re.MULTILINE)


def run_node_tests(files: Sequence[Path], **environ: str) -> None:
    """Fail with Node's own report unless every test of these files passed and at least one ran.

    Files are named one by one: what ``node --test FOLDER`` means differs between Node 20 and 22.
    """
    if not (PANEL / "node_modules" / ".bin").is_dir():
        missing("The panel's tools are not installed ('make panel-js' installs them).")
    node = node_path()
    names = [os.path.relpath(path, PANEL) for path in files]
    command = [node, "--test", "--test-reporter=tap", *names]
    surroundings = {**os.environ, "TAKEBRIDGE_PYTHON": sys.executable, **environ}
    try:
        done = subprocess.run(
            command, cwd=PANEL, env=surroundings, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        said = error.stdout.decode(errors="replace") if isinstance(error.stdout, bytes) else (error.stdout or "")
        pytest.fail(f"{', '.join(names)} did not end within {PATIENCE} s\n{said[-8000:]}", pytrace=False)
    counted, passed = _COUNTED.search(done.stdout), _PASSED.search(done.stdout)
    if done.returncode or not counted or not passed or counted[1] != passed[1] or counted[1] == "0":
        pytest.fail(f"{shown(done.stdout)}\n{done.stderr}"[-20000:], pytrace=False)


def shown(report: str) -> str:
    """A TAP report without the tests that passed."""
    blocks = re.split(r"(?m)^(?=\s*# Subtest: )", report)
    return "".join(block for block in blocks if not re.match(r"\s*# Subtest: [^\n]*\n\s*ok ", block))


def require_chromium() -> str:
    """Where Chromium is."""
    path = os.environ.get("TAKEBRIDGE_CHROMIUM", "/usr/bin/chromium")
    if not os.access(path, os.X_OK):
        missing(f"Chromium is not at {path}: scripts/chromium.sh installs it, TAKEBRIDGE_CHROMIUM names another.")
    return path


def missing(what: str) -> NoReturn:
    """Skip loudly, or fail where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


def node_path() -> str:
    """Where Node is."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from node import node  # type: ignore[import-not-found, unused-ignore]
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    found: str | None = node()
    if found is None:
        missing("There is no Node 20 or later ('make panel-js' installs one).")
    return found
