"""sync.so: a picture and a voice handed over as assets, and the two ways it says no."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, clip, still, talking, voice

from takebridge.errors import (
    CapabilityError,
    ProviderBusyError,
    ProviderQuotaError,
    ProviderUnavailableError,
    RetiredModelError,
)
from takebridge.media.probe import probe
from takebridge.testing.providers.sync import SyncServer


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with talking("sync", SyncServer(), tmp_path) as found:
        yield found


def test_a_clip_and_a_voice_become_one_clip(talk: Talk, tmp_path: Path) -> None:
    source, spoken = clip(tmp_path), voice(tmp_path)
    job = talk.submit("sync/lipsync-2", "lip_sync", source, spoken, prompt="", params={"length": "picture"})
    assert talk.body("/v2/generate") == {
        "model": "lipsync-2",
        "input": [{"type": "video", "assetId": "asset-1"}, {"type": "audio", "assetId": "asset-2"}],
        "options": {"sync_mode": "silence"},
    }
    handed = talk.sent("PUT", "/presigned/")
    assert [one.body for one in handed] == [source.path.read_bytes(), spoken.path.read_bytes()]
    assert all("x-api-key" not in one.headers for one in handed)
    asked = [json.loads(one.body) for one in talk.sent("POST", "/v2/assets/upload")]
    assert asked[0] == {"fileName": "source.mp4", "contentType": "video/mp4", "size": source.path.stat().st_size}
    seen = talk.watch(job)
    assert [one.state for one in seen] == ["queued", "running", "done"]
    assert seen[-1].model_reported == "lipsync-2"
    assert probe(talk.fetch(seen[-1])).frame_count == 48


def test_a_still_is_an_image_and_needs_no_rule_for_lengths(talk: Talk, tmp_path: Path) -> None:
    talk.submit("sync/sync-3", "lip_sync", still(tmp_path, "source_video"), voice(tmp_path), prompt="")
    body = talk.body("/v2/generate")
    assert [one["type"] for one in body["input"]] == ["image", "audio"]
    assert "options" not in body


@pytest.mark.parametrize(
    ("act", "code", "reason"),
    [
        ("failed", "server", "the generation failed"),
        ("moderated_in", "moderation_input", "the input was rejected"),
        ("moderated_out", "moderation_output", "the result was withheld"),
    ],
)
def test_rejected_is_before_the_work_and_failed_in_it(
    talk: Talk, tmp_path: Path, act: str, code: str, reason: str
) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    last = talk.watch(talk.submit("sync/sync-3", "lip_sync", clip(tmp_path), voice(tmp_path), prompt=""))[-1]
    assert (last.state, last.error_code, last.error_message) == ("failed", code, reason)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("quota", ProviderQuotaError),
        ("retired", RetiredModelError),
        ("invalid", CapabilityError),
        ("rate_limit", ProviderBusyError),
    ],
)
def test_a_refused_job_says_why(talk: Talk, tmp_path: Path, act: str, error: type[Exception]) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error, match=f"refused: {act}") as raised:
        talk.submit("sync/sync-3", "lip_sync", clip(tmp_path), voice(tmp_path), prompt="")
    assert type(raised.value) is error
    assert talk.server.stage.charged == 0


def test_nothing_can_be_stopped_and_that_is_said(talk: Talk, tmp_path: Path) -> None:
    job = talk.submit("sync/sync-3", "lip_sync", clip(tmp_path), voice(tmp_path), prompt="")
    with pytest.raises(ProviderUnavailableError, match="cannot stop"):
        talk.run(lambda: talk.provider.cancel(job))


def test_the_key_is_tried_by_listing_models(talk: Talk) -> None:
    status = talk.run(talk.provider.check)
    assert (status.ready, "sync-3" in status.message) == (True, True)
    assert [one.path for one in talk.server.stage.seen] == ["/v2/models"]
