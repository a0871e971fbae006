"""Meshy's API: one picture or several, GLB or FBX, and reasons in words only."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, still, talking

from takebridge.errors import CapabilityError, ModerationError, ProviderQuotaError, ProviderUnavailableError
from takebridge.testing.providers.meshy import MeshyServer


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with talking("meshy", MeshyServer(), tmp_path) as found:
        yield found


def test_one_picture_becomes_a_model(talk: Talk, tmp_path: Path) -> None:
    picture = still(tmp_path, "reference_image")
    job = talk.submit("meshy/latest", "model_3d", picture, prompt="", params={"texture": False})
    body = talk.body("/openapi/v1/image-to-3d")
    head, _, data = body.pop("image_url").partition(",")
    assert (head, base64.b64decode(data)) == ("data:image/png;base64", picture.path.read_bytes())
    assert body == {"ai_model": "latest", "should_texture": False}
    seen = talk.watch(job)
    states = [(one.state, one.done, one.total) for one in seen]
    assert states == [("queued", 0, 0), ("running", 50, 100), ("done", 0, 0)]
    assert talk.fetch(seen[-1]).name == "model_3d.glb"


def test_several_pictures_have_an_address_of_their_own_and_fbx_can_be_had(talk: Talk, tmp_path: Path) -> None:
    views = [still(tmp_path, "reference_image", f"{name}.png") for name in "ab"]
    job = talk.submit("meshy/6", "model_3d", *views, prompt="", params={"format": "fbx"})
    assert len(talk.body("/openapi/v1/multi-image-to-3d")["image_urls"]) == 2
    last = talk.watch(job)[-1]
    assert "/model.fbx" in last.artifacts[0].location
    assert all(one.path.startswith("/openapi/v1/multi-image-to-3d/") for one in talk.sent("GET", "/openapi"))


@pytest.mark.parametrize(
    ("act", "error"),
    [("quota", ProviderQuotaError), ("invalid", CapabilityError), ("moderated_in", ModerationError)],
)
def test_a_refused_job_says_why(talk: Talk, tmp_path: Path, act: str, error: type[Exception]) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error) as raised:
        talk.submit("meshy/latest", "model_3d", still(tmp_path, "reference_image"), prompt="")
    assert type(raised.value) is error
    assert talk.server.stage.charged == 0


@pytest.mark.parametrize(
    ("act", "code", "reason"),
    [
        ("failed", "server", "the mesh could not be built"),
        ("moderated_out", "moderation_output", "the result was blocked by moderation"),
    ],
)
def test_a_failure_keeps_the_reason_it_was_given(talk: Talk, tmp_path: Path, act: str, code: str, reason: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    last = talk.watch(talk.submit("meshy/latest", "model_3d", still(tmp_path, "reference_image"), prompt=""))[-1]
    assert (last.state, last.error_code, last.error_message) == ("failed", code, reason)


def test_what_is_left_is_told_and_nothing_can_be_stopped(talk: Talk, tmp_path: Path) -> None:
    status = talk.run(talk.provider.check)
    assert (status.ready, "1,000 credits" in status.message) == (True, True)
    job = talk.submit("meshy/latest", "model_3d", still(tmp_path, "reference_image"), prompt="")
    with pytest.raises(ProviderUnavailableError, match="cannot stop"):
        talk.run(lambda: talk.provider.cancel(job))
