"""``media.import``: one file into one of our bins."""

import os

from .arguments import need, parse_bin
from .faults import OpError
from .guards import call_if, has
from .media_facts import media_item
from .pen import check_expectation, refusal
from .pool import find_bin, find_path, folders_of
from .values import text


def op_import(desk, args, expect):
    """``media.import``. The user's current bin is chosen again whatever happens."""
    path, names = need(args, "path", str), parse_bin(need(args, "bin", list))
    if not os.path.isabs(path):
        raise OpError("invalid_param", "A file to import needs an absolute path.", path=text(path))
    if not os.path.isfile(path):
        hint = "Check that this machine can see the drive or share the file is on."
        raise OpError("not_found", "There is no file %s." % path, hint, path=text(path))
    scene = check_expectation(desk.resolve, expect) if expect else None
    return Importing(desk, scene).run(path, names, args.get("tags") or {})


class Importing(object):
    """One import: bins, file, tags."""

    def __init__(self, desk, scene):
        manager = None if scene else desk.resolve.GetProjectManager()
        self.project = scene.project if scene else (manager.GetCurrentProject() if manager else None)
        self.pool = self.project.GetMediaPool() if self.project else None
        if not self.pool:
            raise OpError("not_found", "No project is open in Resolve.", "Open a project, then try again.")
        self.pen = desk.pen
        self.created, self.stirred = [], False

    def run(self, path, names, tags):
        """Return (outcome, ImportResult)."""
        home = self.pool.GetCurrentFolder()
        try:
            media, reused = self.bring(path, names)
        except OpError as error:
            self.pen.renew()
            self.choose(home)
            self.clear_up(error)
            raise
        finally:
            if self.stirred:
                self.choose(home)
        kept = self.tag_all(media, tags, reused)
        return ("verified" if kept else "committed_unverified"), {
            "media": media_item(media, {}),
            "reused": reused,
        }

    def bring(self, path, names):
        """Return (pool item, reused); the file is imported only when the bin does not have it."""
        folder = self.pool.GetRootFolder()
        for name in names:
            folder = find_bin(folder, name) or self.make_bin(folder, name)
        found = [] if folder in self.created else [find_path(folder, path)]
        if any(found):
            return found[0], True
        if not self.choose(folder):
            raise refusal(self.project, "open the bin %s" % names[-1])
        if not self.pen.write(lambda: self.pool.ImportMedia([path]), lambda: saw(found, find_path(folder, path))):
            error = refusal(self.project, "import %s" % os.path.basename(path))
            if error.code == "host_rejected":
                error.hint = "Resolve may not read this kind of file on this system. Try importing it by hand."
            raise error
        return found[-1], False

    def make_bin(self, parent, name):
        """Return a new bin, read back."""
        found, self.stirred = [], True

        def made():
            return saw(found, find_bin(parent, name))

        if not self.pen.write(lambda: self.pool.AddSubFolder(parent, name), made):
            raise refusal(self.project, "make the bin %s" % name)
        self.created.append(found[-1])
        return found[-1]

    def choose(self, folder):
        """Make a bin the current one; return whether it is. Making a bin or importing may have moved it."""
        key = folder.GetUniqueId() if folder else None
        if not key:
            return False
        self.stirred = True
        return self.is_current(key) or self.pen.write(
            lambda: self.pool.SetCurrentFolder(folder), lambda: self.is_current(key)
        )

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


def has_tags(media, tags):
    """Read whether media carries all of these entries."""
    said = call_if(media, "GetThirdPartyMetadata")
    return isinstance(said, dict) and all(said.get(name) == value for name, value in tags.items())


def saw(found, one):
    """Remember what a read-back saw; say whether it was anything."""
    found.append(one)
    return bool(one)
