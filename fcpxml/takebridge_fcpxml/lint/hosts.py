"""Rules for a named target: what DaVinci Resolve refuses or silently changes.

Sources: releases from 18 on take version 1.10 (18.6.6 refuses 1.12, some refuse 1.14); media is found again by an
asset's name, which must be the file name; levels are read only as bare numbers; a time map that ends where its clip
ends leaves the tail black.
"""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.lint.survey import Survey, TimelineSurvey, name_of, start_of
from takebridge_fcpxml.versions.history import READABLE
from takebridge_fcpxml.view import Asset, TimeMap

_EVERYWHERE = READABLE[: READABLE.index("1.10") + 1]


def check_resolve(survey: Survey) -> None:
    """The document for Resolve."""
    version = survey.document.version
    if version in READABLE and version not in _EVERYWHERE:
        survey.report.add(
            "resolve-version",
            survey.root,
            f"Not every Resolve reads FCPXML {version}: 18.6 refuses 1.12, and 1.14 was refused in 2026.",
            "Convert it to 1.10, which every release from 18 on reads.",
            attribute="version",
        )
    for element in survey.root.iterfind("resources/asset"):
        asset = Asset(element, survey.document)
        if asset.src and asset.name != asset.file_name:
            survey.report.add(
                "resolve-name",
                element,
                f"The asset is named {asset.name!r}, its file {asset.file_name!r}.",
                "Name it like the file, with extension: Resolve relinks by this name.",
                attribute="name",
            )
    _check_clip_names(survey)
    for element in survey.root.iter("adjust-volume"):
        if (element.get("amount") or "").strip().lower().endswith("db"):
            survey.report.add(
                "resolve-volume",
                element,
                f"The level is {element.get('amount')!r}; Resolve reads only a bare number and drops this one.",
                "Write it without dB, such as -13.1.",
                attribute="amount",
            )


def _check_clip_names(survey: Survey) -> None:
    """One finding an asset, at its first clip that is called something else."""
    renamed: dict[str, list[etree._Element]] = {}
    for clip in survey.root.iter("asset-clip"):
        resource = survey.document.resource(clip.get("ref"))
        if resource is None or resource.tag != "asset":
            continue
        if clip.get("name") != Asset(resource, survey.document).file_name:
            renamed.setdefault(clip.get("ref", ""), []).append(clip)
    for identifier, clips in renamed.items():
        resource = survey.document.resource(identifier)
        name = "" if resource is None else Asset(resource, survey.document).file_name
        if name:
            survey.report.add(
                "resolve-name",
                clips[0],
                f"{name_of(clips[0])} plays the file {name!r}; {len(clips)} of its clips have another name.",
                "Name clips like the file, with extension: Resolve relinks by this name.",
                attribute="name",
            )


def check_resolve_timeline(survey: Survey, timeline: TimelineSurvey) -> None:
    """One timeline for Resolve: time maps cut off at the edge of their clip."""
    for one in timeline.items:
        element = one.element
        time_map = element.find("timeMap") if len(element) else None
        if time_map is None:
            continue
        try:
            points = TimeMap(time_map, survey.document).points
            last = max((point.time for point in points), default=None)
            value = max((point.value for point in points), default=Fraction(0))
            end = start_of(one.element) + one.local_duration
        except FcpxmlError:
            continue
        bounds = survey.bounds(element.get("ref") or "")
        whole = bounds is not None and value >= bounds.end - bounds.start
        if last is not None and last <= end and not whole:
            survey.report.add(
                "resolve-time-map",
                time_map,
                f"{name_of(element)} has a time map that ends with the clip; Resolve blacks the tail.",
                "Let the map cover the whole media and choose the part with start.",
            )
