"""The TakeBridge agent: runs inside DaVinci Resolve, dials out to the bridge, does small ops and reads them
back.

One file, standard library only, Python 3.6 to 3.14, imports nothing of ours: it is copied into Resolve's
script folder. Floor: Resolve 18.5 (unique ids). From top to bottom: guarding the API, reading the timeline,
writing and reading back, the ops, the link to the bridge, the main loop.

Resolve's API is treated as single-threaded: the main thread makes every call, a network thread only polls.
Calls hardly ever raise: they answer None, False or an empty list, and some answer True and do nothing; so
every write is read back. Nothing is kept between ops except answers, because handles go stale when the
project or timeline changes. Frames are integers; a name says its space: record frames are absolute timeline
frames, source frames count from the head of the media, ends are exclusive unless the name says ``host_end``.
"""

import collections
import fractions
import hashlib
import http.client
import importlib
import json
import logging
import logging.handlers
import os
import queue
import re
import socket
import sys
import threading
import time
from urllib.parse import urlsplit

PROTOCOL_VERSION = "1.0"
AGENT_VERSION = "0.1.0"
TRACK_TYPES = ("video", "audio", "subtitle")
MAX_REPLY_BYTES = 16 * 1024 * 1024
REMEMBERED_ANSWERS = 64
SAFETY_MARK = "TakeBridge safety"
STAMP_KEY = "takebridge.stamp"
STAMP = re.compile(r"tb-[0-9a-f]{12}\Z")
MARKER_COLOUR_OF_STAMPS = "Lavender"

Pace = collections.namedtuple("Pace", "write_delays tick liveness dead_after first_retry last_retry")
Pace.__doc__ = """How patient the agent is, all in seconds: waits for refused writes (spent once per op), the
idle tick, the time between liveness reads, how long the API may stay dead, the back-off to the bridge."""
PACE = Pace((0.05, 0.1, 0.2, 0.4, 0.7), 1.0, 10.0, 120.0, 0.2, 5.0)


# --- errors ---------------------------------------------------------------------------------------------

HINTS = {
    "agent_fault": "See agent.log in the TakeBridge data folder, then restart the agent.",
    "host_busy": "Close open dialogs and stop playback in Resolve, then try again.",
    "timeline_changed": "Nothing of yours was overwritten. Repeat the command on the timeline as it is now.",
    "timeline_switched": "Open the project and timeline the clip was pushed from, then repeat.",
    "unsupported_op": "Update DaVinci Resolve, or use another way to choose clips.",
    "unsupported_item": "Choose a clip that plays a media file.",
}
RETRYABLE = frozenset(["host_busy", "timeline_changed"])


class OpError(Exception):
    """An op that was not (or not surely) done: a stable code, the user's words, the next step.

    ``outcome`` is "not_applied" unless something may have been left behind; ``result`` is then what was read
    last. ``undone``: writes that had been made were seen to be taken back.
    """

    def __init__(self, code, message, hint=None, **details):
        super(OpError, self).__init__(message)
        self.code = code
        self.message = message
        self.hint = HINTS.get(code, "") if hint is None else hint
        self.details = details
        self.outcome = "not_applied"
        self.undone = False
        self.result = None

    def to_wire(self):
        """Return the WireError of the host protocol."""
        return {
            "code": self.code,
            "message": text(self.message),
            "hint": text(self.hint),
            "retryable": self.code in RETRYABLE,
            "details": self.details,
        }


# --- guarding the API -----------------------------------------------------------------------------------


def has(thing, name):
    """Say whether an API object offers a method. ``hasattr`` is True for every name on these objects."""
    return thing is not None and name in dir(thing)


def call_if(thing, name, *args):
    """Call a method this version may lack; None where it does."""
    return getattr(thing, name)(*args) if has(thing, name) else None


def text(value, limit=4096):
    """Return a string the wire accepts: None becomes "", longer text is cut."""
    return "" if value is None else str(value)[:limit]


def short(value):
    """Return a string of at most 255 characters."""
    return text(value, 255)


def whole(value):
    """Return an integer frame or count, or None. Hosts answer ints, whole floats or digits, depending on
    build.
    """
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number == number and number.is_integer() else None


def rate_text(value):
    """Return a frame rate as the host spells it; a number becomes a short string such as "23.976" or "24"."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return ("%.3f" % value).rstrip("0").rstrip(".")
    return short(value)


def digest(facts):
    """Return a stable sha1 of JSON facts. Whole floats and ints are the same fact: builds differ in which
    they give.
    """
    body = json.dumps(plain(facts), sort_keys=True, separators=(",", ":"))
    return hashlib.sha1(body.encode("utf-8")).hexdigest()  # noqa: S324 - names a state, guards no secret


def plain(value):
    """Return JSON-safe facts with numbers made uniform; anything opaque becomes its text."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def version_of(resolve):
    """Return the version as a tuple of integers, (0,) when the host does not say."""
    parts = resolve.GetVersion() or str(resolve.GetVersionString() or "").split(".")
    numbers = []
    for part in parts:
        number = whole(part)
        if number is None:
            break
        numbers.append(number)
    return tuple(numbers[:3]) or (0,)


def is_alive(resolve):
    """Read whether the API still answers. A wedged instance gives no database; cheaper calls lie (19.1.3)."""
    manager = resolve.GetProjectManager()
    return bool(manager and manager.GetCurrentDatabase())


# --- reading: project, timeline, tracks -----------------------------------------------------------------

Scene = collections.namedtuple("Scene", "project timeline project_id timeline_id")
Row = collections.namedtuple("Row", "item track key start end name media path take enabled")
Row.__doc__ = """One item of a track, read lightly: ``start``/``end`` record frames, ``media`` the pool item or None."""


def open_scene(resolve):
    """Return the open project and timeline, or raise ``not_found``."""
    manager = resolve.GetProjectManager()
    project = manager.GetCurrentProject() if manager else None
    timeline = project.GetCurrentTimeline() if project else None
    ids = (project.GetUniqueId(), timeline.GetUniqueId()) if timeline else ("", "")
    if not all(ids):
        raise OpError("not_found", "No timeline is open in Resolve.", "Open a timeline, then try again.")
    return Scene(project, timeline, short(ids[0]), short(ids[1]))


def all_tracks(timeline):
    """Return every track as (type, index), video first; the order every revision uses."""
    return [(kind, index + 1) for kind in TRACK_TYPES for index in range(whole(timeline.GetTrackCount(kind)) or 0)]


def track_ref(track):
    """Return a TrackRef of the protocol."""
    return {"type": track[0], "index": track[1]}


def scan(timeline, tracks):
    """Read tracks lightly, in `all_tracks` order; a track that does not exist has no items."""
    wanted = set(tracks)
    return [
        scan_item(item, track)
        for track in all_tracks(timeline)
        if track in wanted
        for item in timeline.GetItemListInTrack(track[0], track[1]) or []
    ]


def scan_item(item, track):
    """Read what a revision needs of one item; a ghost (all getters None) gives a row without key."""
    key, start, end = item.GetUniqueId(), whole(item.GetStart()), whole(item.GetEnd())
    if not key or start is None or end is None:
        return Row(item, track, "", 0, 0, "", None, "", 0, False)
    media = item.GetMediaPoolItem() or None
    path = text(media.GetClipProperty("File Path")) if media else ""
    take = whole(item.GetSelectedTakeIndex()) or 0
    return Row(item, track, short(key), start, end, text(item.GetName()), media, path, take, is_enabled(item))


def sketch(timeline, tracks):
    """Read only keys and places of the items of tracks: rows without name, media and state, at less than half the
    calls.
    """
    wanted = set(tracks)
    return [
        sketch_item(item, track)
        for track in all_tracks(timeline)
        if track in wanted
        for item in timeline.GetItemListInTrack(track[0], track[1]) or []
    ]


def sketch_item(item, track):
    """Read the key and the place of an item."""
    key, start, end = item.GetUniqueId(), whole(item.GetStart()), whole(item.GetEnd())
    if not key or start is None or end is None:
        return Row(item, track, "", 0, 0, "", None, "", 0, False)
    return Row(item, track, short(key), start, end, "", None, "", 0, True)


def find_row(timeline, track, key):
    """Return the row of one item by its key, or None; the others cost one call each."""
    for item in timeline.GetItemListInTrack(track[0], track[1]) or []:
        if short(item.GetUniqueId()) == key:
            row = scan_item(item, track)
            return row if row.key else None
    return None


def is_enabled(item):
    """Read the enabled switch; items without one (transitions answer None) count as enabled."""
    return item.GetClipEnabled() is not False


def revision(scene, rows):
    """Fingerprint the rows of some tracks. Empty tracks add nothing, so naming more of them changes
    nothing.
    """
    facts = [[*row.track, row.key, row.start, row.end, row.name, row.path, row.take, row.enabled] for row in rows]
    return digest([scene.project_id, scene.timeline_id, facts])


def timeline_info(scene, rows=None, marks=False):
    """Return TimelineInfo; with ``rows``, the revision covers their tracks; with ``marks``, markers and tracks."""
    timeline = scene.timeline
    rate = setting(scene, "timelineFrameRate")
    drop = rate_text(rate).upper().endswith(" DF") or setting(scene, "timelineDropFrameTimecode") in (
        "1",
        1,
        True,
    )
    info = {
        "project_id": scene.project_id,
        "project_name": text(scene.project.GetName()),
        "timeline_id": scene.timeline_id,
        "timeline_name": text(timeline.GetName()),
        "rate": rate_text(rate),
        "drop_frame": drop,
        "start_record_frame": frame_or_gone(timeline.GetStartFrame()),
        "end_record_frame": frame_or_gone(timeline.GetEndFrame()),
        "width": frame_or_gone(setting(scene, "timelineResolutionWidth")),
        "height": frame_or_gone(setting(scene, "timelineResolutionHeight")),
        "revision": "" if rows is None else revision(scene, rows),
        "locked_tracks": [track_ref(track) for track in all_tracks(timeline) if is_locked(timeline, track)],
    }
    if marks:
        info["project_rate"] = rate_text(scene.project.GetSetting("timelineFrameRate"))
        info["tracks"] = [track_info(timeline, track) for track in all_tracks(timeline)]
        info["markers"] = read_markers(timeline, "record_frame", info["start_record_frame"])
    return info


def track_info(timeline, track):
    """Return a TrackInfo. Whether a track is enabled is only to be trusted on the current timeline."""
    enabled = timeline.GetIsTrackEnabled(track[0], track[1]) is not False
    return dict(track_ref(track), name=text(timeline.GetTrackName(track[0], track[1])), enabled=enabled)


def read_markers(thing, space, origin=0):
    """Return the markers of a timeline or an item in order of their frames, ``space`` naming the frame's field.

    Builds differ in whether frames are floats; a marker's own frames count from the start of what it is on.
    """
    found = []
    for frame, facts in (thing.GetMarkers() or {}).items():
        if whole(frame) is not None and isinstance(facts, dict):
            found.append(
                {
                    space: origin + whole(frame),
                    "duration_frames": max(whole(facts.get("duration")) or 0, 0),
                    "color": short(facts.get("color")),
                    "name": text(facts.get("name")),
                    "note": text(facts.get("note")),
                    "data": text(facts.get("customData")),
                }
            )
    return sorted(found, key=lambda marker: marker[space])


def setting(scene, name):
    """Read a timeline setting; a timeline that follows the project answers "" on some builds, then the
    project's.
    """
    value = scene.timeline.GetSetting(name)
    return scene.project.GetSetting(name) if value in (None, "", False) else value


