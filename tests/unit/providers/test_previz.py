"""Previz: exact length and size, the same for the same seed, badged in every frame, moved as the words say."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from takebridge.errors import CancelledError, CapabilityError
from takebridge.media.probe import probe
from takebridge.media.testcard import read_frame_number, render_test_clip
from takebridge.providers.local import lettering
from takebridge.providers.local.depth import depth_prior
from takebridge.providers.local.lettering import Style, readable, width_of, wrap
from takebridge.providers.local.mood import mood_of
from takebridge.providers.local.moves import View, choose_move, ease, spoken_move
from takebridge.providers.local.palette import palette_of
from takebridge.providers.local.pictures import load_reference
from takebridge.providers.local.previz import check_previz, previz
from takebridge.providers.local.production import Pace, Production
from takebridge.providers.local.stage import Layer, Stage, sheet_layer, shoot
from takebridge.providers.local.tiles import Picture
from takebridge.providers.protocol import GenerationRequest, InputRole, MediaInput
from takebridge.timebase import FrameRate

STYLES = ["panel", "kenburns", "parallax"]


def request(inputs: tuple[MediaInput, ...] = (), **changes: Any) -> GenerationRequest:
    params = {"style": "kenburns", "title": "12A", "camera_note": ""} | changes.pop("params", {})
    facts: dict[str, Any] = {
        "token": "token-0001",
        "model": "local/previz-1",
        "kind": "previz",
        "prompt": "A rider in the hills at dusk",
        "seed": 1,
        "width": 320,
        "height": 180,
        "frame_count": 6,
        "rate": "24",
    }
    return GenerationRequest(inputs=inputs, params=params, **(facts | changes))


def given(path: Path, role: InputRole = "reference_image") -> MediaInput:
    info = probe(path)
    return MediaInput(role=role, path=path, content="b3:0", width=info.width, height=info.height)


def drawn(made: Production) -> list[Picture]:
    return list(made.frames(threading.Event()))


def of(**changes: Any) -> list[Picture]:
    return drawn(previz(request(**changes)))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture with a texture everywhere, so that every move shows."""
    dice = np.random.default_rng(3)
    noise = cv2.resize(dice.integers(0, 255, (60, 90, 3), dtype=np.uint8), (720, 480), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(tmp_path / "photo.png"), noise)
    return tmp_path / "photo.png"


@pytest.fixture
def cut_out(tmp_path: Path) -> Path:
    """A green disc on nothing."""
    rgba = np.zeros((200, 200, 4), np.uint8)
    cv2.circle(rgba, (100, 100), 80, (20, 230, 30, 255), -1)
    Image.fromarray(rgba).save(tmp_path / "disc.png")
    return tmp_path / "disc.png"


# --- frames -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_same_seed_same_frames_other_seed_other_frames(style: str, photo: Path) -> None:
    inputs = (given(photo),)
    first = of(inputs=inputs, params={"style": style})
    again = of(inputs=inputs, params={"style": style})
    other = of(inputs=inputs, params={"style": style}, seed=2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("style", STYLES)
def test_the_seed_changes_a_shot_without_reference_too(style: str) -> None:
    assert not np.array_equal(of(params={"style": style})[0], of(params={"style": style}, seed=2)[0])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("width", "height", "frame_count"), [(320, 180, 5), (180, 320, 2), (64, 36, 1), (32, 32, 3)])
def test_exact_size_and_length(style: str, width: int, height: int, frame_count: int) -> None:
    frames = of(params={"style": style, "camera_note": "push in"}, width=width, height=height, frame_count=frame_count)
    assert [frame.shape for frame in frames] == [(height, width, 3)] * frame_count
    assert all(frame.dtype == np.uint8 for frame in frames)


@pytest.mark.parametrize("style", STYLES)
def test_every_frame_moves(style: str, photo: Path) -> None:
    frames = of(inputs=(given(photo),), params={"style": style, "camera_note": "pan right"})
    for a, b in pairwise(frames):
        # The middle of the picture, away from the running frame number.
        assert np.abs(a[40:90, 40:180].astype(int) - b[40:90, 40:180].astype(int)).mean() > 1


