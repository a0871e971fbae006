"""The storyboard of a canvas: its shots gathered as cards, their pictures fetched, the document drawn."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import anyio.to_thread
from PIL import Image

from takebridge.canvas.model import Canvas
from takebridge.canvas.wiring import name_of
from takebridge.errors import BlobMissingError, CancelledError, MediaError
from takebridge.ids import BlobHash, CanvasId, NodeId, OpId
from takebridge.media.previews import frame_jpeg
from takebridge.services.bridge import Bridge
from takebridge.services.desk import View
from takebridge.services.previews import Previews
from takebridge.services.shot_facts import Shot, length_words, shots_of, stored_words
from takebridge.services.shots import leading, order_ops
from takebridge.services.storyboard_pdf import NO_TAKE, PER_PAGE, Card, Printed, Storyboard, storyboard_pdf

_WIDTH = 800
"""Pixels across a picture on paper: about 230 a inch at six cards a page."""
_LARGE = 1280
_QUALITY = 82
_AT_ONCE = 4


_ORDERING = threading.Lock()
"""Two people who drag shots at once: the second order is worked out on the first, never mixed with it."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """JPEGs by content and frame, and why others are not there, in a few words."""

    found: dict[tuple[BlobHash, int], bytes]
    lacking: dict[tuple[BlobHash, int], str]


def order_shots(
    bridge: Bridge,
    canvas_id: CanvasId,
    export: NodeId,
    nodes: Sequence[NodeId],
    *,
    author: str,
    op_id: OpId | None = None,
) -> View:
    """Commit the ops that bring the shots into this order; the same ``op_id`` again changes nothing.

    Raises NotFoundError, and what `takebridge.services.shots.order_ops` and `Desk.apply` raise.
    """
    with _ORDERING:
        view = bridge.desk.view(canvas_id)
        if op_id is not None and bridge.desk.knows_op(canvas_id, op_id):
            return view
        ops = order_ops(view.canvas, export, nodes)
        return bridge.desk.apply(canvas_id, ops, author=author, op_id=op_id)


async def print_storyboard(
    bridge: Bridge,
    previews: Previews,
    canvas_id: CanvasId,
    *,
    day: date,
    export: NodeId | None = None,
    per_page: int = PER_PAGE,
) -> Printed:
    """Return the storyboard of a canvas as PDF, dated ``day``.

    A picture that cannot be had is said in its card and in the losses. Raises NotFoundError, UnknownNodeError,
    UsageError for a node that orders nothing or an impossible number of cards, CancelledError when the bridge stops.
    """
    view = bridge.desk.view(canvas_id)
    kinds = bridge.desk.kinds

    def gather() -> tuple[Shot, ...]:
        return shots_of(view, kinds, stored_words(bridge.blobs), export)

    shots = await anyio.to_thread.run_sync(gather)
    pictures = await pictures_of(bridge, previews, shots, _LARGE if per_page <= 2 else _WIDTH)
    titles = {profile.id: profile.title for profile in bridge.providers.profiles()}
    shots = tuple(replace(shot, model=titles.get(shot.model, shot.model)) for shot in shots)
    board = board_of(view.canvas, shots, pictures, day=day, export=export)

    def draw() -> Printed:
        return storyboard_pdf(board, per_page=per_page)

    printed = await anyio.to_thread.run_sync(draw)
    return replace(printed, losses=(*_unseen(shots, pictures), *printed.losses))


def board_of(
    canvas: Canvas, shots: Sequence[Shot], pictures: Pictures, *, day: date, export: NodeId | None = None
) -> Storyboard:
    """Return what is to be drawn."""
    lead = leading(canvas, export)
    count = f"{len(shots)} {'shot' if len(shots) == 1 else 'shots'}"
    return Storyboard(
        film=canvas.title or "Storyboard",
        cards=tuple(_card(shot, pictures) for shot in shots),
        day=day,
        subtitle=name_of(lead) if lead else "In the order of titles and places",
        total=" · ".join(filter(None, (count, total_words(shots)))),
    )


def total_words(shots: Sequence[Shot]) -> str:
    """Return how long the film is, overlaps taken off; "" where a length is not known or they count differently."""
    lengths = [shot.length for shot in shots]
    if not lengths or len({length.rate for length in lengths}) > 1 or any(one.frames is None for one in lengths):
        return ""
    last = lengths[-1]
    frames = sum(one.frames or 0 for one in lengths) if last.start is None else last.start + (last.frames or 0)
    return length_words(frames, last.rate)


def _card(shot: Shot, pictures: Pictures) -> Card:
    key = (BlobHash(shot.still), shot.still_frame)
    words = filter(None, ("previz" if shot.previz else "", (shot.rating or "").replace("_", "-"), _state(shot)))
    taken = f"take {shot.take_number}" if shot.take_number else ""
    note = NO_TAKE if shot.take is None else pictures.lacking.get(key, "This take has no picture")
    return Card(
        number=shot.rank + 1,
        title=shot.title,
        scene=shot.scene,
        prompt=without_heading(shot.prompt, shot.scene),
        length=shot.length.words,
        model=shot.model,
        take=" · ".join(filter(None, (taken, *words))),
        picture=pictures.found.get(key),
        note=note,
    )


def _state(shot: Shot) -> str:
    """What a reader of paper must know of a shot: that it will change."""
    return shot.state.upper() if shot.take is not None and shot.state in ("stale", "upstream", "blocked") else ""


def without_heading(prompt: str, scene: str) -> str:
    """Return the prompt without the scene's heading it begins with: the card has it above."""
    first, _, rest = prompt.partition("\n")
    return rest.lstrip() if scene and first.lstrip("# ").strip() == scene else prompt


