"""Run vitest over the canvas page. Without Node, its packages, the page or Chromium: skip, with CI=true fail."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.support.node_tests import missing, node_path, require_chromium

ROOT = Path(__file__).resolve().parents[2]
CANVAS = ROOT / "server" / "canvas"
BROWSER = CANVAS / "test" / "browser"
WEB = ROOT / "server" / "takebridge_server" / "web"
PATIENCE = 110
"""Seconds one run may take: less than a test's own limit, so that its output is still shown."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_PASSED = re.compile(r"^\s*Tests\s+(\d+) passed", re.MULTILINE)


def run_vitest(files: Sequence[Path] = (), *, config: str = "", patience: float = PATIENCE, **environ: str) -> str:
    """Fail with vitest's own report unless every test passed and at least one ran; return the report."""
    vitest = CANVAS / "node_modules" / "vitest" / "vitest.mjs"
    if not vitest.is_file():
        missing("The canvas page's tools are not installed ('make canvas' installs them).")
    command = [node_path(), str(vitest), "run", *(["--config", config] if config else [])]
    command += [os.path.relpath(path, CANVAS) for path in files]
    surroundings = {**os.environ, "TAKEBRIDGE_PYTHON": sys.executable, "NO_COLOR": "1", **environ}
    try:
        done = subprocess.run(
            command, cwd=CANVAS, env=surroundings, capture_output=True, text=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired as error:
        said = error.stdout.decode(errors="replace") if isinstance(error.stdout, bytes) else (error.stdout or "")
        pytest.fail(f"vitest did not end within {patience:.0f} s\n{said[-8000:]}", pytrace=False)
    report = _COLOURS.sub("", done.stdout)
    if done.returncode or not _PASSED.search(report):
        pytest.fail(f"{report}\n{_COLOURS.sub('', done.stderr)}"[-20000:], pytrace=False)
    return report


def require_page() -> None:
    """The page as the bridge serves it."""
    if not (WEB / "index.html").is_file():
        missing("The canvas page is not built ('make canvas' builds it).")


def in_the_browser(name: str) -> None:
    """Run one file of test/browser in Chromium, against the page as it is built."""
    require_chromium()
    require_page()
    run_vitest([BROWSER / f"{name}.test.ts"], config="vitest.browser.config.ts", patience=290)
