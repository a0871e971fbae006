"""docs/api.md is true: its commands run in a real shell against a real bridge and answer what the page shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.support.whole_bridge import whole_bridge

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"
MARK = "--- next block ---"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def fits(shown: Any, real: Any) -> bool:
    """What the page shows is there; it may leave fields of an object out, and "…" stands for any text."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(key in real and fits(value, real[key]) for key, value in shown.items())
    if isinstance(shown, list):
        return isinstance(real, list) and len(shown) == len(real) and all(map(fits, shown, real))
    return isinstance(real, str) if shown == "…" else bool(shown == real)


def test_fitting_is_told_from_not_fitting() -> None:
    assert fits({"a": ["…", 1]}, {"a": ["x", 1], "b": 2})
    for real in ({"a": ["x"]}, {"a": [1, 1]}, {"a": ["x", 2]}, {}, []):
        assert not fits({"a": ["…", 1]}, real)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="the page uses curl and jq")
def test_the_examples_answer_what_the_page_shows(tmp_path: Path) -> None:
    commands, answers = blocks("sh"), blocks("json")
    assert len(commands) == len(answers) >= 8
    home = tmp_path / "home"
    with whole_bridge(home) as server:
        server.wait_until(lambda: (home / "bridge.json").exists())
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", f"\necho '{MARK}'\n".join(commands)],
            cwd=tmp_path,
            env={**os.environ, "TAKEBRIDGE_HOME": str(home), "no_proxy": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told = zip(commands, answers, done.stdout.split(MARK), strict=True)
    wrong = [
        f"{command}\nanswered\n{real}\nand not\n{shown}"
        for command, shown, real in told
        if not fits(json.loads(shown), json.loads(real))
    ]
    assert not wrong, "\n\n".join(wrong)


def test_every_route_is_on_the_page(tmp_path: Path) -> None:
    with whole_bridge(tmp_path / "home") as server, server.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    written = set(
        re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /api/[^`]*)`", DOCS.read_text("utf-8").split("## 6.")[1])
    )
    assert written == {route for route in routes if " /api/" in route}
