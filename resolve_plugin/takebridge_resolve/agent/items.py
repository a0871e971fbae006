"""Reading items: their media, takes, links, speed and look."""

import fractions
import os

from .guards import call_if, has
from .links import is_twin, link_keys
from .media_facts import media_item
from .scene import read_markers, track_ref
from .terms import STAMP_KEY
from .values import digest, short, whole

KIND_OF_TYPE = (
    ("timeline", "nested"),
    ("compound", "compound"),
    ("multicam", "multicam"),
    ("fusion", "fusion"),
    ("adjustment", "adjustment"),
    ("generator", "generator"),
    ("title", "title"),
    ("still", "still"),
)
GENERATOR_WORDS = ("generator", "solid", "color bar", "colour bar", "gradient", "grey scale", "step", "ramp")
GENERATOR_WORDS += ("window", "noise", "plasma", "contours", "paper", "sky")


def kind_of(row, neighbours, media_kind):
    """Classify an item. ``neighbours`` are the rows of its track, ``media_kind`` the pool item's Type
    text.
    """
    if not row.key:
        return "ghost"
    if row.media:
        found = [kind for word, kind in KIND_OF_TYPE if word in media_kind.lower()]
        return found[0] if found else ("clip" if row.path else "generator")
    said = call_if(row.item, "GetType")
    if said == "transition" or (not said and lies_over(row, neighbours)):
        return "transition"
    return kind_of_name(row.name.lower(), row.track)


def kind_of_name(name, track):
    """Classify an item without media by its name: before 21.1 nothing else tells (21.1 calls a title a
    generator).
    """
    if track[0] == "subtitle":
        return "title"
    if "adjustment" in name:
        return "adjustment"
    if "fusion composition" in name or "fusion clip" in name:
        return "fusion"
    return "generator" if any(word in name for word in GENERATOR_WORDS) else "title"


def lies_over(row, neighbours):
    """Say whether an item shares frames with another one of its track: only transitions do. Of two items
    without media, the shorter is the transition.
    """
    length = row.end - row.start
    return any(
        other.start < row.end and row.start < other.end and (playing(other) or other.end - other.start > length)
        for other in neighbours
        if other.key != "" and other.key != row.key
    )


def playing(row):
    """Say whether an item plays media, as far as its row was read."""
    return bool(row.media or row.path)


def read_row(row, neighbours, pool, resolve_version, marks=False, looks=True):
    """Return the TimelineItem of a row, with its markers and stamp, and its look, when asked for. ``pool`` collects
    what was read so far in this op: media by id, links, and the timeline's rate.
    """
    media = row.facts
    kind = kind_of(row, neighbours, media["kind"] if media else "")
    if kind == "ghost":
        return ghost(row, neighbours)
    item, left = row.item, whole(row.item.GetLeftOffset()) if media else None
    source, speed = read_pace(row, left, pool, looks)
    said = {
        "key": row.key,
        "kind": kind,
        "name": row.name,
        "track": track_ref(row.track),
        "start_record_frame": row.start,
        "end_record_frame": row.end,
        "enabled": row.enabled,
        "media": media,
        "left_offset_frame": left,
        "start_source_frame": source[0],
        "end_source_frame": source[1],
        "source_unknown": bool(media) and kind != "still" and None in source and has(item, "GetSourceStartFrame"),
        "speed_percent": None if speed is None else whole(float(speed * 100)),
        "speed": "" if speed is None else str(speed),
        "takes": read_takes(item, resolve_version, pool) if row.take else [],
        "selected_take": row.take,
    }
    said.update(read_look(row, pool) if looks else {"linked": link_keys(row, pool), "look": "", "style": ""})
    if marks:
        said["markers"] = read_markers(item, "source_frame")
        said["stamp"] = stamp_of(row.media, media, pool) if media else ""
    return said


def stamp_of(media, facts, pool):
    """Return the stamp in the metadata of a clip's media (19.0.2), one read per media and op."""
    key = ("stamp", facts["id"])
    if key not in pool:
        pool[key] = short(call_if(media, "GetThirdPartyMetadata", STAMP_KEY))
    return pool[key]


def unread(row):
    """Return a TimelineItem with only what the revision had to read anyway: of media, where it lies."""
    return {
        "key": row.key,
        "kind": "unread",
        "name": row.name,
        "track": track_ref(row.track),
        "start_record_frame": row.start,
        "end_record_frame": row.end,
        "enabled": row.enabled,
        "media": {"id": "", "name": os.path.basename(row.path), "path": row.path} if playing(row) else None,
        "selected_take": 0,
    }