def frame_or_gone(value):
    """Return an integer the timeline must have; None means that the handle died under us."""
    number = whole(value)
    if number is None:
        raise OpError("timeline_switched", "The timeline was closed while it was being read.")
    return number


def is_locked(timeline, track):
    """Read the lock of a track."""
    return bool(timeline.GetIsTrackLocked(track[0], track[1]))


# --- reading: items, media, takes, look -----------------------------------------------------------------

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
        other.start < row.end and row.start < other.end and (other.media or other.end - other.start > length)
        for other in neighbours
        if other.key and other.key != row.key
    )


def read_row(row, neighbours, pool, resolve_version, marks=False):
    """Return the TimelineItem of a row, with its markers and stamp when asked for. ``pool`` collects the media read so
    far in this op, by id.
    """
    media = media_item(row.media, pool) if row.media else None
    kind = kind_of(row, neighbours, media["kind"] if media else "")
    if kind == "ghost":
        return ghost(row, neighbours)
    item, source = row.item, source_span(row.item)
    links, style, speed = read_links(item), read_style(item), read_speed(item)
    said = {
        "key": row.key,
        "kind": kind,
        "name": row.name,
        "track": track_ref(row.track),
        "start_record_frame": row.start,
        "end_record_frame": row.end,
        "enabled": row.enabled,
        "media": media,
        "left_offset_frame": whole(item.GetLeftOffset()) if media else None,
        "start_source_frame": source[0],
        "end_source_frame": source[1],
        "source_unknown": bool(media) and kind != "still" and None in source and has(item, "GetSourceStartFrame"),
        "speed_percent": None if speed is None else whole(float(speed * 100)),
        "speed": "" if speed is None else str(speed),
        "linked": [entry[0] for entry in links],
        "takes": read_takes(item, resolve_version, pool),
        "selected_take": row.take,
        "look": digest([style, links]),
        "style": digest([style[0], style[1], style[3]]),
    }
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
    """Return a TimelineItem with only what the revision had to read anyway."""
    return {
        "key": row.key,
        "kind": "unread",
        "name": row.name,
        "track": track_ref(row.track),
        "start_record_frame": row.start,
        "end_record_frame": row.end,
        "enabled": row.enabled,
        "media": {"id": "", "name": "", "path": row.path} if row.media else None,
        "selected_take": row.take,
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


def media_item(media, pool):
    """Return the MediaItem of a pool item, one property read per item and op."""
    key = media_id(media)
    if key not in pool:
        facts = media.GetClipProperty() or {}
        size = [whole(part) for part in str(facts.get("Resolution") or "").lower().split("x")]
        pool[key] = {
            "id": key,
            "name": text(media.GetName()),
            "path": text(facts.get("File Path")),
            "kind": short(facts.get("Type")),
            "rate": rate_text(facts.get("FPS")),
            "frame_count": whole(facts.get("Frames")),
            "start_timecode": short(facts.get("Start TC")),
            "width": size[0] if len(size) == 2 else None,
            "height": size[1] if len(size) == 2 else None,
            "online": str(facts.get("Online Status") or "").lower() != "offline",
        }
    return pool[key]


def media_id(media):
    """Return the id of a pool item."""
    return short(media.GetUniqueId() or media.GetMediaId())


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


def read_links(item):
    """Return [key, start, end] of the linked items (19.0), sorted."""
    linked = call_if(item, "GetLinkedItems") or []
    return sorted([short(other.GetUniqueId()), whole(other.GetStart()), whole(other.GetEnd())] for other in linked)


def read_style(item):
    """Return what a take swap must not touch on the clip itself: properties, colour, enabled, grade."""
    return [item.GetProperty() or {}, item.GetClipColor() or "", is_enabled(item), read_grade(item)]


def read_grade(item):
    """Return node count and colour version. The node graph object came with 19.0; 18.x counts on the item."""
    graph = call_if(item, "GetNodeGraph")
    nodes = graph.GetNumNodes() if graph else call_if(item, "GetNumNodes")
    return [whole(nodes) or 0, item.GetCurrentVersion() or {}]


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


# --- the media pool -------------------------------------------------------------------------------------


def folders_of(root):
    """Yield every bin, our own first: a project may hold thousands of clips and each id is a call."""
    waiting = [root]
    while waiting:
        folder = waiting.pop(0)
        inside = folder.GetSubFolderList() or []
        ours = [sub for sub in inside if str(sub.GetName()).startswith("TakeBridge")]
        waiting = ours + waiting + [sub for sub in inside if sub not in ours]
        yield folder


def find_media(pool, wanted):
    """Return the pool item with this id, or raise ``not_found``."""
    for folder in folders_of(pool.GetRootFolder()):
        for media in folder.GetClipList() or []:
            if media_id(media) == wanted:
                return media
    raise OpError("not_found", "The media pool no longer has this take.", "Import it again.", media_id=wanted)


def find_path(folder, path):
    """Return the bin's item that plays this file, or None. Bins list timelines as well; those have no
    path.
    """
    for media in folder.GetClipList() or []:
        if same_path(media.GetClipProperty("File Path"), path):
            return media
    return None


def same_path(left, right):
    """Compare two paths as the operating system would, without touching the disk."""
    return bool(left) and os.path.normcase(os.path.normpath(str(left))) == os.path.normcase(os.path.normpath(right))


def find_bin(parent, name):
    """Return the sub-bin with exactly this name, or None."""
    return next((sub for sub in parent.GetSubFolderList() or [] if sub.GetName() == name), None)


def same_folder(left, right):
    """Compare two bins by id; handles of the same bin may be different objects."""
    key = left.GetUniqueId() if left else None
    return bool(key and right) and right.GetUniqueId() == key


# --- writing --------------------------------------------------------------------------------------------


class Pen(object):
    """Writes with patience. ``touched`` is True when something of this op may be in the project, ``made`` counts the
    writes that were seen to be done.
    """

    def __init__(self, delays, sleep=time.sleep):
        self.delays, self.sleep = delays, sleep
        self.waits = list(delays)
        self.touched = False
        self.made = 0

    def renew(self):
        """Give putting things back the same patience again."""
        self.waits = list(self.delays)

    def write(self, act, done, still=None):
        """Call ``act`` until ``done`` reads True; say whether it did.

        A dialog, playback or a backup make every write answer False for a while, so a refusal is tried again
        until the op's waits are spent, each time after ``still`` (which raises when the ground has moved). A
        write that was answered with True and is not there is not repeated: that could do it twice.
        """
        while True:
            before, self.touched = self.touched, True
            said = act()
            if done():
                self.made += 1
                return True
            if said:
                return False
            self.touched = before
            if not self.waits:
                return False
            self.sleep(self.waits.pop(0))
            if still:
                still()


def refusal(project, what):
    """Return the error for a refused write: busy when even choosing the bin that is chosen already is
    refused.

    That write changes nothing and leaves no step in the undo history.
    """
    pool = project.GetMediaPool()
    folder = pool.GetCurrentFolder() if pool else None
    if not folder:
        return OpError("timeline_switched", "The project was closed meanwhile.")
    if not pool.SetCurrentFolder(folder):
        return OpError("host_busy", "Resolve is busy and refused to %s." % what)
    hint = "Try it by hand in Resolve: it may say more about why."
    return OpError("host_rejected", "Resolve refused to %s." % what, hint)


def check_expectation(resolve, expect):
    """Return the Scene when project, timeline and revision are as expected; raise before anything is
    written.
    """
    scene = same_scene(resolve, expect)
    if expect.get("revision"):
        tracks = [parse_track(track) for track in expect.get("tracks") or []]
        if revision(scene, scan(scene.timeline, tracks)) != expect["revision"]:
            raise OpError("timeline_changed", "The timeline was edited since it was last read.")
    return scene


def same_scene(resolve, expect):
    """Return the open Scene when it is the expected one, else raise ``timeline_switched``."""
    try:
        scene = open_scene(resolve)
    except OpError as error:
        raise OpError("timeline_switched", error.message) from None
    if (scene.project_id, scene.timeline_id) != (expect.get("project_id"), expect.get("timeline_id")):
        raise OpError("timeline_switched", "Another project or timeline is open in Resolve.")
    return scene


class TakeChange(object):
    """One change of a clip's takes: look, write, look again, and put it back when anything else moved."""

    def __init__(self, resolve, pen, args, expect):
        self.resolve, self.pen, self.expect = resolve, pen, expect
        self.version = version_of(resolve)
        self.track = parse_track(need(args, "track", dict))
        self.tracks = {self.track}.union(parse_track(track) for track in expect.get("tracks") or [])
        self.key, self.media_id = need(args, "clip", str), need(args, "media_id", str)
        self.span = (need(args, "start_record_frame", int), need(args, "end_record_frame", int))
        self.resized = False
        self.scene = check_expectation(resolve, expect)
        self.item, self.before = self.look()
        self.style, self.around = read_style(self.item), self.surroundings(self.scene.timeline)
        self.check_writable()

    # - looking

    def find(self, timeline):
        """Return the clip's row and its track's rows; (None, rows) when it is not there."""
        rows = scan(timeline, [self.track])
        return next((row for row in rows if row.key == self.key), None), rows

    def look(self):
        """Return the clip's handle and TimelineItem, re-resolved from ids; raise when it is gone or moved."""
        self.scene = same_scene(self.resolve, self.expect)
        row, rows = self.find(self.scene.timeline)
        if row is None:
            raise OpError("timeline_changed", "The clip is no longer on its track.")
        if (row.start, row.end) != self.span:
            self.resized = self.resized or row.end - row.start != self.span[1] - self.span[0]
            raise OpError("timeline_changed", "The clip was moved or trimmed.")
        return row.item, read_row(row, rows, {}, self.version)

    def surroundings(self, timeline):
        """Return every other item of the clip's track and of the expected tracks: [track, key, start,
        end].
        """
        rows = sketch(timeline, self.tracks)
        return [[row.track, row.key, row.start, row.end] for row in rows if row.key != self.key]

    def check_writable(self):
        """Refuse what must not be written to."""
        if is_locked(self.scene.timeline, self.track):
            message = "%s track %d is locked." % (self.track[0].capitalize(), self.track[1])
            raise OpError("host_rejected", message, "Unlock the track in Resolve, then try again.")
        if not self.before.get("media"):
            message = "This is a %s: it plays no media and cannot carry takes." % self.before["kind"]
            raise OpError("unsupported_item", message)

    def takes(self):
        """Read the takes as [media id, start, end]."""
        return take_spans(read_takes(self.item, self.version, {}))

    def before_takes(self):
        """Return the takes as first read, as [media id, start, end]."""
        return take_spans(self.before["takes"])

    def index_of(self, wanted):
        """Return the 1-based index of a take by media among the first-read takes; 0 when it is none."""
        return next((slot["index"] for slot in self.before["takes"] if slot["media_id"] == wanted), 0)

    # - writing

    def recheck(self):
        """Between two tries of a write: raise, everything put back, when the clip is no longer as
        expected.
        """
        try:
            self.item, _now = self.look()
        except OpError as error:
            self.abandon(error)

    def add(self, media, start_source_frame, end_source_frame):
        """Add a take; return True when it is there."""
        host_end = end_source_frame - counts_inclusive(self.version)
        wanted = max(len(self.before["takes"]), 1) + 1
        return self.pen.write(
            lambda: self.item.AddTake(media, start_source_frame, host_end),
            lambda: len(self.takes()) == wanted,
            self.recheck,
        )

    def select(self, index, still=None):
        """Select a take; return True when it is selected. Selecting what is selected writes nothing."""
        return self.item.GetSelectedTakeIndex() == index or self.pen.write(
            lambda: self.item.SelectTakeByIndex(index),
            lambda: self.item.GetSelectedTakeIndex() == index,
            still,
        )

    def delete(self, index, still=None):
        """Delete a take; return True when there is one less."""
        wanted = len(self.takes()) - 1
        return self.pen.write(lambda: self.item.DeleteTakeByIndex(index), lambda: len(self.takes()) == wanted, still)

    # - settling

    def settle(self, takes, selected, media, head_source_frame):
        """Read back; return the TimelineItem when all is as asked and nothing else moved, else undo and
        raise.

        ``takes`` as [media id, start, end], ``selected`` 1-based, ``head_source_frame`` the source frame
        expected at the clip's head (None: not known).
        """
        self.recheck()
        _item, after = self.look()
        around = self.surroundings(self.scene.timeline) != self.around
        checks = (
            ("the list of takes", take_spans(after["takes"]) == takes),
            ("the selected take", after["selected_take"] == selected),
            ("the media", after["media"] is not None and after["media"]["id"] == media),
            ("the frame at the clip's head", head_fits(self.before, after, head_source_frame)),
            ("the look", after["look"] == self.before["look"]),
            ("a neighbouring clip", not around),
        )
        wrong = [name for name, fine in checks if not fine]
        if wrong:
            code = "timeline_changed" if wrong == ["a neighbouring clip"] else "host_rejected"
            message = "After the change, %s was not as expected, so it was undone." % ", ".join(wrong)
            self.abandon(OpError(code, message, observed=", ".join(wrong)))
        return after

    def refuse(self, what):
        """Raise for a refused write, after making sure that the refusal left nothing behind."""
        self.recheck()
        self.abandon(refusal(self.scene.project, what))

    def abandon(self, error):
        """Put the clip back as it was and raise: not_applied when that is seen, else committed_unverified."""
        self.pen.renew()
        if not self.restore():
            error.outcome = "committed_unverified"
            error.hint = "Look at this clip in Resolve: its takes may have changed. " + error.hint
            error.result = self.truth()
        raise error

    def truth(self):
        """Return the TakeResult as it stands, or None when it cannot be read."""
        timeline = self.timeline_by_id()
        row, rows = self.find(timeline) if timeline else (None, [])
        after = read_row(row, rows, {}, self.version) if row else None
        return {"before": self.before, "after": after, "changed": after != self.before} if after else None

    def timeline_by_id(self):
        """Return the op's timeline even when another one is current now; None when its project is not
        open.
        """
        manager = self.resolve.GetProjectManager()
        project = manager.GetCurrentProject() if manager else None
        if not project or project.GetUniqueId() != self.scene.project_id:
            return None
        timelines = [project.GetTimelineByIndex(i + 1) for i in range(whole(project.GetTimelineCount()) or 0)]
        return next((line for line in timelines if line and line.GetUniqueId() == self.scene.timeline_id), None)

    def restore(self):
        """Undo our writes on the clip, wherever it is now; say whether it is seen to be as before.

        A clip that is gone took our take along. Where it sits and what lies around it is a person's doing
        unless the clip changed length under us: a swap that keeps the length cannot move anything.
        """
        timeline = self.timeline_by_id()
        if timeline is None:
            return not self.pen.touched
        row, _rows = self.find(timeline)
        if row is None:
            return all(other.key != self.key for other in scan(timeline, all_tracks(timeline)))
        self.item = row.item
        if not self.is_as_before():
            self.take_back()
        fine = self.is_as_before() or not self.pen.touched
        return fine and not (self.resized and self.surroundings(timeline) != self.around)

    def take_back(self):
        """Select the previous take, delete what we added, and drop a selector that was not there before."""
        had = self.before_takes()
        if self.takes():
            self.select(self.before["selected_take"] or 1)
        if not self.index_of(self.media_id):
            ours = [index for index, take in enumerate(self.takes(), 1) if take[0] == self.media_id]
            for index in reversed(ours):
                self.delete(index)
        if not had and len(self.takes()) == 1:
            self.pen.write(self.item.FinalizeTake, lambda: not self.takes())

    def is_as_before(self):
        """Read whether takes, selection, media, head, length and style are as they were."""
        item, media = self.item, self.item.GetMediaPoolItem()
        start, end = whole(item.GetStart()), whole(item.GetEnd())
        return (
            bool(media)
            and None not in (start, end)
            and end - start == self.span[1] - self.span[0]
            and self.takes() == self.before_takes()
            and (whole(item.GetSelectedTakeIndex()) or 0) == self.before["selected_take"]
            and media_id(media) == self.before["media"]["id"]
            and whole(item.GetLeftOffset()) == self.before["left_offset_frame"]
            and read_style(item) == self.style
        )

    def result(self, after):
        """Return the verified TakeResult."""
        return "verified", {"before": self.before, "after": after, "changed": after != self.before}


def take_spans(slots):
    """Return TakeSlots as [media id, start, end], source frames, end exclusive."""
    return [[slot["media_id"], slot["start_source_frame"], slot["end_source_frame"]] for slot in slots]


def head_fits(before, after, head_source_frame):
    """Say whether the clip's head shows the expected source frame.

    The left offset is exact at 100 % speed; on a retimed item it is in the warped domain (source / speed), so
    there the true source frame counts, which some items report off by one.
    """
    if head_source_frame is None or after["left_offset_frame"] == head_source_frame:
        return True
    start = after["start_source_frame"]
    return is_retimed(before) and start is not None and abs(start - head_source_frame) <= 1


def is_retimed(item):
    """Say whether an item is known to run at another speed than 100 %."""
    if item["speed_percent"] is not None:
        return item["speed_percent"] != 100
    if item["start_source_frame"] is None:
        return False
    source = item["end_source_frame"] - item["start_source_frame"]
    return abs(source - (item["end_record_frame"] - item["start_record_frame"])) > 1


# --- arguments ------------------------------------------------------------------------------------------


def need(args, name, kind):
    """Return an argument of the given type, or raise ``invalid_param``."""
    value = args.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise OpError("invalid_param", "The op has no usable '%s'." % name, name=name)
    return value


def parse_track(ref):
    """Return a track as (type, index) from a TrackRef."""
    kind, index = need(ref, "type", str), need(ref, "index", int)
    if kind not in TRACK_TYPES or index < 1:
        raise OpError("invalid_param", "There is no such track: %s %d." % (kind, index))
    return (kind, index)


def parse_bin(names):
    """Return the bin path; names may hold slashes, but no control characters and not only blanks."""
    for name in names:
        if not isinstance(name, str) or not name.strip() or any(ord(char) < 32 for char in name):
            raise OpError("invalid_param", "A bin needs a printable name.")
    if not names:
        raise OpError("invalid_param", "A bin needs a name.")
    return names


# --- the ops --------------------------------------------------------------------------------------------


def host_status(resolve):
    """Return HostStatus. ``timeline`` is None when none is open."""
    try:
        timeline = timeline_info(open_scene(resolve))
    except OpError:
        timeline = None
    return {
        "host": "resolve",
        "product": short(resolve.GetProductName()),
        "version": short(resolve.GetVersionString()),
        "edition": edition_of(resolve),
        "page": short(resolve.GetCurrentPage()),
        "timeline": timeline,
    }


def edition_of(resolve):
    """Return "studio", "free" or "unknown": by IsStudio (21.1), else by the product name."""
    said = call_if(resolve, "IsStudio")
    if said is not None:
        return "studio" if said else "free"
    product = str(resolve.GetProductName() or "")
    if not product:
        return "unknown"
    return "studio" if "studio" in product.lower() else "free"


def capabilities_of(resolve):
    """Return the verbs of this host, with qualifiers where the version has what they need.

    Asked of the live objects where there are any; with no timeline or an empty pool, of the version.
    """
    version, found = version_of(resolve), sorted(set(OPS) - {"clip.rename"})
    manager = resolve.GetProjectManager()
    project = manager.GetCurrentProject() if manager else None
    timeline = project.GetCurrentTimeline() if project else None
    media = any_media(project)
    if has(timeline, "GetSelectedClips") if timeline else version >= (21, 0, 4):
        found.append("selection.get:selected")
    if has(timeline, "GetMarkInOut") if timeline else version >= (19, 1):
        found.append("selection.get:marks")
    if has(media, "SetThirdPartyMetadata") if media else version >= (19, 0, 2):
        found += ["media.import:tags", "clip.stamp:metadata"]
    item = any_item(timeline)
    if has(item, "SetName") if item else version >= (20, 2):
        found.append("clip.rename")
    return found


def any_item(timeline):
    """Return some item of the timeline to ask for its methods, or None."""
    for track in all_tracks(timeline) if timeline else []:
        for item in timeline.GetItemListInTrack(track[0], track[1]) or []:
            return item
    return None


def any_media(project):
    """Return some pool item of the root bin to ask for its methods, or None."""
    pool = project.GetMediaPool() if project else None
    root = pool.GetRootFolder() if pool else None
    return next(iter(root.GetClipList() or []), None) if root else None


def op_ping(desk, args, expect):
    """``agent.ping``."""
    return "verified", {"alive": is_alive(desk.resolve)}


def op_stop(desk, args, expect):
    """``agent.stop``: the main loop leaves after the answer."""
    desk.stopping = True
    return "verified", {}


def op_status(desk, args, expect):
    """``host.status``."""
    return "verified", host_status(desk.resolve)


def op_snapshot(desk, args, expect):
    """``timeline.snapshot``."""
    scene = open_scene(desk.resolve)
    present = all_tracks(scene.timeline)
    asked = args.get("tracks")
    tracks = present if asked is None else [parse_track(track) for track in asked]
    missing = [track for track in tracks if track not in present]
    if missing:
        raise OpError("not_found", "The timeline has no %s track %d." % missing[0], "Read the timeline again.")
    marks = args.get("marks") is True
    return "verified", snapshot_of(desk, scene, tracks, lambda row: True, args.get("detail"), marks)


def op_selection(desk, args, expect):
    """``selection.get``. The revision covers the tracks of the items returned."""
    scene = open_scene(desk.resolve)
    mode = args.get("mode") or "playhead"
    if mode not in SELECTIONS:
        raise OpError("invalid_param", "There is no selection mode '%s'." % short(mode))
    tracks, chosen = SELECTIONS[mode](scene)
    return "verified", snapshot_of(desk, scene, tracks, chosen)


def snapshot_of(desk, scene, tracks, chosen, detail=None, marks=False):
    """Return a Snapshot of the chosen rows; tracks without a chosen row are left out of the revision.

    With ``detail``, only the items with those keys are read in full: thousands of property reads in a row
    have crashed Resolve (resolve.md section 2).
    """
    rows = scan(scene.timeline, tracks)
    wanted = [row for row in rows if chosen(row)]
    kept = {row.track for row in wanted}
    rows = [row for row in rows if row.track in kept]
    info = timeline_info(scene, rows, marks)
    version, pool = version_of(desk.resolve), {}
    by_track = {track: [row for row in rows if row.track == track] for track in kept}
    items = [
        read_row(row, by_track[row.track], pool, version, marks)
        if detail is None or row.key in detail or not row.key
        else unread(row)
        for row in wanted
    ]
    still_open(desk.resolve, scene)
    return {"timeline": info, "items": items}


def still_open(resolve, scene):
    """Raise when another timeline was opened while one was read: items that died meanwhile look like none at all."""
    now = open_scene(resolve)
    if (now.project_id, now.timeline_id) != (scene.project_id, scene.timeline_id):
        raise OpError("timeline_switched", "Another timeline was opened in Resolve while this one was being read.")


def under_playhead(scene):
    """Choose the item under the playhead on the top enabled video track, whatever it is."""
    item = scene.timeline.GetCurrentVideoItem()
    return choose_items(scene, [item] if item else [])


def choose_selected(scene):
    """Choose the selected items (21.0.4)."""
    if not has(scene.timeline, "GetSelectedClips"):
        hint = "Put the playhead on the clip instead, or update to Resolve 21.0.4 or later."
        raise OpError("unsupported_op", "This version of Resolve cannot say what is selected.", hint)
    return choose_items(scene, scene.timeline.GetSelectedClips() or [])


def choose_items(scene, items):
    """Choose items by their ids. Before 19.0 an item does not know its track, so all are searched."""
    keys = {short(item.GetUniqueId()) for item in items} - {""}
    places = [track_of(item) for item in items]
    tracks = all_tracks(scene.timeline) if None in places else places
    return (tracks if keys else []), lambda row: row.key in keys


def track_of(item):
    """Return an item's track (19.0), or None."""
    place = call_if(item, "GetTrackTypeAndIndex")
    return (str(place[0]), whole(place[1])) if place and len(place) == 2 else None


def between_marks(scene):
    """Choose video and audio items that lie at least partly between the marks (19.1).

    Marks are relative to the start of the timeline; the out mark names the last frame inside. A missing mark
    means that end of the timeline; no marks at all choose nothing.
    """
    timeline = scene.timeline
    if not has(timeline, "GetMarkInOut"):
        hint = "Put the playhead on the clip instead, or update to Resolve 19.1 or later."
        raise OpError("unsupported_op", "This version of Resolve cannot say where the marks are.", hint)
    origin, end = frame_or_gone(timeline.GetStartFrame()), frame_or_gone(timeline.GetEndFrame())
    spans = {}
    for kind, marks in (timeline.GetMarkInOut() or {}).items():
        mark_in, mark_out = whole(marks.get("in")), whole(marks.get("out"))
        if (mark_in, mark_out) != (None, None):
            spans[kind] = (origin + (mark_in or 0), end if mark_out is None else origin + mark_out + 1)

    def inside(row):
        span = spans.get(row.track[0])
        return bool(span and row.key) and row.start < span[1] and span[0] < row.end

    return [track for track in all_tracks(timeline) if track[0] in spans], inside


SELECTIONS = {"playhead": under_playhead, "selected": choose_selected, "marks": between_marks}


def op_import(desk, args, expect):
    """``media.import``. The user's current bin is chosen again whatever happens."""
    path, names = need(args, "path", str), parse_bin(need(args, "bin", list))
    if not os.path.isabs(path):
        raise OpError("invalid_param", "A file to import needs an absolute path.", path=text(path))
    if not os.path.isfile(path):
        hint = "Check that this machine can see the drive or share the file is on."
        raise OpError("not_found", "There is no file %s." % path, hint, path=text(path))
    scene = check_expectation(desk.resolve, expect) if expect else None
    return Importing(desk, scene).run(path, names, args.get("tags") or {})


class Importing(object):
    """One import: bins, file, tags."""

    def __init__(self, desk, scene):
        manager = desk.resolve.GetProjectManager()
        self.project = scene.project if scene else (manager.GetCurrentProject() if manager else None)
        self.pool = self.project.GetMediaPool() if self.project else None
        if not self.pool:
            raise OpError("not_found", "No project is open in Resolve.", "Open a project, then try again.")
        self.pen = desk.pen
        self.created = []

    def run(self, path, names, tags):
        """Return (outcome, ImportResult)."""
        home = self.pool.GetCurrentFolder()
        try:
            media, reused = self.bring(path, names)
        except OpError as error:
            self.pen.renew()
            self.choose(home)
            self.clear_up(error)
            raise
        finally:
            self.choose(home)
        kept = all(self.tag(media, name, value) for name, value in sorted(tags.items()))
        return ("verified" if kept else "committed_unverified"), {
            "media": media_item(media, {}),
            "reused": reused,
        }

    def bring(self, path, names):
        """Return (pool item, reused); the file is imported only when the bin does not have it."""
        folder = self.pool.GetRootFolder()
        for name in names:
            folder = find_bin(folder, name) or self.make_bin(folder, name)
        found = find_path(folder, path)
        if found:
            return found, True
        if not self.choose(folder):
            raise refusal(self.project, "open the bin %s" % names[-1])
        if not self.pen.write(lambda: self.pool.ImportMedia([path]), lambda: find_path(folder, path)):
            error = refusal(self.project, "import %s" % os.path.basename(path))
            if error.code == "host_rejected":
                error.hint = "Resolve may not read this kind of file on this system. Try importing it by hand."
            raise error
        return find_path(folder, path), False

    def make_bin(self, parent, name):
        """Return a new bin, read back."""
        if not self.pen.write(lambda: self.pool.AddSubFolder(parent, name), lambda: find_bin(parent, name)):
            raise refusal(self.project, "make the bin %s" % name)
        folder = find_bin(parent, name)
        self.created.append(folder)
        return folder

    def choose(self, folder):
        """Make a bin the current one; return whether it is. Making a bin or importing may have moved it."""
        if not folder:
            return False
        return same_folder(self.pool.GetCurrentFolder(), folder) or self.pen.write(
            lambda: self.pool.SetCurrentFolder(folder),
            lambda: same_folder(self.pool.GetCurrentFolder(), folder),
        )

    def clear_up(self, error):
        """Delete the bins this import made, when nothing else is in them; leaving one behind is told."""
        if not self.created:
            return
        top, root = self.created[0], self.pool.GetRootFolder()
        key, name = top.GetUniqueId(), top.GetName()
        inside = [folder.GetClipList() or folder.GetSubFolderList() or [] for folder in self.created]
        ours = [len(entries) for entries in inside] == [1] * (len(inside) - 1) + [0]
        if not ours or not self.pen.write(
            lambda: call_if(self.pool, "DeleteFolders", [top]),
            lambda: (
                bool(root and root.GetUniqueId()) and all(folder.GetUniqueId() != key for folder in folders_of(root))
            ),
        ):
            error.outcome = "committed_unverified"
            error.hint = "The empty bin %s was left behind. %s" % (text(name), error.hint)

    def tag(self, media, name, value):
        """Write one entry of third-party metadata (19.0.2); return whether it is read back.

        Older versions have no place for it, which their capabilities say.
        """
        if not has(media, "SetThirdPartyMetadata") or not has(media, "GetThirdPartyMetadata"):
            return True
        return media.GetThirdPartyMetadata(name) == value or self.pen.write(
            lambda: media.SetThirdPartyMetadata(name, value),
            lambda: media.GetThirdPartyMetadata(name) == value,
        )


def op_add_take(desk, args, expect):
    """``clip.add_take``."""
    start, end = need(args, "start_source_frame", int), need(args, "end_source_frame", int)
    change = TakeChange(desk.resolve, desk.pen, args, need_expectation(expect))
    if start < 0 or end - start != change.span[1] - change.span[0]:
        raise OpError("invalid_param", "A take needs exactly as many frames as the clip is long.")
    wanted = args.get("select", True)
    index = change.index_of(change.media_id)
    if index:
        return select_index(change, index) if wanted else change.result(change.before)
    if change.before["media"]["id"] == change.media_id:
        return already_playing(change, start)
    media = find_media(change.scene.project.GetMediaPool(), change.media_id)
    if not change.add(media, start, end):
        change.refuse("add the take")
    return settle_added(change, wanted, start, end)


def already_playing(change, start_source_frame):
    """Answer for a clip without takes that plays the media itself.

    AddTake must not be called: it answers False and still starts a selector with one take (19.1.3).
    """
    if change.before["left_offset_frame"] == start_source_frame:
        return change.result(change.before)
    message = "The clip plays this file already, from another frame; it cannot be its own second take."
    raise OpError("host_rejected", message, "Slip the clip by hand, or bring the take as a file of its own.")


def settle_added(change, select, start_source_frame, end_source_frame):
    """Select (or not) the take just added, and read back.

    Whether AddTake itself selects is not documented, so the selection is set both ways. The selector's first
    take is the clip as it was; the host's own reading of it is taken as it comes.
    """
    playing = change.before["media"]["id"]
    original = change.before_takes() or [[playing, *take[1:]] for take in change.takes()[:1]]
    index = len(original) + 1
    selected = index if select else (change.before["selected_take"] or 1)
    if not change.select(selected, change.recheck):
        change.refuse("select the take")
    takes = [*original, [change.media_id, start_source_frame, end_source_frame]]
    head = start_source_frame if select else change.before["left_offset_frame"]
    return change.result(change.settle(takes, selected, change.media_id if select else playing, head))


def op_select_take(desk, args, expect):
    """``clip.select_take``."""
    change = TakeChange(desk.resolve, desk.pen, args, need_expectation(expect))
    index = change.index_of(change.media_id)
    if index:
        return select_index(change, index)
    if not change.before["takes"] and change.before["media"]["id"] == change.media_id:
        return change.result(change.before)
    raise OpError("unknown_take", "The clip has no such take.", "Pull the take again to add it.")


def select_index(change, index):
    """Select an existing take by index and read back."""
    if change.before["selected_take"] == index:
        return change.result(change.before)
    if not change.select(index, change.recheck):
        change.refuse("select the take")
    takes = change.before_takes()
    return change.result(change.settle(takes, index, takes[index - 1][0], takes[index - 1][1]))


def op_remove_take(desk, args, expect):
    """``clip.remove_take``. A take that is not there is removed already."""
    change = TakeChange(desk.resolve, desk.pen, args, need_expectation(expect))
    index, selected = change.index_of(change.media_id), change.before["selected_take"]
    if not index and change.before["media"]["id"] != change.media_id:
        return change.result(change.before)
    if index in (0, selected):
        raise OpError("host_rejected", "This take is the one the clip plays.", "Select another take first.")
    if not change.delete(index, change.recheck):
        change.refuse("remove the take")
    takes = change.before_takes()
    del takes[index - 1]
    media, head = change.before["media"]["id"], change.before["left_offset_frame"]
    return change.result(change.settle(takes, selected - (index < selected), media, head))


# - the ops beyond takes: what is so already is answered as done, even when the revision has moved on


def carry_out(desk, project, what, act, done, look):
    """Write with patience; return when it is seen to be done, else raise.

    ``look`` finds handles again and raises when the ground has moved: "committed_unverified" then, when something may
    have been written.
    """
    if desk.pen.write(act, done, look):
        return
    try:
        look()
    except OpError as moved:
        raise (unsure(moved) if desk.pen.touched else moved) from None
    if not done():
        raise refusal(project, what)


def unsure(error):
    """Mark an error: something may be left behind."""
    error.outcome = "committed_unverified"
    error.hint = "Look at the timeline in Resolve: the change may be there. " + error.hint
    return error


def refuse_locked(timeline, track):
    """Raise when a track is locked."""
    if is_locked(timeline, track):
        message = "%s track %d is locked." % (track[0].capitalize(), track[1])
        raise OpError("host_rejected", message, "Unlock the track in Resolve, then try again.")


def places_of(rows, without=()):
    """Return [track, key, start, end] of rows, except those with some keys."""
    return [[row.track, row.key, row.start, row.end] for row in rows if row.key not in without]


# - timelines


def same_project(resolve, expect):
    """Return the open project when it is the expected one, else raise ``timeline_switched``."""
    manager = resolve.GetProjectManager()
    project = manager.GetCurrentProject() if manager else None
    if not project or project.GetUniqueId() != expect["project_id"]:
        raise OpError("timeline_switched", "Another project is open in Resolve.")
    return project


def timelines_of(project):
    """Return every timeline of a project."""
    found = [project.GetTimelineByIndex(index + 1) for index in range(whole(project.GetTimelineCount()) or 0)]
    return [timeline for timeline in found if timeline]


def timeline_with_id(project, wanted):
    """Return a timeline by id, or None."""
    return next((line for line in timelines_of(project) if line.GetUniqueId() == wanted), None)


def timeline_named(project, name):
    """Return the timeline of a name, or None."""
    return next((line for line in timelines_of(project) if line.GetName() == name), None)


def need_timeline(project, wanted):
    """Return a timeline by id, or raise ``not_found``."""
    timeline = timeline_with_id(project, wanted)
    if timeline is None:
        raise OpError("not_found", "The project no longer has this timeline.", "Read the timeline again.")
    return timeline


def is_current(project, wanted):
    """Say whether the timeline of an id is the current one."""
    current = project.GetCurrentTimeline()
    return bool(current) and current.GetUniqueId() == wanted


def need_name(args):
    """Return a name for something in Resolve."""
    name = need(args, "name", str)
    if not name.strip() or len(name) > 255 or any(ord(char) < 32 for char in name):
        raise OpError("invalid_param", "A name needs up to 255 printable characters.")
    return name


def refuse_used(project, name):
    """Raise when a timeline has a name already."""
    if timeline_named(project, name):
        message = "The project has a timeline “%s” already." % text(name)
        raise OpError("host_rejected", message, "Choose another name.")


def content_of(timeline):
    """Return what is on a timeline, without its ids: equal for a timeline and its copy."""
    rows = scan(timeline, all_tracks(timeline))
    return [[row.track, row.start, row.end, row.name, row.path, row.take, row.enabled] for row in rows]


def timeline_result(wanted, name, changed):
    """Return a verified TimelineResult."""
    return "verified", {"timeline_id": short(wanted), "name": text(name), "changed": changed}


def op_duplicate_timeline(desk, args, expect):
    """``timeline.duplicate``. Resolve makes the copy current without a word; the original is made current again."""
    name, wanted = need_name(args), need_expectation(expect)["timeline_id"]
    project = same_project(desk.resolve, expect)
    copy = timeline_named(project, name)
    if copy is None:
        timeline = check_expectation(desk.resolve, expect).timeline
        carry_out(
            desk,
            project,
            "duplicate the timeline",
            lambda: timeline.DuplicateTimeline(name),
            lambda: timeline_named(project, name),
            lambda: same_project(desk.resolve, expect),
        )
    copy_id = short(timeline_named(project, name).GetUniqueId())
    return_to(desk, project, wanted, copy_id)
    original = timeline_with_id(project, wanted)
    twin = timeline_with_id(project, copy_id)
    if original is None or twin is None or content_of(original) != content_of(twin):
        if copy is not None:
            refuse_used(project, name)
        raise unsure(OpError("timeline_changed", "The copy of the timeline is not like the timeline."))
    return timeline_result(copy_id, name, copy is None)


def return_to(desk, project, wanted, copy_id):
    """Make the original current again after a copy was made; one a person has opened meanwhile is left alone."""
    if not is_current(project, copy_id) or copy_id == wanted:
        return
    desk.pen.renew()
    original = timeline_with_id(project, wanted)
    try:
        if original is None:
            raise OpError("timeline_switched", "The timeline was deleted while it was being copied.")
        carry_out(
            desk,
            project,
            "open the timeline again after copying it",
            lambda: project.SetCurrentTimeline(original),
            lambda: is_current(project, wanted),
            lambda: None,
        )
    except OpError as error:
        raise unsure(error) from None


def op_select_timeline(desk, args, expect):
    """``timeline.select``."""
    wanted = need(args, "timeline_id", str)
    project = same_project(desk.resolve, need_expectation(expect))
    timeline = need_timeline(project, wanted)
    changed = not is_current(project, wanted)
    if changed:
        check_expectation(desk.resolve, expect)
        carry_out(
            desk,
            project,
            "open the timeline",
            lambda: project.SetCurrentTimeline(timeline),
            lambda: is_current(project, wanted),
            lambda: same_project(desk.resolve, expect),
        )
    return timeline_result(wanted, timeline.GetName(), changed)


def op_rename_timeline(desk, args, expect):
    """``timeline.rename``."""
    wanted, name = need(args, "timeline_id", str), need_name(args)
    project = same_project(desk.resolve, need_expectation(expect))
    timeline = need_timeline(project, wanted)
    changed = timeline.GetName() != name
    if changed:
        check_expectation(desk.resolve, expect)
        refuse_used(project, name)
        carry_out(
            desk,
            project,
            "rename the timeline",
            lambda: timeline.SetName(name),
            lambda: timeline.GetName() == name,
            lambda: same_project(desk.resolve, expect),
        )
    return timeline_result(wanted, name, changed)


def op_delete_timeline(desk, args, expect):
    """``timeline.delete``. Only a safety copy of ours, unless it is forced."""
    wanted = need(args, "timeline_id", str)
    project = same_project(desk.resolve, need_expectation(expect))
    timeline = timeline_with_id(project, wanted)
    if timeline is None:
        return timeline_result(wanted, "", False)
    name = text(timeline.GetName())
    if is_current(project, wanted):
        message = "The timeline “%s” is open and is not deleted." % name
        raise OpError("host_rejected", message, "Open another timeline first.")
    if SAFETY_MARK not in name and args.get("force") is not True:
        message = "The timeline “%s” is not a safety copy of ours and is not deleted." % name
        raise OpError("host_rejected", message, "Delete it by hand in Resolve if it is not needed.")
    check_expectation(desk.resolve, expect)
    carry_out(
        desk,
        project,
        "delete the timeline",
        lambda: project.GetMediaPool().DeleteTimelines([timeline]),
        lambda: bool(project.GetUniqueId()) and timeline_with_id(project, wanted) is None,
        lambda: same_project(desk.resolve, expect),
    )
    return timeline_result(wanted, name, True)


def op_add_track(desk, args, expect):
    """``track.add``. New tracks go on top; audio tracks become what the last one is."""
    track = parse_track(args)
    scene = same_scene(desk.resolve, need_expectation(expect))
    count = track_count(scene.timeline, track[0])
    if track[1] > count + 8:
        raise OpError("invalid_param", "Track %d is too far above the last one, %d." % (track[1], count))
    if track[1] > count:
        check_expectation(desk.resolve, expect)
    for number in range(count + 1, track[1] + 1):
        add_one_track(desk, expect, track[0], number)
    now = track_count(same_scene(desk.resolve, expect).timeline, track[0])
    return "verified", {"track": track_ref(track), "count": now, "changed": track[1] > count}


def add_one_track(desk, expect, kind, number):
    """Add the track of a number."""
    scene = same_scene(desk.resolve, expect)
    timeline, arguments = scene.timeline, [kind]
    if kind == "audio":
        arguments.append(short(call_if(timeline, "GetTrackSubType", kind, number - 1)) or "stereo")
    carry_out(
        desk,
        scene.project,
        "add a track",
        lambda: timeline.AddTrack(*arguments),
        lambda: track_count(timeline, kind) >= number,
        lambda: same_scene(desk.resolve, expect),
    )


def track_count(timeline, kind):
    """Return the number of tracks of a type."""
    return whole(timeline.GetTrackCount(kind)) or 0


# - placing and deleting


def op_place(desk, args, expect):
    """``clip.place``."""
    return Placing(desk, args, need_expectation(expect)).run()


def is_open(resolve, expect):
    """Say whether the expected timeline is the current one: what was read just before may be trusted then. Handles die
    when another is opened, and a dead item looks like one that is not there.
    """
    try:
        same_scene(resolve, expect)
    except OpError:
        return False
    return True


class Placing(object):
    """One clip put on a free span: place, list the track again, find it there, take it off when it is not as asked.

    AppendToTimeline overwrites nothing: on an occupied span it drops the clip or answers a ghost, and across rates and
    for stills it may make another length (resolve.md traps 4 and 7).
    """

    def __init__(self, desk, args, expect):
        self.desk, self.expect = desk, expect
        self.version = version_of(desk.resolve)
        self.media_id, self.track = need(args, "media_id", str), parse_track(need(args, "track", dict))
        self.span = (need(args, "start_record_frame", int), need(args, "end_record_frame", int))
        self.source = (need(args, "start_source_frame", int), need(args, "end_source_frame", int))
        asked = args.get("link")
        self.link = [key for key in asked if isinstance(key, str)] if isinstance(asked, list) else []
        self.tracks = {self.track}.union(parse_track(track) for track in expect.get("tracks") or [])
        self.handles, self.known = [], set()
        if self.span[0] >= self.span[1] or not 0 <= self.source[0] < self.source[1] or self.track[0] == "subtitle":
            raise OpError("invalid_param", "A clip to place needs frames to show and a track that can hold it.")

    def run(self):
        """Return (outcome, PlaceResult)."""
        self.scan()
        row = self.find()
        changed = row is None
        if changed:
            row = self.place()
        if self.link:
            self.join(row)
        item = read_row(row, [row], {}, self.version)
        same_scene(self.desk.resolve, self.expect)
        return "verified", {"items": [item], "changed": changed}

    def scan(self):
        """Read the track and the expected ones; raise when the timeline is not open any more."""
        self.scene = same_scene(self.desk.resolve, self.expect)
        self.rows = sketch(self.scene.timeline, self.tracks)

    def track_rows(self):
        """Return the rows of the clip's own track."""
        return [row for row in self.rows if row.track == self.track]

    def find(self):
        """Return the row that is what was asked for, or None."""
        there = [scan_item(row.item, row.track) for row in self.track_rows() if (row.start, row.end) == self.span]
        ours = (row for row in there if row.media and media_id(row.media) == self.media_id and self.shows_source(row))
        return next(ours, None)

    def shows_source(self, row):
        """Say whether a row begins at the asked source frame. Sound counts at the project's rate, stills not at all."""
        if self.track[0] == "audio" or "still" in str(row.media.GetClipProperty("Type")).lower():
            return True
        return whole(row.item.GetLeftOffset()) == self.source[0]

    def place(self):
        """Put the clip on the track and return its row; raise with nothing left on the track."""
        check_expectation(self.desk.resolve, self.expect)
        self.check_room()
        media = find_media(self.scene.project.GetMediaPool(), self.media_id)
        around = places_of(self.rows)
        self.known = {row.key for row in self.rows}
        try:
            self.append(media)
        except OpError as error:
            raise self.take_off(error) from None
        row = self.find()
        if row is None:
            raise self.take_off(self.misfit())
        if places_of(self.rows, {row.key}) != around:
            raise self.take_off(OpError("timeline_changed", "A neighbouring clip was edited meanwhile."))
        return row

    def check_room(self):
        """Refuse a span that is not free, and a track that cannot be written."""
        timeline = self.scene.timeline
        if self.track not in all_tracks(timeline):
            raise OpError("not_found", "The timeline has no %s track %d." % self.track, "Add the track first.")
        refuse_locked(timeline, self.track)
        if self.span[0] < frame_or_gone(timeline.GetStartFrame()):
            raise OpError("invalid_param", "The clip would begin before the timeline does.")
        near = [row for row in self.track_rows() if row.key and row.start < self.span[1] and self.span[0] < row.end]
        first, last = min([self.span[0]] + [row.start for row in near]), max([self.span[1]] + [row.end for row in near])
        around = [row for row in self.track_rows() if row.key and row.start < last and first < row.end]
        full = {row.key: scan_item(row.item, row.track) for row in around}
        kinds = [(full[row.key], kind_of(full[row.key], list(full.values()), "clip")) for row in near]
        solid = [row for row, kind in kinds if kind != "transition"]
        if solid:
            message = "“%s” lies where the clip is to go; nothing is overwritten." % solid[0].name
            raise OpError("host_rejected", message, "Make room on the track, then try again.")

    def append(self, media):
        """Append, and find what came of it."""
        info = {
            "mediaPoolItem": media,
            "startFrame": self.source[0],
            "endFrame": self.source[1] - counts_inclusive(self.version),
            "mediaType": 1 if self.track[0] == "video" else 2,
            "trackIndex": self.track[1],
            "recordFrame": self.span[0],
        }
        pool = self.scene.project.GetMediaPool()

        def act():
            self.handles = [item for item in pool.AppendToTimeline([info]) or [] if item]
            return self.handles

        carry_out(self.desk, self.scene.project, "place the clip", act, self.ours, self.recheck)
        self.scan()

    def recheck(self):
        """Between two tries: raise when the ground has moved."""
        self.scan()
        if not self.ours():
            check_expectation(self.desk.resolve, self.expect)

    def ours(self):
        """Return the keys of what was placed, without ghosts."""
        return [short(item.GetUniqueId()) for item in self.handles if item.GetUniqueId()]

    def misfit(self):
        """Return the error for a clip that came out otherwise than asked."""
        rows = [row for row in self.track_rows() if row.key in self.ours()]
        made = rows[0].end - rows[0].start if rows else 0
        asked = self.span[1] - self.span[0]
        message = "Resolve made %d frames of the clip instead of %d, so it was taken off again." % (made, asked)
        hint = "Deliver the file at the timeline's rate and length, then place it again."
        return OpError("host_rejected", message, hint, asked_frames=asked, placed_frames=made)

    def take_off(self, error):
        """Take off what was placed; return the error, marked when something may be left.

        AppendToTimeline writes to whatever timeline is open: one that a person opened in that moment is cleaned up too.
        """
        keys = set(self.ours())
        self.desk.pen.renew()
        try:
            here = self.open_now()
            timeline, expected = here.timeline, here.timeline_id == self.expect["timeline_id"]
            present = sketch(timeline, all_tracks(timeline)) if keys or expected else []
            rows = [row for row in present if row.key in keys or (expected and self.is_new(row))]
            if rows:
                expect = {"project_id": here.project_id, "timeline_id": here.timeline_id}
                delete_rows(self.desk, expect, rows)
            sure = expected or bool(rows) or not self.desk.pen.touched
        except OpError:
            sure = not self.desk.pen.touched
        if not sure:
            return unsure(error) if error.outcome == "not_applied" else error
        code = error.code
        told = error if error.outcome == "not_applied" else OpError(code, error.message, **error.details)
        told.undone = True
        return told

    def open_now(self):
        """Return the open Scene, whichever timeline of the project it is."""
        same_project(self.desk.resolve, self.expect)
        return open_scene(self.desk.resolve)

    def is_new(self, row):
        """Say whether a row can only be what was placed: its handles may have gone stale."""
        if row.track != self.track or not row.key or row.key in self.known or row.start != self.span[0]:
            return False
        media = row.item.GetMediaPoolItem()
        return bool(media) and media_id(media) == self.media_id

    def join(self, row):
        """Link the clip with others and with what those are linked with: linking anew would take them out of that."""
        timeline = self.scene.timeline
        rows = {other.key: other for other in sketch(timeline, all_tracks(timeline)) if other.key}
        if not rows.keys() >= set(self.link):
            raise unsure(OpError("timeline_changed", "A clip to link with is no longer there."))
        groups = [entry[0] for key in self.link for entry in read_links(rows[key].item)]
        wanted = {key for key in self.link + groups if key in rows and key != row.key}
        others = [rows[key] for key in sorted(wanted)]
        if wanted <= {entry[0] for entry in read_links(row.item)}:
            return
        said = []

        def act():
            said[:] = [timeline.SetClipsLinked([row.item] + [other.item for other in others], True)]
            return said[0]

        def done():
            linked = {entry[0] for entry in read_links(row.item)}
            return wanted <= linked if has(row.item, "GetLinkedItems") else said == [True]

        try:
            carry_out(self.desk, self.scene.project, "link the clips", act, done, self.scan)
        except OpError as error:
            raise unsure(error) from None


def delete_rows(desk, expect, rows):
    """Delete items of the current timeline, read back. The Fairlight page refuses it, so it is left for a moment."""
    keys, page = {row.key for row in rows}, desk.resolve.GetCurrentPage()
    items = [row.item for row in rows]
    scene = same_scene(desk.resolve, expect)

    def gone():
        left = keys & {row.key for row in sketch(scene.timeline, all_tracks(scene.timeline))}
        return not left and is_open(desk.resolve, expect)

    if page == "fairlight":
        desk.resolve.OpenPage("edit")
    try:
        carry_out(
            desk,
            scene.project,
            "delete the clips",
            lambda: scene.timeline.DeleteClips(items, False),
            gone,
            lambda: same_scene(desk.resolve, expect),
        )
    finally:
        if page == "fairlight":
            desk.resolve.OpenPage(page)


def op_delete_clips(desk, args, expect):
    """``clip.delete``. Linked sound stays, unless it is listed."""
    wanted = {}
    for ref in need(args, "clips", list):
        if not isinstance(ref, dict):
            raise OpError("invalid_param", "A clip to delete needs its key and its place.")
        span = (need(ref, "start_record_frame", int), need(ref, "end_record_frame", int))
        wanted[need(ref, "clip", str)] = (parse_track(need(ref, "track", dict)), span)
    scene = same_scene(desk.resolve, need_expectation(expect))
    rows = sketch(scene.timeline, all_tracks(scene.timeline))
    doomed = [row for row in rows if row.key in wanted]
    same_scene(desk.resolve, expect)
    if not doomed:
        return "verified", {"deleted": sorted(wanted), "changed": False}
    check_expectation(desk.resolve, expect)
    if any((row.track, (row.start, row.end)) != wanted[row.key] for row in doomed) or len(doomed) < len(wanted):
        raise OpError("timeline_changed", "A clip to delete was moved, trimmed or deleted.")
    for row in doomed:
        refuse_locked(scene.timeline, row.track)
    around = places_of(rows, wanted)
    delete_rows(desk, expect, doomed)
    try:
        timeline = same_scene(desk.resolve, expect).timeline
    except OpError as switched:
        raise unsure(switched) from None
    if places_of(sketch(timeline, all_tracks(timeline))) != around:
        raise unsure(OpError("timeline_changed", "The clips are deleted, but others were edited meanwhile."))
    return "verified", {"deleted": sorted(wanted), "changed": True}


# - one clip


class Spot(object):
    """A clip as an op names it, found again from its ids around every write."""

    def __init__(self, desk, args, expect):
        self.desk, self.expect = desk, need_expectation(expect)
        self.key, self.track = need(args, "clip", str), parse_track(need(args, "track", dict))
        self.span = (need(args, "start_record_frame", int), need(args, "end_record_frame", int))
        self.look()

    def look(self):
        """Find the clip; raise when it is gone or moved, or another timeline is open."""
        self.scene = same_scene(self.desk.resolve, self.expect)
        row = find_row(self.scene.timeline, self.track, self.key)
        if row is None:
            raise OpError("timeline_changed", "The clip is no longer on its track.")
        if (row.start, row.end) != self.span:
            raise OpError("timeline_changed", "The clip was moved or trimmed.")
        self.row, self.item = row, row.item

    def read(self, marks=False):
        """Return the clip's TimelineItem. Only an item without media is told by what lies around it."""
        rows = [self.row] if self.row.media else scan(self.scene.timeline, [self.track])
        item = read_row(self.row, rows, {}, version_of(self.desk.resolve), marks)
        same_scene(self.desk.resolve, self.expect)
        return item

    def write(self, what, act, done):
        """Write; return when it is done and the clip is still where it was, else raise."""
        carry_out(self.desk, self.scene.project, what, lambda: act(self.item), lambda: done(self.item), self.look)
        try:
            self.look()
        except OpError as moved:
            raise unsure(moved) from None

    def guard(self):
        """Before a first write: raise when the timeline is not as expected, or the track is locked."""
        check_expectation(self.desk.resolve, self.expect)
        refuse_locked(self.scene.timeline, self.track)

    def change(self, what, act, done):
        """Make one change unless it is made already; return (outcome, ClipResult)."""
        before = self.read()
        changed = not done(self.item)
        if changed:
            self.guard()
            self.write(what, act, done)
        return "verified", {"before": before, "after": self.read() if changed else before, "changed": changed}


def op_set_enabled(desk, args, expect):
    """``clip.set_enabled``."""
    wanted, spot = need(args, "enabled", bool), Spot(desk, args, expect)
    return spot.change(
        "enable the clip" if wanted else "disable the clip",
        lambda item: item.SetClipEnabled(wanted),
        lambda item: item.GetUniqueId() and is_enabled(item) == wanted,
    )


def op_rename_clip(desk, args, expect):
    """``clip.rename`` (20.2)."""
    name, spot = need_name(args), Spot(desk, args, expect)
    if not has(spot.item, "SetName"):
        hint = "Name the clip by hand, or update to Resolve 20.2 or later."
        raise OpError("unsupported_op", "This version of Resolve cannot name clips from outside.", hint)
    return spot.change("name the clip", lambda item: item.SetName(name), lambda item: item.GetName() == name)


def op_stamp(desk, args, expect):
    """``clip.stamp``: a marker on the clip, and the metadata of its media where no other stamp is in it."""
    stamp = need(args, "stamp", str)
    if not STAMP.match(stamp):
        raise OpError("invalid_param", "This is not a stamp of ours.", stamp=text(stamp, 64))
    spot = Spot(desk, args, expect)
    places = [name for name, write in (("marker", stamp_marker), ("metadata", stamp_metadata)) if write(spot, stamp)]
    changed = desk.pen.touched
    if not places:
        message = "Every frame of the clip has a marker already: there is no place for our id."
        raise OpError("host_rejected", message, "Remove a marker from the clip, then try again.")
    return "verified", {"item": spot.read(True), "places": places, "changed": changed}


def stamp_marker(spot, stamp):
    """Put the stamp into a marker on a free frame of the clip; return whether it is there."""
    markers = read_markers(spot.item, "source_frame")
    if any(marker["data"] == stamp for marker in markers):
        return True
    old = [marker["data"] for marker in markers if STAMP.match(marker["data"])]
    taken = {marker["source_frame"] for marker in markers if marker["data"] not in old[:1]}
    head = max(whole(spot.item.GetLeftOffset()) or 0, 0)
    frame = next((at for at in range(head, head + spot.span[1] - spot.span[0]) if at not in taken), None)
    if frame is None:
        return False
    spot.guard()
    if old:
        spot.write("remove an old id", lambda item: item.DeleteMarkerByCustomData(old[0]), lacks(old[0]))
    spot.write(
        "write our id on the clip",
        lambda item: item.AddMarker(frame, MARKER_COLOUR_OF_STAMPS, "TakeBridge", stamp, 1, stamp),
        lambda item: not lacks(stamp)(item),
    )
    return True


def lacks(data):
    """Return a check: no marker of an item carries this data."""
    return lambda item: all(marker["data"] != data for marker in read_markers(item, "source_frame"))


def stamp_metadata(spot, stamp):
    """Put the stamp into the media's metadata (19.0.2) unless another one is there; return whether it is there."""
    media = spot.row.media
    if not media or not has(media, "SetThirdPartyMetadata") or not has(media, "GetThirdPartyMetadata"):
        return False
    said = short(media.GetThirdPartyMetadata(STAMP_KEY))
    if said == stamp or STAMP.match(said):
        return said == stamp
    carry_out(
        spot.desk,
        spot.scene.project,
        "write our id into the clip's media",
        lambda: media.SetThirdPartyMetadata(STAMP_KEY, stamp),
        lambda: media.GetThirdPartyMetadata(STAMP_KEY) == stamp,
        lambda: same_project(spot.desk.resolve, spot.expect),
    )
    return True


# - markers


class Sheet(object):
    """What carries markers, as a marker op names it: the timeline, or a clip on it. One marker a frame."""

    def __init__(self, desk, args, expect):
        self.desk, self.expect = desk, need_expectation(expect)
        clip = args.get("clip")
        self.spot = Spot(desk, clip, expect) if isinstance(clip, dict) else None
        self.space = "source_frame" if self.spot else "record_frame"
        self.at = need(args, self.space, int)
        self.look()
        if self.at < self.origin:
            raise OpError("invalid_param", "The marker would lie before the start.")

    def look(self):
        """Find the handles again; raise when they are gone."""
        if self.spot:
            self.spot.look()
            self.scene, self.thing, self.origin = self.spot.scene, self.spot.item, 0
        else:
            self.scene = same_scene(self.desk.resolve, self.expect)
            self.thing, self.origin = self.scene.timeline, frame_or_gone(self.scene.timeline.GetStartFrame())

    def read(self):
        """Return all markers."""
        return read_markers(self.thing, self.space, self.origin)

    def there(self):
        """Return the marker at the frame, or None."""
        return next((marker for marker in self.read() if marker[self.space] == self.at), None)

    def write(self, what, act, done):
        """Write, after making sure that the timeline is as expected."""
        check_expectation(self.desk.resolve, self.expect)
        if self.spot:
            refuse_locked(self.scene.timeline, self.spot.track)
        carry_out(self.desk, self.scene.project, what, act, done, self.look)

    def result(self, changed):
        """Return the verified MarkerResult."""
        markers = self.read()
        same_scene(self.desk.resolve, self.expect)
        return "verified", {"item_markers" if self.spot else "timeline_markers": markers, "changed": changed}


def op_add_marker(desk, args, expect):
    """``marker.add``."""
    sheet = Sheet(desk, args, expect)
    wanted = {key: text(args.get(key)) for key in ("name", "note", "data")}
    wanted.update(color=short(args.get("color") or "Blue"), duration_frames=need_length(args))
    wanted[sheet.space] = sheet.at
    there = sheet.there()
    if there == wanted:
        return sheet.result(False)
    if there:
        message = "There is a marker “%s” on this frame already." % there["name"]
        raise OpError("host_rejected", message, "Remove it first, or use another frame.")
    sheet.write(
        "add the marker",
        lambda: sheet.thing.AddMarker(
            sheet.at - sheet.origin,
            wanted["color"],
            wanted["name"],
            wanted["note"],
            wanted["duration_frames"],
            wanted["data"],
        ),
        lambda: sheet.there() == wanted,
    )
    return sheet.result(True)


def need_length(args):
    """Return a marker's length, one frame unless it is given."""
    length = args.get("duration_frames", 1)
    if isinstance(length, bool) or not isinstance(length, int) or length < 1:
        raise OpError("invalid_param", "A marker is at least one frame long.")
    return length


def op_remove_marker(desk, args, expect):
    """``marker.remove``. A marker that is not there is removed already."""
    sheet, name = Sheet(desk, args, expect), args.get("name")
    there = sheet.there()
    if there is None:
        return sheet.result(False)
    if name is not None and there["name"] != name:
        raise OpError("timeline_changed", "Another marker is on this frame now: “%s”." % there["name"])
    sheet.write(
        "remove the marker",
        lambda: sheet.thing.DeleteMarkerAtFrame(sheet.at - sheet.origin),
        lambda: sheet.there() is None,
    )
    return sheet.result(True)


def need_expectation(expect):
    """Return the expectation a clip op must carry, or raise ``invalid_param``."""
    if not isinstance(expect, dict):
        raise OpError("invalid_param", "An op that changes a clip must name the timeline it expects.")
    need(expect, "project_id", str)
    need(expect, "timeline_id", str)
    return expect


OPS = {
    "agent.ping": op_ping,
    "agent.stop": op_stop,
    "host.status": op_status,
    "timeline.snapshot": op_snapshot,
    "selection.get": op_selection,
    "media.import": op_import,
    "clip.add_take": op_add_take,
    "clip.select_take": op_select_take,
    "clip.remove_take": op_remove_take,
    "timeline.duplicate": op_duplicate_timeline,
    "timeline.select": op_select_timeline,
    "timeline.rename": op_rename_timeline,
    "timeline.delete": op_delete_timeline,
    "track.add": op_add_track,
    "clip.place": op_place,
    "clip.delete": op_delete_clips,
    "clip.set_enabled": op_set_enabled,
    "clip.rename": op_rename_clip,
    "clip.stamp": op_stamp,
    "marker.add": op_add_marker,
    "marker.remove": op_remove_marker,
}


EDITS = frozenset(verb for verb in OPS if verb.startswith(("timeline.", "track.", "marker."))).union(
    ["clip.place", "clip.delete", "clip.set_enabled", "clip.rename", "clip.stamp"]
)
"""Ops that do not put back what they had done when they fail half-way, but say so."""


class Desk(object):
    """Runs ops one after another on the thread it lives on. ``stopping`` is set by ``agent.stop``."""

    def __init__(self, resolve, delays=PACE.write_delays, sleep=time.sleep, log=None):
        self.resolve = resolve
        self.delays, self.sleep = delays, sleep
        self.log = log or logging.Logger("takebridge.agent")
        self.pen = Pen(delays, sleep)
        self.stopping = False

    def execute(self, op):
        """Run one op and return its OpAnswer without the session. Never raises."""
        self.pen = Pen(self.delays, self.sleep)
        try:
            outcome, result = self.dispatch(op)
            return make_answer(op, outcome, result)
        except OpError as error:
            if op.get("verb") in EDITS and self.pen.made and not error.undone and error.outcome == "not_applied":
                unsure(error)
            return make_answer(op, error.outcome, error.result, error)
        except Exception as fault:
            self.log.exception("The op %s failed", op.get("verb"))
            error = OpError("agent_fault", "The agent failed at this op: %s: %s" % (type(fault).__name__, fault))
            outcome = "committed_unverified" if self.pen.touched else "not_applied"
            return make_answer(op, outcome, None, error)

    def dispatch(self, op):
        """Return (outcome, result) of an op."""
        act = OPS.get(op.get("verb"))
        if act is None:
            raise OpError("unsupported_op", "This agent does not know %s." % short(op.get("verb")))
        args, expect = op.get("args") or {}, op.get("expect")
        if not isinstance(args, dict):
            raise OpError("invalid_param", "The op has no usable arguments.")
        return act(self, args, expect)


def make_answer(op, outcome, result, error=None):
    """Return an OpAnswer of the protocol, still without its session."""
    wire = error.to_wire() if error else None
    return {"op_id": short(op.get("id")), "outcome": outcome, "result": result, "error": wire}


# --- the link to the bridge -----------------------------------------------------------------------------

Endpoint = collections.namedtuple("Endpoint", "port token")


class LinkError(Exception):
    """The bridge cannot be reached, or refuses us. ``code`` is its error code, "" when it is just not
    there.
    """

    def __init__(self, message, code=""):
        super(LinkError, self).__init__(message)
        self.code = code


def default_home():
    """Return the data folder shared with the bridge: TAKEBRIDGE_HOME or the platform's place."""
    if os.environ.get("TAKEBRIDGE_HOME"):
        return os.environ["TAKEBRIDGE_HOME"]
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/takebridge")
    if os.name == "nt":
        return os.path.join(os.environ.get("LOCALAPPDATA") or os.path.expanduser("~"), "takebridge")
    return os.path.expanduser("~/.local/share/takebridge")


def read_endpoint(home):
    """Read where the bridge listens from <home>/bridge.json; only plain HTTP on this machine is accepted."""
    path = os.path.join(home, "bridge.json")
    try:
        with open(path, "r", encoding="utf-8") as file:
            facts = json.loads(file.read(65536))
        url, token = facts["url"], facts["token"]
    except OSError:
        raise LinkError("The bridge is not running (no %s)." % path) from None
    except (ValueError, KeyError, TypeError):
        raise LinkError("%s is damaged; restart the bridge." % path) from None
    return Endpoint(loopback_port(url), check_token(token))


def loopback_port(url):
    """Return the port of ``http://127.0.0.1:PORT`` or ``http://localhost:PORT``; anything else is refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except (ValueError, AttributeError, TypeError):
        raise LinkError("The bridge's address is not a URL.") from None
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost") and bool(port)
    if not local or parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise LinkError("The bridge's address is not on this machine; not connecting.")
    return port


def check_token(token):
    """Return the token when it can go into a header."""
    if not isinstance(token, str) or not token.isalnum() or len(token) > 512:
        raise LinkError("The bridge's token is damaged; restart the bridge.")
    return token


class Channel(object):
    """One keep-alive connection to the bridge, used by one thread. Proxies are never asked (http.client has
    none).
    """

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.connection = None
        self.closed = False

    def post(self, path, body, timeout=10.0):
        """Post JSON and return the JSON answer, or raise LinkError.

        A kept-alive connection that turns out to be dead is opened again once; every message may arrive
        twice.
        """
        data = json.dumps(body, separators=(",", ":")).encode("utf-8")
        reused = self.connection is not None
        try:
            status, reply = self.exchange(path, data, timeout)
        except (http.client.HTTPException, OSError) as error:
            self.drop()
            if not reused or self.closed or isinstance(error, socket.timeout):
                raise LinkError("The bridge does not answer (%s)." % type(error).__name__) from None
            return self.post(path, body, timeout)
        return decode_reply(status, reply)

    def exchange(self, path, data, timeout):
        """Send one request and return (status, body)."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.endpoint.port, timeout=timeout)
            self.connection.connect()
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.sock.settimeout(timeout)
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + self.endpoint.token}
        self.connection.request("POST", path, data, headers)
        response = self.connection.getresponse()
        reply = response.read(MAX_REPLY_BYTES + 1)
        if response.will_close or len(reply) > MAX_REPLY_BYTES:
            self.drop()
        return response.status, reply

    def drop(self):
        """Close the connection; the next post opens another."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def interrupt(self):
        """Wake the thread that waits in this channel. May be called from another thread."""
        self.closed = True
        connection = self.connection
        sock = connection.sock if connection is not None else None
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def decode_reply(status, reply):
    """Return the JSON object of a 200 answer; raise LinkError with the bridge's code for any other."""
    try:
        body = json.loads(reply.decode("utf-8"))
    except ValueError:
        body = None
    if status == 200 and isinstance(body, dict):
        return body
    code = body.get("code") if isinstance(body, dict) else None
    if code == "protocol_version":
        raise LinkError("The agent and the bridge are of different releases: update the agent.", code)
    raise LinkError("The bridge refused (%s %s)." % (status, short(code)), short(code) or "http_%s" % status)


