"""The editor: all kinds of edits by how often they are made, and a session of them."""

from __future__ import annotations

from collections.abc import Callable

from cut_content import (
    enable,
    insert,
    nest,
    overwrite,
    razor,
    relink,
    rename_clip,
    rename_file,
    replace_media,
    retime,
    ripple_delete,
    ripple_insert,
    transition,
)
from cut_places import duplicate, move, roll, slide, slip, swap, trim
from cut_records import State

Edit = Callable[[State], bool]

EDITS: dict[str, tuple[Edit, int]] = {
    "trim": (trim, 22),
    "slip": (slip, 9),
    "slide": (slide, 5),
    "roll": (roll, 7),
    "move": (move, 9),
    "razor": (razor, 7),
    "ripple_delete": (ripple_delete, 7),
    "insert": (insert, 4),
    "ripple_insert": (ripple_insert, 3),
    "overwrite": (overwrite, 4),
    "replace_media": (replace_media, 5),
    "relink": (relink, 1),
    "rename_file": (rename_file, 1),
    "rename_clip": (rename_clip, 2),
    "duplicate": (duplicate, 4),
    "swap": (swap, 4),
    "enable": (enable, 3),
    "retime": (retime, 3),
    "transition": (transition, 4),
    "nest": (nest, 1),
}


def edit(state: State, count: int) -> list[str]:
    """Make ``count`` edits drawn by weight and return their kinds, in order."""
    names, weights = list(EDITS), [weight for _, weight in EDITS.values()]
    made: list[str] = []
    for _ in range(count * 60):
        if len(made) == count:
            break
        name = state.rng.choices(names, weights)[0]
        if EDITS[name][0](state):
            made.append(name)
    return made
