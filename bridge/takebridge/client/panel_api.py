"""What a panel beside an editor calls: where the person is, previews of takes, takes on the timeline, gaps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from takebridge.client.http import BridgeClient
from takebridge.client.panel_types import (
    Cells,
    FillRequest,
    GapFilled,
    GapFound,
    Look,
    LookMode,
    PutClip,
    PutRequest,
    Spot,
)
from takebridge.client.replies import Reply, read
from takebridge.cut.link import ClipLink
from takebridge.errors import InvalidDocumentError, StoreError
from takebridge.ids import BlobHash, CanvasId, ClipKey, NodeId, new_id

CELLS_HEADER = "X-TakeBridge-Cells"
"""Header of a sprite: its `Cells` as JSON."""
PREVIEW_WIDTH = 320


class Pushed(Reply):
    """A clip that was sent to the canvas, with the nodes it has there by kind. ``repeated``: it was there already.

    ``frames`` of the take made from it, ``head`` and ``tail`` of them handles, of ``asked``; in the media's own rate.
    """

    link: ClipLink
    nodes: dict[str, NodeId]
    name: str
    frames: int
    head: int
    tail: int
    asked: int
    repeated: bool
    notes: tuple[str, ...] = ()


class PanelApi:
    """The part of `Api` that panels live on. Record frames are absolute, ranges half-open."""

    client: BridgeClient

    # --- where the person is

    def spot(self, fresh: bool = True) -> Spot:
        """Where the person is in the editor. ``fresh`` False takes the last answer, if there was one.

        Raises HostOfflineError without an editor, CapabilityMissingError when its agent cannot say.
        """
        return read(Spot, self.client.get("/api/hosts/spot", fresh=fresh))

    def park(self, record_frame: int, *, timeline_id: str = "") -> Spot:
        """Put the playhead on a frame of the open timeline; with ``timeline_id`` only when that one is open."""
        body = {"record_frame": record_frame, "timeline_id": timeline_id}
        return read(Spot, self.client.post("/api/hosts/playhead", body, repeatable=True))

    def look(self, mode: LookMode = "playhead") -> Look:
        """The clips a person means, each with what it shows and whether it can be pushed."""
        return read(Look, self.client.post("/api/clips/look", {"mode": mode}, repeatable=True))

    def clip_frame(self, session: str, clip: ClipKey | str, record_frame: int, *, width: int = PREVIEW_WIDTH) -> bytes:
        """The frame of a clip's own source shown at a record frame, as JPEG ``width`` pixels wide.

        Only for clips that the last `look` or `spot` of the session told of.
        """
        return self.client.get_bytes(
            "/api/clips/frame", session=session, clip=str(clip), record_frame=record_frame, width=width
        )

    # --- previews of what is stored

    def poster(self, content: BlobHash) -> bytes:
        """A JPEG of 320 pixels across: the middle frame, the still itself, or the waveform of a sound."""
        return self.client.get_bytes(f"/api/media/{content}/poster")

    def sprite(self, content: BlobHash) -> tuple[bytes, Cells]:
        """A JPEG of frames spread over a take, with how they lie in it. Raises MediaError for stills and sound."""
        reply = self.client.get_response(f"/api/media/{content}/sprite")
        try:
            return reply.content, read(Cells, json.loads(reply.headers.get(CELLS_HEADER, "")))
        except ValueError as error:
            raise InvalidDocumentError(
                "The bridge did not say how the sprite is laid out.", hint="Update it."
            ) from error

    def proxy(self, content: BlobHash, to: Path) -> Path:
        """Fetch the small film of a take, frame for frame the take's, and keep it as ``to``, whole or not at all."""
        data = self.client.get_bytes(f"/api/media/{content}/proxy")
        part = to.with_name(f".{new_id('part')}")
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(to)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StoreError(f"{to.name} cannot be stored: {error.strerror}.", hint="Choose another folder.") from error
        return to

    def full_frame(self, content: BlobHash, frame: int) -> bytes:
        """One frame of what is stored, from 0, in full size as PNG; 0 is a still itself.

        Raises MediaError where there is no picture, RangeError beyond the last frame.
        """
        return self.client.get_bytes(f"/api/media/{content}/frames/{frame}")

    # --- clips and takes

    def push(
        self,
        canvas_id: CanvasId,
        mode: LookMode = "playhead",
        *,
        process: Sequence[str] = ("upscale",),
        handles: int | None = None,
        author: str = "editor",
    ) -> list[Pushed]:
        """Send the clips a person means to a canvas, with a node of each ``process`` behind them."""
        body: dict[str, Any] = {"canvas_id": canvas_id, "mode": mode, "process": [*process], "author": author}
        if handles is not None:
            body["handles"] = handles
        return read(list[Pushed], self.client.post("/api/clips/push", body))

    def links(self, canvas_id: CanvasId) -> list[ClipLink]:
        """The clip links of a canvas, oldest first."""
        return read(list[ClipLink], self.client.get("/api/clips/links", canvas_id=canvas_id))

    def put(self, request: PutRequest) -> list[PutClip]:
        """Put takes on the timeline; one answer a clip, in the order of the clips. Asked again, it changes nothing."""
        return read(list[PutClip], self.client.post("/api/clips/put", request.model_dump(mode="json")))

    # --- gaps

    def gaps(self, mode: Literal["marks", "gaps"] = "marks") -> list[GapFound]:
        """The empty spans of the video tracks: between the marks, or all between clips."""
        return read(list[GapFound], self.client.post("/api/clips/gaps", {"mode": mode}, repeatable=True))

    def fill(self, request: FillRequest) -> GapFilled:
        """Make a shot for a gap on the canvas. Nothing is generated yet, and the timeline is not touched."""
        return read(GapFilled, self.client.post("/api/clips/gaps/fill", request.model_dump(mode="json")))
