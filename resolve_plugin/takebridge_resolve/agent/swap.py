"""One change of a clip's takes, surveyed by what Resolve writes of the timeline: one call instead of one per item.

What is written says where everything lies, what it plays, what is enabled, linked and locked. Only what it does not
say for sure is asked of the clip: the frame at its head, properties, colour and grade.
"""

from .bulk import written_cut
from .faults import OpError
from .guards import has
from .items import read_grade
from .media_facts import media_id
from .pen import check_expectation, locked_error, same_scene
from .pool import same_path
from .scene import in_order
from .take_change import TakeChange
from .values import short, whole


class Swap(TakeChange):
    """A `TakeChange` whose surroundings are read from two exports, one before and one after.

    ``seen`` is what was written of the clip, ``beside`` what was written of the rest of its track and of the tracks its
    linked items lie on. What goes wrong is looked at, and put back, item by item as a `TakeChange` does.
    """

    def __init__(self, desk, asked, expect):
        self.resolve, self.pen, self.expect, self.asked = desk.resolve, desk.pen, expect, asked
        self.version = desk.version()
        self.track, self.key, self.span = asked.track, asked.clip, asked.span
        self.tracks, self.media_id = {asked.track}, ""
        self.resized, self.pool, self.media = False, {}, None
        self.scene = same_scene(desk.resolve, expect, desk.project_manager())

    # - looking

    def find_written(self):
        """Find the clip in what Resolve writes; say whether that can be believed of it.

        It can where as many items are written as there are, the one at the clip's place is the clip, and it plays the
        expected file, or the take's, at the timeline's pace.
        """
        items = self.scene.timeline.GetItemListInTrack(self.track[0], self.track[1]) or []
        cut = written_cut(self.resolve, self.scene.timeline)
        entries = cut.tracks.get(self.track) or [] if cut else []
        at = next((at for at, entry in enumerate(entries) if self.is_own(entry)), None)
        if at is None or len(items) != len(entries) or short(items[at].GetUniqueId()) != self.key:
            return False
        self.item, self.seen = items[at], entries[at]
        self.links = linked_places(cut, self.seen)
        plays = same_path(self.seen.path, self.asked.shown) or same_path(self.seen.path, self.asked.path)
        if not plays or cut.locked[self.track] is None or self.has_other_links(cut):
            return False
        self.locked = cut.locked[self.track]
        self.tracks = {self.track}.union(track for track, _, _ in self.links)
        self.beside = self.rest_of(cut)
        return True

    def is_own(self, entry):
        """Say whether a written item lies where the clip does."""
        return (entry.start, entry.end) == self.span and entry.sure

    def has_other_links(self, cut):
        """Say whether the clip is linked though nothing is written to be: a build may not write it. Before 19.0 a clip
        does not say.
        """
        if not has(self.item, "GetLinkedItems"):
            return True
        elsewhere = any(entries for track, entries in cut.tracks.items() if track != self.track)
        if not elsewhere or any(entry.group is not None for entries in cut.tracks.values() for entry in entries):
            return False
        return bool(self.item.GetLinkedItems())

    def rest_of(self, cut):
        """Return what is written of the watched tracks but of the clip. Numbers of link groups are Resolve's own."""
        return {
            track: [
                entry._replace(group=None)
                for entry in cut.tracks.get(track) or []
                if track != self.track or not self.is_own(entry)
            ]
            for track in self.tracks
        }

    def read_clip(self):
        """Ask the clip for what is not written of it; raise when it was slipped, trimmed or moved since it was read."""
        self.left, self.had = self.read_head(), self.count()
        if whole(self.item.GetEnd()) != self.span[1]:
            self.scene = same_scene(self.resolve, self.expect)
            raise OpError("timeline_changed", "The clip was moved or trimmed.")
        selected = (whole(self.item.GetSelectedTakeIndex()) or 0) if self.had else 0
        self.before = {"takes": [], "selected_take": selected, "left_offset_frame": self.left}
        self.style = self.read_now(self.seen.enabled)
        others = [(track, entry) for track in in_order(self.tracks) for entry in self.beside[track]]
        self.around = [[track, entry.start, entry.end] for track, entry in others]
        self.switches = [entry.enabled for _, entry in others]

    def read_now(self, enabled):
        """Return the style of the clip, as `read_style` does."""
        grade = read_grade(self.item) if self.track[0] == "video" else []
        return [self.item.GetProperty() or {}, self.item.GetClipColor() or "", enabled, grade]

    def first_count(self):
        """Return the number of takes as first read. Which they are is not asked: what was just imported is none."""
        return self.had

    def has_first_takes(self):
        """Say whether there are as many takes as first read."""
        return self.count() == self.had

    def is_first_media(self, media):
        """Say whether a pool item is what the clip played at first: by its file."""
        return same_path(media.GetClipProperty("File Path"), self.seen.path)

    # - writing

    def add_and_select(self, media):
        """Add the asked frames of media as a take, select it (or not), read back; return what is then written of the
        clip.
        """
        self.media = media
        start, end = self.asked.source
        if not self.add(media, start, end):
            self.refuse("add the take")
        index = max(self.had, 1) + 1
        if not (self.show(index) if self.asked.select else self.select(self.selected(), self.recheck)):
            self.refuse("select the take")
        return self.settle_written()

    def selected(self):
        """Return the take that is to be selected in the end where the new one is not."""
        return self.before["selected_take"] or 1

    def show(self, index):
        """Select the take just added, whether or not adding did; return True when it is selected."""
        return self.pen.write(
            lambda: self.item.SelectTakeByIndex(index),
            lambda: self.item.GetSelectedTakeIndex() == index,
            self.recheck,
        )

    def settle_written(self):
        """Read back; return what is written of the clip when all is as asked and nothing else moved, else undo and
        raise. Number and selection of takes were read back by the writes. Handles of items die when another timeline
        is opened: what is wrong is wrong only while this one is.
        """
        style = self.read_now(self.seen.enabled)
        own, beside, links = self.written_now()
        checks = (
            ("the media", self.plays_now(own)),
            ("the frame at the clip's head", self.starts_now(own)),
            ("the look", (style, own.enabled, links) == (self.style, self.seen.enabled, self.links)),
            ("a neighbouring clip", beside == self.beside),
        )
        if not all(fine for _, fine in checks):
            self.recheck()
        self.judge(checks)
        return own

    def plays_now(self, own):
        """Say whether the clip plays what it should, by its file, or where that is written otherwise, by its id."""
        if same_path(own.path, self.asked.path if self.asked.select else self.seen.path):
            return True
        media = self.item.GetMediaPoolItem() if self.asked.select else None
        return bool(media) and media_id(media) == media_id(self.media)

    def starts_now(self, own):
        """Say whether the clip's head shows the frame it should: as written where that was right of the clip before,
        else as it answers itself.
        """
        wanted = self.asked.source[0] if self.asked.select else self.left
        believed = self.seen.head == self.left and own.head == wanted
        return believed or whole(self.item.GetLeftOffset()) == wanted

    def written_now(self):
        """Return what is written of the clip, of what is beside it, and its links; else what is answered of them."""
        cut = written_cut(self.resolve, self.scene.timeline)
        own = next((entry for entry in (cut.tracks.get(self.track) or [] if cut else []) if self.is_own(entry)), None)
        return (own, self.rest_of(cut), linked_places(cut, own)) if own else self.asked_now()

    def asked_now(self):
        """Return the same, asked item by item: the rest and the links only as far as they are as before. Raise,
        everything put back, when the clip is no longer in its place.
        """
        now = self.recheck()
        path = now["media"]["path"] if now["media"] else None
        own = self.seen._replace(name=now["name"], path=path, enabled=now["enabled"], head=now["left_offset_frame"])
        as_linked = len(now["linked"]) == max(len(self.links) - 1, 0)
        beside = [[row.track, row.start, row.end, row.enabled] for row in self.rows if row is not self.row]
        as_beside = beside == [[*place, enabled] for place, enabled in zip(self.around, self.switches)]
        return own, self.beside if as_beside else None, self.links if as_linked else None

    def take_back(self):
        """Select the previous take, delete what was added, and drop a selector that was not there before."""
        self.media_id = self.media_id or media_id(self.media)
        super(Swap, self).take_back()

    def truth(self):
        """Return None: what stands is read anew by whoever asked."""

    def refuse_writing(self):
        """Raise when the clip's track is locked, was edited where a revision is expected, or the clip shows another
        frame at its head than expected.
        """
        if self.locked:
            raise locked_error(self.track)
        if self.expect.get("revision"):
            check_expectation(self.resolve, self.expect)
        if self.asked.left_offset not in (None, self.seen.head):
            self.read_head()

    def read_head(self):
        """Return the source frame at the clip's head; raise when it is not the expected one."""
        left = whole(self.item.GetLeftOffset())
        if left is None:
            self.scene = same_scene(self.resolve, self.expect)
        if left is None or self.asked.left_offset not in (None, left):
            raise OpError("timeline_changed", "The clip was slipped.")
        return left


def linked_places(cut, entry):
    """Return [(track, start, end)] of what is written to be linked with an item, itself among them; [] for none."""
    if entry.group is None:
        return []
    return sorted(
        (track, one.start, one.end)
        for track, entries in cut.tracks.items()
        for one in entries
        if one.group == entry.group
    )
