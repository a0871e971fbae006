"""Tripo's v3 API: files by token, views in order, and an envelope whose code counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.talks import Talk, still, talking

from takebridge.errors import (
    CapabilityError,
    ModerationError,
    ProviderBusyError,
    ProviderQuotaError,
    ProviderUnavailableError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.providers.transports import tripo
from takebridge.testing.providers.tripo import TripoServer


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with talking("tripo", TripoServer(), tmp_path) as found:
        yield found


def test_words_become_a_model(talk: Talk) -> None:
    job = talk.submit("tripo/3.1", "model_3d", seed=5, params={"texture": False, "format": "glb"})
    body = {"prompt": "a red kite", "model": "v3.1-20260211", "texture": False, "model_seed": 5}
    assert talk.body("/v3/generation/text-to-model") == body
    seen = talk.watch(job)
    assert [(one.state, one.done, one.total, one.eta_seconds) for one in seen] == [
        ("queued", 0, 0, None),
        ("running", 40, 100, 12),
        ("done", 0, 0, None),
    ]
    assert (seen[-1].seed_used, seen[-1].model_reported) == (5, "v3.1-20260211")
    assert (seen[-1].artifacts[0].port, seen[-1].artifacts[0].media_type) == ("model_3d", "model_3d")
    path = talk.fetch(seen[-1])
    assert (path.name, path.read_bytes()[:4]) == ("model_3d.glb", b"glTF")


def test_one_picture_goes_as_a_form_and_is_named_by_its_token(talk: Talk, tmp_path: Path) -> None:
    picture = still(tmp_path, "reference_image")
    talk.submit("tripo/3.1", "model_3d", picture, prompt="")
    (form,) = talk.sent("POST", "/v3/files")
    assert form.headers["content-type"].startswith("multipart/form-data")
    assert picture.path.read_bytes() in form.body
    body = talk.body("/v3/generation/image-to-model")
    assert body == {"input": "file_00000001", "model": "v3.1-20260211", "texture": True}


def test_several_pictures_are_views_in_their_order(talk: Talk, tmp_path: Path) -> None:
    views = [still(tmp_path, "reference_image", f"{name}.png") for name in ("front", "left")]
    talk.submit("tripo/2.5", "model_3d", *views, prompt="")
    body = talk.body("/v3/generation/multiview-to-model")
    assert body["inputs"] == ["file_00000001", "file_00000002"]
    assert talk.sent("POST", "/v3/generation/image-to-model") == []


def test_a_large_picture_goes_to_a_presigned_address_without_the_key(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tripo, "LARGEST_FORM", 100)
    picture = still(tmp_path, "reference_image")
    talk.submit("tripo/3.1", "model_3d", picture, prompt="")
    (handed,) = talk.sent("PUT", "/presigned/")
    assert (handed.body, "authorization" in handed.headers) == (picture.path.read_bytes(), False)
    assert talk.sent("POST", "/v3/files?") == []


def test_words_beside_pictures_are_refused_before_anything_is_sent(talk: Talk, tmp_path: Path) -> None:
    with pytest.raises(CapabilityError, match="not from both"):
        talk.submit("tripo/3.1", "model_3d", still(tmp_path, "reference_image"))
    assert talk.server.stage.seen == []


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
    with talking("tripo", TripoServer(errors_as_200=as_200), tmp_path) as talk:
        talk.server.stage.play(act)  # type: ignore[arg-type]
        with pytest.raises(error) as raised:
            talk.submit("tripo/3.1", "model_3d")
        assert type(raised.value) is error
        assert talk.server.stage.charged == 0


def test_a_failed_task_costs_nothing_and_a_banned_one_is_moderation(talk: Talk) -> None:
    talk.server.stage.play("failed", "moderated_out")
    last = talk.watch(talk.submit("tripo/3.1", "model_3d"))[-1]
    told = (last.state, last.error_code, last.error_message, last.cost_micros)
    assert told == ("failed", "server", "the mesh failed", 0)
    last = talk.watch(talk.submit("tripo/3.1", "model_3d"))[-1]
    assert (last.error_code, last.error_message, last.cost_micros) == (
        "moderation_output",
        "the result is banned",
        None,
    )


def test_a_job_nobody_knows_is_lost(talk: Talk) -> None:
    talk.server.stage.play("lost")
    assert talk.watch(talk.submit("tripo/3.1", "model_3d"))[-1].state == "lost"


def test_what_is_left_is_told_and_nothing_can_be_stopped(talk: Talk) -> None:
    status = talk.run(talk.provider.check)
    assert (status.ready, "870 credits" in status.message) == (True, True)
    job = talk.submit("tripo/3.1", "model_3d")
    with pytest.raises(ProviderUnavailableError, match="cannot stop"):
        talk.run(lambda: talk.provider.cancel(job))
