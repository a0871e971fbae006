"""Finding bins and media in the pool."""

import os

from .faults import OpError
from .media_facts import media_id


def folders_of(root):
    """Yield every bin, our own before all others: a project may hold thousands of clips and each id is a call."""
    inside = root.GetSubFolderList() or []
    ours = [sub for sub in inside if str(sub.GetName()).startswith("TakeBridge")]
    for sub in ours:
        yield from folders_below(sub)
    yield root
    for sub in inside:
        if sub not in ours:
            yield from folders_below(sub)


def folders_below(folder):
    """Yield a bin and those in it, the innermost first: that is where ours keep their media."""
    for sub in folder.GetSubFolderList() or []:
        yield from folders_below(sub)
    yield folder


def find_media(pool, wanted):
    """Return the pool item with this id, or raise ``not_found``."""
    for folder in folders_of(pool.GetRootFolder()):
        for media in folder.GetClipList() or []:
            if media_id(media) == wanted:
                return media
    raise OpError("not_found", "The media pool no longer has this take.", "Import it again.", media_id=wanted)


def find_path(folder, path):
    """Return the bin's item that plays this file, or None. Bins list timelines as well; those have no
    path.
    """
    for media in folder.GetClipList() or []:
        if same_path(media.GetClipProperty("File Path"), path):
            return media
    return None


def newest_of(folder, path):
    """Return (item, its properties) of the bin's last item that plays this file, () when none does."""
    for media in reversed(folder.GetClipList() or []):
        facts = media.GetClipProperty() or {}
        if same_path(facts.get("File Path"), path):
            return media, facts
    return ()


def same_path(left, right):
    """Compare two paths as the operating system would, without touching the disk."""
    return bool(left) and os.path.normcase(os.path.normpath(str(left))) == os.path.normcase(os.path.normpath(right))


def find_bin(parent, name):
    """Return the sub-bin with exactly this name, or None."""
    return next((sub for sub in parent.GetSubFolderList() or [] if sub.GetName() == name), None)


def same_folder(left, right):
    """Compare two bins by id; handles of the same bin may be different objects."""
    key = left.GetUniqueId() if left else None
    return bool(key and right) and right.GetUniqueId() == key
