"""A round trip in words, and which shot and take an entry is about. No window.

Shots are 80 frames from source frame 40, handed over with 12 frames of handles: a take's frame 12 is the clip's head.
"""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from tests.support.panel_trip import (
    canvas,
    conflict,
    edit,
    link,
    made_take,
    past_trip,
    price,
    removed,
    request,
    seen,
    trip,
)

from takebridge.client.replies import Status, StatusExchange
from takebridge.cut.report_types import EditEntry
from takebridge.ids import NodeId, TakeId
from takebridge_resolve.panel.plan_lines import Purse
from takebridge_resolve.panel.trip_calls import left_open, only_folder
from takebridge_resolve.panel.trip_model import EditsModel, HistoryModel
from takebridge_resolve.panel.trip_sides import (
    Place,
    canvas_take,
    link_of,
    offset_of,
    picture,
    place_of,
    shown_by,
    takes_named,
)
from takebridge_resolve.panel.trip_takes import consent_words, take_lines, takes_hindrance
from takebridge_resolve.panel.trip_words import (
    apply_words,
    canvas_did,
    changes_after,
    choice_words,
    cut_off_words,
    failed_words,
    headline,
    later_words,
    outcome_words,
    own_hint,
    own_notes,
    picks_of,
    preselected,
    price_words,
    progress_words,
    removed_words,
    reshape_words,
    result_words,
    same_plan,
    sent_choices,
    state_words,
    steps_for,
    to_you,
    why_not_apply,
    you_did,
)

LINKS = [link(number) for number in range(1, 6)]
BY_ID = {str(one.id): one for one in LINKS}
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def you(entry: EditEntry) -> str:
    return you_did(entry, BY_ID, canvas())


# --- what you did, in frames


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        ({}, "left it as it was"),
        ({"head": 3, "tail": 4}, "trimmed the head 3 frames and the tail 4 frames"),
        ({"head": 12}, "trimmed the head 12 frames"),
        ({"tail": -1}, "extended the tail 1 frame"),
        ({"head": -6, "tail": 6}, "slipped it 6 frames earlier in its source"),
        ({"head": 6, "tail": -6}, "slipped it 6 frames later in its source"),
        ({"head": 5, "tail": -2}, "trimmed the head 5 frames and extended the tail 2 frames"),
        ({"track": 1}, "left it as it was and moved it to V2"),
    ],
)
def test_what_you_did_is_said_in_frames(moved: dict[str, int], words: str) -> None:
    assert you(edit(1, **moved)) == words


def test_a_take_made_from_a_longer_push_is_counted_from_where_that_begins() -> None:
    """The source take says which source frame its first one is: 20 frames of handles here, not the link's 12."""
    reel = canvas()
    pushed = made_take("pushed_long", NodeId("source_1"), 2, 1)
    output = pushed.outputs["video"].model_copy(update={"facts": {"given_start_frame": 20}})
    pushed = pushed.model_copy(update={"outputs": {"video": output}})
    recipe = {"kind": "video_edit", "semantic_version": 1, "params": {}}
    fed = {"port": "source", "rank": 0, "take": pushed.id, "content": output.content}
    made = made_take("take_1", NodeId("node_1"), 3, 41)
    made = type(made).model_validate({**made.model_dump(), "recipe": {**recipe, "inputs": [fed]}})
    reel = reel.with_take(pushed).model_copy(update={"takes": {**reel.takes, pushed.id: pushed, made.id: made}})
    assert offset_of(made, link(1), reel) == 20
    # Frames 23 to 92 of the take; with 20 frames before it the clip was 20 to 100 there.
    entry = edit(1, head=11)
    assert you_did(entry, BY_ID, reel) == "trimmed the head 3 frames and the tail 8 frames"
    shown = shown_by(entry)
    assert shown is not None and (shown.start, shown.end) == (23, 92)


def test_other_rates_compare_lengths_alone() -> None:
    other = link(1).model_copy(update={"media_rate": "30000/1001"})
    assert you_did(edit(1, head=3, tail=4), {"link_1": other}, canvas()) == "made it 7 frames shorter"
    assert you_did(edit(1), {"link_1": other}, canvas()) == "left its length"


def test_what_is_not_known_is_not_guessed() -> None:
    entry = edit(1).model_copy(update={"operations": [{"op": "rename", "name": "x"}]})
    assert you(entry) == "–"
    assert you(entry.model_copy(update={"editor": None})) == "it is not in your timeline"
    assert you(entry.model_copy(update={"base": None})) == "you added it"


