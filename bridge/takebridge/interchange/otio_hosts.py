"""OTIO as one host imports it: stock schemas, one reference a clip, that host's metadata and nobody else's.

Rules and their sources: resolve.md §3.2 and formats.md §6 (Resolve 18.5 to 21), premiere_fcp_capcut.md §4.2 (Premiere
25.6 and later). What a host cannot hold is reported with the clip's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Literal

from takebridge.cut.model import Clip, Cut, Frame, Gap, Item, Marker, Media, Track, Transition
from takebridge.cut.stills import held
from takebridge.interchange.otio_facts import RESOLVE, TIME_EFFECTS, metadata_of, objects, schema, section
from takebridge.interchange.otio_media import DEFAULT_KEY, FORMAT
from takebridge.interchange.otio_read import stamp_marker
from takebridge.interchange.otio_time import Json, spell_range, spell_time
from takebridge.interchange.otio_write import Writing, filled_by, layers_of, url_of
from takebridge.timebase import FrameRate

PREMIERE = "PremierePro_OTIO"
_TITLES = {"video": "Video", "audio": "Audio"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host wants. ``needs_files``: a clip without a file ends its import. ``held_stills``: a still's available
    range must cover what is shown of it."""

    host: str
    key: str
    bare_paths: bool
    file_names: bool
    needs_files: bool
    held_stills: bool


RULES = {
    "resolve": Rules("Resolve", RESOLVE, bare_paths=True, file_names=True, needs_files=True, held_stills=False),
    "premiere": Rules("Premiere", PREMIERE, bare_paths=False, file_names=False, needs_files=False, held_stills=True),
}


def host_json(cut: Cut, flavour: Literal["resolve", "premiere"]) -> tuple[Json, list[str]]:
    """Return the timeline's JSON for a host and what that host will not have of it."""
    rules, writing = RULES[flavour], Writing(cut.rate)
    cut = held(cut) if rules.held_stills else cut
    links = {link: number for number, link in enumerate(_links(cut), 1)}
    maker = Maker(rules, writing, links)
    children = [one for track in cut.tracks for one in maker.tracks(track)]
    stack = _object("Stack.1", "tracks", _kept(cut.extras.get(FORMAT), "stack", rules.key))
    if rules.key == PREMIERE and cut.width and cut.height:
        said = stack["metadata"].setdefault(PREMIERE, {})
        said.setdefault("VideoResolution", {"width": cut.width, "height": cut.height})
    stack["children"] = children
    stack["markers"] = [maker.marker(marker, cut.rate, 0) for marker in cut.markers]
    timeline = _object("Timeline.1", cut.name, _kept(cut.extras.get(FORMAT), "timeline", rules.key))
    version = "Resolve OTIO Meta Version" if rules.key == RESOLVE else "MetadataVersion"
    timeline["metadata"].setdefault(rules.key, {}).setdefault(version, "1.0")
    timeline["global_start_time"] = spell_time(writing.seconds(cut.start), cut.rate)
    timeline["tracks"] = stack
    return timeline, list(dict.fromkeys(writing.losses))


def _links(cut: Cut) -> list[str]:
    seen = (clip.link for track in cut.tracks for clip in track.clips if clip.link)
    return list(dict.fromkeys(seen))


