"""CapCut drafts read as cuts: ours exactly, CapCut's as far as they say, and everything hostile refused in words."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.support.capcut import R25, film, picture

from takebridge.cut.model import Cut, Span
from takebridge.errors import BridgeError, InterchangeError, InvalidDocumentError, UnsupportedFormatError
from takebridge.interchange.capcut_read import read_draft
from takebridge.interchange.capcut_write import write_draft
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.timebase import EDIT_RATES, FrameRate

Json = dict[str, Any]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


def segment(start: int, length: int, **more: Any) -> Json:
    """A piece of a track as CapCut writes it, as little as there can be."""
    at = {"start": start, "duration": length}
    return {"id": f"s{start}", "material_id": "m1", "target_timerange": at, "source_timerange": at, **more}


def draft(folder: Path, *segments: Json, name: str = "draft_info.json", **more: Any) -> Path:
    """A small draft of CapCut's."""
    said = {
        "id": "D1",
        "fps": 30.0,
        "canvas_config": {"width": 1080, "height": 1920, "ratio": "9:16"},
        "materials": {
            "videos": [
                {"id": "m1", "path": "/gone/a.mp4", "material_name": "a", "duration": 10_000_000, "type": "video"}
            ],
            "speeds": [],
        },
        "tracks": [{"id": "t", "type": "video", "name": "", "attribute": 0, "segments": list(segments)}],
        **more,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(said), "utf-8")
    return folder


def spans(cut: Cut, track: int = 0) -> list[Span]:
    return [clip.record for clip in cut.tracks[track].clips]


@pytest.mark.parametrize("rate", EDIT_RATES, ids=str)
def test_ours_reads_back_to_the_frame_at_every_rate(rate: FrameRate, media: Path, tmp_path: Path) -> None:
    cut = film(media, rate)
    done = read_draft(write_draft(cut, tmp_path / "root").folder)
    assert (done.cut.rate, done.cut.width, done.cut.height, done.losses) == (rate, 160, 90, ())
    assert [track.kind for track in done.cut.tracks] == ["video", "video", "audio", "audio", "subtitle"]
    assert spans(done.cut) == [Span(0, 20), Span(20, 33), Span(40, 50)]
    assert [clip.source for clip in done.cut.tracks[0].clips] == [Span(5, 25), Span(7, 20), Span(10, 30)]
    assert [clip.speed for clip in done.cut.tracks[0].clips] == [1, 1, 2]
    assert [clip.name for clip in done.cut.tracks[0].clips] == ["SH010", "SH020 é", "SH030"]
    assert [clip.name for clip in done.cut.tracks[4].clips] == ["Guten Tag,\nWelt", "Ende"]


def test_a_draft_is_a_document_like_any_other(media: Path, tmp_path: Path) -> None:
    folder = write_draft(film(media), tmp_path / "root").folder
    found = read_cut(folder)
    assert (found.format, found.cut.name) == ("capcut", "Der-Fum")
    write_cut(found.cut, tmp_path / "film.otio")
    assert spans(read_cut(tmp_path / "film.otio").cut) == [Span(0, 20), Span(20, 33), Span(40, 50)]


def test_capcut_s_own_pieces(tmp_path: Path) -> None:
    """Volume, speed, direction, what is hidden, and a text in the old spelling."""
    said: Json = {
        "materials": {
            "videos": [
                {
                    "id": "m1",
                    "path": str(picture(tmp_path)),
                    "material_name": "a",
                    "duration": 2_000_000,
                    "type": "video",
                }
            ],
            "texts": [{"id": "x", "content": "plain words"}],
            "transitions": [{"id": "tr", "name": "Fade"}],
        },
        "tracks": [
            {
                "type": "video",
                "segments": [
                    segment(0, 1_000_000, volume=0.5, extra_material_refs=["tr"]),
                    segment(1_000_000, 500_000, speed=2.0, reverse=True, visible=False),
                ],
            },
            {"type": "text", "segments": [segment(0, 100_000, id="w", material_id="x")]},
            {"type": "filter", "segments": [segment(0, 100_000, id="f")]},
        ],
    }
    found = read_draft(draft(tmp_path / "d", **said))
    first, second = found.cut.tracks[0].clips
    assert (first.extras, first.source, first.record) == ({"capcut": {"volume": 0.5}}, Span(0, 30), Span(0, 30))
    assert (second.speed, second.enabled, second.record) == (Fraction(-2), False, Span(30, 45))
    assert [clip.name for clip in found.cut.tracks[1].clips] == ["plain words"]
    told = "\n".join(found.losses)
    assert "Of “a” is not read: transitions" in told and "filter track 3 is not read" in told


