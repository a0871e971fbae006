"""What both agents are asked to do: every verb, done and refused, each in a world of its own."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from tests.support.agent_case import CASES, LONG_AGO, Asked, Case, case, simply
from tests.support.agent_pull_cases import pull_args
from tests.support.agent_rig import START, Rig

from takebridge.hosts.protocol import SAFETY_MARK

__all__ = ["CASES", "Case", "finish", "pull_args", "still_rendering"]


def finish(rig: Rig, job: str) -> None:
    """Let a render end."""
    while rig.result("render.status", {"job": job})["state"] in ("ready", "rendering"):
        pass


# --- looking --------------------------------------------------------------------------------------------

for _verb in ("agent.ping", "agent.reload", "agent.stop", "host.status", "timeline.snapshot", "selection.get"):
    simply(_verb, {})
for _verb in ("selection.peek", "project.save", "host.probe"):
    simply(_verb, {})
simply("no.such.verb", {}, "unknown")
simply("timeline.snapshot", {"marks": True}, "with marks")
simply("timeline.snapshot", {"detail": []}, "nothing in full")
simply("timeline.snapshot", {"tracks": [{"type": "audio", "index": 1}]}, "one track")
simply("timeline.snapshot", {"tracks": [{"type": "video", "index": 9}]}, "a track that is not there")
simply("timeline.snapshot", {"tracks": [{"type": "sound", "index": 1}]}, "a track that cannot be")
simply("timeline.snapshot", {"tracks": [{"type": "video", "index": 0}]}, "track zero")
simply("selection.get", {"mode": "selected"}, "selected")
simply("selection.get", {"mode": "marks"}, "without marks")
simply("selection.get", {"mode": "touch"}, "no such mode")


@case("selection.get", "between marks")
def _between_marks(rig: Rig, _: Path) -> Asked:
    rig.ui.mark(30, 50)
    return {"mode": "marks"}, None


@case("selection.get", "two selected")
def _two_selected(rig: Rig, _: Path) -> Asked:
    rig.ui.select([rig.clip("a")["key"], rig.clip("b")["key"]])
    return {"mode": "selected"}, None


@case("timeline.snapshot", "every kind of item")
def _zoo(rig: Rig, _: Path) -> Asked:
    rig.ui.mark(10, 20)
    rig.add()
    rig.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline().AddMarker(5, "Red", "é", "n", 2, "d")
    return {"marks": True}, None


@case("host.status", "no timeline")
def _no_timeline(rig: Rig, _: Path) -> Asked:
    rig.resolve.GetProjectManager().CreateProject("Empty")
    return {}, None


@case("selection.peek", "two selected")
def _peek_selected(rig: Rig, _: Path) -> Asked:
    rig.ui.select([rig.clip("b")["key"], rig.clip("a")["key"]])
    return {}, None


@case("selection.peek", "no timeline")
def _peek_empty(rig: Rig, _: Path) -> Asked:
    rig.resolve.GetProjectManager().CreateProject("Empty")
    return {}, None


@case("playhead.set")
def _park(rig: Rig, _: Path) -> Asked:
    return {"timeline_id": rig.expect()["timeline_id"], "record_frame": START + 50}, None


@case("playhead.set", "outside")
def _park_outside(rig: Rig, _: Path) -> Asked:
    return {"timeline_id": rig.expect()["timeline_id"], "record_frame": START - 1}, None


simply("playhead.set", {"timeline_id": "another", "record_frame": START}, "another timeline")
simply("playhead.set", {"timeline_id": 7, "record_frame": START}, "no id")


@case("project.save", "never saved")
def _untitled(rig: Rig, _: Path) -> Asked:
    rig.world.project.name = "Untitled Project"
    return {}, None


# --- takes and media --------------------------------------------------------------------------------------


@case("clip.add_take")
def _add_take(rig: Rig, _: Path) -> Asked:
    return rig.take_args(rig.bring("take1"), start=6), rig.expect()


@case("clip.add_take", "without selecting it")
def _add_unselected(rig: Rig, _: Path) -> Asked:
    return rig.take_args(rig.bring("take1"), start=6, select=False), rig.expect()


@case("clip.add_take", "what it plays already")
def _add_same(rig: Rig, _: Path) -> Asked:
    return rig.take_args(rig.clip("a")["media"]["id"], start=24), rig.expect()


@case("clip.add_take", "what it plays already, elsewhere")
def _add_slipped(rig: Rig, _: Path) -> Asked:
    return rig.take_args(rig.clip("a")["media"]["id"], start=6), rig.expect()


@case("clip.add_take", "media that is gone")
def _add_gone(rig: Rig, _: Path) -> Asked:
    return rig.take_args("no-such-media", start=6), rig.expect()


@case("clip.add_take", "past the media's end")
def _add_too_long(rig: Rig, _: Path) -> Asked:
    return rig.take_args(rig.bring("take1"), start=100), rig.expect()


@case("clip.add_take", "of another length")
def _add_short(rig: Rig, _: Path) -> Asked:
    return {**rig.take_args(rig.bring("take1"), start=6), "end_source_frame": 7}, rig.expect()


@case("clip.add_take", "no expectation")
def _add_blindly(rig: Rig, _: Path) -> Asked:
    return rig.take_args(rig.bring("take1"), start=6), None


@case("clip.add_take", "edited meanwhile")
def _add_late(rig: Rig, _: Path) -> Asked:
    asked = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.ui.trim_item(rig.clip("b")["key"], tail=3)
    return asked


@case("clip.add_take", "busy")
def _add_busy(rig: Rig, _: Path) -> Asked:
    asked = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.ui.modal()
    return asked


@case("clip.add_take", "busy for a moment")
def _add_soon(rig: Rig, _: Path) -> Asked:
    asked = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.ui.busy(2)
    return asked


@case("clip.add_take", "a locked track")
def _add_locked(rig: Rig, _: Path) -> Asked:
    asked = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.ui.lock_track("video", 1)
    return asked


@case("clip.add_take", "a title")
def _add_to_title(rig: Rig, _: Path) -> Asked:
    media = rig.bring("take1")
    item = next(item for item in rig.snapshot()["items"] if item["kind"] == "title")
    args = {"clip": item["key"], "track": item["track"], "media_id": media}
    args |= {key: item[key] for key in ("start_record_frame", "end_record_frame")}
    return {**args, "start_source_frame": 0, "end_source_frame": 24}, rig.expect()


@case("clip.select_take")
def _select_take(rig: Rig, _: Path) -> Asked:
    original = rig.clip("a")["media"]["id"]
    rig.add()
    return rig.take_args(original), rig.expect()


@case("clip.select_take", "no such take")
def _select_nothing(rig: Rig, _: Path) -> Asked:
    return rig.take_args(rig.bring("take1")), rig.expect()


@case("clip.remove_take")
def _remove_take(rig: Rig, _: Path) -> Asked:
    original = rig.clip("a")["media"]["id"]
    rig.add()
    return rig.take_args(original), rig.expect()


@case("clip.remove_take", "the one it plays")
def _remove_selected(rig: Rig, _: Path) -> Asked:
    rig.add()
    return rig.take_args(rig.clip("a")["media"]["id"]), rig.expect()


@case("clip.finalize_take")
def _finalize(rig: Rig, _: Path) -> Asked:
    rig.add()
    return rig.ref("a"), rig.expect()


@case("clip.finalize_take", "without takes")
def _finalize_nothing(rig: Rig, _: Path) -> Asked:
    return rig.ref("a"), rig.expect()


@case("media.replace")
def _replace(rig: Rig, _: Path) -> Asked:
    return {"media_id": rig.bring("take1"), "path": rig.files["take2"]}, rig.expect()


@case("media.replace", "no file")
def _replace_nothing(rig: Rig, folder: Path) -> Asked:
    return {"media_id": rig.bring("take1"), "path": str(folder / "no.mov")}, rig.expect()


simply("media.replace", {"media_id": "gone", "path": "/a.mov"}, "media that is gone", expect=True)


@case("media.tag")
def _tag(rig: Rig, _: Path) -> Asked:
    return {"media_id": rig.bring("take1"), "tags": {"take": "é 3", "by": "x"}}, rig.expect()


simply("media.tag", {"media_id": "x", "tags": {}}, "no tags", expect=True)
simply("media.tag", {"media_id": "x", "tags": {"a": 1}}, "a number for a tag", expect=True)


# --- timelines and tracks -----------------------------------------------------------------------------------

simply("timeline.duplicate", {"name": "Copy"}, expect=True)
simply("timeline.duplicate", {"name": "Cut"}, "its own name", expect=True)
simply("timeline.duplicate", {"name": "\t"}, "no name", expect=True)
simply("track.add", {"type": "video", "index": 4}, expect=True)
simply("track.add", {"type": "audio", "index": 3}, "sound", expect=True)
simply("track.add", {"type": "video", "index": 99}, "far too high", expect=True)
CASES.append(Case("track.add", "another project", lambda rig, _: ({"type": "video", "index": 4}, LONG_AGO)))


def _other(rig: Rig, name: str = "Other") -> str:
    """Make another timeline, go back to the cut, and return its id."""
    project = rig.resolve.GetProjectManager().GetCurrentProject()
    project.GetMediaPool().CreateEmptyTimeline(name)
    rig.ui.switch_timeline("Cut")
    return next(line.id for line in rig.world.project.timelines if line.name == name)


@case("timeline.select")
def _select_timeline(rig: Rig, _: Path) -> Asked:
    wanted = _other(rig)
    return {"timeline_id": wanted}, rig.expect()


@case("timeline.rename")
def _rename_timeline(rig: Rig, _: Path) -> Asked:
    wanted = _other(rig)
    return {"timeline_id": wanted, "name": "Renamed “é”"}, rig.expect()


@case("timeline.rename", "a name in use")
def _rename_to_used(rig: Rig, _: Path) -> Asked:
    wanted = _other(rig)
    return {"timeline_id": wanted, "name": "Cut"}, rig.expect()


@case("timeline.delete")
def _delete_timeline(rig: Rig, _: Path) -> Asked:
    wanted = _other(rig, f"Cut ({SAFETY_MARK})")
    return {"timeline_id": wanted}, rig.expect()


@case("timeline.delete", "a person's own")
def _delete_theirs(rig: Rig, _: Path) -> Asked:
    wanted = _other(rig)
    return {"timeline_id": wanted}, rig.expect()


@case("timeline.delete", "the open one")
def _delete_open(rig: Rig, _: Path) -> Asked:
    expect = rig.expect()
    return {"timeline_id": expect["timeline_id"], "force": True}, expect


simply("timeline.select", {"timeline_id": "gone"}, "one that is gone", expect=True)


# --- clips ------------------------------------------------------------------------------------------------


def _place_args(rig: Rig, start: int = START + 100, length: int = 24, **more: Any) -> dict[str, Any]:
    return {
        "media_id": rig.bring("take1"),
        "track": {"type": "video", "index": 1},
        "start_record_frame": start,
        "end_record_frame": start + length,
        "start_source_frame": 6,
        "end_source_frame": 6 + length,
        **more,
    }


@case("clip.place")
def _place(rig: Rig, _: Path) -> Asked:
    return _place_args(rig), rig.expect()


@case("clip.place", "linked")
def _place_linked(rig: Rig, _: Path) -> Asked:
    return _place_args(rig, link=[rig.clip("b")["key"], rig.clip("a")["key"]]), rig.expect()


@case("clip.place", "linked with nobody")
def _place_unlinked(rig: Rig, _: Path) -> Asked:
    return _place_args(rig, link=["gone"]), rig.expect()


@case("clip.place", "on another clip")
def _place_over(rig: Rig, _: Path) -> Asked:
    return _place_args(rig, START + 40), rig.expect()


@case("clip.place", "before the start")
def _place_early(rig: Rig, _: Path) -> Asked:
    return _place_args(rig, START - 50), rig.expect()


@case("clip.place", "past the media's end")
def _place_long(rig: Rig, _: Path) -> Asked:
    return _place_args(rig, length=400), rig.expect()


@case("clip.place", "on a track that is not there")
def _place_nowhere(rig: Rig, _: Path) -> Asked:
    return _place_args(rig, track={"type": "video", "index": 7}), rig.expect()


@case("clip.place", "no frames")
def _place_nothing(rig: Rig, _: Path) -> Asked:
    return _place_args(rig, length=0), rig.expect()


@case("clip.delete")
def _delete(rig: Rig, _: Path) -> Asked:
    return {"clips": [rig.ref("b")]}, rig.expect()


@case("clip.delete", "on the Fairlight page")
def _delete_on_fairlight(rig: Rig, _: Path) -> Asked:
    asked = {"clips": [rig.ref("b")]}, rig.expect()
    rig.resolve.OpenPage("fairlight")
    return asked


@case("clip.delete", "one that moved")
def _delete_moved(rig: Rig, _: Path) -> Asked:
    return {"clips": [{**rig.ref("b"), "start_record_frame": START}]}, rig.expect()


simply("clip.delete", {"clips": [3]}, "no clip", expect=True)


@case("clip.set_enabled")
def _disable(rig: Rig, _: Path) -> Asked:
    return {**rig.ref("a"), "enabled": False}, rig.expect()


@case("clip.set_enabled", "not said")
def _disable_not(rig: Rig, _: Path) -> Asked:
    return {**rig.ref("a"), "enabled": 1}, rig.expect()


@case("clip.set_color")
def _colour(rig: Rig, _: Path) -> Asked:
    return {**rig.ref("a"), "color": "Teal"}, rig.expect()


@case("clip.set_color", "none")
def _no_colour(rig: Rig, _: Path) -> Asked:
    return {**rig.ref("a"), "color": ""}, rig.expect()


@case("clip.set_color", "a marker's")
def _marker_colour(rig: Rig, _: Path) -> Asked:
    return {**rig.ref("a"), "color": "Lavender"}, rig.expect()


@case("clip.rename")
def _rename(rig: Rig, _: Path) -> Asked:
    return {**rig.ref("a"), "name": "Hero é"}, rig.expect()


@case("clip.stamp")
def _stamp(rig: Rig, _: Path) -> Asked:
    return {**rig.ref("a"), "stamp": "tb-0123456789ab"}, rig.expect()


@case("clip.stamp", "over an old one")
def _stamp_again(rig: Rig, _: Path) -> Asked:
    rig.result("clip.stamp", {**rig.ref("a"), "stamp": "tb-aaaaaaaaaaaa"}, rig.expect())
    return {**rig.ref("a"), "stamp": "tb-0123456789ab"}, rig.expect()


@case("clip.stamp", "no stamp of ours")
def _stamp_wrong(rig: Rig, _: Path) -> Asked:
    return {**rig.ref("a"), "stamp": "tb-XYZ"}, rig.expect()


@case("marker.add")
def _mark(rig: Rig, _: Path) -> Asked:
    return {"record_frame": START + 5, "name": "Hook é", "note": "n", "data": "d", "color": "Rose"}, rig.expect()


@case("marker.add", "on a clip")
def _mark_clip(rig: Rig, _: Path) -> Asked:
    return {"clip": rig.ref("b"), "source_frame": 12, "duration_frames": 3}, rig.expect()


@case("marker.add", "where another is")
def _mark_taken(rig: Rig, _: Path) -> Asked:
    rig.result("marker.add", {"record_frame": START + 5, "name": "Old"}, rig.expect())
    return {"record_frame": START + 5, "name": "New"}, rig.expect()


@case("marker.add", "before the start")
def _mark_early(rig: Rig, _: Path) -> Asked:
    return {"record_frame": START - 5}, rig.expect()


@case("marker.remove")
def _unmark(rig: Rig, _: Path) -> Asked:
    rig.result("marker.add", {"record_frame": START + 5, "name": "Old"}, rig.expect())
    return {"record_frame": START + 5, "name": "Old"}, rig.expect()


@case("marker.remove", "another one")
def _unmark_other(rig: Rig, _: Path) -> Asked:
    rig.result("marker.add", {"record_frame": START + 5, "name": "Old"}, rig.expect())
    return {"record_frame": START + 5, "name": "New"}, rig.expect()


# --- files and renders --------------------------------------------------------------------------------------


def _export_case(form: str) -> Case:
    def prepare(_rig: Rig, folder: Path) -> Asked:
        return {"format": form, "path": str(folder / f"cut.{form}")}, None

    return Case("timeline.export", "done" if form == "otio" else form, prepare)


CASES.extend(map(_export_case, ("otio", "fcpxml", "xmeml", "edl", "aaf", "drt", "pdf")))
simply("timeline.export", {"format": "otio", "path": "cut.otio"}, "a relative path")
simply("timeline.export", {"format": "otio", "path": "/nonexistent/cut.otio"}, "no folder")


@case("timeline.export", "over a file")
def _export_over(_rig: Rig, folder: Path) -> Asked:
    (folder / "cut.otio").write_text("mine")
    return {"format": "otio", "path": str(folder / "cut.otio")}, None


@case("timeline.import")
def _import_timeline(rig: Rig, folder: Path) -> Asked:
    title = next(item for item in rig.snapshot()["items"] if item["kind"] == "title")
    rig.ui.delete_item(title["key"])
    rig.result("timeline.export", {"format": "otio", "path": str(folder / "cut.otio")})
    return {"path": str(folder / "cut.otio"), "name": "Imported"}, rig.expect()


@case("timeline.import", "with a title")
def _import_title(rig: Rig, folder: Path) -> Asked:
    """Resolve writes a title as a missing reference, which it does not read again."""
    rig.result("timeline.export", {"format": "otio", "path": str(folder / "cut.otio")})
    return {"path": str(folder / "cut.otio"), "name": "Imported"}, rig.expect()


@case("timeline.import", "a name in use")
def _import_used(rig: Rig, folder: Path) -> Asked:
    rig.result("timeline.export", {"format": "otio", "path": str(folder / "cut.otio")})
    return {"path": str(folder / "cut.otio"), "name": "Cut"}, rig.expect()


@case("timeline.import", "no timeline")
def _import_words(rig: Rig, folder: Path) -> Asked:
    (folder / "cut.otio").write_text("no timeline")
    return {"path": str(folder / "cut.otio"), "name": "Imported"}, rig.expect()


@case("frame.grab")
def _grab(_rig: Rig, folder: Path) -> Asked:
    return {"path": str(folder / "frame.png"), "record_frame": START + 60}, None


@case("frame.grab", "from the Media page")
def _grab_from_media(rig: Rig, folder: Path) -> Asked:
    rig.resolve.OpenPage("media")
    return {"path": str(folder / "frame.png")}, None


@case("frame.grab", "past the end")
def _grab_late(_rig: Rig, folder: Path) -> Asked:
    return {"path": str(folder / "frame.png"), "record_frame": START + 4000}, None


@case("frame.grab", "no picture file")
def _grab_text(_rig: Rig, folder: Path) -> Asked:
    return {"path": str(folder / "frame.txt")}, None


def _order(folder: Path, **more: Any) -> dict[str, Any]:
    return {
        "start_record_frame": START + 6,
        "end_record_frame": START + 10,
        "folder": str(folder),
        "name": "range",
        **more,
    }


@case("range.render")
def _render(_rig: Rig, folder: Path) -> Asked:
    return _order(folder), None


@case("range.render", "quickly")
def _render_quickly(_rig: Rig, folder: Path) -> Asked:
    return _order(folder, way="quick"), None


@case("range.render", "an unknown preset")
def _render_preset(_rig: Rig, folder: Path) -> Asked:
    return _order(folder, preset="No such preset"), None


@case("range.render", "outside")
def _render_outside(_rig: Rig, folder: Path) -> Asked:
    return _order(folder, end_record_frame=START + 9999), None


@case("range.render", "a name with a slash")
def _render_slash(_rig: Rig, folder: Path) -> Asked:
    return _order(folder, name="a/b"), None


@case("range.render", "over a file")
def _render_over(_rig: Rig, folder: Path) -> Asked:
    (folder / "range.mov").write_text("mine")
    return _order(folder), None


def _rendered(rig: Rig, folder: Path) -> str:
    return str(rig.result("range.render", _order(folder))["job"])


@case("render.status")
def _status(rig: Rig, folder: Path) -> Asked:
    job = _rendered(rig, folder)
    finish(rig, job)
    return {"job": job}, None


simply("render.status", {"job": "gone"}, "no such job")


@case("render.cancel")
def _cancel(rig: Rig, folder: Path) -> Asked:
    job = _rendered(rig, folder)
    finish(rig, job)
    return {"job": job}, None


simply("render.cancel", {"job": "gone"}, "no such job")


def still_rendering(rig: Rig, answer: Any) -> None:
    """Let a render that an answer speaks of end, so that nothing is written any more."""
    with contextlib.suppress(AssertionError, KeyError, TypeError):
        finish(rig, answer.result["job"])
