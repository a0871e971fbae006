"""fal's own client understands our contract server as our adapter does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.unit.providers.talks import still, talking

from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.fal import FalServer

SCRIPT = Path(__file__).with_name("fal_queue_client.py")


def test_the_vendors_client_and_our_adapter_read_the_same_server_alike(oracle_python: Path, tmp_path: Path) -> None:
    picture = still(tmp_path, "start_frame")
    params = {"aspect": "auto", "resolution": "720p", "sound": False}
    with talking("fal", FalServer(), tmp_path) as talk:
        talk.server.stage.play("ok", "failed", "moderated_out", "slow")
        command = [str(oracle_python), str(SCRIPT), talk.server.url, KEY, str(picture.path)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert ran.returncode == 0, ran.stderr
        theirs = json.loads(ran.stdout)
        ask = {"params": params, "duration_ms": 5000, "seed": 7}
        talk.server.stage.play("ok", "failed", "moderated_out")
        ours = talk.watch(talk.submit("fal/seedance-2.0", "video", picture, **ask))
        failed = talk.watch(talk.submit("fal/seedance-2.0", "video", picture, **ask))[-1]
        moderated = talk.watch(talk.submit("fal/seedance-2.0", "video", picture, **ask))[-1]
    bodies = [json.loads(one.body) for one in talk.sent("POST", "/bytedance/")]
    for body in bodies:
        body["image_url"] = "…"
    assert bodies[0] == bodies[-1], "the same wish is written the same way"
    assert theirs["uploaded"].startswith("/files/")
    assert theirs["states"] == ["Queued", "InProgress", "Completed"]
    assert [one.state for one in ours] == ["queued", "running", "done"]
    address = ours[-1].artifacts[0].location
    assert theirs["output"]["video"]["url"].rsplit("/", 1)[1] == address.rsplit("/", 1)[1]
    assert theirs["output"]["seed"] == ours[-1].seed_used == 7
    assert (theirs["failed"]["state"], theirs["failed"]["status"]) == ("Completed", 500)
    assert (failed.state, failed.error_code) == ("failed", "server")
    assert theirs["failed"]["error"] in failed.error_message
    assert theirs["moderated"]["detail"][0]["type"] == "content_policy_violation"
    assert (moderated.state, moderated.error_code) == ("failed", "moderation_output")
    assert (theirs["cancelled"], theirs["too_late"], theirs["wrong_key"]) == (202, 400, 401)