def test_what_the_canvas_did_ends_with_the_length_it_gives_the_clip() -> None:
    assert canvas_did(edit(1, head=3, tail=4)) == "Shows SH_0410 take 3, as on the canvas (73 frames)"
    plain = edit(1).model_copy(update={"operations": [], "text": "Carries the canvas's stamp."})
    assert canvas_did(plain) == "Carries the canvas's stamp"


def test_fractions_of_a_frame_are_said_as_such() -> None:
    assert reshape_words(Fraction(1, 2), Fraction(0)) == "trimmed the head 1/2 frames"


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("The editor deleted it; the canvas shows SH080 take 1 there now.", "You deleted it; the canvas shows"),
        ("The editor shows A.mov here, the canvas B.", "You show A.mov here, the canvas B."),
        ("The canvas trimmed it; the editor's timing stands.", "The canvas trimmed it; your timing stands."),
        ("A copy the editor made still shows X", "A copy you made still shows X"),
        ("The canvas no longer has it; the editor's cut does.", "The canvas no longer has it; yours does."),
        ("Clips the editor has in the cut itself", "Clips you have in the cut itself"),
    ],
)
def test_the_editor_is_you(said: str, heard: str) -> None:
    assert to_you(said).startswith(heard)


# --- head, counts, buttons


def test_the_headline_counts_and_leaves_out_what_there_is_none_of() -> None:
    found = trip(edits=[edit(1), edit(2), edit(4)], conflicts=[conflict(3)])
    assert headline(found) == "3 changes · 1 conflict"
    assert headline(trip(requests=[request()])) == "1 request for takes"
    assert headline(trip()) == "Nothing to change"


def test_nothing_is_picked_where_both_sides_count_and_a_single_way_is() -> None:
    assert preselected(conflict(3, "content", "editor", "canvas", "both")) is None
    assert preselected(conflict(3, "time", "editor")) == "editor"
    assert picks_of(conflict(3, "content", "editor", "canvas", "both")) == ("editor", "canvas", "both", "later")


@pytest.mark.parametrize(
    ("choice", "what", "name"),
    [
        ("editor", "content", "Keep timeline"),
        ("canvas", "deleted_by_editor", "Use canvas"),
        ("both", "content", "Keep both"),
        ("later", "time", "Decide later"),
    ],
)
def test_every_choice_has_a_name_and_a_meaning(choice: Any, what: str, name: str) -> None:
    found, meaning = choice_words(choice, what)
    assert found == name and meaning


def test_apply_counts_the_decisions_for_the_canvas_that_the_plan_does_not_hold_yet() -> None:
    found = trip(edits=[edit(1), edit(2)], conflicts=[conflict(3), conflict(5, "deleted_by_editor")])
    ids = [one.id for one in found.conflicts]
    assert changes_after(found, {}, {ids[0]: "editor", ids[1]: "later"}) == 2
    assert changes_after(found, {}, {ids[0]: "canvas", ids[1]: "both"}) == 4
    assert changes_after(found, {ids[0]: "canvas"}, {ids[0]: "canvas", ids[1]: "editor"}) == 2
    assert apply_words(3, folder=False) == "Apply 3 changes"
    assert apply_words(1, folder=True) == "Write the merged cut · 1 change"
    assert apply_words(0, folder=False) == "Agree: nothing to change"


def test_what_is_decided_later_counts_as_chosen_and_is_not_sent() -> None:
    found = trip(conflicts=[conflict(3), conflict(5)])
    first, second = (one.id for one in found.conflicts)
    assert why_not_apply(found, {first: "canvas"}) == "1 conflict still to decide."
    picked: dict[str, Any] = {first: "canvas", second: "later"}
    assert why_not_apply(found, picked) == ""
    assert sent_choices(picked) == {first: "canvas"}
    nothing_apart = later_words(picked, 0, 1)
    assert nothing_apart.startswith("1 conflict left for later, so the round trip waits:")
    assert nothing_apart.endswith("1 change waits for the decision.") and "can go in now" not in nothing_apart
    assert "2 takes touch no conflict and can go in now" in later_words(picked, 2, 0)
    assert later_words({first: "editor"}, 2, 0) == ""


def test_prices_of_takes() -> None:
    assert price_words(price()) == "1 take · $1.40 – $3.20 · usually 60 s – 2 min"
    assert price_words(price(0, 0)) == "1 take · free · usually 60 s – 2 min"
    assert price_words(price(None, None, 2)) == "2 takes · price unknown · usually 60 s – 2 min"
    assert price_words(None) == price_words(price(jobs=0)) == ""


