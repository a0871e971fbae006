"""Runway's tasks: what goes over the wire, and what comes back as one of our states (providers.md §2.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.providers.every_mode import asked_all, housed
from tests.unit.providers.talks import Talk, clip, still, voice

from takebridge.errors import (
    CapabilityError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderQuotaError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.media.probe import probe
from takebridge.providers.transports import runway
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.runway import RunwayServer


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Talk]]:
    with housed("runway", RunwayServer(), tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture
def talk(house: Callable[[Path], Talk], tmp_path: Path) -> Talk:
    return house(tmp_path)


def server_of(talk: Talk) -> RunwayServer:
    assert isinstance(talk.server, RunwayServer)
    return talk.server


# --- requests


def test_words_become_a_clip(talk: Talk) -> None:
    job = talk.submit("runway/gen4.5", "video", params={"aspect": "9:16"}, duration_ms=5000, seed=3)
    assert talk.body("/v1/text_to_video") == {
        "model": "gen4.5",
        "promptText": "a red kite",
        "duration": 5,
        "seed": 3,
        "ratio": "720:1280",
        "outputFormat": "mp4",
    }
    seen = talk.watch(job)
    assert [(one.state, one.done, one.total) for one in seen] == [
        ("queued", 0, 0),
        ("running", 40, 100),
        ("done", 0, 0),
    ]
    assert seen[-1].cost_micros == 50_000  # 5 credits of a cent
    path = talk.fetch(seen[-1])
    assert (path.name, probe(path).frame_count) == ("video.mp4", 48)


def test_every_request_names_the_version_of_the_api(talk: Talk) -> None:
    talk.poll(talk.submit("runway/gen4.5", "video", duration_ms=5000))
    told = {one.headers["x-runway-version"] for one in talk.server.stage.seen}
    assert told == {"2024-11-06"}
    assert {one.headers["authorization"] for one in talk.server.stage.seen} == {f"Bearer {KEY}"}


def test_frames_are_listed_with_their_positions(talk: Talk, tmp_path: Path) -> None:
    first, last = still(tmp_path, "start_frame"), still(tmp_path, "end_frame", "last.png")
    talk.submit("runway/veo-3.1", "video", first, last, duration_ms=6000, params={"sound": True, "aspect": "16:9"})
    body = talk.body("/v1/image_to_video")
    assert body["promptImage"] == [
        {"position": "first", "uri": "runway://upload-1"},
        {"position": "last", "uri": "runway://upload-2"},
    ]
    assert (body["duration"], body["audio"]) == (6, True)


def test_references_are_objects_and_a_reference_clip_says_its_type(talk: Talk, tmp_path: Path) -> None:
    talk.submit("runway/seedance-2.0", "video", still(tmp_path, "reference_image"), clip(tmp_path), duration_ms=5000)
    body = talk.body("/v1/text_to_video")
    assert body["references"] == [{"uri": "runway://upload-1"}]
    assert body["referenceVideos"] == [{"type": "video", "uri": "runway://upload-2"}]


def test_a_clip_is_changed_by_aleph_with_its_first_frame_as_a_keyframe(talk: Talk, tmp_path: Path) -> None:
    talk.submit("runway/aleph2", "video_edit", clip(tmp_path), still(tmp_path, "reference_image"), seed=1)
    assert talk.body("/v1/video_to_video") == {
        "model": "aleph2",
        "videoUri": "runway://upload-1",
        "outputFormat": "mp4",
        "promptText": "a red kite",
        "seed": 1,
        "keyframes": [{"seconds": 0, "uri": "runway://upload-2"}],
    }


def test_a_performance_drives_a_character(talk: Talk, tmp_path: Path) -> None:
    talk.submit("runway/act-two", "video", still(tmp_path, "start_frame"), clip(tmp_path, frames=96), prompt="")
    body = talk.body("/v1/character_performance")
    assert body["character"] == {"type": "image", "uri": "runway://upload-1"}
    assert body["reference"] == {"type": "video", "uri": "runway://upload-2"}


def test_the_sound_of_a_changed_clip_is_kept_or_not(talk: Talk, tmp_path: Path) -> None:
    talk.submit("runway/kling-o3-pro-edit", "video_edit", clip(tmp_path, frames=96), params={"keep_sound": False})
    assert talk.body("/v1/video_to_video")["providerSettings"] == {"keepOriginalSound": False}


def test_an_open_aspect_follows_the_first_frame(talk: Talk, tmp_path: Path) -> None:
    upright = still(tmp_path, "start_frame").model_copy(update={"width": 832, "height": 1104})
    talk.submit("runway/gen4.5", "video", upright, duration_ms=5000, params={"aspect": "auto"})
    assert talk.body("/v1/image_to_video")["ratio"] == "832:1104"


def test_an_open_length_is_that_of_the_picture(talk: Talk, tmp_path: Path) -> None:
    # 48 frames at 24 a second.
    talk.submit("runway/mirelo-sfx-2", "sfx", clip(tmp_path), frame_count=48, rate="24/1")
    assert talk.body("/v1/video_to_audio")["duration"] == 2


def test_a_recording_is_dubbed_into_a_language(talk: Talk, tmp_path: Path) -> None:
    talk.submit("runway/eleven-dubbing", "voice", voice(tmp_path, "voice_sample"), prompt="", params={"language": "de"})
    body = talk.body("/v1/voice_dubbing")
    assert body == {"model": "eleven_voice_dubbing", "audioUri": "runway://upload-1", "targetLang": "de"}


def test_a_voice_is_a_preset(talk: Talk) -> None:
    talk.submit("runway/eleven-v3", "voice", params={"voice": "Rachel", "speed_percent": 110})
    body = talk.body("/v1/text_to_speech")
    assert body["voice"] == {"type": "runway-preset", "presetId": "Rachel"}
    assert body["speed"] == 1.1


def test_every_mode_is_written_as_the_sdks_types_have_it(talk: Talk, tmp_path: Path) -> None:
    asked, refused = asked_all(talk, "runway", tmp_path)
    assert refused == []
    jobs = talk.server.stage.jobs
    assert all(jobs[job.id].model == profile.remote_id for profile, _, job in asked)
    submits = [one.path for one in talk.sent("POST", "/v1/") if one.path != "/v1/uploads"]
    assert submits == [mode.path for _, mode, _ in asked]


# --- uploads


def test_uploads_go_to_storage_without_the_key_and_without_the_users_file_name(talk: Talk, tmp_path: Path) -> None:
    first = still(tmp_path, "start_frame", "Client footage.PNG")
    talk.submit("runway/gen4.5", "video", first, duration_ms=5000)
    assert talk.body("/v1/uploads") == {"filename": "input.png", "type": "ephemeral"}
    (stored,) = talk.sent("POST", "/s3/")
    assert "authorization" not in stored.headers
    assert b"Client footage" not in stored.body
    assert server_of(talk).uploads == {"upload-1": first.path.read_bytes()}


def test_a_file_over_200_mb_is_refused_before_anything_is_sent(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runway.LARGEST_UPLOAD == 200_000_000
    monkeypatch.setattr(runway, "LARGEST_UPLOAD", 100)
    with pytest.raises(CapabilityError, match="200 MB"):
        talk.submit("runway/aleph2", "video_edit", clip(tmp_path))
    assert talk.server.stage.seen == []


# --- states


def test_waiting_for_the_accounts_own_limit_is_queueing(talk: Talk) -> None:
    talk.server.stage.play("throttled")
    assert talk.poll(talk.submit("runway/gen4.5", "video", duration_ms=5000)).state == "queued"


@pytest.mark.parametrize(
    ("act", "code", "micros"),
    [
        ("failed", "server", 0),
        ("moderated_in", "moderation_input", 50_000),
        ("moderated_out", "moderation_output", 50_000),
    ],
)
def test_a_failed_task_says_its_reason_and_what_it_cost(talk: Talk, act: str, code: str, micros: int) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    last = talk.watch(talk.submit("runway/gen4.5", "video", duration_ms=5000))[-1]
    assert (last.state, last.error_code, last.cost_micros) == ("failed", code, micros)
    assert last.error_message.startswith("The ")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("SAFETY.INPUT.IMAGE", "moderation_input"),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", "moderation_input"),
        ("SAFETY.OUTPUT.VIDEO", "moderation_output"),
        ("ASSET.INVALID", "asset_fetch"),
        ("INPUT_PREPROCESSING.INTERNAL", "server"),
        ("INTERNAL.BAD_OUTPUT.CODE01", "server"),
        ("", "server"),
    ],
)
def test_failure_codes_have_a_kind(code: str, kind: str) -> None:
    assert runway.kind_of(code) == kind


def test_cancelling_a_queued_task_gives_the_money_back_and_a_running_one_not(talk: Talk) -> None:
    queued = talk.submit("runway/gen4.5", "video", duration_ms=5000)
    talk.run(lambda: talk.provider.cancel(queued))
    update = talk.poll(queued)
    assert (update.state, update.cost_micros) == ("cancelled", 0)
    running = talk.submit("runway/gen4.5", "video", duration_ms=5000)
    talk.poll(running)
    talk.run(lambda: talk.provider.cancel(running))
    update = talk.poll(running)
    assert (update.state, update.cost_micros) == ("cancelled", 50_000)


def test_cancelling_what_has_ended_does_not_delete_its_result(talk: Talk) -> None:
    job = talk.submit("runway/gen4.5", "video", duration_ms=5000)
    talk.watch(job)
    talk.run(lambda: talk.provider.cancel(job))
    assert talk.sent("DELETE", "/v1/tasks/") == []
    assert talk.poll(job).state == "done"


def test_a_dead_address_is_asked_for_again(talk: Talk) -> None:
    talk.server.stage.play("expired_url")
    last = talk.watch(talk.submit("runway/gen4.5", "video", duration_ms=5000))[-1]
    assert probe(talk.fetch(last)).frame_count == 48


# --- refusals


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("auth", ProviderKeyError),
        ("quota", ProviderQuotaError),
        ("retired", RetiredModelError),
        ("invalid", CapabilityError),
        ("rate_limit", ProviderBusyError),
        ("shed", ProviderBusyError),
        ("server_error", UnknownOutcomeError),
        ("garbage", UnknownOutcomeError),
    ],
)
def test_refusals_say_whether_anything_was_started(talk: Talk, act: str, error: type[Exception]) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error):
        talk.submit("runway/gen4.5", "video", duration_ms=5000)
    assert len(talk.sent("POST", "/v1/text_to_video")) == 1


def test_aleph_1_is_gone_and_names_its_successor(talk: Talk, tmp_path: Path) -> None:
    with pytest.raises(CapabilityError, match="retired"):
        talk.submit("runway/aleph", "video_edit", clip(tmp_path))
    (gone,) = [one for one in talk.provider.models() if one.id == "runway/aleph"]
    assert gone.replaced_by == ("runway/aleph2",)
    assert talk.server.stage.seen == []


def test_the_check_tells_the_balance(talk: Talk) -> None:
    status = talk.run(talk.provider.check)
    assert (status.ready, "1,234 credits ($12.34)" in status.message) == (True, True)
    server_of(talk).balance = 0
    assert not talk.run(talk.provider.check).ready
