"""Paths an op names: what must be there, what must not, and what came of a write."""

import os
import shutil

from .arguments import need
from .faults import OpError
from .values import text

SANDBOX_HINT = "Choose a folder Resolve may write to. The App Store build may only write below ~/Movies."


def need_path(args, name="path"):
    """Return an absolute path."""
    path = need(args, name, str)
    if not os.path.isabs(path) or "\0" in path:
        raise OpError("invalid_param", "A file needs an absolute path.", path=text(path))
    return path


def need_file(path):
    """Raise ``not_found`` unless there is a file."""
    if not os.path.isfile(path):
        hint = "Check that this machine can see the drive or share the file is on."
        raise OpError("not_found", "There is no file %s." % path, hint, path=text(path))


def need_folder(folder):
    """Raise unless there is a folder that can be written to."""
    if not os.path.isdir(folder):
        hint = "Make the folder first; check that this machine can see the drive it is on."
        raise OpError("not_found", "There is no folder %s." % folder, hint, path=text(folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OpError("host_rejected", "The folder %s cannot be written to." % folder, SANDBOX_HINT, path=text(folder))


def need_free(paths):
    """Raise when something is at one of the paths already: nothing is overwritten."""
    for path in paths:
        if os.path.lexists(path):
            raise OpError(
                "host_rejected", "There is a file %s already." % path, "Choose another name.", path=text(path)
            )


def landed(paths):
    """Return the first of some paths that holds something by now: a file with bytes, or a folder that is not empty."""
    for path in paths:
        if os.path.isdir(path):
            if os.listdir(path):
                return path
        elif os.path.isfile(path) and os.path.getsize(path) > 0:
            return path
    return None


def sweep(paths):
    """Take away what a write that failed left at paths that were free before."""
    for path in paths:
        try:
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            elif os.path.lexists(path):
                os.remove(path)
        except OSError:
            pass
