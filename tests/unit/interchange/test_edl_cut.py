"""EDL as a cut and back: the rate, drop-frame, retimes, dissolves, one file a video track."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from takebridge.cut.model import Clip, Cut, Gap, Marker, Media, Span, Track, Transition
from takebridge.errors import InvalidDocumentError
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.timebase import EDIT_RATES, FrameRate

R25, DROP, NTSC = FrameRate(25), FrameRate(30000, 1001), FrameRate(24000, 1001)


def edl(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "cut.edl"
    path.write_text("\n".join(["TITLE: Film", *lines]) + "\n")
    return path


def event(source: str, record: str, number: int = 1, reel: str = "TAPE01") -> str:
    return f"{number:03d}  {reel:8} V     C        {source} {record}"


@pytest.mark.parametrize(
    ("lines", "rate", "word"),
    [
        (["FCM: NON-DROP FRAME"], FrameRate(24), "24 is taken"),
        (["FCM: DROP FRAME"], DROP, "29.97 is taken"),
        (["* FRAME RATE: 23.976"], NTSC, ""),
    ],
)
def test_the_rate_is_told_or_guessed_with_a_word(tmp_path: Path, lines: list[str], rate: FrameRate, word: str) -> None:
    one = event("01:00:00:00 01:00:01:00", "01:00:00:00 01:00:01:00")
    read = read_cut(edl(tmp_path, *[line for line in lines if line[0] != "*"], one, *[x for x in lines if x[0] == "*"]))
    assert read.cut.rate == rate
    assert (word in " ".join(read.losses)) if word else not read.losses
    asked = read_cut(tmp_path / "cut.edl", rate=FrameRate(30))
    assert asked.cut.rate == FrameRate(30)


def test_frame_numbers_beyond_24_mean_25(tmp_path: Path) -> None:
    read = read_cut(edl(tmp_path, event("00:00:00:00 00:00:01:24", "01:00:00:00 01:00:01:24")))
    assert (read.cut.rate, read.cut.start, read.cut.tracks[0].clips[0].record) == (R25, 90000, Span(0, 49))


def test_drop_frame_timecode_with_colons_counts_drop_frame(tmp_path: Path) -> None:
    """00:01:00;02 is frame 1800 at 29.97 drop-frame."""
    read = read_cut(edl(tmp_path, "FCM: DROP FRAME", event("00:00:00:00 00:01:00:02", "00:00:00:00 00:01:00:02")))
    assert read.cut.drop_frame
    assert read.cut.tracks[0].clips[0].record == Span(0, 1800)


def test_reels_names_and_files(tmp_path: Path) -> None:
    lines = [event("01:00:00:00 01:00:01:00", "01:00:00:00 01:00:01:00"), "* FROM CLIP NAME:  shot 1"]
    clip = read_cut(edl(tmp_path, *lines)).cut.tracks[0].clips[0]
    assert clip.name == "shot 1"
    assert clip.media is not None and (clip.media.name, clip.media.location) == ("TAPE01", "")


def test_lengths_that_differ_follow_the_record_side_with_a_word(tmp_path: Path) -> None:
    read = read_cut(edl(tmp_path, event("01:00:00:00 01:00:02:00", "01:00:00:00 01:00:01:00")))
    assert read.cut.tracks[0].clips[0].record.duration == 24
    assert "Source and record lengths of 1 events differ: the record side is followed." in read.losses


def test_nonsense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        read_cut(edl(tmp_path, event("99:99:99:99 01:00:02:00", "01:00:00:00 01:00:01:00")))
    assert "cut.edl" in caught.value.message


def cut(rate: FrameRate, *, drop: bool = False) -> Cut:
    media = Media("a.mov", "/m/a.mov", rate, 90000, 86400)
    items = (
        Clip("one", Span(0, 100), media, Span(10, 110), markers=(Marker(12, 0, "LOOK", "", "RED"),)),
        Clip("fast", Span(100, 150), media, Span(0, 100), speed=Fraction(2)),
        Gap(Span(150, 175)),
        Clip("still", Span(175, 200), media, Span(7, 8), speed=Fraction(0)),
        Transition(Span(200, 212), 200, "x", "SMPTE_Dissolve"),
        Clip("last", Span(200, 300), media, Span(500, 600)),
    )
    return Cut("Film", rate, (Track("video", items, "V1"),), start=1800, drop_frame=drop)


@pytest.mark.parametrize("rate", [rate for rate in EDIT_RATES if rate.nominal <= 60], ids=str)
def test_times_are_exact_at_every_rate(tmp_path: Path, rate: FrameRate) -> None:
    wanted = cut(rate, drop=rate.allows_drop)
    write_cut(wanted, tmp_path / "out.edl")
    read = read_cut(tmp_path / "out.edl")
    assert (read.cut.rate, read.cut.start, read.losses) == (rate, 1800, ())
    assert [item.record for item in read.cut.tracks[0].items] == [item.record for item in wanted.tracks[0].items]
    fast = read.cut.tracks[0].clips[1]
    assert fast.speed is not None and abs(fast.speed - 2) < Fraction(1, 100)


def test_drop_frame_is_written_as_such_and_other_timecode_is_not(tmp_path: Path) -> None:
    write_cut(cut(DROP, drop=True), tmp_path / "drop.edl")
    write_cut(cut(DROP), tmp_path / "non.edl")
    drop, plain = (tmp_path / name for name in ("drop.edl", "non.edl"))
    assert "00:01:00;02" in drop.read_text() and "FCM: DROP FRAME" in drop.read_text()
    assert "00:01:00:00" in plain.read_text() and ";" not in plain.read_text()


def test_the_source_of_a_retimed_event_has_its_true_length(tmp_path: Path) -> None:
    write_cut(cut(R25), tmp_path / "out.edl")
    line = next(line for line in (tmp_path / "out.edl").read_text().splitlines() if line.startswith("002"))
    assert line.split()[-4:] == ["00:57:36:00", "00:57:40:00", "00:01:16:00", "00:01:18:00"]


def test_a_second_video_track_gets_a_file_of_its_own_and_sound_is_told(tmp_path: Path) -> None:
    one = cut(R25)
    upper = Track("video", (Clip("up", Span(10, 20), None, Span(0, 10)),), "V2")
    sound = Track("audio", (Clip("s", Span(0, 20), None, Span(0, 20)),), "A1")
    losses = write_cut(Cut("Film", R25, (*one.tracks, upper, sound), 1800), tmp_path / "out.edl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.edl", "out_V2.edl"]
    assert any("1 audio tracks with 1 clips" in line for line in losses)
    assert any("V2" in line for line in losses)
    back = read_cut(tmp_path / "out_V2.edl").cut
    assert (back.start, back.tracks[0].clips[0].record) == (1810, Span(0, 10))


def test_a_stamp_is_a_comment_and_comes_back(tmp_path: Path) -> None:
    clip = Clip("a", Span(0, 10), None, Span(0, 10), stamp="tb-0123456789ab")
    write_cut(Cut("F", R25, (Track("video", (clip,)),)), tmp_path / "o.edl")
    assert "* tb-0123456789ab" in (tmp_path / "o.edl").read_text().splitlines()
    assert read_cut(tmp_path / "o.edl").cut.tracks[0].clips[0].stamp == "tb-0123456789ab"


def test_what_an_edl_cannot_say_is_told(tmp_path: Path) -> None:
    inner = Cut("in", R25, (Track("video", (Clip("x", Span(0, 10)),)),))
    items = (
        Clip("nested", Span(0, 10), None, Span(0, 10), "nested", inner=inner),
        Clip("off", Span(10, 20), None, Span(0, 10), enabled=False),
        Clip("ramp", Span(20, 30), None, Span(0, 10), speed=None, ramp="r"),
        Transition(Span(25, 35), 30, "mix", "SMPTE_Dissolve"),
        Clip("half", Span(30, Fraction(81, 2)), None, Span(20, 31)),
    )
    losses = write_cut(Cut("F", R25, (Track("video", items),), markers=(Marker(3, 0, "m"),)), tmp_path / "o.edl")
    text = "\n".join(losses)
    for name in ("“nested” is a nested cut", "“off” is disabled", "“ramp”", "“mix”", "“half” stands between", "“m”"):
        assert name in text
