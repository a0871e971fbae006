"""Luma's Agents API: what goes over the wire, and what comes back as one of our states."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, clip, still, talking

from takebridge.errors import CapabilityError, ModerationError, ProviderUnavailableError, UnknownOutcomeError
from takebridge.media.probe import probe
from takebridge.testing.providers.luma import LumaServer


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with talking("luma", LumaServer(), tmp_path) as found:
        yield found


def test_text_becomes_a_clip(talk: Talk) -> None:
    job = talk.submit("luma/ray-3.2", "video", duration_ms=10_000, params={"aspect": "9:16", "resolution": "1080p"})
    assert talk.body("/generations") == {
        "type": "video",
        "model": "ray-3.2",
        "prompt": "a red kite",
        "aspect_ratio": "9:16",
        "video": {"duration": "10s", "resolution": "1080p"},
    }
    seen = talk.watch(job)
    assert [one.state for one in seen] == ["queued", "running", "done"]
    assert seen[-1].model_reported == "ray-3.2"
    path = talk.fetch(seen[-1])
    assert (path.name, probe(path).frame_count) == ("video.mp4", 48)


def test_a_start_frame_is_handed_over_without_the_key_and_named_by_its_file(talk: Talk, tmp_path: Path) -> None:
    first, last = still(tmp_path, "start_frame"), still(tmp_path, "end_frame", "last.png")
    talk.submit("luma/ray-3.2", "video", first, last, duration_ms=5_000)
    created = [one.body for one in talk.sent("POST", "/files")]
    assert b'"mime_type":"image/png"' in created[0].replace(b": ", b":")
    handed = talk.sent("PUT", "/presigned/")
    assert [one.body for one in handed] == [first.path.read_bytes(), last.path.read_bytes()]
    assert all("authorization" not in one.headers for one in handed)
    assert [one.headers["content-type"] for one in handed] == ["image/png", "image/png"]
    video = talk.body("/generations")["video"]
    ids = list(talk.server.files)  # type: ignore[attr-defined]
    assert (video["start_frame"], video["end_frame"]) == ({"file_id": ids[0]}, {"file_id": ids[1]})


def test_a_clip_is_edited_at_the_strength_asked_for(talk: Talk, tmp_path: Path) -> None:
    params = {"strength": "adhere_1", "resolution": "540p"}
    job = talk.submit("luma/ray-3.2-edit", "video_edit", clip(tmp_path), params=params)
    body = talk.body("/generations")
    assert (body["type"], body["video"]) == ("video_edit", {"edit": {"strength": "adhere_1"}, "resolution": "540p"})
    assert list(body["source"]) == ["file_id"]
    assert talk.watch(job)[-1].artifacts[0].port == "video"


def test_a_reframe_says_an_empty_prompt_because_the_api_wants_one(talk: Talk, tmp_path: Path) -> None:
    talk.submit("luma/ray-3.2-reframe", "reframe", clip(tmp_path), prompt="", params={"aspect": "9:16"})
    body = talk.body("/generations")
    assert (body["prompt"], body["type"], body["aspect_ratio"]) == ("", "video_reframe", "9:16")


def test_references_of_a_picture_are_objects_in_their_order(talk: Talk, tmp_path: Path) -> None:
    refs = [still(tmp_path, "reference_image", f"{name}.png") for name in "ab"]
    job = talk.submit("luma/uni-1", "image", *refs, params={"aspect": "16:9"})
    ids = list(talk.server.files)  # type: ignore[attr-defined]
    assert talk.body("/generations")["image_ref"] == [{"file_id": ids[0]}, {"file_id": ids[1]}]
    last = talk.watch(job)[-1]
    assert (last.artifacts[0].port, last.artifacts[0].media_type) == ("image", "image")
    assert talk.fetch(last).name == "image.png"


def test_an_edit_left_on_auto_leaves_the_aspect_to_the_picture(talk: Talk, tmp_path: Path) -> None:
    talk.submit("luma/uni-1-edit", "image_edit", still(tmp_path, "source_image"), params={"aspect": "auto"})
    assert "aspect_ratio" not in talk.body("/generations")


@pytest.mark.parametrize(
    ("reason", "error"), [("moderation rejected it", ModerationError), ("the file is corrupt", CapabilityError)]
)
def test_a_file_that_is_not_taken_in_starts_nothing(
    talk: Talk, tmp_path: Path, reason: str, error: type[CapabilityError]
) -> None:
    talk.server.fail_files = reason  # type: ignore[attr-defined]
    with pytest.raises(error, match=reason) as raised:
        talk.submit("luma/ray-3.2", "video", still(tmp_path, "start_frame"))
    assert type(raised.value) is error
    assert (talk.server.stage.charged, talk.sent("POST", "/generations")) == (0, [])


@pytest.mark.parametrize(
    ("act", "code", "reason"),
    [
        ("failed", "server", "the model could not make this"),
        ("moderated_in", "moderation_input", "the prompt was flagged"),
        ("moderated_out", "moderation_output", "the result was flagged"),
    ],
)
def test_a_failure_keeps_the_reason_it_was_given(talk: Talk, act: str, code: str, reason: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    last = talk.watch(talk.submit("luma/ray-3.2", "video"))[-1]
    assert (last.state, last.error_code, last.error_message, last.cost_micros) == ("failed", code, reason, None)
    assert last.error_hint


def test_an_expired_address_is_asked_for_again(talk: Talk) -> None:
    talk.server.stage.play("expired_url")
    last = talk.watch(talk.submit("luma/ray-3.2", "video"))[-1]
    assert probe(talk.fetch(last)).frame_count == 48
    assert [one.path[-4:] for one in talk.sent("GET", "/results/")] == ["?v=1", "?v=2"]


def test_nothing_can_be_stopped_and_that_is_said(talk: Talk) -> None:
    job = talk.submit("luma/ray-3.2", "video")
    with pytest.raises(ProviderUnavailableError, match="cannot stop"):
        talk.run(lambda: talk.provider.cancel(job))


def test_an_answer_nobody_understands_is_an_unknown_outcome(talk: Talk) -> None:
    talk.server.stage.play("garbage")
    with pytest.raises(UnknownOutcomeError):
        talk.submit("luma/ray-3.2", "video")
    assert talk.server.stage.charged == 1


def test_the_key_is_tried_without_spending(talk: Talk) -> None:
    status = talk.run(talk.provider.check)
    assert status.ready
    assert [one.path for one in talk.server.stage.seen] == ["/files?limit=1"]


def test_a_model_that_is_gone_is_refused_before_anything_is_sent(talk: Talk) -> None:
    with pytest.raises(CapabilityError, match="retired"):
        talk.submit("luma/ray-2", "video")
    assert talk.server.stage.seen == []
