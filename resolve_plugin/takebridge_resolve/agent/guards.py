"""Guarding the API: methods this version may lack, the version itself, whether anything answers."""

from .values import whole


def has(thing, name):
    """Say whether an API object offers a method. ``hasattr`` is True for every name on these objects."""
    return thing is not None and name in dir(thing)


def call_if(thing, name, *args):
    """Call a method this version may lack; None where it does."""
    return getattr(thing, name)(*args) if has(thing, name) else None


def version_of(resolve):
    """Return the version as a tuple of integers, (0,) when the host does not say."""
    parts = resolve.GetVersion() or str(resolve.GetVersionString() or "").split(".")
    numbers = []
    for part in parts:
        number = whole(part)
        if number is None:
            break
        numbers.append(number)
    return tuple(numbers[:3]) or (0,)


def is_alive(resolve):
    """Read whether the API still answers. A wedged instance gives no database; cheaper calls lie (19.1.3)."""
    manager = resolve.GetProjectManager()
    return bool(manager and manager.GetCurrentDatabase())
