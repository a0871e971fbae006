"""AAF as a cut and back: what is not written is told, what would be wrong is refused, adapters stay quiet."""

from __future__ import annotations

import gc
import io
import logging
from pathlib import Path

import pytest

from takebridge.cut.model import Clip, Cut, Gap, Marker, Media, Span, Take, Track, Transition
from takebridge.errors import InterchangeError, InvalidDocumentError
from takebridge.interchange.adapters import ask_reader, ask_writer
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.timebase import FrameRate

NTSC = FrameRate(24000, 1001)


def test_cuts_sound_and_gaps_come_back_exactly(tmp_path: Path) -> None:
    media = Media("a.mov", "/m/a.mov", NTSC, 1000, 86400)
    picture = Track("video", (Gap(Span(0, 10)), Clip("a", Span(10, 34), media, Span(5, 29))), "V1")
    sound = Track("audio", (Clip("s", Span(0, 34), media, Span(0, 34)),), "A1")
    write_cut(Cut("Film", NTSC, (picture, sound), 86400), tmp_path / "out.aaf")
    cut = read_cut(tmp_path / "out.aaf").cut
    assert (cut.rate, cut.start) == (NTSC, 86400)
    found = {track.kind: [(clip.name, clip.record, clip.source) for clip in track.clips] for track in cut.tracks}
    assert found == {"video": [("a", Span(10, 34), Span(5, 29))], "audio": [("s", Span(0, 34), Span(0, 34))]}


def test_what_an_aaf_does_not_hold_is_told(tmp_path: Path) -> None:
    media = Media("a.mov", "/m/a.mov", NTSC, 1000, 0)
    takes = (Take("1", media, Span(0, 10)), Take("2", Media("b.mov", "/m/b.mov", NTSC, 100, 0)))
    items = (
        Clip("marked", Span(0, 10), media, Span(0, 10), markers=(Marker(1, 0, "x"),), takes=takes),
        Transition(Span(5, 15), 10, "mix", "SMPTE_Dissolve"),
        Clip("off", Span(10, 20), media, Span(20, 30), enabled=False, look="x"),
    )
    losses = write_cut(Cut("F", NTSC, (Track("video", items),), markers=(Marker(3, 0, "m"),)), tmp_path / "o.aaf")
    text = "\n".join(losses)
    for words in (
        "“marked”: 1 markers",
        "“marked”: 1 waiting",
        "“mix”",
        "“off” is disabled",
        "“off”: its effects",
        "“m”",
    ):
        assert words in text


def test_whatever_an_adapter_raises_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        print("noise")
        logging.getLogger("adapter").error("more noise")
        raise ValueError("no such mob\nat all")

    with pytest.raises(InvalidDocumentError, match=r"film\.aaf could not be read: no such mob") as caught:
        ask_reader("film.aaf", fails)
    assert caught.value.hint
    with pytest.raises(InterchangeError, match="could not be written"):
        ask_writer("The AAF", fails)
    assert capsys.readouterr() == ("", "")
    assert logging.root.manager.disable == logging.NOTSET


def test_a_broken_aaf_is_closed_again(tmp_path: Path) -> None:
    """The adapter leaves it open; on Windows nobody could move it."""
    path = tmp_path / "a.aaf"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)
    with pytest.raises(InvalidDocumentError):
        read_cut(path)
    kept = [one for one in gc.get_objects() if isinstance(one, io.IOBase) and getattr(one, "name", "") == str(path)]
    assert [one for one in kept if not one.closed] == []


def test_where_a_reader_trips_its_own_words_are_not_shown() -> None:
    def trips() -> None:
        raise AttributeError("'ClipHandler' object has no attribute 'transaction_id'")

    with pytest.raises(InvalidDocumentError, match="does not understand how it is built") as caught:
        ask_reader("film.edl", trips)
    assert "ClipHandler" not in caught.value.message
