"""The three-way merge: base × editor × canvas → one cut, the plan that makes it, and everything a person must know.

The editor owns time, the canvas owns content (docs/merge.md has the rules as a table). The merged cut is the editor's
cut with the plan's edits made on it: what nothing was decided about is the editor's, object by object.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from takebridge.cut.edit_bench import Bench
from takebridge.cut.edit_plan import apply_plan
from takebridge.cut.identity import identify
from takebridge.cut.merge_added import merge_added, merge_copies, merge_markers, merge_transitions
from takebridge.cut.merge_checks import check_ancestor, check_project, check_rates
from takebridge.cut.merge_clips import Merging, follow_canvas, merge_clip, name_cut_off, restore_deleted
from takebridge.cut.merge_pieces import Keys
from takebridge.cut.merge_report import Draft, Report
from takebridge.cut.merge_sides import CutSide, Lineage, in_order, moved_on
from takebridge.cut.merge_succession import (
    with_successors,
    without_hollow_matches,
    without_idle_doubts,
    without_pieces_of_whole,
)
from takebridge.cut.merge_types import Choice, Merge
from takebridge.cut.model import Cut

_NO_CHOICES: Mapping[str, Choice] = MappingProxyType({})


def merge(base: Cut, editor: Cut, canvas: Cut, choices: Mapping[str, Choice] = _NO_CHOICES) -> Merge:
    """Merge what editor and canvas made of a base. ``choices`` are by conflict id, from an earlier merge of the same.

    The same input gives the same answer. Raises CutMismatchError, saying why and what to do, when the three are not
    states of one cut at one rate, or a choice fits no conflict; never is a clip of any side left unnamed.
    """
    check_rates(base, editor, canvas)
    merging = _prepared(base, editor, canvas, choices)
    for address in sorted(merging.base.clips, key=in_order):
        merge_clip(merging, address)
    merge_copies(merging)
    bench = _cleared(merging)
    follow_canvas(merging, bench)
    restore_deleted(merging, bench)
    name_cut_off(merging)
    merge_added(merging, bench)
    merge_markers(merging)
    merge_transitions(merging)
    merging.report.finish()
    plan, notes = merging.draft.finish(editor)
    report = merging.report
    return Merge(
        cut=apply_plan(editor, plan),
        plan=plan,
        notes=notes,
        requests=tuple(report.requests),
        conflicts=tuple(report.conflicts),
        removed=tuple(report.removals),
    )


def _prepared(base: Cut, editor: Cut, canvas: Cut, choices: Mapping[str, Choice]) -> Merging:
    sides = CutSide.of("base", base), CutSide.of("editor", editor), CutSide.of("canvas", canvas)
    by_editor = _lineage(sides[0], sides[1])
    same = editor is canvas or editor == canvas
    by_canvas = by_editor if same else with_successors(sides[0], sides[2], _lineage(sides[0], sides[2]))
    check_project(sides[0], sides[1], by_editor)
    check_project(sides[0], sides[2], by_canvas)
    check_ancestor(*sides)
    report, draft = Report(*sides, choices, {"editor": by_editor, "canvas": by_canvas}), Draft(sides[1])
    moved = moved_on(sides[0], sides[2], by_canvas)
    keys = Keys.of(sides[0], sides[1], by_editor), Keys.of(sides[0], sides[2], by_canvas)
    return Merging(*sides, by_editor=by_editor, by_canvas=by_canvas, moved=moved, report=report, draft=draft, keys=keys)


def _lineage(base: CutSide, side: CutSide) -> Lineage:
    if base.cut is side.cut or base.cut == side.cut:
        return Lineage.unchanged(base)
    found = Lineage.build(base, side, identify(base.cut, side.cut))
    for sift in (without_pieces_of_whole, without_idle_doubts, without_hollow_matches):
        found = sift(base, side, found)
    return found


def _cleared(merging: Merging) -> Bench:
    """The editor's cut with what was chosen to go taken out: room for what comes."""
    bench = Bench(merging.editor.cut)
    for address in merging.draft.deleted:
        bench.delete(address)
    return bench
