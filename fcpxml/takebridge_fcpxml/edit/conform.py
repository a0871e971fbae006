"""``conform-rate``: how media of another rate plays in a timeline."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.edit.checks import frame_of, locate, refuse, scale_of
from takebridge_fcpxml.edit.formats import version_of
from takebridge_fcpxml.edit.local import Rebase, plan_connected
from takebridge_fcpxml.edit.media import lacking, missing
from takebridge_fcpxml.edit.plan import Edited, Plan
from takebridge_fcpxml.rates import SOURCE_RATES, conform_scale, source_rate_name
from takebridge_fcpxml.view import Asset, AssetClip, Clip, ConformRate, Item, View, root_of

_FILM_NTSC = Fraction(24000, 1001)


def is_scaled(source: Fraction, sequence: Fraction) -> bool:
    """Whether Final Cut Pro plays media of this rate at another speed rather than repeating or dropping frames.

    Seen in exports: yes for 23.98 in 24, 30, 50 and 59.94 and for 25 in 24; no (``scaleEnabled="0"``) for 29.97 in
    23.98, 25, 30, 50 and 59.94, 59.94 in 29.97, 60 in 30, 24 in 25 and rates without a name. The rest follows "no":
    then record and media time agree.
    """
    if conform_scale(source, sequence) == 1:
        return False
    return source == _FILM_NTSC or (source == 25 and sequence in (Fraction(24), _FILM_NTSC))


def media_rate(item_or_asset: Item | Asset) -> Fraction | None:
    """Frames per second of an asset's picture, or of what an item plays; None for sound, stills and the unknown."""
    if isinstance(item_or_asset, Asset):
        asset: Asset | None = item_or_asset
    elif isinstance(item_or_asset, Clip):
        own = item_or_asset.format
        if own is not None:
            return own.rate
        parts = [part for part in item_or_asset.contents if part.tag == "video"]
        asset = getattr(parts[0], "asset", None) if parts else None
    else:
        asset = getattr(item_or_asset, "asset", None)
    if asset is None or not asset.has_video or asset.is_still or asset.format is None:
        return None
    return asset.format.rate


def wants_conform(asset: Asset, rate: Fraction | None) -> bool:
    """Whether an item that plays this asset at this timeline rate carries ``conform-rate``."""
    source = media_rate(asset)
    return rate is not None and source is not None and source != rate


def local_scale_of(asset: Asset, rate: Fraction | None) -> Fraction:
    """Media seconds in a record second once the asset is conformed as ``conform_element`` says."""
    source = media_rate(asset)
    if rate is None or source is None or source == rate or not is_scaled(source, rate):
        return Fraction(1)
    return conform_scale(source, rate)


def _word(source: Fraction, view: View) -> str | None:
    word = source_rate_name(source)
    # 90 and up came with DTD 1.13.
    if word and SOURCE_RATES[word] > 60 and version_of(root_of(view.document)) < (1, 13):
        return None
    return word


def conform_attributes(source: Fraction, rate: Fraction, view: View, scaled: bool | None = None) -> dict[str, str]:
    """What ``conform-rate`` says for media of one rate in a timeline of another; unnamed rates are never scaled."""
    word = _word(source, view)
    attributes = {}
    if not (word and (is_scaled(source, rate) if scaled is None else scaled)):
        attributes["scaleEnabled"] = "0"
    # A phone's 29.996 has no word of its own; Final Cut Pro then writes none.
    if word:
        attributes["srcFrameRate"] = word
    return attributes


def conform_element(asset: Asset, rate: Fraction, view: View) -> etree._Element:
    """A new ``conform-rate`` for an asset whose rate differs from the timeline's."""
    return etree.Element("conform-rate", conform_attributes(media_rate(asset) or rate, rate, view))


def plan_conform(plan: Plan, item: Item, wanted: dict[str, str] | None) -> str | None:
    """Plan that ``item`` carries ``conform-rate`` with these attributes, or none; the sentence says what changes."""
    present = item.first(ConformRate)
    if wanted is None:
        if present is None:
            return None
        plan.do(lambda: layout.remove(present.element))
        return "conform-rate was removed: the rates are equal."
    if present is None:
        plan.do(lambda: grammar.insert(item.element, etree.Element("conform-rate", wanted)))
        return "conform-rate was added: the rates differ."
    names = ("scaleEnabled", "srcFrameRate")
    if present.scale_enabled == (wanted.get("scaleEnabled") != "0") and present.element.get(names[1]) == wanted.get(
        names[1]
    ):
        return None
    for name in names:
        plan.text(present, name, wanted.get(name))
    return "conform-rate was changed."


def conform(clip: Item, *, scaled: bool | None = None) -> Edited[Item]:
    """Give ``conform-rate`` to a clip whose media has another rate than its timeline, or take a needless one away.

    ``scaled`` says whether to play at another speed (``scaleEnabled``); by default as Final Cut Pro does. A retimed
    clip keeps what it has: its time map sets its speed. Record range, start and marks stay; connected items keep their
    record places. Raises EditError, also when scaled media is too short.
    """
    if not isinstance(clip, (AssetClip, Clip)) and clip.tag not in ("video", "audio"):
        refuse(clip, f"<{clip.tag}> plays no media of one rate.", "Conform asset clips, clips and components.")
    if isinstance(clip.parent, Clip) and clip.lane == 0:
        refuse(clip, "The item is a part of a clip, which carries conform-rate for it.", "Conform the clip around it.")
    rate = 1 / frame_of(clip)
    if clip.time_map is not None:
        return Edited(clip, ("The clip is retimed: its time map sets its speed, conform-rate was left alone.",))
    source = media_rate(clip)
    if source is None:
        return Edited(clip, ("The media has no frame rate: nothing to conform.",))
    wanted = None if source == rate else conform_attributes(source, rate, clip, scaled)
    old = scale_of(clip, rate)
    new = conform_scale(source, rate) if wanted is not None and "scaleEnabled" not in wanted else Fraction(1)
    if new > old and any(want := missing(clip, clip.start, locate(clip).duration, new)):
        lacking(clip, want, 1 / rate, new)
    plan = Plan()
    note = plan_conform(plan, clip, wanted)
    plan_connected(plan, clip, Rebase(clip.start, old, clip.start, new))
    plan.apply()
    return Edited(clip, (note,) if note else ())
