"""The editor's own clip as something to look at: stills of it at once, the source clip's film when that is here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from takebridge.canvas.model import Take
from takebridge.client.api import Api
from takebridge.client.panel_types import SeenClip
from takebridge.errors import BridgeError, UnknownRateError
from takebridge.timebase import FrameRate, parse_edit_rate
from takebridge_resolve.panel import take_facts
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.pane import Original

GIVEN_START = "given_start_frame"
"""Fact of a source clip's take: the source frame that its frame 0 is (services/push.py)."""

Found = Callable[[Original, int | None], None]


def original_of(session: str, clip: SeenClip) -> Original:
    """Return the clip as the bridge sees it, to be shown by stills."""
    return Original(
        session=session,
        clip=clip.clip,
        name=clip.name,
        start_record_frame=clip.start_record_frame,
        end_record_frame=clip.end_record_frame,
        rate=_rate(clip.rate),
    )


def ask_source_take(link: Link, original: Original, clip: SeenClip, then: Found) -> None:
    """Ask for the take that the clip was pushed as. ``then`` gets the original with it, and the record frame at which
    its frame 0 stands, None where that is not known. Never called when there is none.
    """
    if not clip.links:
        return
    seen = clip.links[0]

    def call(api: Api) -> Take | None:
        tray = api.tray(seen.canvas_id, seen.source_node, hidden=True)
        return next((take for take in tray.takes if take.id == tray.pin), None)

    def got(take: Take | None) -> None:
        if take is not None:
            then(replace(original, take=take), start_record_frame(clip, take))

    def failed(_: BridgeError) -> None:
        """Stills will do."""

    link.ask(call, got, failed)


def start_record_frame(clip: SeenClip, take: Take) -> int | None:
    """Return the record frame at which frame 0 of ``take`` stands; None when the rates differ or a frame is not known.

    ``take`` is the source clip's. Handles before the clip make it earlier than the clip's own first frame. It counts
    for a pulled clip as well: the bridge says which source frame stands at its head, whatever it shows.
    """
    picture = take_facts.picture(take)
    given = picture.facts.get(GIVEN_START) if picture else None
    head = clip.links[0].head_source_frame if clip.links else clip.start_source_frame
    if not isinstance(given, int) or head is None:
        return None
    return clip.start_record_frame - (head - given)


def drops(clip: SeenClip) -> bool:
    """Say whether the clip's timeline counts drop-frame timecode, as its own label shows (``;``)."""
    return ";" in clip.timecode


def _rate(text: str) -> FrameRate:
    try:
        return parse_edit_rate(text)
    except UnknownRateError:
        return FrameRate(24)