@pytest.mark.parametrize("style", STYLES)
def test_the_badge_is_in_every_frame(style: str, photo: Path) -> None:
    for frame in of(inputs=(given(photo),), params={"style": style}):
        corner = frame[: 180 // 7, -320 // 4 :].astype(int)
        amber = (np.abs(corner - (255, 178, 36)).max(axis=2) < 8).mean()
        assert amber > 0.08
    facts = previz(request(params={"style": style})).facts
    assert facts["previz"] is True
    assert facts["badge"] == "PREVIZ"


def test_parallax_bends_what_ken_burns_only_moves(photo: Path) -> None:
    note = {"camera_note": "truck right"}
    flat = of(inputs=(given(photo),), params={"style": "kenburns"} | note)
    deep = of(inputs=(given(photo),), params={"style": "parallax"} | note)
    assert not np.array_equal(flat[0], deep[0])


def test_a_cut_out_stands_before_a_backdrop_and_moves_more(cut_out: Path) -> None:
    def green_x(frame: Picture) -> float:
        rgb = frame.astype(int)
        return float(np.nonzero((rgb[..., 1] > 180) & (rgb[..., 0] < 90) & (rgb[..., 2] < 90))[1].mean())

    def travel(style: str) -> float:
        frames = of(inputs=(given(cut_out),), params={"style": style, "camera_note": "truck right"})
        return green_x(frames[0]) - green_x(frames[-1])

    assert travel("parallax") > travel("kenburns") + 3 > 3


def test_the_middle_frame_of_a_source_is_its_reference(tmp_path: Path) -> None:
    source = render_test_clip(
        tmp_path / "s.mp4", clip_id=2, frame_count=9, rate=FrameRate(25), width=320, height=180, audio=False
    )
    assert read_frame_number(load_reference(probe(source)).picture) == (2, 4)


def test_a_source_gives_size_length_and_rate(tmp_path: Path) -> None:
    source = render_test_clip(
        tmp_path / "s.mp4", clip_id=2, frame_count=9, rate=FrameRate(30000, 1001), width=192, height=108, audio=False
    )
    made = previz(
        request(inputs=(given(source, "source_video"),), width=None, height=None, frame_count=None, rate=None)
    )
    assert (made.width, made.height, made.frame_count, made.rate) == (192, 108, 9, FrameRate(30000, 1001))
    assert len(drawn(made)) == 9


def test_an_open_seed_is_drawn_from_the_token() -> None:
    first, again = previz(request(seed=None)), previz(request(seed=None))
    assert first.seed_used == again.seed_used
    assert first.seed_used != previz(request(seed=None, token="token-0002")).seed_used


def test_a_stopped_shot_ends_at_once() -> None:
    stop = threading.Event()
    frames = previz(request()).frames(stop)
    next(frames)
    stop.set()
    with pytest.raises(CancelledError):
        next(frames)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"width": 321}, "even"),
        ({"width": 8192}, "8192"),
        ({"width": 16}, "32 to 4096"),
        ({"width": None}, "one side"),
        ({"frame_count": 0}, "0 frames"),
        ({"frame_count": 3001}, "1 to 3000"),
        ({"rate": "fast"}, "fast"),
        ({"prompt": " ", "params": {"title": ""}}, "nothing to draw"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(CapabilityError, match=told) as caught:
        check_previz(request(**changes), [])
    assert caught.value.hint


# --- the parts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "move"),
    [
        ("Slow push in, 35 mm", "push"),
        ("dolly out", "pull"),
        ("Pan left", "left"),
        ("truck to the right", "right"),
        ("crane up over the roofs", "up"),
        ("tilt down", "down"),
        ("Handheld", "handheld"),
        ("locked off", "static"),
        ("50 mm, shallow focus", None),
        ("a company pans for gold", None),
    ],
)
def test_a_camera_note_names_the_move(note: str, move: str | None) -> None:
    assert spoken_move(note) == move


@pytest.mark.parametrize("seed", range(20))
def test_the_note_wins_over_prompt_and_seed(seed: int) -> None:
    assert choose_move(seed, "pan left", "we push in").name == "left"
    assert choose_move(seed, "", "we push in").name == "push"
    assert choose_move(seed, "pan left").at(0, 10).x > choose_move(seed, "pan left").at(9, 10).x
    assert choose_move(seed, "push in").at(0, 10).zoom < choose_move(seed, "push in").at(9, 10).zoom


