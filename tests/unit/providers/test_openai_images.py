"""OpenAI's image API: what goes over the wire, and what comes back as one of our states."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from tests.unit.providers.talks import Talk, still, talking

from takebridge.errors import (
    CapabilityError,
    ModerationError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderQuotaError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.media.probe import probe
from takebridge.providers import catalog
from takebridge.providers.protocol import MediaInput
from takebridge.testing.providers.openai_images import OpenAIImagesServer

IMAGE = "openai/gpt-image-2"


@pytest.fixture
def server() -> OpenAIImagesServer:
    return OpenAIImagesServer()


@pytest.fixture
def talk(server: OpenAIImagesServer, tmp_path: Path) -> Iterator[Talk]:
    with talking("openai", server, tmp_path, poll_seconds=1e-9) as found:
        yield found


def test_a_picture_is_asked_for_as_json_and_is_here_at_once(talk: Talk) -> None:
    params = {"aspect": "16:9", "resolution": "1080p", "quality": "high", "moderation": "low"}
    job = talk.submit(IMAGE, "image", params=params)
    assert talk.body("/images/generations") == {
        "model": "gpt-image-2",
        "prompt": "a red kite",
        "n": 1,
        "output_format": "png",
        "quality": "high",
        "moderation": "low",
        "size": "1936x1088",  # the first height of at least 1080 that 16 divides, and 16:9 of it
    }
    update = talk.poll(job)
    assert (update.state, update.cost_micros) == ("done", 32_100)  # 20 x 5 + 40 x 8 + 1056 x 30 dollars a million
    path = talk.fetch(update)
    assert (path.name, probe(path).width) == ("image.png", 192)


def test_tokens_without_a_known_price_leave_the_cost_unknown(talk: Talk, server: OpenAIImagesServer) -> None:
    server.usage = {**server.usage, "output_tokens_details": {"text_tokens": 9, "image_tokens": 1047}}
    assert talk.poll(talk.submit(IMAGE, "image")).cost_micros is None


def test_references_go_as_parts_of_a_form_in_their_order(
    talk: Talk, server: OpenAIImagesServer, tmp_path: Path
) -> None:
    first, second = still(tmp_path, "reference_image", "a.png"), still(tmp_path, "reference_image", "b.png")
    talk.submit(IMAGE, "image", first, second, params={"aspect": "1:1", "resolution": "720p"})
    (form,) = server.forms
    assert [(name, kind) for name, kind, _ in form.pop("images")] == [("a.png", "image/png"), ("b.png", "image/png")]
    assert form == {
        "model": "gpt-image-2",
        "prompt": "a red kite",
        "n": "1",
        "output_format": "png",
        "quality": "auto",
        "moderation": "auto",
        "size": "720x720",
    }


def half_white(folder: Path) -> MediaInput:
    """A mask of another size than the picture: its left half is white."""
    path = folder / "mask.png"
    mask = Image.new("L", (20, 10), 0)
    mask.paste(255, (0, 0, 10, 10))
    mask.save(path)
    return MediaInput(role="mask", path=path, content="k" * 8, media_type="image", width=20, height=10)


def test_what_is_white_in_our_mask_is_transparent_in_theirs(
    talk: Talk, server: OpenAIImagesServer, tmp_path: Path
) -> None:
    talk.submit(f"{IMAGE}-edit", "image_edit", still(tmp_path, "source_image"), half_white(tmp_path))
    sent = Image.open(BytesIO(server.forms[0]["mask"]))
    assert (sent.mode, sent.size) == ("RGBA", (192, 108))
    assert sent.getpixel((10, 50))[3] == 0  # type: ignore[index]
    assert sent.getpixel((180, 50))[3] == 255  # type: ignore[index]
    assert server.forms[0]["size"] == "auto"


def test_a_mask_that_is_no_picture_sends_nothing(talk: Talk, tmp_path: Path) -> None:
    mask = half_white(tmp_path)
    mask.path.write_text("no picture")
    with pytest.raises(CapabilityError, match="mask"):
        talk.submit(f"{IMAGE}-edit", "image_edit", still(tmp_path, "source_image"), mask)
    assert talk.server.stage.seen == []


def test_a_mask_with_references_is_refused_before_anything_is_sent(talk: Talk, tmp_path: Path) -> None:
    given = still(tmp_path, "source_image"), half_white(tmp_path), still(tmp_path, "reference_image", "r.png")
    with pytest.raises(CapabilityError, match="cannot take"):
        talk.submit(f"{IMAGE}-edit", "image_edit", *given)
    assert talk.server.stage.seen == []


def test_a_size_beyond_3840_by_2160_is_refused_before_anything_is_sent(talk: Talk) -> None:
    with pytest.raises(CapabilityError, match="size 21:9@2160p"):
        talk.submit(IMAGE, "image", params={"aspect": "21:9", "resolution": "2160p"})
    assert talk.server.stage.seen == []


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("auth", ProviderKeyError),
        # Both are a 429: only one of them is worth waiting for.
        ("quota", ProviderQuotaError),
        ("rate_limit", ProviderBusyError),
        ("retired", RetiredModelError),
        ("invalid", CapabilityError),
        ("moderated_in", ModerationError),
        ("moderated_out", ModerationError),
        ("server_error", UnknownOutcomeError),
        ("garbage", UnknownOutcomeError),
        ("drop", UnknownOutcomeError),
    ],
)
def test_a_refusal_is_the_error_it_proves(talk: Talk, act: str, error: type[Exception]) -> None:
    talk.server.stage.play(act)  # type: ignore[arg-type]
    with pytest.raises(error) as caught:
        talk.submit(IMAGE, "image")
    assert type(caught.value) is error
    assert len(talk.sent("POST", "/images/")) == 1


def test_an_answer_without_a_picture_is_a_failed_job_that_cost_its_tokens(talk: Talk) -> None:
    talk.server.stage.play("failed")
    update = talk.poll(talk.submit(IMAGE, "image"))
    assert (update.state, update.error_code, update.cost_micros) == ("failed", "server", 32_100)


@pytest.mark.parametrize("model", ["dall-e-3", "dall-e-2", "gpt-image-1"])
def test_what_openai_switched_off_is_not_asked_for(talk: Talk, model: str) -> None:
    with pytest.raises(CapabilityError, match="retired"):
        talk.submit(f"openai/{model}", "image")
    assert talk.server.stage.seen == []


def test_a_model_about_to_go_still_works_in_its_three_sizes(talk: Talk) -> None:
    talk.submit("openai/gpt-image-1.5", "image", params={"aspect": "2:3"})
    assert talk.body("/images/generations")["size"] == "1024x1536"


def test_the_check_lists_models_and_costs_nothing(talk: Talk) -> None:
    assert talk.run(talk.provider.check).ready
    assert talk.server.stage.charged == 0


def test_an_answer_that_was_swept_is_lost_and_says_so(talk: Talk) -> None:
    request = talk.ask(IMAGE, "image")
    job = talk.run(lambda: talk.provider.submit(request))
    shutil.rmtree(talk.home / "remote" / request.token)
    update = talk.poll(job)
    assert (update.state, "two days" in update.error_hint) == ("lost", True)


def test_a_size_in_every_aspect_keeps_its_shape_and_its_limits() -> None:
    profile = next(one for one in catalog.load_file("openai").models if one.id == IMAGE)
    for mode in profile.modes:
        for asked, size in mode.body["size"].map.items():
            wide, high = map(int, size.split("x"))
            across, down = map(int, asked.partition("@")[0].split(":"))
            shorter = int(asked.partition("@")[2].removesuffix("p"))
            assert (wide % 16, high % 16) == (0, 0)
            assert shorter <= min(wide, high) < shorter + 16
            assert abs(wide / high - across / down) < 0.03 * across / down
            assert max(wide, high) <= 3840
            assert min(wide, high) <= 2160
