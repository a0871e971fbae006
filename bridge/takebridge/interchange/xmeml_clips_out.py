"""One clip as `<clipitem>` or `<generatoritem>`: the original element with what was edited, or a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from lxml import etree
from pydantic import JsonValue

from takebridge.cut.model import Clip, Cut, Frame, TrackKind, source_rate
from takebridge.cut.stamp import find_stamps
from takebridge.interchange.xmeml_build import CLIP_ORDER, add, drop, place, put, swap
from takebridge.interchange.xmeml_files_out import FileBook, length_at
from takebridge.interchange.xmeml_keep import Reach, clip_values, kept_text, kept_values
from takebridge.interchange.xmeml_markers import is_paintable, is_stamp_marker, marker_element, stamp_marker
from takebridge.interchange.xmeml_parse import Element, parse_kept, text_of
from takebridge.interchange.xmeml_speed import is_timeremap, timeremap_filter
from takebridge.interchange.xmeml_times import is_writable, number_at, rate_element, rescaled, ticks_of, to_seconds

_GENERATORS = {"title": ("Text", "Text"), "adjustment": ("Slug", "Slug"), "missing": ("Slug", "Slug")}


@dataclass(slots=True)
class Writing:
    """What all clips of a document share while it is written."""

    files: FileBook
    losses: list[str] = field(default_factory=list)
    sequence_ids: dict[int, str] = field(default_factory=dict)

    def lost(self, clip: Clip, what: str) -> None:
        """Note a loss, naming the clip."""
        self.losses.append(f"“{clip.name}” at frame {clip.record.start}: {what}")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a clip is written: its sequence, its kind of track, its id, its transitions, its source channel."""

    cut: Cut
    kind: TrackKind
    id: str
    reach: Reach
    channel: int
    links: tuple[Mapping[str, str], ...]


def clip_element(clip: Clip, spot: Spot, writing: Writing) -> Element:
    """Write a clip. What this format cannot say of it is added to the losses."""
    element = _original(clip)
    read = kept_values(clip.extras) if element is not None else {}
    if element is None:
        element = etree.Element("clipitem" if _has_source(clip) else "generatoritem")
    values = clip_values(clip, spot.reach, spot.cut.rate)
    changed = {name for name, value in values.items() if read.get(name) != value}
    element.set("id", spot.id)
    _named(element, clip, changed)
    _sourced(element, clip, spot, changed, writing)
    _timed(element, clip, spot, changed, writing)
    _looked(element, clip, changed, read, writing)
    _marked(element, clip, spot, changed, writing)
    _stamped(element, clip, changed)
    _link(element, spot.links)
    _rest(clip, writing)
    return element


def _original(clip: Clip) -> Element | None:
    """Return the element as read where it still fits what the clip shows."""
    element = parse_kept(kept_text(clip.extras, "element"))
    if element is None or element.tag not in ("clipitem", "generatoritem"):
        return None
    shows = (element.find("sequence") is not None, element.find("file") is not None)
    if clip.inner is not None or clip.kind == "nested":
        return element if shows[0] else None
    if clip.media is not None:
        return element if shows[1] or clip.kind == "multicam" else None
    return element if not any(shows) else None


def _has_source(clip: Clip) -> bool:
    return clip.media is not None or clip.inner is not None


def _named(element: Element, clip: Clip, changed: set[str]) -> None:
    if "name" in changed:
        put(element, "name", clip.name, CLIP_ORDER)
    if "enabled" in changed:
        put(element, "enabled", "TRUE" if clip.enabled else "FALSE", CLIP_ORDER)


