"""What this library writes into OTIO metadata, all of it under one key; foreign keys are never touched.

On the root (a Timeline, or the SerializableCollection around several): ``document`` (the FCPXML text with a mark where
each story item stood), ``id`` (which document that is), ``schema``. On a track: ``id``, ``track``, ``lane``, ``use``.
On an item: ``id``, ``key``, ``xml`` (its element, with marks for the items that were connected to it), ``host``,
``storyline``, ``track``, and the exact times as written: ``record``, ``duration``, ``source`` (``num/den`` seconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEY = "takebridge_fcpxml"
SCHEMA = 1
#: The target of the processing instructions that mark where an item stood.
MARK = "takebridge-item"

Tag = dict[str, Any]


def read(holder: object) -> Tag:
    """Our metadata of an OTIO object as plain data, empty when there is none.

    OTIO's metadata views die with their owner, so everything is copied.
    """
    metadata = getattr(holder, "metadata", None)
    if metadata is None or KEY not in metadata:
        return {}
    own = metadata[KEY]
    return _plain(own, 0) if isinstance(own, Mapping) else {}


def write(holder: Any, tag: Tag) -> None:  # noqa: ANN401 - OTIO's classes have no common typed base
    """Set our metadata of an OTIO object."""
    holder.metadata[KEY] = {name: value for name, value in tag.items() if value is not None}


def text(tag: Tag, name: str) -> str:
    """A text field, empty when it is absent or something else."""
    value = tag.get(name)
    return value if isinstance(value, str) else ""


def _plain(value: Any, depth: int) -> Any:  # noqa: ANN401 - metadata is any JSON
    if depth > 16:
        return None
    if isinstance(value, Mapping):
        return {str(name): _plain(inner, depth + 1) for name, inner in value.items()}
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return [_plain(inner, depth + 1) for inner in value]
    return value if isinstance(value, (str, int, float)) else None
