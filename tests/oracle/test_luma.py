"""Luma's own client understands our contract server as our adapter does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.unit.providers.talks import still, talking

from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.luma import LumaServer

SCRIPT = Path(__file__).with_name("luma_client.py")


def test_the_vendors_client_and_our_adapter_read_the_same_server_alike(oracle_python: Path, tmp_path: Path) -> None:
    picture = still(tmp_path, "start_frame")
    with talking("luma", LumaServer(), tmp_path) as talk:
        talk.server.stage.play("ok", "moderated_out", "ok", "moderated_out")
        command = [str(oracle_python), str(SCRIPT), talk.server.url, KEY, str(picture.path)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert ran.returncode == 0, ran.stderr
        theirs = json.loads(ran.stdout)
        ours = talk.watch(talk.submit("luma/ray-3.2", "video", picture, duration_ms=5_000))
        refused = talk.watch(talk.submit("luma/ray-3.2", "video", duration_ms=5_000))[-1]
    bodies = [json.loads(one.body) for one in talk.sent("POST", "/generations")]
    for body in (bodies[0], bodies[2]):
        body["video"]["start_frame"] = {"file_id": "…"}
    assert bodies[0] == bodies[2], "the same wish is written the same way"
    assert theirs["states"] == ["queued", "queued", "processing", "completed"]
    assert [one.state for one in ours] == ["queued", "running", "done"]
    assert (theirs["put"], theirs["file_state"], theirs["files"]) == (200, "ready", [True])
    assert theirs["output"][0][0] == ours[-1].artifacts[0].media_type == "video"
    assert theirs["output"][0][1].rpartition("/")[2] == "take.mp4"
    assert theirs["model"] == ours[-1].model_reported
    assert theirs["failure"][:2] == ["failed", "content_moderated"]
    assert (refused.state, refused.error_code) == ("failed", "moderation_output")
    assert refused.error_message == theirs["failure"][2]
    assert theirs["wrong_key"].startswith("401 ")
