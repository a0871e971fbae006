"""Comments, shots and the storyboard against the whole bridge: over HTTP, live, and on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest
from PIL import Image
from tests.support.canvases import add, wire
from typer.testing import CliRunner

from takebridge.canvas.ops import MoveNode, RemoveNode
from takebridge.client.api import Api
from takebridge.client.comment_types import CommentChanged, CommentRemoved
from takebridge.client.http import BridgeClient
from takebridge.client.live import Live, LiveEvent
from takebridge.client.replies import read
from takebridge.errors import BridgeError, NotFoundError, PreconditionError, UnknownNodeError, UsageError
from takebridge.ids import CanvasId, NodeId, OpId
from takebridge_server.cli import app

SHOT, EXPORT = NodeId("one"), NodeId("export")
HOSTILE = "<img src=x onerror=alert(1)>\n\u202egnp.exe שלום"


@pytest.fixture
def api(client: BridgeClient) -> Api:
    return Api(client)


@pytest.fixture
def canvas(api: Api) -> CanvasId:
    """Three shots in an export, the first two with stills of their own colour; the third has no take."""
    return api.create_canvas("The Last Ferry").canvas.id


@pytest.fixture
def film(api: Api, canvas: CanvasId, tmp_path: Path) -> list[NodeId]:
    """Two stills and a film without a take, wired into an export in this order; a reference feeds the film."""
    stills = []
    for name, colour in (("S01A Deck", "firebrick"), ("S01B Letter", "navy")):
        Image.new("RGB", (320, 180), colour).save(tmp_path / f"{name}.png")
        stills.append(api.add_reference(canvas, tmp_path / f"{name}.png"))
    third = NodeId("third")
    api.apply(
        canvas,
        [
            add("video", "third", prompt="The cap, wet, held out to her.", duration_ms=1500),
            add("nle_export", "export"),
            *(wire(f"{node}.image", "export.clips") for node in stills),
            wire("third.video", "export.clips"),
            wire(f"{stills[0]}.image", "third.references"),
        ],
    )
    return [*stills, third]


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["code"])


@pytest.fixture
def http(client: BridgeClient) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {client.address.token}", "X-TakeBridge": "1"}
    with httpx.Client(base_url=client.address.url, headers=headers, timeout=60, trust_env=False) as made:
        yield made


# --- comments -------------------------------------------------------------------------------------------


def test_a_thread_from_its_first_word_to_its_last(api: Api, canvas: CanvasId) -> None:
    api.apply(canvas, [add("video", "one")])
    root = api.comment(canvas, SHOT, HOSTILE, author="Ada")
    answer = api.comment(canvas, SHOT, "Yes", parent=root.id, author="Bob")
    assert (root.text, root.author, root.person, answer.parent) == (HOSTILE, "Ada", "", root.id)
    settled = api.change_comment(canvas, root.id, resolved=True, author="Bob")
    assert settled.resolved_at and settled.resolved_by == "Bob"
    edited = api.change_comment(canvas, root.id, text="Shorter", resolved=False, author="Ada")
    assert (edited.text, edited.resolved_at, bool(edited.edited_at)) == ("Shorter", None, True)
    api.apply(canvas, [RemoveNode(node=SHOT)])
    assert [one.id for one in api.comments(canvas)] == [root.id, answer.id]
    assert api.remove_comment(canvas, root.id, author="Ada").id == root.id
    assert [(one.id, one.parent) for one in api.comments(canvas)] == [(answer.id, None)]


def test_words_of_others_are_theirs(api: Api, canvas: CanvasId, http: httpx.Client) -> None:
    api.apply(canvas, [add("video", "one")])
    one = api.comment(canvas, SHOT, "Mine", author="Ada")
    path = f"/api/canvases/{canvas}/comments/{one.id}"
    assert refused(http.patch(path, json={"text": "Not mine", "author": "Bob"})) == (403, "not_allowed")
    assert refused(http.delete(path, params={"author": "Bob"})) == (403, "not_allowed")
    assert [found.text for found in api.comments(canvas)] == ["Mine"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "x"}, 422),
        ({"node": "one", "text": ""}, 422),
        ({"node": "one", "text": " \n "}, 422),
        ({"node": "one", "text": "x" * 100_000}, 422),
        ({"node": "one", "text": "x", "frame": 1}, 422),
        ({"node": "one", "text": "x", "frame": 1.5}, 422),
        ({"node": "one", "text": "x", "unknown": 1}, 422),
        ({"node": "one", "text": "x", "author": "two\nlines"}, 422),
        ({"node": "ghost", "text": "x"}, 404),
        ({"node": "one", "text": "x", "take": "ghost"}, 404),
        ({"node": "one", "text": "x", "parent": "ghost"}, 404),
    ],
)
def test_bad_comments_are_refused_in_words(
    api: Api, canvas: CanvasId, http: httpx.Client, body: dict[str, Any], status: int
) -> None:
    api.apply(canvas, [add("video", "one")])
    answer = http.post(f"/api/canvases/{canvas}/comments", json=body)
    assert answer.status_code == status and answer.json()["message"] and answer.json()["hint"], answer.text
    assert "xxxx" not in answer.text and api.comments(canvas) == []


def test_everybody_on_the_canvas_hears_of_it(api: Api, client: BridgeClient, canvas: CanvasId) -> None:
    other = api.create_canvas("Another film").canvas.id
    for one in (canvas, other):
        api.apply(one, [add("video", "one")])
    with Live(client, topics=["comment"], canvases=[canvas], patience=0) as live:
        api.comment(other, SHOT, "Not for them")
        said = api.comment(canvas, SHOT, HOSTILE)
        api.remove_comment(canvas, said.id)
        heard: list[LiveEvent] = []
        for message in live:
            heard += [message] if isinstance(message, LiveEvent) else []
            if len(heard) == 2:
                break
    assert [event.topic for event in heard] == ["comment.changed", "comment.removed"]
    assert read(CommentChanged, heard[0].data).comment == said
    assert read(CommentRemoved, heard[1].data) == CommentRemoved(canvas=canvas, id=said.id)


# --- shots and their order ------------------------------------------------------------------------------


def test_the_film_is_read_put_in_another_order_and_undone(api: Api, canvas: CanvasId, film: list[NodeId]) -> None:
    found = api.shots(canvas)
    assert [shot.node for shot in found] == film and [shot.rank for shot in found] == [0, 1, 2]
    assert [shot.title for shot in found] == ["S01A Deck", "S01B Letter", "third"]
    # Stills last 48 frames; 1.5 s at 24 are 36.
    assert [shot.length.words for shot in found] == ["2 s 00 f", "2 s 00 f", "1 s 12 f"]
    assert [shot.length.start for shot in found] == [0, 48, 96]
    assert [bool(shot.still) for shot in found] == [True, True, False]
    wanted = [film[2], film[0], film[1]]
    before = api.canvas(canvas).rev
    done = api.order_shots(canvas, EXPORT, wanted, author="Ada", op_id=OpId("order-1"))
    assert [shot.node for shot in api.shots(canvas, EXPORT)] == wanted and done.rev > before
    assert {one.op.op for one in api.ops_since(canvas, done.epoch, before).ops} == {"reorder"}
    # An answer that was lost is asked for again, though somebody else has moved shots meanwhile.
    api.order_shots(canvas, EXPORT, film, author="Bob")
    again = api.order_shots(canvas, EXPORT, wanted, author="Ada", op_id=OpId("order-1"))
    assert [shot.node for shot in api.shots(canvas)] == film and again.rev == api.canvas(canvas).rev
    api.undo(canvas, author="Bob")
    assert [shot.node for shot in api.shots(canvas)] == wanted
    api.undo(canvas, author="Ada")
    assert [shot.node for shot in api.shots(canvas)] == film


def test_an_order_of_other_shots_changes_nothing(api: Api, canvas: CanvasId, film: list[NodeId]) -> None:
    rev = api.canvas(canvas).rev
    wrong: list[tuple[NodeId, list[NodeId], type[BridgeError]]] = [
        (EXPORT, film[:2], PreconditionError),
        (EXPORT, [*film, film[0]], PreconditionError),
        (EXPORT, [film[0], film[1], NodeId("ghost")], UnknownNodeError),
        (film[2], film, UsageError),
        (NodeId("ghost"), film, UnknownNodeError),
    ]
    for export, nodes, error in wrong:
        with pytest.raises(error):
            api.order_shots(canvas, export, nodes)
    assert api.canvas(canvas).rev == rev and [shot.node for shot in api.shots(canvas)] == film
    for ask in (api.shots, api.reference_uses, api.storyboard):
        with pytest.raises(UnknownNodeError):
            ask(canvas, NodeId("ghost"))
        with pytest.raises(NotFoundError):
            ask(CanvasId("ghost"))


def test_where_references_are_used(api: Api, canvas: CanvasId, film: list[NodeId]) -> None:
    first, second = api.reference_uses(canvas)
    assert [(use.node, use.port) for use in first.used_by] == [(EXPORT, "clips"), ("third", "references")]
    assert [shot.node for shot in first.shots] == [film[0], film[2]]
    assert [shot.node for shot in second.shots] == [film[1]] and first.content != second.content


# --- the storyboard -------------------------------------------------------------------------------------


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        found.append(" ".join(text.get_text_range().split()))
        text.close()
        page.close()
    document.close()
    return found


def test_the_storyboard_has_every_shot_with_its_picture(api: Api, canvas: CanvasId, film: list[NodeId]) -> None:
    pdf, losses = api.storyboard(canvas, date="2026-11-22")
    [text] = pages(pdf)
    assert losses == ()
    for words in ("The Last Ferry", "3 shots · 5 s 12 f", "2026-11-22", "1 S01A Deck", "2 S01B Letter", "3 third"):
        assert words in text, text
    assert text.count("No take yet") == 1 and "The cap, wet, held out to her." in text
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    bitmap = page.render(scale=1)
    colours = {colour for _, colour in bitmap.to_pil().convert("RGB").getcolors(1 << 20)}
    for shown in ((178, 34, 34), (0, 0, 128)):  # firebrick and navy, as CSS names them
        assert any(max(abs(a - b) for a, b in zip(shown, one, strict=True)) < 12 for one in colours)
    for held in (bitmap, page, document):
        held.close()
    assert api.storyboard(canvas, date="2026-11-22")[0] == pdf
    assert len(pages(api.storyboard(canvas, per_page=1)[0])) == 3


def test_a_picture_that_is_gone_is_said(api: Api, canvas: CanvasId, film: list[NodeId], home: Path) -> None:
    name = api.shots(canvas)[0].still.removeprefix("b3:")
    kept = [path for path in home.rglob(f"{name}*") if path.is_file()]
    assert kept
    for path in kept:
        path.unlink()
    pdf, losses = api.storyboard(canvas)
    assert losses == ("“S01A Deck”: the picture is not in the media store any more.",)
    assert "The picture is not in the media store" in pages(pdf)[0]


def test_bad_questions_about_a_storyboard(http: httpx.Client, canvas: CanvasId) -> None:
    path = f"/api/canvases/{canvas}/storyboard.pdf"
    for query in ("per_page=0", "per_page=13", "date=22.11.2026", "date=2026-13-01", "pages=2", "export="):
        assert refused(http.get(f"{path}?{query}")) == (422, "invalid_request"), query
    assert refused(http.get(f"{path}?date=2026-02-31")) == (400, "usage")
    whole = http.get(path)
    assert whole.headers["content-type"] == "application/pdf" and whole.content.startswith(b"%PDF-")
    assert whole.headers["content-disposition"].startswith("attachment")
    assert json.loads(whole.headers["x-takebridge-losses"]) == []


# --- the command line -----------------------------------------------------------------------------------


def run(*args: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*map(str, args)])
    return done.exit_code, done.output


def test_comments_on_the_command_line(api: Api, canvas: CanvasId, home: Path) -> None:
    api.apply(canvas, [add("video", "one"), MoveNode(node=SHOT, x=1, y=1)])
    where = ("--canvas", canvas, "--home", home)
    code, said = run("comments", "add", "one", f"\x1b[2J{HOSTILE}", "--author", "Ada", "--json", *where)
    assert code == 0
    one = json.loads(said)["id"]
    assert run("comments", "reply", one[:14], "Yes", "--author", "Bob", *where)[0] == 0
    code, shown = run("comments", *where)
    assert code == 0 and "onerror" in shown and "answer" in shown
    assert "\x1b[2J" not in shown and "\u202e" not in shown
    assert run("comments", "edit", one, "Not mine", "--author", "Bob", *where)[0] == 1
    assert run("comments", "resolve", one, *where)[0] == 0
    assert "1 settled" in run("comments", *where)[1] and "onerror" not in run("comments", *where)[1]
    assert "settled by" in run("comments", "--all", "--node", "one", *where)[1]
    assert run("comments", "resolve", one, "--reopen", *where)[0] == 0
    assert run("comments", "remove", one, "--author", "Ada", *where)[0] == 0
    assert [found.text for found in api.comments(canvas)] == ["Yes"]
    code, told = run("comments", "remove", "comment_ghost", *where)
    assert code == 1 and "no comment" in told


def test_a_storyboard_on_the_command_line(canvas: CanvasId, film: list[NodeId], home: Path, tmp_path: Path) -> None:
    where = ("--canvas", canvas, "--home", home)
    out, own = tmp_path / "board.pdf", tmp_path / "mine.pdf"
    own.write_bytes(b"%PDF-1.7 of somebody else")
    code, told = run("storyboard", "export", "--out", out, "--date", "2026-11-22", *where)
    assert code == 0, told
    assert "2026-11-22" in pages(out.read_bytes())[0]
    code, told = run("storyboard", "--out", out, "--per-page", "1", "--json", *where)
    assert code == 0 and json.loads(told)["losses"] == [] and len(pages(out.read_bytes())) == 3
    assert run("storyboard", "--out", own, *where)[0] == 1 and own.read_bytes().endswith(b"else")
    assert run("storyboard", "--out", tmp_path / "nowhere" / "b.pdf", *where)[0] == 1
    assert run("storyboard", "--out", tmp_path, *where)[0] == 1
    assert {path.name for path in tmp_path.iterdir()} >= {"board.pdf", "mine.pdf"}
    assert not list(tmp_path.glob("*.part*"))
