"""``clip.pull``: a file comes onto a clip as its take, in one op: looked at, imported, added, selected, read back."""

import collections

from .arguments import need, need_expectation, parse_bin, parse_track
from .faults import OpError
from .importing import Importing, need_media_file
from .media_facts import media_id
from .pen import check_expectation
from .pool import same_path
from .scene import settings_of_timeline
from .swap import Swap
from .take_change import TakeChange
from .takes import add_to
from .values import text, whole

Asked = collections.namedtuple(
    "Asked", "clip track span shown left_offset size path bin tags frame_count source select"
)
Asked.__doc__ = """What is asked. ``span`` record frames; ``shown`` the file that the clip plays and ``left_offset`` the
frame at its head (None: whatever it is); ``size`` of the timeline; ``source`` frames of the file at ``path``."""


def op_pull(desk, args, expect):
    """``clip.pull``."""
    asked, expect = need_pull(args), need_expectation(expect)
    try:
        swap = Swap(desk, asked, expect)
        return pull_written(desk, args, swap) if swap.find_written() else pull_item(desk, args, asked, expect)
    except OpError as error:
        error.result = None
        raise


def need_pull(args):
    """Return what is asked; raise before the host is touched."""
    span = (need(args, "start_record_frame", int), need(args, "end_record_frame", int))
    source = (need(args, "start_source_frame", int), need(args, "end_source_frame", int))
    if source[0] < 0 or source[1] - source[0] != span[1] - span[0]:
        raise OpError("invalid_param", "A take needs exactly as many frames as the clip is long.")
    return Asked(
        need(args, "clip", str),
        parse_track(need(args, "track", dict)),
        span,
        need(args, "media_path", str),
        None if args.get("left_offset_frame") is None else need(args, "left_offset_frame", int),
        (need(args, "width", int), need(args, "height", int)),
        need_media_file(args),
        parse_bin(need(args, "bin", list)),
        args.get("tags") or {},
        need(args, "frame_count", int),
        source,
        args.get("select", True),
    )


def pull_written(desk, args, swap):
    """Pull where what Resolve writes of the timeline can be believed; return (outcome, PullClipResult)."""
    asked = swap.asked
    if same_path(swap.seen.path, asked.path):
        return pull_item(desk, args, asked, swap.expect)
    swap.refuse_writing()
    check_size(swap.scene, asked)
    brought = Bringing(desk, swap.scene, asked)
    swap.read_clip()
    if brought.reused and swap.had:
        return pull_item(desk, args, asked, swap.expect, brought)
    own = swap.add_and_select(brought.media)
    count = max(swap.had, 1) + 1
    return brought.outcome, {
        "name": own.name,
        "start_record_frame": own.start,
        "end_record_frame": own.end,
        "takes_before": swap.had,
        "takes_after": count,
        "selected_take": count if asked.select else swap.selected(),
        "neighbours": len(swap.beside[swap.track]),
        "linked": max(len(swap.links) - 1, 0),
        "reused": brought.reused,
        "changed": True,
    }


def pull_item(desk, args, asked, expect, brought=None):
    """Pull asking item by item, as `clip.add_take` does; return (outcome, PullClipResult). What is done already is so
    whatever revision is expected.
    """
    timeline = dict(expect, revision="")
    change = TakeChange(desk.resolve, desk.pen, dict(args, media_id=""), timeline)
    before = change.before
    if asked.select and shows(before, asked):
        return "verified", told(change, before, before, True, False)
    check_expectation(desk.resolve, expect)
    refuse_other(change, asked)
    if not brought:
        check_size(change.scene, asked)
        brought = Bringing(desk, change.scene, asked)
        change = TakeChange(desk.resolve, desk.pen, dict(args, media_id=media_id(brought.media)), timeline)
        refuse_other(change, asked)
    change.media_id = media_id(brought.media)
    refuse_old_frames(change, asked)
    result = add_to(change, asked.source[0], asked.source[1], asked.select, brought.media)[1]
    return brought.outcome, told(change, result["before"], result["after"], brought.reused, result["changed"])


class Bringing(object):
    """The file in its bin: ``media``, whether it was there, and how sure it is that its tags are kept. It stays there
    whatever becomes of the clip, so what follows counts from here.
    """

    def __init__(self, desk, scene, asked):
        importing = Importing(desk, scene)
        self.media, facts, self.reused = importing.fetch(asked.path, asked.bin)
        frames = whole((facts or self.media.GetClipProperty() or {}).get("Frames"))
        if frames not in (None, asked.frame_count):
            name = text(asked.path.replace("\\", "/").rpartition("/")[2])
            message = "The editor reads %d frames in %s, it has %d." % (frames, name, asked.frame_count)
            raise OpError("host_rejected", message, "Remove the clip from the media pool and pull again.")
        kept = importing.tag_all(self.media, asked.tags, self.reused)
        self.outcome = "verified" if kept else "committed_unverified"
        desk.pen.touched = False


def shows(item, asked):
    """Say whether a clip shows the asked frames already."""
    return same_path(item["media"]["path"], asked.path) and item["left_offset_frame"] == asked.source[0]


def refuse_other(change, asked):
    """Raise when a clip shows something else than expected; one that plays the file itself is left to what follows."""
    before = change.before
    own = same_path(before["media"]["path"], asked.path)
    if not own and not same_path(before["media"]["path"], asked.shown):
        raise other_clip(before["name"])
    if not own and asked.left_offset not in (None, before["left_offset_frame"]):
        raise OpError("timeline_changed", "The clip was slipped.")


def other_clip(name):
    """Return the error for a clip that shows something else than the take was made for."""
    return OpError("timeline_changed", "“%s” shows something else than when it was read." % text(name, 200))


def refuse_old_frames(change, asked):
    """Raise when the clip has the file as a take already, of other frames: it was trimmed or slipped since."""
    slots = [slot for slot in change.before["takes"] if slot["media_id"] == change.media_id]
    if slots and slots[0]["start_source_frame"] not in (None, asked.source[0]):
        raise OpError("timeline_changed", "The clip has this take already, of other frames.")


def check_size(scene, asked):
    """Raise when the timeline has another size than the file was made for."""
    said = settings_of_timeline(scene)
    if (whole(said["timelineResolutionWidth"]), whole(said["timelineResolutionHeight"])) != asked.size:
        raise OpError("timeline_changed", "The timeline's resolution was changed.")


def told(change, before, after, reused, changed):
    """Return the PullClipResult of a clip as it was and as it is."""
    others = [row for row in change.rows if row.track == change.track and row.key != ""]
    return {
        "name": after["name"],
        "start_record_frame": after["start_record_frame"],
        "end_record_frame": after["end_record_frame"],
        "takes_before": len(before["takes"]),
        "takes_after": len(after["takes"]),
        "selected_take": after["selected_take"],
        "neighbours": len(others) - 1,
        "linked": len(after["linked"]),
        "reused": reused,
        "changed": changed,
    }