def _sourced(element: Element, clip: Clip, spot: Spot, changed: set[str], writing: Writing) -> None:
    """Write what the clip shows: a file, a nested sequence, or the effect of a generator."""
    if clip.inner is not None:
        name = writing.sequence_ids.get(id(clip.inner), "")
        _master(element, writing.files.master(name, text_of(element, "masterclipid")), changed)
        swap(element, etree.Element("sequence", id=name), CLIP_ORDER)
    elif clip.media is not None and element.find("multiclip") is None:
        until = ceil(clip.source.end) if clip.source else 0
        name = writing.files.use(clip.media, spot.kind, spot.channel, max(0, until))
        wanted = "" if "media" in changed else text_of(element, "masterclipid")
        _master(element, writing.files.master(name, wanted), changed)
        swap(element, etree.Element("file", id=name), CLIP_ORDER)
    elif clip.media is None and element.tag == "generatoritem" and element.find("effect") is None:
        _generator(element, clip, spot, writing)
    if spot.kind == "audio" and clip.media is not None and not kept_text(clip.extras, "element"):
        track = place(element, etree.Element("sourcetrack"), CLIP_ORDER)
        add(track, "mediatype", "audio")
        add(track, "trackindex", spot.channel)
    if clip.kind in ("multicam", "adjustment", "caption", "missing") and not kept_text(clip.extras, "element"):
        writing.lost(
            clip, f"it is written as {'its media alone' if clip.media else 'a generator'}, not as {clip.kind}."
        )


def _master(element: Element, name: str, changed: set[str]) -> None:
    """Name the master clip, without which Premiere drops the sequence; an item as read that names none stays so."""
    said = text_of(element, "masterclipid")
    if said != name and (said or "media" in changed or "name" in changed):
        put(element, "masterclipid", name, CLIP_ORDER)


def _generator(element: Element, clip: Clip, spot: Spot, writing: Writing) -> None:
    name, effect_id = _GENERATORS.get(clip.kind, (clip.name or "Generator", clip.name or "Generator"))
    effect = place(element, etree.Element("effect"), CLIP_ORDER)
    words = (("name", name), ("effectid", effect_id), ("effectcategory", "Text" if clip.kind == "title" else "Matte"))
    for tag, text in (*words, ("effecttype", "generator"), ("mediatype", spot.kind)):
        add(effect, tag, text)
    writing.lost(clip, "only its place and name are written, not what it draws.")


# --- time -----------------------------------------------------------------------------------------------------------


def _timed(element: Element, clip: Clip, spot: Spot, changed: set[str], writing: Writing) -> None:
    """Write start, end, in, out, ticks, rate and speed, each only where it is no longer as read.

    ``in``/``out`` are written in frames of the sequence with the item's rate set to it, so that programs that take the
    one for the other agree; the ticks hold the exact time.
    """
    again = "source" in changed and not _is_ramp_kept(clip, changed, writing)
    reaches = _reaches(clip, spot, writing) if again else _as_read(element, spot)
    if "record" in changed or element.find("start") is None:
        _placed(element, clip, spot, reaches, writing)
    if "speed" in changed or (again and clip.speed != 1):
        _sped(element, clip, spot, writing)
    if again:
        _in_out(element, clip, spot, reaches, writing)


def _is_ramp_kept(clip: Clip, changed: set[str], writing: Writing) -> bool:
    """Say whether a ramp stays as read with its in and out: what a ramp shows elsewhere cannot be worked out."""
    if clip.speed is not None or "speed" in changed or not kept_text(clip.extras, "element"):
        return False
    writing.lost(clip, "its speed ramp keeps the in- and out-point it was read with.")
    return True


def _as_read(element: Element, spot: Spot) -> tuple[Frame, Frame]:
    """Return how far the in and out of the element reach into its transitions, as it was read."""
    head, tail = spot.reach
    return (head or 0) if _is_open(element, "start") else 0, (tail or 0) if _is_open(element, "end") else 0


def _is_open(element: Element, tag: str) -> bool:
    return number_at(element, tag) in (None, -1)


def _reaches(clip: Clip, spot: Spot, writing: Writing) -> tuple[Frame, Frame]:
    """Return how far in and out go into the transitions: not at all where the media has not that much there."""
    head, tail = spot.reach[0] or 0, spot.reach[1] or 0
    start, end = _media_times(clip, spot, 0, 0)
    rate = spot.cut.rate
    if head and start < to_seconds(head, rate):
        writing.lost(clip, f"there is less than the {head} frames of media before it that its transition needs.")
        head = 0
    total = _length(clip, spot)
    if tail and total is not None and end + to_seconds(tail, rate) > to_seconds(total, rate) / _factor(clip):
        writing.lost(clip, f"there is less than the {tail} frames of media after it that its transition needs.")
        tail = 0
    return head, tail


