"""Tables for people: they fit into 80 columns, and short ids stand for one thing each."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console, RenderableType

from takebridge_server import show_canvas, show_jobs
from takebridge_server.short_ids import shortened, whole_id

CONTENT = "b3:" + "0" * 64


def drawn(what: RenderableType) -> list[str]:
    out = StringIO()
    Console(file=out, width=80, no_color=True).print(what)
    return out.getvalue().splitlines()


def job(number: int, **facts: Any) -> dict[str, Any]:
    known = {"job": f"job_{number:08x}{'f' * 24}", "node": "n", "model": "local/previz-image", "take": None}
    return {**known, "state": "done", "status": "PendingReview", "done": 366, "total": 366, "error": None, **facts}


def test_jobs_say_whose_they_are_in_whole_words_at_80_columns() -> None:
    lines = drawn(show_jobs.jobs([job(1), job(2, node="gone")], {"n": "S02C The cap comes back"}))
    first = next(line for line in lines if line.startswith("job_00000001"))
    assert "local/previz-image" in first and "PendingReview" in first and "S02C" in first
    assert any(line.startswith("job_00000002  a node that is") for line in lines)


def test_a_tray_of_stills_fits_into_80_columns() -> None:
    facts = {"width": 1280, "height": 720}
    output = {"content": CONTENT, "facts": facts}
    takes = [
        {
            "id": f"take_{number:08x}{'e' * 24}",
            "node_id": "n",
            "seq": number,
            "origin": "generated",
            "outputs": {"image": output},
            "model_requested": "local/previz-image",
            "seed_used": 3_882_371_933,
            "previz": True,
            "rating": "keep" if number == 2 else None,
        }
        for number in (1, 2)
    ]
    found = {"node": "n", "title": "Still", "takes": takes, "pin": takes[0]["id"], "revert": None}
    lines = drawn(show_canvas.tray(found))
    whole = next(line for line in lines if line.startswith("2 "))
    for words in ("previz", "local/previz-image", "3882371933", "1280×720", "keep", "take_0000000"):
        assert words in whole
    assert "best" not in " ".join(lines)  # a column nothing stands in is left out


def test_short_ids_tell_their_ids_apart() -> None:
    near = ["job_89ec8eeb0001", "job_89ec8eeb0002"]
    assert shortened([*near, "job_8a"]) == {near[0]: near[0], near[1]: near[1], "job_8a": "job_8a"}
    assert shortened(["job_89ec8eeb0001", "job_79ec8eeb0001"])["job_89ec8eeb0001"] == "job_89ec8eeb"


def test_a_short_id_means_the_only_one_that_begins_so() -> None:
    ids = ["job_89ec8eeb0001", "job_89ec8eeb0002", "job_79ec8eeb0001"]
    assert whole_id(ids, "job_79ec8eeb") == ids[2]
    assert whole_id(ids, ids[0]) == ids[0]
    assert whole_id(ids, "job_89ec8eeb") is None  # two begin so
    assert whole_id(ids, "job_7") is None  # too short to be meant
