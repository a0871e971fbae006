"""What a profile cannot express is refused, with the numbers; what it can is let through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from takebridge.errors import CapabilityError, RetiredModelError
from takebridge.providers.capability import FileFacts, check_request, naming
from takebridge.providers.facts import Mode
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


# --- limits of inputs ---------------------------------------------------------------------------------------


def limited(**limits: Any) -> ModelProfile:
    slot = InputSlot.model_validate({"role": "source_video", "minimum": 1, "maximum": 3, **limits})
    return PROFILE.model_copy(update={"inputs": (slot, PROFILE.inputs[2])})


def clip(frames: int = 48, rate: str = "24/1", **changes: Any) -> MediaInput:
    return source(**{"width": 1280, "height": 720, "frame_count": frames, "rate": rate, **changes})


@pytest.mark.parametrize(
    ("limits", "inputs", "told"),
    [
        ({"min_pixels": 1_000_000}, (clip(),), r"1280×720 \(921,600 pixels\); acme/a-1 takes at least 1,000,000"),
        ({"max_side": 1024}, (clip(),), "1280×720; acme/a-1 takes at most 1,024 pixels a side"),
        ({"min_side": 721}, (clip(),), "takes at least 721 pixels a side"),
        ({"min_ratio": "2:5", "max_ratio": "5:3"}, (clip(),), "takes pictures of 2:5 to 5:3"),
        ({"min_ratio": "2:1"}, (clip(),), "takes pictures of at least 2:1"),
        ({"max_ratio": "1:1"}, (clip(),), "takes pictures of at most 1:1"),
        ({"max_ms": 1999}, (clip(),), r"is 2 s long; acme/a-1 takes at most 1\.999 s"),
        ({"min_ms": 2001}, (clip(),), r"is 2 s long; acme/a-1 takes at least 2\.001 s"),
        ({"max_ms": 900}, (clip(used=(0, 24)),), "is 1 s long"),
        ({"total_ms": 3000}, (clip(), clip()), "are 4 s long together; acme/a-1 takes at most 3 s"),
        ({"max_rate": "23/1"}, (clip(),), "runs at 24 frames a second; acme/a-1 takes at most 23"),
        (
            {"rates": ("25/1", "30/1")},
            (clip(rate="24000/1001"),),
            r"runs at 23\.976 frames a second; acme/a-1 takes 25, 30",
        ),
        ({"max_bytes": 999_999}, (clip(),), r"has 1\.0 MB; acme/a-1 takes at most 1\.0 MB"),
        ({"formats": ("video/webm",)}, (clip(),), "is video/mp4; acme/a-1 takes video/webm"),
    ],
)
def test_limits_of_inputs_are_named_with_both_numbers(limits: dict[str, Any], inputs: Any, told: str) -> None:
    files = {"b3:0": FileFacts(1_000_000, "video/mp4")}
    with pytest.raises(CapabilityError, match=told) as caught:
        check_request(limited(**limits), request(inputs=inputs), files=files)
    assert caught.value.hint


def test_what_lies_on_the_limit_passes() -> None:
    limits = {
        "min_pixels": 921_600,
        "max_side": 1280,
        "min_side": 720,
        "min_ratio": "16:9",
        "max_ratio": "16:9",
        "min_ms": 2000,
        "max_ms": 2000,
        "total_ms": 2000,
        "max_rate": "24/1",
        "rates": ("24/1",),
        "max_bytes": 1_000_000,
        "formats": ("video/mp4",),
    }
    check_request(limited(**limits), request(inputs=(clip(),)), files={"b3:0": FileFacts(1_000_000, "video/mp4")})


def test_one_format_has_several_names() -> None:
    files = {"b3:0": FileFacts(1, "audio/x-wav")}
    check_request(limited(formats=("audio/wav",)), request(inputs=(clip(),)), files=files)


def test_a_mode_narrows_what_a_model_takes() -> None:
    modes = (Mode(name="clip", takes=("source_video",), needs=("source_video",), params={"style": ("plain",)}),)
    profile = PROFILE.model_copy(update={"modes": modes, "inputs": PROFILE.inputs[:2]})
    check_request(profile, request(params={"style": "plain"}))
    with pytest.raises(CapabilityError, match="cannot do style bold from source video"):
        check_request(profile, request(params={"style": "bold"}))
    with pytest.raises(CapabilityError, match="cannot take reference image and source video together"):
        check_request(profile, request(inputs=(source(), reference())))


def test_only_some_lengths_are_listed() -> None:
    profile = PROFILE.model_copy(update={"durations_ms": (4000, 8000, 6000)})
    check_request(profile, request(duration_ms=6000))
    with pytest.raises(CapabilityError, match=r"makes 4, 6 or 8 s; 5 s were asked for"):
        check_request(profile, request(duration_ms=5000))


def test_the_words_wired_in_count_as_prompt() -> None:
    with pytest.raises(CapabilityError, match="words wired to it have 20 characters; acme/a-1 takes at most 12"):
        check_request(PROFILE, request(prompt="eight ch"), prompt="x" * 20)


def test_a_retired_model_says_since_when_why_and_what_instead() -> None:
    facts = {
        "lifecycle": "retired",
        "retired_on": "2026-10-22",
        "why": "It was shut down.",
        "replaced_by": ("acme/a-2",),
    }
    with pytest.raises(RetiredModelError, match=r"since 2026-10-22\. It was shut down\.") as caught:
        check_request(PROFILE.model_copy(update=facts), request())
    assert caught.value.hint == "Use acme/a-2."


def test_those_that_could_do_it_are_in_the_hint() -> None:
    error = CapabilityError("No.", hint="Change it.", pixels=3)
    many = [PROFILE.model_copy(update={"id": f"acme/{number}"}) for number in range(7)]
    named = naming(error, many)
    assert named.hint == "Change it. These could do it: acme/0, acme/1, acme/2, acme/3, acme/4 and 2 more."
    assert named.details == {"pixels": 3}
    assert naming(error, []) is error