@pytest.mark.parametrize("seed", range(40))
def test_the_camera_stays_on_the_stage(seed: int) -> None:
    move = choose_move(seed, "handheld" if seed % 4 == 0 else "")
    for frame in range(30):
        view = move.at(frame, 30)
        assert max(abs(view.x), abs(view.y)) <= 1
        assert 1 <= view.zoom <= 1.25


def test_easing_starts_and_ends_and_never_turns_back() -> None:
    steps = [ease(n / 50) for n in range(51)]
    assert (steps[0], steps[-1]) == (0, 1)
    assert all(b > a for a, b in pairwise(steps))


def test_a_still_camera_in_the_middle_shows_the_picture_itself() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (90, 160, 3), dtype=np.uint8)
    stage = Stage((Layer(picture, None, 0.3),))
    assert np.array_equal(shoot(stage, View(0, 0, 1.0), 160, 90, 1.0), picture)


def test_a_layer_lies_over_what_is_behind_it() -> None:
    red, blue = (np.full((40, 40, 3), colour, np.uint8) for colour in ((200, 0, 0), (0, 0, 200)))
    half = np.full((40, 40), 0.5, np.float32)
    seen = Stage((Layer(red, None, 0.0), sheet_layer(blue, half, 1.0))).still()
    assert np.abs(seen.astype(int) - (100, 0, 100)).max() <= 1


def test_depth_is_a_smooth_map_of_the_picture() -> None:
    picture = np.full((120, 200, 3), (90, 130, 180), np.uint8)
    picture[60:, 70:130] = (200, 60, 40)
    depth = depth_prior(picture)
    assert depth.shape == (120, 200)
    assert depth.min() >= -0.05
    assert depth.max() <= 1.05
    assert depth[90, 100] > depth[10, 10] + 0.3, "what stands out below is nearer than the sky"
    assert np.abs(np.diff(depth, axis=1)).max() < 0.1


def test_a_palette_is_made_of_the_pictures_colours() -> None:
    picture = np.zeros((60, 60, 3), np.uint8)
    picture[:, :30], picture[:, 30:50], picture[:, 50:] = (200, 30, 30), (20, 40, 180), (240, 240, 230)
    found = palette_of(picture)
    assert list(found) == sorted(found, key=lambda c: 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2])
    for colour in ((200, 30, 30), (20, 40, 180), (240, 240, 230)):
        assert min(np.abs(np.subtract(colour, one)).max() for one in found) < 16


def test_the_words_choose_the_light_and_the_place() -> None:
    night = mood_of("A detective on a rooftop at night", 1)
    assert (night.place, night.stars, night.figure) == ("city", True, True)
    assert mood_of("The forest in the morning", 1).place == "forest"
    assert not mood_of("The forest in the morning", 1).figure
    assert mood_of("Nothing said", 1) == mood_of("Nothing said", 1)


def test_wrapped_lines_fit_and_say_when_text_is_left() -> None:
    style = Style(20)
    text = "The lighthouse keeper counts the waves until the light goes out and somebody knocks."
    lines = wrap(text, style, 220, 3)
    assert len(lines) == 3
    assert all(width_of(line, style) <= 220 for line in lines)
    assert lines[-1].endswith("…")
    assert " ".join(wrap(text, style, 220, 20)) == text
    assert all(width_of(line, style) <= 60 for line in wrap("Donaudampfschifffahrt", style, 60, 9))
    assert wrap("", style, 100, 3) == ()
    assert wrap(text, style, 220, 0) == ()


def test_text_is_brought_into_letters_the_font_has() -> None:
    assert readable("Café – naïve  × 2\n“quoted”") == "Cafe - naive x 2 “quoted”"
    assert readable("snow ☃ man") == "snow ? man"


def test_words_no_font_can_draw_are_admitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_system_font", lambda characters: None)
    assert "no font" in readable("雨の夜の街")


def test_seconds_left_come_from_frames_made_here_only() -> None:
    now = iter([0.0, 100.0, 102.0, 104.0])  # built; then one reading a call below
    pace = Pace(10, kept=4, clock=lambda: next(now))
    assert pace.at(4).eta_seconds is None
    assert pace.at(5).eta_seconds == 10  # 2 s a frame, 5 left
    assert pace.at(6).eta_seconds == 8
