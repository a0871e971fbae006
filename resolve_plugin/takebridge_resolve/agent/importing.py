"""``media.import``: one file into one of our bins."""

import os

from .arguments import need, parse_bin
from .faults import OpError
from .guards import call_if, has
from .media_facts import media_item
from .pen import check_expectation, refusal
from .pool import find_bin, find_path, folders_of, newest_of
from .values import text

OUR_BIN = "TakeBridge"
"""The bin that ours lie in, as the bridge names it."""
NAMES_AT_MOST = 300
"""Bins whose names are asked for at once: each is a call, and the agent waits for it before it says hello."""


def op_import(desk, args, expect):
    """``media.import``. The user's current bin is chosen again whatever happens."""
    path, names = need_media_file(args), parse_bin(need(args, "bin", list))
    scene = check_expectation(desk.resolve, expect) if expect else None
    return Importing(desk, scene).run(path, names, args.get("tags") or {})


def need_media_file(args):
    """Return the path of a file to import, which is there."""
    path = need(args, "path", str)
    if not os.path.isabs(path):
        raise OpError("invalid_param", "A file to import needs an absolute path.", path=text(path))
    if not os.path.isfile(path):
        hint = "Check that this machine can see the drive or share the file is on."
        raise OpError("not_found", "There is no file %s." % path, hint, path=text(path))
    return path


