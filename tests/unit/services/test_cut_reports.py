"""Reports of diff and merge: the documented fields, in document order, with nothing that changes between runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import jsonschema_rs
import pytest
from tests.support.cut_reports import after, before, changed, clip, compared, cut

from takebridge.cut.edit_types import AddTake, Delete, EditPlan, Import, Place, Reshape
from takebridge.cut.match import Change, CutDiff, Match, Pair
from takebridge.cut.merge_types import Addresses, Conflict, EditNote, Merge, Removed, Request
from takebridge.cut.model import Clip, Media, Span, Take, Track, clips_of
from takebridge.cut.report_types import (
    WORDS,
    ConflictEntry,
    DiffReport,
    MergeReport,
    PairFacts,
    RemovedEntry,
    RequestEntry,
)
from takebridge.services.cut_reports import Document, exact, merge_report, order_of
from takebridge.services.cut_steps import edit_facts
from takebridge_server import cut_schema

ROOT = Path(__file__).resolve().parents[3]


def report() -> dict[str, object]:
    return dict(json.loads(compared().report.model_dump_json()))


# --- diff -------------------------------------------------------------------------------------------------


def test_pairs_stand_in_document_order_of_a_then_what_only_b_has() -> None:
    pairs = compared().report.pairs
    assert [(pair.a, pair.b) for pair in pairs] == [
        (["video", 0, 0], ["video", 0, 0]),
        (["video", 0, 1], ["video", 0, 1]),
        (["video", 0, 2], ["video", 0, 2]),
        (["video", 0, 2], ["video", 0, 3]),
        (["video", 0, 3], None),
        (["video", 1, 1], ["video", 1, 1]),
        (["audio", 0, 0], ["audio", 0, 0]),
        (None, ["video", 0, 4]),
    ]


def test_every_clip_of_both_sides_is_in_a_pair() -> None:
    pairs = compared().report.pairs
    for found, side in ((before(), "a"), (after(), "b")):
        named = {tuple(address) for pair in pairs if (address := getattr(pair, side)) is not None}
        assert named == {address for address, _ in clips_of(found)}


def test_a_pair_has_the_documented_fields() -> None:
    pair = json.loads(compared().report.pairs[1].model_dump_json())
    assert pair == {
        "a": ["video", 0, 1],
        "b": ["video", 0, 1],
        "score": 0.615,
        "ambiguous": True,
        "rivals": [["video", 0, 3]],
        "evidence": ["same file"],
        "changes": ["trimmed_head"],
        "details": [{"word": "trimmed_head", "text": "head trimmed by 12 frames", "frames": -12}],
        "relation": "same",
        "duplicate_of": None,
        "name": "two",
        "record": {"a": [48, 96], "b": [48, 84]},
    }


def test_change_words_are_said_once_in_the_order_of_the_list() -> None:
    piece = compared().report.pairs[2]
    assert piece.changes == ["shifted", "razored"]
    assert [detail.text for detail in piece.details] == ["shifted", "razored in two", "and once more"]
    assert len(WORDS) == 21 == len(set(WORDS))


def test_a_copy_is_added_and_names_its_original() -> None:
    copy = compared().report.pairs[-1]
    assert copy.a is None and copy.changes == ["added"] and copy.duplicate_of == ["video", 0, 0]


def test_the_documents_are_described_without_folders() -> None:
    a = json.loads(compared().report.a.model_dump_json())
    assert a == {
        "name": "Reel",
        "file": "reel_v1.otio",
        "format": "otio",
        "rate": "24000/1001",
        "drop_frame": False,
        "start": 86400,
        "frames": 192,
        "tracks": {"video": 2, "audio": 1, "subtitle": 0},
        "clips": 6,
        "losses": ["2 effects are not compared"],
    }


def test_the_summary_counts_a_ripple_apart_from_changes() -> None:
    counts = compared().report.summary
    # one and its sound; the title; two, both pieces of three, four, new
    assert (counts.unchanged, counts.shifted, counts.changed, counts.pairs) == (2, 1, 5, 8)
    assert counts.ambiguous == 1
    assert counts.words == {"added": 1, "removed": 1, "shifted": 2, "trimmed_head": 1, "razored": 2}


@pytest.mark.parametrize(
    ("value", "said"), [(3, 3), (Fraction(6, 2), 3), (Fraction(7, 2), "7/2"), (Fraction(-1, 3), "-1/3"), (0, 0)]
)
def test_frames_are_whole_numbers_or_exact_fractions(value: int | Fraction, said: int | str) -> None:
    assert exact(value) == said and type(exact(value)) is type(said)


def test_document_order_puts_video_before_sound_and_a_nest_before_what_is_in_it() -> None:
    ordered = [("video", 0, 2), ("video", 0, 2, 0, 1), ("video", 0, 10), ("video", 1, 0), ("audio", 0, 0)]
    assert sorted([ordered[at] for at in (3, 1, 4, 2, 0)], key=order_of) == ordered  # type: ignore[arg-type]


def test_half_surrogate_pairs_of_a_document_do_not_reach_the_json() -> None:
    odd = cut("Re\ud800el", Track("video", (clip("o\udc00ne", 0, 48),)))
    found = CutDiff((Pair(Match(("video", 0, 0), ("video", 0, 0), "same", 1), (Change("renamed", "was \ud800"),)),))
    text = compared(odd, odd, found).report.model_dump_json()
    assert json.loads(text)["a"]["name"] == "Re?el" and text.encode("utf-8")


def test_an_empty_pair_of_cuts_is_a_report_too() -> None:
    found = compared(cut("A"), cut("B"), CutDiff(())).report
    assert found.pairs == [] and found.summary.pairs == 0


# --- merge ------------------------------------------------------------------------------------------------

V0, V2, A0 = ("video", 0, 0), ("video", 0, 2), ("audio", 0, 0)


def merged() -> MergeReport:
    take = Take("t2", Media("take2.mov", "/takes/take2.mov"), Span(0, 48), "take 2")
    plan = EditPlan((Import(Media("take2.mov", "/takes/take2.mov")), AddTake(V0, take), Delete(V2)))
    late, early = Addresses(V2, V2, V2), Addresses(V0, V0, V0, (("editor", A0), ("base", A0), ("editor", V0)))
    found = Merge(
        before(),
        plan,
        notes=(EditNote("three", late, "deleted", (2,)), EditNote("one", early, "gets take 2", (0, 1))),
        requests=(Request("one", early, "media", "tail", Fraction(29, 2), "needs 14½ more frames at the tail"),),
        conflicts=(
            Conflict("video-0-2", "three", late, "dropped_by_canvas", "dropped", ("editor", "canvas"), "editor"),
        ),
        removed=(Removed("gone", Addresses(None, None, ("video", 0, 9)), "editor", "the editor deleted it"),),
    )
    base = Document(before(), "base.otio", "otio")
    names = ("editor.xml", "canvas.otio", "out.otio")
    return merge_report(base, *(replace(base, file=name) for name in names), found)  # type: ignore[arg-type]


def test_merge_entries_stand_in_document_order_with_their_steps() -> None:
    edits = json.loads(merged().model_dump_json())["edits"]
    assert [entry["name"] for entry in edits] == ["one", "three"]
    assert [step["op"] for step in edits[0]["operations"]] == ["import", "add_take"]
    assert edits[1]["operations"] == [{"op": "delete", "clip": ["video", 0, 2]}]


def test_a_merge_entry_names_all_sides_and_every_clip_it_covers() -> None:
    request = json.loads(merged().requests[0].model_dump_json())
    assert request["base"] == request["editor"] == request["canvas"] == ["video", 0, 0]
    assert request["covers"] == {
        "base": [["video", 0, 0], ["audio", 0, 0]],
        "editor": [["video", 0, 0], ["audio", 0, 0]],
        "canvas": [["video", 0, 0]],
    }
    assert (request["edge"], request["needs_frames"], request["kind"]) == ("tail", "29/2", "media")


def test_conflicts_have_choices_and_what_is_removed_says_by_whom() -> None:
    [conflict], [gone] = merged().conflicts, merged().removed
    assert conflict.id == "video-0-2" and conflict.choices == ["editor", "canvas"] and conflict.chosen == "editor"
    assert gone.base is None and gone.editor is None and gone.canvas == ["video", 0, 9] and gone.by == "editor"
    assert gone.covers.canvas == [["video", 0, 9]]


def test_the_merge_summary_counts_entries_and_steps() -> None:
    counts = merged().summary
    assert (counts.edits, counts.steps, counts.requests, counts.conflicts, counts.removed) == (2, 3, 1, 1, 1)


def test_steps_say_what_they_do_in_plain_values() -> None:
    reshape = Reshape(V0, "video", 0, Span(0, 24), Span(Fraction(1, 2), 24), Fraction(-1, 2))
    assert edit_facts(reshape) == {
        "op": "reshape",
        "clip": ["video", 0, 0],
        "kind": "video",
        "track": 0,
        "record": [0, 24],
        "source": ["1/2", 24],
        "speed": "-1/2",
    }
    nest = Clip("nest", Span(0, 192), inner=before(), enabled=False, extras={"otio": {"deep": 1}})
    placed = edit_facts(Place("new", "video", 0, nest))["clip"]
    assert isinstance(placed, dict)
    assert placed["inner"] == {"name": "Reel", "rate": "24000/1001", "frames": 192}
    assert placed["enabled"] is False and "extras" not in placed


# --- the page of the documentation ------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "cuts.md").read_text("utf-8")


def test_the_examples_of_the_page_fit_the_schema() -> None:
    diff, request = (json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", PAGE, re.M | re.S))
    assert jsonschema_rs.validator_for(cut_schema.report_schema("diff")).is_valid(diff)
    assert RequestEntry.model_validate(request).model_dump(mode="json") == request


def test_the_page_explains_every_word_and_every_field() -> None:
    fields = {name for model in (PairFacts, ConflictEntry, RequestEntry, RemovedEntry) for name in model.model_fields}
    fields |= DiffReport.model_fields.keys() | MergeReport.model_fields.keys() | {"operations", "losses"}
    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`\n]+)`", PAGE) + re.findall(r'"(\w+)":', PAGE))))
    assert fields - told - {"requests", "conflicts", "removed", "text"} == set()
    assert set(WORDS) <= told


# --- the schema, and sameness -----------------------------------------------------------------------------


def test_the_schema_files_are_current() -> None:
    assert cut_schema.main(["--check"]) == 0


def test_check_tells_a_stale_schema_from_a_current_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--out", str(tmp_path)]
    assert cut_schema.main(["--check", *at]) == 1 and "cut_schema" in capsys.readouterr().err
    assert cut_schema.main(at) == 0 == cut_schema.main(["--check", *at])
    (tmp_path / "diff.schema.json").write_text("{}")
    assert cut_schema.main(["--check", *at]) == 1


@pytest.mark.parametrize(("command", "made"), [("diff", lambda: compared().report), ("merge", merged)])
def test_reports_fit_the_schema_and_what_is_misspelt_does_not(command: str, made: object) -> None:
    value = json.loads(made().model_dump_json())  # type: ignore[operator]
    check = jsonschema_rs.validator_for(cut_schema.report_schema(command))
    assert not list(map(str, check.iter_errors(value)))
    assert not check.is_valid({**value, "extra": 1})
    value["summary"].pop("changed" if command == "diff" else "edits")
    assert not check.is_valid(value)


def test_reports_are_the_same_bytes_in_processes_that_hash_differently() -> None:
    script = "from tests.support.cut_reports import compared; print(compared().report.model_dump_json())"
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1 and said == {(compared().report.model_dump_json() + "\n").encode()}


def test_the_order_in_which_pairs_were_found_does_not_matter() -> None:
    found = changed()
    backwards = replace(found, pairs=found.pairs[::-1])
    assert compared(found=backwards).report == compared().report
