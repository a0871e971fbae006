"""The ops on timelines and tracks. What is so already is answered as done, even when the revision has moved on."""

from .arguments import need, need_expectation, need_name, parse_track
from .faults import OpError
from .guards import call_if
from .pen import carry_out, check_expectation, same_project, same_scene, unsure
from .scene import all_tracks, scan, track_count, track_ref
from .terms import SAFETY_MARK
from .values import short, text, whole


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
