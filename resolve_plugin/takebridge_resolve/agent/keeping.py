"""Where the person was, kept and put back: page, timeline, bin, playhead, marks."""

import collections

from .guards import has
from .pen import Pen
from .pool import same_folder
from .timelines import is_current, timeline_with_id

Entry = collections.namedtuple("Entry", "what act done ours")
Entry.__doc__ = """One thing to put back: its name, the write, whether it is back, whether it is still as we left it."""


class Kept(object):
    """Puts back at the end, however the op ends, what the op moved; what a person moved meanwhile is left alone.

    ``left`` names what could not be put back: an error's hint says so, an op without one is then not surely done.
    """

    def __init__(self, desk):
        self.desk, self.entries, self.left = desk, [], []

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _trace):
        self.put_back()
        if self.left and hasattr(error, "hint"):
            error.hint = ("%s %s" % (error.hint, self.said())).strip()

    def said(self):
        """Return what was not put back, as a sentence."""
        return "Not put back as it was: %s." % ", ".join(self.left)

    def outcome(self):
        """Return "verified", or "committed_unverified" when something stayed moved. To be asked after the end."""
        return "committed_unverified" if self.left else "verified"

    def put_back(self):
        """Put back the last move first, each with the patience of an op of its own."""
        for entry in reversed(self.entries):
            pen = Pen(self.desk.delays, self.desk.sleep)
            if not entry.done() and entry.ours() and not pen.write(entry.act, entry.done):
                self.left.append(entry.what)
                self.desk.log.warning("Could not put back %s", entry.what)
        self.entries = []

    def page(self, wanted=""):
        """Keep the page, and open another when one is named; return whether that one is open."""
        resolve = self.desk.resolve
        was = resolve.GetCurrentPage()
        if was == wanted:
            return True
        self.entries.append(
            Entry(
                "the page",
                lambda: resolve.OpenPage(was),
                lambda: resolve.GetCurrentPage() == was,
                lambda: bool(was) and resolve.GetCurrentPage() in (wanted or "deliver", "deliver"),
            )
        )
        return not wanted or bool(resolve.OpenPage(wanted))

    def bin(self, pool):
        """Keep the current bin: making bins and importing move it."""
        home = pool.GetCurrentFolder()
        if home:
            self.entries.append(
                Entry(
                    "the current bin",
                    lambda: pool.SetCurrentFolder(home),
                    lambda: same_folder(pool.GetCurrentFolder(), home),
                    lambda: bool(pool.GetCurrentFolder()),
                )
            )

    def timeline(self, project, wanted, moved):
        """Keep the timeline of an id current; ``moved()`` says whether the one open now is there by our doing."""
        self.entries.append(
            Entry(
                "the open timeline",
                lambda: project.SetCurrentTimeline(timeline_with_id(project, wanted)),
                lambda: is_current(project, wanted),
                moved,
            )
        )

    def playhead(self, timeline):
        """Keep the playhead of the current timeline."""
        was, key = timeline.GetCurrentTimecode(), timeline.GetUniqueId()
        if was:
            self.entries.append(
                Entry(
                    "the playhead",
                    lambda: timeline.SetCurrentTimecode(was),
                    lambda: timeline.GetCurrentTimecode() == was,
                    lambda: timeline.GetUniqueId() == key,
                )
            )

    def marks(self, timeline):
        """Keep the marks of the current timeline (19.1)."""
        if not has(timeline, "GetMarkInOut"):
            return
        was, key = marks_of(timeline), timeline.GetUniqueId()
        self.entries.append(
            Entry(
                "the marks",
                lambda: set_marks(timeline, was),
                lambda: marks_of(timeline) == was,
                lambda: timeline.GetUniqueId() == key,
            )
        )


def marks_of(timeline):
    """Return the marks as the host says them: {kind: {"in", "out"}}, counted from the timeline's start."""
    return (timeline.GetMarkInOut() or {}) if has(timeline, "GetMarkInOut") else {}


def set_marks(timeline, marks):
    """Set marks as `marks_of` gave them, no marks by clearing them; return what the host said last."""
    said = False
    if has(timeline, "ClearMarkInOut") and has(timeline, "SetMarkInOut"):
        said = timeline.ClearMarkInOut("all")
        for kind, span in spans_of(marks):
            said = timeline.SetMarkInOut(span[0], span[1], kind)
    return said


def spans_of(marks):
    """Return marks as (kind, (in, out)) to be set one after another; equal ones in one go."""
    spans = [
        (kind, (span.get("in"), span.get("out"))) for kind, span in sorted(marks.items()) if isinstance(span, dict)
    ]
    whole_ones = [(kind, span) for kind, span in spans if None not in span]
    if len(whole_ones) == 2 and whole_ones[0][1] == whole_ones[1][1]:
        return [("all", whole_ones[0][1])]
    return whole_ones