# --- pictures -------------------------------------------------------------------------------------------


async def pictures_of(bridge: Bridge, previews: Previews, shots: Sequence[Shot], width: int = _WIDTH) -> Pictures:
    """Return the pictures of the shots, at most ``width`` pixels across. Raises CancelledError."""
    pictures, turns = Pictures({}, {}), asyncio.Semaphore(_AT_ONCE)
    wanted = {(BlobHash(shot.still), shot.still_frame): shot for shot in shots if shot.still}

    async def fetch(key: tuple[BlobHash, int], shot: Shot) -> None:
        async with turns:
            try:
                pictures.found[key] = await _picture(previews, shot, width)
            except CancelledError:
                raise
            except BlobMissingError:
                pictures.lacking[key] = "The picture is not in the media store any more"
            except (MediaError, OSError):
                pictures.lacking[key] = "The picture cannot be read"

    await asyncio.gather(*(fetch(key, shot) for key, shot in wanted.items()))
    return pictures


async def _picture(previews: Previews, shot: Shot, width: int) -> bytes:
    content = BlobHash(shot.still)
    if shot.still_kind == "video" and shot.best is not None:
        proxy = (await previews.get(content, "proxy")).path
        return await anyio.to_thread.run_sync(frame_jpeg, proxy, shot.still_frame, width)
    still = (await previews.get(content, "still")).path
    return await anyio.to_thread.run_sync(_smaller, still.read_bytes(), width)


def _smaller(jpeg: bytes, width: int) -> bytes:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
        if picture.width <= width:
            return jpeg
        picture.thumbnail((width, width), Image.Resampling.LANCZOS)
        small = io.BytesIO()
        picture.convert("RGB").save(small, "JPEG", quality=_QUALITY)
        return small.getvalue()


def _unseen(shots: Sequence[Shot], pictures: Pictures) -> tuple[str, ...]:
    lost = ((shot, pictures.lacking.get((BlobHash(shot.still), shot.still_frame))) for shot in shots)
    return tuple(f"“{shot.title}”: {why[0].lower()}{why[1:]}." for shot, why in lost if why)
