"""What a model cannot do exactly becomes what it can, said in words; what was agreed is always legal."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takebridge.errors import CapabilityError
from takebridge.media.fitting_types import Fit
from takebridge.providers.capability import FileFacts, check_request, lengths_of
from takebridge.providers.facts import Mode
from takebridge.providers.negotiation import Agreed, negotiate
from takebridge.providers.negotiation_inputs import split
from takebridge.providers.protocol import GenerationRequest, InputSlot, MediaInput, ModelProfile, Price

DEFAULTS: dict[str, Any] = {"avoid": "", "aspect": "auto", "resolution": "720p", "rate": "auto", "sound": False}


def maker(**facts: Any) -> ModelProfile:
    """A video model: 4, 6 or 8 s, three shapes, two sizes."""
    plain: dict[str, Any] = {
        "id": "acme/v-1",
        "provider": "acme",
        "title": "Acme V",
        "kind": "video",
        "inputs": (
            InputSlot(role="start_frame"),
            InputSlot(role="end_frame"),
            InputSlot(role="reference_image", maximum=2),
            InputSlot(role="source_video", max_ms=10_000),
        ),
        "params": {"aspect": "16:9", "resolution": "720p"},
        "choices": {"aspect": ("16:9", "9:16", "1:1"), "resolution": ("720p", "1080p")},
        "durations_ms": (4000, 6000, 8000),
        "rates": ("24/1",),
        "prompt": True,
        "price": Price(),
    }
    return ModelProfile.model_validate({**plain, **facts})


def editor(**facts: Any) -> ModelProfile:
    slot = {"role": "source_video", "minimum": 1, "min_ms": 2000, "max_ms": 10_000, "max_rate": "30/1", **facts}
    return maker(kind="video_edit", inputs=(InputSlot.model_validate(slot),), durations_ms=(), keeps_length=True)


def still(role: Any = "start_frame", width: int = 1920, height: int = 1080, name: str = "Still") -> MediaInput:
    path = Path(f"{name}.png")
    return MediaInput(
        role=role, path=path, content=f"b3:{name}", media_type="image", width=width, height=height, name=name
    )


def clip(frames: int, rate: str = "24/1", **facts: Any) -> MediaInput:
    size = {"width": 1280, "height": 720}
    return MediaInput(
        role="source_video",
        path=Path("c.mp4"),
        content="b3:clip",
        frame_count=frames,
        rate=rate,
        name="Clip",
        **{**size, **facts},
    )


def ask(profile: ModelProfile, *inputs: MediaInput, **changes: Any) -> Agreed:
    params = {**DEFAULTS, **changes.pop("params", {})} if profile.kind == "video" else changes.pop("params", {})
    request = GenerationRequest(
        token="token-0001", model=profile.id, kind=profile.kind, inputs=inputs, params=params, **changes
    )
    agreed = negotiate(profile, request, defaults=DEFAULTS, files=FILES)
    check_request(profile, agreed.sent, files={})
    again = negotiate(profile, agreed.request, defaults=DEFAULTS, files=FILES)
    assert (again.request, again.sent, again.fits) == (agreed.request, agreed.sent, agreed.fits), "agreed once for all"
    return agreed


FILES = {"b3:heavy": FileFacts(9_000_000, "image/png"), "b3:avid": FileFacts(1000, "video/x-dnxhd")}


# --- length -----------------------------------------------------------------------------------------------


def test_a_length_is_raised_and_the_rest_trimmed() -> None:
    agreed = ask(maker(), duration_ms=3700)
    assert (agreed.request.duration_ms, agreed.keep_ms) == (4000, 3700)
    assert agreed.notes == ("Asked for 3.7 s; made 4 s, the last 0.3 s is trimmed and stays as a handle.",)


@pytest.mark.parametrize("asked", [4000, 6000, 8000])
def test_a_legal_length_is_left_alone(asked: int) -> None:
    agreed = ask(maker(), duration_ms=asked)
    assert (agreed.request.duration_ms, agreed.keep_ms, agreed.notes) == (asked, None, ())


def test_a_length_nobody_makes_is_refused_with_the_numbers() -> None:
    with pytest.raises(CapabilityError, match=r"makes 4, 6 or 8 s; 8\.001 s were asked for"):
        ask(maker(), duration_ms=8001)


def test_steps_count_from_the_shortest() -> None:
    agreed = ask(maker(durations_ms=(), duration_ms=(1500, 9500), duration_step_ms=1000), duration_ms=3000)
    assert agreed.request.duration_ms == 3500
    with pytest.raises(CapabilityError, match=r"1\.5 to 9\.5 s in steps of 1"):
        ask(maker(durations_ms=(), duration_ms=(1500, 9500), duration_step_ms=1000), duration_ms=9600)


def test_a_mode_has_lengths_of_its_own() -> None:
    modes = (
        Mode(name="words", takes=()),
        Mode(name="still", takes=("start_frame",), needs=("start_frame",), durations_ms=(5000,)),
    )
    profile = maker(modes=modes)
    assert ask(profile, duration_ms=4000).request.duration_ms == 4000
    assert ask(profile, still(), duration_ms=4000).request.duration_ms == 5000


def test_an_open_length_is_that_of_the_source() -> None:
    agreed = ask(maker(), clip(120))
    assert (agreed.request.duration_ms, agreed.keep_ms) == (6000, 5000)
    assert "The source is 5 s long; made 6 s, the last 1 s is trimmed" in agreed.notes[0]


def test_an_open_length_is_said_where_the_model_has_to_be_told_one() -> None:
    told = Mode.model_validate({"name": "words", "body": {"duration": {"field": "duration"}}})
    assert ask(maker(modes=(told,))).request.duration_ms == 6000
    assert ask(maker()).request.duration_ms is None


# --- shape and size ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "made", "told"),
    [
        ("9:16", "9:16", ()),
        ("4:5", "1:1", ("Asked for 4:5; made 1:1, cropped to 4:5 in the cut.",)),
        ("21:9", "16:9", ("Asked for 21:9; made 16:9, cropped to 21:9 in the cut.",)),
    ],
)
def test_a_shape_nobody_makes_becomes_the_nearest(asked: str, made: str, told: tuple[str, ...]) -> None:
    agreed = ask(maker(), params={"aspect": asked})
    assert (agreed.request.params["aspect"], agreed.notes) == (made, told)


def test_the_same_shape_in_pixels_is_no_adaptation() -> None:
    profile = maker(choices={"aspect": ("1280:720", "720:1280")}, params={"aspect": "1280:720"})
    agreed = ask(profile, params={"aspect": "9:16"})
    assert (agreed.request.params, agreed.notes) == ({"aspect": "720:1280"}, ())


def test_an_open_shape_is_that_of_the_frame() -> None:
    upright = ask(maker(), still(width=1080, height=1920))
    assert (upright.request.params["aspect"], upright.fits, upright.notes) == ("9:16", {}, ())
    assert "aspect" not in ask(maker()).request.params


def test_a_frame_is_cropped_to_the_shape() -> None:
    agreed = ask(maker(), still(width=1920, height=1080), params={"aspect": "9:16"})
    # 1080 x 9/16 = 607.5, even sides
    assert (agreed.fits[0].width, agreed.fits[0].height, agreed.fits[0].bars) == (606, 1080, False)
    assert agreed.notes == ("“Still” (1920×1080) is cropped to 606×1080: 9:16.",)


def test_too_long_a_picture_gets_bars_or_loses_its_ends() -> None:
    slots = (
        InputSlot(role="start_frame", min_ratio="2:5", max_ratio="5:2"),
        InputSlot(role="reference_image", max_ratio="5:2"),
    )
    agreed = ask(
        maker(inputs=slots, params={}, choices={}), still("reference_image", 3000, 600), still(width=600, height=3000)
    )
    reference, frame = agreed.fits[0], agreed.fits[1]
    assert (reference.width, reference.height, reference.bars) == (3000, 1200, True)
    assert (frame.width, frame.height, frame.bars) == (600, 1500, False)


@pytest.mark.parametrize(
    ("limits", "size", "made"),
    [
        ({"max_side": 4096}, (7680, 4320), (4096, 2304)),
        ({"max_pixels": 2_073_600}, (3840, 2160), (1920, 1080)),
        ({"min_side": 300}, (200, 400), (300, 600)),
        ({"min_pixels": 409_600}, (320, 320), (640, 640)),
    ],
)
def test_pictures_are_scaled_into_the_limits(
    limits: dict[str, int], size: tuple[int, int], made: tuple[int, int]
) -> None:
    agreed = ask(maker(inputs=(InputSlot(role="reference_image", **limits),)), still("reference_image", *size))  # type: ignore[arg-type]
    fit = agreed.fits[0]
    assert abs(fit.width - made[0]) <= 1 and abs(fit.height - made[1]) <= 1
    assert (
        f"“Still” is scaled {'up' if 'min' in next(iter(limits)) else 'down'} from {size[0]}×{size[1]}"
        in agreed.notes[0]
    )


def test_what_is_to_be_enlarged_is_never_made_smaller_first() -> None:
    profile = maker(kind="upscale", inputs=(InputSlot(role="source_video", max_pixels=100_000),), params={}, choices={})
    with pytest.raises(CapabilityError, match="921,600 pixels"):
        ask(profile, clip(24))


@pytest.mark.parametrize(
    ("asked", "choices", "made"),
    [
        ("480p", ("720p", "1080p"), "720p"),
        ("2160p", ("720p", "1080p"), "1080p"),
        ("1080p", ("1K", "2K", "4K"), "1K"),
        ("720p", ("4k", "1080p"), "1080p"),
    ],
)
def test_a_size_nobody_makes_becomes_the_next_larger(asked: str, choices: tuple[str, ...], made: str) -> None:
    agreed = ask(
        maker(choices={"resolution": choices}, params={"resolution": choices[0]}), params={"resolution": asked}
    )
    assert agreed.request.params["resolution"] == made
    assert agreed.notes == (f"Asked for {asked}; made {made}, scaled in the cut.",)


def test_where_sizes_are_listed_the_pair_has_to_be_among_them() -> None:
    sizes = {"16:9@720p": "1280:720", "16:9@1080p": "1920:1080", "1:1@720p": "960:960"}
    mode = Mode.model_validate({"name": "words", "body": {"size": {"field": "ratio", "map": sizes}}})
    agreed = ask(maker(modes=(mode,)), params={"aspect": "1:1", "resolution": "1080p"})
    assert agreed.request.params == {"aspect": "1:1", "resolution": "720p"}
    assert "1:1 at 1080p" in agreed.notes[-1]


# --- other parameters -------------------------------------------------------------------------------------


def test_what_to_avoid_goes_into_the_prompt() -> None:
    agreed = ask(maker(), prompt="A tram.", params={"avoid": "people, text"})
    assert agreed.request.prompt == "A tram.\n\nAvoid: people, text"
    assert "avoid" not in agreed.request.params
    assert "said in the prompt" in agreed.notes[0]
    own = ask(maker(params={"avoid": ""}, choices={}), prompt="A tram.", params={"avoid": "people"})
    assert (own.request.prompt, own.request.params, own.notes) == ("A tram.", {"avoid": "people"}, ())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("auto", ()),
        ("24/1", ()),
        ("25/1", ("Asked for 25 frames a second; made at 24, conformed in the cut.",)),
        ("24000/1001", ("Asked for 23.976 frames a second; made at 24, conformed in the cut.",)),
    ],
)
def test_a_rate_is_left_to_conform(asked: str, told: tuple[str, ...]) -> None:
    agreed = ask(maker(), params={"rate": asked})
    assert ("rate" in agreed.request.params, agreed.notes) == (False, told)


def test_sound_nobody_makes_is_refused_and_sound_nobody_asked_for_is_said() -> None:
    with pytest.raises(CapabilityError, match="makes no sound"):
        ask(maker(), params={"sound": True})
    assert "mute it" in ask(maker(sound="always")).notes[0]
    assert ask(maker(sound="always"), params={"sound": True}).notes == ()


def test_a_choice_somebody_made_is_never_dropped() -> None:
    with pytest.raises(CapabilityError, match="no parameter “texture”"):
        ask(maker(), params={"texture": True})
    with pytest.raises(CapabilityError, match="no seed"):
        ask(maker(), seed=3)


def test_what_nobody_said_leaves_the_models_own_default() -> None:
    speaker = maker(kind="voice", inputs=(), params={"voice": "Ada"}, choices={}, durations_ms=())
    assert ask(speaker, params={"voice": "", "consent": "Ada agreed, 2026."}).request.params == {}
    assert ask(speaker, params={"voice": "Bob"}).request.params == {"voice": "Bob"}


# --- inputs -----------------------------------------------------------------------------------------------


def test_references_are_taken_in_the_order_of_their_wires() -> None:
    wired = [still("reference_image", name=name) for name in ("Ada", "Hat", "Tram", "Sky")]
    agreed = ask(maker(), *wired)
    assert [one.name for one in agreed.request.inputs] == ["Ada", "Hat"]
    assert agreed.notes == ("4 references are wired; Acme V takes 2: “Tram”, “Sky” were left out.",)


def test_a_frame_goes_before_references_where_only_one_of_them_goes() -> None:
    modes = (
        Mode(name="frames", takes=("start_frame", "end_frame")),
        Mode(name="references", takes=("reference_image",)),
    )
    agreed = ask(maker(modes=modes), still(), still("reference_image", name="Hat"))
    assert [one.role for one in agreed.request.inputs] == ["start_frame"]
    assert "“Hat” was left out" in agreed.notes[0]


def test_a_model_without_references_is_not_asked_to_guess() -> None:
    with pytest.raises(CapabilityError, match="takes no reference image"):
        ask(maker(inputs=()), still("reference_image"))


def test_the_range_used_is_what_is_sent() -> None:
    agreed = ask(editor(), clip(240, used=(24, 96)))
    assert agreed.fits[0] == Fit("video", ".mp4", 1280, 720, start=24, frame_count=72, rate="24/1")
    assert (agreed.sent.inputs[0].frame_count, agreed.sent.inputs[0].used, agreed.notes) == (72, None, ())


def test_too_fast_a_clip_is_sent_at_half_its_rate() -> None:
    agreed = ask(editor(), clip(150, "50/1"))
    assert (agreed.fits[0].rate, agreed.fits[0].frame_count) == ("25/1", 75)
    assert agreed.notes == ("“Clip” runs at 50 frames a second; it is sent at 25.",)
    assert ask(editor(rates=("24/1", "25/1")), clip(90, "30/1")).fits[0].rate == "25/1"


def test_too_short_a_source_is_held_and_the_result_trimmed() -> None:
    agreed = ask(editor(), clip(36))
    assert (agreed.fits[0].frame_count, agreed.keep_ms) == (48, 1500)
    assert "last frame is held" in agreed.notes[0]
    with pytest.raises(CapabilityError, match="at least 2 s"):
        ask(editor(), clip(12))


def test_too_long_a_source_is_offered_in_parts() -> None:
    with pytest.raises(CapabilityError, match=r"25 s long; acme/v-1 takes at most 10 s") as caught:
        ask(editor(), clip(600))
    assert "3 parts, frames 0–200, 200–400, 400–600" in caught.value.hint
    assert caught.value.details["parts"] == "0-200, 200-400, 400-600"


def test_a_clip_to_follow_is_shortened() -> None:
    agreed = ask(maker(), clip(600), duration_ms=8000)
    assert agreed.sent.inputs[0].frame_count == 240
    assert "its first 10 s are sent" in agreed.notes[0]


def test_formats_and_sizes_of_files_are_mended() -> None:
    slot = InputSlot(role="reference_image", max_bytes=5_000_000, formats=("image/jpeg", "image/png"))
    agreed = ask(maker(inputs=(slot,)), still("reference_image", name="heavy"))
    assert (agreed.fits[0].suffix, agreed.fits[0].max_bytes) == (".jpg", 5_000_000)
    assert agreed.notes == ("“heavy” has 9.0 MB; it is compressed to at most 5.0 MB.",)
    avid = ask(editor(), clip(60).model_copy(update={"content": "b3:avid"}))
    assert (avid.fits[0].suffix, avid.notes) == (".mp4", ("“Clip” is video/x-dnxhd; it is sent as MP4.",))


def test_a_mask_stays_as_large_as_its_picture() -> None:
    slots = (InputSlot(role="source_image", minimum=1, max_side=1000), InputSlot(role="mask"))
    profile = maker(kind="image_edit", inputs=slots, durations_ms=(), params={}, choices={})
    agreed = ask(profile, still("source_image", 2000, 1000, "Room"), still("mask", 2000, 1000, "Mask"))
    assert [(fit.width, fit.height) for _, fit in sorted(agreed.fits.items())] == [(1000, 500), (1000, 500)]


def test_words_are_not_measured() -> None:
    words = MediaInput(role="text", path=Path("w.txt"), content="b3:w", media_type="text")
    assert ask(maker(inputs=(InputSlot(role="text"),)), words).fits == {}


# --- always -----------------------------------------------------------------------------------------------


@given(st.integers(1, 40_000), st.sampled_from([(), (4000, 6000, 8000), (5000,)]), st.integers(1, 3000))
def test_a_raised_length_is_the_shortest_legal_one(asked: int, only: tuple[int, ...], step: int) -> None:
    profile = maker(durations_ms=only, duration_ms=None if only else (1000, 30_000), duration_step_ms=step)
    legal = only or range(1000, 30_001, step)
    assert lengths_of(profile).up(asked) == min((one for one in legal if one >= asked), default=None)


@given(
    st.integers(0, 500),
    st.integers(1, 5000),
    st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(50)]),
    st.integers(0, 5000),
    st.integers(1, 20_000),
)
def test_parts_are_legal_and_together_the_whole(start: int, count: int, rate: Fraction, least: int, most: int) -> None:
    parts = split(start, start + count, rate, least, most)
    if parts:
        assert [parts[0][0], parts[-1][1]] == [start, start + count]
        assert all(one[1] == other[0] for one, other in pairwise(parts))
        assert all(least <= (last - first) * 1000 / rate <= most for first, last in parts)
    elif least == 0 and int(most * rate / 1000) * 200 >= count:
        pytest.fail("without a shortest length there is always a split")
