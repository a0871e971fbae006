"""A provider's key is in no file, log or answer of a real bridge: of what went well, what failed, and what died."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from takebridge.canvas.ops import AddNode
from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.client.replies import Job
from takebridge.ids import CanvasId, NodeId
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.fal import FalServer
from takebridge.testing.providers.serving import serving
from takebridge.testing.providers.stage import Stage
from takebridge_server.demo.actors import Server

MODEL = "fal/seedance-2.0"
WRONG = "canary-wrong-5d1f0c9a7be24386"
DOLLARS = 5_000_000


@pytest.fixture
def fal() -> Iterator[FalServer]:
    """The contract server; jobs are done at the first look."""
    server = FalServer(Stage(seconds=0.0))
    with serving(server.app()) as url:
        server.url = url
        yield server


@pytest.fixture
def home(tmp_path: Path, fal: FalServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose bridge talks to the contract server."""
    monkeypatch.setenv("TAKEBRIDGE_FAL_URL", fal.url)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


def ended(api: Api, canvas: CanvasId, node: str) -> Job:
    """Generate a node and wait for its job."""
    api.apply(
        canvas, [AddNode(id=NodeId(node), kind="video", model=MODEL, params={"prompt": node, "duration_ms": 4000})]
    )
    job = api.generate(canvas, NodeId(node), max_micros=DOLLARS)
    while (seen := api.job(job.job)).state not in ("done", "failed", "unknown", "cancelled"):
        pass
    return seen


def takebridge(home: Path, *words: str) -> str:
    """Run the command line; return all it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "takebridge_server", *words, "--home", str(home)],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ,
        check=False,
    )
    return done.stdout + done.stderr


def files_with(folder: Path, *secrets: str) -> list[str]:
    """Names of the files below a folder that hold any of the secrets."""
    found = []
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        found += [path.name for secret in secrets if secret.encode() in data]
    return found


def test_the_key_is_nowhere(home: Path, fal: FalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", KEY)
    said: list[str] = []
    with Server(home, tmp_path / "server.log") as server, BridgeClient(home) as client:
        api = Api(client)
        canvas = api.create_canvas("Canary").canvas.id
        assert ended(api, canvas, "works").state == "done"
        for act in ("auth", "invalid", "server_error", "drop", "garbage"):
            fal.stage.play(act)
            said.append(json.dumps(ended(api, canvas, act).model_dump(mode="json")))
        said.append(json.dumps([job.model_dump(mode="json") for job in api.jobs()]))
        said.append(json.dumps(api.canvas(canvas).model_dump(mode="json")))
        said += [
            takebridge(home, *words)
            for words in (("status",), ("doctor",), ("jobs",), ("keys", "list"), ("keys", "list", "--json"))
        ]
        said.append(takebridge(home, "canvas", "save", "Canary", str(tmp_path / "canary.json")))
        server.kill()
    used = [seen for seen in fal.stage.seen if KEY in str(seen.headers)]
    assert used, "the key was never used: this test proves nothing"
    assert not any(KEY in text for text in said)
    assert files_with(tmp_path, KEY) == []
    assert not any(KEY in seen.path or KEY.encode() in seen.body for seen in fal.stage.seen), "a key in a URL or body"


def test_a_wrong_key_is_not_printed_either(
    home: Path, fal: FalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAL_KEY", WRONG)
    with Server(home, tmp_path / "server.log"), BridgeClient(home) as client:
        api = Api(client)
        job = ended(api, api.create_canvas("Canary").canvas.id, "refused")
        assert job.state == "failed"
        assert job.error is not None
        assert job.error["code"] == "provider_key"
        assert "takebridge keys" in job.error["hint"]
        said = [takebridge(home, "keys", "test", "fal"), takebridge(home, "jobs"), takebridge(home, "keys", "list")]
    assert not any(WRONG in text for text in [*said, json.dumps(job.error)])
    assert WRONG[-4:] in said[2], "the last four tell which key it is"
    assert files_with(tmp_path, WRONG) == []


def test_a_stored_key_is_in_its_private_file_only(home: Path, fal: FalServer, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "takebridge_server", "keys", "set", "fal", "--file", "--home", str(home)],
        input=KEY + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert KEY not in done.stdout + done.stderr
    assert KEY[-4:] in done.stdout
    assert files_with(tmp_path, KEY) == ["keys.json"]
    assert "ok" in takebridge(home, "keys", "test", "fal")
    takebridge(home, "keys", "remove", "fal")
    assert files_with(tmp_path, KEY) == []