@dataclass(slots=True)
class Maker:
    """Makes the tracks of one timeline."""

    rules: Rules
    writing: Writing
    links: dict[str, int]
    video: int = 0
    audio: int = 0

    def tracks(self, track: Track) -> list[Json]:
        """A track's JSON; clips that lie over others on a second one."""
        if track.kind == "subtitle":
            if track.clips:
                line = f"The subtitle track “{track.name}” with {len(track.clips)} captions is not written."
                self.writing.lose(line)
            return []
        return [self._track(track, items) for items in layers_of(track, self.writing)]

    def _track(self, track: Track, items: list[Item]) -> Json:
        number = self.video + 1 if track.kind == "video" else self.audio + 1
        self.video, self.audio = (number, self.audio) if track.kind == "video" else (self.video, number)
        title = f"{_TITLES[track.kind]} {number}"
        base = track.extras.get(FORMAT)
        made = _object("Track.1", track.name or title, _kept(base, "", self.rules.key))
        made["kind"], made["enabled"] = _TITLES[track.kind], track.enabled
        if self.rules.key == RESOLVE:
            said = made["metadata"].setdefault(RESOLVE, {})
            said["Locked"] = track.locked
            said.setdefault("SoloOn", False)
            if track.kind == "audio":
                said.setdefault("Audio Type", "Stereo")
        made["children"] = filled_by(items, self.item)
        return made

    def item(self, item: Item) -> Json:
        """One child of a track."""
        if isinstance(item, Transition):
            return self._transition(item)
        return self._gap(item) if isinstance(item, Gap) else self._clip(item)

    def _transition(self, item: Transition) -> Json:
        made = _object("Transition.1", item.name, _kept(item.extras.get(FORMAT), "", self.rules.key))
        if item.style not in ("", "SMPTE_Dissolve"):
            name = item.name or item.style
            self.writing.lose(f"The transition “{name}” at frame {item.cut} becomes a dissolve.")
        made["transition_type"] = "SMPTE_Dissolve"
        made["in_offset"] = spell_time(self.writing.seconds(item.cut - item.record.start), self.writing.rate)
        made["out_offset"] = spell_time(self.writing.seconds(item.record.end - item.cut), self.writing.rate)
        return made

    def _gap(self, item: Gap) -> Json:
        made = _object("Gap.1", item.name, {})
        length = self.writing.seconds(item.record.duration)
        made["source_range"] = spell_range(Fraction(0), length, self.writing.rate)
        made["markers"] = [self.marker(marker, self.writing.rate, 0) for marker in item.markers]
        return made

    def _clip(self, clip: Clip) -> Json:
        if clip.inner is not None:
            return self._nested(clip, clip.inner)
        self._report(clip)
        rate = clip.media.rate if clip.media and clip.media.rate else self.writing.rate
        offset: Frame = clip.media.start or 0 if clip.media else 0
        made = self._base("Clip.2", clip, self._name(clip))
        start = Fraction(offset + (clip.source.start if clip.source else 0)) / rate.fraction
        length = self.writing.seconds(clip.record.duration)
        made["source_range"] = spell_range(start, length, rate, self.writing.rate)
        made["media_references"] = {DEFAULT_KEY: self._reference(clip, clip.media, rate)}
        made["active_media_reference_key"] = DEFAULT_KEY
        made["markers"] = self._markers(clip, rate, offset, start)
        return made

    def _nested(self, clip: Clip, inner: Cut) -> Json:
        made = self._base("Stack.1", clip, clip.name)
        inside = Maker(self.rules, Writing(inner.rate, self.writing.losses), self.links)
        made["children"] = [one for track in inner.tracks for one in inside.tracks(track)]
        start = Fraction(clip.source.start if clip.source else 0) / inner.rate.fraction
        made["source_range"] = spell_range(start, self.writing.seconds(clip.record.duration), self.writing.rate)
        made["markers"] = self._markers(clip, inner.rate, 0, start)
        return made

    def _base(self, label: str, clip: Clip, name: str) -> Json:
        made = _object(label, name, _kept(clip.extras.get(FORMAT), "", self.rules.key))
        made["enabled"] = clip.enabled
        made["effects"] = self._effects(clip)
        if clip.link and self.rules.key == RESOLVE:
            made["metadata"].setdefault(RESOLVE, {})["Link Group ID"] = self.links.get(clip.link, 0)
        elif clip.link:
            self.writing.lose(f"Linked clips arrive unlinked in {self.rules.host}.")
        return made

    def _markers(self, clip: Clip, rate: FrameRate, offset: Frame, start: Fraction) -> list[Json]:
        made = [self.marker(marker, rate, offset) for marker in clip.markers]
        stamp = stamp_marker(clip.stamp, spell_range(start, Fraction(0), rate, self.writing.rate))
        stamp["metadata"] = {self.rules.key: {"Note": clip.stamp}} if self.rules.key == RESOLVE else {}
        return [*made, stamp] if clip.stamp else made

    def _name(self, clip: Clip) -> str:
        """Resolve finds media by file name: the clip bears it."""
        if not self.rules.file_names or clip.media is None:
            return clip.name
        file = _file_name(clip.media)
        if file and file != clip.name:
            self.writing.lose(f"“{clip.name}” is named “{file}” after its file, by which {self.rules.host} finds it.")
        return file or clip.name

    def _reference(self, clip: Clip, media: Media | None, rate: FrameRate) -> Json:
        if media is None or not media.location:
            self.writing.lose(f"“{clip.name}” ({clip.kind}) has no file: it arrives offline in {self.rules.host}.")
            return self._offline(clip, (media.name if media else "") or clip.name, rate)
        made = _object("ExternalReference.1", _file_name(media), {})
        made["target_url"] = media.location if self.rules.bare_paths else url_of(media.location)
        start, end = Fraction(media.start or 0), Fraction(media.frame_count or 0)
        if media.start is None and self.rules.key == RESOLVE:
            line = f"The start timecode of “{_file_name(media)}” is not known: 0 is written."
            self.writing.lose(line)
        if media.frame_count is None or clip.kind == "still":
            end = Fraction(max(end, clip.source.end if clip.source else 0))
        made["available_range"] = spell_range(start / rate.fraction, end / rate.fraction, rate, self.writing.rate)
        return made

    def _offline(self, clip: Clip, name: str, rate: FrameRate) -> Json:
        """What stands for a missing file: Resolve refuses a document with none (19.1), an absent one is offline."""
        if not self.rules.needs_files:
            return _object("MissingReference.1", name, {})
        made = _object("ExternalReference.1", name, {})
        made["target_url"] = f"/offline/{name.replace('/', '_') or 'clip'}"
        end = Fraction(clip.source.end if clip.source else clip.record.duration)
        made["available_range"] = spell_range(Fraction(0), end / rate.fraction, rate, self.writing.rate)
        return made

    def _effects(self, clip: Clip) -> list[Json]:
        base = clip.extras.get(FORMAT)
        found = objects(base, "effects", clip.name) if isinstance(base, dict) else []
        own = [one for one in found if schema(one) == "Effect" and self.rules.key in metadata_of(one)]
        rest = [one for one in found if one not in own and schema(one) not in TIME_EFFECTS]
        if rest or (clip.look and not found):
            self.writing.lose(f"“{clip.name}”: its effects and adjustments are not written.")
        return [*self._speed(clip, found), *({**one, "metadata": _only(one, self.rules.key)} for one in own)]

    def _speed(self, clip: Clip, found: list[Json]) -> list[Json]:
        if clip.speed is None:
            ramps = [one for one in found if schema(one) == "TimeEffect" and self.rules.key in metadata_of(one)]
            if not ramps:
                self.writing.lose(f"“{clip.name}”: its speed ramp is not written; it plays at 100 %.")
            return ramps
        if clip.speed == 1:
            return []
        if clip.speed == 0:
            self.writing.lose(f"“{clip.name}” is a freeze frame: {self.rules.host} gets it as a speed of 0 %.")
        made = _object("LinearTimeWarp.1", "", {})
        return [{**made, "effect_name": "LinearTimeWarp", "time_scalar": float(clip.speed)}]

    def _report(self, clip: Clip) -> None:
        waiting = [take for number, take in enumerate(clip.takes) if number != clip.active]
        for take in waiting:
            name = take.name or (take.media.name if take.media else take.key)
            self.writing.lose(f"“{clip.name}”: the take “{name}” is not written; {self.rules.host} holds one.")
        if clip.kind in ("multicam", "adjustment"):
            self.writing.lose(f"“{clip.name}” arrives as a plain clip, not as {clip.kind}.")
        if clip.role:
            self.writing.lose(f"“{clip.name}”: its role “{clip.role}” is not written.")

    def marker(self, marker: Marker, rate: FrameRate, offset: Frame) -> Json:
        """A marker, local to its clip."""
        made = _object("Marker.2", marker.name, _kept(marker.extras.get(FORMAT), "", self.rules.key))
        at = Fraction(marker.at + offset) / rate.fraction
        made["marked_range"] = spell_range(at, Fraction(marker.duration) / rate.fraction, rate, self.writing.rate)
        made["comment"], made["color"] = marker.note, marker.color or "RED"
        if self.rules.key == RESOLVE and marker.note:
            made["metadata"].setdefault(RESOLVE, {})["Note"] = marker.note
        return made


def _file_name(media: Media) -> str:
    return PurePosixPath(media.location.replace("\\", "/")).name


def _object(label: str, name: str, metadata: Json) -> Json:
    return {"OTIO_SCHEMA": label, "name": name, "metadata": metadata}


def _kept(base: object, part: str, key: str) -> Json:
    """The host's own metadata of an object that came from it."""
    found = base.get(part) if part and isinstance(base, dict) else base
    return _only(found, key) if isinstance(found, dict) else {}


def _only(value: Json, key: str) -> Json:
    own = section(value, key)
    return {key: dict(own)} if own else {}