def test_two_looks_are_one_plan_only_if_they_would_do_the_same() -> None:
    one = trip(edits=[edit(1, head=3)], notes=["A note."])
    assert same_plan(one, trip(edits=[edit(1, head=3)]))
    assert not same_plan(one, trip(edits=[edit(1, head=4)]))
    assert not same_plan(one, trip(edits=[edit(1, head=3)], conflicts=[conflict(3)]))
    assert not same_plan(one, trip(edits=[edit(1, head=3)], timeline="Another"))
    assert not same_plan(trip(price=price()), trip(price=price(high=9_000_000)))


# --- how it ended


@pytest.mark.parametrize(
    ("outcome", "more", "start", "tone", "result"),
    [
        ("applied", {}, "Done. “REEL 2 v14” is the merged cut", "good", "Verified"),
        ("applied", {"answer": "/x.otio"}, "The merged cut is written.", "good", "Written, not confirmed"),
        ("nothing", {}, "Both sides agree.", "good", ""),
        ("undecided", {"undecided": ["a"]}, "Nothing was changed: 1 conflict waits", "warning", "Not applied"),
        ("waiting", {}, "Takes are being made.", "warning", "Not applied"),
        ("base_kept", {}, "This cut is the base now.", "good", ""),
        ("no_base", {}, "This timeline has no base yet", "warning", ""),
    ],
)
def test_every_outcome_has_its_words(outcome: str, more: dict[str, Any], start: str, tone: str, result: str) -> None:
    words, heard = outcome_words(trip(outcome, **more))
    assert words.startswith(start) and heard == tone
    assert result_words(trip(outcome, **more)).startswith(result)


def test_what_failed_is_not_applied_and_what_was_cut_off_is_not_confirmed() -> None:
    assert failed_words("A track is locked.", None) == "Not applied: A track is locked."
    assert failed_words("Gone.", past_trip(state="applying", done=2)) == "Placed, not confirmed"
    assert failed_words("Gone.", past_trip(state="applying", done=0)) == "Not confirmed"


def test_a_trip_that_did_not_end_is_found_and_told() -> None:
    cut = past_trip("t2", "applying", done=2, ended_at="", copy_name="A copy")
    assert left_open([past_trip(), cut]) is cut
    assert left_open([past_trip(), past_trip(state="left")]) is None
    assert cut_off_words(cut) == (
        "A round trip of “REEL 2 v14” did not end: 2 of 5 steps are done. The safety copy “A copy” is there."
    )


def test_commands_are_told_as_this_panels_buttons() -> None:
    hint = "Open it again. Then 'takebridge roundtrip --resume' finishes the trip or undoes it."
    assert own_hint(hint) == "Open it again. Then “Finish or undo” ends the trip."
    assert own_hint("Start from it as it is now: takebridge roundtrip --new-base").endswith("“Make this cut the base”")
    assert own_notes(["'takebridge roundtrip --resume' ends it.", "The editor has it twice."]) == ["You have it twice."]


def test_steps_to_bring_a_written_cut_in_name_the_file() -> None:
    assert steps_for("/x/cut.otio")[0] == "The merged cut: /x/cut.otio"
    assert len(steps_for("/x/cut.otio")) == 4


def test_progress() -> None:
    assert progress_words(2, 5, "applying") == "Step 3 of 5"
    assert progress_words(5, 5, "applying") == "Reading the timeline back…"
    assert progress_words(2, 5, "undoing") == "Putting the timeline back as it was…"
    assert state_words(past_trip(state="rolled_back", reason="A track was locked.")).endswith("A track was locked.")


def test_a_folder_host_is_one_without_a_live_agent() -> None:
    watched = StatusExchange(folder="/x")
    assert only_folder(Status(version="1", exchange=watched))
    assert not only_folder(Status(version="1", exchange=watched, hosts=({"host": "resolve"},)))
    assert not only_folder(Status(version="1"))


# --- consent to takes


def test_consent_repeats_count_ceiling_and_what_follows() -> None:
    assert consent_words(price(), 3, None) == "Make 1 take · up to $3.20, then apply 3 changes"
    assert consent_words(price(0, 0), 0, None) == "Make 1 take · free"
    assert consent_words(price(None, None), 1, 5_000_000) == (
        "Make 1 take · price unknown, $5.00 at most, then apply 1 change"
    )


