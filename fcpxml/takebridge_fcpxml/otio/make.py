"""New story items for what OTIO brings and the document never had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import opentimelineio as otio
from lxml import etree

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import marks, tags
from takebridge_fcpxml.otio.flatten import Found
from takebridge_fcpxml.otio.marks import clean
from takebridge_fcpxml.otio.rational import of_text, read_time
from takebridge_fcpxml.otio.references import PICK_KEY, TAKE_KEY
from takebridge_fcpxml.otio.registry import Registry
from takebridge_fcpxml.otio.speed import retime, speed_of
from takebridge_fcpxml.rates import source_rate_name
from takebridge_fcpxml.times import fits, format_time
from takebridge_fcpxml.view import Asset, Item, Metadata, Title, view_of

HOUR = Fraction(3600)
_TITLE = "Basic Title"
_TITLE_UID = ".../Titles.localized/Bumper:Opener.localized/Basic Title.localized/Basic Title.moti"
_SOLID = "Custom"
_SOLID_UID = ".../Generators.localized/Solids.localized/Custom.localized/Custom.motn"
_DISSOLVE = "Cross Dissolve"
_DISSOLVE_UID = "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"


@dataclass(frozen=True, slots=True)
class Tray:
    """An item that becomes an audition, or is one: the takes to be put beside it, and which take plays (None: the one
    that plays already). ``gone`` is a take that leaves, once another plays."""

    item: Item
    takes: list[Item]
    active: Item | None
    gone: Item | None = None


class Maker:
    """Makes elements at one sequence's rate; they are not in the tree yet. ``grid`` is None without a known rate."""

    def __init__(self, document: Document, registry: Registry, log: LossLog, grid: Fraction | None) -> None:
        self.document = document
        self.registry = registry
        self.log = log
        self.grid = grid
        self.rate = grid or Fraction(24)
        self.trays: list[Tray] = []

    def hour(self) -> Fraction:
        """An hour on the frame grid, where gaps, stills and titles begin by convention."""
        return round(HOUR * self.rate) / self.rate

    def gap(self, duration: Fraction, name: str = "Gap") -> etree._Element:
        """A gap without offset."""
        attributes = {"name": clean(name) or "Gap", "start": format_time(self.hour())}
        return etree.Element("gap", attributes | {"duration": format_time(duration)})

    def transition(self, found: Found) -> etree._Element:
        """A transition; what is not Cross Dissolve becomes one."""
        thing = found.thing
        assert isinstance(thing, otio.schema.Transition)
        plain = thing.transition_type == "SMPTE_Dissolve" or thing.name == _DISSOLVE
        if not plain:
            detail = "Only the cross dissolve has a name both sides know; it stands for this transition."
            self.log.add("approximated", "Transition", detail, path=f"{thing.name} {thing.transition_type}".strip())
        name = clean(thing.name) or _DISSOLVE
        made = etree.Element("transition", {"name": name, "duration": format_time(found.duration)})
        effect = self.registry.effect(_DISSOLVE, _DISSOLVE_UID)
        etree.SubElement(made, "filter-video", {"ref": effect.id, "name": _DISSOLVE})
        return made

    def compound(self, found: Found, media: str) -> Item:
        """A clip of a compound whose media begins at 0."""
        start = found.source if fits(found.source) else Fraction(0)
        attributes = {"ref": media, "name": clean(found.name) or "Compound", "start": format_time(start)}
        return self._view(etree.Element("ref-clip", attributes | {"duration": format_time(found.duration)}))

    def clip(self, found: Found, *, sound: bool, with_sound: bool) -> Item:
        """A clip of what its active reference names, with markers, speed and alternates."""
        thing = found.thing
        assert isinstance(thing, otio.schema.Clip)
        references = thing.media_references()
        item = self._played(found, thing.media_reference, sound=sound, with_sound=with_sound)
        self._speed(item, found, thing)
        others = [key for key in references if key != thing.active_media_reference_key]
        for marker in thing.markers:
            marks.add(item, marker, marks.Frame(item.start, found.source, Fraction(1)), self.log)
        if not thing.enabled:
            item.enabled = False
        if others and not sound:
            ordered = {key: references[key] for key in sorted(others, key=tray_order)}
            return self._audition(item, thing.active_media_reference_key, ordered, found)
        for key in others:
            self.log.add("dropped", "media_reference", "A sound clip has no tray.", path=f"{thing.name} {key}")
        return item

    def _audition(self, pick: Item, active: str, others: dict[str, otio.core.MediaReference], found: Found) -> Item:
        tray = etree.Element("audition")
        tray.append(pick.element)
        _call(pick, active, PICK_KEY)
        for key, reference in others.items():
            take = self.alternate(reference, found)
            _call(take, key, take.name)
            tray.append(take.element)
        made = view_of(tray, self.document)
        assert isinstance(made, Item)
        return made

    def alternate(self, reference: otio.core.MediaReference, found: Found) -> Item:
        """A waiting child for an audition, as long as its slot."""
        begins = replace(found, source=_begin_of(reference, found))
        return self._played(begins, reference, sound=False, with_sound=False, name=reference.name)

    def _played(
        self, found: Found, reference: otio.core.MediaReference, *, sound: bool, with_sound: bool, name: str = ""
    ) -> Item:
        if isinstance(reference, otio.schema.GeneratorReference):
            return self._generator(found, reference)
        if not isinstance(reference, otio.schema.ExternalReference):
            kind = reference.schema_name() if reference else "MissingReference"
            detail = "There is no single media file: an offline asset of that name stands for it."
            self.log.add("approximated", kind, detail, path=found.name)
            reference = reference or otio.schema.MissingReference()
        asset = self.registry.asset(reference, self.rate, found.name)
        shown = clean(name or found.name) or asset.name
        still = asset.is_still
        element = etree.Element("video" if still else "asset-clip", {"ref": asset.id, "name": shown})
        item = self._view(element)
        start = self.hour() if still else self._start(found, asset)
        element.set("start", format_time(start))
        element.set("duration", format_time(found.duration))
        if asset.has_video and asset.has_audio and not with_sound:
            element.set("srcEnable", "audio" if sound else "video")
        self._conform(item, asset)
        self.check(found, asset)
        return item

    def _view(self, element: etree._Element) -> Item:
        made = view_of(element, self.document)
        assert isinstance(made, Item)
        return made

    def _start(self, found: Found, asset: Asset) -> Fraction:
        return found.source if fits(found.source) else asset.start

    def _conform(self, item: Item, asset: Asset) -> None:
        rate = asset.format.rate if asset.format else None
        if rate is None or rate == self.rate:
            return
        name = source_rate_name(rate)
        if name:
            # OTIO plays media in real time whatever its rate: scaling off.
            item.add("conform-rate", scaleEnabled="0", srcFrameRate=name)

    def check(self, found: Found, asset: Asset) -> None:
        """Report a clip at normal speed that shows more than its media has."""
        length = asset.duration
        if not length or asset.is_still:
            return
        if found.source < asset.start or found.source + found.duration > asset.start + length:
            detail = "The clip shows more than its media has; Final Cut Pro may refuse or shorten it."
            self.log.add("approximated", "source_range", detail, path=found.name)

    def _speed(self, item: Item, found: Found, thing: otio.schema.Clip) -> None:
        speed = speed_of(list(thing.effects), self.log, thing.name)
        if speed == 1:
            return
        asset = self.registry.root.document.resource(item.reference)
        known = view_of(asset, self.document) if asset is not None else None
        low = known.start if isinstance(known, Asset) else found.source
        length = (known.duration or Fraction(0)) if isinstance(known, Asset) else found.duration
        if item.tag != "asset-clip" or not retime(item, speed, found.source, low, length):
            self.log.add("dropped", "LinearTimeWarp", "This speed cannot be written.", path=thing.name)

    def _generator(self, found: Found, reference: otio.schema.GeneratorReference) -> Item:
        words = reference.parameters.get("text") if "text" in reference.parameters else None
        kind = clean(reference.generator_kind)
        title = isinstance(words, str) or "/Titles.localized/" in kind or kind.endswith(".moti")
        known = kind.startswith(".../")
        if not known:
            detail = f"Both sides know no name for {kind or 'it'!r}: {_TITLE if title else _SOLID!r} stands for it."
            self.log.add("approximated", "GeneratorReference", detail, path=found.name)
        name, uid = (_TITLE, _TITLE_UID) if title else (_SOLID, _SOLID_UID)
        effect = self.registry.effect(clean(reference.name) if known else name, kind if known else uid)
        start = found.source if known and fits(found.source) else self.hour()
        attributes = {"ref": effect.id, "name": clean(found.name) or effect.name, "start": format_time(start)}
        element = etree.Element("title" if title else "video", attributes | {"duration": format_time(found.duration)})
        item = self._view(element)
        if isinstance(item, Title) and isinstance(words, str) and words:
            self._words(element, clean(words))
        return item

    def _words(self, element: etree._Element, words: str) -> None:
        name = self.registry.style_id()
        run = etree.SubElement(etree.SubElement(element, "text"), "text-style", {"ref": name})
        run.text = words
        definition = etree.SubElement(element, "text-style-def", {"id": name})
        style = {"font": "Helvetica", "fontSize": "63", "fontColor": "1 1 1 1", "alignment": "center"}
        etree.SubElement(definition, "text-style", style)


