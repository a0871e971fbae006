"""Google's own client (google-genai) and our adapter understand the same server alike."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.unit.providers.talks import clip, talking

from takebridge.errors import ModerationError
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.google import GoogleServer
from takebridge.testing.providers.samples import picture
from takebridge.testing.providers.serving import serving


@pytest.fixture(scope="module")
def client(oracle_python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Google's client says of one round with the server."""
    source = clip(tmp_path_factory.mktemp("oracle")).path
    server = GoogleServer()
    server.stage.play("ok", "moderated_in", "ok", "slow", "quota")
    script = Path(__file__).with_name("google_client.py")
    with serving(server.app()) as url:
        server.url = url
        ran = subprocess.run(
            [oracle_python, script, url, KEY, source], capture_output=True, text=True, timeout=100, check=False
        )
        assert ran.returncode == 0, ran.stderr
        found: dict[str, Any] = json.loads(ran.stdout)
        found["server"], found["url"] = server, url
        found["source"] = source.read_bytes()
    return found


def test_it_gets_the_picture_and_skips_the_thought(client: dict[str, Any]) -> None:
    data = picture("PNG")
    assert client["picture"] == {
        "mime": "image/png", "size": len(data), "model": "gemini-3.1-flash-image-2026", "finish": "STOP"
    }  # fmt: skip


def test_it_sees_a_blocked_prompt_as_we_do(client: dict[str, Any], tmp_path: Path) -> None:
    assert client["blocked"] == {"reason": "PROHIBITED_CONTENT", "candidates": None}
    server = GoogleServer()
    server.stage.play("moderated_in")
    with talking("google", server, tmp_path) as talk, pytest.raises(ModerationError, match="PROHIBITED_CONTENT"):
        talk.submit("google/nano-banana-2", "image")


def test_its_upload_and_its_interaction_arrive_as_ours_do(client: dict[str, Any], tmp_path: Path) -> None:
    theirs = client["server"]
    assert theirs.uploaded == {"f1": client["source"]}
    assert client["video"]["file"] == ["PROCESSING", "ACTIVE"]
    body = next(json.loads(one.body) for one in theirs.stage.seen if one.path == "/v1/interactions")
    server = GoogleServer()
    with talking("google", server, tmp_path) as talk:
        talk.submit("google/omni-1.2-flash-edit", "video_edit", clip(tmp_path), prompt="rain")
        ours = talk.body("/v1/interactions")
        ours_uri = ours["input"][0]["content"][1].pop("uri")
        assert ours_uri == f"{talk.server.url}/v1/files/f1"
    assert body["input"][0]["content"][1].pop("uri") == f"{client['url']}/v1/files/f1"
    assert (body["model"], body["input"], body["background"]) == (ours["model"], ours["input"], ours["background"])
    assert body["generation_config"] == ours["generation_config"]
    assert ours["response_format"].items() <= body["response_format"].items()


def test_it_sees_the_same_states_and_the_same_address(client: dict[str, Any]) -> None:
    video = client["video"]
    assert video["states"] == ["in_progress", "queued", "in_progress", "completed"]
    assert (video["type"], video["uri"]) == ("video", f"{client['url']}/results/{video['id']}/take.mp4?v=1")
    assert client["cancelled"] == "cancelled"


def test_it_reads_the_error(client: dict[str, Any]) -> None:
    refused = client["refused"]
    assert (refused["code"], refused["status"]) == (400, "FAILED_PRECONDITION")
    assert refused["message"].startswith("Billing is not enabled")
