"""A written file is held against what was asked, fact by fact."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.media import R23, R24, card, ffmpeg

from takebridge.errors import FFmpegError
from takebridge.media.info import ColourTags
from takebridge.media.verify import Expected, verify

RIGHT = Expected(48, R24, 320, 180, 96_000)


@pytest.fixture(scope="module", params=[("dnxhr_lb", "a.mov"), ("prores_aw", "a.mov"), ("x264", "a.mov")])
def clip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    codec, name = request.param
    return card(tmp_path_factory.mktemp(codec) / name, R24, 48, codec=codec)


def test_the_right_file_passes(clip: Path) -> None:
    verify(clip, RIGHT)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"frame_count": 47}, "frames"),
        ({"rate": R23}, "rate"),
        ({"width": 322}, "size"),
        ({"colour": ColourTags("bt709", "bt709", "smpte170m", "tv")}, "colour"),
        ({"audio_samples": 96_001}, "samples"),
        ({"audio_samples": None}, "sound"),
    ],
)
def test_every_wrong_fact_is_named(clip: Path, wrong: dict[str, object], word: str) -> None:
    with pytest.raises(FFmpegError) as caught:
        verify(clip, replace(RIGHT, **wrong))  # type: ignore[arg-type]
    assert f"wrong: {word} is" in caught.value.message


def test_a_stream_copy_with_its_frames_gone_is_found(clip: Path, tmp_path: Path) -> None:
    ffmpeg("-i", clip, "-c", "copy", "-frames:v", "40", tmp_path / "short.mov")
    with pytest.raises(FFmpegError):
        verify(tmp_path / "short.mov", RIGHT)


def test_a_file_cut_in_the_middle_is_found(clip: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.mov"
    torn.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    with pytest.raises(FFmpegError):
        verify(torn, RIGHT)


def test_a_last_picture_that_does_not_decode_is_found(tmp_path: Path) -> None:
    clip = card(tmp_path / "a.mov", R24, 24, codec="prores_aw", audio=False)
    data = bytearray(clip.read_bytes())
    last = data.rindex(b"icpf")  # the mark every ProRes picture begins with (RDD 36)
    data[last : last + 4] = b"xxxx"
    clip.write_bytes(data)
    with pytest.raises(FFmpegError):
        verify(clip, Expected(24, R24, 320, 180))
