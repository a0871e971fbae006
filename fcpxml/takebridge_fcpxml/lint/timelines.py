"""Rules about storylines and the items in them: grid, order, lanes, durations, auditions, markers."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.grammar import ITEMS, PICKS
from takebridge_fcpxml.lint.survey import (
    NO_LANE,
    SHOWN_MARKERS,
    Standing,
    Survey,
    TimelineSurvey,
    name_of,
    start_of,
    tag_of,
    with_article,
)
from takebridge_fcpxml.placement import ZERO
from takebridge_fcpxml.times import on_grid, parse_time

#: What can contain items besides having them connected; in all others a child needs a lane.
_CONTAINERS = frozenset({"clip", "sync-clip", "audition"})
#: Where no format gives a frame, positions this near count as the same.
SMALLEST_FRAME = Fraction(1, 120)


def check_timeline(survey: Survey, timeline: TimelineSurvey) -> None:
    """Everything about one timeline but its media and transitions."""
    for storyline, items in timeline.storylines.items():
        _check_storyline(survey, timeline, storyline, items)
    for one in timeline.items:
        element = one.element
        if one.duration.numerator <= 0:
            _check_duration(survey, timeline, one)
        lane = one.row.lane
        if one.storyline is not None:
            if lane is not None:
                _check_storyline_lane(survey, element)
        elif (lane is None or lane in NO_LANE) and one.host is not None and one.host.tag not in _CONTAINERS:
            _report_no_lane(survey, element, str(one.host.tag))
        if element.tag == "audition":
            _check_audition(survey, element)


def _check_storyline(
    survey: Survey, timeline: TimelineSurvey, storyline: etree._Element, items: list[Standing]
) -> None:
    frame = timeline.frame
    primary = storyline.getparent() is timeline.element or storyline is timeline.element
    # Contents of a clip run at the clip's own rate, angles of a multicam at their cameras': seen in exports
    # (GeneralDemo: an angle's last item ends between two frames).
    contained = not primary and storyline.get("lane", "0") in NO_LANE
    on_frames = frame is not None and timeline.element.tag == "sequence" and not contained
    grid = _Grid(survey, frame or SMALLEST_FRAME, _origin(timeline) if primary else ZERO)
    expected: int | None = None  # the frame where the next item should begin, while that is known in whole frames
    before: Standing | None = None
    for one in items:
        begin, length = grid.check(one) if on_frames else (None, None)
        if one.element.tag == "transition":
            continue
        if before is None:
            if primary and timeline.element.tag == "sequence":
                _check_first(survey, timeline, one)
        elif begin is None or begin != expected:
            _check_cut(survey, timeline, before, one)
        before = one
        expected = None if begin is None or length is None else begin + length


class _Grid:
    """The frames of one storyline. Each spelling is worked out once: cuts repeat lengths, and one cut ends another."""

    def __init__(self, survey: Survey, frame: Fraction, origin: Fraction) -> None:
        self._survey = survey
        self._frame = frame
        self._ratio = frame.as_integer_ratio()
        self._origin = origin
        self._known: dict[str, int] = {}

    def check(self, one: Standing) -> tuple[int | None, int | None]:
        """Offset and duration in whole frames, None for what is absent, unreadable or off the grid (and told so)."""
        offset, duration = one.row.offset, one.row.duration
        return (
            None if offset is None else self._known.get(offset) or self._frames(one, "offset", offset),
            None if duration is None else self._known.get(duration) or self._frames(one, "duration", duration),
        )

    def _frames(self, one: Standing, name: str, text: str) -> int | None:
        try:
            value = parse_time(text)
        except FcpxmlError:
            return None
        above, below = value.as_integer_ratio()
        frame, frame_below = self._ratio
        frames, rest = divmod(above * frame_below, below * frame)
        if rest == 0:
            self._known[text] = frames
            return frames
        # A timecode origin between two frames moves the whole grid; items then stand on either of the two.
        if name == "duration" or not self._origin or not on_grid(value - self._origin, self._frame):
            self._report(one, name, value)
        return None

    def _report(self, one: Standing, name: str, value: Fraction) -> None:
        place = f"{float(value / self._frame):.3f} frames"
        self._survey.report.add(
            "off-grid",
            one.element,
            f"{name_of(one.element)} has its {name} at {place}, between two frames of the sequence.",
            f"Round {name} to whole frames of {self._frame}s; Final Cut Pro would insert a gap and warn that it is not "
            "on an edit frame boundary.",
            attribute=name,
        )


def _origin(timeline: TimelineSurvey) -> Fraction:
    text = timeline.element.get("tcStart")
    try:
        return parse_time(text) if text else Fraction(0)
    except FcpxmlError:
        return Fraction(0)


def _check_first(survey: Survey, timeline: TimelineSurvey, one: Standing) -> None:
    late = one.begin - _origin(timeline)
    frame = timeline.frame or SMALLEST_FRAME
    if abs(late) >= frame and one.readable and one.element.get("offset") is not None:
        survey.report.add(
            "hole",
            one.element,
            f"{name_of(one.element)} is the first item and stands {_frames(abs(late), frame)} "
            f"{'after' if late > 0 else 'before'} the start of the sequence (tcStart).",
            "Start the first item at tcStart, or put a gap before it.",
            attribute="offset",
            severity="info",
        )


def _check_cut(survey: Survey, timeline: TimelineSurvey, before: Standing, one: Standing) -> None:
    frame = timeline.frame or SMALLEST_FRAME
    apart = one.begin - before.end
    if abs(apart) < frame or not before.readable or not one.readable:
        return  # less than a frame apart is off-grid, and said so
    element, other = one.element, before.element
    where = f"the {tag_of(other)} before it (line {other.sourceline})"
    if apart < 0:
        survey.report.add(
            "overlap",
            element,
            f"{name_of(element)} begins {_frames(-apart, frame)} before {where} ends.",
            "Items of a storyline follow one another: correct the offset, trim one of them, or connect it with a lane.",
            attribute="offset",
        )
    else:
        survey.report.add(
            "hole",
            element,
            f"{name_of(element)} begins {_frames(apart, frame)} after {where} ends.",
            "Put a gap of that length between them, or correct the offset.",
            attribute="offset",
        )


def _frames(value: Fraction, frame: Fraction) -> str:
    if frame == SMALLEST_FRAME:
        return f"{float(value):.3f} s"
    count = value / frame
    return f"{float(count):g} frame{'' if count == 1 else 's'}"


def _check_duration(survey: Survey, timeline: TimelineSurvey, one: Standing) -> None:
    element = one.element
    if element.get("duration") is None:
        if not one.readable and element.tag not in ("asset-clip", "audition"):
            survey.report.add(
                "duration-missing",
                element,
                f"{name_of(element)} has no duration.",
                "Give it one: only asset clips may take theirs from the media.",
            )
        return  # taken from media without a length, such as a still
    if not one.readable:
        return  # bad-time says so
    if one.duration < 0:
        message, hint = "has a negative duration.", "Remove it, or give it the length it should have."
    elif one.storyline is None:
        return  # exports hold stills without a length inside clips
    else:
        message, hint = "has a duration of 0, so it shows nothing.", "Remove it, or give it at least one frame."
    survey.report.add("duration", element, f"{name_of(element)} {message}", hint, attribute="duration")


def _check_storyline_lane(survey: Survey, element: etree._Element) -> None:
    if element.tag in ("gap", "transition") or element.get("lane", "").strip() in ("0", ""):
        return
    survey.report.add(
        "lane-in-storyline",
        element,
        f"{name_of(element)} has a lane, but stands in a storyline, where lanes mean nothing.",
        "Remove the lane, or move the item into the clip it should be connected to.",
        attribute="lane",
    )


def _report_no_lane(survey: Survey, element: etree._Element, host: str) -> None:
    if element.tag in ("gap", "transition"):
        return
    survey.report.add(
        "no-lane",
        element,
        f"{name_of(element)} is connected to {with_article(host)} without a lane above or below it.",
        "Give it lane 1 (above) or -1 (below).",
        severity=survey.quirk,
    )


def check_connected_storylines(survey: Survey) -> None:
    """Storylines connected to something that cannot contain one need a lane as well."""
    for spine in survey.all["spine"]:
        host = spine.getparent()
        if host is None or host.tag == "audition" or host.tag in _CONTAINERS or host.tag not in ITEMS:
            continue
        if (spine.get("lane") or "0").strip() in ("0", ""):
            _report_no_lane(survey, spine, str(host.tag))


def _check_audition(survey: Survey, audition: etree._Element) -> None:
    picks = 0
    for child in audition.iterchildren(tag=etree.Element):
        if child.tag in PICKS:
            picks += 1
            _check_pick(survey, child)
        elif child.tag in ITEMS or child.tag == "spine":
            survey.report.add(
                "audition-pick",
                child,
                f"An audition cannot hold {with_article(str(child.tag))}.",
                "Put it into a compound clip (ref-clip) and that into the audition.",
            )
    if not picks:
        survey.report.add(
            "audition-empty", audition, "The audition holds no clip to pick.", "Remove it, or add the takes."
        )


def _check_pick(survey: Survey, pick: etree._Element) -> None:
    if pick.get("lane") is not None or _offset(pick) != 0:
        survey.report.add(
            "audition-offset",
            pick,
            f"{name_of(pick)} is a pick of an audition and has an offset or lane of its own.",
            "Put offset and lane on the audition and remove them here: all picks stand where the audition stands.",
        )


def _offset(element: etree._Element) -> Fraction:
    try:
        return parse_time(element.get("offset", "0s"))
    except FcpxmlError:
        return Fraction(0)


def check_markers(survey: Survey, timelines: list[TimelineSurvey]) -> None:
    """One finding a document: exports keep markers on the hidden part of trimmed clips."""
    hosts: dict[etree._Element, list[etree._Element]] = {}
    for marker in (marker for tag in SHOWN_MARKERS for marker in survey.all[tag]):
        host = marker.getparent()
        # Markers of transitions have a time of their own.
        if host is not None and host.tag != "transition":
            hosts.setdefault(host, []).append(marker)
    if not hosts:
        return
    outside = [
        marker
        for timeline in timelines
        if not timeline.is_browser_clip
        for one in timeline.items
        if one.element in hosts
        for marker in _hidden(one, hosts[one.element])
    ]
    if outside:
        count = len(outside)
        first = min(outside, key=lambda marker: marker.sourceline or 0)
        survey.report.add(
            "marker-outside",
            first,
            f"{count} marker{'' if count == 1 else 's'} on timelines lie{'s' if count == 1 else ''} outside the part "
            "their clip shows; this is the first.",
            "Nobody sees them until the clip is extended; remove them if they came with a copy.",
            attribute="start",
        )


def _hidden(one: Standing, markers: list[etree._Element]) -> list[etree._Element]:
    begin: Fraction | None = None
    shown = "0s" if one.row.start is None else one.row.start
    found: list[etree._Element] = []
    for marker in markers:
        text = marker.get("start") or "0s"
        if text == shown:
            continue
        try:
            if begin is None:
                begin = start_of(one.element)
                end = begin + one.local_duration
            if not begin <= parse_time(text) <= end:
                found.append(marker)
        except FcpxmlError:
            continue
    return found
