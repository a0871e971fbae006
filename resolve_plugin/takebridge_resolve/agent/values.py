"""Values as the wire takes them: the host answers ints, floats, strings or None for the same thing, by build."""

import hashlib
import json


def text(value, limit=4096):
    """Return a string the wire accepts: None becomes "", longer text is cut."""
    return "" if value is None else str(value)[:limit]


def short(value):
    """Return a string of at most 255 characters."""
    return text(value, 255)


def whole(value):
    """Return an integer frame or count, or None. Hosts answer ints, whole floats or digits, depending on
    build.
    """
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number == number and number.is_integer() else None


def rate_text(value):
    """Return a frame rate as the host spells it; a number becomes a short string such as "23.976" or "24"."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return ("%.3f" % value).rstrip("0").rstrip(".")
    return short(value)


def digest(facts):
    """Return a stable sha1 of JSON facts. Whole floats and ints are the same fact: builds differ in which
    they give.
    """
    body = json.dumps(plain(facts), sort_keys=True, separators=(",", ":"))
    return hashlib.sha1(body.encode("utf-8")).hexdigest()  # noqa: S324 - names a state, guards no secret


def plain(value):
    """Return JSON-safe facts with numbers made uniform; anything opaque becomes its text."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
