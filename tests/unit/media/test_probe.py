"""Probe: exact facts from good files, a clear refusal from every other kind of file."""

from __future__ import annotations

import os
import struct
from fractions import Fraction
from pathlib import Path

import pytest
from tests.support.media import R23, R24, R25, R29, R30, R59, card, ffmpeg, numbered_by_stamp, shared_media

from takebridge.errors import BridgeError, ProbeError, UnsafeMediaError
from takebridge.media.cadence import constant_rate, nominal_rate
from takebridge.media.info import BT709, ColourTags
from takebridge.media.probe import ProbeCache, probe
from takebridge.timebase import FrameRate


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return card(tmp_path_factory.mktemp("clip") / "clip.mp4", R23, 48)


def refused(path: Path) -> BridgeError:
    with pytest.raises((ProbeError, UnsafeMediaError)) as caught:
        probe(path)
    assert caught.value.hint, "every refusal says what to do"
    assert path.name in caught.value.message
    return caught.value


def test_facts_of_a_plain_clip(clip: Path) -> None:
    info = probe(clip)
    assert (info.container, info.codec, info.pixel_format) == ("mov", "h264", "yuv420p")
    assert (info.width, info.height, info.coded_width, info.coded_height) == (320, 180, 320, 180)
    assert (info.rate, info.frame_count, info.is_vfr, info.is_still) == (R23, 48, False, False)
    assert info.duration == Fraction(48 * 1001, 24000)
    assert info.colour == BT709
    assert (info.audio_rate, info.audio_channels, info.audio_samples) == (48000, 2, 96096)


def test_frames_are_counted_past_an_edit_list(clip: Path, tmp_path: Path) -> None:
    trimmed = tmp_path / "trimmed.mp4"
    ffmpeg("-ss", "0.5", "-i", clip, "-c", "copy", "-an", trimmed)  # one group: all packets stay, an edit list hides 11
    shown = probe(trimmed).frame_count
    assert 30 < shown < 48


def test_rotation_and_sample_aspect_make_the_display_size(clip: Path, tmp_path: Path) -> None:
    turned, anamorphic = tmp_path / "turned.mp4", tmp_path / "anamorphic.mp4"
    ffmpeg("-display_rotation", "90", "-i", clip, "-c", "copy", turned)
    ffmpeg("-i", clip, "-vf", "setsar=4/3", "-c:v", "libx264", "-an", anamorphic)
    info = probe(turned)
    assert (info.width, info.height, info.rotation) == (180, 320, 90)
    info = probe(anamorphic)
    assert (info.sar, info.width, info.height, info.coded_width) == (Fraction(4, 3), 427, 180, 320)


def test_a_still_has_one_frame_and_no_rate() -> None:
    info = probe(shared_media() / "coffee.png")
    assert (info.is_still, info.frame_count, info.rate, info.width, info.height) == (True, 1, None, 600, 400)


def test_sound_alone(tmp_path: Path) -> None:
    wav = tmp_path / "tone.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=r=44100:d=0.5", "-ac", "1", wav)
    info = probe(wav)
    assert (info.has_video, info.has_audio, info.audio_rate, info.audio_channels) == (False, True, 44100, 1)
    assert (info.audio_samples, info.duration) == (22050, Fraction(1, 2))


def test_start_timecode_is_read(clip: Path, tmp_path: Path) -> None:
    stamped = tmp_path / "stamped.mov"
    ffmpeg("-i", clip, "-c", "copy", "-timecode", "01:02:03:04", stamped)
    assert probe(stamped).start_timecode == "01:02:03:04"


def test_colour_tags_are_read_as_they_are(clip: Path, tmp_path: Path) -> None:
    sd = tmp_path / "sd.mov"
    tags = "setparams=colorspace=bt470bg:color_primaries=bt470bg:color_trc=smpte170m:range=tv"
    ffmpeg("-i", clip, "-vf", tags, "-c:v", "libx264", "-an", sd)
    assert probe(sd).colour == ColourTags("bt470bg", "smpte170m", "bt470bg", "tv")


def test_a_jittering_clip_is_variable_and_gets_its_nominal_rate(tmp_path: Path) -> None:
    kept = [i for i in range(60) if i % 9 != 5]
    stamps = [round(i * 1000 / 30) + (i * 7) % 5 for i in kept]
    info = probe(numbered_by_stamp(tmp_path / "phone.mp4", stamps))
    assert (info.is_vfr, info.rate, info.frame_count) == (True, R30, len(kept))


def test_one_missing_frame_makes_a_clip_variable(tmp_path: Path) -> None:
    stamps = [i * 40 for i in range(30) if i != 12]
    info = probe(numbered_by_stamp(tmp_path / "gap.mp4", stamps))
    assert (info.is_vfr, info.rate, info.frame_count, info.edit_frames) == (True, R25, 29, 30)


@pytest.mark.parametrize("rate", [R23, R24, R25, R29, R59, FrameRate(15), FrameRate(10)], ids=str)
def test_millisecond_stamps_give_the_exact_rate(rate: FrameRate) -> None:
    stamps = [round(i * 1000 / rate.fraction) for i in range(100)]
    mean = Fraction(99 * 1000, stamps[-1])
    assert constant_rate(stamps, Fraction(1, 1000), [mean.limit_denominator(500)]) == rate


