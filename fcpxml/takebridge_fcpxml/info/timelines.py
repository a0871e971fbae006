"""Timelines, their items and their media as records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction

from takebridge_fcpxml.info.model import AuditionInfo, BrowserClip, MediaInfo, StoryItem, TimelineInfo
from takebridge_fcpxml.info.reading import Reading
from takebridge_fcpxml.placement import Placed, Problem, place
from takebridge_fcpxml.timecode import frames_on_grid, timecode
from takebridge_fcpxml.view import Asset, Audition, Format, Item, Media, Multicam, Timeline, Title, View, find

ZERO = Fraction(0)

#: What the mark counts are called, by element. A marker with ``completed`` is a to-do.
MARKS = {
    "marker": "marker",
    "chapter-marker": "chapter",
    "keyword": "keyword",
    "rating": "rating",
    "caption": "caption",
    "note": "note",
}


def timeline_info(timeline: Timeline, kind: str, owner: View, reading: Reading, event: str | None) -> TimelineInfo:
    """A sequence or multicam. ``owner`` is the project or media resource around it."""
    form = timeline.format
    frame = _frame_duration(form, reading)
    start = reading.soft(lambda: timeline.tc_start, ZERO, timeline)
    noted: list[Problem] = []
    placed = place(timeline, alternates=True, problems=noted)
    for problem in noted:
        reading.note(problem.error, problem.element)
    own = [each.record_end for each in placed if each.host is None]
    stated = reading.soft(lambda: timeline.duration, None, timeline)
    duration = stated if stated is not None else max(own, default=start) - start
    active = [each for each in placed if each.active]

    def show(seconds: Fraction) -> str | None:
        return timecode(seconds, frame, timeline.drop_frame) if frame else None

    return TimelineInfo(
        kind=kind,
        name=owner.element.get("name", ""),
        event=event,
        rate=str(1 / frame) if frame else None,
        frame_duration=frame,
        width=_size(form, "width", reading),
        height=_size(form, "height", reading),
        colour_space=form.color_space if form else None,
        field_order=form.field_order if form else None,
        drop_frame=timeline.drop_frame,
        record_start=start,
        record_end=start + duration,
        duration=duration,
        duration_frames=frames_on_grid(duration, frame),
        start_timecode=show(start),
        end_timecode=show(start + duration),
        duration_timecode=show(duration),
        angles=tuple(angle.name or "" for angle in timeline.angles) if isinstance(timeline, Multicam) else (),
        items_by_kind=dict(sorted(Counter(each.item.tag for each in active).items())),
        lanes=dict(sorted(Counter(each.lane for each in active).items())),
        storylines=len({each.storyline for each in active if each.storyline is not None}),
        marks=_marks(timeline),
        roles=dict(sorted(Counter(role for each in active for role in each.item.roles).items())),
        used=reading.uses[owner.element.get("id", "")] if kind != "project" else 0,
        media=media_list(reading, Counter(each.item.reference or "" for each in active), unused=False),
        auditions=tuple(_auditions(placed, show, reading)),
        items=tuple(_items(placed, frame, reading)),
        path=reading.paths[owner.element],
        line=owner.line,
    )


def media_list(reading: Reading, uses: Counter[str], *, unused: bool = True) -> tuple[MediaInfo, ...]:
    """The document's assets in its order, with how often ``uses`` names each."""
    found = []
    for section in reading.document.root.iterchildren("resources"):
        for element in section.iterchildren("asset"):
            asset = Asset(element, reading.document)
            if unused or uses[asset.id]:
                found.append(_media(asset, uses[asset.id], reading))
    return tuple(found)