def test_takes_are_held_to_the_budget_and_unknown_prices_to_an_amount() -> None:
    purse = Purse("USD", 18_000_000, 20_000_000)
    over = takes_hindrance(price(), purse, None)
    assert over is not None and (over.words, over.by_micros) == ("Over today's budget by $1.20", 1_200_000)
    assert takes_hindrance(price(high=2_000_000), purse, None) is None
    assert takes_hindrance(price(0, 0), purse, None) is None
    unknown = takes_hindrance(price(None, None), purse, None)
    assert unknown is not None and not unknown.scope
    assert takes_hindrance(price(None, None), purse, 2_000_000) is None
    assert takes_hindrance(price(None, None), Purse("USD"), 2_000_000) is None
    found = {line.title: line.what for line in take_lines(trip(requests=[request()]), price(), purse, 3)}
    assert found["Budget"] == "Today $18.00 of $20.00 → at most $21.20 after this"
    assert found["Then"] == "3 changes on the timeline, once the takes are there"


# --- which shot, which take


def test_an_entry_is_tied_to_its_shot_by_what_it_names() -> None:
    assert takes_named("the canvas SH_0430 take 12.") == [("SH_0430", 12)]
    found = link_of(conflict(3), LINKS)
    assert found is not None and found.id == "link_3"


def test_an_entry_without_a_take_is_tied_by_the_clip_or_its_media() -> None:
    time = conflict(2, "time")
    places = [Place("s1", seen(2))]
    by_clip = link_of(time, LINKS, places)
    assert by_clip is not None and by_clip.id == "link_2"
    by_media = link_of(time, LINKS)
    assert by_media is not None and by_media.id == "link_2"
    twice = [link(2), link(2).model_copy(update={"id": "link_9", "shot": "SH_0490", "clip_key": "clip_9"})]
    assert link_of(time, twice) is None


def test_of_two_clips_of_one_name_none_is_taken_for_the_editors() -> None:
    one, other = seen(3), seen(3).model_copy(update={"clip": "another"})
    assert place_of(conflict(3), [Place("s1", one)]) == Place("s1", one)
    assert place_of(conflict(3), [Place("s1", one), Place("s1", other)]) is None
    elsewhere = other.model_copy(update={"track_index": 2})
    assert place_of(conflict(3), [Place("s1", one), Place("s1", elsewhere)]) == Place("s1", one)
    assert place_of(conflict(3, "deleted_by_editor"), [Place("s1", one)]) is None


def test_the_canvas_shows_the_pinned_take_behind_the_source() -> None:
    take = canvas_take(conflict(3), link(3), canvas())
    assert take is not None and take.id == TakeId("take_3")
    assert picture(take) == f"b3:{43:064x}"
    assert picture(None) is None
    reel = canvas()
    bare = reel.with_node(reel.nodes[NodeId("node_3")].model_copy(update={"pin": None}))
    assert canvas_take(conflict(3), link(3), bare) is None  # what was pushed is not the canvas's answer to it


# --- models


def test_rows_are_what_a_screen_reader_hears(qapp: object) -> None:
    model = EditsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_edits([edit(1, head=3), edit(2)], BY_ID, canvas())
    assert cells(model) == [
        ["SH_0410", "trimmed the head 3 frames", "Shows SH_0410 take 3, as on the canvas (77 frames)"],
        ["SH_0420", "left it as it was", "Shows SH_0420 take 4, as on the canvas (80 frames)"],
    ]
    role = Qt.ItemDataRole.AccessibleTextRole
    heard = "SH_0410. You: trimmed the head 3 frames. Canvas: Shows SH_0410 take 3, as on the canvas (77 frames)"
    assert model.index(0, 0).data(role) == heard
    assert model.index(0, 1).data(role) == "You: trimmed the head 3 frames"
    assert "A003_C001.mov" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    model.show_results("Verified", "fresh")
    assert [row[3] for row in cells(model)] == ["Verified", "Verified"]
    assert model.headerData(3, Qt.Orientation.Horizontal) == "Result"
    model.show_edits([], BY_ID, None)
    assert (model.rowCount(), model.columnCount()) == (0, 3)


def test_the_history_says_how_each_trip_ended(qapp: object) -> None:
    model = HistoryModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_trips([past_trip(), past_trip("t0", "left", done=1, copy_name="A copy", reason="Locked.")], NOW)
    assert [row[2] for row in cells(model)] == [
        "Done · 5 of 5 steps",
        "Left for you to look at. Locked. · 1 of 5 steps · safety copy “A copy”",
    ]
    assert "step 5" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def cells(model: QAbstractItemModel) -> list[list[str]]:
    rows, columns = range(model.rowCount()), range(model.columnCount())
    return [[model.index(row, column).data() for column in columns] for row in rows]


def test_removed_clips_are_told_by_whom() -> None:
    assert removed_words(removed(5)) == "A003_C005.mov: You deleted it."
