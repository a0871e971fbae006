"""An assembled film as OpenTimelineIO: the cut it was made of, every clip with the takes of its node.

OTIO lays clips end to end and hangs a transition on the edge between two. The assembly overlaps them instead; the edge
is put into the middle of the overlap, so nothing moves and the frames of the transition become its two offsets.
Pictures are counted in frames of the film, sounds in samples: both exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import opentimelineio as otio

from takebridge.interchange.assembly import AssembledClip, AssembledSound, AssembledTransition, Assembly
from takebridge.interchange.film_types import Film, FilmSource, FilmTake
from takebridge.interchange.generated_media import KEY
from takebridge.interchange.otio_out import save_timeline, time_at
from takebridge.timebase import FrameRate, format_timecode, frame_at, to_seconds

_NAMES = {"dialogue": "Dialogue", "music": "Music", "sfx": "SFX"}


def write_film(film: Film, path: Path) -> tuple[str, ...]:
    """Write the cut of ``film`` to ``path``, whole or not at all; return what OTIO could not express, line by line.

    Raises InterchangeError or DiskFullError.
    """
    losses: list[str] = []
    assembly = film.assembly
    timeline = otio.schema.Timeline(name=film.title)
    timeline.global_start_time = time_at(0, assembly.rate)
    timeline.metadata["takebridge"] = _about(film)
    timeline.tracks.append(_pictures(film, losses))
    timeline.tracks.extend(_clip_sound(film))
    for role, name in _NAMES.items():
        timeline.tracks.extend(_sounds(film, role, name))
    losses += [*_of_transitions(assembly), *_of_sound(assembly)]
    save_timeline(timeline, path)
    return tuple(losses)


def _about(film: Film) -> dict[str, Any]:
    assembly = film.assembly
    return {
        "canvas": film.canvas,
        "node": film.node,
        "take": film.take,
        "content": film.content,
        "rate": str(assembly.rate),
        "frame_count": assembly.frame_count,
        "length": format_timecode(assembly.frame_count, assembly.rate),
        "width": assembly.width,
        "height": assembly.height,
    }


def _of_sound(assembly: Assembly) -> list[str]:
    said = []
    if assembly.sounds or any(clip.sound for clip in assembly.clips):
        said.append("Sounds lie where the film has them, at their own level: the mix itself is only in the film.")
    if assembly.captions:
        said.append("The captions are burnt into the film and lie beside it as a file; the timeline has none.")
    return said


# --- pictures -------------------------------------------------------------------------------------------


def _pictures(film: Film, losses: list[str]) -> Any:  # noqa: ANN401 - OTIO ships no types
    track = otio.schema.Track(name="Video 1", kind=otio.schema.TrackKind.Video)
    edges = _edges(film.assembly)
    for clip, source in zip(film.assembly.clips, film.clips, strict=True):
        for transition in _before(film.assembly, clip.rank):
            track.append(_transition(transition, edges[clip.rank], film.assembly.rate))
        track.append(_picture(film, clip, source, edges, losses))
    for transition in film.assembly.transitions:
        if transition.after is None:
            track.append(_transition(transition, film.assembly.frame_count, film.assembly.rate))
    return track


def _edges(assembly: Assembly) -> list[int]:
    """Return where OTIO puts the edge before each clip, and after the last: the middle of a transition."""
    middles = {
        transition.after: (transition.record[0] + transition.record[1]) // 2
        for transition in assembly.transitions
        if transition.before is not None
    }
    inner = [middles.get(clip.rank, clip.record[0]) for clip in assembly.clips[1:]]
    return [0, *inner, assembly.frame_count]


def _before(assembly: Assembly, rank: int) -> Iterable[AssembledTransition]:
    return (transition for transition in assembly.transitions if transition.after == rank)


def _transition(made: AssembledTransition, edge: int, rate: FrameRate) -> Any:  # noqa: ANN401
    start, end = made.record
    kinds = otio.schema.TransitionTypes
    return otio.schema.Transition(
        name={"dissolve": "Dissolve", "wipe": "Wipe from the left", "dip": "Dip to black"}.get(made.kind, made.kind),
        transition_type=kinds.SMPTE_Dissolve if _is_dissolve(made) else kinds.Custom,
        in_offset=time_at(edge - start, rate),
        out_offset=time_at(end - edge, rate),
        metadata={"takebridge": {"kind": made.kind, "record_start": start, "record_end": end}},
    )


def _is_dissolve(made: AssembledTransition) -> bool:
    # At an end of the film there is nothing to dissolve with but black, which is what editors make of a dissolve there.
    return made.kind == "dissolve" or (made.kind == "dip" and None in (made.before, made.after))


def _of_transitions(assembly: Assembly) -> list[str]:
    own = [made for made in assembly.transitions if not _is_dissolve(made)]
    if not own:
        return []
    named = ", ".join(f"{made.kind} at frame {made.record[0]}" for made in own)
    return [f"Written as transitions of their own kind, which an editor may show as dissolves or cuts: {named}."]


def _picture(film: Film, clip: AssembledClip, source: FilmSource, edges: Sequence[int], losses: list[str]) -> Any:  # noqa: ANN401
    start, end = edges[clip.rank], edges[clip.rank + 1]
    written = _clip_at(film, clip, source, start, end)
    references = {source.used.key: _reference(source.used, clip)}
    needed = clip.source[1]  # transitions included, from the take's first frame on
    for other in source.others:
        if other.frames is not None and (other.rate != clip.rate or other.frames < needed):
            why = "has another frame rate" if other.rate != clip.rate else "is too short for its clip"
            losses.append(f"{other.key.capitalize()} of “{source.title}” {why}; it is not offered as an alternative.")
            continue
        references[other.key] = _reference(other, clip)
    written.set_media_references(dict(sorted(references.items())), source.used.key)
    return written


def _clip_at(film: Film, clip: AssembledClip, source: FilmSource, start: int, end: int) -> Any:  # noqa: ANN401
    rate = film.assembly.rate
    elapsed = to_seconds(start - clip.record[0], rate)
    first = min(clip.source[0] + frame_at(elapsed, clip.rate), clip.source[1] - 1)
    return otio.schema.Clip(
        name=source.title,
        source_range=otio.opentime.TimeRange(time_at(first, clip.rate), time_at(end - start, rate)),
        metadata={"takebridge": _provenance(film, source)},
    )


def _provenance(film: Film, source: FilmSource) -> dict[str, Any]:
    used = source.used
    return {
        "canvas": film.canvas,
        "node": source.node,
        "take": used.take,
        "take_number": used.seq,
        "content": used.content,
        "previz": used.previz,
    }


def _reference(take: FilmTake, clip: AssembledClip) -> Any:  # noqa: ANN401
    first, last = (0, take.frames) if take.frames is not None else clip.available
    reference = otio.schema.ExternalReference(target_url=take.path.as_uri())
    reference.name = take.path.name
    reference.available_range = otio.opentime.TimeRange(time_at(first, clip.rate), time_at(last - first, clip.rate))
    reference.metadata["takebridge"] = {
        "take": take.take,
        "content": take.content,
        "previz": take.previz,
        **_made(take),
    }
    return reference


def _made(take: FilmTake) -> dict[str, Any]:
    return {KEY: take.generated.as_json()} if take.generated is not None else {}


# --- sounds ---------------------------------------------------------------------------------------------


def _clip_sound(film: Film) -> list[Any]:
    """The sound the clips bring with them, under their pictures."""
    assembly = film.assembly
    if not any(clip.sound for clip in assembly.clips):
        return []
    track = otio.schema.Track(name="Clips", kind=otio.schema.TrackKind.Audio)
    edges, at = _edges(assembly), 0
    for clip, source in zip(assembly.clips, film.clips, strict=True):
        start, end = edges[clip.rank], edges[clip.rank + 1]
        if not clip.sound:
            continue
        if start > at:
            track.append(_gap(time_at(0, assembly.rate), time_at(start - at, assembly.rate)))
        at = end
        written = _clip_at(film, clip, source, start, end)
        written.set_media_references({source.used.key: _reference(source.used, clip)}, source.used.key)
        track.append(written)
    return [track]


def _sounds(film: Film, role: str, name: str) -> list[Any]:
    """Tracks of one role; sounds that overlap lie on tracks of their own."""
    laid = [pair for pair in zip(film.assembly.sounds, film.sounds, strict=True) if pair[0].role == role]
    tracks: list[Any] = []
    ends: list[int] = []
    rate = film.assembly.sample_rate
    for sound, source in sorted(laid, key=lambda pair: pair[0].record_samples):
        start, end = sound.record_samples
        number = next((index for index, free in enumerate(ends) if free <= start), len(ends))
        if number == len(ends):
            label = name if not number else f"{name} {number + 1}"
            tracks.append(otio.schema.Track(name=label, kind=otio.schema.TrackKind.Audio))
            ends.append(0)
        if start > ends[number]:
            tracks[number].append(_gap(_samples(0, rate), _samples(start - ends[number], rate)))
        tracks[number].append(_sound(film, sound, source, rate))
        ends[number] = end
    return tracks


def _sound(film: Film, sound: AssembledSound, source: FilmSource, rate: int) -> Any:  # noqa: ANN401
    (first, last), (start, end) = sound.source_samples, sound.record_samples
    reference = otio.schema.ExternalReference(target_url=source.used.path.as_uri())
    reference.name = source.used.path.name
    reference.available_range = otio.opentime.TimeRange(_samples(0, rate), _samples(last, rate))
    if source.used.generated is not None:
        reference.metadata["takebridge"] = _made(source.used)
    written = otio.schema.Clip(
        name=source.title,
        source_range=otio.opentime.TimeRange(_samples(first, rate), _samples(end - start, rate)),
        metadata={"takebridge": {**_provenance(film, source), "role": sound.role, "gain_db": sound.gain_db}},
    )
    written.set_media_references({source.used.key: reference}, source.used.key)
    return written


def _gap(start: Any, length: Any) -> Any:  # noqa: ANN401
    return otio.schema.Gap(source_range=otio.opentime.TimeRange(start, length))


def _samples(count: int, rate: int) -> Any:  # noqa: ANN401
    return otio.opentime.RationalTime(count, rate)
