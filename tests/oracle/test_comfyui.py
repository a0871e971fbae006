"""ComfyUI's own client (comfy-cli) understands our contract server as our adapter does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.support.remote_desk import desk_of

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.comfyui import ComfyUIServer
from takebridge.testing.providers.samples import picture

SCRIPT = Path(__file__).with_name("comfyui_client.py")


def test_the_vendors_client_and_our_adapter_read_the_same_server_alike(oracle_python: Path, tmp_path: Path) -> None:
    there = subprocess.run(
        [str(oracle_python), "-c", "import comfy_cli.comfy_client"], capture_output=True, check=False
    )
    if there.returncode:
        pytest.skip("comfy-cli is not installed in the vendors' environment")
    file = tmp_path / "still.png"
    file.write_bytes(picture("PNG"))
    still = MediaInput(role="source_image", path=file, content="c", media_type="image", width=192, height=108)
    request = GenerationRequest(
        token="oracle-01", model="comfyui/kontext-edit", kind="image_edit", prompt="Night.", inputs=(still,)
    )
    with desk_of(tmp_path / "home", "comfyui", ComfyUIServer()) as desk:
        job = desk.submit(request)
        ours = [desk.poll(job) for _ in range(3)]
        graph = desk.body("/prompt")["prompt"]
        (tmp_path / "graph.json").write_text(json.dumps(graph), "utf-8")
        (tmp_path / "broken.json").write_text(
            json.dumps({**graph, "99": {"class_type": "Nowhere", "inputs": {}}}), "utf-8"
        )
        command = [
            str(oracle_python),
            str(SCRIPT),
            desk.url,
            *(str(tmp_path / f"{n}.json") for n in ("graph", "broken")),
        ]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert ran.returncode == 0, ran.stderr
    theirs = json.loads(ran.stdout)
    assert (theirs["errors"], theirs["states"]) == ({}, ["pending", "completed"])
    assert [one.state for one in ours] == ["queued", "running", "done"]
    # The same address, but for the run's id.
    (mine,) = ours[-1].artifacts
    assert theirs["outputs"] == [["13", mine.location.removeprefix(desk.url).replace(job.id, theirs["id"])]]
    assert theirs["unknown"] == [None, None]
    assert theirs["device"] == "cuda:0"
    assert theirs["refused"] == [400, "Nowhere"]
