"""Formats and assets: one format for equal pictures, one asset for a file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from takebridge_fcpxml import urls
from takebridge_fcpxml.edit.checks import exact, refuse
from takebridge_fcpxml.edit.plan import legal_text
from takebridge_fcpxml.errors import EditError
from takebridge_fcpxml.rates import SOURCE_RATES, format_suffix
from takebridge_fcpxml.times import format_time
from takebridge_fcpxml.view import Asset, Fcpxml, Format

REC_709 = "1-1-1 (Rec. 709)"
STILL_FORMAT = "FFVideoFormatRateUndefined"
# Sizes whose names were seen in exports with one of these rates; any other size has no name of its own.
_SIZE_NAMES = {
    (1920, 1080): "1080p",
    (1280, 720): "720p",
    (3840, 2160): "3840x2160p",
    (4096, 2160): "4096x2160p",
    (640, 480): "640x480p",
    (640, 360): "640x360p",
    (4096, 2048): "4096x2048p",
}
_NAMED_RATES = frozenset(SOURCE_RATES[word] for word in ("23.98", "24", "25", "29.97", "30", "50", "59.94", "60"))
_SPECIAL = ("paspH", "paspV", "projection", "stereoscopic", "heroEye")


def format_name(rate: Fraction | None, width: int, height: int) -> str:
    """The name Final Cut Pro knows a progressive format by: ``FFVideoFormat1080p2398``, or the undefined one."""
    size = _SIZE_NAMES.get((width, height))
    if rate not in _NAMED_RATES or rate is None or size is None:
        return STILL_FORMAT
    return f"FFVideoFormat{size}{format_suffix(rate)}"


def add_format(
    film: Fcpxml,
    frame_duration: Fraction | None,
    width: int,
    height: int,
    *,
    color_space: str | None = REC_709,
) -> Format:
    """The progressive format of this size, rate and colour: an equal one that exists, or a new one.

    ``frame_duration`` is seconds a frame, None for stills. Sizes and rates without a name get
    ``FFVideoFormatRateUndefined`` with everything spelled out. Raises EditError.
    """
    if frame_duration is not None:
        frame_duration = exact(film, frame_duration, "frame duration")
        if frame_duration <= 0:
            refuse(film, "A frame has no length.", "Give the seconds of a frame, such as Fraction(1001, 24000).")
    if not _positive(width) or not _positive(height):
        refuse(film, f"{width} by {height} is no picture size.", "Give whole pixels.")
    for candidate in film.resources.formats:
        if _same_format(candidate, frame_duration, width, height, color_space):
            return candidate
    attributes = {"name": format_name(1 / frame_duration if frame_duration else None, width, height)}
    if frame_duration is not None:
        attributes["frameDuration"] = format_time(frame_duration, _usual_timescale(frame_duration))
    attributes |= {"width": str(width), "height": str(height)}
    # DTD 1.7 brought colorSpace.
    if color_space is not None and version_of(film) >= (1, 7):
        attributes["colorSpace"] = legal_text(color_space, "colorSpace")
    added = film.resources.add_resource("format", **attributes)
    return Format(added.element, film.document)


def _positive(value: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _usual_timescale(frame_duration: Fraction) -> int:
    # Final Cut Pro spells 25 as 100/2500s, 23.976 as 1001/24000s.
    return frame_duration.denominator * 100 if frame_duration.numerator == 1 else 0


def _same_format(one: Format, frame_duration: Fraction | None, width: int, height: int, color: str | None) -> bool:
    rate = 1 / frame_duration if frame_duration else None
    if (one.rate, one.width, one.height) != (rate, width, height):
        return False
    if one.field_order not in (None, "progressive") or any(one.element.get(name) for name in _SPECIAL):
        return False
    return color is None or (one.color_space or REC_709) == color


def version_of(film: Fcpxml) -> tuple[int, int]:
    """The version as two numbers; (0, 0) for one that is not of that form."""
    major, _, minor = film.version.strip().partition(".")
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() and len(major + minor) < 9 else (0, 0)


def media_url(film: Fcpxml, path_or_url: str | Path) -> str:
    """The encoded ``file:///`` URL of an absolute path or file URL; a relative one only inside a bundle.

    Raises EditError.
    """
    text = str(path_or_url)
    path = urls.to_path(text) if text.lower().startswith("file:") else text
    if "://" in text and path is text:
        path = None
    if path is None or not path or path.endswith(("/", "\\")):
        refuse(film, f"{text!r} is not a media file.", "Give an absolute path or a file URL.")
    legal_text(path, "The path")
    if path.startswith("/") or (len(path) > 2 and path[1] == ":" and path[2] in "\\/"):
        return urls.to_url(path)
    if film.document.bundle is None:
        refuse(film, f"{text!r} is relative.", "Only a .fcpxmld bundle holds relative media: give an absolute path.")
    return urls.to_url(path).removeprefix("file://")


def add_asset(
    film: Fcpxml,
    path_or_url: str | Path,
    *,
    duration: Fraction,
    start: Fraction | int = 0,
    format: Format | None = None,
    has_video: bool = True,
    has_audio: bool = False,
    audio_channels: int = 2,
    audio_rate: int = 48000,
    name: str | None = None,
) -> Asset:
    """The asset of a media file: the one that plays it already, or a new one.

    ``start`` is the embedded timecode in seconds, ``duration`` the length; 0 for a still, whose format has no frame
    duration and which plays through ``<video>``. ``name`` is the file's name with extension unless given (Resolve
    relinks by it). Files are told apart by decoded URL. Nothing is invented: no ``uid``, ``sig`` or bookmark.
    Raises EditError, also when the file is there with another start or duration.
    """
    url = media_url(film, path_or_url)
    start, duration = exact(film, start, "start"), exact(film, duration, "duration")
    present = next((asset for asset in film.resources.assets if asset.src and urls.same_media(asset.src, url)), None)
    if present is not None:
        _agree(present, start, duration)
        return present
    _check_asset(film, duration, format, has_video, has_audio, audio_channels)
    old = version_of(film) < (1, 9)
    attributes = {"name": legal_text(urls.file_name(url) if name is None else name, "name")}
    if old:
        attributes["src"] = url
    attributes |= {"start": format_time(start), "duration": format_time(duration)}
    if has_video:
        attributes["hasVideo"] = "1"
    if format is not None:
        attributes["format"] = format.id
    if has_video and not old:
        attributes["videoSources"] = "1"
    if has_audio:
        attributes |= {"hasAudio": "1", "audioSources": "1"}
        attributes |= {"audioChannels": str(audio_channels), "audioRate": str(audio_rate)}
    asset = Asset(film.resources.add_resource("asset", **attributes).element, film.document)
    if not old:
        asset.add("media-rep", kind="original-media", src=url)
    return asset


def _agree(present: Asset, start: Fraction, duration: Fraction) -> None:
    if present.start != start or present.duration not in (None, duration):
        has = f"{format_time(present.start)} + {format_time(present.duration or 0)}"
        raise EditError(
            f"{present.file_name} is in the document with {has}, not {format_time(start)} + {format_time(duration)}.",
            hint="Measure the file again, or give the changed file another name.",
            path=present.path,
            line=present.line,
        )


def _check_asset(
    film: Fcpxml, duration: Fraction, picture: Format | None, has_video: bool, has_audio: bool, channels: int
) -> None:
    if not has_video and not has_audio:
        refuse(film, "The asset has neither picture nor sound.", "Say has_video or has_audio.")
    if duration < 0 or (duration == 0 and has_audio):
        refuse(film, "The asset has no length.", "Give its duration; only a still has 0.")
    if has_audio and not _positive(channels):
        refuse(film, "The asset has sound and no channels.", "Say audio_channels.")
    if has_video and picture is None:
        refuse(film, "The asset has a picture and no format.", "Make one: edit.add_format(film, …).")
    if picture is None:
        return
    if film.document.resource(picture.id) is not picture.element:
        refuse(film, "The format belongs to another document.", "Make one here: edit.add_format(film, …).")
    if has_video and duration != 0 and picture.rate is None:
        refuse(film, "Moving pictures need a format with a frame duration.", "Give add_format the frame duration.")