def _call(item: Item, key: str, usual: str) -> None:
    """Note what a take is called in OTIO, where that is not what it is called anyway."""
    if key != usual and item.tag in ("asset-clip", "clip", "ref-clip", "title"):
        Metadata(item.add("metadata").element, item.document).set(TAKE_KEY, clean(key))


def _begin_of(reference: otio.core.MediaReference, found: Found) -> Fraction:
    """Where a waiting take begins to play: as it says, else at the timecode of the active one, or as far into its media
    where it does not have that timecode."""
    told = of_text(tags.read(reference).get("in"))
    if told is not None:
        return told
    thing = found.thing
    played = thing.media_reference.available_range if isinstance(thing, otio.schema.Clip) else None
    own = reference.available_range
    if own is None or played is None:
        return found.source
    begin, length = read_time(own.start_time).seconds, read_time(own.duration).seconds
    if begin <= found.source < begin + length:
        return found.source
    return found.source - read_time(played.start_time).seconds + begin


def tray_order(key: str) -> tuple[int, str]:
    """The order of references nobody numbered: the default one, then by name."""
    return (0 if key == PICK_KEY else 1), key


def pick_index(reference: otio.core.MediaReference) -> int | None:
    """The place in the tray a reference was written from, None for one of another origin."""
    index = tags.read(reference).get("pick")
    return index if isinstance(index, int) and not isinstance(index, bool) else None
