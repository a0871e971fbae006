"""Resources for what comes from OTIO: one asset a file, formats, effects; found in the document or made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml import urls
from takebridge_fcpxml.errors import OtioError
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio.flatten import MAX_DEPTH, range_of
from takebridge_fcpxml.otio.marks import clean
from takebridge_fcpxml.otio.rational import exact_rate, is_plain, read_time
from takebridge_fcpxml.rates import SOURCE_RATES, format_suffix
from takebridge_fcpxml.times import format_time
from takebridge_fcpxml.view import Asset, Effect, Fcpxml, Format, View

ZERO = Fraction(0)
STILL_FORMAT = "FFVideoFormatRateUndefined"
_STILLS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".psd", ".tga", ".heic", ".heif", ".webp")
_SIZES = {(3840, 2160): "3840x2160p", (1280, 720): "720p", (1920, 1080): "1080p"}


@dataclass(slots=True)
class Use:
    """What all clips of one media say about it. ``start`` and ``end`` cover what is shown of it."""

    url: str
    name: str
    rate: Fraction | None = None
    start: Fraction | None = None
    end: Fraction | None = None
    available: tuple[Fraction, Fraction] | None = None
    picture: bool = False
    sound: bool = False


class Registry:
    """The resources of a document, by what they are."""

    def __init__(self, root: Fcpxml, log: LossLog) -> None:
        self.root = root
        self.log = log
        self.uses: dict[str, list[Use]] = {}
        self.style_ids = {element.get("id", "") for element in root.element.iter("text-style-def")}
        self._styles = 0
        self._ids = {element.get("id", "") for element in root.element.iter() if element.get("id")}
        self._number = len(root.resources.element) + 1
        self._formats = {(one.rate, (one.width, one.height)): one for one in reversed(root.resources.formats)}
        self._effects = {one.uid: one for one in reversed(root.resources.effects)}
        self._assets: dict[str, list[Asset]] = {}
        for asset in root.resources.assets:
            if asset.src:
                self._assets.setdefault(_media_key(asset.src), []).append(asset)

    def study(self, item: otio.core.SerializableObject) -> None:
        """Learn how media are used anywhere in an object, before assets are made."""
        for clip, sound in _clips(item, False, 0):
            for reference in clip.media_references().values():
                self._note(clip, reference, sound)

    def asset(self, reference: otio.core.MediaReference, rate: Fraction, name: str) -> Asset:
        """The asset of a reference, made when the document has none of that file with that timecode.

        One path can be two media (formats.md §3): cards are copied over each other, and their timecodes differ.
        """
        url, begin = media_url(reference, name), _begin(reference)
        key = _media_key(url)
        known = self._assets.setdefault(key, [])
        same = (one for one in known if begin is None or _is_near(one.start, begin) or one.is_still)
        found = next(same, None)
        if found is None:
            found = self._make(self._use(key, begin) or Use(url, name, picture=True), rate)
            known.append(found)
        return found

    def _use(self, key: str, begin: Fraction | None) -> Use | None:
        known = self.uses.get(key, ())
        same = (one for one in known if begin is None or (one.available and _is_near(one.available[0], begin)))
        return next(same, None) or next((one for one in known if one.available is None), None)

    def format(self, rate: Fraction, size: tuple[int, int] = (1920, 1080)) -> Format:
        """A format of this rate and size, made when there is none."""
        known = self._formats.get((rate, size))
        if known is not None:
            return known
        made = self.add("format")
        assert isinstance(made, Format)
        self._formats[rate, size] = made
        suffix, shape = format_suffix(rate), _SIZES.get(size)
        if suffix and shape:
            made.element.set("name", f"FFVideoFormat{shape}{suffix}")
        made.element.set("frameDuration", frame_text(rate))
        made.element.set("width", str(size[0]))
        made.element.set("height", str(size[1]))
        return made

    def _still_format(self) -> Format:
        """The format of pictures that do not move; Final Cut Pro takes their size from the file."""
        known = next((one for one in self.root.resources.formats if one.name == STILL_FORMAT), None)
        if known is not None:
            return known
        made = self.add("format", name=STILL_FORMAT)
        assert isinstance(made, Format)
        return made

    def effect(self, name: str, uid: str) -> Effect:
        """The effect with this uid, made when there is none."""
        known = self._effects.get(uid)
        if known is not None:
            return known
        made = self.add("effect", name=clean(name), uid=clean(uid))
        assert isinstance(made, Effect)
        self._effects[uid] = made
        return made

    def add(self, tag: str, **attributes: str) -> View:
        """A new resource with an id nothing in the document has; ids are looked up once, because a search for each of
        n media would take n²."""
        while f"r{self._number}" in self._ids:
            self._number += 1
        self._ids.add(f"r{self._number}")
        return self.root.resources.add_resource(tag, id=f"r{self._number}", **attributes)

    def style_id(self) -> str:
        """A text style id no element has; ids are unique in the whole document."""
        while True:
            self._styles += 1
            name = f"otio-ts{self._styles}"
            if name not in self.style_ids:
                self.style_ids.add(name)
                return name

    def _note(self, clip: otio.schema.Clip, reference: otio.core.MediaReference, sound: bool) -> None:
        if isinstance(reference, otio.schema.GeneratorReference):
            return
        url = media_url(reference, clip.name)
        key = _media_key(url)
        use = self._use(key, _begin(reference))
        if use is None:
            use = Use(url, _file_name(reference, clip.name))
            self.uses.setdefault(key, []).append(use)
        use.sound |= sound
        use.picture |= not sound
        duration, start = range_of(clip, LossLog())
        use.start = start if use.start is None else min(use.start, start)
        use.end = start + duration if use.end is None else max(use.end, start + duration)
        available = reference.available_range
        if available is not None and use.available is None:
            use.available = (read_time(available.start_time).seconds, read_time(available.duration).seconds)
        rated = available.start_time if available is not None else clip.source_range and clip.source_range.start_time
        if rated and use.rate is None and not sound:
            use.rate = _picture_rate(rated)

    def _is_old(self) -> bool:
        """Below 1.9 an asset names its file itself."""
        _, _, minor = self.root.version.partition(".")
        return minor.isdigit() and int(minor) < 9

    def _make(self, use: Use, rate: Fraction) -> Asset:
        start, end = use.start or ZERO, use.end or ZERO
        if use.available is not None and use.available[1] > 0:
            start, end = use.available[0], use.available[0] + use.available[1]
        elif use.sound or not is_still(use.url):
            detail = "OTIO does not say how long the media is: what is shown of it counts as all of it."
            self.log.add("approximated", "available_range", detail, path=use.name)
        made = self.add("asset", name=clean(use.name))
        assert isinstance(made, Asset)
        still = not use.sound and is_still(use.url)
        made.element.set("start", format_time(ZERO if still else start))
        made.element.set("duration", format_time(ZERO if still else end - start))
        if use.picture or not use.sound:
            made.element.set("hasVideo", "1")
            made.element.set("format", (self._still_format() if still else self.format(use.rate or rate)).id)
            if not self._is_old():
                made.element.set("videoSources", "1")
        if use.sound:
            made.element.set("hasAudio", "1")
            made.element.set("audioSources", "1")
            made.element.set("audioChannels", "2")
        if self._is_old():
            made.element.set("src", use.url)
        else:
            made.add("media-rep", kind="original-media", src=use.url)
        return made


def media_url(reference: otio.core.MediaReference, name: str) -> str:
    """The URL to write for a reference: encoded; a place that does not exist for one without media."""
    raw = ""
    if isinstance(reference, otio.schema.ExternalReference):
        raw = clean(reference.target_url)
    elif isinstance(reference, otio.schema.ImageSequenceReference):
        raw = clean(_first_image(reference))
    if not raw:
        return urls.to_url("/offline/" + (clean(reference.name or name) or "media").replace("/", "_"))
    if re.match(r"[A-Za-z]:[\\/]", raw):
        return urls.to_url(raw)
    path = urls.to_path(raw)
    if path is None:
        return raw
    if not path.startswith("/") and not (len(path) > 1 and path[1] == ":"):
        return urls.to_url("/" + path).removeprefix("file:///")
    return raw if raw.startswith("file:///") and urls.is_encoded(raw) else urls.to_url(path)


def is_still(url: str) -> bool:
    """Whether a URL names one picture: by its suffix, and no pattern of a numbered sequence."""
    name = urls.file_name(url).lower()
    return name.endswith(_STILLS) and re.search(r"%0?\d*d|#|\[\d+-\d+\]", name) is None


def frame_text(rate: Fraction) -> str:
    """A frame duration as Final Cut Pro spells it: ``100/2400s``, ``1001/24000s``."""
    return f"100/{rate.numerator * 100}s" if rate.denominator == 1 else format_time(1 / rate)


def _media_key(url: str) -> str:
    return urls.to_path(url) or url


def _begin(reference: otio.core.MediaReference) -> Fraction | None:
    """The timecode of a reference's first frame in seconds, None where it does not say how long its media is."""
    available = reference.available_range
    return read_time(available.start_time).seconds if available is not None and available.duration.value > 0 else None


