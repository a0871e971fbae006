"""Fish Audio's own client against a contract server: ``fish_client.py URL KEY SAMPLE``.

Prints one JSON object of what it understood. Runs in the vendors' environment: nothing of ours is imported.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

from fish_audio_sdk import ReferenceAudio, Session, TTSRequest
from fish_audio_sdk.schemas import Prosody
from fishaudio import FishAudio
from fishaudio.exceptions import APIError


def main(url: str, key: str, sample: str) -> None:
    """Speech by both of the package's clients, one with reference sound; the credit; a refusal; a wrong key."""
    data = Path(sample).read_bytes()
    session = Session(key, base_url=url)
    old = TTSRequest(
        text="We leave at dawn.",
        format="wav",
        references=[ReferenceAudio(audio=data, text="")],
        prosody=Prosody(speed=0.8),
    )
    spoken = b"".join(session.tts(old, backend="s2.1-pro"))
    client = FishAudio(api_key=key, base_url=url)
    again = client.tts.convert(text="We leave at dawn.", format="mp3", model="s1", reference_id="a" * 32)
    told = {
        "version": importlib.metadata.version("fish-audio-sdk"),
        "referenced": hashlib.sha256(spoken).hexdigest(),
        "spoken": hashlib.sha256(again).hexdigest(),
        "credit": str(session.get_api_credit().credit),
        "no_balance": _error(client),
        "wrong_key": _error(FishAudio(api_key="wrong", base_url=url)),
    }
    print(json.dumps(told))


def _error(client: Any) -> list[Any]:
    try:
        client.tts.convert(text="again", model="s1")
    except APIError as error:
        return [error.status, error.message]
    return ["taken"]


if __name__ == "__main__":
    main(*sys.argv[1:4])
