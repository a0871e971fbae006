"""Replicate's own client understands our contract server as our adapter does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.unit.providers.talks import still, talking

from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.replicate import VERSION, ReplicateServer

SCRIPT = Path(__file__).with_name("replicate_client.py")


def test_the_vendors_client_and_our_adapter_read_the_same_server_alike(oracle_python: Path, tmp_path: Path) -> None:
    picture = still(tmp_path, "start_frame")
    with talking("replicate", ReplicateServer(), tmp_path) as talk:
        talk.server.stage.play("ok", "failed", "slow", "ok")
        command = [str(oracle_python), str(SCRIPT), talk.server.url, KEY, str(picture.path), VERSION]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert ran.returncode == 0, ran.stderr
        theirs = json.loads(ran.stdout)
        ask = {"params": {"resolution": "720p", "sound": True}, "duration_ms": 5000, "seed": 7}
        talk.server.stage.play("ok", "failed")
        ours = talk.watch(talk.submit("replicate/seedance-2.0", "video", picture, **ask))
        failed = talk.watch(talk.submit("replicate/seedance-2.0", "video", picture, **ask))[-1]
    bodies = [json.loads(one.body) for one in talk.sent("POST", "/v1/models/bytedance/")]
    for body in bodies:
        body.pop("stream", None)
        assert body["input"].pop("image").startswith(f"{talk.server.url}/v1/files/")
    assert bodies[0] == bodies[-1], "the same wish is written the same way"
    assert theirs["size"] == picture.path.stat().st_size
    assert theirs["states"] == ["starting", "processing", "succeeded"]
    assert [one.state for one in ours] == ["queued", "running", "done"]
    assert theirs["progress"][0] == [ours[1].done, ours[1].total]
    assert theirs["output"] == ours[-1].artifacts[0].location.rpartition("/")[2]
    assert theirs["model"] == ours[-1].model_reported
    assert theirs["failed"] == ["failed", failed.error_message]
    assert (theirs["cancelled"], theirs["versioned"], theirs["account"]) == ("canceled", VERSION, "kite")
    assert (theirs["unknown"][0], theirs["wrong_key"][0]) == (404, 401)
