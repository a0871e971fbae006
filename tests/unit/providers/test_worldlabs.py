"""World Labs' Marble: the shapes of a prompt, the world found by a tag of ours, and splats as the result."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, clip, still, talking

from takebridge.errors import (
    CapabilityError,
    ModerationError,
    ProviderQuotaError,
    ProviderUnavailableError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.testing.providers.worldlabs import WorldLabsServer


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with talking("worldlabs", WorldLabsServer(), tmp_path) as found:
        yield found


def test_words_become_a_world_of_splats(talk: Talk) -> None:
    job = talk.submit("worldlabs/marble-1.1", "world", seed=9)
    assert talk.body("/marble/v1/worlds:generate") == {
        "model": "marble-1.1",
        "seed": 9,
        "tags": ["test-token-0001"],
        "permission": {"public": False},
        "world_prompt": {"type": "text", "text_prompt": "a red kite"},
    }
    seen = talk.watch(job)
    assert [one.state for one in seen] == ["running", "running", "done"]
    assert (seen[-1].model_reported, seen[-1].cost_micros) == ("marble-1.1", 1_264_000)
    (made,) = seen[-1].artifacts
    assert (made.port, made.media_type) == ("world", "world")
    assert "/world.spz" in made.location, "the full resolution, not the small one"
    path = talk.fetch(seen[-1])
    magic, version, points = struct.unpack("<III", gzip.decompress(path.read_bytes())[:12])
    assert (path.name, magic.to_bytes(4, "little"), version, points) == ("world.spz", b"NGSP", 2, 1)


def test_the_mesh_can_be_asked_for_instead(talk: Talk) -> None:
    job = talk.submit("worldlabs/marble-1.1", "world", params={"format": "glb"})
    assert "format" not in talk.body("/marble/v1/worlds:generate")
    assert talk.fetch(talk.watch(job)[-1]).name == "world.glb"


def test_a_picture_is_handed_over_as_the_vendor_asks_without_the_key(talk: Talk, tmp_path: Path) -> None:
    picture = still(tmp_path, "reference_image")
    talk.submit("worldlabs/marble-1.1", "world", picture, prompt="")
    prepared = {"file_name": "still.png", "kind": "image", "extension": "png"}
    assert talk.body("/marble/v1/media-assets:prepare_upload") == prepared
    (handed,) = talk.sent("PUT", "/presigned/")
    assert handed.body == picture.path.read_bytes()
    assert handed.headers["x-goog-content-length-range"] == "0,1048576000"
    assert "wlt-api-key" not in handed.headers
    asset = {"source": "media_asset", "media_asset_id": "asset-1"}
    assert talk.body("/marble/v1/worlds:generate")["world_prompt"] == {"type": "image", "image_prompt": asset}


@pytest.mark.parametrize(("count", "rebuilt"), [(2, None), (5, True)])
def test_several_pictures_are_a_list_and_many_are_views_of_one_place(
    talk: Talk, tmp_path: Path, count: int, rebuilt: bool | None
) -> None:
    views = [still(tmp_path, "reference_image", f"{number}.png") for number in range(count)]
    talk.submit("worldlabs/marble-1.1", "world", *views)
    prompt = talk.body("/marble/v1/worlds:generate")["world_prompt"]
    assert (prompt["type"], prompt["text_prompt"]) == ("multi-image", "a red kite")
    ids = [one["content"]["media_asset_id"] for one in prompt["multi_image_prompt"]]
    assert ids == [f"asset-{number + 1}" for number in range(count)]
    assert prompt.get("reconstruct_images") is rebuilt


def test_a_clip_becomes_a_world(talk: Talk, tmp_path: Path) -> None:
    talk.submit("worldlabs/marble-1.1-plus", "world", clip(tmp_path))
    assert talk.body("/marble/v1/media-assets:prepare_upload")["kind"] == "video"
    prompt = talk.body("/marble/v1/worlds:generate")["world_prompt"]
    asset = {"source": "media_asset", "media_asset_id": "asset-1"}
    assert prompt == {"type": "video", "text_prompt": "a red kite", "video_prompt": asset}


def test_a_lost_answer_is_found_by_our_tag_and_looked_at_as_a_world(talk: Talk) -> None:
    request = talk.ask("worldlabs/marble-1.1", "world")
    talk.server.stage.play("drop")
    with pytest.raises(UnknownOutcomeError):
        talk.run(lambda: talk.provider.submit(request))
    found = talk.run(lambda: talk.provider.find(request))
    assert found is not None
    assert found.id.startswith("world-")
    assert [one.state for one in talk.watch(found)] == ["running", "running", "done"]
    other = talk.ask("worldlabs/marble-1.1", "world")
    assert talk.run(lambda: talk.provider.find(other)) is None
    assert talk.server.stage.charged == 1


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("quota", ProviderQuotaError),
        ("invalid", CapabilityError),
        ("retired", RetiredModelError),
        ("moderated_in", ModerationError),
        ("server_error", UnknownOutcomeError),
    ],
)
def test_a_refused_job_says_why(talk: Talk, act: str, error: type[Exception]) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error) as raised:
        talk.submit("worldlabs/marble-1.1", "world")
    assert type(raised.value) is error
    assert talk.server.stage.charged == 0


@pytest.mark.parametrize(
    ("act", "code", "reason"),
    [
        ("failed", "server", "the world could not be built"),
        ("moderated_out", "moderation_output", "the result failed moderation"),
    ],
)
def test_an_operation_that_is_done_may_have_failed(talk: Talk, act: str, code: str, reason: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    last = talk.watch(talk.submit("worldlabs/marble-1.1", "world"))[-1]
    assert (last.state, last.error_code, last.error_message) == ("failed", code, reason)


def test_what_is_left_is_told_and_nothing_can_be_stopped(talk: Talk) -> None:
    status = talk.run(talk.provider.check)
    assert (status.ready, "24,000 credits" in status.message) == (True, True)
    job = talk.submit("worldlabs/marble-1.1", "world")
    with pytest.raises(ProviderUnavailableError, match="cannot stop"):
        talk.run(lambda: talk.provider.cancel(job))
