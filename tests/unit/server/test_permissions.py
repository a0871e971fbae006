"""The table of routes and the table of ops: complete, and what they say is what happens."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from takebridge.canvas.op_types import Op
from takebridge.canvas.ops import OP
from takebridge_server.people.errors import NotAllowedError
from takebridge_server.people.roles import ROLES, Person, Role, may
from takebridge_server.permissions import OPS, ROUTES, Need, key_of, require_body, require_entry, require_ops
from takebridge_server.speaking import Signed, author_or, speaking, speaking_role

TAKE = "take_1"


def as_role(role: Role) -> Any:
    return speaking(Signed(Person("person-1", "Ada", role), "session-1"))


def op(**facts: Any) -> Op:
    return OP.validate_python(facts)


RATE = op(op="rate_take", take=TAKE, rating="keep")
PIN = op(op="pin", node="n", take=TAKE, expected=None)
BUDGET = op(op="set_policy", node="n", policy="budget")
FREE = op(op="set_policy", node="n", policy="free")
PASTED = op(op="insert_graph", nodes=[{"id": "n", "kind": "text.prompt", "policy": "budget"}])
RESTORED = op(op="restore_node", node={"id": "n", "kind": "text.prompt", "policy": "budget"})


def test_each_role_may_what_the_one_before_it_may() -> None:
    assert ROLES == ("viewer", "reviewer", "editor", "producer", "owner")
    allowed = [[may(role, least) for least in ROLES] for role in ROLES]
    assert allowed == [[lower <= higher for lower in range(5)] for higher in range(5)]


def test_every_op_is_in_the_table() -> None:
    kinds = {model.model_fields["op"].default for model in get_args(get_args(Op)[0])}
    assert set(OPS) == kinds


@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("GET /api/runs/{}", "/api/runs/{run_id}"),
        ("GET /assets/{}", "/assets/{path:path}"),
        ("GET /api/people/{}/sessions/{}", "/api/people/{person}/sessions/{session}"),
        ("GET /", "/"),
    ],
)
def test_routes_are_named_without_their_parameters(name: str, template: str) -> None:
    assert key_of("get", template) == name


@pytest.mark.parametrize(
    ("route", "least"),
    [
        ("GET /api/canvases/{}", "viewer"),
        ("POST /api/canvases/{}/comments", "reviewer"),
        ("POST /api/canvases/{}/ops", "reviewer"),
        ("POST /api/clips/push", "editor"),
        ("POST /api/uploads", "editor"),
        ("PUT /api/ledger/caps", "producer"),
        ("POST /api/jobs/{}/resolve", "producer"),
        ("POST /api/people/invites", "producer"),
        ("POST /api/panels/pair", "owner"),
        ("POST /api/hosts/{}/stop", "owner"),
        ("POST /api/graphs/load", "owner"),
    ],
)
def test_a_route_lets_in_from_its_role_on(route: str, least: Role) -> None:
    for role in ROLES:
        with as_role(role):
            if may(role, least):
                assert require_entry(route, nobody=False) is ROUTES[route]
            else:
                with pytest.raises(NotAllowedError, match=f"needs the role {least}") as caught:
                    require_entry(route, nobody=False)
                assert "owner of the bridge" in caught.value.hint


@pytest.mark.parametrize(
    "route", ["GET /api/new", "POST /api/session/key", "POST /agent/hello", "DELETE /api/canvases/{}"]
)
def test_what_is_in_no_table_and_what_is_for_programs_nobody_signed_in_may(route: str) -> None:
    for role in ROLES:
        with as_role(role), pytest.raises(NotAllowedError):
            require_entry(route, nobody=False)
    require_entry(route, nobody=False)  # the bridge's own token


def test_who_is_not_signed_in_gets_only_what_anyone_may() -> None:
    open_to_all = {name for name, need in ROUTES.items() if need.least == "anyone"}
    assert {name for name in open_to_all if " /api/" in name} == {"POST /api/session", "POST /api/session/invite"}
    for name in {*ROUTES, "GET /api/new"}:
        if name in open_to_all:
            require_entry(name, nobody=True)
        else:
            with pytest.raises(NotAllowedError):
                require_entry(name, nobody=True)


@pytest.mark.parametrize(
    ("body", "producer"),
    [
        ({"max_micros": 1}, True),
        ({"consent": {"max_micros": 5_000_000}}, True),
        ({"deep": [{"er": {"max_micros": 1}}]}, True),
        ({"max_micros": "1"}, True),
        ({"max_micros": True}, True),
        ({"max_micros": [0]}, True),
        ({"max_micros": 0}, False),
        ({"max_micros": None}, False),
        ({"consent": {"max_micros": 0}}, False),
        ({}, False),
        ([], False),
    ],
)
def test_money_needs_a_producer_wherever_it_is_named(body: object, producer: bool) -> None:
    need = Need("editor", spends=True)
    # Escapes spell the same name: what is looked at is the value JSON has, not its bytes.
    for text in (json.dumps(body), json.dumps(body).replace("max_micros", "max\\u005fmicros")):
        with as_role("editor"):
            if producer:
                with pytest.raises(NotAllowedError, match="Spending money needs the role producer"):
                    require_body(need, text.encode())
            else:
                require_body(need, text.encode())
        with as_role("producer"):
            require_body(need, text.encode())


def test_files_of_the_machine_are_the_owners() -> None:
    need = Need("editor", paths=("path",))
    with as_role("producer"):
        require_body(need, b'{"upload": "u"}')
        with pytest.raises(NotAllowedError, match="needs the role owner"):
            require_body(need, b'{"path": "/etc/passwd"}')
    with as_role("owner"):
        require_body(need, b'{"path": "/home/ada/still.png"}')


@pytest.mark.parametrize(
    "ops", [[RATE], [op(op="set_best_range", take=TAKE, best=None)], [op(op="set_take_hidden", take=TAKE, hidden=True)]]
)
def test_a_reviewer_rates_and_a_viewer_does_not(ops: list[Op]) -> None:
    with as_role("reviewer"):
        require_ops(ops)
    with as_role("viewer"), pytest.raises(NotAllowedError, match="reviewer"):
        require_ops(ops)


@pytest.mark.parametrize("ops", [[PIN], [RATE, PIN], [op(op="set_locked", node="n", locked=True)], [FREE]])
def test_the_graph_needs_an_editor(ops: list[Op]) -> None:
    with as_role("reviewer"), pytest.raises(NotAllowedError, match="needs the role editor"):
        require_ops(ops)
    with as_role("editor"):
        require_ops(ops)


@pytest.mark.parametrize("one", [BUDGET, PASTED, RESTORED])
def test_a_node_that_spends_by_itself_needs_a_producer(one: Op) -> None:
    with as_role("editor"), pytest.raises(NotAllowedError, match="producer"):
        require_ops([RATE, one])
    with as_role("producer"):
        require_ops([RATE, one])
    require_ops([one])  # the bridge's own token


def test_who_speaks_is_the_author_and_nobody_else_afterwards() -> None:
    assert (author_or("somebody"), speaking_role()) == ("somebody", "owner")
    with as_role("viewer"):
        assert (author_or("somebody"), speaking_role()) == ("Ada", "viewer")
    assert author_or("somebody") == "somebody"
