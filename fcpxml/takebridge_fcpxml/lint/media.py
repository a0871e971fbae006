"""Rules about resources: formats, assets, files."""

from __future__ import annotations

import re

from lxml import etree

from takebridge_fcpxml import urls
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.lint.survey import STILL_FORMAT, Survey, is_still, tag_of
from takebridge_fcpxml.times import parse_time
from takebridge_fcpxml.view import Asset

# Final Cut Pro leaves the reserved characters of RFC 3986 raw; Resolve trips over ' and & (they end up as entities).
# A format by one of Final Cut Pro's own names has the rate the name says, and so may go without on media.
_NAMED_RATE = re.compile(r"FFVideoFormat\w*[pi]\d{2,4}", re.ASCII)
_RESERVED = re.compile("[&']")


def check_media(survey: Survey) -> None:
    """Formats that timelines and assets use, and the files assets name."""
    settled = _check_timeline_formats(survey)
    files: dict[str, list[etree._Element]] = {}
    for element in survey.root.iterfind("resources/asset"):
        asset = Asset(element, survey.document)
        _check_asset_format(survey, asset, settled)
        _check_files(survey, asset)
        path = asset.media_path or asset.src
        if path:
            files.setdefault(path, []).append(element)
    for path, assets in files.items():
        if len(assets) > 1:
            survey.report.add(
                "same-file",
                assets[1],
                f"{len(assets)} assets name the file {path.rpartition('/')[2]!r}, the first at line "
                f"{assets[0].sourceline}.",
                "One asset a file is enough; several can arrive as several media in the library.",
            )


def _check_timeline_formats(survey: Survey) -> set[str]:
    """The ids of the formats about which there is nothing more to say."""
    settled: set[str] = set()
    for timeline in (*survey.all["sequence"], *survey.all["multicam"]):
        identifier = timeline.get("format")
        form = survey.document.resource(identifier)
        if identifier is not None and (form is None or form.tag != "format"):
            continue  # dangling-reference or wrong-reference says so
        if identifier is None or form is None:
            survey.report.add(
                "no-frame-duration",
                timeline,
                f"The {tag_of(timeline)} names no format, so it has no frame rate.",
                "Give it the id of a format with a frameDuration, such as 1001/24000s.",
            )
        elif identifier not in settled:
            settled.add(identifier)
            if _has_rate(form):
                continue
            holder = timeline.getparent()
            layered = form.get("name") == STILL_FORMAT and holder is not None and holder.tag == "media"
            survey.report.add(
                "no-frame-duration",
                form,
                f"The format {identifier!r} of the {tag_of(timeline)} at line {timeline.sourceline} has no "
                "frameDuration.",
                "Add one, such as 1001/24000s: without it every edit is lost as insufficient data.",
                severity="info" if layered else None,
            )
    return settled


def _check_asset_format(survey: Survey, asset: Asset, settled: set[str]) -> None:
    identifier = asset.format_id
    if identifier is None or identifier in settled:
        return
    form = survey.document.resource(identifier)
    if form is None or form.tag != "format" or _has_rate(form):
        settled.add(identifier)
        return
    try:
        if not asset.has_video or is_still(asset) or form.get("name") == STILL_FORMAT:
            return
    except FcpxmlError:
        return
    settled.add(identifier)
    survey.report.add(
        "no-frame-duration",
        form,
        f"The format {identifier!r} of the asset {asset.name!r} (line {asset.line}) has no frameDuration.",
        "Add the frame duration of the file, such as 1001/24000s; only stills go without one.",
        severity="info" if _NAMED_RATE.fullmatch(form.get("name") or "") else None,
    )


def _has_rate(form: etree._Element) -> bool:
    """Whether the frame duration is above 0; one that is no time counts, as bad-time says so."""
    text = form.get("frameDuration") or ""
    try:
        return bool(text.strip()) and parse_time(text) > 0
    except FcpxmlError:
        return True


def _check_files(survey: Survey, asset: Asset) -> None:
    reps = [child for child in asset.element[:] if child.tag == "media-rep"]
    named = [(element, url) for element in (asset.element, *reps) if (url := element.get("src"))]
    if not named:
        survey.report.add(
            "no-media-file",
            asset.element,
            f"The asset {asset.name!r} names no file.",
            "Add a media-rep with the file's URL as src (below version 1.9: src on the asset itself).",
        )
    for element, url in named:
        _check_url(survey, element, url)


def _check_url(survey: Survey, element: etree._Element, url: str) -> None:
    path = urls.to_path(url)
    absolute = path is not None and url.strip().lower().startswith("file:")
    if not absolute and (path is None or survey.document.bundle is None):
        survey.report.add(
            "url-not-file",
            element,
            f"The media URL {_short(url)} is not an absolute file URL.",
            "Write file:///… with the whole path; relative ones work only inside an .fcpxmld bundle.",
            attribute="src",
            severity=survey.quirk,
        )
    raw = not urls.is_encoded(url.replace("&", "")) or (survey.target == "resolve" and _RESERVED.search(url))
    if raw:
        survey.report.add(
            "url-encoding",
            element,
            f"The media URL {_short(url)} holds characters that must be percent-encoded.",
            "Encode them (a space is %20), or the media comes in offline.",
            attribute="src",
            severity=survey.quirk,
        )


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else "…" + text[-79:])
