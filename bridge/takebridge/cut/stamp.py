"""Stamps: our own id of a clip, written in three places of a document and read back by majority.

A stamp is ``tb-`` and 12 hex digits of the clip link's id. Hosts drop metadata they do not know (formats.md §6,
premiere_fcp_capcut.md §5.2), so it stands in the clip's metadata, in a marker's note (or keyword) on the clip, and the
delivered file's name leads to it. A clip's own copy of a neighbour's marker must not outvote the other two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from takebridge.ids import LinkId

_STAMP = re.compile(r"\btb-[0-9a-f]{12}\b")


def stamp_of(link: LinkId) -> str:
    """Return the stamp of a clip link."""
    return f"tb-{link.removeprefix('link_')[:12]}"


def find_stamps(text: str) -> tuple[str, ...]:
    """Return the stamps written anywhere in a text, in order."""
    return tuple(_STAMP.findall(text))


def majority(places: Iterable[str]) -> str:
    """Return the stamp most places say ("" for a place that says none); the earlier place wins a draw."""
    said = [stamp for stamp in places if stamp]
    if not said:
        return ""
    counted = Counter(said)
    return max(said, key=lambda stamp: (counted[stamp], -said.index(stamp)))
