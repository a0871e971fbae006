"""The ops on markers, of the timeline or of a clip. One marker a frame."""

from .arguments import need, need_expectation, need_length
from .clips import Spot
from .faults import OpError
from .pen import carry_out, check_expectation, refuse_locked, same_scene
from .scene import frame_or_gone, read_markers
from .values import short, text


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
