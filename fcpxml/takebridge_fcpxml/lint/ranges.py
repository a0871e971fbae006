"""Rules about what clips use of their media: bounds, split edits, retiming, conforming.

A clip shows its local time from ``start`` for ``Standing.local_duration``; through a time map, the original times of
both ends. One frame of tolerance is needed: Final Cut Pro's browser clips are the length of their media rounded to a
grid (a 96228294/720000s clip of a 133.65 s sound file in EventsWithKeywords).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from lxml import etree

from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.lint.survey import Bounds, Standing, Survey, TimelineSurvey, name_of, start_of
from takebridge_fcpxml.placement import ONE
from takebridge_fcpxml.rates import SOURCE_RATES, source_rate_name
from takebridge_fcpxml.times import parse_time
from takebridge_fcpxml.view import Media, Timeline, TimeMap

_PLAYS_ASSET = frozenset({"asset-clip", "video", "audio"})
_PLAYS_MEDIA = frozenset({"ref-clip", "mc-clip"})
_NONE: frozenset[str] = frozenset()
#: Where neither the timeline nor the media has a rate (sound in the browser).
_ANY_FRAME = Fraction(1, 24)


def check_ranges(survey: Survey, timeline: TimelineSurvey) -> None:
    """Every item of one timeline against the media or compound it plays."""
    frame, rate = timeline.frame or _ANY_FRAME, timeline.rate
    # Assets whose rate needs no more thought here: that of the timeline, none, or complained about already.
    settled: set[str] = set()
    for one in timeline.items if survey.has_splits else timeline.fresh:
        element = one.element
        tag = element.tag
        parts = survey.rated.get(element, _NONE)
        if tag in _PLAYS_ASSET:
            identifier = element.get("ref") or ""
            bounds = survey.bounds(identifier)
            if bounds is not None:
                if parts or not _is_plain(timeline, one):
                    _check_bounds(survey, one, bounds, frame)
                if tag == "asset-clip" and identifier not in settled and not parts:
                    settled.add(identifier)
                    _check_conform_missing(survey, element, rate, bounds)
                if survey.has_splits:
                    _check_split(survey, one, bounds, frame)
                if "conform-rate" in parts:
                    _check_conform(survey, element, rate, bounds)
        elif tag in _PLAYS_MEDIA:
            _check_compound(survey, one, frame)
        if "timeMap" in parts:
            _check_time_map(survey, element)


def _is_plain(timeline: TimelineSurvey, one: Standing) -> bool:
    """Whether an item without retiming uses a range the survey found inside its media."""
    return (one.row.ref, one.row.start, one.row.duration) in timeline.inside


def _check_bounds(survey: Survey, one: Standing, bounds: Bounds, frame: Fraction) -> None:
    element = one.element
    time_map = element.find("timeMap")
    try:
        # Not every pair of rates was seen in exports, so a conformed clip must be outside scaled and unscaled.
        begin, end = start_of(element), start_of(element) + one.duration * min(one.scale, ONE)
        retimed = time_map is not None
        if time_map is not None:
            view = TimeMap(time_map, survey.document)
            ends = view.original(begin), view.original(end)
            begin, end = min(ends), max(ends)
    except FcpxmlError:
        return  # bad-time and time-map say so
    tolerance = max(frame, 1 / bounds.rate) if bounds.rate else frame
    early, late = bounds.start - begin, end - bounds.end
    if early < tolerance and late < tolerance:
        return
    if early >= tolerance:
        hint = "Its start counts from the start timecode of the asset: set start to at least asset start."
        what = f"begins {_frames(early, tolerance)} before its media"
    else:
        hint = "Trim it, or slip it back: Final Cut Pro reports an invalid edit with no respective media."
        what = f"ends {_frames(late, tolerance)} after its media"
    survey.report.add(
        "outside-media",
        element,
        f"{name_of(element)} {what}{' when its retiming is counted in' if retimed else ''}.",
        hint,
        severity="info" if retimed else None,
    )


def _check_split(survey: Survey, one: Standing, bounds: Bounds, frame: Fraction) -> None:
    element = one.element
    if element.get("audioStart") is None and element.get("audioDuration") is None:
        return
    if element.find("timeMap") is not None:
        return  # split times of a retimed clip: no export seen
    try:
        begin = parse_time(element.get("audioStart") or element.get("start") or "0s")
        length = parse_time(element.get("audioDuration") or element.get("duration") or "0s")
    except FcpxmlError:
        return
    early, late = bounds.start - begin, begin + length * min(one.scale, ONE) - bounds.end
    if early < frame and late < frame:
        return
    what = f"begins {_frames(early, frame)} before" if early >= frame else f"ends {_frames(late, frame)} after"
    survey.report.add(
        "audio-outside-media",
        element,
        f"{name_of(element)} has sound that {what} its media.",
        "Shorten the split edit: set audioStart and audioDuration inside the asset.",
        attribute="audioStart",
    )


def _check_compound(survey: Survey, one: Standing, frame: Fraction) -> None:
    resource = survey.document.resource(one.element.get("ref"))
    if (
        resource is None
        or resource.tag != "media"
        or (one.element in survey.rated and one.element.find("timeMap") is not None)
    ):
        return
    media = Media(resource, survey.document)
    wanted = "multicam" if one.element.tag == "mc-clip" else "sequence"
    played: Timeline | None = media.multicam if wanted == "multicam" else media.sequence
    if played is None:
        if media.multicam is not None or media.sequence is not None:
            survey.report.add(
                "wrong-reference",
                one.element,
                f"{name_of(one.element)} plays {media.id!r}, which is not a {wanted}.",
                "Use a mc-clip for multicams and a ref-clip for compounds.",
                attribute="ref",
            )
        return
    try:
        if played.duration is None:
            return
        early = played.tc_start - start_of(one.element)
        late = start_of(one.element) + one.duration * min(one.scale, ONE) - played.tc_start - played.duration
    except FcpxmlError:
        return
    if early < frame and late < frame:
        return
    what = f"begins {_frames(early, frame)} before" if early >= frame else f"ends {_frames(late, frame)} after"
    survey.report.add(
        "outside-compound",
        one.element,
        f"{name_of(one.element)} {what} the {wanted} it plays.",
        f"Trim it to the {wanted}, or it shows black there.",
    )


def _check_conform_missing(survey: Survey, element: etree._Element, rate: Fraction | None, bounds: Bounds) -> None:
    """One finding an asset and timeline.

    Exports leave conform-rate out of retimed clips (the sequences at 25i, 30, 50 and 59.94).
    """
    name = source_rate_name(rate) if rate else None
    if bounds.rate is None or name is None or bounds.rate == rate:
        return
    media = source_rate_name(bounds.rate)
    survey.report.add(
        "conform-missing",
        element,
        f"{name_of(element)} is {media} fps media in a {name} fps timeline without conform-rate.",
        f'Add <conform-rate srcFrameRate="{media}"/> to every clip of this asset.',
    )


def _check_conform(survey: Survey, element: etree._Element, rate: Fraction | None, bounds: Bounds | None) -> None:
    conform = element.find("conform-rate")
    if conform is None or bounds is None or bounds.rate is None:
        return
    word = conform.get("srcFrameRate")
    stated = None if word is None else SOURCE_RATES.get(word)
    if word is None:
        if rate is None or rate == bounds.rate or conform.get("scaleEnabled") == "0":
            return
        what = "does not say which rate its media has"
    elif stated is None or stated in (bounds.rate, 2 * bounds.rate):  # interlaced media may be named by its fields
        return
    else:
        what = f"says its media runs at {word} fps"
    survey.report.add(
        "conform-source",
        conform,
        f"The conform-rate {what}; the format of the asset says {source_rate_name(bounds.rate)}.",
        f'Set srcFrameRate="{source_rate_name(bounds.rate)}", or correct the format of the asset.',
        attribute="srcFrameRate",
    )


def _check_time_map(survey: Survey, element: etree._Element) -> None:
    time_map = next(element.iterchildren("timeMap"))
    try:
        times = [point.time for point in TimeMap(time_map, survey.document).points]
    except FcpxmlError:
        return
    if len(times) < 2:
        what = "fewer than two points, so it gives no speed"
    elif any(second <= first for first, second in pairwise(times)):
        what = "points out of order"
    else:
        return
    survey.report.add(
        "time-map",
        time_map,
        f"The time map has {what}.",
        "Write its points with rising time, the first and last at the ends of the media; or reset the speed.",
    )


def _frames(value: Fraction, frame: Fraction) -> str:
    count = float(value / frame)
    return f"{count:,.0f} frames" if count >= 100 else f"{count:.4g} frame{'' if count == 1 else 's'}"
