"""ElevenLabs' own client understands our contract server as our adapter does, and writes the same requests."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from tests.support.remote_desk import desk_of

from takebridge.errors import ProviderBusyError
from takebridge.providers.protocol import GenerationRequest
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.elevenlabs import ElevenLabsServer
from takebridge.testing.providers.form_parts import form_parts
from takebridge.testing.providers.samples import mp3, sound

SCRIPT = Path(__file__).with_name("elevenlabs_client.py")
REQUESTS = (
    {
        "token": "oracle-001",
        "model": "elevenlabs/tts-v3",
        "kind": "voice",
        "prompt": "We leave at dawn.",
        "seed": 7,
        "params": {"voice": "", "speed_percent": 110, "language": "de"},
    },
    {
        "token": "oracle-002",
        "model": "elevenlabs/dialogue-v3",
        "kind": "voice",
        "prompt": "George: Are you there?",
        "params": {"language": "en"},
    },
    {
        "token": "oracle-003",
        "model": "elevenlabs/music-v2.5",
        "kind": "music",
        "prompt": "Slow strings.",
        "duration_ms": 12_500,
        "params": {"tempo_bpm": 0, "instrumental": True},
    },
    {
        "token": "oracle-004",
        "model": "elevenlabs/sfx-v3",
        "kind": "sfx",
        "prompt": "Rain",
        "duration_ms": 4_500,
        "params": {"loop": True},
    },
)
POSTED = ("/v1/text-to-speech/", "/v1/text-to-dialogue/", "/v1/music", "/v1/sound-generation")


def test_the_vendors_client_and_our_adapter_read_the_same_server_alike(oracle_python: Path, tmp_path: Path) -> None:
    sample = tmp_path / "sample.wav"
    sample.write_bytes(sound())
    with desk_of(tmp_path / "home", "elevenlabs", ElevenLabsServer()) as desk:
        stage = desk.server.stage
        stage.play("ok", "ok", "ok", "ok", "rate_limit")
        command = [str(oracle_python), str(SCRIPT), desk.url, KEY, str(sample)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert ran.returncode == 0, ran.stderr
        theirs = json.loads(ran.stdout)
        border = len(stage.seen)
        jobs = [desk.submit(GenerationRequest.model_validate(one)) for one in REQUESTS]
        ours = [desk.fetched(job, tmp_path / job.details["token"])["audio"].read_bytes() for job in jobs]
        stage.play("rate_limit")
        with pytest.raises(ProviderBusyError):
            desk.submit(GenerationRequest.model_validate({**REQUESTS[0], "token": "oracle-005"}))
    # The same wish is written the same way.
    for path in POSTED:
        first = [one for one in stage.seen[:border] if one.method == "POST" and one.path.startswith(path)]
        mine = [one for one in stage.seen[border:] if one.method == "POST" and one.path.startswith(path)]
        assert json.loads(first[0].body) == json.loads(mine[0].body)
        assert first[0].path == mine[0].path
    # What comes back is understood alike.
    digests = {hashlib.sha256(one).hexdigest() for one in ours}
    assert digests == {theirs[name] for name in ("speech", "dialogue", "music", "effect")}
    assert digests == {hashlib.sha256(mp3()).hexdigest()}
    assert theirs["times"] == ["l", 0.3]
    assert theirs["history"][:2] == ["eleven_v3", "JBFqnCBsd6RMkjVDRZzb"]
    assert theirs["history"][2].startswith("req-")
    assert theirs["history"][3] in digests
    assert (theirs["left"], theirs["found"]) == (98_800, ["21m00Tcm4TlvDq8ikWAM"])
    assert theirs["copied"] == [True, False]
    (added,) = [one for one in stage.seen if one.path == "/v1/voices/add"]
    (file,) = [one for one in form_parts(added.headers["content-type"], added.body) if one.name == "files"]
    assert file.data == sound()
    assert theirs["busy"] == [429, "too_many_concurrent_requests"]
    assert theirs["wrong_key"] == [401, "invalid_api_key"]
    assert theirs["no_voice"] == [400, "voice_not_found"]
