"""What a profile cannot express is refused, with the numbers; what it can is let through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from takebridge.errors import CapabilityError
from takebridge.providers.capability import check_request
from takebridge.providers.protocol import GenerationRequest, InputSlot, MediaInput, ModelProfile, Price

PROFILE = ModelProfile(
    id="acme/a-1",
    provider="acme",
    title="A",
    kind="previz",
    inputs=(
        InputSlot(role="source_video", minimum=1, maximum=1, max_pixels=100, max_frames=10),
        InputSlot(role="reference_image", minimum=0, maximum=2),
        InputSlot(role="text", minimum=0, maximum=1, max_pixels=1, max_frames=1),
        InputSlot(role="audio", minimum=0, maximum=1),
    ),
    params={"style": "plain", "strength": 5, "loop": False, "sound": False, "avoid": ""},
    choices={"style": ("plain", "bold"), "avoid": ("",), "sound": (False,)},
    seed=True,
    prompt=True,
    max_prompt=12,
    duration_ms=(1500, 15_000),
    price=Price(low_micros=None, high_micros=None),
)


def source(**changes: Any) -> MediaInput:
    facts: dict[str, Any] = {"width": 10, "height": 10, "frame_count": 10}
    return MediaInput(role="source_video", path=Path("a.mp4"), content="b3:0", **(facts | changes))


def words(**changes: Any) -> MediaInput:
    facts: dict[str, Any] = {"role": "text", "media_type": "text"}
    return MediaInput(path=Path("w.txt"), content="b3:2", **(facts | changes))


def reference() -> MediaInput:
    return MediaInput(role="reference_image", path=Path("r.png"), content="b3:1", width=9000, height=9000)


def request(**changes: Any) -> GenerationRequest:
    facts: dict[str, Any] = {"model": "acme/a-1", "kind": "previz", "inputs": (source(),)}
    return GenerationRequest(token="token-0001", **(facts | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"params": {"style": "bold", "strength": -3, "loop": True}, "seed": 0, "prompt": "a"},
        {"inputs": (source(), reference(), reference())},
        {"inputs": (source(width=1, height=100, frame_count=None),)},
        {"inputs": (source(), words(), words(role="audio", media_type="audio"))},
        {"inputs": (source(used=(0, 10)),)},
        {"inputs": (source(frame_count=50, used=(40, 50)),)},
        {"inputs": (source(frame_count=None, used=(40, 50)),)},
        {"prompt": "twelve chars"},
        {"duration_ms": 1500},
        {"duration_ms": 15_000},
        {"params": {"avoid": ""}},
    ],
)
def test_what_fits_passes(changes: dict[str, Any]) -> None:
    check_request(PROFILE, request(**changes))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"params": {"styel": "bold"}}, "no parameter “styel”"),
        ({"params": {"style": "loud"}}, "cannot do style loud"),
        ({"params": {"strength": "5"}}, "strength .* whole number"),
        ({"params": {"strength": True}}, "strength .* whole number"),
        ({"params": {"loop": 1}}, "loop .* true or false"),
        ({"params": {"style": 1}}, "style .* text"),
        ({"inputs": ()}, "takes 1 × source video; 0"),
        ({"inputs": (source(), source())}, "2 were given"),
        ({"inputs": (source(), reference(), reference(), reference())}, "takes 0 to 2 × reference image; 3"),
        ({"inputs": (source(width=101, height=1),)}, "101×1 .101 pixels.*at most 100"),
        ({"inputs": (source(frame_count=11),)}, "11 frames.*at most 10"),
        ({"inputs": (source(width=0),)}, "no picture"),
        ({"inputs": (source(), words(media_type="image"))}, "“w.txt” has no picture"),
        ({"inputs": (source(), words(), words())}, "takes 0 to 1 × text; 2"),
        ({"inputs": (source(used=(0, 11)),)}, "Frames 0 to 11 of “a.mp4” are asked for; it has 10"),
        ({"inputs": (source(used=(-1, 4)),)}, "Frames -1 to 4 .* are no range"),
        ({"inputs": (source(used=(4, 4)),)}, "Frames 4 to 4 .* are no range"),
        ({"inputs": (source(frame_count=50, used=(0, 11)),)}, "11 frames.*at most 10"),
        ({"inputs": (source(width=0, name="Shot 3"),)}, "“Shot 3” has no picture"),
        ({"prompt": "thirteen char"}, "has 13 characters; acme/a-1 takes at most 12"),
        ({"duration_ms": 1499}, "makes 1.5 to 15 s; 1.499 s were asked for"),
        ({"duration_ms": 20_050}, "makes 1.5 to 15 s; 20.05 s were asked for"),
        ({"duration_ms": 0}, "makes 1.5 to 15 s; 0 s"),
        ({"params": {"avoid": "blur"}}, "no use for “avoid”"),
        ({"params": {"sound": True}}, "cannot do sound true"),
        ({"seed": -1}, "negative"),
        ({"kind": "upscale"}, "acme/a-1 does previz"),
        ({"model": "acme/b"}, "acme/b"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_hint(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(CapabilityError, match=told) as caught:
        check_request(PROFILE, request(**changes))
    assert caught.value.hint


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(CapabilityError) as caught:
        check_request(PROFILE, request(params={"styel": "bold"}))
    assert "style" in caught.value.hint


@pytest.mark.parametrize(
    ("facts", "changes", "told"),
    [
        ({"prompt": False}, {"prompt": "a"}, "no prompt"),
        ({"seed": False}, {"seed": 3}, "no seed"),
        ({"lifecycle": "retired"}, {}, "retired"),
        ({"inputs": ()}, {}, "takes no source video"),
        ({"duration_ms": None}, {"duration_ms": 5000}, "cannot be told a length"),
    ],
)
def test_what_a_poorer_profile_lacks(facts: dict[str, Any], changes: dict[str, Any], told: str) -> None:
    with pytest.raises(CapabilityError, match=told):
        check_request(PROFILE.model_copy(update=facts), request(**changes))
