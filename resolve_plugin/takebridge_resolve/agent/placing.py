"""``clip.place``: put on a free span, list the track again, find it there."""

from .arguments import need, need_expectation, parse_track
from .deleting import delete_rows
from .faults import OpError
from .guards import has, version_of
from .items import counts_inclusive, kind_of, read_links, read_row
from .media_facts import media_id
from .pen import carry_out, check_expectation, refuse_locked, same_project, same_scene, unsure
from .pool import find_media
from .scene import all_tracks, frame_or_gone, open_scene, places_of, scan_item, sketch
from .values import short, whole


def op_place(desk, args, expect):
    """``clip.place``."""
    return Placing(desk, args, need_expectation(expect)).run()


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
        there = [scan_item(row.item, row.track, {}) for row in self.track_rows() if (row.start, row.end) == self.span]
        ours = (row for row in there if row.media and row.facts["id"] == self.media_id and self.shows_source(row))
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
        full = {row.key: scan_item(row.item, row.track, {}) for row in around}
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
