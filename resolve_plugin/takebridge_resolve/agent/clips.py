"""The ops on one clip: enabled, name, stamp."""

from .arguments import need, need_expectation, need_name, parse_track
from .faults import OpError
from .guards import has, version_of
from .items import read_row
from .pen import carry_out, check_expectation, refuse_locked, same_project, same_scene, unsure
from .scene import find_row, is_enabled, read_markers, scan
from .terms import MARKER_COLOUR_OF_STAMPS, STAMP, STAMP_KEY
from .values import short, text, whole

CLIP_COLORS = (
    "Orange",
    "Apricot",
    "Yellow",
    "Lime",
    "Olive",
    "Green",
    "Teal",
    "Navy",
    "Blue",
    "Purple",
    "Violet",
    "Pink",
    "Tan",
    "Beige",
    "Brown",
    "Chocolate",
)


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
        self.pool = {}
        row = find_row(self.scene.timeline, self.track, self.key, self.pool)
        if row is None:
            raise OpError("timeline_changed", "The clip is no longer on its track.")
        if (row.start, row.end) != self.span:
            raise OpError("timeline_changed", "The clip was moved or trimmed.")
        self.row, self.item = row, row.item

    def read(self, marks=False):
        """Return the clip's TimelineItem. Only an item without media is told by what lies around it."""
        rows = [self.row] if self.row.media else scan(self.scene.timeline, [self.track])
        item = read_row(self.row, rows, self.pool, version_of(self.desk.resolve), marks)
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


def op_set_color(desk, args, expect):
    """``clip.set_color``. On generators Resolve says True and drops it: reading back tells (resolve.md trap 12)."""
    color = need(args, "color", str)
    if color and color not in CLIP_COLORS:
        raise OpError(
            "invalid_param", "Resolve has no clip colour '%s'." % short(color), "Choose one of its 16 colours."
        )
    spot = Spot(desk, args, expect)
    return spot.change(
        "colour the clip",
        lambda item: item.SetClipColor(color) if color else item.ClearClipColor(),
        lambda item: item.GetUniqueId() and (item.GetClipColor() or "") == color,
    )


def op_finalize_take(desk, args, expect):
    """``clip.finalize_take``: what the clip shows must be what it showed, though it cannot be taken back."""
    spot = Spot(desk, args, expect)
    before = spot.read()
    if not before["takes"] and not before["selected_take"]:
        return "verified", {"before": before, "after": before, "changed": False}
    spot.guard()
    spot.write("give up the takes", lambda item: item.FinalizeTake(), lambda item: item.GetTakesCount() == 0)
    after = spot.read()
    kept = ("media", "left_offset_frame", "look", "start_record_frame", "end_record_frame")
    if any(after[name] != before[name] for name in kept):
        error = OpError("host_rejected", "Without its takes the clip shows something else than before.")
        error.result = {"before": before, "after": after, "changed": True}
        raise unsure(error)
    return "verified", {"before": before, "after": after, "changed": True}


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