def _placed(element: Element, clip: Clip, spot: Spot, reaches: tuple[Frame, Frame], writing: Writing) -> None:
    for tag, at, reach, used in (
        ("start", clip.record.start, spot.reach[0], reaches[0]),
        ("end", clip.record.end, spot.reach[1], reaches[1]),
    ):
        if at != int(at):
            writing.lost(clip, f"its {tag} is written on a whole frame, not at {float(at):.4f}.")
        # Beside a transition that reaches nothing beyond (its cut is at its edge) -1 and the frame mean the same.
        put(element, tag, -1 if reach is not None and used == reach else round(at), CLIP_ORDER)


def _sped(element: Element, clip: Clip, spot: Spot, writing: Writing) -> None:
    for one in [one for one in element.findall("filter") if is_timeremap(one)]:
        element.remove(one)
    if clip.speed is None:
        writing.lost(clip, "its speed ramp is not written; it plays at 100 %.")
    elif clip.speed != 1:
        place(element, timeremap_filter(clip.speed, _total(clip, spot)), CLIP_ORDER)


def _factor(clip: Clip) -> Fraction:
    """Return the size of the speed, 1 for freezes and ramps."""
    return abs(clip.speed) if clip.speed else Fraction(1)


def _length(clip: Clip, spot: Spot) -> int | None:
    """Return the length of the media in frames of the sequence, rounded up; None where it is not known."""
    if clip.inner is not None:
        return ceil(rescaled(clip.inner.end, clip.inner.rate, spot.cut.rate))
    return length_at(clip.media, spot.cut.rate) if clip.media is not None else None


def _total(clip: Clip, spot: Spot) -> int:
    """Return the length a reversed clip counts back from: the media's, at least what is used."""
    used = clip.source.end if clip.source else 0
    return max(_length(clip, spot) or 0, ceil(rescaled(used, source_rate(clip, spot.cut), spot.cut.rate)))


def _media_times(clip: Clip, spot: Spot, head: Frame, tail: Frame) -> tuple[Fraction, Fraction]:
    """Return in and out in seconds of the retimed media, with the reach of the transitions."""
    before, after = to_seconds(head, spot.cut.rate), to_seconds(tail, spot.cut.rate)
    if clip.source is None:
        return -before, to_seconds(clip.record.duration, spot.cut.rate) + after
    rate = source_rate(clip, spot.cut)
    start, end = to_seconds(clip.source.start, rate), to_seconds(clip.source.end, rate)
    if clip.speed == 0:
        return start - before, start + to_seconds(clip.record.duration, spot.cut.rate) + after
    if clip.speed is not None and clip.speed < 0:
        total = to_seconds(_total(clip, spot), spot.cut.rate)
        start, end = total - end, total - start
    return start / _factor(clip) - before, end / _factor(clip) + after


def _in_out(element: Element, clip: Clip, spot: Spot, reaches: tuple[Frame, Frame], writing: Writing) -> None:
    rate = spot.cut.rate
    if element.find("subclipinfo") is not None:
        drop(element, "subclipinfo")
        writing.lost(clip, "it is no longer a subclip: its in-point counts from the start of its file.")
    if clip.source is None and _has_source(clip):
        writing.lost(clip, "which frames of its media it shows is not known; it is written from the first.")
    start, end = _media_times(clip, spot, *reaches)
    length = ceil(Fraction(_length(clip, spot) or 0) / _factor(clip))
    last = round(end * rate.fraction)
    put(element, "duration", max(length, last, 1), CLIP_ORDER)
    swap(element, rate_element(rate), CLIP_ORDER)
    put(element, "in", round(start * rate.fraction), CLIP_ORDER)
    put(element, "out", last, CLIP_ORDER)
    if element.tag == "clipitem":
        put(element, "pproTicksIn", ticks_of(start), CLIP_ORDER)
        put(element, "pproTicksOut", ticks_of(end), CLIP_ORDER)
    if not is_writable(source_rate(clip, spot.cut)):
        writing.lost(clip, "its media runs at a rate this format has no word for; its in-point is exact in time only.")


