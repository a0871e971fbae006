"""Diff and merge of one large cut in a process of its own: `python bench/cut_worker.py CLIPS` prints JSON.

CPU seconds, best of three; ``megabytes`` is the peak of the whole process after diff and merge, before OTIO's
timelines are made. ``otio`` is OTIO's own way (deepcopy, per-clip range_in_parent) on bare timelines of the same cuts.
"""

from __future__ import annotations

import gc
import json
import re
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cut_peers import otio_timeline, otio_walk
from cut_scripts import make

from takebridge.cut.diff import diff
from takebridge.cut.model import Clip, Cut, Item, Media

SEED, EDITS = 7, 200


def best(work: Callable[[], object], runs: int = 3) -> float:
    """Return the least CPU seconds of some runs."""
    times = []
    for _ in range(runs):
        gc.collect()
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def peak_megabytes() -> float:
    """Return this process's peak; ``ru_maxrss``, which Linux hands down through exec, only where there is no better."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text("ascii", "replace")) if status.exists() else None
    return int(found[1]) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def repinned(cut: Cut) -> Cut:
    """Return what a canvas would have made of the base: every fortieth shot of the main track shows a new take."""
    first = cut.tracks[0]
    items = tuple(_taken(item, at) if at % 40 == 3 else item for at, item in enumerate(first.items))
    return replace(cut, tracks=(replace(first, items=items), *cut.tracks[1:]))


def _taken(item: Item, number: int) -> Item:
    if not isinstance(item, Clip) or item.media is None or item.source is None or item.media.rate is None:
        return item
    media = Media(f"take_{number}.mov", f"/takes/take_{number}.mov", item.media.rate, item.source.end + 20, 0)
    return replace(item, media=media)


def main() -> None:
    """Measure and print."""
    case = make(SEED, int(sys.argv[1]), EDITS, "stripped")
    clips = sum(len(track.clips) for track in case.a.tracks)
    found: dict[str, float] = {"clips": clips, "diff": best(lambda: diff(case.a, case.b))}
    try:
        from takebridge.cut.merge import merge

        canvas = repinned(case.a)
        found["merge"] = best(lambda: merge(case.a, case.b, canvas), 2)
    except ImportError:
        sys.stderr.write("there is no merge yet\n")
    found["megabytes"] = peak_megabytes()
    a, b = otio_timeline(case.a), otio_timeline(case.b)
    found["otio"] = best(lambda: otio_walk(a, b), 1)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
