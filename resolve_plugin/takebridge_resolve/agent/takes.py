"""The ops on native takes: add, select, remove."""

from .arguments import need, need_expectation
from .faults import OpError
from .pool import find_media
from .take_change import TakeChange


def op_add_take(desk, args, expect):
    """``clip.add_take``."""
    start, end = need(args, "start_source_frame", int), need(args, "end_source_frame", int)
    change = TakeChange(desk.resolve, desk.pen, args, need_expectation(expect))
    if start < 0 or end - start != change.span[1] - change.span[0]:
        raise OpError("invalid_param", "A take needs exactly as many frames as the clip is long.")
    return add_to(change, start, end, args.get("select", True))


def add_to(change, start, end, wanted, media=None):
    """Add source frames of the change's media as a take, or only select it where it is one; return (outcome,
    TakeResult). ``media`` spares looking for it in the pool.
    """
    index = change.index_of(change.media_id)
    if index:
        return select_index(change, index) if wanted else change.result(change.before)
    if change.before["media"]["id"] == change.media_id:
        return already_playing(change, start)
    media = media or find_media(change.scene.project.GetMediaPool(), change.media_id)
    if not change.add(media, start, end):
        change.refuse("add the take")
    return settle_added(change, wanted, start, end)


def already_playing(change, start_source_frame):
    """Answer for a clip without takes that plays the media itself.

    AddTake must not be called: it answers False and still starts a selector with one take (19.1.3).
    """
    if change.before["left_offset_frame"] == start_source_frame:
        return change.result(change.before)
    message = "The clip plays this file already, from another frame; it cannot be its own second take."
    raise OpError("host_rejected", message, "Slip the clip by hand, or bring the take as a file of its own.")


def settle_added(change, select, start_source_frame, end_source_frame):
    """Select (or not) the take just added, and read back.

    Whether AddTake itself selects is not documented, so the selection is set both ways. The selector's first
    take is the clip as it was; the host's own frames of it are taken as they come (None).
    """
    playing = change.before["media"]["id"]
    original = change.before_takes() or [[playing, None, None]]
    index = len(original) + 1
    selected = index if select else (change.before["selected_take"] or 1)
    if not change.select(selected, change.recheck):
        change.refuse("select the take")
    takes = [*original, [change.media_id, start_source_frame, end_source_frame]]
    head = start_source_frame if select else change.before["left_offset_frame"]
    return change.result(change.settle(takes, selected, change.media_id if select else playing, head))


def op_select_take(desk, args, expect):
    """``clip.select_take``."""
    change = TakeChange(desk.resolve, desk.pen, args, need_expectation(expect))
    index = change.index_of(change.media_id)
    if index:
        return select_index(change, index)
    if not change.before["takes"] and change.before["media"]["id"] == change.media_id:
        return change.result(change.before)
    raise OpError("unknown_take", "The clip has no such take.", "Pull the take again to add it.")


def select_index(change, index):
    """Select an existing take by index and read back."""
    if change.before["selected_take"] == index:
        return change.result(change.before)
    if not change.select(index, change.recheck):
        change.refuse("select the take")
    takes = change.before_takes()
    return change.result(change.settle(takes, index, takes[index - 1][0], takes[index - 1][1]))


def op_remove_take(desk, args, expect):
    """``clip.remove_take``. A take that is not there is removed already."""
    change = TakeChange(desk.resolve, desk.pen, args, need_expectation(expect))
    index, selected = change.index_of(change.media_id), change.before["selected_take"]
    if not index and change.before["media"]["id"] != change.media_id:
        return change.result(change.before)
    if index in (0, selected):
        raise OpError("host_rejected", "This take is the one the clip plays.", "Select another take first.")
    if not change.delete(index, change.recheck):
        change.refuse("remove the take")
    takes = change.before_takes()
    del takes[index - 1]
    media, head = change.before["media"]["id"], change.before["left_offset_frame"]
    return change.result(change.settle(takes, selected - (index < selected), media, head))
