"""Tripo's own client understands our contract server as our adapter does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.unit.providers.talks import still, talking

from takebridge.errors import ProviderQuotaError
from takebridge.testing.providers.tripo import TripoServer

SCRIPT = Path(__file__).with_name("tripo_client.py")


def test_the_vendors_client_and_our_adapter_read_the_same_server_alike(oracle_python: Path, tmp_path: Path) -> None:
    picture = still(tmp_path, "reference_image")
    with talking("tripo", TripoServer(), tmp_path) as talk:
        talk.server.stage.play("ok", "failed", "quota", "ok", "failed", "quota")
        command = [str(oracle_python), str(SCRIPT), talk.server.url, TripoServer.key, str(picture.path)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        if "No module named 'tripo3d'" in ran.stderr:
            pytest.skip("tripo3d is not installed beside the other vendors' clients")
        assert ran.returncode == 0, ran.stderr
        theirs = json.loads(ran.stdout)
        ours = talk.watch(talk.submit("tripo/3.1", "model_3d", picture, prompt=""))[-1]
        failing = talk.watch(talk.submit("tripo/2.5", "model_3d"))[-1]
        with pytest.raises(ProviderQuotaError) as refused:
            talk.submit("tripo/2.5", "model_3d")
    sent = [json.loads(one.body) for one in talk.sent("POST", "/v3/generation/image-to-model")]
    assert {**sent[0], "input": "…", "texture": True} == {**sent[1], "input": "…"}
    assert (theirs["status"], ours.state) == ("success", "done")
    assert theirs["model"].rpartition("/")[2] == "model.glb"
    assert ours.artifacts[0].location.partition("?")[0].rpartition("/")[2] == "model.glb"
    assert theirs["failure"] == ["failed", 1001, failing.error_message]
    assert theirs["refused"][0] == 2010
    assert theirs["refused"][1] in str(refused.value)
    assert theirs["balance"] == 870
