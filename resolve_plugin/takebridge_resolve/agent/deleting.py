"""``clip.delete``, and taking items off a track for others."""

from .arguments import need, need_expectation, parse_track
from .faults import OpError
from .pen import carry_out, check_expectation, is_open, refuse_locked, same_scene, unsure
from .scene import all_tracks, places_of, sketch


def delete_rows(desk, expect, rows):
    """Delete items of the current timeline, read back. The Fairlight page refuses it, so it is left for a moment."""
    keys, page = {row.key for row in rows}, desk.resolve.GetCurrentPage()
    items = [row.item for row in rows]
    scene = same_scene(desk.resolve, expect)

    def gone():
        left = keys & {row.key for row in sketch(scene.timeline, all_tracks(scene.timeline))}
        return not left and is_open(desk.resolve, expect)

    if page == "fairlight":
        desk.resolve.OpenPage("edit")
    try:
        carry_out(
            desk,
            scene.project,
            "delete the clips",
            lambda: scene.timeline.DeleteClips(items, False),
            gone,
            lambda: same_scene(desk.resolve, expect),
        )
    finally:
        if page == "fairlight":
            desk.resolve.OpenPage(page)


def op_delete_clips(desk, args, expect):
    """``clip.delete``. Linked sound stays, unless it is listed."""
    wanted = {}
    for ref in need(args, "clips", list):
        if not isinstance(ref, dict):
            raise OpError("invalid_param", "A clip to delete needs its key and its place.")
        span = (need(ref, "start_record_frame", int), need(ref, "end_record_frame", int))
        wanted[need(ref, "clip", str)] = (parse_track(need(ref, "track", dict)), span)
    scene = same_scene(desk.resolve, need_expectation(expect))
    rows = sketch(scene.timeline, all_tracks(scene.timeline))
    doomed = [row for row in rows if row.key in wanted]
    same_scene(desk.resolve, expect)
    if not doomed:
        return "verified", {"deleted": sorted(wanted), "changed": False}
    check_expectation(desk.resolve, expect)
    if any((row.track, (row.start, row.end)) != wanted[row.key] for row in doomed) or len(doomed) < len(wanted):
        raise OpError("timeline_changed", "A clip to delete was moved, trimmed or deleted.")
    for row in doomed:
        refuse_locked(scene.timeline, row.track)
    around = places_of(rows, wanted)
    delete_rows(desk, expect, doomed)
    try:
        timeline = same_scene(desk.resolve, expect).timeline
    except OpError as switched:
        raise unsure(switched) from None
    if places_of(sketch(timeline, all_tracks(timeline))) != around:
        raise unsure(OpError("timeline_changed", "The clips are deleted, but others were edited meanwhile."))
    return "verified", {"deleted": sorted(wanted), "changed": True}
