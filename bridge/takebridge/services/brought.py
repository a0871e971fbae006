"""Takes that clients bring in ops of their own: their media must be here, and no job of ours is theirs to name."""

from __future__ import annotations

from collections.abc import Iterable

from takebridge.canvas.model import Take
from takebridge.canvas.op_types import AddTake, InsertGraph, Op
from takebridge.errors import BlobMissingError, PreconditionError
from takebridge.store.blobs import BlobStore


def check_brought(blobs: BlobStore, ops: Iterable[Op]) -> None:
    """Raise BlobMissingError for a take whose content the media store lacks, PreconditionError for one with a job."""
    for op in ops:
        for take in _takes(op):
            _check(blobs, take)


def _takes(op: Op) -> tuple[Take, ...]:
    if isinstance(op, AddTake):
        return (op.take,)
    return op.takes if isinstance(op, InsertGraph) else ()


def _check(blobs: BlobStore, take: Take) -> None:
    if take.job_id is not None:
        raise PreconditionError(
            f"Take “{take.id}” names a job; only the job itself adds its take.",
            hint="Leave job_id out.",
            node=take.node_id,
            take=take.id,
        )
    for port, output in take.outputs.items():
        if not blobs.has(output.content):
            raise BlobMissingError(
                f"The media store does not have the {port} of take “{take.id}”.",
                hint="Bring the file in first: as a reference, a pushed clip, a text or a graph file with its media.",
                node=take.node_id,
                take=take.id,
            )
