"""Comments: where one may be put, who may change it, what happens to threads, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from tests.support.canvases import add, content

from takebridge.canvas.model import Output, Take
from takebridge.canvas.ops import AddTake, RemoveNode, SetTakeHidden
from takebridge.errors import (
    BridgeError,
    InvalidParamError,
    NotFoundError,
    PreconditionError,
    UnknownNodeError,
    UnknownTakeError,
    UsageError,
)
from takebridge.events import Event, EventBus
from takebridge.ids import CanvasId, NodeId, TakeId
from takebridge.nodes.registry import builtin_kinds
from takebridge.services import comments as module
from takebridge.services.comments import LONGEST, Comments, NewComment, NotOwnWordsError, Voice
from takebridge.services.desk import Desk
from takebridge.store.canvases import CanvasStore
from takebridge.store.comments import CommentId, CommentStore
from takebridge.store.database import Database

ADA, BOB = Voice("Ada"), Voice("Bob")
SHOT, STILL = NodeId("shot"), NodeId("still")


def take(node: str, port: str, **facts: int) -> AddTake:
    outputs = {port: Output(content=content(1), facts=facts)}
    made = Take(id=TakeId(f"{node}/1"), node_id=NodeId(node), seq=1, origin="imported", outputs=outputs)
    return AddTake(take=made)


class World:
    """A canvas with a film of 48 frames, a still and a voice; ``heard`` is what was announced about comments."""

    def __init__(self, db: Database) -> None:
        bus = EventBus()
        self.desk = Desk(CanvasStore(db), builtin_kinds(), bus)
        self.canvas: CanvasId = self.desk.create("Film").canvas.id
        self.edit(add("video", "shot"), add("image", "still"), add("voice", "voice"))
        self.edit(take("shot", "video", frame_count=48), take("still", "image"), take("voice", "audio"))
        self.comments = Comments(CommentStore(db), self.desk, bus)
        self._subscription, _, _ = bus.subscribe(lambda: None)

    def edit(self, *ops: object) -> None:
        self.desk.apply(self.canvas, ops, author="Ada")  # type: ignore[arg-type]

    def say(self, text: str = "Longer", voice: Voice = ADA, node: NodeId = SHOT, **more: str | int | None) -> CommentId:
        return self.comments.add(self.canvas, NewComment(node, text, **more), voice).id  # type: ignore[arg-type]

    def all(self) -> list[str]:
        return [one.text for one in self.comments.of_canvas(self.canvas)]

    def heard(self) -> list[Event]:
        return [event for event in self._subscription.drain() if event.topic.startswith("comment.")]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with closing(Database(tmp_path_factory.mktemp("comments") / "project.db", "project", synchronous="NORMAL")) as db:
        yield db


@pytest.fixture
def world(database: Database) -> World:
    """A canvas of its own in the database of all tests here."""
    return World(database)


# --- where ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "take_id", "frame"),
    [
        ("shot", None, None),
        ("shot", "shot/1", None),
        ("shot", "shot/1", 0),
        ("shot", "shot/1", 47),
        ("still", "still/1", 0),
        ("voice", "voice/1", None),
    ],
)
def test_a_comment_lies_on_a_node_a_take_or_a_frame(
    world: World, node: str, take_id: str | None, frame: int | None
) -> None:
    world.say("Here", node=NodeId(node), take=take_id, frame=frame)
    found = world.comments.of_canvas(world.canvas)[0]
    assert (found.node, found.take, found.frame, found.author, found.parent) == (node, take_id, frame, "Ada", None)


@pytest.mark.parametrize(
    ("node", "take_id", "frame", "error"),
    [
        ("ghost", None, None, UnknownNodeError),
        ("shot", "ghost", None, UnknownTakeError),
        ("shot", "still/1", None, UnknownTakeError),
        ("shot", None, 3, InvalidParamError),
        ("shot", "shot/1", 48, InvalidParamError),
        ("shot", "shot/1", -1, InvalidParamError),
        ("still", "still/1", 1, InvalidParamError),
        ("voice", "voice/1", 0, InvalidParamError),
    ],
)
def test_what_is_not_there_cannot_be_commented(
    world: World, node: str, take_id: str | None, frame: int | None, error: type[BridgeError]
) -> None:
    with pytest.raises(error) as caught:
        world.say("Here", node=NodeId(node), take=take_id, frame=frame)
    assert caught.value.hint and world.all() == [] and world.heard() == []


def test_a_hidden_take_may_be_talked_about(world: World) -> None:
    world.edit(SetTakeHidden(take=TakeId("shot/1"), hidden=True))
    world.say("Too dark, that is why", take="shot/1")
    assert world.all() == ["Too dark, that is why"]


def test_comments_of_a_removed_node_stay_and_can_be_answered(world: World) -> None:
    first = world.say("Keep this one", take="shot/1", frame=7)
    world.edit(RemoveNode(node=SHOT))
    world.say("Too late", BOB, parent=first)
    found = world.comments.of_canvas(world.canvas)
    assert [(one.node, one.take, one.frame, one.parent) for one in found] == [
        (SHOT, "shot/1", 7, None),
        (SHOT, "shot/1", 7, first),
    ]
    with pytest.raises(UnknownNodeError):
        world.say("A new thread on nothing")


# --- words ----------------------------------------------------------------------------------------------

HOSTILE = ["<img src=x onerror=alert(1)>", "\u202egnp.exe", "שלום\n\tעולם", "'; DROP TABLE comment; --", "x" * LONGEST]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_words(world: World, text: str) -> None:
    world.say(text)
    assert world.all() == [text]
    assert world.heard()[0].data["comment"]["text"] == text  # type: ignore[index,call-overload]


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * (LONGEST + 1), "half \ud800", "null \0"])
def test_other_words_are_refused_with_a_reason(world: World, text: str) -> None:
    with pytest.raises(InvalidParamError) as caught:
        world.say(text)
    assert caught.value.hint
    with pytest.raises(InvalidParamError):
        world.comments.change(world.canvas, world.say("Fine"), ADA, text=text)
    assert world.all() == ["Fine"]


def test_a_canvas_holds_only_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_COMMENTS", 2)
    world.say("one")
    world.say("two")
    with pytest.raises(PreconditionError):
        world.say("three")
    assert world.all() == ["one", "two"]


# --- threads --------------------------------------------------------------------------------------------


def test_an_answer_to_an_answer_joins_the_thread(world: World) -> None:
    root = world.say("Too long", take="shot/1", frame=3)
    answer = world.say("By how much", BOB, parent=root)
    world.say("A second", parent=answer)
    found = world.comments.of_canvas(world.canvas)
    assert [one.parent for one in found] == [None, root, root]
    assert {(one.take, one.frame) for one in found} == {("shot/1", 3)}


def test_an_answer_cannot_be_about_something_else(world: World) -> None:
    root = world.say("Too long")
    for more in ({"node": STILL}, {"take": "shot/1"}, {"take": "shot/1", "frame": 2}):
        with pytest.raises(UsageError):
            world.say("Elsewhere", parent=root, **more)  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        world.say("To whom", parent="comment_ghost")
    assert world.all() == ["Too long"]


def test_a_thread_is_settled_once_and_opened_again(world: World) -> None:
    root = world.say("Too long")
    change = world.comments.change
    settled = change(world.canvas, root, BOB, resolved=True)
    assert settled.resolved_by == "Bob" and settled.resolved_at
    again = change(world.canvas, root, ADA, resolved=True)
    assert (again.resolved_at, again.resolved_by) == (settled.resolved_at, "Bob")
    opened = change(world.canvas, root, ADA, resolved=False)
    assert (opened.resolved_at, opened.resolved_by) == (None, "")


def test_an_answer_is_settled_with_its_thread(world: World) -> None:
    answer = world.say("Yes", BOB, parent=world.say("Too long"))
    with pytest.raises(UsageError):
        world.comments.change(world.canvas, answer, BOB, resolved=True)


# --- whose ----------------------------------------------------------------------------------------------

SIGNED = Voice("Ada", "person_ada")
OWNER = Voice("Olga", "owner", owner=True)
Act = Callable[[World, CommentId, Voice], object]
ACTS: list[Act] = [
    lambda world, one, voice: world.comments.change(world.canvas, one, voice, text="Other words"),
    lambda world, one, voice: world.comments.remove(world.canvas, one, voice),
]


@pytest.mark.parametrize("act", ACTS, ids=["edit", "remove"])
@pytest.mark.parametrize(
    ("whose", "voice", "fine"),
    [
        (ADA, ADA, True),
        (ADA, BOB, False),
        (SIGNED, SIGNED, True),
        (SIGNED, Voice("Renamed", "person_ada"), True),
        (SIGNED, Voice("Ada", "person_other"), False),
        (ADA, SIGNED, False),
        (SIGNED, OWNER, True),
        (ADA, OWNER, True),
    ],
)
def test_only_ones_own_words_are_changed(world: World, act: Act, whose: Voice, voice: Voice, fine: bool) -> None:
    one = world.say("Mine", whose)
    world.heard()
    if fine:
        act(world, one, voice)
        assert world.all() in (["Other words"], [])
    else:
        with pytest.raises(NotOwnWordsError) as caught:
            act(world, one, voice)
        assert "words of Ada" in caught.value.message
        assert world.all() == ["Mine"] and world.heard() == []


def test_the_author_stays_when_the_owner_rewords(world: World) -> None:
    one = world.say("Mine", SIGNED)
    changed = world.comments.change(world.canvas, one, OWNER, text="Milder")
    assert (changed.author, changed.person, changed.text) == ("Ada", "person_ada", "Milder") and changed.edited_at


def test_the_same_words_again_are_no_edit_and_nothing_is_refused(world: World) -> None:
    one = world.say("Mine")
    assert world.comments.change(world.canvas, one, ADA, text="Mine").edited_at is None
    with pytest.raises(UsageError):
        world.comments.change(world.canvas, one, ADA)


def test_words_and_settling_in_one_change_are_refused_together(world: World) -> None:
    one = world.say("Mine")
    with pytest.raises(NotOwnWordsError):
        world.comments.change(world.canvas, one, BOB, text="Not mine", resolved=True)
    assert world.comments.of_canvas(world.canvas)[0].resolved_at is None


# --- who hears ------------------------------------------------------------------------------------------


def test_everybody_hears_of_every_change(world: World) -> None:
    root = world.say("Too long")
    answer = world.say("Yes", BOB, parent=root)
    world.comments.change(world.canvas, root, BOB, resolved=True)
    world.comments.remove(world.canvas, root, ADA)
    told = [(event.topic, event.data["canvas"]) for event in world.heard()]
    assert told == [
        ("comment.changed", world.canvas),
        ("comment.changed", world.canvas),
        ("comment.changed", world.canvas),
        ("comment.changed", world.canvas),  # the answer, now a comment of its own
        ("comment.removed", world.canvas),
    ]
    kept = world.comments.of_canvas(world.canvas)
    assert [(one.id, one.parent) for one in kept] == [(answer, None)]


def test_nothing_is_known_of_a_canvas_that_is_not_there(world: World) -> None:
    ghost = CanvasId("ghost")
    for act in (
        lambda: world.comments.of_canvas(ghost),
        lambda: world.comments.add(ghost, NewComment(SHOT, "x"), ADA),
        lambda: world.comments.change(ghost, CommentId("c"), ADA, resolved=True),
        lambda: world.comments.remove(ghost, CommentId("c"), ADA),
    ):
        with pytest.raises(NotFoundError):
            act()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\u00a0\u3000\u2028",
        "\u200b\u200c\u200d\u2060\ufeff",
        "\u202e\u2066\u2069\u200f",
        "\u3164\u115f\uffa0",
        "\u2800",
        "\ufe0f\u20e3\u0301",
        "\U000e0067\U000e007f",
        "\u00ad",
    ],
)
def test_what_nobody_can_see_says_nothing(world: World, text: str) -> None:
    with pytest.raises(InvalidParamError, match="says nothing"):
        world.say(text)
    said = world.say("Longer")
    with pytest.raises(InvalidParamError, match="says nothing"):
        world.comments.change(world.canvas, said, ADA, text=text)
    assert world.all() == ["Longer"]


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "\U0001fae9",  # newer than this Python's Unicode
        "?",
        "\u202eא",
        "می\u200cخواهم",
    ],
)
def test_what_can_be_seen_is_kept_as_it_is(world: World, text: str) -> None:
    world.say(text)
    assert world.all() == [text]
