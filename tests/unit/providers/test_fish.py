"""What goes over the wire to Fish Audio and what is made of its answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgpack
import pytest
from tests.support.remote_desk import Desk, desk_of

from takebridge.errors import CapabilityError, ProviderBusyError, ProviderKeyError, ProviderQuotaError
from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.fish import VOICE, FishServer
from takebridge.testing.providers.samples import sound


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "home", "fish", FishServer()) as found:
        yield found


def voice(**more: object) -> GenerationRequest:
    return GenerationRequest.model_validate(
        {"token": "line-0001", "model": "fish/s2.1-pro", "kind": "voice", "prompt": "We leave at dawn.", **more}
    )


def sample(tmp_path: Path) -> MediaInput:
    path = tmp_path / "sample.wav"
    path.write_bytes(sound())
    return MediaInput(role="voice_sample", path=path, content="c", media_type="audio")


def test_the_model_is_a_header_and_the_body_json(desk: Desk, tmp_path: Path) -> None:
    job = desk.submit(voice(params={"voice": VOICE, "speed_percent": 80, "language": "en"}))
    assert desk.body("/v1/tts") == {
        "text": "We leave at dawn.",
        "format": "wav",
        "prosody": {"speed": 0.8},
        "reference_id": VOICE,
    }
    (seen,) = desk.sent("/v1/tts")
    assert (seen.headers["model"], seen.headers["content-type"]) == ("s2.1-pro", "application/json")
    assert desk.fetched(job, tmp_path)["audio"].read_bytes() == sound()


def test_no_voice_and_the_usual_speed_are_left_out(desk: Desk) -> None:
    desk.submit(voice(params={"voice": "", "speed_percent": 100, "language": "en"}))
    assert desk.body("/v1/tts") == {"text": "We leave at dawn.", "format": "wav"}


def test_several_speakers_are_a_list_of_five_at_most(desk: Desk) -> None:
    desk.submit(voice(params={"voice": "a, b"}))
    assert desk.body("/v1/tts")["reference_id"] == ["a", "b"]
    with pytest.raises(CapabilityError, match="5 voices at most; 6 are named"):
        desk.submit(voice(token="line-0002", params={"voice": "a,b,c,d,e,f"}))


def test_reference_sound_goes_as_bytes(desk: Desk, tmp_path: Path) -> None:
    agreed = {"consent": "Ada Byron, by letter"}
    desk.submit(voice(inputs=[sample(tmp_path)], params=agreed))
    (seen,) = desk.sent("/v1/tts")
    assert seen.headers["content-type"] == "application/msgpack"
    assert msgpack.unpackb(seen.body) == {
        "text": "We leave at dawn.",
        "format": "wav",
        "references": [{"audio": sound(), "text": ""}],
    }
    (job,) = desk.server.stage.jobs.values()
    assert job.body["reference_bytes"] == [len(sound())]


def test_a_voice_is_not_copied_without_its_owners_consent(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(CapabilityError, match="consent"):
        desk.submit(voice(inputs=[sample(tmp_path)]))
    assert desk.server.stage.seen == []


def test_a_speed_it_does_not_have_is_refused_before_anything_is_sent(desk: Desk) -> None:
    with pytest.raises(CapabilityError, match="50 to 200 percent; 400"):
        desk.submit(voice(params={"speed_percent": 400}))
    assert desk.server.stage.seen == []


@pytest.mark.parametrize(
    ("act", "error"), [("auth", ProviderKeyError), ("quota", ProviderQuotaError), ("rate_limit", ProviderBusyError)]
)
def test_what_a_refusal_proves(desk: Desk, act: str, error: type[Exception]) -> None:
    desk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error, match="refused"):
        desk.submit(voice())
    assert desk.server.stage.charged == 0


def test_an_id_the_api_does_not_know_is_told_in_its_words(tmp_path: Path) -> None:
    server = FishServer()
    with desk_of(tmp_path / "home", "fish", server) as desk:
        profile = next(one for one in desk.provider().models() if one.id == "fish/s1")
        desk.models = (profile.model_copy(update={"id": "fish/s9", "remote_id": "s9"}),)
        with pytest.raises(CapabilityError, match="Unknown model: s9"):
            desk.submit(voice(model="fish/s9"))


def test_the_credit_is_told(desk: Desk) -> None:
    status = desk.run(lambda provider: provider.check())
    assert (status.ready, "12.5 of credit" in status.message) == (True, True)
