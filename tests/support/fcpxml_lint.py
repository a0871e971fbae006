"""Hand-made documents for lint: for every rule one that breaks it and a near miss that does not."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.fcpxml import film

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.view import Fcpxml

ORIGIN = 86400


def frames(count: int) -> str:
    """A number of frames at 23.976, in seconds."""
    return f"{count * 1001}/24000s"


def at(count: int) -> str:
    """The offset of a frame of ``film``'s primary storyline, counted from its tcStart."""
    return frames(ORIGIN + count)


def asset(identifier: str = "a", *, length: int = 100, start: int = 0, form: str = "r1", more: str = "") -> str:
    """An asset of ``length`` frames whose timecode begins at frame ``start``."""
    return (
        f'<asset id="{identifier}" name="{identifier}.mov" start="{frames(start)}" duration="{frames(length)}" '
        f'hasVideo="1" format="{form}" {more}><media-rep src="file:///media/{identifier}.mov"/></asset>'
    )


def clip(start: int, length: int, *, at_frame: int = 0, ref: str = "a", more: str = "", inside: str = "") -> str:
    """An asset clip in the primary storyline."""
    return (
        f'<asset-clip ref="{ref}" name="{ref}.mov" offset="{at(at_frame)}" start="{frames(start)}" '
        f'duration="{frames(length)}" {more}>{inside}</asset-clip>'
    )


def gap(length: int, *, at_frame: int = 0, inside: str = "", more: str = "") -> str:
    """A gap in the primary storyline; its local time begins at 0."""
    return f'<gap offset="{at(at_frame)}" duration="{frames(length)}" {more}>{inside}</gap>'


def connected(inside: str, *, resources: str = "", sequence: str = "") -> Fcpxml:
    """A film of one gap with something connected to it."""
    return film(gap(100, inside=inside), resources=resources, sequence=sequence)


def document(content: str, *, version: str = ' version="1.10"') -> Fcpxml:
    """A document with this text between its root tags."""
    return Fcpxml((parsed := Document.parse(f"<fcpxml{version}>\n{content}\n</fcpxml>")).root, parsed)


@dataclass(frozen=True)
class Case:
    """``broken`` must give one finding with this code, severity and path ending; ``sound`` none with this code."""

    code: str
    severity: str
    broken: Fcpxml
    sound: Fcpxml
    path: str
    target: str | None = None
    name: str = ""
