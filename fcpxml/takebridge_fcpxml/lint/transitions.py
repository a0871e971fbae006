"""Rules about transitions: what they join, where they stand, and the media under them.

In exports a transition covers half of the cut's either side (or 254 of 509 frames), or begins or ends a storyline with
all of itself over the one neighbour; neighbours are always at least as long, and the media always reaches.
"""

from __future__ import annotations

from fractions import Fraction

from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.lint.survey import Standing, Survey, TimelineSurvey, name_of, start_of, tag_of
from takebridge_fcpxml.lint.timelines import SMALLEST_FRAME
from takebridge_fcpxml.placement import ZERO


def check_transitions(survey: Survey, timeline: TimelineSurvey) -> None:
    """Every transition of one timeline."""
    for items in timeline.storylines.values():
        for index, one in enumerate(items):
            if one.element.tag != "transition":
                continue
            before = _clip(items[index - 1]) if index else None
            after = _clip(items[index + 1]) if index + 1 < len(items) else None
            _check(survey, one, before, after, timeline.frame or SMALLEST_FRAME)


def _clip(neighbour: Standing) -> Standing | None:
    return None if neighbour.element.tag == "transition" else neighbour


def _check(survey: Survey, one: Standing, before: Standing | None, after: Standing | None, frame: Fraction) -> None:
    element = one.element
    if before is None and after is None:
        survey.report.add(
            "transition-alone",
            element,
            f"{name_of(element)} has no item before or after it.",
            "Remove it, or put it at the edge of a clip.",
        )
        return
    for neighbour, side in ((before, "before"), (after, "after")):
        if neighbour is not None and one.duration - neighbour.duration >= frame:
            survey.report.add(
                "transition-too-long",
                element,
                f"{name_of(element)} is longer than the {tag_of(neighbour.element)} {side} it.",
                "Shorten the transition, or extend the clip.",
                attribute="duration",
                severity=survey.quirk,
            )
    if element.get("offset") is None:
        return
    # What the transition needs of either clip beyond their cut.
    sides = [
        (before, "outgoing", ZERO if before is None else one.end - before.end),
        (after, "incoming", ZERO if after is None else after.begin - one.begin),
    ]
    for clip, side, beyond in sides:
        if clip is not None and (beyond <= -frame or beyond - one.duration >= frame):
            survey.report.add(
                "transition-off-cut",
                element,
                f"{name_of(element)} does not touch the cut of the {side} {tag_of(clip.element)}.",
                "Move its offset: a transition begins half its length before the cut.",
                attribute="offset",
                severity=survey.quirk,
            )
            return
    for clip, side, beyond in sides:
        if clip is not None:
            _check_handles(survey, one, clip, side, beyond, frame)


def _check_handles(survey: Survey, one: Standing, clip: Standing, side: str, beyond: Fraction, frame: Fraction) -> None:
    handle = _handle(survey, clip, side == "outgoing")
    if handle is None or beyond - handle < frame:
        return
    have, need = max(0, int(handle / frame)), float(beyond / frame)
    survey.report.add(
        "transition-handles",
        one.element,
        f"The {side} {tag_of(clip.element)} {clip.element.get('name', '')!r} has {have} frames of handles under the "
        f"transition, which needs {need:g}.",
        "Shorten the transition, or trim the clip so that its media reaches under it.",
        severity=survey.quirk,
    )


def _handle(survey: Survey, clip: Standing, after: bool) -> Fraction | None:
    """Record seconds of media beyond the end (or before the start) of a clip; None where it cannot be told."""
    element = clip.element
    bounds = survey.bounds(element.get("ref") or "")
    if bounds is None or element.tag not in ("asset-clip", "video", "audio") or element.find("timeMap") is not None:
        return None
    try:
        start = start_of(element)
    except FcpxmlError:
        return None
    local = bounds.end - start - clip.local_duration if after else start - bounds.start
    return local / clip.scale