class Importing(object):
    """One import: bins, file, tags. ``known`` is what a `Desk` remembers of the project's bins (`named_bins`)."""

    def __init__(self, desk, scene):
        manager = None if scene else desk.resolve.GetProjectManager()
        self.project = scene.project if scene else (manager.GetCurrentProject() if manager else None)
        self.pool = self.project.GetMediaPool() if self.project else None
        if not self.pool:
            raise OpError("not_found", "No project is open in Resolve.", "Open a project, then try again.")
        self.pen, self.known = desk.pen, desk.bins.setdefault(scene.project_id, {}) if scene else {}
        self.created, self.home = [], None

    def run(self, path, names, tags):
        """Return (outcome, ImportResult)."""
        media, facts, reused = self.fetch(path, names)
        kept = self.tag_all(media, tags, reused)
        return ("verified" if kept else "committed_unverified"), {
            "media": media_item(media, {}, facts),
            "reused": reused,
        }

    def fetch(self, path, names):
        """Return (pool item, its properties where they were read, reused); the user's bin is current as before."""
        try:
            return self.bring(path, names)
        except OpError as error:
            self.pen.renew()
            self.go_back()
            self.clear_up(error)
            raise
        finally:
            self.go_back()

    def bring(self, path, names):
        """Do it; the file is imported only when the bin does not have it."""
        folder = self.pool.GetRootFolder()
        if not folder:
            raise OpError("timeline_switched", "The project was closed meanwhile.")
        for at, name in enumerate(names):
            there = None if folder in self.created else self.sub_bin(folder, tuple(names[:at]), name)
            folder = there or self.make_bin(folder, tuple(names[:at]), name)
        found = None if folder in self.created else find_path(folder, path)
        if found:
            return found, None, True
        media, facts = self.bring_into(folder, path)
        return media, facts, False

    def sub_bin(self, parent, above, name):
        """Return the sub-bin with exactly this name, or None. Where there are as many as remembered, only the one that
        should have the name is asked for it.
        """
        inside, names = parent.GetSubFolderList() or [], self.known.get(above)
        if names is not None and len(names) == len(inside):
            if name not in names:
                return None
            if inside[names.index(name)].GetName() == name:
                return inside[names.index(name)]
        self.known[above] = names = [sub.GetName() for sub in inside]
        return inside[names.index(name)] if name in names else None

    def bring_into(self, folder, path):
        """Import and return (pool item, its properties), seen in the bin it was meant for.

        A bin just made is the current one (resolve.md trap 16), and the file lands in it. Into another one, the file is
        moved from the user's current bin, which stays open. What a build handed out instead of importing is moved too.
        """
        here, said, seen = folder in self.created, [], []

        def act():
            said[:] = self.pool.ImportMedia([path]) or []
            if said and not here:
                self.pool.MoveClips(said, folder)
            return said

        def there():
            seen[:] = newest_of(folder, path)
            return seen

        if not self.pen.write(act, there) and not (
            said and self.pen.write(lambda: self.pool.MoveClips(said, folder), there)
        ):
            raise self.refused(path, said)
        return seen

    def refused(self, path, said):
        """Return the error for a file that did not come, or (``said``) not into its bin."""
        error = refusal(self.project, "import %s" % os.path.basename(path))
        if said:
            error.outcome = "committed_unverified"
            error.hint = "The file may lie in the bin that is open in Resolve. " + error.hint
        elif error.code == "host_rejected":
            error.hint = "Resolve may not read this kind of file on this system. Try importing it by hand."
        return error

    def make_bin(self, parent, above, name):
        """Return a new bin: the one the host hands out, which what is put into it proves, else one found by name."""
        said, found = [], []
        self.home = self.home or self.pool.GetCurrentFolder()

        def act():
            said[:] = [self.pool.AddSubFolder(parent, name)]
            return said[0]

        if not self.pen.write(act, lambda: saw(found, said[0] or find_bin(parent, name))):
            raise refusal(self.project, "make the bin %s" % name)
        if said[0]:
            self.created.append(found[-1])
            self.known[(*above, name)] = []
        if above in self.known:
            self.known[above].append(name)
        return found[-1]

    def go_back(self):
        """Make the user's bin the current one again, where making a bin moved it; return whether it is."""
        key = self.home.GetUniqueId() if self.home else None
        return bool(key) and self.pen.write(lambda: self.pool.SetCurrentFolder(self.home), lambda: self.is_current(key))

    def is_current(self, key):
        """Read whether the bin with this id is the current one."""
        now = self.pool.GetCurrentFolder()
        return bool(now) and now.GetUniqueId() == key

    def clear_up(self, error):
        """Delete the bins this import made, when nothing else is in them; leaving one behind is told."""
        if not self.created:
            return
        top, root = self.created[0], self.pool.GetRootFolder()
        key, name = top.GetUniqueId(), top.GetName()
        inside = [folder.GetClipList() or folder.GetSubFolderList() or [] for folder in self.created]
        ours = [len(entries) for entries in inside] == [1] * (len(inside) - 1) + [0]
        if not ours or not self.pen.write(
            lambda: call_if(self.pool, "DeleteFolders", [top]),
            lambda: (
                bool(root and root.GetUniqueId()) and all(folder.GetUniqueId() != key for folder in folders_of(root))
            ),
        ):
            error.outcome = "committed_unverified"
            error.hint = "The empty bin %s was left behind. %s" % (text(name), error.hint)

    def tag_all(self, media, tags, reused):
        """Write third-party metadata (19.0.2), all at once; return whether it is read back.

        Older versions have no place for it, which their capabilities say.
        """
        if not tags or not has(media, "SetThirdPartyMetadata") or not has(media, "GetThirdPartyMetadata"):
            return True
        if reused and has_tags(media, tags):
            return True
        if self.pen.write(lambda: media.SetThirdPartyMetadata(dict(tags)), lambda: has_tags(media, tags)):
            return True
        return all(self.tag(media, name, value) for name, value in sorted(tags.items()))

    def tag(self, media, name, value):
        """Write one entry, where all at once is not understood; return whether it is read back."""
        if not has(media, "SetThirdPartyMetadata") or not has(media, "GetThirdPartyMetadata"):
            return False
        return media.GetThirdPartyMetadata(name) == value or self.pen.write(
            lambda: media.SetThirdPartyMetadata(name, value),
            lambda: media.GetThirdPartyMetadata(name) == value,
        )


def named_bins(pool):
    """Return the names of the root's bins and of those in ours, by the names above them; of too many, none."""
    known, inside = {}, pool.GetRootFolder().GetSubFolderList() or []
    if len(inside) <= NAMES_AT_MOST:
        known[()] = [sub.GetName() for sub in inside]
    ours = inside[known[()].index(OUR_BIN)] if OUR_BIN in known.get((), []) else None
    shots = (ours.GetSubFolderList() or []) if ours else []
    if ours and len(shots) <= NAMES_AT_MOST:
        known[(OUR_BIN,)] = [sub.GetName() for sub in shots]
    return known


def has_tags(media, tags):
    """Read whether media carries all of these entries."""
    said = call_if(media, "GetThirdPartyMetadata")
    return isinstance(said, dict) and all(said.get(name) == value for name, value in tags.items())


def saw(found, one):
    """Remember what a read-back saw; say whether it was anything."""
    found.append(one)
    return bool(one)
