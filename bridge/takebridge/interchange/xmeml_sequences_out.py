"""One cut as `<sequence>`: its own values, its tracks, its transitions, and who is linked to whom."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Protocol

from lxml import etree

from takebridge.cut.model import Clip, Cut, Gap, Item, Track, TrackKind, Transition
from takebridge.interchange.xmeml_build import SEQUENCE_ORDER, add, place, put, swap
from takebridge.interchange.xmeml_clips_out import Spot, Writing, clip_element
from takebridge.interchange.xmeml_in import TRACKS_HERE, sequence_values
from takebridge.interchange.xmeml_keep import kept_text, kept_values, reach_of, span_text
from takebridge.interchange.xmeml_markers import marker_element
from takebridge.interchange.xmeml_media import media_values
from takebridge.interchange.xmeml_parse import Element, is_true, parse_kept
from takebridge.interchange.xmeml_times import TICKS_PER_SECOND, rate_element, timecode_element
from takebridge.interchange.xmeml_tracks import ITEMS_HERE
from takebridge.timebase import FrameRate

_KINDS: tuple[TrackKind, ...] = ("video", "audio")


class NewId(Protocol):
    """Gives ids: the wanted one when free."""

    def __call__(self, prefix: str, wanted: str = "") -> str:
        """Return an id nothing else in the document has."""
        ...


def sequence_element(cut: Cut, name: str, uuid: str, new_id: NewId, writing: Writing) -> Element:
    """Write a cut as a sequence of this id; nested sequences and files are stubs in it."""
    original = parse_kept(kept_text(cut.extras, "sequence"))
    sequence = _new(cut, uuid) if original is None else original
    sequence.set("id", name)
    _values(sequence, cut, kept_values(cut.extras) if original is not None else {}, writing)
    tracks = {kind: [track for track in cut.tracks if track.kind == kind] for kind in _KINDS}
    spots = _spots(cut, tracks, new_id)
    for kind in _KINDS:
        written = [_track(track, number, spots, cut, writing) for number, track in enumerate(tracks[kind])]
        if kind == "audio" and original is None:
            _exploded(tracks[kind], written)
        _insert(sequence, kind, written)
    for number, track in enumerate(track for track in cut.tracks if track.kind == "subtitle"):
        named = ", ".join(f"“{clip.name}”" for clip in track.clips[:3])
        more = f" and {len(track.clips) - 3} more" if len(track.clips) > 3 else ""
        writing.losses.append(f"Subtitle track {number + 1} is not written: {named or 'empty'}{more}.")
    return sequence


def _new(cut: Cut, uuid: str) -> Element:
    """Build a sequence with the format blocks hosts ask for; Resolve refuses one without."""
    sequence = etree.Element("sequence")
    put(sequence, "uuid", uuid, SEQUENCE_ORDER)
    media = place(sequence, etree.Element("media"), SEQUENCE_ORDER)
    video = add(media, "video")
    picture = add(add(video, "format"), "samplecharacteristics")
    picture.append(rate_element(cut.rate))
    for tag, text in (("width", cut.width or 1920), ("height", cut.height or 1080), ("anamorphic", "FALSE")):
        add(picture, tag, text)
    for tag, text in (("pixelaspectratio", "square"), ("fielddominance", "none"), ("colordepth", 24)):
        add(picture, tag, text)
    add(video, TRACKS_HERE)
    audio = add(media, "audio")
    add(audio, "numOutputChannels", 2)
    sound = add(add(audio, "format"), "samplecharacteristics")
    add(sound, "depth", 16)
    add(sound, "samplerate", 48000)
    add(audio, TRACKS_HERE)
    return sequence


def _values(sequence: Element, cut: Cut, read: object, writing: Writing) -> None:
    """Write name, length, rate, timecode, size and markers where they are not as read."""
    before = read if isinstance(read, dict) else {}
    changed = {name for name, value in sequence_values(cut).items() if before.get(name) != value}
    if "name" in changed:
        put(sequence, "name", cut.name, SEQUENCE_ORDER)
    if "end" in changed:
        put(sequence, "duration", round(cut.end), SEQUENCE_ORDER)
    if "rate" in changed:
        swap(sequence, rate_element(cut.rate), SEQUENCE_ORDER)
    if changed & {"start", "rate"}:
        swap(sequence, timecode_element(round(cut.start), cut.rate, drop=cut.drop_frame), SEQUENCE_ORDER)
    picture = sequence.find("media/video/format/samplecharacteristics")
    if picture is not None and "size" in changed and cut.width and cut.height:
        put(picture, "width", cut.width, ("rate", "codec", "width", "height"))
        put(picture, "height", cut.height, ("rate", "codec", "width", "height"))
    if cut.start != int(cut.start):
        writing.losses.append("The start of the timeline is written on a whole frame.")
    if "markers" in changed:
        _markers(sequence, cut, writing)


def _markers(sequence: Element, cut: Cut, writing: Writing) -> None:
    for one in sequence.findall("marker"):
        sequence.remove(one)
    for marker in cut.markers:
        if marker.at != int(marker.at):
            writing.losses.append(f"The marker “{marker.name}” is written on a whole frame.")
        end = round(marker.at + marker.duration) if marker.duration else None
        place(sequence, marker_element(marker, round(marker.at), end), SEQUENCE_ORDER)


def _insert(sequence: Element, kind: TrackKind, written: Sequence[Element]) -> None:
    """Put the tracks where the original's stood."""
    media = sequence.find("media")
    media = place(sequence, etree.Element("media"), SEQUENCE_ORDER) if media is None else media
    inside = media.find(kind)
    if inside is None:
        if not written:
            return
        inside = place(media, etree.Element(kind), _KINDS)
    here = inside.find(TRACKS_HERE)
    at = len(inside) if here is None else inside.index(here)
    if here is not None:
        inside.remove(here)
    for offset, track in enumerate(written):
        inside.insert(at + offset, track)


