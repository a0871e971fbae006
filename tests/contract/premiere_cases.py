"""What Premiere is asked to do: every verb it offers, in a world of its own, and what of that world may change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.support.premiere_rig import BIN, PremiereRig

from takebridge.hosts.protocol import SAFETY_MARK

Asked = tuple[dict[str, Any], dict[str, Any] | None]
"""Arguments and expectation of an op."""
Prepare = Callable[[PremiereRig, Path], Asked]
NOTHING: frozenset[str] = frozenset()
Proof = Literal["read back", "file"]
"""A file is not seen by the panel: it answers committed_unverified, and what counts is the file on disk."""


@dataclass(frozen=True)
class Case:
    """One op. ``changes`` are the parts of the world that are otherwise afterwards, exactly (`premiere_rig.changed`).

    ``steps`` is how many undo steps it makes: one where all of it can be undone, None where parts of it cannot.
    The first case of a verb is the one that works everywhere.
    """

    verb: str
    name: str
    prepare: Prepare
    changes: frozenset[str]
    steps: int | None
    proof: Proof
    since: str

    def __str__(self) -> str:
        return f"{self.verb}: {self.name}"


CASES: list[Case] = []


def case(
    verb: str,
    name: str = "done",
    *,
    changes: str = "",
    steps: int | None = 0,
    proof: Proof = "read back",
    since: str = "25.6",
) -> Callable[[Prepare], Prepare]:
    """Add a case; ``changes`` are separated by spaces."""

    def add(prepare: Prepare) -> Prepare:
        CASES.append(Case(verb, name, prepare, frozenset(changes.split()), steps, proof, since))
        return prepare

    return add


def offered(found: Case, version: str) -> bool:
    """Say whether a version has what a case asks for."""
    return [int(part) for part in version.split(".")[:2]] >= [int(part) for part in found.since.split(".")]


# --- looking --------------------------------------------------------------------------------------------

for _verb in ("agent.ping", "agent.stop", "host.status", "timeline.snapshot", "selection.get", "selection.peek"):
    case(_verb)(lambda _rig, _folder: ({}, None))
case("timeline.snapshot", "with marks")(lambda _rig, _folder: ({"marks": True}, None))
case("timeline.snapshot", "nothing in full")(lambda _rig, _folder: ({"detail": []}, None))
case("timeline.snapshot", "one track")(lambda _rig, _folder: ({"tracks": [{"type": "audio", "index": 1}]}, None))
case("project.save", changes="project.saves")(lambda _rig, _folder: ({}, None))


@case("selection.get", "selected")
def _selected(rig: PremiereRig, _: Path) -> Asked:
    rig.person("select", ["V1", 0], ["V1", 1])
    return {"mode": "selected"}, None


@case("selection.get", "between marks")
def _marks(rig: PremiereRig, _: Path) -> Asked:
    rig.person("mark", 30, 50)
    return {"mode": "marks"}, None


@case("playhead.set", changes="sequence.playhead")
def _park(rig: PremiereRig, _: Path) -> Asked:
    return {"timeline_id": rig.expect()["timeline_id"], "record_frame": rig.start + 50}, None


# --- files out ------------------------------------------------------------------------------------------


def _export(form: str, suffix: str) -> Prepare:
    return lambda _rig, folder: ({"format": form, "path": str(folder / f"cut{suffix}")}, None)


case("timeline.export", proof="file", since="26.2")(_export("otio", ".otio"))
case("timeline.export", "xmeml", proof="file", since="26.2")(_export("xmeml", ".xml"))
case("timeline.export", "aaf", proof="file", since="26.3")(_export("aaf", ".aaf"))


@case("frame.grab", proof="file")
def _grab(rig: PremiereRig, folder: Path) -> Asked:
    return {"path": str(folder / "frame.png"), "record_frame": rig.start + 60}, None


def _order(rig: PremiereRig, folder: Path, name: str = "range") -> dict[str, Any]:
    preset = folder / "master.epr"
    preset.write_text("<PremiereData/>")
    frames = {"start_record_frame": rig.start + 6, "end_record_frame": rig.start + 10}
    return {**frames, "folder": str(folder), "name": name, "preset": str(preset)}


@case("range.render", steps=2)
def _render(rig: PremiereRig, folder: Path) -> Asked:
    return _order(rig, folder), None


@case("render.status")
def _status(rig: PremiereRig, folder: Path) -> Asked:
    return {"job": rig.result("range.render", _order(rig, folder))["job"]}, None


# --- media ----------------------------------------------------------------------------------------------


@case("media.import", changes="items project.schema", steps=None)
def _import(rig: PremiereRig, _: Path) -> Asked:
    return {"path": rig.files.take1, "bin": BIN, "tags": {"b": "2", "a": "é <&> ü"}}, rig.expect()


@case("media.tag", changes="items project.schema", steps=None)
def _tag(rig: PremiereRig, _: Path) -> Asked:
    return {
        "media_id": rig.bring(rig.files.take1),
        "tags": {"model": "some model", "takebridge.take_id": ""},
    }, rig.expect()


@case("media.replace", changes="items", steps=None)
def _replace(rig: PremiereRig, _: Path) -> Asked:
    media = rig.place(rig.files.take1, 50, 30)["media"]["id"]
    return {"media_id": media, "path": rig.files.take2}, rig.expect()


# --- clips ----------------------------------------------------------------------------------------------


@case("clip.place", changes="V2", steps=1)
def _place(rig: PremiereRig, _: Path) -> Asked:
    return rig.place_args(rig.bring(rig.files.take1), 50, 30), rig.expect(("video", 1), ("video", 2))


@case("clip.place", "in a gap", changes="V1", steps=1)
def _place_gap(rig: PremiereRig, _: Path) -> Asked:
    return rig.place_args(rig.bring(rig.files.take1), 90, 10, track=1), rig.expect()


@case("clip.place", "on a new track", changes="V3", steps=1)
def _place_new(rig: PremiereRig, _: Path) -> Asked:
    return rig.place_args(rig.bring(rig.files.take1), 50, 30, track=3), rig.expect(("video", 1), ("video", 2))


def _both(rig: PremiereRig) -> dict[str, Any]:
    """Take 2 is in the bin as the swap would bring it."""
    rig.result("media.import", {"path": rig.files.take2, "bin": BIN, "tags": {"takebridge.take_id": "t2"}})
    return rig.expect(("video", 1), ("video", 2))


@case("clip.swap", changes="V2", steps=1)
def _swap(rig: PremiereRig, _: Path) -> Asked:
    rig.place(rig.files.take1, 50, 30)
    expect = _both(rig)
    return rig.swap_args("take1", rig.files.take2), expect


@case("clip.swap", "in its place", changes="V1", steps=1)
def _swap_own(rig: PremiereRig, _: Path) -> Asked:
    expect = _both(rig)
    return rig.swap_args("b", rig.files.take2, way="overwrite"), expect


@case("clip.swap", "sound stays", changes="V1", steps=1)
def _swap_sounding(rig: PremiereRig, _: Path) -> Asked:
    expect = _both(rig)
    return rig.swap_args("a", rig.files.take2, way="overwrite"), expect


@case("clip.swap", "relinked for its effects", changes="items V2", steps=None)
def _swap_effects(rig: PremiereRig, _: Path) -> Asked:
    rig.place(rig.files.take1, 50, 30)
    rig.person("dropEffect", "V2", 0, "Lumetri")
    return rig.swap_args("take1", rig.files.take2), rig.expect(("video", 1), ("video", 2))


@case("clip.delete", changes="V1", steps=1)
def _delete(rig: PremiereRig, _: Path) -> Asked:
    return {"clips": [rig.ref("a"), rig.ref("b")]}, rig.expect()


@case("clip.set_enabled", changes="V1", steps=1)
def _disable(rig: PremiereRig, _: Path) -> Asked:
    return {**rig.ref("a"), "enabled": False}, rig.expect()


@case("clip.rename", changes="V1", steps=1)
def _rename(rig: PremiereRig, _: Path) -> Asked:
    return {**rig.ref("a"), "name": "Aufnahme é 日本"}, rig.expect()


@case("clip.set_color", changes="items", steps=1)
def _color(rig: PremiereRig, _: Path) -> Asked:
    return {**rig.ref("b"), "color": "Orange"}, rig.expect()


@case("clip.stamp", changes="sequence.properties items project.schema", steps=None)
def _stamp(rig: PremiereRig, _: Path) -> Asked:
    return {**rig.ref("b"), "stamp": "tb-0123456789ab"}, rig.expect()


# --- markers --------------------------------------------------------------------------------------------


@case("marker.add", changes="sequence.markers", steps=2)  # a marker can be coloured once it is there
def _mark(rig: PremiereRig, _: Path) -> Asked:
    args = {"record_frame": rig.start + 20, "duration_frames": 4, "color": "Red", "name": "é", "note": "n"}
    return args, rig.expect()


@case("marker.add", "on a clip", changes="items", steps=1)
def _mark_clip(rig: PremiereRig, _: Path) -> Asked:
    return {"clip": rig.ref("b"), "source_frame": 15, "name": "here", "color": "Green"}, rig.expect()


@case("marker.remove", changes="sequence.markers", steps=1)
def _unmark(rig: PremiereRig, _: Path) -> Asked:
    return {"record_frame": rig.start + 3, "name": "slate"}, rig.expect()


# --- timelines ------------------------------------------------------------------------------------------


def _copy(rig: PremiereRig, name: str) -> str:
    expect = rig.expect(("video", 1), ("video", 2), ("audio", 1), ("audio", 2))
    return str(rig.result("timeline.duplicate", {"name": name}, expect)["timeline_id"])


@case("timeline.duplicate", changes="items sequences project.order", steps=None)
def _duplicate(rig: PremiereRig, _: Path) -> Asked:
    return {"name": "Cut 2"}, rig.expect()


@case("timeline.select", changes="project.active project.opened")
def _select(rig: PremiereRig, _: Path) -> Asked:
    return {"timeline_id": _copy(rig, "Cut 2")}, rig.expect()


@case("timeline.rename", changes="items sequence.name", steps=1)
def _rename_timeline(rig: PremiereRig, _: Path) -> Asked:
    return {"timeline_id": rig.expect()["timeline_id"], "name": "Cut v2"}, rig.expect()


@case("timeline.delete", changes="items sequences project.order", steps=None)
def _delete_timeline(rig: PremiereRig, _: Path) -> Asked:
    return {"timeline_id": _copy(rig, f"Cut {SAFETY_MARK}")}, rig.expect()
