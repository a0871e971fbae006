"""Takes that came onto the timeline between two round trips, pulled one by one: the base learns what is agreed on.

A pull keeps which take both sides agree on (`store.cuts.CutStore.agree_on`); the kept cut still shows what the clip
showed before. Compared with that, the editor would seem to have changed the picture by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from takebridge.cut.edit_clip import kind_with
from takebridge.cut.model import Clip, Cut, Span, clips_of, whole
from takebridge.ids import LinkId
from takebridge.services.delivery import same_file
from takebridge.services.roundtrip_canvas import Shot, ShotIndex, clip_seconds, each_picture
from takebridge.store.cuts import Base
from takebridge.store.links import Delivery


def with_pulled(base: Base, editor: Cut, shots: Mapping[LinkId, Shot]) -> Base:
    """Return the base with each clip showing the agreed take where the editor's clip shows it.

    The frames are those the base's clip showed, in the delivered file: what was trimmed or slipped since the base
    stays the editor's change. Clips that are retimed, or show other media than their shot's, are left as they are.
    """
    index = ShotIndex(shots)
    now = {clip.key: clip for _, clip in clips_of(editor) if clip.key}

    def caught_up(clip: Clip) -> Clip:
        shot, mine = index.of(clip), now.get(clip.key)
        if shot is None or mine is None or mine.media is None or clip.media == mine.media:
            return clip
        delivery = _agreed(shot, base, mine.media.location)
        seconds = clip_seconds(clip, shot, base.cut.rate) if delivery else None
        if delivery is None or seconds is None:
            return clip
        start = whole((seconds - Fraction(delivery.origin)) * base.cut.rate.fraction)
        return _showing(clip, mine, Span.of(start, clip.record.duration))

    return replace(base, cut=each_picture(base.cut, caught_up))


def _agreed(shot: Shot, base: Base, shown: str) -> Delivery | None:
    take = base.pins.get(shot.id)
    return next((item for item in shot.deliveries if item.take_id == take and same_file(shown, item.path)), None)


def _showing(clip: Clip, mine: Clip, source: Span) -> Clip:
    takes = mine.takes
    if takes:
        shown = replace(takes[mine.active], source=source)
        takes = (*takes[: mine.active], shown, *takes[mine.active + 1 :])
    kind = kind_with(clip, mine.media) if mine.media else clip.kind
    return replace(clip, media=mine.media, source=source, takes=takes, active=mine.active, kind=kind)
