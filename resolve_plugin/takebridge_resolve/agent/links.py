"""Which items are linked, at few calls: a whole timeline tells most of it by what lies beside what."""

import bisect

from .guards import call_if
from .values import short


class Beside(object):
    """Where every item of a timeline lies; `near` finds what shares time with one."""

    def __init__(self, rows):
        self.tracks = {}
        for row in sorted((row for row in rows if row.key), key=lambda row: row.start):
            self.tracks.setdefault(row.track, []).append(row)
        self.starts = {track: [row.start for row in rows] for track, rows in self.tracks.items()}

    def near(self, row):
        """Return the items of other tracks that share time with an item; on a track only transitions overlap."""
        found = []
        for track, rows in self.tracks.items():
            last = bisect.bisect_left(self.starts[track], row.end)
            first = max(bisect.bisect_right(self.starts[track], row.start) - 3, 0)
            if track != row.track:
                found += [other for other in rows[first:last] if other.end > row.start]
        return found


def link_keys(row, pool):
    """Return the keys of the linked items (19.0), sorted.

    Links go both ways, so one item of a group is asked. Where ``pool`` has a `Beside` of the whole timeline, an item
    that nothing lies beside is not asked.
    """
    if ("linked", row.key) not in pool:
        group = asked_keys(row, pool.get("beside")) | {row.key}
        pool.update({("linked", key): sorted(group - {key}) for key in group})
    return pool[("linked", row.key)]


def asked_keys(row, beside):
    """Ask an item for what it is linked with."""
    alone = beside is not None and not beside.near(row)
    linked = [] if alone else call_if(row.item, "GetLinkedItems") or []
    return {short(other.GetUniqueId()) for other in linked}


def is_twin(row, other):
    """Say whether two items show the same media over the same frames: the picture and the sound of a clip."""
    same = (row.start, row.end) == (other.start, other.end)
    return bool(same and row.facts and other.facts and row.facts["id"] == other.facts["id"])
