"""fal's queue: what goes over the wire, and what comes back as one of our states (providers.md §2.1)."""

from __future__ import annotations

import json
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
from takebridge.providers.remote.door import Reply
from takebridge.providers.remote.refusals import Refusal
from takebridge.providers.transports import fal
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.fal import FalServer

SEEDANCE = "fal/seedance-2.0"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Talk]]:
    with housed("fal", FalServer(), tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture
def talk(house: Callable[[Path], Talk], tmp_path: Path) -> Talk:
    return house(tmp_path)


def server_of(talk: Talk) -> FalServer:
    assert isinstance(talk.server, FalServer)
    return talk.server


# --- requests


def test_words_become_a_clip(talk: Talk) -> None:
    params = {"aspect": "9:16", "resolution": "1080p", "sound": True}
    job = talk.submit(SEEDANCE, "video", params=params, duration_ms=7000, seed=11)
    assert talk.body("/bytedance/seedance-2.0/text-to-video") == {
        "prompt": "a red kite",
        "duration": "7",
        "resolution": "1080p",
        "generate_audio": True,
        "seed": 11,
        "aspect_ratio": "9:16",
    }
    seen = talk.watch(job)
    assert [one.state for one in seen] == ["queued", "running", "done"]
    assert seen[-1].seed_used == 11
    path = talk.fetch(seen[-1])
    assert (path.name, probe(path).frame_count) == ("video.mp4", 48)


def test_the_key_is_a_key_and_results_end_after_a_week(talk: Talk) -> None:
    talk.submit(SEEDANCE, "video", duration_ms=5000)
    (sent,) = talk.sent("POST", "/bytedance/")
    assert sent.headers["authorization"] == f"Key {KEY}"
    assert json.loads(sent.headers["x-fal-object-lifecycle-preference"]) == {"expiration_duration_seconds": 604_800}


def test_veo_wants_seconds_with_a_unit_and_its_own_word_for_4k(talk: Talk, tmp_path: Path) -> None:
    first, last = still(tmp_path, "start_frame"), still(tmp_path, "end_frame", "last.png")
    params = {"resolution": "2160p", "avoid": "rain", "aspect": "16:9", "sound": False}
    talk.submit("fal/veo-3.1", "video", first, last, duration_ms=6000, params=params)
    body = talk.body("/fal-ai/veo3.1/first-last-frame-to-video")
    assert {name: body[name] for name in ("duration", "resolution", "negative_prompt", "generate_audio")} == {
        "duration": "6s",
        "resolution": "4k",
        "negative_prompt": "rain",
        "generate_audio": False,
    }
    assert body["first_frame_url"] != body["last_frame_url"]


def test_a_still_is_changed_together_with_its_references_in_order(talk: Talk, tmp_path: Path) -> None:
    source = still(tmp_path, "source_image", "source.png")
    more = still(tmp_path, "reference_image", "more.png")
    more.path.write_bytes(more.path.read_bytes() + b"x")
    talk.submit("fal/nano-banana-2-edit", "image_edit", source, more)
    body = talk.body("/fal-ai/nano-banana-2/edit")
    kept = [server_of(talk).uploads[url.rsplit("/", 1)[1]] for url in body["image_urls"]]
    assert kept == [source.path.read_bytes(), more.path.read_bytes()]


def test_a_picture_size_is_a_multiple_of_32_within_2048(talk: Talk) -> None:
    talk.submit("fal/flux-2-pro", "image", params={"aspect": "21:9", "resolution": "1080p"})
    # 2520 x 1080 is too wide: 2048 x 877.7, which is 2048 x 864 on the grid.
    assert talk.body("/fal-ai/flux-2-pro")["image_size"] == {"width": 2048, "height": 864}


def test_lips_follow_the_voice(talk: Talk, tmp_path: Path) -> None:
    params = {"length": "picture"}
    talk.submit("fal/sync-lipsync-2", "lip_sync", clip(tmp_path), voice(tmp_path), prompt="", params=params)
    body = talk.body("/fal-ai/sync-lipsync/v2")
    assert (set(body), body["sync_mode"]) == ({"video_url", "audio_url", "sync_mode"}, "silence")


def test_every_mode_is_written_as_its_endpoint_takes_it_and_its_result_found(talk: Talk, tmp_path: Path) -> None:
    asked, refused = asked_all(talk, "fal", tmp_path)
    assert refused == []
    jobs = talk.server.stage.jobs
    for _, _, job in asked:
        jobs[job.id].polls = 9
    assert all(jobs[job.id].model == mode.path for _, mode, job in asked)

    async def looked() -> list[tuple[str, str]]:
        told = [(profile, await talk.provider.poll(job)) for profile, _, job in asked]
        return [
            (profile.id, update.state)
            for profile, update in told
            if [one.port for one in update.artifacts] != list(profile.outputs)
        ]

    assert talk.run(looked) == []


# --- addresses


def test_the_addresses_fal_returned_are_used(talk: Talk) -> None:
    job = talk.submit(SEEDANCE, "video", duration_ms=5000)
    talk.poll(job)
    # The sub-path (text-to-video) is not part of them: providers.md §2.1.
    assert talk.sent("GET", "/")[-1].path == f"/bytedance/seedance-2.0/requests/{job.id}/status"


@pytest.mark.parametrize(
    ("endpoint", "app"),
    [
        ("fal-ai/kling-video/v3/pro/text-to-video", "fal-ai/kling-video"),
        ("workflows/someone/flow/part", "workflows/someone/flow"),
        ("comfy/someone/graph", "comfy/someone/graph"),
    ],
)
def test_an_address_left_out_is_written_by_fals_rule(endpoint: str, app: str) -> None:
    assert fal._app(endpoint) == app


def test_an_address_elsewhere_is_not_followed(talk: Talk) -> None:
    talk.server.url = "https://queue.example.com"
    job = talk.submit(SEEDANCE, "video", duration_ms=5000)
    assert talk.poll(job).state == "queued"


# --- uploads


def test_uploads_use_a_token_in_place_of_the_key_and_end_after_a_day(talk: Talk, tmp_path: Path) -> None:
    first = still(tmp_path, "start_frame", "Client footage.PNG")
    talk.submit(SEEDANCE, "video", first, duration_ms=5000)
    (sent,) = talk.sent("POST", "/files/upload")
    assert KEY not in sent.headers["authorization"]
    assert (sent.headers["content-type"], sent.headers["x-fal-file-name"]) == ("image/png", "input.png")
    assert server_of(talk).lifecycles == [{"expiration_duration_seconds": 86_400}]
    assert list(server_of(talk).uploads.values()) == [first.path.read_bytes()]


def test_uploads_can_be_hidden_from_whoever_has_the_link(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAKEBRIDGE_FAL_UPLOADS", "hide")
    talk.submit(SEEDANCE, "video", still(tmp_path, "start_frame"), duration_ms=5000)
    assert server_of(talk).lifecycles[0]["initial_acl"] == {"default": "hide"}


def test_a_file_used_twice_goes_up_once(talk: Talk, tmp_path: Path) -> None:
    first = still(tmp_path, "start_frame")
    talk.submit(SEEDANCE, "video", first, first.model_copy(update={"role": "end_frame"}), duration_ms=5000)
    body = talk.body("/bytedance/seedance-2.0/image-to-video")
    assert body["image_url"] == body["end_image_url"]
    assert len(talk.sent("POST", "/files/upload")) == len(talk.sent("POST", "/storage/auth/token")) == 1


def test_a_large_file_goes_up_in_parts(talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fal, "LARGEST_SINGLE", 1000)
    monkeypatch.setattr(fal, "PART", 400)
    source = clip(tmp_path)
    source.path.write_bytes(bytes(range(256)) * 4)  # 1,024 bytes: parts of 400, 400 and 224
    talk.submit("fal/topaz-video", "upscale", source, prompt="", params={"scale": 2})
    parts = talk.sent("PUT", "/files/")
    assert [(one.path.rsplit("/", 1)[1], len(one.body)) for one in parts] == [("1", 400), ("2", 400), ("3", 224)]
    assert list(server_of(talk).uploads.values()) == [bytes(range(256)) * 4]


def test_a_hundred_megabytes_still_go_in_one_piece() -> None:
    assert (fal.LARGEST_SINGLE, fal.PART) == (104_857_600, 10_485_760)


# --- ends


def test_completed_may_have_failed_and_what_crashed_at_fal_is_not_billed(talk: Talk) -> None:
    talk.server.stage.play("failed")
    last = talk.watch(talk.submit(SEEDANCE, "video", duration_ms=5000))[-1]
    assert (last.state, last.error_code, last.cost_micros) == ("failed", "server", 0)
    assert "The model crashed" in last.error_message


@pytest.mark.parametrize(
    ("act", "code"), [("moderated_in", "moderation_input"), ("moderated_out", "moderation_output")]
)
def test_moderation_is_told_with_its_side_and_never_as_free(talk: Talk, act: str, code: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    last = talk.watch(talk.submit(SEEDANCE, "video", duration_ms=5000))[-1]
    assert (last.state, last.error_code, last.cost_micros) == ("failed", code, None)
    assert "flagged by a content checker" in last.error_message


@pytest.mark.parametrize(("said", "told"), [("true", True), ("false", False), ("", False)])
def test_a_failure_that_may_pass_is_told_as_such(said: str, told: bool) -> None:
    reply = Reply(422, {"x-fal-retryable": said}, b"{}", "")
    update = fal._failure(Refusal("asset_fetch", "The picture could not be read"), reply)
    assert ("may work later" in update.error_hint) is told
    assert update.cost_micros is None


def test_a_picture_the_checker_blacked_out_is_no_result(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = FalServer._output
    monkeypatch.setattr(FalServer, "_output", lambda self, job: shown(self, job) | {"has_nsfw_concepts": [True]})
    last = talk.watch(talk.submit("fal/flux-2-pro", "image"))[-1]
    assert (last.state, last.error_code) == ("failed", "moderation_output")


def test_a_finished_job_without_a_file_has_failed(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FalServer, "_output", lambda self, job: {"seed": 1})
    last = talk.watch(talk.submit(SEEDANCE, "video", duration_ms=5000))[-1]
    assert (last.state, last.error_code) == ("failed", "server")


def test_a_job_nobody_knows_is_lost(talk: Talk) -> None:
    talk.server.stage.play("lost")
    assert talk.poll(talk.submit(SEEDANCE, "video", duration_ms=5000)).state == "lost"


def test_cancelling_twice_and_after_the_end_is_no_error(talk: Talk) -> None:
    job = talk.submit(SEEDANCE, "video", duration_ms=5000)
    for _ in range(2):
        talk.run(lambda: talk.provider.cancel(job))
    assert [one.method for one in talk.sent("PUT", "/bytedance/seedance-2.0/requests/")] == ["PUT", "PUT"]
    assert talk.poll(job).state == "cancelled"
    done = talk.submit(SEEDANCE, "video", duration_ms=5000)
    talk.watch(done)
    talk.run(lambda: talk.provider.cancel(done))


# --- refusals


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("auth", ProviderKeyError),
        ("quota", ProviderQuotaError),
        ("retired", RetiredModelError),
        ("invalid", CapabilityError),
        ("rate_limit", ProviderBusyError),
        ("server_error", UnknownOutcomeError),
        ("garbage", UnknownOutcomeError),
    ],
)
def test_refusals_say_whether_anything_was_started(talk: Talk, act: str, error: type[Exception]) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error):
        talk.submit(SEEDANCE, "video", duration_ms=5000)
    assert len(talk.sent("POST", "/bytedance/")) == 1


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind"),
    [
        (422, {"detail": [{"loc": ["body", "image_url"], "msg": "x", "type": "image_too_large"}]}, {}, "invalid_input"),
        (
            422,
            {"detail": [{"loc": ["body", "image_url"], "msg": "x", "type": "file_download_error"}]},
            {},
            "asset_fetch",
        ),
        (504, {"detail": "queued too long", "error_type": "request_timeout"}, {}, "timeout"),
        (503, {"detail": "no runner"}, {"x-fal-error-type": "runner_connection_error"}, "server"),
        (403, {"detail": "User is locked. Reason: Exhausted balance."}, {}, "quota"),
        (403, {"detail": "No access to this app"}, {}, "auth"),
    ],
)
def test_both_error_shapes_are_read(status: int, body: object, headers: dict[str, str], kind: str) -> None:
    reply = Reply(status, headers, json.dumps(body).encode(), "https://queue.fal.run/x")
    assert fal.TRANSPORT.explain(reply).kind == kind


def test_the_check_costs_nothing(talk: Talk) -> None:
    assert talk.run(talk.provider.check).ready
    assert [one.path for one in talk.sent("POST", "/")] == ["/storage/auth/token?storage_type=fal-cdn-v3"]