def test_nominal_rate_of_uneven_stamps_is_the_usual_gap() -> None:
    stamps = [0, 33, 67, 100, 167, 200, 234, 300]
    assert nominal_rate(stamps, Fraction(1, 1000)) == R30
    assert nominal_rate([5], Fraction(1, 1000)) == R24


# --- what is refused ------------------------------------------------------------------------------------


def test_missing_folder_empty_and_text(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "notes.mp4").write_text("Shot list\n1. The bridge at dawn\n" * 20)
    (tmp_path / "noise.mp4").write_bytes(bytes((i * 37 + i // 5) % 256 for i in range(4096)))
    (tmp_path / "folder.mp4").mkdir()
    for name, word in {
        "none.mp4": "not found",
        "empty.mp4": "0 bytes",
        "notes.mp4": "text file",
        "noise.mp4": "no kind of media",
        "folder.mp4": "folder",
    }.items():
        assert word in refused(tmp_path / name).message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_devices_and_pipes_are_refused_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")  # opening it would wait for ever
    assert "device or pipe" in refused(tmp_path / "pipe.mp4").message
    (tmp_path / "zero.mp4").symlink_to("/dev/zero")
    assert "device or pipe" in refused(tmp_path / "zero.mp4").message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hls.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://{canary}\n#EXT-X-ENDLIST\n"),
        ("concat.mov", "ffconcat version 1.0\nfile '{canary}'\n"),
        ("bare_concat.mov", "# list\nfile '{canary}'\n"),
        ("dash.mp4", '<?xml version="1.0"?>\n<MPD><BaseURL>file://{canary}</BaseURL></MPD>'),
        ("bom.mp4", "\ufeff\n#EXTM3U\nfile://{canary}\n"),
        ("session.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"),
    ],
)
def test_a_playlist_under_another_name_is_refused_before_its_files_are_opened(
    tmp_path: Path, name: str, text: str
) -> None:
    canary = tmp_path / "canary"
    os.mkfifo(canary)  # whoever opened it for reading would hang until the time limit
    path = tmp_path / name
    path.write_text(text.format(canary=canary), encoding="utf-8")
    assert isinstance(refused(path), UnsafeMediaError)


def test_a_playlist_behind_a_magic_number_still_meets_the_whitelist(tmp_path: Path) -> None:
    path = tmp_path / "sly.mp4"
    path.write_bytes(b"\0\0\0\x20ftypisom" + b"\0" * 20 + b"#EXTM3U\nfile:///etc/passwd\n")
    refused(path)


def test_an_option_like_name_is_a_file(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-y.mp4").write_bytes(clip.read_bytes())
    assert probe(Path("-y.mp4")).frame_count == 48
    Path("concat:a|b.mp4").write_bytes(clip.read_bytes())
    assert probe(Path("concat:a|b.mp4")).frame_count == 48


def test_a_truncated_faststart_file_is_refused_though_its_header_is_whole(clip: Path, tmp_path: Path) -> None:
    whole = clip.read_bytes()
    assert whole.index(b"moov") < whole.index(b"mdat"), "the clip must be faststart for this test to mean anything"
    for part in (40, 70, 98):
        cut = tmp_path / f"{part}.mp4"
        cut.write_bytes(whole[: len(whole) * part // 100])
        refused(cut)


def test_a_file_without_its_index_is_refused(clip: Path, tmp_path: Path) -> None:
    tail_index, cut = tmp_path / "tail.mov", tmp_path / "cut.mov"
    ffmpeg("-i", clip, "-c", "copy", tail_index)
    data = tail_index.read_bytes()
    cut.write_bytes(data[: data.index(b"moov") - 4])
    assert "damaged or incomplete" in refused(cut).hint


def test_a_header_lying_about_its_sizes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lie.mp4"
    path.write_bytes(
        struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\0\0" + struct.pack(">I4s", 2**31, b"moov") + b"x" * 64
    )
    refused(path)


# --- cache ----------------------------------------------------------------------------------------------


def test_the_cache_knows_a_file_until_it_changes(clip: Path, tmp_path: Path) -> None:
    path, cache = tmp_path / "a.mp4", ProbeCache()
    path.write_bytes(clip.read_bytes())
    assert probe(path, cache=cache) is probe(path, cache=cache)
    card(path, R25, 12)
    assert probe(path, cache=cache).frame_count == 12


def test_the_cache_is_bounded(clip: Path, tmp_path: Path) -> None:
    cache, paths = ProbeCache(capacity=2), [tmp_path / f"{i}.mp4" for i in range(3)]
    for path in paths:
        path.write_bytes(clip.read_bytes())
    first = probe(paths[0], cache=cache)
    second = probe(paths[1], cache=cache)
    probe(paths[2], cache=cache)
    assert probe(paths[0], cache=cache) is not first, "the oldest was forgotten"
    assert probe(paths[1], cache=cache) is not second
