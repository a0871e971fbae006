"""The loss report keeps every loss, counts by construct, and says where."""

from __future__ import annotations

import json

from takebridge_fcpxml import Loss, LossReport
from takebridge_fcpxml.loss import LossLog


def report() -> LossReport:
    log = LossLog()
    for line in (9, 4, 7, 2, 11):
        log.add("dropped", "title", "has no place there", path=f"fcpxml/title[{line}]", line=line)
    log.add("carried", "keyword", "travels as metadata", path="fcpxml/keyword")
    log.add("approximated", "timeMap", "made linear")
    log.extend([Loss("dropped", "caption", "has no place there")])
    return log.report()


def test_a_report_is_true_when_it_holds_losses() -> None:
    assert report()
    assert not LossReport()
    assert len(report()) == 8
    assert len(report() + report()) == 16
    assert [loss.line for loss in report()][:5] == [9, 4, 7, 2, 11]


def test_counts_come_worst_first_and_by_name() -> None:
    assert list(report().counts().items()) == [
        (("dropped", "caption"), 1),
        (("dropped", "title"), 5),
        (("approximated", "timeMap"), 1),
        (("carried", "keyword"), 1),
    ]


def test_rows_name_the_first_places_and_count_the_rest() -> None:
    assert report().rows() == [
        ("dropped", "caption", 1, "has no place there", ""),
        ("dropped", "title", 5, "has no place there", "line 9, line 4, line 7, line 2 and 1 more"),
        ("approximated", "timeMap", 1, "made linear", ""),
        ("carried", "keyword", 1, "travels as metadata", "fcpxml/keyword"),
    ]


def test_only_some_kinds() -> None:
    assert [loss.construct for loss in report().only("approximated", "carried")] == ["keyword", "timeMap"]


def test_json_lists_every_place() -> None:
    entries = json.loads(json.dumps(report().to_json()))
    title = next(entry for entry in entries if entry["construct"] == "title")
    assert title["count"] == 5
    assert [place["line"] for place in title["places"]] == [9, 4, 7, 2, 11]
