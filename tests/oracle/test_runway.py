"""Runway's own client understands our contract server as our adapter does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.unit.providers.talks import still, talking

from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.runway import RunwayServer

SCRIPT = Path(__file__).with_name("runway_client.py")


def test_the_vendors_client_and_our_adapter_read_the_same_server_alike(oracle_python: Path, tmp_path: Path) -> None:
    picture = still(tmp_path, "start_frame")
    with talking("runway", RunwayServer(), tmp_path) as talk:
        talk.server.stage.play("ok", "moderated_in", "throttled", "slow", "ok")
        command = [str(oracle_python), str(SCRIPT), talk.server.url, KEY, str(picture.path)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert ran.returncode == 0, ran.stderr
        theirs = json.loads(ran.stdout)
        ask = {"params": {"aspect": "16:9", "resolution": "720p"}, "duration_ms": 5000, "seed": 7}
        talk.server.stage.play("ok", "moderated_in", "throttled")
        ours = talk.watch(talk.submit("runway/gen4.5", "video", picture, **ask))
        refused = talk.watch(talk.submit("runway/gen4.5", "video", picture, **ask))[-1]
        throttled = talk.poll(talk.submit("runway/gen4.5", "video", picture, **ask))
    bodies = [json.loads(one.body) for one in talk.sent("POST", "/v1/image_to_video")]
    for body in bodies:
        assert body["promptImage"][0].pop("uri").startswith("runway://")
    assert bodies[0] == bodies[-1], "the same wish is written the same way"
    uploads = [one.body for one in talk.sent("POST", "/s3/")]
    assert all(picture.path.read_bytes() in one for one in uploads)
    assert theirs["states"] == ["PENDING", "RUNNING", "SUCCEEDED"]
    assert [one.state for one in ours] == ["queued", "running", "done"]
    assert (theirs["progress"], ours[1].done) == ([0.4], 40)
    assert theirs["output"] == ["take.mp4"]
    assert (theirs["estimate"], theirs["cost"]) == (5, 5)
    assert ours[-1].cost_micros == 50_000
    assert theirs["failure"][:2] == ["FAILED", "SAFETY.INPUT.TEXT"]
    assert (refused.error_code, refused.error_message) == ("moderation_input", theirs["failure"][2])
    assert refused.cost_micros == theirs["failure"][3] * 10_000
    assert (theirs["throttled"], throttled.state) == ("THROTTLED", "queued")
    assert theirs["cancelled"] == ["CANCELLED", 0]
    assert (theirs["credits"], theirs["wrong_ratio"], theirs["wrong_key"]) == (1234, 400, 401)
