"""A cut with real media as a CapCut draft: what lies where, what is told, and that nothing is ever half there."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from tests.support.capcut import R25, content, film, index, picture, spans, track
from tests.support.full_disk import fill, small_drive

from takebridge.cut.model import Clip, Cut, Media, Span, Track, tile
from takebridge.errors import (
    BridgeError,
    CancelledError,
    DiskFullError,
    HostBusyError,
    InterchangeError,
    InvalidDocumentError,
    NotFoundError,
    UnsupportedFormatError,
)
from takebridge.interchange import capcut_register, capcut_write
from takebridge.interchange.capcut_export import OWN_ROOT, chosen_root, hand_over, with_captions
from takebridge.interchange.capcut_folders import draft_root
from takebridge.interchange.capcut_plan import plan_of
from takebridge.interchange.capcut_write import WrittenDraft, write_draft
from takebridge.media.probe import probe
from takebridge.timebase import EDIT_RATES, FrameRate


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def written(media: Path, tmp_path_factory: pytest.TempPathFactory) -> WrittenDraft:
    return write_draft(film(media), tmp_path_factory.mktemp("root"), system="win32", clock=lambda: 1_700_000_000.25)


def test_both_files_say_the_same_and_nothing_else_is_there(written: WrittenDraft) -> None:
    assert written.folder.name == "Der-Fum"
    names = {path.name for path in written.folder.iterdir()}
    assert names == {"draft_content.json", "draft_info.json", "draft_meta_info.json", "media"}
    assert content(written.folder) == content(written.folder, "draft_info.json")


def test_the_tracks_and_where_everything_stands(written: WrittenDraft) -> None:
    """25 frames a second: a frame is 40,000 µs."""
    said = content(written.folder)
    kinds = [(one["type"], one["name"]) for one in said["tracks"]]
    assert kinds == [
        ("video", "Takes"),
        ("video", "Overlay 1"),
        ("audio", "Voice"),
        ("audio", "Music"),
        ("text", "Captions"),
    ]
    takes = track(said, "Takes")
    assert spans(takes) == [(0, 800_000), (800_000, 1_320_000), (1_600_000, 2_000_000)]
    assert spans(takes, "source_timerange") == [(200_000, 1_000_000), (280_000, 800_000), (400_000, 1_200_000)]
    assert [one["speed"] for one in takes["segments"]] == [1.0, 1.0, 2.0]
    assert spans(track(said, "Music")) == [(120_000, 1_720_000)]
    assert spans(track(said, "Voice"), "source_timerange") == [(80_000, 480_000)]
    assert (said["fps"], said["duration"]) == (25.0, 2_000_000)
    assert said["canvas_config"] == {"width": 160, "height": 90, "ratio": "original"}
    assert said["config"]["maintrack_adsorb"] is False  # the magnet would close the gap before SH030
    layers = {one["name"]: {part["render_index"] for part in one["segments"]} for one in said["tracks"]}
    assert layers["Overlay 1"] == {1} and layers["Captions"] == {15_000}


def test_sound_is_heard_once(written: WrittenDraft) -> None:
    """SH010's own sound is in the cut, so its picture plays it; the others' is not."""
    said = content(written.folder)
    assert [one["volume"] for one in track(said, "Takes")["segments"]] == [1.0, 0.0, 0.0]
    assert [one["name"] for one in said["materials"]["audios"]] == ["line", "song"]


def test_every_reference_leads_somewhere(written: WrittenDraft) -> None:
    said = content(written.folder)
    materials = {one["id"]: one for kind in said["materials"].values() for one in kind}
    segments = [part for one in said["tracks"] for part in one["segments"]]
    assert len({part["id"] for part in segments}) == len(segments)
    for part in segments:
        assert part["material_id"] in materials and all(ref in materials for ref in part["extra_material_refs"])
    for one in said["materials"]["videos"] + said["materials"]["audios"]:
        path = Path(one["path"])
        assert path.is_absolute() and path.is_file() and path.parent == written.folder / "media"
        assert path.name.isascii()
    texts = [json.loads(one["content"]) for one in said["materials"]["texts"]]
    assert [one["text"] for one in texts] == ["Guten Tag,\nWelt", "Ende"]
    assert [one["styles"][0]["range"] for one in texts] == [[0, 15], [0, 4]]


def test_media_are_copies_of_their_own(written: WrittenDraft, media: Path) -> None:
    copy = next((written.folder / "media").glob("*kame-ra.mp4"))
    original = picture(media)
    assert copy.read_bytes() == original.read_bytes()
    assert copy.stat().st_ino != original.stat().st_ino and original.stat().st_nlink == 1


def test_the_list_of_media_is_filled(written: WrittenDraft) -> None:
    """An empty one makes CapCut ask for every file."""
    said, meta = content(written.folder), content(written.folder, "draft_meta_info.json")
    (group,) = [one["value"] for one in meta["draft_materials"] if one["type"] == 0]
    used = said["materials"]["videos"] + said["materials"]["audios"]
    assert {one["id"] for one in group} == {one["local_material_id"] for one in used}
    assert {one["file_Path"] for one in group} == {one["path"] for one in used}
    assert sorted(one["metetype"] for one in group) == ["music", "video"]
    assert {one["duration"] for one in group} == {2_000_000}
    assert meta["draft_id"] == said["id"] and meta["tm_duration"] == said["duration"]
    assert meta["draft_fold_path"] == written.folder.as_posix() and meta["draft_name"] == written.folder.name
    assert meta["tm_draft_create"] == 1_700_000_000_250_000


def test_what_is_lost_is_told(written: WrittenDraft) -> None:
    told = "\n".join(written.losses)
    for word in (
        "experimental",
        "“SH040” at 00:00:02:00",
        "disabled",
        "“nest”",
        "nested",
        "Cross Dissolve",
        "hard cut",
    ):
        assert word in told


@pytest.mark.parametrize("rate", EDIT_RATES, ids=str)
def test_boundaries_at_every_rate(rate: FrameRate, media: Path, tmp_path: Path) -> None:
    source = Media("a", str(picture(media)), R25, 50, 0)
    cuts = [0, 1, 4, 11, 12]
    clips = [Clip(f"{a}", Span(a, b), source, Span(0, Fraction(b - a) / rate.fraction * 25)) for a, b in pairwise(cuts)]
    said = content(write_draft(Cut("x", rate, (Track("video", tile(clips)),)), tmp_path).folder)
    found = spans(said["tracks"][0])
    exact = [Fraction(one * rate.denominator * 10**6, rate.numerator) for one in cuts]
    edges = [found[0][0], *(end for _, end in found)]
    assert all(abs(edge - time) <= Fraction(1, 2) for edge, time in zip(edges, exact, strict=True))
    assert [start for start, _ in found[1:]] == [end for _, end in found[:-1]]
    assert said["duration"] == edges[-1] and FrameRate.of_media(Fraction(said["fps"]).limit_denominator(1001)) == rate


def test_an_existing_draft_is_never_touched(media: Path, tmp_path: Path) -> None:
    (tmp_path / "Der-Fum").mkdir()
    (tmp_path / "Der-Fum 2").write_text("mine")
    assert write_draft(film(media), tmp_path).folder.name == "Der-Fum 3"
    assert list((tmp_path / "Der-Fum").iterdir()) == [] and (tmp_path / "Der-Fum 2").read_text() == "mine"


def test_what_plays_beyond_its_file_is_shortened_and_what_lies_outside_left_out(media: Path, tmp_path: Path) -> None:
    source = Media("a", str(picture(media)), R25, 50, 0)
    gone = Media("gone", str(tmp_path / "gone.mp4"), R25, 50, 0)
    clips = [
        Clip("long", Span(0, 30), source, Span(40, 70)),
        Clip("outside", Span(30, 40), source, Span(90, 100)),
        Clip("gone", Span(40, 50), gone, Span(0, 10)),
    ]
    done = write_draft(Cut("x", R25, (Track("video", tile(clips)),)), tmp_path / "root")
    assert spans(content(done.folder)["tracks"][0]) == [(0, 400_000)]
    told = "\n".join(done.losses)
    assert "“long” at 00:00:00:00 is shortened" in told and "“outside” at 00:00:01:05 is left out" in told
    assert "“gone” at 00:00:01:15 is left out" in told


def test_a_cut_of_nothing_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InterchangeError, match="Nothing of"):
        write_draft(Cut("x", R25, (Track("video", tile([Clip("a", Span(0, 5), enabled=False)])),)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_sound_of_a_film_on_its_own_becomes_a_sound_file(media: Path, tmp_path: Path) -> None:
    """CapCut takes no film for a sound."""
    source = Media("a", str(picture(media)), R25, 50, 0)
    tracks = (
        Track("video", tile([Clip("a", Span(0, 10), source, Span(0, 10))])),
        Track("audio", tile([Clip("a", Span(0, 14), source, Span(0, 14))])),
    )
    folder = write_draft(Cut("x", R25, tracks), tmp_path).folder
    (material,) = content(folder)["materials"]["audios"]
    info = probe(Path(material["path"]))
    assert (info.has_video, info.audio_samples, info.audio_rate) == (False, 96_000, 48_000)
    assert material["duration"] == 2_000_000


def test_sounds_that_overlap_get_tracks_of_their_own(media: Path) -> None:
    cut = film(media)
    music = cut.tracks[3]
    both = replace(cut, tracks=(*cut.tracks, replace(music, name="A9")))
    assert [lane.name for lane in plan_of(both).sounds] == ["Voice", "Music", "Music 2"]


# --- whole or not at all ---------------------------------------------------------------------------------


def test_a_full_drive_leaves_nothing(media: Path, tmp_path: Path) -> None:
    cut = film(media)
    with small_drive(tmp_path / "drive", 256) as drive:
        ballast = fill(drive)
        with pytest.raises(DiskFullError):
            write_draft(cut, drive)
        assert list(drive.iterdir()) == [ballast]


def test_a_drive_that_fills_up_on_the_way_leaves_nothing(
    media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = film(media)
    monkeypatch.setattr(capcut_write, "require_space", lambda *_: None)
    with small_drive(tmp_path / "drive", 64) as drive:
        with pytest.raises(DiskFullError):
            write_draft(cut, drive)
        assert list(drive.iterdir()) == []


def test_a_cancelled_draft_leaves_nothing(media: Path, tmp_path: Path) -> None:
    cancel = threading.Event()
    with pytest.raises(CancelledError):
        write_draft(film(media), tmp_path, progress=lambda *_: cancel.set(), cancel=cancel)
    assert list(tmp_path.iterdir()) == []


def test_bundle_and_draft_are_there_both_or_neither(media: Path, tmp_path: Path) -> None:
    cancel = threading.Event()
    (tmp_path / "out").mkdir()
    (tmp_path / "root").mkdir()

    def stop_at(what: str) -> object:
        return (lambda *_: cancel.set()) if what == "draft" else (lambda *_: None)

    with pytest.raises(CancelledError):
        hand_over(film(media), tmp_path / "out", tmp_path / "root", progress=stop_at, cancel=cancel)  # type: ignore[arg-type]
    assert list((tmp_path / "out").iterdir()) == list((tmp_path / "root").iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_nobody_may_write_to_is_named(media: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BridgeError, match="cannot be written"):
        write_draft(film(media), tmp_path)


# --- CapCut's own list -----------------------------------------------------------------------------------


def test_without_asking_the_list_is_left_alone(media: Path, tmp_path: Path) -> None:
    before = index(tmp_path).read_bytes()
    write_draft(film(media), tmp_path)
    assert (tmp_path / "root_meta_info.json").read_bytes() == before
    assert not list(tmp_path.glob("*backup*"))


def test_registering_adds_one_line_and_keeps_a_backup(media: Path, tmp_path: Path) -> None:
    path = index(tmp_path, more={"kept": [1, 2.5]})
    before = path.read_bytes()
    done = write_draft(film(media), tmp_path, enlist=True)
    assert done.backup is not None and done.backup.parent == tmp_path and done.backup.read_bytes() == before
    said, old = json.loads(path.read_text("utf-8")), json.loads(before)
    assert said["all_draft_store"][1:] == old["all_draft_store"] and said["more"] == old["more"]
    entry, meta = said["all_draft_store"][0], content(done.folder, "draft_meta_info.json")
    assert (entry["draft_id"], entry["draft_name"]) == (meta["draft_id"], "Der-Fum")
    assert Path(entry["draft_json_file"]).is_file() and entry["draft_fold_path"] == done.folder.as_posix()
    assert said["draft_ids"] == 2
    again = write_draft(film(media), tmp_path, enlist=True)
    assert again.backup is not None and again.backup != done.backup
    assert len(json.loads(path.read_text("utf-8"))["all_draft_store"]) == 3


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\x93\x01binary\x00", UnsupportedFormatError),
        (b"", InvalidDocumentError),
        (b'{"all_draft_store": [{', InvalidDocumentError),
        (b'{"all_draft_store": {}}', InvalidDocumentError),
        (b'{"all_draft_store": [NaN]}', InvalidDocumentError),
        (b"[]", InvalidDocumentError),
    ],
)
def test_a_list_that_is_not_plain_is_refused_before_anything_is_written(
    data: bytes, error: type[Exception], media: Path, tmp_path: Path
) -> None:
    index(tmp_path).write_bytes(data)
    with pytest.raises(error):
        write_draft(film(media), tmp_path, enlist=True)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("root_meta_info.json", data)]


def test_no_list_at_all(media: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no list of drafts"):
        write_draft(film(media), tmp_path, enlist=True)
    assert list(tmp_path.iterdir()) == []


def test_a_list_capcut_is_changing_is_left_to_it(media: Path, tmp_path: Path) -> None:
    path = index(tmp_path)

    def meanwhile(*_: int) -> None:
        index(tmp_path, draft_ids=99)

    with pytest.raises(HostBusyError, match="CapCut is changing"):
        write_draft(film(media), tmp_path, enlist=True, progress=meanwhile)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert json.loads(path.read_text("utf-8"))["draft_ids"] == 99


def test_a_list_that_cannot_be_replaced_takes_the_draft_with_it(
    media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = index(tmp_path)
    before = path.read_bytes()
    real = capcut_register._write

    def full(target: Path, data: bytes) -> None:
        if target.name.endswith(".part"):
            raise OSError(28, "No space left on device")
        real(target, data)

    monkeypatch.setattr(capcut_register, "_write", full)
    with pytest.raises(DiskFullError):
        write_draft(film(media), tmp_path, enlist=True)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [(path.name, before)]


# --- folders and captions --------------------------------------------------------------------------------


def test_where_capcut_keeps_its_drafts() -> None:
    home = Path("/home/ann")
    assert draft_root("darwin", {}, home) == home / "Movies/CapCut/User Data/Projects/com.lveditor.draft"
    local = {"LOCALAPPDATA": "/c/Local"}
    assert draft_root("win32", local, home) == Path("/c/Local/CapCut/User Data/Projects/com.lveditor.draft")
    assert draft_root("linux", {}, home) is None and draft_root("win32", {}, home) is None


def test_without_a_capcut_the_draft_lies_beside_the_film(tmp_path: Path) -> None:
    root, told = chosen_root(None, tmp_path, system="linux")
    assert root == tmp_path / OWN_ROOT and "--draft-root" in told[0]
    assert chosen_root(tmp_path, tmp_path / "out") == (tmp_path, ())
    with pytest.raises(BridgeError, match="There is no folder"):
        chosen_root(tmp_path / "typo", tmp_path)


def test_captions_of_a_file_stand_at_their_times(tmp_path: Path) -> None:
    srt = tmp_path / "c.srt"
    srt.write_text("1\n00:00:00,200 --> 00:00:01,200\nHello\nthere\n\n2\n00:00:01,210 --> 00:00:02,000\nBye\n")
    cut = with_captions(Cut("x", R25), srt)
    (words,) = cut.tracks
    assert [(clip.name, clip.record) for clip in words.clips] == [
        ("Hello\nthere", Span(5, 30)),
        ("Bye", Span(Fraction(121, 4), 50)),
    ]
