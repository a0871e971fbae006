"""What `host.probe` tries in a project made for it: one small question each, answered by looking (resolve.md 6)."""

import os

from .deliver import state_of
from .faults import OpError
from .guards import has
from .paths import landed
from .rendering import RenderOrder, op_render_by_queue
from .scene import frame_or_gone
from .timeline_files import EXPORTS, constant, places_of_export
from .timelines import is_current, timeline_named
from .values import text, whole

SPAN = 24
RENDER_PATIENCE = 200
UNKNOWN_KEY = "TakeBridge Probe"


class Ground(object):
    """What the trials stand on: the project, two clips in its pool, a timeline with one of them on it twice."""

    def __init__(self, desk, project, media, folder):
        self.desk, self.project, self.media, self.folder = desk, project, media, folder
        self.resolve, self.pool = desk.resolve, project.GetMediaPool()
        self.notes = []

    def clips(self):
        """Return the pool items of the clips, imported once."""
        inside = self.pool.GetRootFolder().GetClipList() or []
        found = {text(item.GetClipProperty("File Path")): item for item in inside}
        if any(path not in found for path in self.media):
            self.pool.ImportMedia(self.media)
            inside = self.pool.GetRootFolder().GetClipList() or []
            found = {text(item.GetClipProperty("File Path")): item for item in inside}
        missing = [path for path in self.media if path not in found]
        if missing:
            raise OpError("host_rejected", "Resolve did not import %s." % os.path.basename(missing[0]))
        return [found[path] for path in self.media]

    def timeline(self):
        """Return the trial's timeline, made current."""
        line = timeline_named(self.project, "Probe") or self.make_timeline()
        if not line:
            raise OpError("host_rejected", "Resolve did not make a timeline.")
        if not is_current(self.project, line.GetUniqueId()):
            self.project.SetCurrentTimeline(line)
        return line

    def make_timeline(self):
        """Return a new timeline, small where the build takes it: the trials render a little of it."""
        for name, value in (("timelineResolutionWidth", "640"), ("timelineResolutionHeight", "360")):
            self.project.SetSetting(name, value)
        return self.pool.CreateEmptyTimeline("Probe")

    def place(self, place, length=SPAN):
        """Put the first clip on the timeline at the n-th place and return the item."""
        line = self.timeline()
        info = {"mediaPoolItem": self.clips()[0], "startFrame": 0, "endFrame": length, "mediaType": 1, "trackIndex": 1}
        info["recordFrame"] = frame_or_gone(line.GetStartFrame()) + place * 4 * SPAN
        items = [item for item in self.pool.AppendToTimeline([info]) or [] if item and item.GetUniqueId()]
        if not items:
            raise OpError("host_rejected", "Resolve did not place a clip.")
        return items[0]


def try_end_frame(ground):
    """Whether ``endFrame`` counts in, and whether appending again gives another id."""
    first, second = ground.place(0), ground.place(1)
    length = whole(first.GetDuration())
    if length not in (SPAN, SPAN + 1):
        raise OpError("host_rejected", "A clip of %d frames came out %s long." % (SPAN, length))
    return {
        "end_frame_inclusive": length == SPAN + 1,
        "append_gives_new_id": first.GetUniqueId() != second.GetUniqueId(),
    }


def try_same_media_take(ground):
    """What AddTake of the clip's own media does (19.1.3 said False and started a selector)."""
    item = ground.place(2)
    said = item.AddTake(ground.clips()[0], 0, SPAN)
    count = whole(item.GetTakesCount()) or 0
    return {"same_media_take": "added" if said or count > 1 else ("refused_with_selector" if count else "refused")}