# --- look, markers, stamps, links -------------------------------------------------------------------------------------


def _looked(element: Element, clip: Clip, changed: set[str], read: Mapping[str, JsonValue], writing: Writing) -> None:
    if "look" not in changed:
        return
    if clip.look:
        writing.lost(clip, "its effects, grade and transform are not written.")
    if read:
        for one in [one for one in element.findall("filter") if not is_timeremap(one)]:
            element.remove(one)
        drop(element, "compositemode")


def _marked(element: Element, clip: Clip, spot: Spot, changed: set[str], writing: Writing) -> None:
    """Rewrite the markers when they changed, or when the item's rate did: they count its frames."""
    rates = (source_rate(clip, spot.cut), spot.cut.rate)
    if "markers" not in changed and not ("source" in changed and clip.markers and rates[0] != rates[1]):
        return
    for one in [one for one in element.findall("marker") if not is_stamp_marker(one)]:
        element.remove(one)
    for marker in clip.markers:
        start, end = rescaled(marker.at, *rates), rescaled(marker.at + marker.duration, *rates)
        if start != int(start) or not is_paintable(marker.color) or marker.kind:
            writing.lost(clip, f"its marker “{marker.name}” is written on a whole frame, without kind or rare colour.")
        place(element, marker_element(marker, round(start), round(end) if marker.duration else None), CLIP_ORDER)


def _stamped(element: Element, clip: Clip, changed: set[str]) -> None:
    """Write the stamp in the first comment and as a marker at the in-point; older stamps there are replaced."""
    if "stamp" not in changed:
        return
    for one in [one for one in element.findall("marker") if is_stamp_marker(one)]:
        element.remove(one)
    _unstamp(element)
    if not clip.stamp:
        return
    comments = element.find("comments")
    comments = place(element, etree.Element("comments"), CLIP_ORDER) if comments is None else comments
    said = text_of(comments, "mastercomment1")
    put(comments, "mastercomment1", f"{said} {clip.stamp}".strip(), ("mastercomment1",))
    at = number_at(element, "in") or 0
    place(element, stamp_marker(clip.stamp, max(0, int(at))), CLIP_ORDER)


def _unstamp(element: Element) -> None:
    """Take stamps out of comments and logging, leaving the rest of the text."""
    for part in (*element.findall("comments"), *element.findall("logginginfo")):
        for one in part.iter():
            for stamp in find_stamps(one.text or ""):
                one.text = (one.text or "").replace(stamp, "").strip()


def _link(element: Element, links: tuple[Mapping[str, str], ...]) -> None:
    """Write the links of the clip's group, unless those it has say just that."""
    found = [{str(child.tag): (child.text or "").strip() for child in one} for one in element.findall("link")]
    wanted = [dict(one) for one in links]
    alone = [one for one in found if one.get("linkclipref") == element.get("id")]
    if found == wanted or (not wanted and found == alone):
        return
    if sorted(map(_index, found)) == sorted(map(_index, wanted)):
        return
    drop(element, "link")
    for link in wanted:
        one = place(element, etree.Element("link"), CLIP_ORDER)
        for tag, text in link.items():
            add(one, tag, text)


def _index(link: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(link.get(tag, "") for tag in ("linkclipref", "mediatype", "trackindex", "clipindex"))


def _rest(clip: Clip, writing: Writing) -> None:
    others = [take.name or take.key for index, take in enumerate(clip.takes) if index != clip.active]
    if others:
        writing.lost(clip, f"its other takes are not written: {', '.join(others)}.")
    if clip.media is not None and clip.media.others:
        writing.lost(clip, f"further locations of its media are not written: {', '.join(clip.media.others)}.")
    if clip.role:
        writing.lost(clip, f"its role “{clip.role}” is not written.")