def test_missing_files_are_told_and_the_clip_stays(tmp_path: Path) -> None:
    found = read_draft(draft(tmp_path / "d", segment(0, 1_000_000)))
    (clip,) = found.cut.tracks[0].clips
    assert clip.media is not None and clip.media.location == "/gone/a.mp4"
    assert any("The file of “a” is not there" in line for line in found.losses)


def test_the_draft_s_own_folder_in_a_path(tmp_path: Path) -> None:
    folder = draft(tmp_path / "d", segment(0, 1_000_000))
    text = (folder / "draft_info.json").read_text().replace("/gone/", "##_draftpath_placeholder_0E68-18_##/media/")
    (folder / "draft_info.json").write_text(text)
    (folder / "media").mkdir()
    (folder / "media" / "a.mp4").write_bytes(b"x")
    found = read_draft(folder)
    (clip,) = found.cut.tracks[0].clips
    assert clip.media is not None and Path(clip.media.location) == folder / "media" / "a.mp4"
    assert found.losses == ()


def test_between_frames_is_read_exactly_and_told(tmp_path: Path) -> None:
    found = read_draft(draft(tmp_path / "d", segment(0, 50_000)))
    assert spans(found.cut) == [Span(0, Fraction(3, 2))]
    assert any("between frames" in line for line in found.losses)


def test_the_newest_timeline_counts_and_is_named(tmp_path: Path) -> None:
    folder = draft(tmp_path / "d", segment(0, 1_000_000))
    draft(folder / "Timelines" / "T1", segment(0, 2_000_000))
    os.utime(folder / "draft_info.json", (1_000_000, 1_000_000))
    found = read_draft(folder)
    assert found.file == folder / "Timelines" / "T1" / "draft_info.json" and spans(found.cut) == [Span(0, 60)]
    assert "Timelines/T1/draft_info.json was read, the newest; draft_info.json differs" in found.losses[0]
    os.utime(folder / "draft_info.json", (2_000_000_000, 2_000_000_000))
    assert spans(read_draft(folder).cut) == [Span(0, 30)]


@pytest.mark.parametrize("data", [b"U2FsdGVkX1+abc0123456789==", b"\x00\x9f\x92\x96" * 64, "密文".encode()])
def test_an_encrypted_draft_is_recognised_and_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "draft_content.json").write_bytes(data)
    with pytest.raises(UnsupportedFormatError, match="CapCut encrypts this draft") as caught:
        read_draft(tmp_path)
    assert caught.value.hint and "decrypts none" in caught.value.message
    with pytest.raises(UnsupportedFormatError, match="CapCut encrypts this draft"):
        read_cut(tmp_path)


def test_a_folder_that_is_no_draft(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UnsupportedFormatError, match="is no CapCut draft"):
            read_draft(folder)


def _times(**at: Any) -> Callable[[Json], None]:
    def spoil(said: Json) -> None:
        said["tracks"][0]["segments"][0]["target_timerange"] = at

    return spoil


def _set(key: str, value: Any) -> Callable[[Json], None]:
    return lambda said: said.__setitem__(key, value)


def _first(**told: Any) -> Callable[[Json], None]:
    return lambda said: said["tracks"][0]["segments"][0].update(told)