class Link(object):
    """The network thread: says hello, polls, and puts what arrives into the inbox of the main thread.

    Inbox entries: ("hello", reply queue) asks the main thread for a Hello; ("op", op) is to be executed;
    ("again", op id) asks to repeat an answer; ("welcome", None) says that a session began.
    """

    def __init__(self, home, inbox, log, pace=PACE):
        self.home, self.inbox, self.log, self.pace = home, inbox, log, pace
        self.lock = threading.Lock()
        self.answers = collections.OrderedDict()
        self.pending = []
        self.received = ""
        self.endpoint, self.session = None, ""
        self.channel = None
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.work, name="takebridge-poll")
        self.thread.daemon = True

    # - network thread

    def work(self):
        """Keep a session until told to stop."""
        delay, told = self.pace.first_retry, ""
        while not self.stopping.is_set():
            try:
                self.hold_session()
                delay, told = self.pace.first_retry, ""
            except LinkError as error:
                if str(error) != told and not self.stopping.is_set():
                    told = str(error)
                    self.log.warning("%s Trying again.", told)
            finally:
                self.session = ""
                if self.channel is not None:
                    self.channel.drop()
            self.stopping.wait(delay)
            delay = min(delay * 2, self.pace.last_retry)

    def hold_session(self):
        """Say hello and poll until the bridge forgets the session; return only after a poll went well."""
        self.endpoint = read_endpoint(self.home)
        self.channel = Channel(self.endpoint)
        hello = self.ask_hello()
        if hello is None:
            return
        welcome = self.channel.post("/agent/hello", hello)
        self.session = short(welcome.get("session"))
        seconds = whole(welcome.get("poll_seconds")) or 25
        self.log.info("Connected to the bridge on port %d.", self.endpoint.port)
        self.inbox.put(("welcome", None))
        polled = False
        while not self.stopping.is_set():
            try:
                self.poll(seconds)
            except LinkError:
                if not polled:
                    raise
                return
            polled = True

    def ask_hello(self):
        """Have the main thread make the Hello, which reads the host; None when stopping."""
        reply = queue.Queue()
        self.inbox.put(("hello", reply))
        while not self.stopping.is_set():
            try:
                return reply.get(timeout=self.pace.tick)
            except queue.Empty:
                continue
        return None

    def poll(self, seconds):
        """Ask once for an op. An empty answer that came at once is followed by a breath, never by a hot
        loop.
        """
        began = time.monotonic()
        with self.lock:
            busy = self.pending[0] if self.pending else ""
        body = {"session": self.session, "received": self.received, "busy_with": busy}
        op = self.channel.post("/agent/poll", body, seconds + 10.0).get("op")
        if isinstance(op, dict) and op.get("id"):
            self.accept(op)
        elif time.monotonic() - began < 0.05:
            self.stopping.wait(0.05)

    def accept(self, op):
        """Queue an op once: a repeated one is answered from memory, or ignored while it runs."""
        key = short(op["id"])
        with self.lock:
            self.received = key
            if key in self.pending:
                return
            known = key in self.answers
            if not known:
                self.pending.append(key)
        self.inbox.put(("again", key) if known else ("op", op))

    # - main thread

    def remember(self, answer):
        """Keep an answer, marked as not yet received by the bridge."""
        with self.lock:
            self.answers[answer["op_id"]] = [answer, False]
            if answer["op_id"] in self.pending:
                self.pending.remove(answer["op_id"])
            while len(self.answers) > REMEMBERED_ANSWERS:
                self.answers.popitem(last=False)

    def unsent(self):
        """Return the ids of answers the bridge has not acknowledged, oldest first."""
        with self.lock:
            return [key for key, (_answer, sent) in self.answers.items() if not sent]

    def post_answer(self, channel, key):
        """Post a remembered answer. One that does not get through is kept and tried again."""
        with self.lock:
            entry = self.answers.get(key)
        if entry is None:
            return
        try:
            channel.post("/agent/answer", dict(entry[0], session=self.session))
        except LinkError as error:
            self.log.info("An answer is kept for later: %s", error)
            return
        with self.lock:
            entry[1] = True

    def close(self):
        """Stop polling and wait for the thread."""
        self.stopping.set()
        if self.channel is not None:
            self.channel.interrupt()
        if self.thread.is_alive():
            self.thread.join(2.0)


