"""ElevenLabs' own client against a contract server: ``elevenlabs_client.py URL KEY SAMPLE``.

Prints one JSON object of what it understood. Runs in the vendors' environment: nothing of ours is imported.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import sys
from typing import Any

from elevenlabs import DialogueInput, VoiceSettings
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError

GEORGE = "JBFqnCBsd6RMkjVDRZzb"
FORMAT = "mp3_44100_128"


def main(url: str, key: str, sample: str) -> None:
    """One of each: a copied voice, speech, dialogue, music, an effect, history, plan, a refusal, a wrong key."""
    client = ElevenLabs(api_key=key, base_url=url)
    with open(sample, "rb") as file:
        copied = client.voices.ivc.create(name="TakeBridge oracle", files=[file], description="Consent: the speaker")
    spoken = client.text_to_speech.convert_with_timestamps(
        GEORGE,
        text="We leave at dawn.",
        model_id="eleven_v3",
        seed=7,
        language_code="de",
        voice_settings=VoiceSettings(speed=1.1),
        output_format=FORMAT,
    )
    dialogue = client.text_to_dialogue.convert_with_timestamps(
        inputs=[DialogueInput(text="Are you there?", voice_id=GEORGE)],
        model_id="eleven_v3",
        language_code="en",
        output_format=FORMAT,
    )
    music = b"".join(
        client.music.compose(
            prompt="Slow strings.",
            music_length_ms=12_500,
            model_id="music_v2_5",
            force_instrumental=True,
            sign_with_c_2_pa=True,
            output_format=FORMAT,
        )
    )
    effect = b"".join(
        client.text_to_sound_effects.convert(
            text="Rain", loop=True, duration_seconds=4.5, model_id="eleven_text_to_sound_v3", output_format=FORMAT
        )
    )
    listed = client.history.list(page_size=100, model_id="eleven_v3").history
    first = next(one for one in listed if one.text == "We leave at dawn.")
    heard = b"".join(client.history.get_audio(first.history_item_id))
    plan = client.user.subscription.get()
    told = {
        "version": importlib.metadata.version("elevenlabs"),
        "copied": [bool(copied.voice_id), copied.requires_verification],
        "found": [one.voice_id for one in client.voices.search(search="rachel").voices],
        "speech": _digest(base64.b64decode(spoken.audio_base_64)),
        "times": [spoken.alignment.characters[3], spoken.alignment.character_start_times_seconds[3]],
        "dialogue": _digest(base64.b64decode(dialogue.audio_base_64)),
        "music": _digest(music),
        "effect": _digest(effect),
        "history": [first.model_id, first.voice_id, first.request_id, _digest(heard)],
        "left": plan.character_limit - plan.character_count,
        "busy": _error(client, "again"),
        "wrong_key": _error(ElevenLabs(api_key="wrong", base_url=url), "again"),
        "no_voice": _error(client, "again", "nobody"),
    }
    print(json.dumps(told))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _error(client: Any, text: str, voice: str = GEORGE) -> list[Any]:
    once = {"max_retries": 0}
    try:
        client.text_to_speech.convert_with_timestamps(voice, text=text, model_id="eleven_v3", request_options=once)
    except ApiError as error:
        return [error.status_code, error.body["detail"]["status"]]
    return ["taken"]


if __name__ == "__main__":
    main(*sys.argv[1:4])
