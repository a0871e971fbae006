"""``takebridge workflows``: what is there, what is wrong with it, and letting one run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from takebridge.providers.comfyui.workflows import load_workflow

GRAPH = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}, "_meta": {"title": "takebridge:source_image"}},
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}, "_meta": {"title": "takebridge:out:image"}},
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with a fit workflow and one in the editor's own format."""
    folder = tmp_path / "home" / "workflows"
    folder.mkdir(parents=True)
    (folder / "invert.json").write_text(json.dumps(GRAPH))
    (folder / "editor.json").write_text(json.dumps({"nodes": [], "links": [], "version": 0.4}))
    return tmp_path / "home"


def takebridge(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "takebridge_server", "workflows", *words, "--home", str(home)]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)


def test_a_workflow_runs_only_once_it_is_approved_and_asks_again_when_changed(home: Path) -> None:
    invert = home / "workflows" / "invert.json"
    listed = {one["file"]: one for one in json.loads(takebridge(home, "list", "--json").stdout)}
    assert (listed["invert.json"]["model"], listed["invert.json"]["approved"]) == ("comfyui/invert", False)
    assert "Export (API)" in listed["editor.json"]["problem"]
    done = takebridge(home, "approve", "invert")
    assert done.returncode == 0, done.stderr
    assert "ImageInvert" in done.stdout
    assert load_workflow(str(invert)).approved
    invert.write_text(json.dumps({**GRAPH, "4": {"class_type": "RunAnything", "inputs": {}}}))
    assert not load_workflow(str(invert)).approved


def test_what_is_not_there_or_unfit_is_refused_in_words(home: Path) -> None:
    for name, words in (("nothing.json", "no workflow"), ("editor.json", "Export (API)")):
        done = takebridge(home, "approve", name)
        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr
