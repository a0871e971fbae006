"""Picture sizes of a cut's files, for documents that must say them: Premiere scales a clip whose size is said wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from takebridge.cut.model import Clip, Cut, Media, Track
from takebridge.errors import MediaError
from takebridge.interchange.xmeml_files_out import SIZE
from takebridge.media.probe import probe

Sized = Callable[[Media], Media]


def with_sizes(cut: Cut) -> Cut:
    """Return the cut whose media say their picture size, as far as their files are here and can be read.

    Each file is looked at once. What came from a document with a size of its own keeps that.
    """
    known: dict[str, list[int] | None] = {}

    def sized(media: Media) -> Media:
        if "xmeml" in media.extras or not media.location:
            return media
        if media.location not in known:
            known[media.location] = _size(Path(media.location))
        size = known[media.location]
        return media if size is None else replace(media, extras={**media.extras, SIZE: [*size]})

    return _cut(cut, sized)


def _cut(cut: Cut, sized: Sized) -> Cut:
    return replace(cut, tracks=tuple(_track(track, sized) for track in cut.tracks))


def _track(track: Track, sized: Sized) -> Track:
    items = tuple(_clip(item, sized) if isinstance(item, Clip) else item for item in track.items)
    return replace(track, items=items) if track.kind == "video" else track


def _clip(clip: Clip, sized: Sized) -> Clip:
    takes = tuple(replace(take, media=sized(take.media)) if take.media else take for take in clip.takes)
    media = sized(clip.media) if clip.media else None
    return replace(clip, media=media, takes=takes, inner=_cut(clip.inner, sized) if clip.inner else None)


def _size(path: Path) -> list[int] | None:
    try:
        info = probe(path) if path.is_file() else None
    except (MediaError, OSError):
        return None
    return [info.width, info.height] if info is not None and info.width and info.height else None