# --- the main loop --------------------------------------------------------------------------------------


class ParentWatch(object):
    """Notices that the process which started us is gone.

    A menu script is a child of Resolve and must not outlive it. Inside Resolve's own process there is nothing
    to watch; that is told by ``sys.executable``, because a parent's name is unreadable in a sandbox.
    """

    def __init__(self):
        inside = os.path.basename(sys.executable or "").lower().startswith("resolve")
        self.parent = 0 if inside else os.getppid()
        self.handle = open_process(self.parent) if os.name == "nt" and self.parent else None

    def is_gone(self):
        """Say whether the parent has ended; False where it cannot be told."""
        if self.handle is not None:
            return process_has_ended(self.handle)
        return os.name != "nt" and self.parent > 1 and os.getppid() != self.parent


def open_process(pid):
    """Return a Windows handle to wait on, or None."""
    import ctypes

    synchronize = 0x00100000
    return ctypes.windll.kernel32.OpenProcess(synchronize, False, pid) or None


def process_has_ended(handle):
    """Say whether the process of a Windows handle has ended (WAIT_OBJECT_0)."""
    import ctypes

    return ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == 0


class Agent(object):
    """The main thread's side: runs ops, posts answers, and knows when to leave."""

    def __init__(self, resolve, home, log, pace=PACE):
        self.resolve, self.log, self.pace = resolve, log, pace
        self.inbox = queue.Queue()
        self.desk = Desk(resolve, pace.write_delays, log=log)
        self.link = Link(home, self.inbox, log, pace)
        self.channel = None
        self.parent = ParentWatch()
        self.last_alive = self.last_look = time.monotonic()

    def run(self):
        """Serve until there is a reason to leave, and return it."""
        self.link.thread.start()
        try:
            return self.serve()
        finally:
            self.link.close()
            if self.channel is not None:
                self.channel.drop()

    def serve(self):
        """Take one inbox entry after another; between them, look whether to go on."""
        while not self.desk.stopping:
            reason = self.reason_to_leave()
            if reason:
                return reason
            try:
                what, body = self.inbox.get(timeout=self.pace.tick)
            except queue.Empty:
                self.send_unsent()
                continue
            self.handle(what, body)
        return "The bridge asked the agent to stop."

    def handle(self, what, body):
        """Do one inbox entry."""
        if what == "hello":
            body.put(self.make_hello())
        elif what == "op":
            answer = self.desk.execute(body)
            self.link.remember(answer)
            self.send(answer["op_id"])
        elif what == "again":
            self.send(body)
        else:
            self.send_unsent()

    def send_unsent(self):
        """Post what the bridge has not acknowledged yet."""
        for key in self.link.unsent():
            self.send(key)

    def send(self, key):
        """Post an answer on the main thread's own connection, opened anew when the bridge has moved.

        Without a session it waits: another program may listen on the port of a bridge that has gone.
        """
        endpoint = self.link.endpoint
        if not self.link.session:
            return
        if self.channel is None or self.channel.endpoint != endpoint:
            if self.channel is not None:
                self.channel.drop()
            self.channel = Channel(endpoint)
        self.link.post_answer(self.channel, key)

    def make_hello(self):
        """Return the Hello of this host as it is now; a host that fails to answer is still introduced."""
        try:
            status, verbs = host_status(self.resolve), capabilities_of(self.resolve)
        except Exception:
            self.log.exception("Resolve could not be read")
            status = {"product": "DaVinci Resolve", "version": "", "edition": "unknown"}
            verbs = sorted(OPS)
        return {
            "protocol": PROTOCOL_VERSION,
            "agent": "takebridge-resolve",
            "agent_version": AGENT_VERSION,
            "pid": os.getpid(),
            "status": status,
            "capabilities": verbs,
        }

    def reason_to_leave(self):
        """Return why to end now, or "": the parent is gone, or the API has been dead for long."""
        if self.parent.is_gone():
            return "Resolve has closed."
        now = time.monotonic()
        if now - self.last_look < self.pace.liveness:
            return ""
        self.last_look = now
        if self.answers_calls():
            self.last_alive = now
        return "Resolve no longer answers." if now - self.last_alive > self.pace.dead_after else ""

    def answers_calls(self):
        """Read liveness; an API that raises is as dead as one that answers None."""
        try:
            return is_alive(self.resolve)
        except Exception:  # noqa: BLE001 - a dying API may raise anything
            return False


