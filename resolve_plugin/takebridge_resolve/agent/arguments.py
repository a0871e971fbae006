"""Reading an op's arguments; anything unusable is ``invalid_param`` before the host is touched."""

from .faults import OpError
from .terms import TRACK_TYPES


def need(args, name, kind):
    """Return an argument of the given type, or raise ``invalid_param``."""
    value = args.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise OpError("invalid_param", "The op has no usable '%s'." % name, name=name)
    return value


def parse_track(ref):
    """Return a track as (type, index) from a TrackRef."""
    kind, index = need(ref, "type", str), need(ref, "index", int)
    if kind not in TRACK_TYPES or index < 1:
        raise OpError("invalid_param", "There is no such track: %s %d." % (kind, index))
    return (kind, index)


def parse_bin(names):
    """Return the bin path; names may hold slashes, but no control characters and not only blanks."""
    for name in names:
        if not isinstance(name, str) or not name.strip() or any(ord(char) < 32 for char in name):
            raise OpError("invalid_param", "A bin needs a printable name.")
    if not names:
        raise OpError("invalid_param", "A bin needs a name.")
    return names


def need_name(args):
    """Return a name for something in Resolve."""
    name = need(args, "name", str)
    if not name.strip() or len(name) > 255 or any(ord(char) < 32 for char in name):
        raise OpError("invalid_param", "A name needs up to 255 printable characters.")
    return name


def need_length(args):
    """Return a marker's length, one frame unless it is given."""
    length = args.get("duration_frames", 1)
    if isinstance(length, bool) or not isinstance(length, int) or length < 1:
        raise OpError("invalid_param", "A marker is at least one frame long.")
    return length


def need_expectation(expect):
    """Return the expectation a clip op must carry, or raise ``invalid_param``."""
    if not isinstance(expect, dict):
        raise OpError("invalid_param", "An op that changes a clip must name the timeline it expects.")
    need(expect, "project_id", str)
    need(expect, "timeline_id", str)
    return expect
