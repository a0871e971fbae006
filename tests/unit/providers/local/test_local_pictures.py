"""What the makers draw and cut: right size, right frames, badged where it stands in for something."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.support.media import numbers
from tests.unit.providers.local.local_jobs import Ran

from takebridge.media.frames import read_frames
from takebridge.media.probe import probe
from takebridge.media.testcard import read_frame_number
from takebridge.providers.local.lips import find_jaw, levels, opened
from takebridge.providers.local.pictures import load_reference, write_png
from takebridge.providers.local.storyboard import _sentences
from takebridge.providers.local.tiles import Picture

AMBER = (255, 178, 36)


def amber(picture: Picture) -> float:
    """Part of the upper right corner that has the badge's colour."""
    corner = picture[: picture.shape[0] // 7, -picture.shape[1] // 4 :].astype(int)
    return float((np.abs(corner - AMBER).max(axis=2) < 30).mean())  # H.264 costs some


def mean(picture: Picture) -> list[int]:
    """Colour of the middle."""
    high, wide = picture.shape[:2]
    part = picture[high * 3 // 8 : high * 5 // 8, wide * 3 // 8 : wide * 5 // 8]
    return [int(value) for value in part.reshape(-1, 3).mean(axis=0)]


def test_an_image_is_badged_and_can_be_used_without_its_badge(made: dict[str, Ran]) -> None:
    path = made["image"]["image"]
    info = probe(path)
    assert (info.width, info.height, info.is_still) == (854, 480, True)
    assert amber(next(read_frames(path))) > 0.08
    assert amber(load_reference(info).picture) == 0
    assert amber(load_reference(info, keep=1).picture) > 0.08


@pytest.mark.parametrize("noted", ["[[0, 0, 9999, 9]]", "[[5]]", "nonsense", '{"a": 1}', "[[0, 0, 64, 64]]"])
def test_marks_that_cannot_be_are_left_alone(noted: str, tmp_path: Path) -> None:
    from PIL import Image, PngImagePlugin

    facts = PngImagePlugin.PngInfo()
    facts.add_text("takebridge-marks", noted)
    picture = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "a.png", pnginfo=facts)
    assert np.array_equal(load_reference(probe(tmp_path / "a.png")).picture, picture)


def test_a_mark_is_painted_over_from_its_surroundings(tmp_path: Path) -> None:
    picture = np.full((80, 120, 3), (30, 90, 160), np.uint8)
    picture[10:20, 90:110] = AMBER
    path = write_png(tmp_path / "a.png", picture, [(90, 10, 110, 20)])
    assert np.abs(load_reference(probe(path)).picture.astype(int) - (30, 90, 160)).max() <= 2


def test_a_clip_goes_from_its_start_frame_to_its_end_frame(made: dict[str, Ran]) -> None:
    path = made["video"]["video"]
    info = probe(path)
    assert (info.width, info.height, info.frame_count, str(info.rate)) == (854, 480, 12, "24")
    frames = list(read_frames(path))
    assert all(amber(frame) > 0.08 for frame in frames)
    assert np.abs(np.subtract(mean(frames[0]), (200, 40, 40))).max() < 12
    assert np.abs(np.subtract(mean(frames[-1]), (40, 60, 200))).max() < 12
    reds = [mean(frame)[0] for frame in frames]
    assert all(b <= a + 2 for a, b in pairwise(reds))


def test_lip_sync_lasts_as_long_as_the_voice_and_loops_the_picture(made: dict[str, Ran]) -> None:
    path = made["lip_sync"]["video"]
    info = probe(path)
    assert (info.frame_count, str(info.rate), info.width, info.height) == (36, "24", 320, 180)  # 1.5 s
    assert abs(info.audio_samples - 72_000) <= 1100  # AAC stores whole blocks
    frames = list(read_frames(path))
    assert all(amber(frame) > 0.04 for frame in frames)
    number = [frame[:60, :140].astype(int) for frame in frames]
    assert np.abs(number[0] - number[12]).mean() < 2  # twelve used frames, over and over
    assert np.abs(number[0] - number[11]).mean() > 4


def test_a_jaw_opens_only_where_the_mouth_is() -> None:
    from takebridge.providers.local.lips import Jaw

    picture = np.random.default_rng(1).integers(0, 255, (120, 120, 3), dtype=np.uint8)
    picture = cv2.GaussianBlur(picture, (0, 0), 3)
    pull = np.zeros((120, 120), np.float32)
    pull[70:95, 45:75] = 1
    jaw = Jaw(70, 60, 15, pull)
    assert np.array_equal(opened(picture, jaw, 0.0), picture)
    wide = opened(picture, jaw, 1.0)
    assert np.array_equal(wide[:60], picture[:60])
    assert np.abs(wide[70:90, 45:75].astype(int) - picture[70:90, 45:75]).mean() > 3
    assert find_jaw(np.full((200, 200, 3), 90, np.uint8)) is None


def test_a_board_has_every_panel_and_the_animatic_holds_each(made: dict[str, Ran]) -> None:
    board = next(read_frames(made["storyboard"]["board"]))
    animatic = list(read_frames(made["storyboard"]["animatic"]))
    assert len(animatic) == 18  # 3 panels x 250 ms at 24
    seen = ["red" if mean(frame)[0] > mean(frame)[2] else "blue" for frame in animatic]
    assert seen == ["red"] * 6 + ["blue"] * 6 + ["red"] * 6
    red = np.abs(board.astype(int) - (200, 40, 40)).max(axis=2) < 8
    blue = np.abs(board.astype(int) - (40, 60, 200)).max(axis=2) < 8
    count, _, stats, _ = cv2.connectedComponentsWithStats((red | blue).astype(np.uint8))
    panels = [tuple(int(v) for v in stats[n][:4]) for n in range(1, count) if stats[n][4] > 1000]
    assert len(panels) == 3
    assert len({left for left, *_ in panels}) == 2  # two columns
    assert all(abs(wide / tall - 16 / 9) < 0.02 for _, _, wide, tall in panels)


def test_the_parts_of_a_clip_are_the_frames_they_say(made: dict[str, Ran]) -> None:
    ran = made["extract_frames"]  # frames 4 up to 25 are used
    found = {port: read_frame_number(next(read_frames(path))) for port, path in ran.files.items()}
    best = found.pop("frame.best")
    assert found == {"frame.first": (1, 4), "frame.middle": (1, 14), "frame.last": (1, 24), "frame.at": (1, 7)}
    assert 4 <= best[1] < 25


def test_a_trim_has_exactly_its_frames_and_their_sound(made: dict[str, Ran]) -> None:
    path = made["trim"]["video"]
    assert numbers(path) == list(range(6, 18))  # from the first used frame, 4
    info = probe(path)
    assert str(info.rate) == "24"
    assert abs(info.audio_samples - 24_000) <= 1100


def test_a_padded_clip_keeps_its_whole_picture(made: dict[str, Ran]) -> None:
    path = made["reframe"]["video"]
    info = probe(path)
    assert (info.width, info.height) == (320, 320)
    assert numbers(path) == list(range(2, 10))
    assert info.has_audio
    frame = next(read_frames(path))
    assert frame[:66].max() < 20
    assert frame[-66:].max() < 20
    assert frame[80:240].mean() > 40


@pytest.mark.parametrize(("percent", "left"), [(0, 0), (50, 110), (100, 220)])
def test_a_crop_stands_where_it_was_asked_for(percent: int, left: int, tmp_path: Path) -> None:
    from takebridge.media.frames import write_frames
    from takebridge.media.reframe import Window, reframe
    from takebridge.timebase import FrameRange, FrameRate

    ramp = np.repeat(np.arange(320, dtype=np.uint8)[None, :, None] // 2 + 40, 180, axis=0).repeat(3, axis=2)
    write_frames(tmp_path / "ramp.mp4", [ramp] * 3, FrameRate(24))
    reframe(tmp_path / "ramp.mp4", tmp_path / "out.mp4", FrameRange(1, 3), Window(100, 180, centre=(percent, 50)),
            cancel=threading.Event())  # fmt: skip
    (first, _) = read_frames(tmp_path / "out.mp4")
    assert first.shape == (180, 100, 3)
    assert abs(int(first[90, 2:98].mean()) - int(ramp[0, left + 2 : left + 98].mean())) <= 2


def test_levels_follow_the_voice(tmp_path: Path) -> None:
    from tests.unit.providers.local.local_jobs import given

    from takebridge.media.audio import RATE, write_wav
    from takebridge.providers.local.lips import Talk
    from takebridge.providers.local.order import Given
    from takebridge.timebase import FrameRate

    loud = np.zeros((RATE, 2), np.float32)
    loud[RATE // 2 :] = 0.3
    path = write_wav(tmp_path / "step.wav", loud)
    voice = Given(given("audio", path), info=probe(path))
    level = levels(Talk(voice, voice, 64, 64, FrameRate(24), 24))
    assert list(level[:12]) == [0] * 12
    assert level[13:] == pytest.approx(np.ones(11))


def test_headings_do_not_run_into_what_follows() -> None:
    assert _sentences("EXT. DECK – DAY\n\nMid,  handheld\nThe wind takes her cap.\n") == (
        "EXT. DECK – DAY. Mid, handheld. The wind takes her cap."
    )
    assert _sentences(" \n") == ""
