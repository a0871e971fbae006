"""Reading the project, the timeline, its tracks and markers. Record frames are absolute, ends exclusive."""

import collections

from .bulk import BULK_FROM, as_written, written_tracks
from .faults import OpError
from .guards import has
from .media_facts import media_item
from .terms import TRACK_TYPES
from .values import digest, rate_text, short, text, whole

Scene = collections.namedtuple("Scene", "project timeline project_id timeline_id resolve")
Row = collections.namedtuple("Row", "item track key start end name media path take enabled facts")
Row.__doc__ = """One item of a track, read lightly: ``start``/``end`` record frames, ``media`` the pool item or None,
``facts`` its MediaItem. ``key`` is "" for a ghost and None where it was not asked for; ``take`` is None where media and
take were not (see `complete`)."""


def open_scene(resolve, manager=None):
    """Return the open project and timeline, or raise ``not_found``; ``manager`` spares asking for it."""
    manager = manager or resolve.GetProjectManager()
    project = manager.GetCurrentProject() if manager else None
    timeline = project.GetCurrentTimeline() if project else None
    ids = (project.GetUniqueId(), timeline.GetUniqueId()) if timeline else ("", "")
    if not all(ids):
        raise OpError("not_found", "No timeline is open in Resolve.", "Open a timeline, then try again.")
    return Scene(project, timeline, short(ids[0]), short(ids[1]), resolve)


def all_tracks(timeline, kinds=TRACK_TYPES):
    """Return every track, or those of some kinds, as (type, index), video first; the order every revision uses."""
    return [(kind, index + 1) for kind in kinds for index in range(whole(timeline.GetTrackCount(kind)) or 0)]


def track_ref(track):
    """Return a TrackRef of the protocol."""
    return {"type": track[0], "index": track[1]}


def in_order(tracks):
    """Return tracks once each, in `all_tracks` order. Nothing is asked: a track that does not exist has no items."""
    return sorted(set(tracks), key=lambda track: (TRACK_TYPES.index(track[0]), track[1]))


def survey(scene, tracks, pool):
    """Read what a revision needs of every item of tracks, in `all_tracks` order: rows that `complete` fills.

    Of more than a few items, places, names and paths are taken from what Resolve writes of the timeline, checked track
    by track; where that does not hold, the items are asked one by one. Either way the facts are the same.
    """
    items = {track: scene.timeline.GetItemListInTrack(track[0], track[1]) or [] for track in in_order(tracks)}
    many = sum(len(found) for found in items.values()) >= BULK_FROM
    written = (written_tracks(scene.resolve, scene.timeline) if many else None) or {}
    rows = []
    for track in in_order(tracks):
        if track in written and as_written(items[track], written[track]):
            rows += [written_row(item, track, one, pool) for item, one in zip(items[track], written[track])]
        else:
            rows += [light_row(item, track, pool) for item in items[track]]
    return rows


def written_row(item, track, one, pool):
    """Return the row of an item as it was written; media without a plain path is asked for."""
    row = Row(item, track, None, one.start, one.end, one.name, None, one.path, None, one.enabled, None)
    return with_media(row, pool) if one.path is None else row


def light_row(item, track, pool):
    """Ask an item for what a revision needs; a ghost (all getters None) gives a row with key ""."""
    row = sketch_item(item, track)
    if not row.key:
        return row
    return with_media(row._replace(name=text(item.GetName()), enabled=is_enabled(item), take=None), pool)


def with_media(row, pool):
    """Return a row with the media it plays."""
    media = row.item.GetMediaPoolItem() or None
    facts = media_item(media, pool) if media else None
    return row._replace(media=media, facts=facts, path=facts["path"] if facts else "")


def keyed(rows):
    """Return rows with their keys."""
    return [row._replace(key=short(row.item.GetUniqueId())) if row.key is None else row for row in rows]


def complete(row, pool):
    """Return a row with its media and selected take."""
    if row.take is not None:
        return row
    row = row if row.facts else with_media(row, pool)
    return row._replace(take=whole(row.item.GetSelectedTakeIndex()) or 0)


def scan(timeline, tracks, pool=None):
    """Ask every item of tracks, in `all_tracks` order; ``pool`` collects media read so far in this op."""
    pool = {} if pool is None else pool
    return [
        scan_item(item, track, pool)
        for track in in_order(tracks)
        for item in timeline.GetItemListInTrack(track[0], track[1]) or []
    ]


def scan_item(item, track, pool):
    """Ask an item for its row, media and take too."""
    return complete(light_row(item, track, pool), pool)


def sketch(timeline, tracks):
    """Read only keys and places of the items of tracks: rows without name, media and state, at less than half the
    calls.
    """
    return [
        sketch_item(item, track)
        for track in in_order(tracks)
        for item in timeline.GetItemListInTrack(track[0], track[1]) or []
    ]


