"""What may be pinned without asking, and what can be had back for nothing (docs/canvas.md §4)."""

from __future__ import annotations

from takebridge.canvas.model import Canvas, Kinds, Take
from takebridge.canvas.ops import Pin
from takebridge.canvas.state import Status, state_of
from takebridge.ids import NodeId, TakeId


def auto_pin(canvas: Canvas, take: Take, kinds: Kinds, *, pin_at_submission: TakeId | None) -> Pin | None:
    """Return the pin a new take may have at once, or None when a person has to choose.

    An empty node takes its first take. A stale node takes one made for the recipe it has now, if its pin is
    the one it had when the job was submitted. Fresh, accepted and locked pins are never displaced, and a take
    made for an older recipe is never pinned. Of several takes made at once none should be offered here.
    """
    node = canvas.nodes.get(take.node_id)
    if node is None or node.locked or take.hidden or node.pin != pin_at_submission:
        return None
    state = state_of(canvas, node.id, kinds)
    made_for_now = state.expected_fp is not None and take.recipe_fp == state.expected_fp
    brought_in = take.recipe_fp is None and node.pin is None
    wanted = node.pin is None or state.status is Status.STALE
    if wanted and (made_for_now or brought_in):
        return Pin(node=node.id, take=take.id, expected=node.pin)
    return None


def revert_candidate(canvas: Canvas, node_id: NodeId, kinds: Kinds) -> Take | None:
    """Return the newest visible take made for exactly the recipe the node has now, unless its pin is one.

    Pinning it costs nothing and makes the node fresh: offer it before generating.
    """
    state = state_of(canvas, node_id, kinds)
    if state.expected_fp is None or state.status not in (Status.STALE, Status.ACCEPTED, Status.EMPTY):
        return None
    fitting = [take for take in canvas.takes_of(node_id) if take.recipe_fp == state.expected_fp and not take.hidden]
    return fitting[-1] if fitting else None