# --- start ----------------------------------------------------------------------------------------------

NOT_FOUND = """TakeBridge could not reach DaVinci Resolve.
  Inside Resolve: start it from Workspace > Scripts > TakeBridge.
  From a terminal (Studio only): Resolve must be running, and in Preferences > System > General,
  External scripting must be Local. If Resolve is installed elsewhere, set RESOLVE_SCRIPT_API
  and RESOLVE_SCRIPT_LIB."""


def find_resolve(names):
    """Return Resolve's scripting root: the global ``resolve`` or ``app`` of a menu script, else by the script
    module.

    None when Resolve is not there or refuses.
    """
    if names.get("resolve") is not None:
        return names["resolve"]
    app = names.get("app")
    ask = getattr(app, "GetResolve", None)  # dir() of Fusion objects leaves out methods that exist
    found = ask() if callable(ask) else None
    if found is not None:
        return found
    module = load_script_module()
    return module.scriptapp("Resolve") if module is not None else None


def load_script_module():
    """Import DaVinciResolveScript from the path, RESOLVE_SCRIPT_API or the default place; None when it is
    nowhere.
    """
    places = [os.path.join(place, "Modules") for place in script_places() if place]
    sys.path.extend(place for place in places if os.path.isdir(place) and place not in sys.path)
    try:
        return importlib.import_module("DaVinciResolveScript")
    except (ImportError, OSError, SystemExit):
        return None


