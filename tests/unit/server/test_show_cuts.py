"""The table of a diff, in terminals wide and narrow, with colour and without."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from tests.support.cut_reports import clip, compared, cut

from takebridge.cut.match import Change, CutDiff, Match, Pair
from takebridge.cut.model import Clip, Cut, Track
from takebridge.cut.report_types import DiffReport
from takebridge.timebase import FrameRate
from takebridge_server import show_cuts
from takebridge_server.show_cuts import MOST_ROWS, counted, mark_of


def drawn(found: DiffReport, width: int = 110, *, colour: bool = False) -> str:
    to = StringIO()
    console = Console(file=to, width=width, force_terminal=colour, color_system="standard" if colour else None)
    console.print(show_cuts.difference(found), highlight=False)
    return to.getvalue()


def changed(count: int) -> DiffReport:
    clips = tuple(clip(f"c{at}", at * 10, 10) for at in range(count))
    slipped = (Change("slipped", "slipped by +3 frames", 3), Change("shifted", "carried along", 12))
    pairs = tuple(Pair(Match(("video", 0, at), ("video", 0, at), "same", 1000), slipped) for at in range(count))
    return compared(cut("A", Track("video", clips)), cut("B", Track("video", clips)), CutDiff(pairs)).report


def test_rows_stand_by_track_and_time_and_carried_clips_are_one_line() -> None:
    lines = drawn(compared().report).splitlines()
    rows = [line.split()[:4] for line in lines if line[:1] in "−+✂⇄↔~" and line.strip()]
    assert rows == [
        ["~", "V1", "01:00:02:00", "two"],
        ["✂", "V1", "01:00:03:12", "three"],
        ["✂", "V1", "01:00:04:12", "three"],
        ["+", "V1", "01:00:05:12", "new"],
        ["−", "V1", "01:00:06:00", "four"],
    ]
    assert "→ 1 clip shifted by −12" in lines and "· marker “VFX” added" in lines
    assert "5 changed, 1 only shifted, 2 unchanged; 1 not sure" in lines


def test_a_match_that_is_not_sure_names_what_else_it_might_be() -> None:
    text = drawn(compared().report)
    assert "? A V1 01:00:02:00 two = V1 01:00:02:00 two (62 %), or V1 01:00:04:12 three" in text


def test_being_carried_along_is_said_last_and_short() -> None:
    assert "slipped by +3 frames · → +12" in drawn(changed(1))


def test_drop_frame_cuts_show_drop_frame_timecode() -> None:
    side = Cut("A", FrameRate(30000, 1001), (Track("video", (Clip("one", clip("x", 1800, 10).record),)),), 0, True)
    gone = Pair(Match(("video", 0, 0), None, "removed", 900), (Change("removed", "removed"),))
    assert "00:01:00;02" in drawn(compared(side, side, CutDiff((gone,))).report)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, drawn(compared().report, width).splitlines())) <= width


def test_colour_only_where_there_is_a_terminal() -> None:
    assert "\x1b[" in drawn(compared().report, colour=True) and "\x1b" not in drawn(compared().report)


def test_names_are_not_taken_for_markup() -> None:
    odd = cut("[bold]A[/bold]", Track("video", (clip("[red]x", 0, 10),)))
    gone = Pair(Match(("video", 0, 0), None, "removed", 900), (Change("removed", "[/nonsense]"),))
    text = drawn(compared(odd, odd, CutDiff((gone,))).report)
    assert "[red]x" in text and "[/nonsense]" in text and "[bold]A[/bold]" in text


def test_names_cannot_command_the_terminal() -> None:
    odd = cut("A\x1b]0;owned\x07", Track("video", (clip("\u202e\x1b[31mred\nline\x9b", 0, 10),)))
    gone = Pair(Match(("video", 0, 0), None, "removed", 900, True), (Change("removed", "\x1b[2J"),))
    text = drawn(compared(odd, odd, CutDiff((gone,))).report)
    assert not set(text) & set("\x1b\x07\x9b\u202e") and "red�line" in text
    assert show_cuts.losses([("a\x1b.otio", ["lost \x07"])]) == ["a�.otio: lost �"]


def test_long_tables_end_with_how_many_more_there_are() -> None:
    text = drawn(changed(MOST_ROWS + 7))
    assert "7 more" in text and f"c{MOST_ROWS - 1} " in text and f"c{MOST_ROWS} " not in text


def test_no_changes_are_said() -> None:
    same = Pair(Match(("video", 0, 0), ("video", 0, 0), "same", 1000))
    side = cut("A", Track("video", (clip("one", 0, 10),)))
    assert "No changes." in drawn(compared(side, side, CutDiff((same,))).report)


def test_the_weightiest_word_gives_the_mark() -> None:
    assert mark_of(["shifted", "added"])[0] == "+" and mark_of(["renamed", "media_replaced"])[0] == "⇄"
    assert mark_of(["trimmed_head"])[0] == "~"
    assert [counted(count, "clip") for count in (0, 1, 2)] == ["0 clips", "1 clip", "2 clips"]
