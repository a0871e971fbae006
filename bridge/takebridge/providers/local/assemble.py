"""Assembles a film: clips with their transitions, the mix below, captions on top; and says exactly what it did."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import repeat
from typing import Any

from takebridge.cut.edits import Transition
from takebridge.media.audio import RATE, write_wav
from takebridge.media.frames import read_frames
from takebridge.media.planes import Planes, PlaneWriter, black, fitted_planes, mixed, read_planes, wiped
from takebridge.media.publish import publishing
from takebridge.providers.local.bench import Bench, Made, Output
from takebridge.providers.local.burnin import Captions
from takebridge.providers.local.mixing import DUCK_DB, GAINS_DB, PROGRAMME_LUFS, mix
from takebridge.providers.local.order import Given, Order
from takebridge.providers.local.programme import Laid, Programme, programme_of

SCHEMA = "takebridge.assembly/1"


def check_assemble(order: Order) -> None:
    """Raise CapabilityError unless the film can be laid out."""
    programme_of(order)


def make_assemble(order: Order, bench: Bench) -> Made:
    """Write the film into port ``video`` and the facts of the cut into port ``timeline``."""
    programme = programme_of(order)
    bench.begin(programme.frame_count)
    sound = mix(programme, bench)
    wav = write_wav(bench.file("mix", ".wav"), sound) if sound is not None else None
    del sound
    path = bench.file("video", ".mp4")
    captions = Captions(programme.cues, programme.rate, programme.width, programme.height)
    with PlaneWriter(
        path,
        programme.rate,
        programme.width,
        programme.height,
        programme.frame_count,
        audio=wav,
        cancel=bench.stop,
    ) as writer, closing(pictures(programme)) as frames:  # fmt: skip
        for number, planes in enumerate(frames):
            writer.write(captions.over(planes, number))
            bench.at(number + 1)
    told = bench.file("timeline", ".json")
    with publishing(told) as part:
        part.write_text(json.dumps(facts_of(programme), ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")
    outputs = (Output("timeline", "application/json", told), Output("video", "video/mp4", path))
    facts: dict[str, bool | int | str] = {
        "previz": False,
        "frame_count": programme.frame_count,
        "rate": str(programme.rate),
        "width": programme.width,
        "height": programme.height,
    }
    return Made(outputs, facts)


# --- pictures -------------------------------------------------------------------------------------------


def pictures(programme: Programme) -> Generator[Planes, None, None]:
    """Yield every record frame in order; at most two clips are open at a time."""
    open_clips: dict[int, Iterator[Planes]] = {}
    size = (programme.width, programme.height)
    try:
        for frame in range(programme.frame_count):
            shown = [place for place in programme.places if place.start <= frame < place.end]
            for place in shown:
                if place.rank not in open_clips:
                    open_clips[place.rank] = _frames_of(programme, place.rank)
            for rank in [rank for rank in open_clips if rank < shown[0].rank]:
                _close(open_clips.pop(rank))
            layers = [next(open_clips[place.rank]) for place in shown]
            yield _dipped(programme, _layered(programme, layers, shown[-1].rank, frame), shown[-1].rank, frame, size)
    finally:
        for one in open_clips.values():
            _close(one)


def _close(frames: Iterator[Planes]) -> None:
    if hasattr(frames, "close"):
        frames.close()


def _frames_of(programme: Programme, rank: int) -> Iterator[Planes]:
    one, place = programme.clips[rank], programme.places[rank]
    if one.media.is_still:
        rgb = next(iter(read_frames(one.media.path, 0, 1)))
        return repeat(fitted_planes(rgb, programme.width, programme.height), place.end - place.start)
    picks = [programme.source_frame(rank, frame) for frame in range(place.start, place.end)]
    return read_planes(one.media, picks, programme.width, programme.height)


def _layered(programme: Programme, layers: Sequence[Planes], rank: int, frame: int) -> Planes:
    """One clip as it is, or the second coming over the first: frame k of n is (k + 1) of (n + 1) parts new."""
    if len(layers) == 1:
        return layers[0]
    place = programme.places[rank]
    step, whole = frame - place.start + 1, place.into.frames + 1
    blend = wiped if place.into.kind == "wipe" else mixed
    return blend(layers[0], layers[1], step, whole)


def _dipped(programme: Programme, planes: Planes, rank: int, frame: int, size: tuple[int, int]) -> Planes:
    """Fade from and to black at a dip."""
    place, after = programme.places[rank], programme.transition_after(rank)
    if place.into.kind == "dip" and frame < place.start + place.head:
        return mixed(black(*size), planes, frame - place.start + 1, place.head + 1)
    if after.kind == "dip" and frame >= place.end - place.tail:
        return mixed(black(*size), planes, place.end - frame, place.tail + 1)
    return planes


# --- facts ----------------------------------------------------------------------------------------------


def facts_of(programme: Programme) -> dict[str, Any]:
    """Say what lies where, in whole numbers: record frames at ``rate``, source frames at each clip's own, samples.

    All ranges are ``[start, end)``. docs/local-models.md explains every field.
    """
    return {
        "schema": SCHEMA,
        "rate": [programme.rate.numerator, programme.rate.denominator],
        "width": programme.width,
        "height": programme.height,
        "frame_count": programme.frame_count,
        "sample_rate": RATE,
        "samples": programme.samples,
        "clips": [_clip(programme, rank) for rank in range(len(programme.clips))],
        "transitions": _transitions(programme),
        "sounds": [_sound(laid) for laid in programme.sounds],
        "captions": _captions(programme),
        "mix": {"programme_lufs": int(PROGRAMME_LUFS), "duck_db": int(DUCK_DB)},
    }


def _named(one: Given) -> dict[str, Any]:
    return {"name": one.name, "content": one.asked.content}


def _clip(programme: Programme, rank: int) -> dict[str, Any]:
    one, place = programme.clips[rank], programme.places[rank]
    still = one.media.is_still or one.media.rate is None
    rate = programme.rate if still or one.media.rate is None else one.media.rate
    length = place.end - place.start
    first = 0 if still else one.used[0]
    last = length if still else programme.source_frame(rank, place.end - 1) + 1
    return {
        "rank": rank,
        **_named(one),
        "media_type": "image" if still else "video",
        "record": [place.start, place.end],
        "source": [first, last],
        "source_rate": [rate.numerator, rate.denominator],
        "available": [0, length if still else one.media.edit_frames],
        "width": one.media.width,
        "height": one.media.height,
        "sound": one.media.has_audio,
    }


def _transitions(programme: Programme) -> list[dict[str, Any]]:
    """Every transition but cuts; ``from`` or ``to`` is null where the film begins or ends."""
    found = []
    for place in programme.places:
        if place.into.frames:
            overlapping = place.into.overlap
            before = 0 if overlapping or not place.rank else place.into.frames // 2
            start = place.start - before
            found.append(_transition(place.into, place.rank - 1 if place.rank else None, place.rank, start))
    if programme.end.frames:
        start = programme.frame_count - programme.end.frames
        found.append(_transition(programme.end, len(programme.places) - 1, None, start))
    return found


def _transition(transition: Transition, before: int | None, after: int | None, start: int) -> dict[str, Any]:
    return {"kind": transition.kind, "from": before, "to": after, "record": [start, start + transition.frames]}


def _sound(laid: Laid) -> dict[str, Any]:
    return {
        "role": laid.role,
        **_named(laid.given),
        "record_samples": [laid.start, laid.start + laid.samples],
        "source_samples": [0, laid.samples],
        "gain_db": int(GAINS_DB[laid.role]),
    }


def _captions(programme: Programme) -> dict[str, Any] | None:
    if programme.captions is None:
        return None
    cues = [{"start_ms": cue.start, "end_ms": cue.end, "lines": list(cue.lines)} for cue in programme.cues]
    return {**_named(programme.captions), "burnt_in": True, "cues": cues}
