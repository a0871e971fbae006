"""Another take in the same place: change the media of an item and keep everything else."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from takebridge_fcpxml.edit.build import local_hour
from takebridge_fcpxml.edit.checks import exact, locate, refuse, scale_of, timescale_around
from takebridge_fcpxml.edit.conform import conform_attributes, local_scale_of, media_rate, plan_conform, wants_conform
from takebridge_fcpxml.edit.line import strain_notes, strained
from takebridge_fcpxml.edit.local import Rebase, plan_connected, plan_keyframes, plan_marks
from takebridge_fcpxml.edit.media import Missing, asset_range, lacking
from takebridge_fcpxml.edit.plan import Edited, Plan, legal_text
from takebridge_fcpxml.placement import sequence_rate
from takebridge_fcpxml.times import fits, format_time
from takebridge_fcpxml.view import (
    AnalysisMarker,
    Asset,
    AssetClip,
    Audio,
    Audition,
    Clip,
    Item,
    MediaItem,
    Spine,
    TimeMap,
    Video,
)

# The finest time scale of retimed clips in Final Cut Pro exports; frames of all known rates are whole on it.
_FINE = 720000


def replace_media(clip: Item, asset: Asset, *, start: Fraction | None = None, name: str | None = None) -> Edited[Item]:
    """Play another asset in the place of an asset-clip, video, audio or clip with one component.

    ``start`` is the media time of the first frame shown: the beginning of the media by default. Record range, lane,
    effects, roles and everything connected keep their record places; so do the markers, keywords, ratings and
    keyframes, whose local times move along when ``start`` or the rate changes. The name follows when it was the old
    media's; ``name`` sets another. A transition beside it stays, with a note when it has too little media now.
    ``conform-rate`` is added, changed or removed as the rates ask. A clip at constant
    forward speed keeps its speed (where no time of FCPXML says it exactly, to 1/720000 s); other retimes are refused.

    Raises EditError when the media is too short (the message says by how many frames), has no picture or sound for the
    item, or when the item plays no single asset.
    """
    rate = None if _is_component(clip) else sequence_rate(clip)
    parts = _parts(clip)
    old = parts[0].asset
    _check_kinds(clip, parts, asset)
    speed, time_map = _speed(clip), clip.time_map
    frame = 1 / rate if rate else Fraction(1, 24)
    if start is None:
        start = local_hour(frame) if asset.is_still else asset.start
    start = exact(clip, start, "start")
    scale = _new_scale(clip, asset, rate)
    duration = locate(clip).duration
    _check_length(clip, asset, start, duration * scale * speed, frame, scale * speed)

    plan = Plan()
    notes: list[str] = []
    local = start if speed == 1 else _local_start(asset, start, speed)
    rebase = Rebase(clip.start, scale_of(clip, rate), local, scale)
    _plan_reference(plan, clip, parts, asset)
    _plan_names(plan, [clip, *parts], old, asset, name)
    plan.time(clip, "start", local, timescale_around(clip))
    if clip.duration is None:
        plan.time(clip, "duration", duration, timescale_around(clip))
    _plan_audio_range(plan, clip, rebase)
    plan_connected(plan, clip, rebase)
    plan_marks(plan, clip, rebase)
    plan_keyframes(plan, clip, rebase, clip.start + duration * rebase.old_scale)
    if time_map is not None:
        _plan_map(plan, time_map, asset, speed)
    elif rate is not None:
        source = media_rate(asset)
        wanted = conform_attributes(source, rate, clip) if source and wants_conform(asset, rate) else None
        notes.extend(filter(None, [plan_conform(plan, clip, wanted)]))
    notes.extend(_warnings(clip, asset))
    outer = clip.parent if isinstance(clip.parent, Audition) else clip
    already = strained(outer)
    plan.apply()
    notes.extend(strain_notes(outer, already))
    return Edited(clip, tuple(notes))


def _is_component(clip: Item) -> bool:
    """Whether an item is a part of a clip, which then carries ``conform-rate`` for it."""
    return isinstance(clip.parent, Clip) and clip.lane == 0


def _parts(clip: Item) -> list[MediaItem]:
    """The items whose ``ref`` names the media: itself, or the components of a clip."""
    if isinstance(clip, Audition):
        refuse(clip, "An audition has no media of its own.", "Replace the media of its pick, or add a take.")
    if isinstance(clip, (AssetClip, Video, Audio)):
        parts: list[MediaItem] = [clip]
    elif isinstance(clip, Clip):
        parts = _components(clip)
    else:
        refuse(
            clip, f"<{clip.tag}> plays no single asset.", "Replace media inside its compound, or insert another item."
        )
    if any(part.asset is None for part in parts):
        refuse(clip, "The clip plays a generator or a missing asset.", "Insert a new clip in its place.")
    if len({part.reference for part in parts}) != 1:
        refuse(clip, "The clip plays several assets.", "Replace the media of one component.")
    return parts


def _components(clip: Clip) -> list[MediaItem]:
    contents = clip.contents
    if len(contents) != 1 or not isinstance(contents[0], (Video, Audio)) or clip.children(Spine):
        refuse(clip, "The clip has more than one component.", "Replace the media of one component.")
    first = contents[0]
    nested = [part for part in first.items if isinstance(part, (Video, Audio)) and part.reference == first.reference]
    if len(nested) != len(first.story):
        refuse(clip, "Other items are connected inside the clip's component.", "Replace the media of one component.")
    return [first, *nested]


def _check_kinds(clip: Item, parts: list[MediaItem], asset: Asset) -> None:
    if asset.document is not clip.document or clip.document.resource(asset.id) is not asset.element:
        refuse(clip, "The asset belongs to another document.", "Add it here: edit.add_asset(film, …).")
    for part in parts:
        if isinstance(part, Video) and not asset.has_video:
            refuse(clip, f"{asset.name} has no picture.", "Choose media with a picture.")
        if isinstance(part, Audio):
            _check_channels(clip, part, asset)
        elif not isinstance(part, Video) and asset.is_still:
            refuse(clip, f"{asset.name} is a still, which plays through <video>.", "Insert edit.clip_of(asset, …).")
    if asset.is_still and clip.time_map is not None:
        refuse(clip, "A still cannot be retimed.", "Reset the clip's speed first.")
    if asset.is_still and isinstance(clip, Clip):
        refuse(clip, f"{asset.name} is a still, which plays through <video>.", "Insert edit.clip_of(asset, …).")


def _check_channels(clip: Item, part: Audio, asset: Asset) -> None:
    if not asset.has_audio:
        refuse(clip, f"{asset.name} has no sound.", "Choose media with sound, or replace the picture only.")
    wanted = [int(word) for word in (part.source_channels or "").split(",") if word.strip().isdecimal()]
    if asset.audio_channels and any(channel > asset.audio_channels for channel in wanted):
        refuse(
            clip,
            f"{asset.name} has {asset.audio_channels} channels; the clip plays {part.source_channels}.",
            "Choose media with as many channels.",
        )


def _speed(clip: Item) -> Fraction:
    time_map = clip.time_map
    if time_map is None:
        return Fraction(1)
    speed = time_map.speed
    if speed is None or speed <= 0:
        refuse(clip, "The clip is retimed, not at one forward speed.", "Reset its speed first, then replace the media.")
    return speed


def _new_scale(clip: Item, asset: Asset, rate: Fraction | None) -> Fraction:
    if clip.time_map is not None:
        # What a retimed clip says about conforming is left alone.
        return scale_of(clip, rate)
    return local_scale_of(asset, rate)


def _check_length(
    clip: Item, asset: Asset, start: Fraction, length: Fraction, frame: Fraction, scale: Fraction
) -> None:
    bounds = asset_range(asset)
    if bounds is None:
        return
    want = Missing(max(Fraction(0), bounds[0] - start), max(Fraction(0), start + length - bounds[1]))
    if want.head or want.tail:
        lacking(clip, want, frame, scale)


def _local_start(asset: Asset, start: Fraction, speed: Fraction) -> Fraction:
    exact = asset.start + (start - asset.start) / speed
    # Later, never earlier: that would show the frame before.
    return exact if _fits(exact) else Fraction(ceil(exact * _FINE), _FINE)


def _map_end(asset: Asset, speed: Fraction) -> Fraction:
    exact = asset.start + (asset.duration or Fraction(0)) / speed
    return exact if _fits(exact) else Fraction(floor(exact * _FINE), _FINE)


def _fits(time: Fraction) -> bool:
    """Whether a time can be written, and so can those of what hangs on an item that begins there."""
    return fits(time + Fraction(1, _FINE))


def _plan_map(plan: Plan, time_map: TimeMap, asset: Asset, speed: Fraction) -> None:
    """The whole new media at the old speed, windowed by ``start``: Resolve blacks a tail that ends with its map."""
    first, last = time_map.points[0], time_map.points[-1]
    length = asset.duration or Fraction(0)
    for point in time_map.points[1:-1]:
        plan.do(point.remove)
    plan.time(first, "time", asset.start)
    plan.time(first, "value", asset.start)
    plan.time(last, "time", _map_end(asset, speed))
    plan.time(last, "value", asset.start + length)


def _plan_reference(plan: Plan, clip: Item, parts: list[MediaItem], asset: Asset) -> None:
    for part in parts:
        plan.text(part, "ref", asset.id)
    if isinstance(clip, (AssetClip, Clip)) and (clip.format_id or (asset.format and media_rate(asset))):
        _plan_format(plan, clip, asset)
    if not isinstance(clip, Clip):
        return
    length = asset.duration or Fraction(0)
    for part in parts:
        # A component's local time is its media's; the clip's local time is the same here.
        plan.time(part, "offset", asset.start)
        plan.time(part, "start", asset.start)
        plan.time(part, "duration", length)


def _plan_format(plan: Plan, clip: AssetClip | Clip, asset: Asset) -> None:
    around = next((above for above in clip.element.iterancestors() if above.tag in ("sequence", "multicam")), None)
    if clip.format_id is None and around is not None and around.get("format") == asset.format_id:
        return
    plan.text(clip, "format", asset.format_id)


def _plan_names(plan: Plan, items: list[Item], old: Asset | None, asset: Asset, name: str | None) -> None:
    known = set()
    if old is not None:
        known = {old.name, old.file_name, old.file_name.rpartition(".")[0]} - {""}
    if name is not None:
        plan.text(items[0], "name", legal_text(name, "name"))
    for item in items[1:] if name is not None else items:
        if item.name in known:
            plan.text(item, "name", asset.name or asset.file_name)


def _plan_audio_range(plan: Plan, clip: Item, rebase: Rebase) -> None:
    if not isinstance(clip, (AssetClip, Clip)):
        return
    if clip.audio_start is not None:
        plan.time(clip, "audioStart", rebase(clip.audio_start))
        if clip.audio_duration is not None:
            plan.time(clip, "audioDuration", clip.audio_duration / rebase.old_scale * rebase.new_scale)


def _warnings(clip: Item, asset: Asset) -> list[str]:
    notes = []
    if clip.children(AnalysisMarker):
        notes.append("Analysis markers describe the old picture.")
    if isinstance(clip, AssetClip) and not asset.has_audio and (clip.audio_role or clip.audio_channel_sources):
        notes.append(f"{asset.name} has no sound; the clip's audio roles and channels were kept.")
    bounds = asset_range(asset)
    if isinstance(clip, (AssetClip, Clip)) and clip.audio_start is not None and bounds is not None:
        notes.append(f"The split edit's sound was kept; {asset.name} begins at {format_time(bounds[0])}.")
    return notes
