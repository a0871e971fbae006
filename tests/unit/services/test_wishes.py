"""Words about a shot: what is understood is said, what is not is said too, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takebridge.services.wishes import Wish, read_wish
from takebridge.timebase import FrameRate

R24 = FrameRate(24)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("replace a 6 s clip, keep motion", {"kind": "video_edit", "length_ms": 6000, "keep_length": True}),
        (
            "can edit a 7 s clip at 24 fps with audio",
            {"kind": "video_edit", "length_ms": 7000, "rate": R24, "sound": True},
        ),
        (
            "Replace the 12.5-second shot at 23.976 fps, same length",
            {"kind": "video_edit", "length_ms": 12_500, "rate": FrameRate(24000, 1001), "keep_length": True},
        ),
        (
            "10 s vertical video from a still with 3 references under $2",
            {
                "kind": "video",
                "length_ms": 10_000,
                "aspect": "9:16",
                "references": 3,
                "start_frame": True,
                "budget_micros": 2_000_000,
            },
        ),
        (
            "first and last frame, 8 s, 1080p",
            {"kind": "video", "length_ms": 8000, "resolution": "1080p", "start_frame": True, "end_frame": True},
        ),
        ("upscale to 4K", {"kind": "upscale", "resolution": "2160p"}),
        ("a speaking character, 12 s", {"kind": "lip_sync", "length_ms": 12_000}),
        ("lip-sync", {"kind": "lip_sync"}),
        ("sound effect, 4 s", {"kind": "sfx", "length_ms": 4000}),
        ("30 s of music for 50 cents", {"kind": "music", "length_ms": 30_000, "budget_micros": 500_000}),
        ("narration of 800 characters", {"kind": "voice", "characters": 800}),
        ("edit an image with two references", {"kind": "image_edit", "references": 2}),
        ("free still, offline", {"kind": "image", "budget_micros": 0, "local": True}),
        (
            "1.5 min video without sound at runway",
            {"kind": "video", "length_ms": 90_000, "sound": False, "provider": "runway"},
        ),
        ("3D model from a photo", {"kind": "model_3d", "start_frame": True}),
        ("image to video 5s 16:9", {"kind": "video", "length_ms": 5000, "aspect": "16:9", "start_frame": True}),
        ("video edit", {"kind": "video_edit"}),
        ("", {}),
    ],
)
def test_words_become_requirements(text: str, wish: dict[str, Any]) -> None:
    found = read_wish(text, ("fal", "runway"))
    assert found == Wish(**wish), found
    assert (found.understood == ()) == (wish == {})


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("replace the background of a 6 s clip", ("background",)),
        ("a cosy 4 s shot", ("cosy",)),
        ("zap 🦊", ("zap",)),
        ("xylophone", ("xylophone",)),
    ],
)
def test_what_is_not_understood_is_said(text: str, rest: tuple[str, ...]) -> None:
    assert read_wish(text).rest == rest


def test_what_was_understood_is_said_in_words() -> None:
    told = read_wish(
        "replace a 6 s clip at 24 fps with sound, keep motion, 1080p, 16:9, two refs, at fal, under $1.50", ("fal",)
    )
    assert told.understood == (
        "change a clip",
        "6 s long",
        "24 frames a second",
        "with sound",
        "keeps motion and length",
        "1080p",
        "16:9",
        "2 references",
        "at fal",
        "at most $1.50",
    )


@given(st.text(max_size=600))
def test_whatever_is_typed_is_read_without_harm(text: str) -> None:
    found = read_wish(text, ("fal",))
    assert found.length_ms is None or found.length_ms > 0
    assert read_wish(text, ("fal",)) == found


@given(st.integers(1, 600), st.sampled_from([24, 25, 30, 50]), st.booleans())
def test_numbers_are_read_as_they_stand(seconds: int, rate: int, sound: bool) -> None:
    found = read_wish(f"edit a {seconds} s clip at {rate} fps {'with' if sound else 'without'} audio")
    assert (found.kind, found.length_ms, found.rate, found.sound) == (
        "video_edit",
        seconds * 1000,
        FrameRate(rate),
        sound,
    )
