"""A timeline of OTIO as a cut, and a cut as a timeline of OTIO in one of three flavours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from takebridge.cut.model import Cut
from takebridge.interchange.otio_hosts import host_json
from takebridge.interchange.otio_json import plain_json, rebuild
from takebridge.interchange.otio_read import cut_of_json
from takebridge.interchange.otio_write import timeline_json
from takebridge.timebase import FrameRate

Flavour = Literal["plain", "resolve", "premiere"]


def cut_of(
    timeline: Any,  # noqa: ANN401 - OTIO ships no types
    *,
    rate: FrameRate | None = None,
    known_files: Mapping[str, str] | None = None,
) -> tuple[Cut, tuple[str, ...]]:
    """Return the cut of a Timeline, SerializableCollection, Stack or Track, and what the cut does not say.

    ``known_files`` maps names of delivered files to stamps. Raises InvalidDocumentError.
    """
    cut, losses = cut_of_json(plain_json(timeline), rate=rate, known_files=known_files)
    return cut, tuple(losses)


def timeline_of(cut: Cut, flavour: Flavour = "plain") -> tuple[Any, tuple[str, ...]]:
    """Return a cut as an OTIO Timeline and what the flavour cannot hold, one line each naming the clip.

    ``plain`` holds everything; ``resolve`` and ``premiere`` are what those hosts import (docs/interchange.md).
    Raises InvalidDocumentError where extras of the cut are no OTIO.
    """
    value, losses = timeline_json(cut) if flavour == "plain" else host_json(cut, flavour)
    return rebuild(value, cut.name or "The cut"), tuple(losses)