def try_take(ground):
    """Whether AddTake selects what it adds, looks at its range, and the selected take can be deleted."""
    item, other = ground.place(3), ground.clips()[-1]
    if not item.AddTake(other, 0, SPAN):
        raise OpError("host_rejected", "Resolve did not add a take.")
    facts = {"add_take_selects": whole(item.GetSelectedTakeIndex()) == 2}
    item.SelectTakeByIndex(2)
    before = whole(item.GetTakesCount()) or 0
    item.DeleteTakeByIndex(2)
    facts["selected_take_deletable"] = (whole(item.GetTakesCount()) or 0) < before
    item = ground.place(4)
    item.AddTake(other, 0, 10**7)
    facts["take_range_checked"] = (whole(item.GetTakesCount()) or 0) < 2
    return facts


def try_exports(ground):
    """Whether the takes that are not selected are in the files Resolve writes."""
    if not ground.folder:
        raise OpError("host_rejected", "There is no folder to export to.")
    item = ground.place(5)
    item.AddTake(ground.clips()[-1], 0, SPAN)
    item.SelectTakeByIndex(1)
    return {"takes_in_otio": names_in(ground, "otio"), "takes_in_fcpxml": names_in(ground, "fcpxml")}


def names_in(ground, form):
    """Say whether an export names the second clip's file, which only a take plays."""
    places = places_of_export(os.path.join(ground.folder, "takebridge_probe." + form), form)
    ground.timeline().Export(
        places[0], constant(ground.resolve, EXPORTS[form]), constant(ground.resolve, ["EXPORT_NONE"])
    )
    found = landed(places)
    if not found:
        raise OpError("host_rejected", "Resolve did not export %s." % form)
    path = os.path.join(found, "Info.fcpxml") if os.path.isdir(found) else found
    with open(path, "r", encoding="utf-8", errors="replace") as file:
        return os.path.basename(ground.media[-1]) in file.read()


def try_metadata(ground):
    """Whether metadata takes keys Resolve does not know."""
    item = ground.clips()[0]
    item.SetMetadata(UNKNOWN_KEY, "yes")
    return {"unknown_metadata_accepted": text(item.GetMetadata(UNKNOWN_KEY)) == "yes"}


def try_import_twice(ground):
    """Whether a file imported again is another pool item."""
    ground.clips()
    count = len(ground.pool.GetRootFolder().GetClipList() or [])
    ground.pool.ImportMedia(ground.media[:1])
    return {"import_reuses_pool_items": len(ground.pool.GetRootFolder().GetClipList() or []) == count}


def try_markers(ground):
    """Whether marker frames are floats."""
    line = ground.timeline()
    line.AddMarker(5, "Blue", "Probe", "", 1, "")
    keys = list(line.GetMarkers() or {})
    if not keys:
        raise OpError("host_rejected", "Resolve did not add a marker.")
    return {"marker_keys": "float" if isinstance(keys[0], float) else "int"}


def try_lock(ground):
    """Whether a locked track refuses to enable and disable its clips."""
    item, line = ground.place(6), ground.timeline()
    line.SetTrackLock("video", 1, True)
    item.SetClipEnabled(False)
    refused = item.GetClipEnabled() is not False
    line.SetTrackLock("video", 1, False)
    item.SetClipEnabled(True)
    return {"locked_track_refuses_enable": refused}


def try_duplicate(ground):
    """What copying a timeline does to ids, to handles, and to which timeline is open."""
    item, line = ground.place(7), ground.timeline()
    copy = line.DuplicateTimeline("Probe copy")
    if not copy:
        raise OpError("host_rejected", "Resolve did not copy the timeline.")
    facts = {"duplicate_becomes_current": is_current(ground.project, copy.GetUniqueId())}
    ground.project.SetCurrentTimeline(copy)
    ids = {other.GetUniqueId() for other in copy.GetItemListInTrack("video", 1) or []}
    facts["handles_survive_timeline_switch"] = bool(item.GetUniqueId())
    ground.project.SetCurrentTimeline(line)
    now = {other.GetUniqueId() for other in line.GetItemListInTrack("video", 1) or []}
    facts["ids_survive_duplicate"] = bool(ids & now)
    facts["other_timeline_renamable"] = bool(copy.SetName("Probe renamed")) and copy.GetName() == "Probe renamed"
    return facts


