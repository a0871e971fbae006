"""Kling's own API: signed tokens, the envelope, and the id of ours by which a job is found again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, still, talking, voice

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
from takebridge.providers.protocol import MediaInput
from takebridge.providers.transports.kling import Clock, Kling, token_of
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.kling import ACCESS, KlingServer


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with talking("kling", KlingServer(), tmp_path, key=KlingServer.key) as found:
        yield found


def frame(folder: Path, role: str = "start_frame", name: str = "a.png") -> MediaInput:
    """A still that says it is large enough."""
    return still(folder, role, name).model_copy(update={"width": 1280, "height": 720})


def test_a_token_is_a_jwt_signed_with_the_secret() -> None:
    head, claims, mark = token_of("ak", "sk", 1_800_000_000).split(".")
    assert json.loads(base64.urlsafe_b64decode(head + "==")) == {"alg": "HS256", "typ": "JWT"}
    told = {"iss": "ak", "exp": 1_800_001_800, "nbf": 1_799_999_995}
    assert json.loads(base64.urlsafe_b64decode(claims + "==")) == told
    wanted = hmac.new(b"sk", f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(mark + "==") == wanted


def test_words_become_a_clip(talk: Talk) -> None:
    params = {"aspect": "9:16", "resolution": "720p", "sound": True, "avoid": "text"}
    job = talk.submit("kling/3.0", "video", duration_ms=7_000, params=params)
    assert talk.body("/v1/videos/text2video") == {
        "model_name": "kling-v3",
        "prompt": "a red kite",
        "negative_prompt": "text",
        "duration": "7",
        "mode": "std",
        "sound": "on",
        "aspect_ratio": "9:16",
        "external_task_id": "test-token-0001",
    }
    seen = talk.watch(job)
    assert [one.state for one in seen] == ["queued", "running", "done"]
    assert probe(talk.fetch(seen[-1])).frame_count == 48


def test_frames_go_along_as_bare_base64(talk: Talk, tmp_path: Path) -> None:
    first, last = frame(tmp_path), frame(tmp_path, "end_frame", "b.png")
    talk.submit("kling/3.0", "video", first, last, duration_ms=5_000, params={"resolution": "2160p"})
    body = talk.body("/v1/videos/image2video")
    assert base64.b64decode(body["image"], validate=True) == first.path.read_bytes()
    assert base64.b64decode(body["image_tail"], validate=True) == last.path.read_bytes()
    assert (body["mode"], body["sound"]) == ("4k", "off")
    assert "aspect_ratio" not in body


def test_omni_lists_frames_and_references_with_their_types(talk: Talk, tmp_path: Path) -> None:
    refs = [frame(tmp_path, "reference_image", f"{name}.png") for name in "cd"]
    talk.submit("kling/3.0-omni", "video", frame(tmp_path), *refs, duration_ms=3_000)
    listed = talk.body("/v1/videos/omni-video")["image_list"]
    assert [one.get("type") for one in listed] == ["first_frame", None, None]
    assert all(set(one) <= {"image_url", "type"} for one in listed)


def test_a_still_speaks(talk: Talk, tmp_path: Path) -> None:
    job = talk.submit("kling/avatar-2", "lip_sync", frame(tmp_path, "source_video"), voice(tmp_path), prompt="")
    body = talk.body("/v1/videos/avatar/image2video")
    assert set(body) == {"image", "sound_file", "mode", "external_task_id"}
    assert talk.watch(job)[-1].state == "done"


def test_a_lost_answer_is_found_by_our_own_id(talk: Talk) -> None:
    request = talk.ask("kling/3.0", "video", duration_ms=5_000)
    talk.server.stage.play("drop")
    with pytest.raises(UnknownOutcomeError):
        talk.run(lambda: talk.provider.submit(request))
    found = talk.run(lambda: talk.provider.find(request))
    assert found is not None
    assert found.id in talk.server.stage.jobs
    assert talk.watch(found)[-1].state == "done"
    other = talk.ask("kling/3.0", "video", duration_ms=5_000)
    assert talk.run(lambda: talk.provider.find(other)) is None
    assert talk.server.stage.charged == 1


@pytest.mark.parametrize("hours", [-26, 3])
def test_a_wrong_clock_here_is_set_by_the_vendors_and_costs_one_more_request(tmp_path: Path, hours: int) -> None:
    transport = Kling()
    transport.clock = Clock(lambda: time.time() + hours * 3600)
    with talking("kling", KlingServer(), tmp_path, key=KlingServer.key, transport=transport) as talk:
        job = talk.submit("kling/3.0", "video", duration_ms=5_000)
        assert len(talk.sent("POST", "/v1/videos/text2video")) == 2
        assert talk.watch(job)[-1].state == "done"
        talk.submit("kling/3.0", "video", duration_ms=5_000)
        assert len(talk.sent("POST", "/v1/videos/text2video")) == 3, "the clock is known by now"
        assert talk.server.stage.charged == 2


def test_a_wrong_secret_is_refused_once_and_never_shown(tmp_path: Path) -> None:
    with talking("kling", KlingServer(), tmp_path, key=f"{ACCESS}:not-the-secret-at-all") as talk:
        with pytest.raises(ProviderKeyError) as raised:
            talk.submit("kling/3.0", "video", duration_ms=5_000)
        assert len(talk.server.stage.seen) == 1
    assert "not-the-secret" not in str(raised.value) + raised.value.hint


def test_the_secret_never_travels(talk: Talk) -> None:
    talk.submit("kling/3.0", "video", duration_ms=5_000)
    assert all(KEY not in f"{one.headers}{one.path}" and KEY.encode() not in one.body for one in talk.server.stage.seen)


@pytest.mark.parametrize("as_200", [False, True])
@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("quota", ProviderQuotaError),
        ("rate_limit", ProviderBusyError),
        ("retired", RetiredModelError),
        ("invalid", CapabilityError),
        ("moderated_in", ModerationError),
        ("server_error", UnknownOutcomeError),
    ],
)
def test_the_code_says_what_the_status_does_not(tmp_path: Path, act: str, error: type[Exception], as_200: bool) -> None:
    with talking("kling", KlingServer(errors_as_200=as_200), tmp_path, key=KlingServer.key) as talk:
        talk.server.stage.play(act)  # type: ignore[arg-type]
        with pytest.raises(error) as raised:
            talk.submit("kling/3.0", "video", duration_ms=5_000)
        assert type(raised.value) is error
        assert talk.server.stage.charged == 0


@pytest.mark.parametrize(("act", "code"), [("failed", "server"), ("moderated_out", "moderation_output")])
def test_a_failure_keeps_the_reason_it_was_given(talk: Talk, act: str, code: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    last = talk.watch(talk.submit("kling/3.0", "video", duration_ms=5_000))[-1]
    reasons = {"failed": "Generation failed", "moderated_out": "Failure to pass the risk control system"}
    assert (last.state, last.error_code, last.error_message) == ("failed", code, reasons[act])


def test_a_job_nobody_knows_is_lost(talk: Talk) -> None:
    talk.server.stage.play("lost")
    assert talk.watch(talk.submit("kling/3.0", "video", duration_ms=5_000))[-1].state == "lost"


def test_what_is_left_is_told(talk: Talk) -> None:
    status = talk.run(talk.provider.check)
    assert (status.ready, "412.5" in status.message) == (True, True)


def test_nothing_can_be_stopped_and_that_is_said(talk: Talk) -> None:
    job = talk.submit("kling/3.0", "video", duration_ms=5_000)
    with pytest.raises(ProviderUnavailableError, match="cannot stop"):
        talk.run(lambda: talk.provider.cancel(job))
