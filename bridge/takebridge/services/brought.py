"""What clients may say in ops of their own that the canvas alone cannot judge: takes, and models.

The media of a take must be here, no job of ours is theirs to name, and a model that is chosen must exist and make what
the node is for. Graph files may name models that are not installed: whoever opens one should see what it ran on.
"""

from __future__ import annotations

from collections.abc import Iterable

from takebridge.canvas.model import Canvas, Kinds, NodeKind, Take
from takebridge.canvas.op_types import AddNode, AddTake, InsertGraph, Op, SetModel
from takebridge.errors import BlobMissingError, CapabilityError, PreconditionError
from takebridge.providers.registry import ProviderRegistry
from takebridge.store.blobs import BlobStore


def check_brought(blobs: BlobStore, ops: Iterable[Op]) -> None:
    """Raise BlobMissingError for a take whose content the media store lacks, PreconditionError for one with a job."""
    for op in ops:
        for take in _takes(op):
            _check(blobs, take)


def check_models(providers: ProviderRegistry, kinds: Kinds, canvas: Canvas, ops: Iterable[Op]) -> None:
    """Raise UnknownModelError for a chosen model that is not installed, CapabilityError for one that does other things.

    What is wrong with a node itself is for the canvas to say.
    """
    kind_of = {node.id: node.kind for node in canvas.nodes.values()}
    for op in ops:
        if isinstance(op, AddNode):
            kind_of[op.id] = op.kind
        if isinstance(op, SetModel) and op.model and (kind := kinds.get(kind_of.get(op.node, ""))) and kind.models:
            _check_model(providers, kind, op)


def _check_model(providers: ProviderRegistry, kind: NodeKind, op: SetModel) -> None:
    profile = providers.profile(op.model)
    if profile.kind != kind.models:
        fitting = ", ".join(model.id for model in providers.of_kind(kind.models or "")) or "none that is installed"
        raise CapabilityError(
            f"{op.model} makes {profile.kind}; {kind.title} needs a model for {kind.models}.",
            hint=f"Choose one of: {fitting}.",
            node=op.node,
        )


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