# --- who is where ---------------------------------------------------------------------------------------------------


Spots = dict[tuple[TrackKind, int, int], Spot]


def _spots(cut: Cut, tracks: dict[TrackKind, list[Track]], new_id: NewId) -> Spots:
    """Give every clip its id, its source channel and the links of its group."""
    places = [
        (kind, number, index, item)
        for kind in _KINDS
        for number, track in enumerate(tracks[kind])
        for index, item in enumerate(track.items)
        if isinstance(item, Clip)
    ]
    names = [new_id("clipitem", kept_text(clip.extras, "id")) for *_, clip in places]
    numbered = {kind: [_numbers(track.items) for track in tracks[kind]] for kind in _KINDS}
    groups: dict[str, list[dict[str, str]]] = {}
    channels: list[int] = []
    sounds: dict[tuple[str, str], int] = {}
    for (kind, number, index, clip), name in zip(places, names, strict=True):
        channels.append(_channel(kind, clip, sounds))
        if clip.link:
            groups.setdefault(clip.link, []).append(_link(kind, number, name, numbered[kind][number][index]))
    spots: Spots = {}
    for (kind, number, index, clip), name, channel in zip(places, names, channels, strict=True):
        group = groups.get(clip.link, [])
        links = tuple(group) if len(group) > 1 else ()
        reach = reach_of(tracks[kind][number].items, index)
        spots[kind, number, index] = Spot(cut, kind, name, reach, channel, links)
    return spots


def _numbers(items: Sequence[Item]) -> list[int]:
    """Return each item's number in its track from 1, as links count: transitions too (Premiere's files), gaps not."""
    return list(accumulate(0 if isinstance(item, Gap) else 1 for item in items))


def _channel(kind: TrackKind, clip: Clip, sounds: dict[tuple[str, str], int]) -> int:
    """Return which sound track of its media a clip plays: the next one within its linked group."""
    if kind != "audio" or not clip.link:
        return 1
    key = clip.link, media_values(clip.media)
    sounds[key] = sounds.get(key, 0) + 1
    return sounds[key]


def _link(kind: TrackKind, number: int, name: str, clip_number: int) -> dict[str, str]:
    link = {
        "linkclipref": name,
        "mediatype": kind,
        "trackindex": str(number + 1),
        "clipindex": str(clip_number),
    }
    return {**link, "groupindex": "1"} if kind == "audio" else link


def _exploded(tracks: Sequence[Track], written: Sequence[Element]) -> None:
    """Mark tracks that are the two sides of stereo sound, as Premiere does; all others hold a side of their own."""
    index = 0
    while index < len(tracks):
        pair = index + 1 < len(tracks) and _are_sides(tracks[index], tracks[index + 1])
        for side in range(2 if pair else 1):
            element = written[index + side]
            element.set("totalExplodedTrackCount", "2" if pair else "1")
            element.set("currentExplodedTrackIndex", str(side))
            element.set("premiereTrackType", "Stereo" if pair else "Mono")
            if element.find("outputchannelindex") is None:
                add(element, "outputchannelindex", side + 1)
        index += 2 if pair else 1


