"""Black Forest Labs: what goes over the wire, and what comes back as one of our states (providers.md §2.9)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.providers.every_mode import asked_all, housed
from tests.unit.providers.talks import Talk, still

from takebridge.errors import (
    CapabilityError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderQuotaError,
    ProviderUnavailableError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.bfl import BflServer

MODEL = "bfl/flux-2-pro"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Talk]]:
    with housed("bfl", BflServer(), tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture
def talk(house: Callable[[Path], Talk], tmp_path: Path) -> Talk:
    return house(tmp_path)


def test_words_become_a_picture_with_the_cost_told_at_the_start(talk: Talk) -> None:
    job = talk.submit(MODEL, "image", params={"aspect": "9:16", "resolution": "720p"}, seed=5)
    # 720 x 1280 lies on the grid of 32 but for its width: 22.5 steps, to the even neighbour.
    assert talk.body("/v1/flux-2-pro") == {
        "prompt": "a red kite",
        "seed": 5,
        "output_format": "png",
        "width": 704,
        "height": 1280,
    }
    assert talk.sent("POST", "/v1/flux-2-pro")[0].headers["x-key"] == KEY
    seen = talk.watch(job)
    assert [(one.state, one.done) for one in seen] == [("running", 0), ("running", 30), ("done", 0)]
    assert (seen[-1].seed_used, seen[-1].cost_micros) == (5, 50_000)  # 5 cents
    assert talk.fetch(seen[-1]).read_bytes().startswith(b"\x89PNG")


def test_only_the_address_a_job_was_given_is_looked_at(talk: Talk) -> None:
    job = talk.submit(MODEL, "image")
    talk.watch(job)
    assert {one.path for one in talk.sent("GET", "/")} == {f"/eu1/v1/get_result?id={job.id}"}


def test_a_region_nobody_listed_never_gets_the_key_until_a_person_adds_it(talk: Talk) -> None:
    url, talk.server.url = talk.server.url, "https://api.mars.bfl.ai"
    job = talk.submit(MODEL, "image")
    talk.server.url = url
    with pytest.raises(ProviderUnavailableError) as refused:
        talk.poll(job)
    assert "hosts" in refused.value.hint
    assert talk.sent("GET", "/") == []


def test_pictures_are_numbered_in_the_body(talk: Talk, tmp_path: Path) -> None:
    source, more = still(tmp_path, "source_image", "a.png"), still(tmp_path, "reference_image", "b.png")
    more.path.write_bytes(more.path.read_bytes() + b"x")
    talk.submit("bfl/flux-2-pro-edit", "image_edit", source, more)
    body = talk.body("/v1/flux-2-pro")
    assert base64.b64decode(body["input_image"]) == source.path.read_bytes()
    assert base64.b64decode(body["input_image_2"]) == more.path.read_bytes()
    assert {"width", "height", "input_images"}.isdisjoint(body)


def test_kontext_takes_an_aspect_or_keeps_that_of_the_still(talk: Talk, tmp_path: Path) -> None:
    source = still(tmp_path, "source_image")
    talk.submit("bfl/flux-kontext-max-edit", "image_edit", source, params={"aspect": "21:9"})
    assert talk.body("/v1/flux-kontext-max")["aspect_ratio"] == "21:9"
    talk.submit("bfl/flux-kontext-max-edit", "image_edit", source)
    assert "aspect_ratio" not in talk.body("/v1/flux-kontext-max")


def test_every_mode_is_written_as_the_model_takes_it(talk: Talk, tmp_path: Path) -> None:
    asked, refused = asked_all(talk, "bfl", tmp_path)
    assert refused == []
    jobs = talk.server.stage.jobs
    assert all(jobs[job.id].model == profile.remote_id for profile, _, job in asked)


@pytest.mark.parametrize(
    ("act", "code", "words"),
    [
        ("failed", "server", "The model crashed"),
        ("moderated_in", "moderation_input", "Derivative Works Filter"),
        ("moderated_out", "moderation_output", "Derivative Works Filter"),
    ],
)
def test_a_failed_job_says_why(talk: Talk, act: str, code: str, words: str) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    last = talk.watch(talk.submit(MODEL, "image"))[-1]
    assert (last.state, last.error_code, last.error_message, last.cost_micros) == ("failed", code, words, None)


def test_a_job_cannot_be_stopped_and_that_is_said(talk: Talk) -> None:
    job = talk.submit(MODEL, "image")
    with pytest.raises(ProviderUnavailableError, match="cannot stop"):
        talk.run(lambda: talk.provider.cancel(job))


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
        talk.submit(MODEL, "image")
    assert len(talk.sent("POST", "/v1/flux-2-pro")) == 1


def test_the_check_tells_the_credits(talk: Talk) -> None:
    assert isinstance(talk.server, BflServer)
    status = talk.run(talk.provider.check)
    assert (status.ready, "512.50 credits" in status.message) == (True, True)
    talk.server.credits = 0
    assert not talk.run(talk.provider.check).ready
