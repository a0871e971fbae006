"""Delivery: a take becomes a file that fits a clip's slot exactly, made once per slot, named for humans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from takebridge.canvas.model import Canvas, Take
from takebridge.cut.hosted import HostClip, HostCut, HostTrack
from takebridge.cut.link import ClipLink
from takebridge.cut.slot import SlotPlan, framing, plan_slot
from takebridge.errors import UnsupportedItemError
from takebridge.events import JsonValue
from takebridge.ids import new_id
from takebridge.media.codecs import CodecName, editing_codec
from takebridge.media.conform import Slot, conform
from takebridge.media.probe import probe
from takebridge.services.bridge import Bridge
from takebridge.services.naming import delivery_name, plain
from takebridge.services.provenance import write_sidecar
from takebridge.services.push import GIVEN_START, media_time_at_head
from takebridge.store.ledger import now_text
from takebridge.store.links import Delivery
from takebridge.timebase import FrameRate, to_seconds

_SUFFIX: dict[CodecName, str] = {"dnxhr_lb": ".mov", "prores_aw": ".mov", "x264": ".mp4"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a take goes: the timeline as read, the clip in it, the slot, and the file for it."""

    link: ClipLink
    cut: HostCut
    clip: HostClip
    plan: SlotPlan
    delivery: Delivery
    notes: tuple[str, ...]

    @property
    def watched(self) -> tuple[HostTrack, ...]:
        """Tracks a swap could disturb: the clip's own, and those of its linked sound.

        Hosts before Resolve 19 do not say what is linked: there, what has the same media at the same place counts.
        """
        path = self.link.media_path
        beside = {
            other.track
            for other in self.cut.clips
            if other.key in self.clip.linked
            or (other.record == self.clip.record and other.media and same_file(other.media.path, path))
        }
        return tuple(sorted({self.clip.track, *beside}, key=lambda track: (track.type, track.index)))


# --- the file -------------------------------------------------------------------------------------------


def prepare(
    bridge: Bridge, link: ClipLink, cut: HostCut, clip: HostClip, take: Take, wanted: CodecName | None
) -> Target:
    """Plan the slot and make sure the file for it exists (conformed once, found again afterwards).

    Raises RangeError when the clip shows more than the take has, UnsupportedItemError, MediaError, StoreError.
    """
    plan = slot_for(
        bridge,
        link,
        take,
        clip_seconds=_media_time(bridge, link, clip, cut.space.rate),
        clip_frames=clip.record.duration,
        rate=cut.space.rate,
    )
    delivery, notes = conformed(bridge, link, take, plan, (cut.width, cut.height), wanted)
    return Target(link, cut, clip, plan, delivery, notes)


def slot_for(
    bridge: Bridge, link: ClipLink, take: Take, *, clip_seconds: Fraction, clip_frames: int, rate: FrameRate
) -> SlotPlan:
    """Plan how a take fills ``clip_frames`` record frames whose head shows media time ``clip_seconds``.

    Raises RangeError when the take does not reach, UnsupportedItemError, MediaError, StoreError. Makes no file.
    """
    output = next(iter(take.outputs.values()))
    info = probe(bridge.blobs.path_of(output.content))
    if info.rate is None or not info.frame_count:
        raise UnsupportedItemError(f"Take {take.seq} is not a moving picture.", hint="Pull a video take.")
    return plan_slot(
        clip_seconds=clip_seconds,
        clip_frames=clip_frames,
        timeline_rate=rate,
        take_seconds=take_seconds(bridge.desk.view(link.canvas_id).canvas, link, take),
        take_duration=to_seconds(info.frame_count, info.rate),
    )


def conformed(
    bridge: Bridge, link: ClipLink, take: Take, plan: SlotPlan, size: tuple[int, int], wanted: CodecName | None
) -> tuple[Delivery, tuple[str, ...]]:
    """Return the file of a take for a slot on a timeline of this size, made when there is none, and notes.

    Raises MediaError, StoreError.
    """
    width, height = framing(link.width, link.height, *size)
    slot = Slot(rate=plan.rate, frame_count=plan.frame_count, width=width, height=height)
    codec = wanted or editing_codec(width, height)
    name = f"{plan.rate} {plan.origin} {plan.frame_count} {width}x{height} {codec}"
    known = _known_delivery(bridge, link, take, name)
    return (known, ()) if known is not None else _deliver(bridge, link, take, plan, slot, name, codec)


