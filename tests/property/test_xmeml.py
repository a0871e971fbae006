"""Any cut written as Final Cut Pro 7 XML is the same cut when read again: frames, media, speeds, links, names."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import opentimelineio as otio
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.xmeml import bare, walk

from takebridge.cut.model import Clip, Cut, Frame, Item, Marker, Media, Span, Track, TrackKind, Transition, tile, whole
from takebridge.interchange.xmeml_in import read_xmeml
from takebridge.interchange.xmeml_out import write_xmeml
from takebridge.timebase import EDIT_RATES, FrameRate

NAMES = st.text(st.characters(exclude_categories=("C",), exclude_characters="/\\"), min_size=1, max_size=12)
FOLDERS = st.sampled_from(
    ["/Volumes/Media & Sound/", "/mnt/it's here/ü 日本/", "C:/Übung/100% [a]#1?/", "//server/share x/", "/a+b;c=d/"]
)
SPEEDS = st.sampled_from(
    [Fraction(one) for one in ("1", "1", "1", "2", "1/2", "-1", "-3/2", "7/3", "1/3", "-1/3", "0", "997/1000")]
)


@st.composite
def media(draw: st.DrawFn) -> Media:
    rate = draw(st.sampled_from(EDIT_RATES))
    return Media(
        name=draw(NAMES),
        location=draw(FOLDERS) + draw(NAMES) + ".mov",
        rate=rate,
        frame_count=10**6,
        start=draw(st.sampled_from([0, 86400, 107892, 10**9])),
    )


@st.composite
def clip(draw: st.DrawFn, at: int, rate: FrameRate, pool: list[Media], inner: Cut | None) -> Clip:
    length = draw(st.integers(1, 300))
    speed = draw(SPEEDS)
    nested = inner is not None and draw(st.integers(0, 4)) == 0
    shown = None if nested else draw(st.sampled_from(pool))
    own = inner.rate if nested and inner else shown.rate if shown and shown.rate else rate
    begin = draw(st.integers(0, 500_000))
    used: Frame = 1 if speed == 0 else whole(Fraction(length) / rate.fraction * own.fraction * abs(speed))
    note = draw(NAMES)
    marks = (Marker(begin + 1, draw(st.integers(0, 3)), note, note),) if own == rate and draw(st.booleans()) else ()
    return Clip(
        name=draw(NAMES),
        record=Span.of(at, length),
        media=shown,
        source=Span.of(begin, used),
        kind="nested" if nested else "clip",
        enabled=draw(st.booleans()),
        speed=speed,
        stamp=draw(st.sampled_from(["", "tb-0123456789ab"])),
        markers=marks,
        inner=inner if nested else None,
    )


@st.composite
def track(draw: st.DrawFn, kind: TrackKind, rate: FrameRate, pool: list[Media], inner: Cut | None) -> Track:
    items: list[Item] = []
    at = 0
    for _ in range(draw(st.integers(0, 5))):
        gap = draw(st.sampled_from([0, 0, 0, 7]))
        one = draw(clip(at + gap, rate, pool, inner))
        if items and not gap and draw(st.booleans()) and isinstance(items[-1], Clip):
            before = min(int(items[-1].record.duration) // 2, draw(st.integers(0, 12)))
            after = min(int(one.record.duration) // 2, draw(st.integers(0, 12)))
            if before + after:
                span = Span(one.record.start - before, one.record.start + after)
                items.append(Transition(span, one.record.start, "Wipe é", "Edge Wipe"))
        items.append(one)
        at = int(one.record.end)
    return Track(kind, tile(items), draw(NAMES), draw(st.booleans()), draw(st.booleans()))


@st.composite
def cuts(draw: st.DrawFn, depth: int = 1) -> Cut:
    rate = draw(st.sampled_from(EDIT_RATES))
    pool = draw(st.lists(media(), min_size=1, max_size=3))
    pool.append(replace(pool[0], start=pool[0].start + 5 if pool[0].start is not None else 5))
    inner = draw(cuts(depth=depth - 1)) if depth and draw(st.booleans()) else None
    kinds: list[TrackKind] = ["video", "video", "audio", "audio"]
    tracks = [draw(track(kind, rate, pool, inner)) for kind in kinds]
    names = draw(st.permutations(["g1", "g1", "g2", "g2", "g2", ""]))
    linked = [
        replace(
            one,
            items=tuple(
                replace(item, link=names[index % len(names)]) if isinstance(item, Clip) else item
                for index, item in enumerate(one.items)
            ),
        )
        for one in tracks
    ]
    return Cut(
        name=draw(NAMES),
        rate=rate,
        tracks=tuple(linked),
        start=draw(st.sampled_from([0, 86400, 107892])),
        drop_frame=rate.allows_drop and draw(st.booleans()),
        width=1920,
        height=1080,
        markers=(Marker(3, 4, draw(NAMES), draw(NAMES), "Red"), Marker(9, 0, "", "")),
    )


def _alone_unlinked(cut: Cut) -> Cut:
    """A link with one clip in it links nothing: what a reader makes of it is no link."""
    counted: dict[str, int] = {}
    for one in cut.tracks:
        for item in one.clips:
            counted[item.link] = counted.get(item.link, 0) + 1
    return replace(
        cut,
        tracks=tuple(
            replace(
                one,
                items=tuple(
                    replace(
                        item,
                        link=item.link if counted[item.link] > 1 else "",
                        inner=_alone_unlinked(item.inner) if item.inner else None,
                    )
                    if isinstance(item, Clip)
                    else item
                    for item in one.items
                ),
            )
            for one in cut.tracks
        ),
    )


@settings(max_examples=60, deadline=None)
@given(cut=cuts())
def test_what_is_written_is_read_again(cut: Cut) -> None:
    data, _ = write_xmeml(cut)
    again, losses = read_xmeml(data)
    assert bare(again) == bare(_alone_unlinked(cut))
    assert losses == ()


@settings(max_examples=30, deadline=None)
@given(cut=cuts())
def test_an_untouched_cut_is_written_byte_for_byte_again(cut: Cut) -> None:
    first, _ = write_xmeml(cut)
    read, _ = read_xmeml(first)
    second, losses = write_xmeml(read)
    assert second == first
    assert losses == ()


@settings(max_examples=30, deadline=None)
@given(cut=cuts(depth=0), by=st.integers(1, 50))
def test_edited_clips_of_a_read_document_take_their_new_times(cut: Cut, by: int) -> None:
    read, _ = read_xmeml(write_xmeml(cut)[0])
    moved = replace(read, tracks=tuple(_rippled(one, by) for one in read.tracks))
    again, _ = read_xmeml(write_xmeml(moved)[0])
    assert bare(again) == bare(moved)


def _rippled(one: Track, by: int) -> Track:
    """All items later by some frames; every second clip without a transition beside it slipped, renamed and toggled."""
    items: list[Item] = []
    for index, item in enumerate(one.items):
        if isinstance(item, Transition):
            items.append(replace(item, record=item.record.shifted(by), cut=item.cut + by))
        elif isinstance(item, Clip):
            changed = replace(item, record=item.record.shifted(by))
            if index % 2 and item.source is not None:
                source = item.source.shifted(by)
                changed = replace(changed, source=source, name=f"{item.name} é", enabled=not item.enabled)
            items.append(changed)
    return replace(one, items=tile(items))


@settings(max_examples=30, deadline=None)
@given(cut=cuts(depth=0))
def test_in_and_out_count_sequence_frames_for_programs_that_know_no_ticks(cut: Cut) -> None:
    plain = replace(cut, tracks=tuple(_plain(one) for one in cut.tracks))
    rows = walk(write_xmeml(plain)[0])
    clips = [(one, item) for one in plain.tracks for item in one.clips]
    assert [(row.start, row.end) for row in rows] == [(item.record.start, item.record.end) for _, item in clips]
    for row, (_, item) in zip(rows, clips, strict=True):
        assert item.media is not None and item.media.rate is not None and item.source is not None
        exact = Fraction(item.source.start) / item.media.rate.fraction * cut.rate.fraction
        assert abs(row.first - exact) <= Fraction(1, 2)


def _plain(one: Track) -> Track:
    items = [replace(item, speed=Fraction(1)) for item in one.items if isinstance(item, Clip)]
    return replace(one, items=tile(items))


@settings(max_examples=20, deadline=None)
@given(cut=cuts(depth=0))
def test_another_reader_sees_the_same_record_times(cut: Cut) -> None:
    """OpenTimelineIO's reader counts from track starts; sound is left out, of stereo it reads one side."""
    plain = replace(cut, tracks=tuple(_plain(one) for one in cut.tracks if one.kind == "video"))
    timeline = otio.adapters.read_from_string(write_xmeml(plain)[0].decode(), "fcp_xml")
    theirs = [
        (span.start_time.value, span.duration.value)
        for one in timeline.tracks
        for item in one
        if isinstance(item, otio.schema.Clip)
        for span in [one.range_of_child(item)]
    ]
    assert theirs == [(item.record.start, item.record.duration) for one in plain.tracks for item in one.clips]
