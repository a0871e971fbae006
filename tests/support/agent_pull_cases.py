"""What both agents are asked of ``media.import`` and ``clip.pull``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.agent_case import Asked, case, import_args, simply
from tests.support.agent_rig import Rig


@case("media.import")
def _import(rig: Rig, _: Path) -> Asked:
    return import_args(rig), rig.expect()


@case("media.import", "no file")
def _import_nothing(rig: Rig, folder: Path) -> Asked:
    return {**import_args(rig), "path": str(folder / "no.mov")}, rig.expect()


@case("media.import", "no film")
def _import_text(rig: Rig, folder: Path) -> Asked:
    (folder / "words.txt").write_text("no film")
    return {**import_args(rig), "path": str(folder / "words.txt")}, rig.expect()


simply("media.import", {"path": "relative.mov", "bin": ["A"]}, "a relative path")
simply("media.import", {"path": "/a.mov", "bin": [" "]}, "a bin without a name")
simply("media.import", {"path": "/a.mov", "bin": []}, "no bin")
simply("media.import", {"path": 3, "bin": ["A"]}, "no path")


def pull_args(rig: Rig, **more: Any) -> dict[str, Any]:
    """The whole take1.mov for clip a, from its frame 6 on, as the rig shows clip a now."""
    clip, info = rig.clip("a"), rig.snapshot()["timeline"]
    seen = {"media_path": clip["media"]["path"], "left_offset_frame": clip["left_offset_frame"]}
    size = {key: info[key] for key in ("width", "height")}
    frames = {"frame_count": 120, "start_source_frame": 6, "end_source_frame": 54}
    return {**rig.ref("a"), **seen, **size, **import_args(rig), **frames, **more}


@case("clip.pull")
def _pull(rig: Rig, _: Path) -> Asked:
    return pull_args(rig), rig.expect()


@case("clip.pull", "the bin has the file")
def _pull_known(rig: Rig, _: Path) -> Asked:
    rig.bring("take1")
    return pull_args(rig), rig.expect()


@case("clip.pull", "a take among others")
def _pull_third(rig: Rig, _: Path) -> Asked:
    rig.add("take2")
    return pull_args(rig), rig.expect()


@case("clip.pull", "a take it has already")
def _pull_again(rig: Rig, _: Path) -> Asked:
    rig.add("take1", select=False)
    return pull_args(rig), rig.expect()


@case("clip.pull", "a take it has already, of other frames")
def _pull_trimmed(rig: Rig, _: Path) -> Asked:
    rig.add("take1", start=7, select=False)
    return pull_args(rig), rig.expect()


@case("clip.pull", "a take it shows from another frame")
def _pull_slipped_take(rig: Rig, _: Path) -> Asked:
    rig.add("take1", start=7)
    return pull_args(rig), rig.expect()


@case("clip.pull", "without selecting it")
def _pull_unselected(rig: Rig, _: Path) -> Asked:
    return pull_args(rig, select=False), rig.expect()


@case("clip.pull", "any frame at the head")
def _pull_any_head(rig: Rig, _: Path) -> Asked:
    return pull_args(rig, left_offset_frame=None), rig.expect()


@case("clip.pull", "slipped meanwhile")
def _pull_slipped(rig: Rig, _: Path) -> Asked:
    asked = pull_args(rig), rig.expect()
    rig.ui.slip_item(asked[0]["clip"], 2)
    return asked


@case("clip.pull", "moved meanwhile")
def _pull_moved(rig: Rig, _: Path) -> Asked:
    asked = pull_args(rig), {**rig.expect(), "revision": "", "tracks": []}
    rig.ui.move_item(asked[0]["clip"], 200)
    return asked


@case("clip.pull", "deleted meanwhile")
def _pull_deleted(rig: Rig, _: Path) -> Asked:
    asked = pull_args(rig), {**rig.expect(), "revision": "", "tracks": []}
    rig.ui.delete_item(asked[0]["clip"])
    return asked


@case("clip.pull", "a neighbour edited meanwhile")
def _pull_beside(rig: Rig, _: Path) -> Asked:
    asked = pull_args(rig), {**rig.expect(), "revision": "", "tracks": []}
    rig.ui.trim_item(rig.clip("b")["key"], tail=3)
    return asked


@case("clip.pull", "edited since it was read")
def _pull_late(rig: Rig, _: Path) -> Asked:
    asked = pull_args(rig), rig.expect()
    rig.ui.trim_item(rig.clip("b")["key"], tail=3)
    return asked


@case("clip.pull", "another film on the clip")
def _pull_other(rig: Rig, _: Path) -> Asked:
    return pull_args(rig, media_path=rig.files["b"]), rig.expect()


@case("clip.pull", "another resolution")
def _pull_other_size(rig: Rig, _: Path) -> Asked:
    return pull_args(rig, width=1920), rig.expect()


@case("clip.pull", "fewer frames than the host reads")
def _pull_other_count(rig: Rig, _: Path) -> Asked:
    return pull_args(rig, frame_count=119), rig.expect()


@case("clip.pull", "another timeline open")
def _pull_elsewhere(rig: Rig, _: Path) -> Asked:
    other = rig.second_timeline()
    asked = pull_args(rig), rig.expect()
    rig.ui.switch_timeline(other)
    return asked


@case("clip.pull", "a locked track")
def _pull_locked(rig: Rig, _: Path) -> Asked:
    asked = pull_args(rig), rig.expect()
    rig.ui.lock_track("video", 1)
    return asked


@case("clip.pull", "busy")
def _pull_busy(rig: Rig, _: Path) -> Asked:
    asked = pull_args(rig), rig.expect()
    rig.ui.modal()
    return asked


@case("clip.pull", "busy for a moment")
def _pull_soon(rig: Rig, _: Path) -> Asked:
    asked = pull_args(rig), rig.expect()
    rig.ui.busy(2)
    return asked


@case("clip.pull", "past the media's end")
def _pull_too_far(rig: Rig, _: Path) -> Asked:
    return pull_args(rig, start_source_frame=100, end_source_frame=148), rig.expect()


@case("clip.pull", "a title")
def _pull_title(rig: Rig, _: Path) -> Asked:
    item = next(item for item in rig.snapshot()["items"] if item["kind"] == "title")
    place = {key: item[key] for key in ("track", "start_record_frame", "end_record_frame")}
    source = {"start_source_frame": 0, "end_source_frame": 24}
    return {**pull_args(rig), **place, "clip": item["key"], **source}, rig.expect()


@case("clip.pull", "no file")
def _pull_nothing(rig: Rig, folder: Path) -> Asked:
    return pull_args(rig, path=str(folder / "no.mov")), rig.expect()


@case("clip.pull", "no film")
def _pull_text(rig: Rig, folder: Path) -> Asked:
    (folder / "words.txt").write_text("no film")
    return pull_args(rig, path=str(folder / "words.txt")), rig.expect()


@case("clip.pull", "of another length")
def _pull_short(rig: Rig, _: Path) -> Asked:
    return pull_args(rig, end_source_frame=53), rig.expect()


@case("clip.pull", "no expectation")
def _pull_blindly(rig: Rig, _: Path) -> Asked:
    return pull_args(rig), None


@case("clip.pull", "no number for a frame")
def _pull_words(rig: Rig, _: Path) -> Asked:
    return pull_args(rig, left_offset_frame="six"), rig.expect()
