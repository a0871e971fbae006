"""What was read, beside the original text: how the writer knows what was edited since.

``extras["xmeml"]`` of a clip or transition holds ``element`` (the original text, file and nested sequence as stubs)
and ``read``, the values of the model as text. An element whose values are still those is written as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from takebridge.cut.model import Clip, Extras, Frame, Item, Span, Transition, whole
from takebridge.interchange.xmeml_markers import marker_values
from takebridge.interchange.xmeml_media import media_values
from takebridge.timebase import FrameRate


def span_text(span: Span | None) -> str:
    """Return a span as text."""
    return "" if span is None else f"{span.start}-{span.end}"


Reach = tuple[Frame | None, Frame | None]
"""How far the transitions at an item's head and tail reach beyond it; None where there is none."""


def clip_values(clip: Clip, reach: Reach, rate: FrameRate) -> dict[str, JsonValue]:
    """Return a clip's values as text, with the reach of its transitions, in a sequence of ``rate``."""
    at = f"{reach[0]} {reach[1]} {rate}"
    speed = f"{clip.speed} {clip.ramp}"
    return {
        "name": clip.name,
        "enabled": str(clip.enabled),
        "record": f"{span_text(clip.record)} {at}",
        "source": f"{clip.record.duration} {at} {span_text(clip.source)} {speed} {media_values(clip.media)}",
        "speed": speed,
        "media": media_values(clip.media),
        "markers": marker_values(clip.markers),
        "look": clip.look,
        "stamp": clip.stamp,
    }


def kept(extras: Extras) -> Mapping[str, JsonValue]:
    """Return what this format keeps in extras; empty for values of other formats."""
    found = extras.get("xmeml")
    return found if isinstance(found, dict) else {}


def kept_text(extras: Extras, name: str) -> str:
    """Return one kept text, "" where there is none."""
    found = kept(extras).get(name)
    return found if isinstance(found, str) else ""


def kept_values(extras: Extras) -> Mapping[str, JsonValue]:
    """Return the values as they were read; empty where nothing was."""
    found = kept(extras).get("read")
    return found if isinstance(found, dict) else {}


def reach_of(items: Sequence[Item], index: int) -> Reach:
    """Return how far the transitions at an item's head and tail reach beyond it; None where there is none."""
    clip = items[index]
    before = items[index - 1] if index else None
    after = items[index + 1] if index + 1 < len(items) else None
    head: Frame | None = None
    tail: Frame | None = None
    if isinstance(before, Transition) and before.cut == clip.record.start:
        head = whole(max(0, clip.record.start - before.record.start))
    if isinstance(after, Transition) and after.cut == clip.record.end:
        tail = whole(max(0, after.record.end - clip.record.end))
    return head, tail