HOSTILE: dict[str, tuple[Callable[[Json], None], str]] = {
    "negative start": (_times(start=-1, duration=5), "cannot be"),
    "negative length": (_times(start=0, duration=-5), "cannot be"),
    "endless": (_times(start=0, duration=10**30), "cannot be"),
    "half a microsecond": (_times(start=0.5, duration=5), "whole number"),
    "words for a time": (_times(start="0", duration=5), "whole number"),
    "a truth for a time": (_times(start=True, duration=5), "whole number"),
    "no range": (_first(target_timerange=None), "no time range"),
    "no frames per second": (_set("fps", 0), "frames per second"),
    "odd frames per second": (_set("fps", "fast"), "frames per second"),
    "no tracks": (_set("tracks", {}), "“tracks” are no list"),
    "a track that is none": (_set("tracks", [7]), "“tracks” are no list"),
    "no materials": (_set("materials", []), "no list of materials"),
    "two materials of one id": (
        lambda said: said["materials"]["speeds"].append({"id": "m1"}),
        "two of its materials have the id m1",
    ),
    "two pieces of one id": (
        lambda said: said["tracks"][0]["segments"].append(segment(2_000_000, 5, id="s0")),
        "two of its pieces have the id s0",
    ),
    "no speed": (_first(speed=0), "speed that cannot be"),
    "backwards speed": (_first(speed=-2), "speed that cannot be"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_draft_is_refused_in_words(name: str, tmp_path: Path) -> None:
    spoil, words = HOSTILE[name]
    path = draft(tmp_path / "d", segment(0, 1_000_000)) / "draft_info.json"
    said = json.loads(path.read_text())
    spoil(said)
    path.write_text(json.dumps(said))
    with pytest.raises(InvalidDocumentError, match=words) as caught:
        read_draft(tmp_path / "d")
    assert caught.value.hint and "“d”" in caught.value.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ('{"fps": 30', "damaged"),
        ('{"fps": NaN}', "NaN is no number"),
        ('{"fps": -Infinity}', "is no number"),
        ('{"fps": 1e999}', "is no number"),
        ('{"id": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested more than"),
        ('{"fps": ' + "9" * 5000 + "}", "damaged"),
        ("[1]", "none of CapCut's"),
        ('{"id": "' + "[" * 500 + '"}', "frames per second"),
    ],
)
def test_a_damaged_file_is_refused_in_words(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "draft_info.json").write_text(text)
    with pytest.raises(InvalidDocumentError, match=words):
        read_draft(tmp_path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "draft_info.json").open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(InvalidDocumentError, match="larger than 64 MB"):
        read_draft(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_nobody_may_read(tmp_path: Path) -> None:
    path = draft(tmp_path / "d", segment(0, 1_000_000)) / "draft_info.json"
    path.chmod(0)
    with pytest.raises(InterchangeError, match="could not be read"):
        read_draft(tmp_path / "d")


def test_odd_letters_harm_nobody(tmp_path: Path) -> None:
    """Lone surrogates and zero bytes in names and paths."""
    folder = draft(tmp_path / "d", segment(0, 1_000_000))
    text = (folder / "draft_info.json").read_text().replace("/gone/a.mp4", "/go\\u0000ne\\ud800.mp4")
    (folder / "draft_info.json").write_text(text)
    (clip,) = read_draft(folder).cut.tracks[0].clips
    assert clip.media is not None and clip.media.location.encode()


ODD = [None, True, -1, 1.5, 1e300, 10**40, "", "x" * 5000, "\ud800\0", [], {}, [[]], [None], {"a": 1}, 2**63]


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*at, key)
        yield from _places(one, (*at, key))


def test_anything_anywhere_is_read_or_refused_in_words(media: Path, tmp_path: Path) -> None:
    """Every third place of a draft holds something odd once: nothing but words may come of it."""
    folder = write_draft(film(media), tmp_path).folder
    (folder / "draft_info.json").unlink()
    path = folder / "draft_content.json"
    said = json.loads(path.read_text("utf-8"))
    for number, place in enumerate(list(_places(said))[::3]):
        spoilt = json.loads(json.dumps(said))
        inner = spoilt
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = ODD[number % len(ODD)]
        path.write_text(json.dumps(spoilt), "utf-8")
        try:
            read_draft(folder)
        except BridgeError as error:
            assert error.message and error.hint, place


def test_the_rate_is_the_draft_s(tmp_path: Path) -> None:
    assert read_draft(draft(tmp_path / "d", segment(0, 40_000), fps=25)).cut.rate == R25
    odd = read_draft(draft(tmp_path / "e", segment(0, 1_001_000), fps=23.976)).cut
    assert (odd.rate, spans(odd)) == (FrameRate(24000, 1001), [Span(0, 24)])
