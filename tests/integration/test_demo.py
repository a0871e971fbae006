"""The demo itself, whole: about a minute and a half."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("profile", ["18.6", "20.3", "21.0 free"])
def test_the_demo_passes_on_a_bare_folder(tmp_path: Path, profile: str) -> None:
    command = [
        sys.executable,
        "-m",
        "takebridge_server",
        "demo",
        "--json",
        "--out",
        str(tmp_path),
        "--profile",
        profile,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    verdict = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, [fact for fact in verdict["facts"] if not fact["ok"]]
    assert verdict["passed"] and len(verdict["facts"]) > 20
    assert (tmp_path / "demo.otio").is_file() and (tmp_path / "contact-sheet.png").is_file()
