"""A planned draft as CapCut's JSON: the timeline, and the list of what the draft is and has."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from uuid import uuid4

from takebridge.interchange import capcut_template as template
from takebridge.interchange.capcut_media import Files, Material, Placed, placed
from takebridge.interchange.capcut_plan import Lane, Plan
from takebridge.interchange.capcut_template import Json
from takebridge.interchange.capcut_times import microsecond, range_of

MEDIA = "media"
_HD = (1920, 1080)


def fresh_id() -> str:
    """Return an id as CapCut spells them."""
    return str(uuid4()).upper()


@dataclass(slots=True)
class Draft:
    """A draft that is being made. ``folder`` is where it will lie: its media are named by whole paths."""

    plan: Plan
    folder: PurePath
    system: str
    fresh: Callable[[], str] = fresh_id
    files: Files = field(init=False)
    placed: list[Placed] = field(init=False, default_factory=list)
    identity: str = field(init=False)
    _ids: dict[tuple[str, str], str] = field(init=False, default_factory=dict)
    _locals: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.files = Files(self.plan.cut)
        self.identity = self.fresh()

    @property
    def duration(self) -> int:
        """Length in microseconds: where the last of what is seen, heard and read ends."""
        words = [piece.clip.record.end for lane in self.plan.captions for piece in lane.pieces]
        ends = [microsecond(frame, self.plan.cut.rate) for frame in words]
        return max([*ends, *(one.target.end for one in self.placed)], default=0)

    def content(self) -> Json:
        """Return the timeline: ``draft_content.json`` and ``draft_info.json``."""
        made = template.content(self.system)
        materials = made["materials"]
        tracks = [self._track(lane, number, "video", materials) for number, lane in enumerate(self.plan.pictures)]
        tracks += [self._track(lane, 0, "audio", materials) for lane in self.plan.sounds]
        tracks += [self._captions(lane, number, materials) for number, lane in enumerate(self.plan.captions)]
        made["tracks"] = [track for track in tracks if track["segments"]]
        made["id"], made["duration"] = self.identity, self.duration
        made["fps"] = float(self.plan.cut.rate.fraction)
        made["is_drop_frame_timecode"] = self.plan.cut.drop_frame
        made["canvas_config"] = {**self._canvas(), "ratio": "original"}
        return made

    def meta(self, now: int, size: int) -> Json:
        """Return ``draft_meta_info.json``. ``now`` in microseconds since 1970, ``size`` of the media in bytes."""
        media = [self._entry(material, now) for material in used(self)]
        groups = [{"type": kind, "value": media if kind == 0 else []} for kind in template.MEDIA_GROUPS]
        told = {
            "draft_fold_path": self.folder.as_posix(),
            "draft_id": self.identity,
            "draft_materials": groups,
            "draft_name": self.folder.name,
            "draft_root_path": str(self.folder.parent),
            "draft_timeline_materials_size_": size,
            "tm_draft_create": now,
            "tm_draft_modified": now,
            "tm_duration": self.duration,
        }
        return template.meta(told)

    def path_of(self, material: Material) -> str:
        """Where a file lies once the draft is there; CapCut writes slashes everywhere."""
        return (self.folder / MEDIA / material.name).as_posix()

    def _canvas(self) -> dict[str, int]:
        """The cut's size, else that of its first picture."""
        cut = self.plan.cut
        first = next(((one.material.width, one.material.height) for one in self.placed if one.material.width), _HD)
        width, height = (cut.width, cut.height) if cut.width and cut.height else first
        return {"width": width, "height": height}

    # --- tracks

    def _track(self, lane: Lane, layer: int, kind: str, materials: Json) -> Json:
        found = [placed(self.plan, piece, self.files, sound=kind == "audio") for piece in lane.pieces]
        there = [one for one in found if one is not None]
        self.placed += there
        segments = [self._segment(one, layer, materials) for one in there]
        return template.track(self.fresh(), kind, lane.name, segments)

    def _segment(self, one: Placed, layer: int, materials: Json) -> Json:
        speed = template.speed(self.fresh(), float(one.speed))
        materials["speeds"].append(speed)
        seen = one.material.kind != "music"
        hdr = {"intensity": 1.0, "mode": 1, "nits": 1000} if seen else None
        return template.segment(
            id=self.fresh(),
            material_id=self._material(one.material, one, materials),
            source_timerange=one.source.spelled(),
            target_timerange=one.target.spelled(),
            speed=float(one.speed),
            volume=one.piece.volume,
            extra_material_refs=[speed["id"]],
            is_tone_modify=False,
            hdr_settings=hdr,
            render_index=layer,
            **(template.placed() if seen else {"clip": None}),
        )

    def _material(self, material: Material, one: Placed, materials: Json) -> str:
        """Write the material with its first use: one for every file and name, so that clips keep their names."""
        name = one.piece.clip.name or material.source.name
        if known := self._ids.get((material.name, name)):
            return known
        identity = self._ids[material.name, name] = self.fresh()
        local = self._locals.setdefault(material.name, self.fresh().lower())
        told = {"path": self.path_of(material), "duration": material.duration, "local_material_id": local}
        if material.kind == "music":
            materials["audios"].append(template.sound_material(identity, {**told, "name": name}))
        else:
            size = {"width": material.width, "height": material.height}
            told |= {"material_name": name, "type": material.kind, **size}
            materials["videos"].append(template.picture_material(identity, told))
        return identity

    def _captions(self, lane: Lane, number: int, materials: Json) -> Json:
        segments = []
        for piece in lane.pieces:
            words = piece.clip.name
            told = json.dumps({"styles": [template.text_style(len(words))], "text": words}, ensure_ascii=False)
            material = template.text_material(self.fresh(), told)
            materials["texts"].append(material)
            segments.append(
                template.segment(
                    id=self.fresh(),
                    material_id=material["id"],
                    source_timerange=None,
                    target_timerange=range_of(piece.clip.record, self.plan.cut.rate).spelled(),
                    render_index=template.TEXT_LAYER + number,
                    **template.placed(template.CAPTION_HEIGHT),
                )
            )
        return template.track(self.fresh(), "text", lane.name, segments)

    def _entry(self, material: Material, now: int) -> Json:
        """A file in the list CapCut looks media up in; its id is the material's ``local_material_id``."""
        return {
            "ai_group_type": "",
            "create_time": now // 1_000_000,
            "duration": material.duration,
            "enter_from": 0,
            "extra_info": material.name,
            "file_Path": self.path_of(material),
            "height": material.height,
            "id": self._locals[material.name],
            "import_time": now // 1_000_000,
            "import_time_ms": now,
            "item_source": 1,
            "md5": "",
            "metetype": material.kind,
            "roughcut_time_range": {"duration": material.duration, "start": 0},
            "sub_time_range": {"duration": -1, "start": -1},
            "type": 0,
            "width": material.width,
        }


def used(draft: Draft) -> Sequence[Material]:
    """The files at least one segment plays."""
    playing = {one.material.name for one in draft.placed}
    return [material for material in draft.files.materials if material.name in playing]
