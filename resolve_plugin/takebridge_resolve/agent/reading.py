"""The ops that read the timeline: snapshot and selection."""

from .arguments import parse_track
from .faults import OpError
from .guards import call_if, has, version_of
from .items import read_row, unread
from .links import Beside
from .scene import all_tracks, complete, in_order, keyed, marked_spans, open_scene, survey, timeline_info
from .terms import TRACK_TYPES
from .values import rate_text, short, whole

LOOKS_AT_MOST = 200
"""Items of a snapshot without detail and marks whose looks are read."""
READ_TIMES = 3
"""How often a timeline is read that is edited meanwhile."""


def op_snapshot(desk, args, expect):
    """``timeline.snapshot``."""
    scene = open_scene(desk.resolve)
    asked, marks = args.get("tracks"), args.get("marks") is True
    tracks = None if asked is None else in_order([parse_track(track) for track in asked])
    kinds = TRACK_TYPES if tracks is None or marks else [kind for kind in TRACK_TYPES if kind in dict(tracks)]
    present = all_tracks(scene.timeline, kinds)
    missing = [track for track in tracks or [] if track not in present]
    if missing:
        raise OpError("not_found", "The timeline has no %s track %d." % missing[0], "Read the timeline again.")
    present = present if tracks is None or marks else tracks
    tracks = present if tracks is None else tracks
    return "verified", snapshot_of(
        desk, scene, tracks, (lambda row: True, args.get("detail"), marks), LOOKS_AT_MOST, present, asked is None
    )


def op_selection(desk, args, expect):
    """``selection.get``. The revision covers the tracks of the items returned."""
    scene = open_scene(desk.resolve)
    mode = args.get("mode") or "playhead"
    if mode not in SELECTIONS:
        raise OpError("invalid_param", "There is no selection mode '%s'." % short(mode))
    tracks, chosen = SELECTIONS[mode](scene)
    return "verified", snapshot_of(desk, scene, tracks, (chosen, None, False))


def snapshot_of(desk, scene, tracks, asked, looks_at_most=None, present=None, whole=False):
    """Return a Snapshot of the chosen rows; tracks without a chosen row are left out of the revision.

    ``asked``: which rows, the keys to be read in full (None: all), whether marks are read. Looks are read of the items
    named, where marks are read (a round trip compares them), and of not more than so many: thousands of property reads
    in a row have crashed Resolve (resolve.md section 2). ``present``: the tracks whose locks are said, where not all.
    ``whole``: every item of the timeline is among the rows.

    Reading takes many calls, and a person edits between any two of them: a reading that was torn so is made again,
    and raises ``timeline_changed`` when the editing goes on.
    """
    for _ in range(READ_TIMES):
        read = read_once(desk, scene, tracks, asked, looks_at_most, present, whole)
        still_open(scene)
        if read:
            return read
    raise OpError("timeline_changed", "The timeline was being edited all the while it was read.")


def read_once(desk, scene, tracks, asked, looks_at_most, present, whole):
    """Return a Snapshot as `snapshot_of` says, or None when an item was edited meanwhile."""
    chosen, detail, marks = asked
    pool = {}
    rows = keyed(survey(scene, tracks, pool))
    if any(row.key == "" and row.take is None for row in rows):  # written a moment ago and dead now: no ghost
        return None
    wanted = [row for row in rows if chosen(row)]
    kept = {row.track for row in wanted}
    rows = [row for row in rows if row.track in kept]
    info = timeline_info(scene, rows, marks, present)
    version, pool["rate"] = version_of(desk.resolve), info["rate"]
    looks = marks or detail is not None or looks_at_most is None or len(wanted) <= looks_at_most
    if whole and not looks:
        pool["beside"] = Beside(rows)
        pool["project_rate"] = rate_text(scene.project.GetSetting("timelineFrameRate"))
    by_track = {track: [row for row in rows if row.track == track] for track in kept}
    items, full = [], []
    for row in wanted:
        if detail is None or row.key in detail or not row.key:
            row_read = complete(row, pool)
            items.append(read_row(row_read, by_track[row.track], pool, version, marks, looks))
            full.append((row_read, items[-1]))
        else:
            items.append(unread(row))
    as_many = all(len(scene.timeline.GetItemListInTrack(*track) or []) == len(by_track[track]) for track in kept)
    still = as_many and all(as_read(row, item) for row, item in full)
    return {"timeline": info, "items": items} if still else None


def as_read(row, item):
    """Say whether an item still lies where it was read, and plays the same frames of its media."""
    if item["kind"] == "ghost":
        return not row.item.GetUniqueId()
    place = (whole(row.item.GetStart()), whole(row.item.GetEnd()))
    same_head = not row.media or whole(row.item.GetLeftOffset()) == item["left_offset_frame"]
    return place == (row.start, row.end) and same_head


def still_open(scene):
    """Raise when another timeline was opened while one was read: items that died meanwhile look like none at all. A
    project's handle dies with it.
    """
    now = scene.project.GetCurrentTimeline()
    if not now or short(now.GetUniqueId()) != scene.timeline_id:
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
    """Choose video and audio items that lie at least partly between the marks (19.1); no marks choose nothing."""
    timeline = scene.timeline
    if not has(timeline, "GetMarkInOut"):
        hint = "Put the playhead on the clip instead, or update to Resolve 19.1 or later."
        raise OpError("unsupported_op", "This version of Resolve cannot say where the marks are.", hint)
    spans = marked_spans(timeline)

    def inside(row):
        span = spans.get(row.track[0])
        return bool(span and row.key) and row.start < span[1] and span[0] < row.end

    return [track for track in all_tracks(timeline) if track[0] in spans], inside


SELECTIONS = {"playhead": under_playhead, "selected": choose_selected, "marks": between_marks}