def ghost(row, neighbours):
    """Return a TimelineItem for a ghost. It has no id and no place: the key is its place in the track's
    list.
    """
    place = 1 + [other is row for other in neighbours].index(True)
    return {
        "key": "ghost-%s-%d-%d" % (row.track[0], row.track[1], place),
        "kind": "ghost",
        "name": "",
        "track": track_ref(row.track),
        "start_record_frame": 0,
        "end_record_frame": 0,
        "enabled": False,
    }


def source_span(item):
    """Return true source frames (start, end), end exclusive; (None, None) where unknown. 0/0 means
    unknown.
    """
    if not has(item, "GetSourceStartFrame") or not has(item, "GetSourceEndFrame"):
        return (None, None)
    span = (whole(item.GetSourceStartFrame()), whole(item.GetSourceEndFrame()))
    return (None, None) if None in span or span == (0, 0) else span


def read_speed(item):
    """Return the speed as an exact fraction (1 at 100 %) where the host can say it (21.1), else None."""
    said = call_if(item, "GetSpeed")
    said = said.get("Percentage") if isinstance(said, dict) else said
    if isinstance(said, bool) or not isinstance(said, (int, float)) or said != said or abs(said) > 1e6:
        return None
    return (fractions.Fraction(str(said)) / 100).limit_denominator(100000)


def read_look(row, pool):
    """Return the fingerprints of an item and its links; the style itself stays in ``pool``."""
    links = read_links(row.item)
    style = pool[("style", row.key)] = read_style(row.item, row.track, row.enabled)
    look, alone = digest([style, links]), digest([style[0], style[1], style[3]])
    return {"linked": [entry[0] for entry in links], "look": look, "style": alone}


def read_pace(row, left, pool, exactly):
    """Return the true source frames and the speed. Unless ``exactly``, what is sure to run at 100 % is not asked for
    its speed, and sound linked with such a picture not for its source frames: they begin at its left offset then.
    """
    plain = pool.setdefault("plain", {})
    if not exactly and left is not None and sounds_plainly(row, plain, pool):
        return (left, left + row.end - row.start), fractions.Fraction(1) if has(row.item, "GetSpeed") else None
    source = source_span(row.item)
    if not exactly and runs_plainly(row, source, pool):
        plain[row.key] = row
        return source, fractions.Fraction(1) if has(row.item, "GetSpeed") else None
    return source, read_speed(row.item)


def sounds_plainly(row, plain, pool):
    """Say whether an item is the sound of a picture that runs at 100 %, counted at the timeline's rate."""
    if row.track[0] != "audio" or not plain or not pool.get("rate") or pool["rate"] != pool.get("project_rate"):
        return False
    return any(key in plain and is_twin(row, plain[key]) for key in link_keys(row, pool))


def runs_plainly(row, source, pool):
    """Say whether an item surely runs at 100 %: media of the timeline's rate, as many source as record frames."""
    rated = row.facts and row.facts["rate"] and row.facts["rate"] == pool.get("rate")
    return bool(rated) and None not in source and source[1] - source[0] == row.end - row.start


def read_links(item):
    """Return [key, start, end] of the linked items (19.0), sorted."""
    linked = call_if(item, "GetLinkedItems") or []
    return sorted([short(other.GetUniqueId()), whole(other.GetStart()), whole(other.GetEnd())] for other in linked)


def read_style(item, track, enabled):
    """Return what a take swap must not touch on the clip itself: properties, colour, enabled, grade (of picture)."""
    grade = read_grade(item) if track[0] == "video" else []
    return [item.GetProperty() or {}, item.GetClipColor() or "", enabled, grade]


def read_grade(item):
    """Return node count and colour version. Builds count on the item itself, or on its node graph (19.0)."""
    nodes = whole(call_if(item, "GetNumNodes"))
    if nodes is None:
        graph = call_if(item, "GetNodeGraph")
        nodes = whole(graph.GetNumNodes()) if graph else None
    return [nodes or 0, item.GetCurrentVersion() or {}]


def counts_inclusive(resolve_version):
    """Say whether AddTake's endFrame is the last frame (18.x) rather than the one after it (19 and later)."""
    return resolve_version[0] < 19


def read_takes(item, resolve_version, pool):
    """Return the TakeSlots of an item, ends exclusive whatever the version."""
    slots = []
    for index in range(1, (whole(item.GetTakesCount()) or 0) + 1):
        take = item.GetTakeByIndex(index) or {}
        media = take.get("mediaPoolItem")
        facts = media_item(media, pool) if media else {"id": "", "path": ""}
        host_end = whole(take.get("endFrame"))
        slots.append(
            {
                "index": index,
                "media_id": facts["id"],
                "media_path": facts["path"],
                "start_source_frame": whole(take.get("startFrame")),
                "end_source_frame": host_end if host_end is None else host_end + counts_inclusive(resolve_version),
            }
        )
    return slots
