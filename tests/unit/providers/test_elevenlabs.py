"""What goes over the wire to ElevenLabs and what is made of its answers."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.remote_desk import Desk, desk_of

from takebridge.errors import (
    CapabilityError,
    ModerationError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderQuotaError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.providers.protocol import GenerationRequest, MediaInput, ParamValue
from takebridge.providers.remote.spoken import captions_of
from takebridge.testing.providers.elevenlabs import ElevenLabsServer, alignment
from takebridge.testing.providers.samples import mp3, sound

GEORGE = "JBFqnCBsd6RMkjVDRZzb"
RACHEL = "21m00Tcm4TlvDq8ikWAM"
SPEECH = f"/v1/text-to-speech/{GEORGE}/with-timestamps"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "home", "elevenlabs", ElevenLabsServer()) as found:
        yield found


def voice(token: str = "line-0001", prompt: str = "We leave at dawn.", **more: object) -> GenerationRequest:
    return GenerationRequest.model_validate(
        {"token": token, "model": "elevenlabs/tts-v3", "kind": "voice", "prompt": prompt, **more}
    )


def sample(tmp_path: Path) -> MediaInput:
    path = tmp_path / "sample.wav"
    path.write_bytes(sound())
    return MediaInput(role="voice_sample", path=path, content="c", media_type="audio")


# --- speech ---------------------------------------------------------------------------------------------


def test_speech_is_asked_for_with_the_time_of_each_character(desk: Desk, tmp_path: Path) -> None:
    params = {"voice": "", "speed_percent": 110, "language": "de-AT"}
    job = desk.submit(voice(params=params, seed=7))
    assert desk.body(SPEECH) == {
        "text": "We leave at dawn.",
        "model_id": "eleven_v3",
        "seed": 7,
        "voice_settings": {"speed": 1.1},
        "language_code": "de",
    }
    (seen,) = desk.sent(SPEECH)
    assert seen.path.endswith("?output_format=mp3_44100_128")
    assert (job.id, job.details["characters"]) == ("req-00000000-0000-4000-8000-000000000001", "17")
    found = desk.fetched(job, tmp_path / "into")
    assert {port: path.name for port, path in found.items()} == {"audio": "audio.mp3"}
    assert found["audio"].read_bytes() == mp3()


def test_the_usual_speed_is_left_to_the_voice(desk: Desk) -> None:
    desk.submit(voice(params={"voice": "", "speed_percent": 100, "language": "en"}))
    assert "voice_settings" not in desk.body(SPEECH)


def test_a_model_that_hears_the_language_is_not_told_it(desk: Desk) -> None:
    desk.submit(voice(model="elevenlabs/tts-multilingual-v2", params={"language": "fr"}))
    assert "language_code" not in desk.body(SPEECH)


def test_captions_lie_beside_the_sound_and_are_no_port(desk: Desk) -> None:
    job = desk.submit(voice(prompt="One two. Three."))
    assert [one.port for one in desk.poll(job).artifacts] == ["audio"]
    written = (desk.home / "remote" / "line-0001" / "captions.srt").read_text("utf-8")
    # A tenth of a second a character: "One two." are eight, then a blank.
    assert written == "1\n00:00:00,000 --> 00:00:00,800\nOne two.\n\n2\n00:00:00,900 --> 00:00:01,500\nThree.\n"


def test_long_words_are_cut_into_cues_of_two_lines() -> None:
    text = " ".join(["word"] * 40)
    blocks = captions_of(alignment(text)).strip().split("\n\n")
    lines = [line for block in blocks for line in block.split("\n")[2:]]
    assert max(map(len, lines)) <= 42
    assert " ".join(lines) == text
    assert blocks[0].split("\n")[1].startswith("00:00:00,000 -->")


@pytest.mark.parametrize("broken", [None, {}, {"characters": ["a"]}, {"characters": "ab"}, [1], "x"])
def test_times_that_make_no_sense_cost_no_sound(broken: object) -> None:
    assert captions_of(broken) == ""


def test_a_voice_is_found_by_its_name(desk: Desk) -> None:
    desk.submit(voice(params={"voice": "rachel"}))
    assert len(desk.sent(f"/v1/text-to-speech/{RACHEL}/with-timestamps")) == 1


def test_a_voice_nobody_has_is_named_before_anything_is_spent(desk: Desk) -> None:
    with pytest.raises(CapabilityError, match="no voice called “Nobody”"):
        desk.submit(voice(params={"voice": "Nobody"}))
    assert desk.server.stage.charged == 0


def test_nothing_to_say_is_refused_before_anything_is_sent(desk: Desk) -> None:
    with pytest.raises(CapabilityError, match="no words"):
        desk.submit(voice(prompt=" "))
    assert desk.server.stage.seen == []


# --- copies of a voice ----------------------------------------------------------------------------------


def test_a_voice_is_not_copied_without_its_owners_consent(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(CapabilityError, match="consent") as caught:
        desk.submit(voice(inputs=[sample(tmp_path)]))
    assert "whose voice" in caught.value.hint
    assert desk.server.stage.seen == []


def test_a_voice_is_copied_once_and_spoken_with(desk: Desk, tmp_path: Path) -> None:
    agreed = {"consent": "Ada Byron, by letter of 3 May"}
    desk.submit(voice(inputs=[sample(tmp_path)], params=agreed))
    desk.submit(voice("line-0002", inputs=[sample(tmp_path)], params=agreed))
    server = desk.server
    assert isinstance(server, ElevenLabsServer)
    (added,) = server.added
    assert (added["files"], added["description"]) == (1, "Consent: Ada Byron, by letter of 3 May")
    assert len(desk.sent("/v1/text-to-speech/copied00000000000000/with-timestamps")) == 2


# --- dialogue, music, effects ---------------------------------------------------------------------------


def test_a_dialogue_has_a_voice_for_each_line(desk: Desk) -> None:
    words = "ANNA: Are you there?\nBEN: Yes.\nI always was.\nRachel: Hush."
    cast = f"anna = George; BEN={RACHEL}"
    desk.submit(voice(model="elevenlabs/dialogue-v3", prompt=words, params={"voice": cast, "language": "en"}))
    assert desk.body("/v1/text-to-dialogue/with-timestamps") == {
        "inputs": [
            {"text": "Are you there?", "voice_id": GEORGE},
            {"text": "Yes. I always was.", "voice_id": RACHEL},
            {"text": "Hush.", "voice_id": RACHEL},
        ],
        "model_id": "eleven_v3",
        "language_code": "en",
    }


def test_music_says_its_tempo_in_words_and_is_signed(desk: Desk, tmp_path: Path) -> None:
    request = GenerationRequest(
        token="music-001",
        model="elevenlabs/music-v2.5",
        kind="music",
        prompt="Slow strings.",
        duration_ms=12_500,
        params={"tempo_bpm": 90, "instrumental": False},
    )
    job = desk.submit(request)
    assert desk.body("/v1/music") == {
        "prompt": "Slow strings.\n\n90 beats a minute.",
        "model_id": "music_v2_5",
        "music_length_ms": 12_500,
        "force_instrumental": False,
        "sign_with_c2pa": True,
    }
    assert desk.fetched(job, tmp_path)["audio"].read_bytes() == mp3()


def test_music_takes_no_seed_with_a_prompt(desk: Desk) -> None:
    request = GenerationRequest(token="music-002", model="elevenlabs/music-v2.5", kind="music", prompt="x", seed=1)
    with pytest.raises(CapabilityError, match="seed"):
        desk.submit(request)


def test_an_effect_has_its_length_in_seconds(desk: Desk) -> None:
    params: dict[str, ParamValue] = {"loop": True, "output_format": "wav_48000"}
    request = GenerationRequest(
        token="sfx-00001", model="elevenlabs/sfx-v3", kind="sfx", prompt="Rain", duration_ms=4_500, params=params
    )
    job = desk.submit(request)
    assert desk.body("/v1/sound-generation") == {
        "text": "Rain",
        "model_id": "eleven_text_to_sound_v3",
        "duration_seconds": 4.5,
        "loop": True,
    }
    assert desk.poll(job).artifacts[0].location == "shelf:sfx-00001/audio.wav"


# --- refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("auth", ProviderKeyError),
        ("quota", ProviderQuotaError),
        ("retired", RetiredModelError),
        ("moderated_in", ModerationError),
        ("invalid", CapabilityError),
        ("garbage", UnknownOutcomeError),
        ("drop", UnknownOutcomeError),
        ("server_error", UnknownOutcomeError),
    ],
)
def test_what_a_refusal_proves(desk: Desk, act: str, error: type[Exception]) -> None:
    desk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error):
        desk.submit(voice())
    assert len(desk.sent(SPEECH)) == 1


def test_too_many_at_a_time_says_how_many_the_plan_allows(desk: Desk) -> None:
    desk.server.stage.play("rate_limit")
    with pytest.raises(ProviderBusyError, match="allows 5 requests at a time") as caught:
        desk.submit(voice())
    assert caught.value.details["retry_after"] == 1


def test_a_busy_system_is_another_thing_than_too_many_requests(desk: Desk) -> None:
    desk.server.stage.play("shed")
    with pytest.raises(ProviderBusyError, match="overloaded"):
        desk.submit(voice())


def test_a_fault_of_the_request_names_its_field(desk: Desk) -> None:
    with pytest.raises(CapabilityError, match=r"voice_settings\.speed"):
        desk.submit(voice(params={"speed_percent": 300}))


# --- the history ----------------------------------------------------------------------------------------


def test_a_lost_answer_is_found_in_the_history(desk: Desk, tmp_path: Path) -> None:
    desk.server.stage.play("drop")
    with pytest.raises(UnknownOutcomeError):
        desk.submit(voice())
    found = desk.run(lambda provider: provider.find(voice()))
    assert found is not None
    assert desk.fetched(found, tmp_path)["audio"].read_bytes() == mp3()
    assert len(desk.sent(SPEECH)) == 1


def test_the_answer_of_another_request_with_the_same_words_is_not_taken(desk: Desk) -> None:
    desk.submit(voice("line-0001"))
    desk.server.stage.play("server_error")
    with pytest.raises(UnknownOutcomeError):
        desk.submit(voice("line-0002"))
    assert desk.run(lambda provider: provider.find(voice("line-0002"))) is None


def test_of_two_that_fit_none_is_taken(desk: Desk) -> None:
    desk.server.stage.play("drop", "drop")
    for token in ("line-0001", "line-0002"):
        with pytest.raises(UnknownOutcomeError):
            desk.submit(voice(token))
    assert desk.run(lambda provider: provider.find(voice("line-0001"))) is None


def test_an_older_item_is_not_taken(desk: Desk) -> None:
    assert isinstance(desk.server, ElevenLabsServer)
    desk.server.listed_seconds = -3600
    desk.server.stage.play("drop")
    with pytest.raises(UnknownOutcomeError):
        desk.submit(voice())
    assert desk.run(lambda provider: provider.find(voice())) is None


def test_an_answer_that_is_no_longer_kept_is_lost_with_words(desk: Desk) -> None:
    job = desk.submit(voice())
    (desk.home / "remote" / "line-0001" / "answer.json").unlink()
    update = desk.poll(job)
    assert (update.state, "no longer kept" in update.error_message) == ("lost", True)


def test_the_plan_says_what_is_left(desk: Desk) -> None:
    status = desk.run(lambda provider: provider.check())
    assert status.ready
    assert "98,800 of 100,000 credits" in status.message


def test_a_wrong_key_is_told(desk: Desk) -> None:
    status = desk.run(lambda provider: provider.check(), key="wrong")
    assert (status.ready, "does not take the key" in status.message) == (False, True)


def test_sound_that_is_no_base64_is_an_unknown_outcome(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("takebridge.testing.providers.elevenlabs.base64.b64encode", lambda data: b"%%%")
    assert base64.b64encode(b"x") == b"%%%"
    with pytest.raises(UnknownOutcomeError):
        desk.submit(voice())
