"""Rules about single attributes and the order of elements: one pass over all elements.

Every attribute that is looked at has a check with the set of values known to be good, so a value costs one look-up and
is only thought about when it is new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from lxml import etree

from takebridge_fcpxml import grammar
from takebridge_fcpxml.errors import TimeValueError
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.lint.survey import Survey, tag_of, with_article
from takebridge_fcpxml.rates import SOURCE_RATES
from takebridge_fcpxml.times import MAX_DENOMINATOR, MAX_NUMERATOR, parse_time

Report = Callable[[Survey, etree._Element, str, str], None]


class Check(NamedTuple):
    """How one attribute is looked at: the values known to be good, how a new one is judged, what is said of a bad one.

    A value is good or bad wherever it stands.
    """

    good: set[str | None]
    is_good: Callable[[str], bool]
    report: Report


_TIME = re.compile(r"\s*([+-]?\d+)(?:/(\d+)|\.(\d+))?s\s*", re.ASCII)
_MOD_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}", re.ASCII)
_CLIP_TIMES = ("offset", "start", "duration")
_SPLIT = ("audioStart", "audioDuration")
_TIMES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(ITEMS, _CLIP_TIMES),
    **dict.fromkeys(("asset-clip", "clip", "sync-clip", "ref-clip", "mc-clip"), (*_CLIP_TIMES, *_SPLIT, "tcStart")),
    **dict.fromkeys(grammar.MARKERS, ("start", "duration")),
    **dict.fromkeys(("audio-channel-source", "audio-role-source", "mute"), ("start", "duration")),
    "chapter-marker": ("start", "duration", "posterOffset"),
    "spine": ("offset",),
    "sequence": ("duration", "tcStart"),
    "multicam": ("duration", "tcStart"),
    "asset": ("start", "duration"),
    "format": ("frameDuration",),
    "timept": ("time", "value", "inTime", "outTime"),
    "keyframe": ("time",),
    "fadeIn": ("duration",),
    "fadeOut": ("duration",),
}
_FILTERS = ("filter-video", "filter-audio")
#: References of DTD type IDREF and what they may name.
_REFERENCES: dict[tuple[str, str], tuple[str, ...]] = {
    ("asset-clip", "ref"): ("asset",),
    ("video", "ref"): ("asset", "effect"),
    ("audio", "ref"): ("asset", "effect"),
    ("title", "ref"): ("effect",),
    ("ref-clip", "ref"): ("media",),
    ("mc-clip", "ref"): ("media",),
    ("text-style", "ref"): ("text-style-def",),
    **{(tag, "ref"): ("effect",) for tag in _FILTERS},
    **{
        (tag, "format"): ("format",)
        for tag in ("asset", "sequence", "multicam", "spine", "clip", "asset-clip", "sync-clip")
    },
    ("media", "projectRef"): ("project",),
    ("adjust-transform", "tracking"): ("tracking-shape",),
    ("mask-shape", "tracking"): ("tracking-shape",),
    ("tracking-shape", "dataLocator"): ("locator",),
    ("adjust-cinematic", "dataLocator"): ("locator",),
    ("live-drawing", "dataLocator"): ("locator",),
}
_NEEDED = frozenset(("asset-clip", "video", "audio", "title", "ref-clip", "mc-clip", *_FILTERS))
_BIT = ("0", "1")
_SOURCES = ("all", "audio", "video")
#: Fixed words that are the same in DTDs 1.5 to 1.14.
_WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("sequence", "audioLayout"): ("mono", "stereo", "surround"),
    ("sequence", "audioRate"): ("32k", "44.1k", "48k", "88.2k", "96k", "176.4k", "192k"),
    **{(tag, "tcFormat"): ("DF", "NDF") for tag in ("sequence", "multicam", "clip", "asset-clip", "sync-clip")},
    **{(tag, "enabled"): _BIT for tag in ITEMS - {"transition"}},
    **{(tag, "srcEnable"): _SOURCES for tag in ("asset-clip", "ref-clip", "mc-clip")},
    ("mc-source", "srcEnable"): (*_SOURCES, "none"),
    ("conform-rate", "scaleEnabled"): _BIT,
    ("conform-rate", "srcFrameRate"): tuple(SOURCE_RATES),
    ("timeMap", "preservesPitch"): _BIT,
    ("timept", "interp"): ("smooth2", "linear", "smooth"),
    ("rating", "value"): ("favorite", "reject"),
    ("media-rep", "kind"): ("original-media", "proxy-media"),
    ("sync-source", "sourceID"): ("storyline", "connected"),
}


def check_values(survey: Survey) -> None:
    """Attributes, references, ids and the order of children, in one pass."""
    for element in survey.repeated:
        first = survey.ids[element.get("id", "")]
        survey.report.add(
            "duplicate-id",
            element,
            f"The id {element.get('id')!r} is already that of the {tag_of(first)} at line {first.sourceline}.",
            "Give one of them a new id, and its references with it.",
            attribute="id",
        )
    _check_attributes(survey, _checks(survey))
    _check_orders(survey)


def _check_attributes(survey: Survey, checks: dict[str, dict[str, Check]]) -> None:
    """By column: 300,000 attributes of a feature film hold few different values, and nearly all are good at sight."""
    for tag in survey.by_tag:
        if tag not in checks:
            continue
        shapes = survey.shapes(tag)
        present = {name for shape in shapes for name in shape.columns}
        for name, check in checks[tag].items():
            if name in present:
                _check_column(survey, tag, name, check)
        if not present.isdisjoint(_SPLIT):
            survey.has_splits = True
        if tag in _NEEDED and any("ref" not in shape.columns for shape in shapes):
            for element in survey.by_tag[tag]:
                if element.get("ref") is None:
                    _missing_reference(survey, element)


def _check_column(survey: Survey, tag: str, name: str, check: Check) -> None:
    columns = [shape.columns[name] for shape in survey.shapes(tag) if name in shape.columns]
    values = set[str]().union(*columns) - check.good
    bad = {value for value in values if not check.is_good(value)}
    check.good.update(values - bad)
    if bad:
        for element in survey.by_tag[tag]:
            value = element.get(name)
            if value is not None and value in bad:
                check.report(survey, element, name, value)


def _check_orders(survey: Survey) -> None:
    """The order of children, once for each sequence of names."""
    for tag, elements in survey.by_tag.items():
        if tag in grammar.ORDER:
            ordered: set[tuple[object, ...]] = set()
            for element in elements:
                if children := element[:]:
                    shape = tuple([child.tag for child in children])
                    if shape not in ordered:
                        ordered.add(shape)
                        _check_order(survey, element)


def _checks(survey: Survey) -> dict[str, dict[str, Check]]:
    checks: dict[str, dict[str, Check]] = {}
    times = Check(set(), _is_time, _report_time)
    for tag, names in _TIMES.items():
        checks.setdefault(tag, {}).update(dict.fromkeys(names, times))
    by_kind: dict[str, set[str]] = {}
    for identifier, element in survey.ids.items():
        by_kind.setdefault(str(element.tag), set()).add(identifier)
    for (tag, name), kinds in _REFERENCES.items():
        known = set[str | None]().union(*(by_kind.get(kind, set()) for kind in kinds))
        checks.setdefault(tag, {})[name] = Check(known, _is_known, _reference_report(kinds))
    for (tag, name), words in _WORDS.items():
        checks.setdefault(tag, {})[name] = Check(set(words), _is_known, _word_report(words))
    lanes = Check(set(), _is_lane, _report_lane)
    for tag in grammar.ANCHORED:
        checks[tag]["lane"] = lanes
    for tag in ("gap", "transition"):
        checks[tag]["lane"] = Check(set(), _is_known, _report_lane_on_gap)
    dates = Check(set(), _is_mod_date, _report_mod_date)
    for tag in ("project", "media", "asset-clip", "clip", "ref-clip", "mc-clip", "sync-clip", "audition"):
        checks.setdefault(tag, {})["modDate"] = dates
    return checks


def _is_known(value: str) -> bool:
    """For attributes whose good values are all listed: any other is bad."""
    return False


def _is_time(value: str) -> bool:
    """Whether nothing is to be said about a time: readable, short enough to fit as spelled, no decimals."""
    if len(value) < 20 and len(value) - value.find("/") < 12 and "." not in value and _readable(value):
        return True  # nearly all: too short to be too wide
    match = _TIME.fullmatch(value)
    if match is None or (match.group(2) is not None and not match.group(2).strip("0")):
        return False
    whole, denominator, decimals = match.groups()
    return decimals is None and not _too_wide(whole, denominator or "1")


def _report_time(survey: Survey, element: etree._Element, name: str, value: str) -> None:
    if name == "frameDuration" and not value.strip():
        return  # no-frame-duration says so where it matters
    match = _TIME.fullmatch(value)
    if match is None or (match.group(2) is not None and not match.group(2).strip("0")):
        survey.report.add(
            "bad-time", element, f"{name} is {_short(value)}, not a time.", "Write 5s or 1001/24000s.", attribute=name
        )
    elif _too_wide(match.group(1), match.group(2) or "1"):
        _report_width(survey, element, name, value)
    else:
        survey.report.add(
            "decimal-time",
            element,
            f"{name} is {_short(value)}: FCPXML times are whole or rational seconds.",
            "Write it as a rational number of frames, such as 1001/24000s.",
            attribute=name,
            severity="warning" if _readable(value) else "error",
        )


def _too_wide(whole: str, denominator: str) -> bool:
    digits = whole.lstrip("+-").lstrip("0")
    if len(digits) > 19 or len(denominator.lstrip("0")) > 10:
        return True
    return not -MAX_NUMERATOR - 1 <= int(whole) <= MAX_NUMERATOR or int(denominator) > MAX_DENOMINATOR


def _readable(value: str) -> bool:
    try:
        parse_time(value)
    except TimeValueError:
        return False
    return True


def _report_width(survey: Survey, element: etree._Element, name: str, value: str) -> None:
    reducible = _readable(value)
    message = f"{name} is {_short(value)}: a time has 64 bits above the line and 32 below."
    survey.report.add(
        "time-width",
        element,
        message + (" Reduced, it would fit." if reducible else ""),
        "Write the fraction reduced." if reducible else "Round it to the frame grid of its sequence.",
        attribute=name,
        severity="warning" if reducible else "error",
    )


def _reference_report(kinds: tuple[str, ...]) -> Report:
    wanted = " or ".join(kinds)

    def report(survey: Survey, element: etree._Element, name: str, value: str) -> None:
        if name == "dataLocator" and not value:
            return  # DTD 1.11: a drawing's locator "can be empty"
        found = survey.ids.get(value)
        if found is None:
            survey.report.add(
                "dangling-reference",
                element,
                f"{name} names the {wanted} {_short(value)}, which the document does not have.",
                f"Add that {kinds[0]} to the resources, or remove the {tag_of(element)}."
                if kinds[0] not in ("text-style-def", "project", "tracking-shape")
                else f"Add that {kinds[0]}, or remove the {name}.",
                attribute=name,
            )
        else:
            survey.report.add(
                "wrong-reference",
                element,
                f"{name} names {_short(value)}, which is the {tag_of(found)} at line {found.sourceline}; "
                f"{with_article(tag_of(element))} needs {with_article(wanted)}.",
                f"Point {name} to the {wanted} that is meant.",
                attribute=name,
            )

    return report


def _missing_reference(survey: Survey, element: etree._Element) -> None:
    kinds = " or ".join(_REFERENCES[str(element.tag), "ref"])
    survey.report.add(
        "dangling-reference",
        element,
        f"This {tag_of(element)} says nothing about which {kinds} it plays.",
        f"Give it the ref of the {kinds}, or remove it.",
    )


def _word_report(words: Iterable[str]) -> Report:
    listed = ", ".join(words)

    def report(survey: Survey, element: etree._Element, name: str, value: str) -> None:
        survey.report.add(
            "enum-value",
            element,
            f"{name} is {_short(value)}; Final Cut Pro knows {listed}.",
            "Use one of these words: with any other, the whole document is refused.",
            attribute=name,
        )

    return report


def _is_lane(value: str) -> bool:
    return re.fullmatch(r"\s*[+-]?\d{1,18}\s*", value, re.ASCII) is not None


def _report_lane(survey: Survey, element: etree._Element, name: str, value: str) -> None:
    survey.report.add(
        "bad-lane",
        element,
        f"lane is {_short(value)}, not a whole number.",
        "Use 1, 2 … above and -1, -2 … below the storyline.",
        attribute=name,
    )


def _report_lane_on_gap(survey: Survey, element: etree._Element, name: str, value: str) -> None:
    survey.report.add(
        "lane-on-gap",
        element,
        f"{with_article(tag_of(element)).capitalize()} cannot be connected, so it has no lane.",
        "Remove the lane; put it in a connected storyline (a spine with a lane) instead.",
        attribute=name,
    )


def _is_mod_date(value: str) -> bool:
    return _MOD_DATE.fullmatch(value) is not None


def _report_mod_date(survey: Survey, element: etree._Element, name: str, value: str) -> None:
    survey.report.add(
        "mod-date",
        element,
        f"modDate is {_short(value)}; Final Cut Pro writes 2024-05-31 18:00:00 +0200 and may refuse other forms.",
        "Leave modDate out.",
        attribute=name,
    )


def _check_order(survey: Survey, element: etree._Element) -> None:
    """Like ``grammar.misplaced``, but elements no table knows (of a newer version) may stand anywhere."""
    parent = str(element.tag)
    last = len(grammar.ORDER.get(parent, ()))
    highest, before = -1, ""
    for child in element.iterchildren(tag=etree.Element):
        tag = str(child.tag)
        own = grammar.rank(parent, tag)
        if own == last:
            continue
        if own < highest:
            survey.report.add(
                "element-order",
                child,
                f"<{tag}> stands after <{before}>; inside {with_article(parent)} it must come before it.",
                f"Move it up, before the first <{before}>: Final Cut Pro refuses the whole document otherwise.",
            )
            return
        if own > highest:
            highest, before = own, tag


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