def sketch_item(item, track):
    """Read the key and the place of an item."""
    key, start, end = item.GetUniqueId(), whole(item.GetStart()), whole(item.GetEnd())
    if not key or start is None or end is None:
        return Row(item, track, "", 0, 0, "", None, "", 0, False, None)
    return Row(item, track, short(key), start, end, "", None, "", 0, True, None)


def find_row(timeline, track, key, pool=None):
    """Return the row of one item by its key, or None; the others cost one call each."""
    for item in timeline.GetItemListInTrack(track[0], track[1]) or []:
        if short(item.GetUniqueId()) == key:
            row = scan_item(item, track, {} if pool is None else pool)
            return row if row.key else None
    return None


def is_enabled(item):
    """Read the enabled switch; items without one (transitions answer None) count as enabled."""
    return item.GetClipEnabled() is not False


def revision(scene, rows):
    """Fingerprint the rows of some tracks. Empty tracks add nothing, so naming more of them changes
    nothing.
    """
    return digest([scene.project_id, scene.timeline_id, facts_of(rows)])


def facts_of(rows):
    """Return what an edit of tracks shows in: places, names, media and state.

    Keys and takes are left out: each costs a call per item, and a clip that was changed for another one looks another.
    """
    return [[row.track[0], row.track[1], row.start, row.end, row.name, row.path, row.enabled] for row in rows]


def timeline_info(scene, rows=None, marks=False, tracks=None):
    """Return TimelineInfo; with ``rows``, the revision covers their tracks; with ``marks``, markers and tracks.

    ``tracks``: those whose locks, and with ``marks`` names, are said; all unless given.
    """
    timeline, settings = scene.timeline, settings_of_timeline(scene)
    rate, tracks = settings["timelineFrameRate"], all_tracks(timeline) if tracks is None else tracks
    drop = rate_text(rate).upper().endswith(" DF") or settings["timelineDropFrameTimecode"] in ("1", 1, True)
    info = {
        "project_id": scene.project_id,
        "project_name": text(scene.project.GetName()),
        "timeline_id": scene.timeline_id,
        "timeline_name": text(timeline.GetName()),
        "rate": rate_text(rate),
        "drop_frame": drop,
        "start_record_frame": frame_or_gone(timeline.GetStartFrame()),
        "end_record_frame": frame_or_gone(timeline.GetEndFrame()),
        "width": frame_or_gone(settings["timelineResolutionWidth"]),
        "height": frame_or_gone(settings["timelineResolutionHeight"]),
        "revision": "" if rows is None else revision(scene, rows),
        "locked_tracks": [track_ref(track) for track in tracks if is_locked(timeline, track)],
    }
    if marks:
        info["project_rate"] = rate_text(scene.project.GetSetting("timelineFrameRate"))
        info["tracks"] = [track_info(timeline, track) for track in tracks]
        info["markers"] = read_markers(timeline, "record_frame", info["start_record_frame"])
        span = marked_spans(timeline).get("video")
        if span:
            info["marked_start_record_frame"], info["marked_end_record_frame"] = span
    return info


def marked_spans(timeline):
    """Return the record frames between the marks by kind of track (19.1); nothing for a kind without marks.

    Marks are relative to the start of the timeline; the out mark names the last frame inside. A missing mark means
    that end of the timeline.
    """
    origin, end = frame_or_gone(timeline.GetStartFrame()), frame_or_gone(timeline.GetEndFrame())
    spans = {}
    said = timeline.GetMarkInOut() if has(timeline, "GetMarkInOut") else None
    for kind, marks in (said or {}).items():
        mark_in, mark_out = whole(marks.get("in")), whole(marks.get("out"))
        if (mark_in, mark_out) != (None, None):
            spans[kind] = (origin + (mark_in or 0), end if mark_out is None else origin + mark_out + 1)
    return spans


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


def settings_of_timeline(scene):
    """Return the settings `timeline_info` needs: all of a timeline at once, then what it leaves to its project."""
    said = scene.timeline.GetSetting()
    names = ("timelineFrameRate", "timelineDropFrameTimecode", "timelineResolutionWidth", "timelineResolutionHeight")
    known = said if isinstance(said, dict) else {}
    return {name: setting(scene, name) if known.get(name) in (None, "", False) else known[name] for name in names}


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


def places_of(rows, without=()):
    """Return [track, key, start, end] of rows, except those with some keys."""
    return [[row.track, row.key, row.start, row.end] for row in rows if row.key not in without]


def track_count(timeline, kind):
    """Return the number of tracks of a type."""
    return whole(timeline.GetTrackCount(kind)) or 0
