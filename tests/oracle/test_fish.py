"""Fish Audio's own clients understand our contract server as our adapter does."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import msgpack
import pytest
from tests.support.remote_desk import desk_of

from takebridge.errors import ProviderQuotaError
from takebridge.providers.protocol import GenerationRequest, MediaInput, ParamValue
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.fish import FishServer
from takebridge.testing.providers.samples import mp3, sound

SCRIPT = Path(__file__).with_name("fish_client.py")


def test_the_vendors_client_and_our_adapter_read_the_same_server_alike(oracle_python: Path, tmp_path: Path) -> None:
    sample = tmp_path / "sample.wav"
    sample.write_bytes(sound())
    one = MediaInput(role="voice_sample", path=sample, content="c", media_type="audio")
    params: dict[str, ParamValue] = {"voice": "", "speed_percent": 80, "language": "en", "consent": "The speaker"}
    request = GenerationRequest(
        token="oracle-001",
        model="fish/s2.1-pro",
        kind="voice",
        prompt="We leave at dawn.",
        inputs=(one,),
        params=params,
    )
    with desk_of(tmp_path / "home", "fish", FishServer()) as desk:
        stage = desk.server.stage
        stage.play("ok", "ok", "quota")
        command = [str(oracle_python), str(SCRIPT), desk.url, KEY, str(sample)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert ran.returncode == 0, ran.stderr
        theirs = json.loads(ran.stdout)
        ours = desk.fetched(desk.submit(request), tmp_path)["audio"].read_bytes()
        stage.play("quota")
        with pytest.raises(ProviderQuotaError, match="refused: quota"):
            desk.submit(request.model_copy(update={"token": "oracle-002"}))
    first, _, _, _, mine, _ = desk.sent("/v1/tts")
    assert (first.headers["model"], first.headers["content-type"]) == ("s2.1-pro", "application/msgpack")
    assert (mine.headers["model"], mine.headers["content-type"]) == ("s2.1-pro", "application/msgpack")
    # Theirs writes every default as well; what ours writes, theirs writes alike.
    written = msgpack.unpackb(mine.body)
    sent = msgpack.unpackb(first.body)
    assert {name: sent[name] for name in ("text", "format", "references")} == {
        name: written[name] for name in ("text", "format", "references")
    }
    assert sent["prosody"]["speed"] == written["prosody"]["speed"] == 0.8
    assert msgpack.packb(sent) == first.body, "their packer and ours write the same bytes"
    assert theirs["referenced"] == hashlib.sha256(ours).hexdigest() == hashlib.sha256(sound()).hexdigest()
    assert theirs["spoken"] == hashlib.sha256(mp3()).hexdigest()
    assert theirs["credit"] == "12.5"
    assert theirs["no_balance"] == [402, "refused: quota"]
    assert theirs["wrong_key"] == [401, "invalid key"]
