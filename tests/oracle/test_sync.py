"""sync.so's own client understands our contract server as our adapter does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.unit.providers.talks import clip, talking, voice

from takebridge.errors import ProviderBusyError
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.sync import SyncServer

SCRIPT = Path(__file__).with_name("sync_client.py")


def test_the_vendors_client_and_our_adapter_read_the_same_server_alike(oracle_python: Path, tmp_path: Path) -> None:
    inputs = (clip(tmp_path), voice(tmp_path))
    with talking("sync", SyncServer(), tmp_path) as talk:
        talk.server.stage.play("ok", "moderated_in", "rate_limit", "ok", "moderated_in", "rate_limit")
        command = [str(oracle_python), str(SCRIPT), talk.server.url, KEY]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        if "No module named 'sync'" in ran.stderr:
            pytest.skip("syncsdk is not installed beside the other vendors' clients")
        assert ran.returncode == 0, ran.stderr
        theirs = json.loads(ran.stdout)
        ours = talk.watch(talk.submit("sync/lipsync-2", "lip_sync", *inputs, prompt="", params={"length": "audio"}))
        rejected = talk.watch(talk.submit("sync/lipsync-2", "lip_sync", *inputs, prompt=""))[-1]
        with pytest.raises(ProviderBusyError):
            talk.submit("sync/lipsync-2", "lip_sync", *inputs, prompt="")
    sent = [json.loads(one.body) for one in talk.sent("POST", "/v2/generate")]
    for body in sent:
        body["input"] = [one["type"] for one in body["input"]]
    assert sent[0] == sent[3], "the same wish is written the same way, but for where the files are"
    assert theirs["states"] == ["PENDING", "PROCESSING", "COMPLETED"]
    assert [one.state for one in ours] == ["queued", "running", "done"]
    assert theirs["output"].rpartition("/")[2] == "take.mp4"
    assert theirs["model"] == ours[-1].model_reported
    assert theirs["rejected"] == ["REJECTED", rejected.error_message]
    assert rejected.error_code == "moderation_input"
    assert theirs["refused"][0] == 429
