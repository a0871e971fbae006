"""One change of a clip's takes, with everything around it looked at before and after."""

from .arguments import need, parse_track
from .bulk import place_of
from .faults import OpError
from .guards import version_of
from .items import counts_inclusive, read_row, read_style, read_takes
from .media_facts import media_id
from .pen import check_expectation, refusal, refuse_locked, same_scene
from .scene import all_tracks, complete, find_row, in_order, is_enabled, sketch, survey
from .values import short, whole


class TakeChange(object):
    """One change of a clip's takes: look, write, look again, and put it back when anything else moved."""

    def __init__(self, resolve, pen, args, expect):
        self.resolve, self.pen, self.expect = resolve, pen, expect
        self.version = version_of(resolve)
        self.track = parse_track(need(args, "track", dict))
        self.tracks = {self.track}.union(parse_track(track) for track in expect.get("tracks") or [])
        self.key, self.media_id = need(args, "clip", str), need(args, "media_id", str)
        self.span = (need(args, "start_record_frame", int), need(args, "end_record_frame", int))
        self.resized, self.pool = False, {}
        self.scene = check_expectation(resolve, expect, self.pool)
        seen = self.pool.pop("rows", {})
        known = self.tracks == set(seen)
        self.rows = [row for track in in_order(seen) for row in seen[track]] if known else self.survey()
        self.item, self.before = self.look()
        self.style, self.around = self.pool.get(("style", self.key)), self.surroundings()
        self.check_writable()

    # - looking

    def survey(self):
        """Read the clip's track and the expected ones."""
        return survey(self.scene, self.tracks, self.pool)

    def look(self):
        """Return the clip's handle and TimelineItem as it is among `rows`; raise when it is gone or moved.

        Its own place is asked of it, whatever the rows say.
        """
        self.row = self.find()
        if self.row is None:
            raise OpError("timeline_changed", "The clip is no longer on its track.")
        row = complete(self.row, self.pool)._replace(key=self.key)
        if place_of(row.item) != self.span:
            self.resized = self.resized or is_resized(row.item, self.span)
            raise OpError("timeline_changed", "The clip was moved or trimmed.")
        beside = [other for other in self.rows if other.track == self.track and other is not self.row]
        return row.item, read_row(row, [row, *beside], self.pool, self.version)

    def find(self):
        """Return the clip's own row among `rows`, or None: where it was expected first, else by asking each."""
        rows = [row for row in self.rows if row.track == self.track and row.key != ""]
        rows.sort(key=lambda row: (row.start, row.end) != self.span)
        return next((row for row in rows if short(row.key or row.item.GetUniqueId()) == self.key), None)

    def surroundings(self):
        """Return where every other item of the tracks lies: what a swap could disturb."""
        return [[row.track, row.start, row.end] for row in self.rows if row is not self.row]

    def check_writable(self):
        """Refuse what must not be written to."""
        refuse_locked(self.scene.timeline, self.track)
        if not self.before.get("media"):
            message = "This is a %s: it plays no media and cannot carry takes." % self.before["kind"]
            raise OpError("unsupported_item", message)

    def takes(self):
        """Read the takes as [media id, start, end]."""
        return take_spans(read_takes(self.item, self.version, self.pool))

    def count(self):
        """Return the number of takes."""
        return whole(self.item.GetTakesCount()) or 0

    def before_takes(self):
        """Return the takes as first read, as [media id, start, end]."""
        return take_spans(self.before["takes"])

    def index_of(self, wanted):
        """Return the 1-based index of a take by media among the first-read takes; 0 when it is none."""
        return next((slot["index"] for slot in self.before["takes"] if slot["media_id"] == wanted), 0)

    # - writing

    def recheck(self):
        """Between two tries of a write: return the clip as it is; raise, everything put back, when it is no longer as
        expected.
        """
        try:
            self.scene = same_scene(self.resolve, self.expect)
            self.rows = self.survey()
            self.item, now = self.look()
        except OpError as error:
            self.abandon(error)
        return now

    def add(self, media, start_source_frame, end_source_frame):
        """Add a take; return True when it is there."""
        host_end = end_source_frame - counts_inclusive(self.version)
        wanted = max(self.first_count(), 1) + 1
        return self.pen.write(
            lambda: self.item.AddTake(media, start_source_frame, host_end),
            lambda: self.count() == wanted,
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
        wanted = self.count() - 1
        return self.pen.write(lambda: self.item.DeleteTakeByIndex(index), lambda: self.count() == wanted, still)

    # - settling

    def settle(self, takes, selected, media, head_source_frame):
        """Read back; return the TimelineItem when all is as asked and nothing else moved, else undo and
        raise.

        ``takes`` as [media id, start, end] (None: whatever the host says), ``selected`` 1-based,
        ``head_source_frame`` the source frame expected at the clip's head (None: not known).
        """
        after = self.recheck()
        around = self.surroundings() != self.around
        checks = (
            ("the list of takes", same_takes(take_spans(after["takes"]), takes)),
            ("the selected take", after["selected_take"] == selected),
            ("the media", after["media"] is not None and after["media"]["id"] == media),
            ("the frame at the clip's head", head_fits(self.before, after, head_source_frame)),
            ("the look", after["look"] == self.before["look"]),
            ("a neighbouring clip", not around),
        )
        self.judge(checks)
        return after

    def judge(self, checks):
        """Undo and raise unless all of (what, fine) are fine."""
        wrong = [name for name, fine in checks if not fine]
        if wrong:
            code = "timeline_changed" if wrong == ["a neighbouring clip"] else "host_rejected"
            message = "After the change, %s was not as expected, so it was undone." % ", ".join(wrong)
            self.abandon(OpError(code, message, observed=", ".join(wrong)))

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
        row = find_row(timeline, self.track, self.key, self.pool) if timeline else None
        after = read_row(row, [row], self.pool, self.version) if row else None
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
        row = find_row(timeline, self.track, self.key, self.pool)
        if row is None:
            return all(other.key != self.key for other in sketch(timeline, all_tracks(timeline)))
        self.item = row.item
        if not self.is_as_before():
            self.take_back()
        fine = self.is_as_before() or not self.pen.touched
        return fine and not (self.resized and self.moved_others(timeline))

    def moved_others(self, timeline):
        """Say whether something else on the tracks is not where it was, asking item by item."""
        rows = sketch(timeline, self.tracks)
        return [[row.track, row.start, row.end] for row in rows if row.key != self.key] != self.around

    def take_back(self):
        """Select the previous take, delete what we added, and drop a selector that was not there before."""
        if self.takes():
            self.select(self.before["selected_take"] or 1)
        if not self.index_of(self.media_id):
            ours = [index for index, take in enumerate(self.takes(), 1) if take[0] == self.media_id]
            for index in reversed(ours):
                self.delete(index)
        if not self.first_count() and len(self.takes()) == 1:
            self.pen.write(self.item.FinalizeTake, lambda: not self.takes())

    def is_as_before(self):
        """Read whether takes, selection, media, head, length and style are as they were."""
        item, media = self.item, self.item.GetMediaPoolItem()
        start, end = whole(item.GetStart()), whole(item.GetEnd())
        return (
            bool(media)
            and None not in (start, end)
            and end - start == self.span[1] - self.span[0]
            and self.has_first_takes()
            and (whole(item.GetSelectedTakeIndex()) or 0) == self.before["selected_take"]
            and self.is_first_media(media)
            and whole(item.GetLeftOffset()) == self.before["left_offset_frame"]
            and read_style(item, self.track, is_enabled(item)) == self.style
        )

    def first_count(self):
        """Return the number of takes as first read."""
        return len(self.before["takes"])

    def has_first_takes(self):
        """Say whether the takes are those first read."""
        return self.takes() == self.before_takes()

    def is_first_media(self, media):
        """Say whether a pool item is what the clip played at first."""
        return media_id(media) == self.before["media"]["id"]

    def result(self, after):
        """Return the verified TakeResult."""
        return "verified", {"before": self.before, "after": after, "changed": after != self.before}


def is_resized(item, span):
    """Say whether an item that still answers is longer or shorter than a span."""
    start, end = place_of(item)
    return None not in (start, end) and end - start != span[1] - span[0]


def take_spans(slots):
    """Return TakeSlots as [media id, start, end], source frames, end exclusive."""
    return [[slot["media_id"], slot["start_source_frame"], slot["end_source_frame"]] for slot in slots]


def same_takes(seen, wanted):
    """Say whether takes are those wanted; None is wanted where any frame will do."""
    return len(seen) == len(wanted) and all(
        want in (None, fact) for one, other in zip(seen, wanted) for fact, want in zip(one, other)
    )


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
