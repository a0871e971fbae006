"""``media.replace`` and ``media.tag``: the media item behind clips, everywhere it is used."""

from .arguments import need, need_expectation
from .faults import OpError
from .guards import has
from .media_facts import media_item
from .paths import need_file, need_path
from .pen import carry_out, check_expectation, same_project, unsure
from .pool import find_media, same_path
from .values import text, whole


def op_replace_media(desk, args, expect):
    """``media.replace``. ReplaceClip forgets metadata, so what is free-form is written again (resolve.md trap 13)."""
    wanted, path = need(args, "media_id", str), need_path(args)
    project = same_project(desk.resolve, need_expectation(expect))
    media = find_media(project.GetMediaPool(), wanted)
    was = text(media.GetClipProperty("File Path"))
    if same_path(was, path):
        return media_result(media, False)
    need_file(path)
    check_expectation(desk.resolve, expect)
    tags, frames = tags_of(media), whole(media.GetClipProperty("Frames"))
    point_at(desk, project, media, path, expect)
    now = whole(media.GetClipProperty("Frames"))
    if frames is not None and now is not None and now < frames:
        raise too_short(desk, project, media, (was, path), (frames, now), tags, expect)
    write_tags(desk, project, media, tags, expect)
    return media_result(media, True)


def point_at(desk, project, media, path, expect):
    """Point a media item at a file."""
    carry_out(
        desk,
        project,
        "replace the media",
        lambda: media.ReplaceClip(path),
        lambda: same_path(media.GetClipProperty("File Path"), path),
        lambda: same_project(desk.resolve, expect),
    )


def too_short(desk, project, media, paths, frames, tags, expect):
    """Point the item at its old file again and return the error: clips would run past the end of the new one."""
    message = "The new file has %d frames, the old one %d: clips could run past its end." % (frames[1], frames[0])
    error = OpError("host_rejected", message, "Deliver a file that is at least as long.", path=text(paths[1]))
    desk.pen.renew()
    try:
        point_at(desk, project, media, paths[0], expect)
        write_tags(desk, project, media, tags, expect)
    except OpError:
        return unsure(error)
    error.undone = True
    return error


def op_tag_media(desk, args, expect):
    """``media.tag`` (19.0.2)."""
    wanted, tags = need(args, "media_id", str), need(args, "tags", dict)
    if not tags or not all(isinstance(part, str) and name for name, value in tags.items() for part in (name, value)):
        raise OpError("invalid_param", "A tag needs a name and a text.")
    project = same_project(desk.resolve, need_expectation(expect))
    media = find_media(project.GetMediaPool(), wanted)
    if not has(media, "SetThirdPartyMetadata"):
        hint = "Update to Resolve 19.0.2 or later."
        raise OpError("unsupported_op", "This version of Resolve keeps no metadata of ours.", hint)
    changed = {name: value for name, value in tags.items() if tag_of(media, name) != value}
    if changed:
        check_expectation(desk.resolve, expect)
    write_tags(desk, project, media, changed, expect)
    return media_result(media, bool(changed))


def tags_of(media):
    """Return all free-form metadata of a media item."""
    said = media.GetThirdPartyMetadata() if has(media, "GetThirdPartyMetadata") else None
    return {str(name): str(value) for name, value in said.items() if value} if isinstance(said, dict) else {}


def tag_of(media, name):
    """Return one entry, "" when there is none."""
    return text(media.GetThirdPartyMetadata(name)) if has(media, "GetThirdPartyMetadata") else ""


def write_tags(desk, project, media, tags, expect):
    """Write entries, each read back."""
    for name, value in sorted(tags.items()):
        if tag_of(media, name) != value:
            write_tag(desk, project, media, (name, value), expect)


def write_tag(desk, project, media, entry, expect):
    """Write one entry."""
    name, value = entry
    if has(media, "SetThirdPartyMetadata"):
        carry_out(
            desk,
            project,
            "write metadata",
            lambda: media.SetThirdPartyMetadata(name, value),
            lambda: tag_of(media, name) == value,
            lambda: same_project(desk.resolve, expect),
        )


def media_result(media, changed):
    """Return a verified MediaResult."""
    return "verified", {"media": media_item(media, {}), "changed": changed}