def _is_near(one: Fraction, other: Fraction) -> bool:
    """Whether two timecodes are one: they come through floats."""
    return abs(one - other) < Fraction(1, 100_000)


def _file_name(reference: otio.core.MediaReference, name: str) -> str:
    if isinstance(reference, otio.schema.ExternalReference) and reference.target_url:
        return urls.file_name(clean(reference.target_url)) or name
    return str(reference.name or name)


def _first_image(reference: otio.schema.ImageSequenceReference) -> str:
    try:
        return str(reference.target_url_for_image_number(0))
    except (ValueError, IndexError, RuntimeError, ZeroDivisionError):
        base = str(reference.target_url_base or "")
        return f"{base}{reference.name_prefix}{reference.start_frame}{reference.name_suffix}" if base else ""


def _picture_rate(time: otio.opentime.RationalTime) -> Fraction | None:
    try:
        rate = exact_rate(time.rate).seconds
    except OtioError:
        return None
    return rate if rate in SOURCE_RATES.values() or (is_plain(rate) and rate <= 240 and rate >= 8) else None


def _clips(item: otio.core.SerializableObject, sound: bool, depth: int) -> Iterator[tuple[otio.schema.Clip, bool]]:
    if depth > MAX_DEPTH + 4:
        return
    if isinstance(item, otio.schema.Clip):
        yield item, sound
    elif isinstance(item, otio.schema.Timeline):
        yield from _clips(item.tracks, sound, depth + 1)
    elif isinstance(item, (otio.core.Composition, otio.schema.SerializableCollection)):
        if isinstance(item, otio.schema.Track):
            sound = item.kind == otio.schema.TrackKind.Audio
        for child in item:
            yield from _clips(child, sound, depth + 1)
