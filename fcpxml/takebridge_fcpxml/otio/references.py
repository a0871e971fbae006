"""Media references: what an item plays, in OTIO's words."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml import urls
from takebridge_fcpxml.otio import tags
from takebridge_fcpxml.otio.rational import text_of, time_range
from takebridge_fcpxml.otio.source import Source, length_of, source_of, source_start
from takebridge_fcpxml.view import Asset, Audition, Item, Metadata, Title

PICK_KEY = "DEFAULT_MEDIA"
TAKE_KEY = "com.takebridge-take.key"
"""The metadata of an audition's child that says what its reference was called, where its name does not."""


def asset_rate(asset: Asset | None) -> Fraction | None:
    """Frames per second of an asset's picture, None for sound and stills."""
    return asset.format.rate if asset and asset.format else None


def reference_of(item: Item, rate: Fraction | None) -> otio.core.MediaReference:
    """The reference of one item (not of an audition)."""
    source = source_of(item)
    shown = time_range(source_start(item, source), length_of(item) * abs(source.speed), asset_rate(source.asset), rate)
    if source.asset is not None:
        return external(source.asset, shown, rate)
    if source.effect is not None:
        parameters = {"text": item.words} if isinstance(item, Title) else {}
        return otio.schema.GeneratorReference(
            name=source.effect.name or item.name,
            generator_kind=source.effect.uid or source.effect.name,
            available_range=shown,
            parameters=parameters,
        )
    return otio.schema.MissingReference(name=item.name, available_range=shown)


def external(
    asset: Asset, shown: otio.opentime.TimeRange, rate: Fraction | None
) -> otio.schema.ExternalReference | otio.schema.MissingReference:
    """An asset as a reference. A still is available as long as it is shown: hosts refuse a range outside."""
    length = asset.duration
    endless = asset.is_still or not length
    available = shown if endless or not length else time_range(asset.start, length, asset_rate(asset), rate)
    if not asset.src:
        return otio.schema.MissingReference(name=asset.name, available_range=available)
    found = otio.schema.ExternalReference(target_url=asset.src, available_range=available)
    found.name = urls.file_name(asset.src)
    return found


def tray(audition: Audition, rate: Fraction | None) -> dict[str, otio.core.MediaReference]:
    """The references of an audition, the pick first: as their metadata calls them, else the pick ``DEFAULT_MEDIA`` and
    the others after their names.

    OTIO keeps references sorted by key, so each carries its place in the tray as ``pick``, and where its media
    begins to play as ``in``.
    """
    found: dict[str, otio.core.MediaReference] = {}
    for index, item in enumerate(audition.items):
        usual = PICK_KEY if index == 0 else item.name or f"take {index + 1}"
        key = _free_key(_told_key(item) or usual, found)
        reference = reference_of(item, rate)
        begin = text_of(source_start(item, source_of(item))) if index else None
        tags.write(reference, {"pick": index, "name": item.name, "in": begin})
        found[key] = reference
    return found


def _told_key(item: Item) -> str:
    metadata = getattr(item, "metadata", None)
    return (metadata.get(TAKE_KEY) or "") if isinstance(metadata, Metadata) else ""


def _free_key(name: str, taken: dict[str, otio.core.MediaReference]) -> str:
    key, number = name, 2
    while key in taken:
        key, number = f"{name} ({number})", number + 1
    return key


def url_of(reference: object) -> str:
    """The URL a reference names, empty when it names none."""
    return str(reference.target_url or "") if isinstance(reference, otio.schema.ExternalReference) else ""


def source_url(source: Source) -> str:
    """The URL an item's media has in the document, empty when it has none."""
    return (source.asset.src or "") if source.asset else ""