def script_places():
    """Return where the scripting API may be, the user's own choice first."""
    support = os.path.join("Blackmagic Design", "DaVinci Resolve")
    by_platform = {
        "darwin": ["/Library/Application Support/" + support + "/Developer/Scripting"],
        "win32": [os.path.join(os.environ.get("PROGRAMDATA", ""), support, "Support", "Developer", "Scripting")],
    }
    others = ["/opt/resolve/Developer/Scripting", "/home/resolve/Developer/Scripting"]
    return [os.environ.get("RESOLVE_SCRIPT_API"), *by_platform.get(sys.platform, others)]


def open_log(home):
    """Return a logger that writes to the console and to <home>/agent.log.

    The console is stderr: Resolve shows it, and a parent process may use stdout for itself.
    """
    log = logging.Logger("takebridge.agent", logging.INFO)
    if sys.stderr is not None:
        log.addHandler(logging.StreamHandler(sys.stderr))
    try:
        os.makedirs(home, mode=0o700, exist_ok=True)
        path = os.path.join(home, "agent.log")
        log.addHandler(logging.handlers.RotatingFileHandler(path, maxBytes=500000, backupCount=1, encoding="utf-8"))
    except OSError as error:
        log.warning("No agent.log: %s", error)
    for handler in log.handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s TakeBridge: %(message)s"))
    return log


def run(resolve, home=None, pace=PACE):
    """Serve the bridge of this data folder until there is a reason to leave. Blocks; call it on the main
    thread.
    """
    home = home or default_home()
    log = open_log(home)
    try:
        agent = Agent(resolve, home, log, pace)
        log.info("Agent %s started. Leave this running; data folder %s", AGENT_VERSION, home)
        log.info("%s", agent.run())
    finally:
        for handler in log.handlers:
            handler.close()


def main(names):
    """Find Resolve and run; return the exit status."""
    resolve = find_resolve(names)
    if resolve is None:
        log = open_log(default_home())
        log.error("%s", NOT_FOUND)
        for handler in log.handlers:
            handler.close()
        return 1
    run(resolve)
    return 0


if __name__ == "__main__" and main(globals()):
    sys.exit(1)