def try_render(ground):
    """Whether the out mark of a render counts in: a range is rendered, brought back and its frames are counted."""
    if not ground.folder:
        raise OpError("host_rejected", "There is no folder to render to.")
    ground.place(8)
    start = frame_or_gone(ground.timeline().GetStartFrame())
    asked = {"start_record_frame": start, "end_record_frame": start + 10, "folder": ground.folder, "name": "tb_probe"}
    job = op_render_by_queue(ground.desk, RenderOrder(ground.desk, asked, strict=False))[1]["job"]
    path = rendered(ground, job)
    known = {item.GetUniqueId() for item in ground.pool.GetRootFolder().GetClipList() or []}
    ground.pool.ImportMedia([path])
    new = [item for item in ground.pool.GetRootFolder().GetClipList() or [] if item.GetUniqueId() not in known]
    frames = whole(new[0].GetClipProperty("Frames")) if new else None
    if frames not in (9, 10, 11):
        raise OpError("host_rejected", "A render of 10 frames came back with %s." % frames)
    return {"mark_out_inclusive": frames == 10, "rendered_frames_of_10": frames}


def rendered(ground, job):
    """Wait for a render of ours and return its file."""
    for _ in range(RENDER_PATIENCE):
        if state_of(ground.project.GetRenderJobStatus(job)) not in ("ready", "rendering"):
            break
        ground.desk.sleep(0.3)
    names = [name for name in os.listdir(ground.folder) if os.path.splitext(name)[0] == "tb_probe"]
    if not names:
        raise OpError("host_rejected", "Resolve rendered no file.")
    return os.path.join(ground.folder, names[0])


def try_replace(ground):
    """Whether our metadata is still there after ReplaceClip."""
    item = ground.clips()[0]
    if not has(item, "SetThirdPartyMetadata") or not has(item, "GetThirdPartyMetadata"):
        raise OpError("unsupported_op", "This version keeps no metadata of ours.")
    item.SetThirdPartyMetadata(UNKNOWN_KEY, "yes")
    if text(item.GetThirdPartyMetadata(UNKNOWN_KEY)) != "yes" or not item.ReplaceClip(ground.media[-1]):
        raise OpError("host_rejected", "Resolve did not write metadata, or did not replace the clip.")
    return {"third_party_survives_replace": text(item.GetThirdPartyMetadata(UNKNOWN_KEY)) == "yes"}


def try_delete_current(ground):
    """Whether the open timeline can be deleted."""
    line = ground.timeline()
    ground.pool.DeleteTimelines([line])
    return {"current_timeline_deletable": timeline_named(ground.project, "Probe") is None}


def list_methods(ground):
    """The methods of a clip, its media and its node graph, which the open project may not have had."""
    item = ground.place(9)
    things = {"TimelineItem": item, "MediaPoolItem": ground.clips()[0], "Timeline": ground.timeline()}
    if has(item, "GetNodeGraph"):
        things["Graph"] = item.GetNodeGraph()
    listed = {name: [found for found in dir(thing) if found[:1].isupper()] for name, thing in things.items() if thing}
    return {"methods": listed}


TRIALS = (
    ("exports", try_exports),
    ("end frame", try_end_frame),
    ("take of the same media", try_same_media_take),
    ("take", try_take),
    ("metadata", try_metadata),
    ("markers", try_markers),
    ("locked track", try_lock),
    ("copied timeline", try_duplicate),
    ("render", try_render),
    ("methods", list_methods),
    ("import twice", try_import_twice),
    ("replaced media", try_replace),
    ("deleted timeline", try_delete_current),
)
"""In this order: exports while no other clip plays the second file, what ruins the ground for others last."""