def browser_clip(clip: Item, reading: Reading) -> BrowserClip:
    """A clip in no timeline. Its timecode is that of its own start, at the rate of its own format or media."""
    above = clip.element.getparent()
    asset = find(clip, clip.reference, Asset)
    media = find(clip, clip.reference, Media)
    inside = (media.sequence or media.multicam) if media else None
    around = asset or inside
    form = find(clip, clip.element.get("format") or (around.format_id if around else None), Format)
    frame = _frame_duration(form, reading)
    start = reading.soft(lambda: clip.start, ZERO, clip)
    duration = reading.soft(lambda: clip.length, None, clip)
    drop = clip.element.get("tcFormat") == "DF"
    return BrowserClip(
        kind=clip.tag,
        name=clip.name,
        event=above.get("name", "") if above is not None and above.tag == "event" else None,
        duration=duration,
        timecode=timecode(start, frame, drop) if frame else None,
        duration_timecode=timecode(duration, frame, drop) if frame and duration is not None else None,
        media=asset.file_name if asset else None,
        path=reading.paths[clip.element],
        line=clip.line,
    )


def _frame_duration(form: Format | None, reading: Reading) -> Fraction | None:
    if form is None:
        return None
    rate = reading.soft(lambda: form.rate, None, form)
    return 1 / rate if rate else None


def _size(form: Format | None, name: str, reading: Reading) -> int | None:
    if form is None or form.element.get(name) is None:
        return None
    return reading.soft(lambda: form.width if name == "width" else form.height, None, form)


def _marks(timeline: Timeline) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for element in timeline.element.iter(*MARKS):
        to_do = element.tag == "marker" and element.get("completed") is not None
        counts["to-do" if to_do else MARKS[str(element.tag)]] += 1
    return dict(counts)


def _media(asset: Asset, used: int, reading: Reading) -> MediaInfo:
    frame = _frame_duration(asset.format, reading)
    start = reading.soft(lambda: asset.start, None, asset)
    duration = reading.soft(lambda: asset.duration, None, asset)
    # A still has a place in no timecode: Final Cut Pro gives it a format without a rate.
    return MediaInfo(
        id=asset.id,
        name=asset.name,
        path=asset.media_path or asset.src,
        rate=str(1 / frame) if frame else None,
        start=start,
        timecode=timecode(start, frame) if frame and start is not None else None,
        duration=duration,
        duration_timecode=timecode(duration, frame) if frame and duration is not None else None,
        used=used,
    )


def _auditions(
    placed: Iterable[Placed], show: Callable[[Fraction], str | None], reading: Reading
) -> Iterable[AuditionInfo]:
    for each in placed:
        if not isinstance(each.item, Audition):
            continue
        takes = each.item.items
        names = [take_name(take) for take in takes]
        yield AuditionInfo(
            record_start=each.record_start,
            timecode=show(each.record_start),
            lane=each.lane,
            takes=len(takes),
            pick=names[0] if names else "",
            alternates=tuple(names[1:]),
            path=reading.paths[each.item.element],
            line=each.item.line,
        )


def take_name(item: Item) -> str:
    """What an editor calls an item: its name, else its media's file name, else what it is."""
    if item.name:
        return item.name
    asset = find(item, item.reference, Asset)
    words = item.words if isinstance(item, Title) else ""
    return (asset.file_name if asset else "") or words or f"<{item.tag}>"


def _start(item: Item, reading: Reading) -> Fraction:
    return reading.soft(lambda: item.start, ZERO, item)


def _items(placed: list[Placed], frame: Fraction | None, reading: Reading) -> Iterable[StoryItem]:
    index = {each.item.element: number for number, each in enumerate(placed)}
    source_frames: dict[str | None, Fraction | None] = {}
    for each in placed:
        item, ref = each.item, each.item.reference
        if ref not in source_frames:
            asset = find(item, ref, Asset)
            source_frames[ref] = _frame_duration(asset.format, reading) if asset else None
        start = _start(item, reading)
        yield StoryItem(
            kind=item.tag,
            name=item.name,
            lane=each.lane,
            record_start=each.record_start,
            record_start_frame=frames_on_grid(each.record_start, frame),
            record_end=each.record_end,
            record_end_frame=frames_on_grid(each.record_end, frame),
            duration=each.duration,
            duration_frames=frames_on_grid(each.duration, frame),
            source_start=start,
            source_start_frame=frames_on_grid(start, source_frames[ref]),
            ref=ref,
            roles=item.roles,
            enabled=item.enabled,
            active=each.active,
            host=index[each.host.item.element] if each.host else None,
            path=reading.paths[item.element],
            line=item.line,
        )
