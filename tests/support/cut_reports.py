"""Two small cuts and what changed between them, all written by hand: for reports and pages."""

from __future__ import annotations

from typing import Any

from takebridge.cut.match import Change, CutChange, CutDiff, Match, Pair, Ripple
from takebridge.cut.model import Clip, Cut, Gap, Media, Span, Track
from takebridge.services.cut_reports import Compared, Document, diff_report
from takebridge.timebase import FrameRate

R24 = FrameRate(24000, 1001)
START = 86400
"""01:00:00:00 at 23.976."""


def clip(name: str, at: int, frames: int, **more: Any) -> Clip:
    """A clip that shows ``name``.mov from frame 10 on."""
    facts: dict[str, Any] = {"media": Media(f"{name}.mov", f"/media/{name}.mov", R24, 500, 0)}
    return Clip(name, Span.of(at, frames), **{**facts, "source": Span.of(10, frames), **more})


def cut(name: str, *tracks: Track, **more: Any) -> Cut:
    """A cut at 23.976 that starts at 01:00:00:00."""
    return Cut(name, R24, tracks, **{"start": START, **more})


def before() -> Cut:
    """V1: one, two, three, four; V2: a title over frame 100; A1: the sound of one."""
    names = (("one", 0), ("two", 48), ("three", 96), ("four", 144))
    video = Track("video", tuple(clip(name, at, 48) for name, at in names))
    upper = Track("video", (Gap(Span(0, 100)), clip("title", 100, 24, media=None, source=None, kind="title")))
    return cut("Reel", video, upper, Track("audio", (clip("one", 0, 48),)))


def after() -> Cut:
    """Two lost 12 frames at its head; three was razored; four is gone; new came in its place."""
    video = (
        clip("one", 0, 48),
        clip("two", 48, 36, source=Span.of(22, 36)),
        clip("three", 84, 24),
        clip("three", 108, 24, source=Span.of(34, 24)),
        clip("new", 132, 20),
    )
    upper = Track("video", (Gap(Span(0, 88)), clip("title", 88, 24, media=None, source=None, kind="title")))
    return cut("Reel v2", Track("video", video), upper, Track("audio", (clip("one", 0, 48),)))


def changed() -> CutDiff:
    """From `before` to `after`, in no particular order."""
    trimmed = Change("trimmed_head", "head trimmed by 12 frames", -12)
    razored = Change("razored", "razored in two")
    twice = (Change("shifted", "shifted", -12), razored, Change("razored", "and once more"))
    return CutDiff(
        (
            Pair(Match(None, ("video", 0, 4), "copy", 700, duplicate_of=("video", 0, 0)), (Change("added", "added"),)),
            Pair(Match(("audio", 0, 0), ("audio", 0, 0), "same", 1000)),
            Pair(Match(("video", 1, 1), ("video", 1, 1), "same", 950), (Change("shifted", "shifted by −12", -12),)),
            Pair(Match(("video", 0, 2), ("video", 0, 3), "piece", 980), (razored,)),
            Pair(Match(("video", 0, 2), ("video", 0, 2), "piece", 980), twice),
            Pair(
                Match(("video", 0, 1), ("video", 0, 1), "same", 615, True, (("video", 0, 3),), ("same file",)),
                (trimmed,),
            ),
            Pair(Match(("video", 0, 3), None, "removed", 900), (Change("removed", "removed"),)),
            Pair(Match(("video", 0, 0), ("video", 0, 0), "same", 1000, evidence=("same clip id", "same file"))),
        ),
        (Ripple("video", 1, 100, -12, 1, "1 clip shifted by −12"),),
        (CutChange("marker", "marker “VFX” added"),),
    )


def compared(a: Cut | None = None, b: Cut | None = None, found: CutDiff | None = None) -> Compared:
    """The example with its report, or another one."""
    one = Document(a or before(), "reel_v1.otio", "otio", ("2 effects are not compared",))
    two = Document(b or after(), "reel_v2.fcpxml", "fcpxml")
    changes = found or changed()
    return Compared(one, two, changes, diff_report(one, two, changes))