def _are_sides(left: Track, right: Track) -> bool:
    """Say whether two tracks hold the same linked sound, clip for clip."""
    pairs = list(zip(left.clips, right.clips, strict=False))
    return bool(pairs) and len(left.clips) == len(right.clips) and all(_same_sound(a, b) for a, b in pairs)


def _same_sound(a: Clip, b: Clip) -> bool:
    linked = bool(a.link) and a.link == b.link
    return linked and (a.record, a.source, media_values(a.media)) == (b.record, b.source, media_values(b.media))


# --- tracks ---------------------------------------------------------------------------------------------------------


def _track(track: Track, number: int, spots: Spots, cut: Cut, writing: Writing) -> Element:
    original = parse_kept(kept_text(track.extras, "track"))
    element = etree.Element("track") if original is None else original
    marked = element.find(ITEMS_HERE)
    marked = etree.SubElement(element, ITEMS_HERE) if marked is None else marked
    if element.get("MZ.TrackName", "") != track.name:
        element.set("MZ.TrackName", track.name)
    for tag, value, default in (("enabled", track.enabled, True), ("locked", track.locked, False)):
        if original is None or is_true(element, tag, default=default) != value:
            put(element, tag, "TRUE" if value else "FALSE", (ITEMS_HERE, "enabled", "locked", "outputchannelindex"))
    here = element.index(marked)
    element.remove(marked)
    written = [
        one
        for index, item in enumerate(track.items)
        for one in _item(item, track, (track.kind, number, index), spots, cut, writing)
    ]
    for offset, one in enumerate(written):
        element.insert(here + offset, one)
    return element


def _item(
    item: Item, track: Track, at: tuple[TrackKind, int, int], spots: Spots, cut: Cut, writing: Writing
) -> list[Element]:
    if isinstance(item, Clip):
        return [clip_element(item, spots[at], writing)]
    if isinstance(item, Transition):
        return [_transition(item, track, at[2], cut.rate, writing)]
    _gap(item, writing)
    return []


def _gap(gap: Gap, writing: Writing) -> None:
    if gap.name or gap.markers:
        said = [gap.name] if gap.name else []
        said += [f"marker “{marker.name}”" for marker in gap.markers]
        writing.losses.append(f"The gap at frame {gap.record.start} loses what it says: {', '.join(said)}.")


def _transition(item: Transition, track: Track, index: int, rate: FrameRate, writing: Writing) -> Element:
    original = parse_kept(kept_text(item.extras, "element"))
    value = f"{span_text(item.record)} {item.cut}"
    if original is not None and kept_values(item.extras).get("record") == value:
        return original
    order = ("start", "end", "alignment", "cutPointTicks", "rate", "effect")
    element = etree.Element("transitionitem") if original is None else original
    start, end = round(item.record.start), round(item.record.end)
    if (start, end, item.cut) != (item.record.start, item.record.end, int(item.cut)):
        writing.losses.append(f"The transition “{item.name}” at frame {start} is written on whole frames.")
    put(element, "start", start, order)
    put(element, "end", end, order)
    put(element, "alignment", _alignment(item, track, index), order)
    into = Fraction(round(item.cut) - start) / rate.fraction
    put(element, "cutPointTicks", round(into * TICKS_PER_SECOND), order)
    if original is None:
        element.append(rate_element(rate))
        _effect(element, item, track.kind)
    return element


def _alignment(item: Transition, track: Track, index: int) -> str:
    before = index > 0 and isinstance(track.items[index - 1], Clip)
    after = index + 1 < len(track.items) and isinstance(track.items[index + 1], Clip)
    if item.cut == item.record.start and item.cut != item.record.end:
        return "start" if before else "start-black"
    if item.cut == item.record.end and item.cut != item.record.start:
        return "end" if after else "end-black"
    return "center"


def _effect(element: Element, item: Transition, kind: TrackKind) -> None:
    """Write the effect: sound fades, pictures dissolve unless the cut names another transition."""
    usual = "Cross Dissolve" if kind == "video" else "Cross Fade ( 0dB)"
    effect = add(element, "effect")
    add(effect, "name", item.name or usual)
    add(effect, "effectid", item.style or item.name or usual)
    add(effect, "effectcategory", "Dissolve")
    add(effect, "effecttype", "transition")
    add(effect, "mediatype", kind)
    for tag, value in (("wipecode", "0"), ("wipeaccuracy", "100"), ("startratio", "0"), ("endratio", "1")):
        add(effect, tag, value)
    add(effect, "reverse", "FALSE")
