"""Merging documents without ids or links, as their editors write them: what arrives, what stands, what is named."""

from __future__ import annotations

from pathlib import Path

from tests.integration.test_cut_commands import Json, clip, gap, report, span, write
from tests.integration.test_cut_commands import time as seconds

from takebridge.cut.model import Clip, Cut, clips_of
from takebridge.interchange.documents import read_cut

NAMES = ("one", "two", "three", "four", "five")


def shot(name: str, frames: int = 50, start: int = 100, media: str = "") -> Json:
    return clip(name, start, frames, media)


def retaken(name: str, frames: int = 50, length: int = 500) -> Json:
    """A shot with a second take that is shown, called as its file is."""
    new, old = clip(name, 0, frames, f"{name}_take2", length=length), clip(name, 100, frames)
    takes = {"DEFAULT_MEDIA": old["media_reference"], "take2": new["media_reference"]}
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": f"{name}_take2.mov",
        "source_range": span(0, frames),
        "media_references": takes,
        "active_media_reference_key": "take2",
    }


def film(picture: list[Json], sound: list[Json]) -> Json:
    """A picture track and a sound track; nothing links them."""
    tracks = [
        {"OTIO_SCHEMA": "Track.1", "kind": kind, "name": kind, "children": items}
        for kind, items in (("Video", picture), ("Audio", sound))
    ]
    stack = {"OTIO_SCHEMA": "Stack.1", "children": tracks}
    return {"OTIO_SCHEMA": "Timeline.1", "name": "Reel", "global_start_time": seconds(90000), "tracks": stack}


def both(*items: Json) -> Json:
    return film(list(items), list(items))


BASE = both(*map(shot, NAMES))


def merged(folder: Path, editor: Json, canvas: Json, *words: str) -> tuple[Json, Cut]:
    """The report, and the document that was written, read again."""
    names = ("base", "editor", "canvas")
    paths = [write(folder / f"{name}.otio", one) for name, one in zip(names, (BASE, editor, canvas), strict=True)]
    out = folder / "out.otio"
    found = report("merge", *paths, "-o", out, *words)
    return found, read_cut(out).cut


def at(cut: Cut, frame: int, kind: str = "video") -> list[Clip]:
    return [one for address, one in clips_of(cut) if address[0] == kind and one.record.start == frame]


def test_picture_and_sound_deleted_together_are_one_decision(tmp_path: Path) -> None:
    left = [shot(name) for name in NAMES if name != "three"]
    picture = [retaken(name) if name == "three" else shot(name) for name in NAMES]
    canvas = film(picture, [shot(name) for name in NAMES])
    found, _ = merged(tmp_path, both(*left), canvas)
    [conflict], [removed] = found["conflicts"], found["removed"]
    together = [["video", 0, 2], ["audio", 0, 2]]
    assert conflict["what"] == "deleted_by_editor"
    assert conflict["covers"] == removed["covers"] == {"base": together, "editor": [], "canvas": together}
    back, cut = merged(tmp_path, both(*left), canvas, "--choose", f"{conflict['id']}=canvas")
    assert [one.media.name for one in at(cut, 100) if one.media] == ["four.mov", "three_take2.mov"]
    assert len(at(cut, 100, "audio")) == 2 and back["removed"] == []


def test_a_longer_take_of_another_name_goes_into_the_editors_slot(tmp_path: Path) -> None:
    editor = both(shot("one"), shot("two"), shot("three", 40), shot("four"), shot("five"))
    picture = [retaken(name, 64, 64) if name == "three" else shot(name) for name in NAMES]
    found, cut = merged(tmp_path, editor, film(picture, [shot(name) for name in NAMES]))
    [there] = at(cut, 100)
    assert there.media and there.media.name == "three_take2.mov" and there.source
    assert (there.record.duration, there.source.start, there.source.end) == (40, 0, 40)
    assert "three.mov" in [take.media.name for take in there.takes if take.media]
    assert found["conflicts"] == [] and found["removed"] == []
    [request] = found["requests"]
    assert (request["kind"], request["edge"], request["needs_frames"]) == ("slot", "tail", 24)
    assert request["covers"]["editor"] == [["video", 0, 2], ["audio", 0, 2]]


def test_other_media_keeps_what_the_clip_showed_as_a_take(tmp_path: Path) -> None:
    canvas = both(*(shot(name, media="new" if name == "two" else "") for name in NAMES))
    _, cut = merged(tmp_path, BASE, canvas)
    [there] = at(cut, 50)
    assert there.media and there.media.name == "new.mov"
    assert [take.media.name for take in there.takes if take.media] == ["two.mov", "new.mov"]


def test_what_the_canvas_added_keeps_its_place_beside_its_neighbours(tmp_path: Path) -> None:
    editor = both(shot("one"), shot("two", 42), *map(shot, NAMES[2:]))
    canvas = both(*map(shot, NAMES), shot("new"))
    found, cut = merged(tmp_path, editor, canvas)
    assert [one.name for one in (*at(cut, 242), *at(cut, 242, "audio"))] == ["new", "new"]
    [entry] = found["edits"]
    assert entry["covers"]["canvas"] == [["video", 0, 5], ["audio", 0, 5]]


def test_merging_again_adds_nothing_twice(tmp_path: Path) -> None:
    editor = both(shot("one"), shot("two", 42), *map(shot, NAMES[2:]))
    canvas = write(tmp_path / "c.otio", both(*map(shot, NAMES), shot("new")))
    merged(tmp_path, editor, both(*map(shot, NAMES), shot("new")))
    again = report("merge", tmp_path / "base.otio", tmp_path / "out.otio", canvas, "-o", tmp_path / "again.otio")
    assert again["edits"] == [] and again["conflicts"] == []


def test_a_clip_that_was_left_over_is_no_other_clip(tmp_path: Path) -> None:
    editor = both(shot("one"), gap(50), *map(shot, NAMES[2:]), shot("unlike", start=7))
    found, _ = merged(tmp_path, editor, BASE)
    assert [(one["name"], one["by"], len(one["covers"]["base"])) for one in found["removed"]] == [("two", "editor", 2)]


def test_a_move_by_the_canvas_can_be_followed(tmp_path: Path) -> None:
    canvas = both(*(shot(name) for name in ("one", "three", "four", "five", "two")))
    found, _ = merged(tmp_path, BASE, canvas)
    [conflict] = found["conflicts"]
    assert conflict["what"] == "time" and conflict["covers"]["editor"] == [["video", 0, 1], ["audio", 0, 1]]
    after, cut = merged(tmp_path, BASE, canvas, "--choose", f"{conflict['id']}=canvas")
    assert [one.name for one in (*at(cut, 250), *at(cut, 250, "audio"))] == ["two", "two"]
    assert [one["chosen"] for one in after["conflicts"]] == ["canvas"]


def test_clips_stay_on_the_track_their_neighbours_are_on(tmp_path: Path) -> None:
    backing = {"OTIO_SCHEMA": "Track.1", "kind": "Video", "name": "under", "children": [shot("sky", 400, 0)]}
    editor = both(*map(shot, NAMES))
    editor["tracks"]["children"].insert(0, backing)
    found, cut = merged(tmp_path, editor, both(*map(shot, NAMES), shot("new")))
    assert found["conflicts"] == []
    places = [address[:2] for address, one in clips_of(cut) if one.name == "new"]
    assert places == [("video", 1), ("audio", 0)]
