"""A whole timeline at the cost of one call: what Resolve itself writes of it as OTIO (18.5), checked before it counts.

Thousands of property reads in a row have crashed Resolve; one export takes less than a second (resolve.md section 2).
Record frames are absolute, ends exclusive. What is odd in any way is None: then the items are asked one by one.
"""

import collections
import io
import json
import os
import shutil
import tempfile

from .values import text, whole

BULK_FROM = 4
"""Items from which on an export costs less than asking each."""
MAX_EXPORT_BYTES = 256 * 1024 * 1024
SAME_RATE = 1e-5
"""Relative difference below which two rates are one: 23.976 and 24000/1001 are, 23.976 and 24 are not."""
KINDS = {"Video": "video", "Audio": "audio"}
Written = collections.namedtuple("Written", "start end name path enabled sure group head")
Written.__doc__ = """One item as written: ``start``/``end`` record frames, ``path`` of its media (None: the item has to
be asked), ``sure`` is False where its place is asked before it is believed (transitions, retimes, what is nested),
``group`` the number of what it is linked with (None: with nothing, or this build does not write it), ``head`` the
source frame at its head (None where that is not plain)."""
WrittenCut = collections.namedtuple("WrittenCut", "tracks locked")
WrittenCut.__doc__ = """A timeline as written: ``tracks`` as {(type, index): [Written]} in order of their starts,
``locked`` as {(type, index): bool}, None for a track that does not say."""
OWN_FACTS = "Resolve_OTIO"


class OddExport(Exception):
    """The export says something this reading does not know for sure."""


UNREADABLE = (OddExport, OSError, ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError)


def written_tracks(resolve, timeline):
    """Return {(type, index): [Written]} of what Resolve writes of a timeline, or None. Subtitles are not written."""
    cut = written_cut(resolve, timeline)
    return cut.tracks if cut else None


def written_cut(resolve, timeline):
    """Return the WrittenCut of what Resolve writes of a timeline, or None.

    The file lies in a folder of its own that only this user can read, and is gone when this returns.
    """
    kinds = [getattr(resolve, name, None) for name in ("EXPORT_OTIO", "EXPORT_NONE")]
    if None in kinds:
        return None
    try:
        folder = tempfile.mkdtemp(prefix="takebridge_")
    except OSError:
        return None
    try:
        path = os.path.join(folder, "timeline.otio")
        return cut_of_export(load_export(path)) if timeline.Export(path, kinds[0], kinds[1]) else None
    except UNREADABLE:
        return None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def load_export(path):
    """Return the JSON of a file; raises OSError, ValueError, OddExport."""
    if os.path.getsize(path) > MAX_EXPORT_BYTES:
        raise OddExport
    with io.open(path, encoding="utf-8") as file:
        return json.load(file)


def cut_of_export(written):
    """Return the WrittenCut of an OTIO timeline; raises OddExport and what a strange shape raises."""
    origin = written["global_start_time"]
    rate, found, locked, count = float(origin["rate"]), {}, {}, collections.Counter()
    for track in written["tracks"]["children"]:
        kind = KINDS.get(track["kind"])
        if kind is None or not of_schema(track, "Track") or track.get("source_range") or rate <= 0:
            raise OddExport
        count[kind] += 1
        found[(kind, count[kind])] = entries_of(track, written_frames(origin, rate), rate)
        said = own_facts(track).get("Locked")
        locked[(kind, count[kind])] = said if isinstance(said, bool) else None
    return WrittenCut(found, locked)


def entries_of(track, at, rate):
    """Return what is written of a track whose first child begins at record frame ``at``, in order of their starts."""
    found = []
    for child in track["children"]:
        if of_schema(child, "Transition"):
            span = (at - written_frames(child["in_offset"], rate), at + written_frames(child["out_offset"], rate))
            found.append(Written(span[0], span[1], text(child["name"]), "", True, False, None, None))
            continue
        length = written_frames(child["source_range"]["duration"], rate)
        if length <= 0:
            raise OddExport
        if not of_schema(child, "Gap"):
            found.append(entry_of(child, at, at + length))
        at += length
    return sorted(found, key=lambda entry: entry.start)


def entry_of(child, start, end):
    """Return what is written of a clip or of something nested."""
    if not of_schema(child, "Clip") and not of_schema(child, "Stack"):
        raise OddExport
    plain = of_schema(child, "Clip") and not any(changes_time(effect) for effect in child.get("effects") or [])
    enabled = child.get("enabled", True)
    if not isinstance(enabled, bool):
        raise OddExport
    group = own_facts(child).get("Link Group ID")
    return Written(start, end, text(child["name"]), path_of(child), enabled, plain, group, head_of(child))


def head_of(child):
    """Return the source frame at the head of a clip: its source range is in the timecode of its media."""
    first, reach = child["source_range"]["start_time"], reference_of(child).get("available_range") or {}
    origin = reach.get("start_time") or {}
    if not origin or abs(float(origin["rate"]) - float(first["rate"])) > SAME_RATE * float(first["rate"]):
        return None
    numbers = (whole(first["value"]), whole(origin["value"]))
    return None if None in numbers else numbers[0] - numbers[1]


def own_facts(thing):
    """Return what Resolve notes of its own on a written object."""
    said = (thing.get("metadata") or {}).get(OWN_FACTS)
    return said if isinstance(said, dict) else {}


def path_of(child):
    """Return the plain path a clip's media is written with, or None: titles, sequences and what is nested are asked."""
    media = reference_of(child)
    path = text(media.get("target_url")) if of_schema(media, "ExternalReference") else ""
    return path if path.startswith(("/", "\\\\")) or path[1:3] in (":\\", ":/") else None


def reference_of(child):
    """Return the media reference a clip shows, {} for none."""
    key = child.get("active_media_reference_key") or "DEFAULT_MEDIA"
    return (child.get("media_references") or {}).get(key) or child.get("media_reference") or {}


def changes_time(effect):
    """Say whether an effect changes time."""
    return any(of_schema(effect, name) for name in ("LinearTimeWarp", "FreezeFrame", "TimeEffect"))


def of_schema(thing, name):
    """Say whether a written object is of a schema, of whatever version."""
    return str(thing.get("OTIO_SCHEMA", "")).rpartition(".")[0] == name


def written_frames(time, rate):
    """Return a RationalTime in whole frames of the timeline; anything but whole frames of its own rate is odd."""
    if abs(float(time["rate"]) - rate) > SAME_RATE * rate:
        raise OddExport
    number = whole(time["value"])
    if number is None:
        raise OddExport
    return number


def as_written(items, entries):
    """Say whether the items of a track are those written: as many and, where it can be known for little, in place.

    Asked are where the first begins (and its name: builds could write another), where the last ends, one in the middle
    of many, and all that are not sure with what follows them.
    """
    if len(items) != len(entries):
        return False
    if not items:
        return True
    doubtful = {at for at, entry in enumerate(entries) if not entry.sure}
    doubtful |= {at + 1 for at in doubtful if at + 1 < len(items)} | ({len(items) // 2} if len(items) > 16 else set())
    first, last = items[0], items[-1]
    return (
        whole(first.GetStart()) == entries[0].start
        and text(first.GetName()) == entries[0].name
        and whole(last.GetEnd()) == entries[-1].end
        and all(place_of(items[at]) == entries[at][:2] for at in sorted(doubtful))
    )


def place_of(item):
    """Read the place of an item."""
    return (whole(item.GetStart()), whole(item.GetEnd()))
