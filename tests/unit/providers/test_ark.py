"""Ark of BytePlus and Volcengine: what goes over the wire, and what comes back as one of our states."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, clip, still, talking

from takebridge.errors import (
    CapabilityError,
    ModerationError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderQuotaError,
    ProviderUnavailableError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.media.probe import probe
from takebridge.providers.facts import Json
from takebridge.providers.protocol import MediaInput, RemoteJob
from takebridge.providers.remote.door import Account, Door
from takebridge.providers.transports.ark import update_of
from takebridge.testing.providers.ark import ArkServer

NEW, OLD = "ark/seedance-2.5", "ark/seedance-2.0"
TASKS = "/contents/generations/tasks"


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with talking("ark", ArkServer(), tmp_path, poll_seconds=1e-9) as found:
        yield found


def inside(one: MediaInput, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(one.path.read_bytes()).decode()}"


def entry(kind: str, url: str, role: str) -> Json:
    return {"type": kind, kind: {"url": url}, "role": role}


def test_words_become_a_task_and_the_task_a_clip(talk: Talk) -> None:
    params = {"aspect": "21:9", "resolution": "2160p", "sound": True}
    job = talk.submit(OLD, "video", params=params, duration_ms=12_000, seed=99)
    assert talk.body(TASKS) == {
        "model": "dreamina-seedance-2-0-260128",
        "content": [{"type": "text", "text": "a red kite"}],
        "ratio": "21:9",
        "resolution": "4k",
        "duration": 12,
        "seed": 99,
        "generate_audio": True,
        "watermark": False,
    }
    seen = talk.watch(job)
    assert [one.state for one in seen] == ["queued", "running", "done"]
    assert (seen[-1].seed_used, seen[-1].model_reported) == (99, "dreamina-seedance-2-0-260128")
    path = talk.fetch(seen[-1])
    assert (path.name, probe(path).frame_count) == ("video.mp4", 48)


def test_frames_carry_their_roles_and_auto_is_adaptive(talk: Talk, tmp_path: Path) -> None:
    first, last = still(tmp_path, "start_frame"), still(tmp_path, "end_frame", "last.png")
    talk.submit(NEW, "video", first, last, params={"aspect": "auto"}, duration_ms=5_000)
    body = talk.body(TASKS)
    assert body["ratio"] == "adaptive"
    assert body["content"] == [
        {"type": "text", "text": "a red kite"},
        entry("image_url", inside(first, "image/png"), "first_frame"),
        entry("image_url", inside(last, "image/png"), "last_frame"),
    ]


def test_references_of_three_kinds_go_together(talk: Talk, tmp_path: Path) -> None:
    picture, source = still(tmp_path, "reference_image"), clip(tmp_path)
    talk.submit(NEW, "video", picture, source)
    body = talk.body(TASKS)
    assert body["omni_reference_task_type"] == "reference"
    assert body["content"][1:] == [
        entry("image_url", inside(picture, "image/png"), "reference_image"),
        entry("video_url", inside(source, "video/mp4"), "reference_video"),
    ]


def test_a_clip_is_edited_in_its_own_shape(talk: Talk, tmp_path: Path) -> None:
    talk.submit(f"{NEW}-edit", "video_edit", clip(tmp_path), params={"keep_sound": True})
    body = talk.body(TASKS)
    assert (body["omni_reference_task_type"], body["ratio"]) == ("edit", "adaptive")
    assert (body["generate_audio"], body["watermark"]) == (True, False)


def test_frames_and_references_exclude_each_other_before_anything_is_sent(talk: Talk, tmp_path: Path) -> None:
    with pytest.raises(CapabilityError, match="cannot take"):
        talk.submit(NEW, "video", still(tmp_path, "start_frame"), still(tmp_path, "reference_image", "r.png"))
    assert talk.server.stage.seen == []


@pytest.mark.parametrize(
    ("resolution", "with_clip", "micros"),
    [
        ("720p", False, 756_000),  # 108 000 tokens at 7 dollars a million
        ("720p", True, 464_400),  # at 4.30 with a clip among the inputs
        ("1080p", False, None),  # nobody has looked that rate up
    ],
)
def test_tokens_become_money_at_the_rate_that_held(
    talk: Talk, tmp_path: Path, resolution: str, with_clip: bool, micros: int | None
) -> None:
    given = [clip(tmp_path)] if with_clip else []
    job = talk.submit(OLD, "video", *given, params={"resolution": resolution})
    assert talk.watch(job)[-1].cost_micros == micros


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("auth", ProviderKeyError),
        ("quota", ProviderQuotaError),
        ("rate_limit", ProviderBusyError),
        ("retired", RetiredModelError),
        ("invalid", CapabilityError),
        ("moderated_in", ModerationError),
        ("server_error", UnknownOutcomeError),
        ("shed", UnknownOutcomeError),
        ("garbage", UnknownOutcomeError),
    ],
)
def test_a_refusal_is_the_error_it_proves(talk: Talk, act: str, error: type[Exception]) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error) as caught:
        talk.submit(NEW, "video")
    assert type(caught.value) is error
    assert len(talk.sent("POST", TASKS)) == 1


@pytest.mark.parametrize(
    ("act", "state", "code"),
    [("failed", "failed", "server"), ("moderated_out", "failed", "moderation_output"), ("lost", "lost", "not_found")],
)
def test_a_task_that_went_wrong(talk: Talk, act: str, state: str, code: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    update = talk.watch(talk.submit(NEW, "video"))[-1]
    assert (update.state, update.error_code, update.cost_micros) == (state, code, None)


def test_a_queued_task_is_taken_back(talk: Talk) -> None:
    job = talk.submit(NEW, "video")
    talk.run(lambda: talk.provider.cancel(job))
    assert talk.poll(job).state == "cancelled"
    assert talk.server.stage.charged == 0


def test_a_running_task_cannot_be_stopped_and_nobody_says_it_was(talk: Talk) -> None:
    talk.server.stage.play("slow")
    job = talk.submit(NEW, "video")
    talk.poll(job)
    with pytest.raises(ProviderUnavailableError, match="cannot stop"):
        talk.run(lambda: talk.provider.cancel(job))
    assert talk.sent("DELETE", TASKS) == []


def test_a_task_that_ended_is_not_deleted_with_its_result(talk: Talk) -> None:
    job = talk.submit(NEW, "video")
    update = talk.watch(job)[-1]
    talk.run(lambda: talk.provider.cancel(job))
    assert talk.sent("DELETE", TASKS) == []
    assert probe(talk.fetch(update)).frame_count == 48


def test_a_picture_comes_inside_the_answer(talk: Talk, tmp_path: Path) -> None:
    given = still(tmp_path, "source_image")
    job = talk.submit("ark/seedream-5.0-edit", "image_edit", given, params={"aspect": "auto"})
    assert talk.body("/images/generations") == {
        "model": "seedream-5-0-pro",
        "prompt": "a red kite",
        "image": [inside(given, "image/png")],
        "size": "2K",
        "response_format": "b64_json",
        "watermark": False,
    }
    path = talk.fetch(talk.poll(job))
    assert (path.name, probe(path).width) == ("image.jpg", 192)
    talk.server.stage.play("moderated_out")
    held = talk.poll(talk.submit("ark/seedream-5.0", "image"))
    assert (held.error_code, held.error_message) == ("moderation_output", "held back")


def test_volcengine_is_asked_the_same_way_under_its_own_names(tmp_path: Path) -> None:
    with talking("volcengine", ArkServer(), tmp_path, poll_seconds=1e-9) as talk:
        job = talk.submit("volcengine/seedance-2.5", "video")
        assert talk.body(TASKS)["model"] == "doubao-seedance-2-5-260628"
        assert (job.provider, talk.watch(job)[-1].cost_micros) == ("volcengine", None)


def test_the_check_lists_a_task_and_costs_nothing(talk: Talk) -> None:
    assert talk.run(talk.provider.check).ready
    assert talk.server.stage.charged == 0


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        ({"status": "expired"}, "failed", "timeout"),
        ({"status": "cancelled"}, "cancelled", ""),
        ({"status": "succeeded", "content": {}}, "failed", "server"),
        (
            {"status": "failed", "error": {"code": "InputImageSensitiveContentDetected.PrivacyInformation"}},
            "failed",
            "moderation_input",
        ),
        ({"status": "failed", "error": {"code": "ImageDownloadError", "message": "no"}}, "failed", "asset_fetch"),
    ],
)
def test_every_end_of_a_task_means_one_of_ours(talk: Talk, answer: dict[str, Json], state: str, code: str) -> None:
    door = Door(Account(talk.provider.facts, "https://ark.example"), lambda key: {})
    job = RemoteJob(provider="ark", id="cgt-1", model=NEW, details={"port": "video"})
    found = update_of(door, answer, job)
    assert (found.state, found.error_code) == (state, code)


def test_a_status_nobody_knows_is_looked_at_again(talk: Talk) -> None:
    door = Door(Account(talk.provider.facts, "https://ark.example"), lambda key: {})
    with pytest.raises(ProviderBusyError):
        update_of(door, {"status": "pondering"}, RemoteJob(provider="ark", id="cgt-1", model=NEW))