def take_seconds(canvas: Canvas, link: ClipLink, take: Take) -> Fraction:
    """Media time of the take's first frame: where the pushed take it was made from begins.

    Each push of a shot may begin elsewhere, so it is the one in the take's own recipe that counts. Raises
    UnsupportedItemError when the take was not made from this shot.
    """
    waiting, seen = [take], set()
    while waiting:
        one = waiting.pop()
        if one.node_id == link.node_id:
            start = next(iter(one.outputs.values())).facts.get(GIVEN_START)
            return to_seconds(int(start), link.rate) if start is not None else link.given_seconds
        inputs = one.recipe.inputs if one.recipe else ()
        fresh = [item.take for item in inputs if item.take in canvas.takes and item.take not in seen]
        seen.update(fresh)
        waiting += [canvas.takes[take_id] for take_id in fresh]
    raise UnsupportedItemError(
        f"Take {take.seq} was not made from {link.shot}, so it is unknown which of its frames belong where.",
        hint=f"Wire the source of {link.shot} to its node and generate again.",
    )


def _media_time(bridge: Bridge, link: ClipLink, clip: HostClip, rate: FrameRate) -> Fraction:
    """Media time on the clip's first record frame, whichever take it shows now."""
    path = clip.media.path if clip.media else ""
    for item in bridge.links.deliveries(link.id):
        if same_file(path, item.path) and clip.source_start_frame is not None:
            return Fraction(item.origin) + to_seconds(clip.source_start_frame, rate)
    if not same_file(path, link.media_path):
        raise UnsupportedItemError(
            f"“{clip.name}” shows other media than {link.shot} was pushed from.",
            hint="Push the clip again, then generate a take of what it shows now.",
        )
    return media_time_at_head(link, clip)


def tags_of(link: ClipLink, delivery: Delivery) -> dict[str, str]:
    """Return our ids for the metadata of a delivered file's media."""
    return {"takebridge.link": link.id, "takebridge.take": delivery.take_id, "takebridge.shot": link.shot}


def same_file(one: str, other: str) -> bool:
    """Say whether two paths name the same file, without looking at the disk."""
    return bool(one) and Path(one) == Path(other)


def _known_delivery(bridge: Bridge, link: ClipLink, take: Take, slot: str) -> Delivery | None:
    for item in bridge.links.deliveries(link.id):
        if item.take_id == take.id and item.slot == slot:
            if Path(item.path).exists():
                return item
            if bridge.blobs.has(item.content):
                bridge.blobs.lend(item.content, Path(item.path))
                return item
            bridge.links.forget_delivery(item)
    return None


def _deliver(
    bridge: Bridge, link: ClipLink, take: Take, plan: SlotPlan, slot: Slot, name: str, codec: CodecName
) -> tuple[Delivery, tuple[str, ...]]:
    """Conform the take, store the file, give it its name for humans."""
    source = bridge.blobs.path_of(next(iter(take.outputs.values())).content)
    scratch = bridge.layout.scratch / f"{new_id('pull')}{_SUFFIX[codec]}"
    made = conform(source, scratch, slot, start=plan.take_start, codec=codec, progress=_progress(bridge, link, take))
    try:
        blob = bridge.blobs.add_own(made.path)
    finally:
        made.path.unlink(missing_ok=True)
    number = _number(bridge, link, take)
    folder = bridge.layout.takes / plain(link.project_name) / link.shot
    target = folder / delivery_name(link.shot, number, _label(take), blob.hash, _SUFFIX[codec])
    bridge.blobs.lend(blob.hash, target)
    write_sidecar(bridge, link.canvas_id, take.id, target)
    delivery = Delivery(
        link_id=link.id,
        take_id=take.id,
        slot=name,
        number=number,
        path=str(target),
        content=blob.hash,
        rate=str(plan.rate),
        frame_count=made.frame_count,
        used_start=plan.used.start,
        used_end=plan.used.end,
        origin=str(plan.origin),
        created_at=now_text(),
    )
    bridge.links.deliver(delivery)
    bridge.events.publish("link.changed", {"canvas": link.canvas_id, "link": link.id})
    return delivery, made.notes


def _label(take: Take) -> str:
    """Say in a word how the take was made. A previz says so whatever node it came from."""
    if take.previz:
        return "previz"
    return take.recipe.kind if take.recipe else "source"


def _number(bridge: Bridge, link: ClipLink, take: Take) -> int:
    """Take numbers people see: 1 is the editor's original, each new take of a shot gets the next."""
    numbers = {item.take_id: item.number for item in bridge.links.deliveries(link.id)}
    return numbers.get(take.id) or max(numbers.values(), default=1) + 1


def _progress(bridge: Bridge, link: ClipLink, take: Take) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        facts: dict[str, JsonValue] = {"link": link.id, "take": take.id, "done": done, "total": total}
        bridge.events.publish("pull.progress", facts, coalesce=f"pull {link.id}")

    return report
