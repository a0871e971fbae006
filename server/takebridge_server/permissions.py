"""Who may do what: one table of routes, one of ops. What is in neither, only the bridge's own token may.

A route is named by its method and template, the names of parameters left out. `permitted` asks before any route of the
application is entered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection, Request

from takebridge.canvas.op_types import InsertGraph, Op, RestoreNode, SetPolicy
from takebridge_server.people.errors import NotAllowedError, needs
from takebridge_server.people.roles import Role, may
from takebridge_server.speaking import speaker, speaking_role

Least = Role | Literal["anyone", "token"]
""" "anyone": also who is not signed in; "token": only the bridge's own token, however high somebody's role is."""
NOBODY = "takebridge.nobody"
"""Set in ``scope["state"]`` by the guard for who is not signed in."""
POLICY_VIOLATION = 1008


@dataclass(frozen=True, slots=True)
class Need:
    """The least role of a route.

    ``spends``: a ``max_micros`` above 0 anywhere in the body needs a producer. ``paths``: fields of the body that name
    files on the bridge's machine, which need the owner.
    """

    least: Least
    spends: bool = False
    paths: tuple[str, ...] = ()


LOOK, REVIEW, EDIT, PRODUCE, OWN = (
    Need("viewer"),
    Need("reviewer"),
    Need("editor"),
    Need("producer"),
    Need("owner"),
)
ANYONE, TOKEN = Need("anyone"), Need("token")
FREE_OR_PAID = Need("editor", spends=True)

ROUTES: Mapping[str, Need] = {
    "GET /healthz": ANYONE,
    "GET /openapi.json": LOOK,
    "HEAD /openapi.json": LOOK,
    # The page: it shows nothing by itself. Media have signatures of their own.
    "GET /": ANYONE,
    "HEAD /": ANYONE,
    "GET /assets/{}": ANYONE,
    "HEAD /assets/{}": ANYONE,
    "GET /c/{}": ANYONE,
    "HEAD /c/{}": ANYONE,
    "GET /people": ANYONE,
    "HEAD /people": ANYONE,
    "GET /join": ANYONE,
    "HEAD /join": ANYONE,
    "GET /favicon.svg": ANYONE,
    "HEAD /favicon.svg": ANYONE,
    "GET /m/{}/{}": ANYONE,
    "HEAD /m/{}/{}": ANYONE,
    # Agents and panels prove themselves in ways of their own.
    "POST /agent/hello": TOKEN,
    "POST /agent/poll": TOKEN,
    "POST /agent/answer": TOKEN,
    "WEBSOCKET /panel": ANYONE,
    "WEBSOCKET /live": LOOK,
    # Signing in. Whom one may change, the routes under /api/people ask themselves: oneself needs no role.
    "POST /api/session": ANYONE,
    "POST /api/session/invite": ANYONE,
    "GET /api/session": LOOK,
    "DELETE /api/session": LOOK,
    "POST /api/session/key": TOKEN,
    "GET /api/people": LOOK,
    "PATCH /api/people/{}": LOOK,
    "DELETE /api/people/{}": PRODUCE,
    "DELETE /api/people/{}/sessions/{}": LOOK,
    "POST /api/people/{}/link": PRODUCE,
    "GET /api/people/invites": PRODUCE,
    "POST /api/people/invites": PRODUCE,
    "DELETE /api/people/invites/{}": PRODUCE,
    # Canvases.
    "GET /api/canvases": LOOK,
    "GET /api/summaries": LOOK,
    "POST /api/canvases": EDIT,
    "GET /api/canvases/{}": LOOK,
    "POST /api/canvases/{}/ops": REVIEW,  # and every op what OPS says
    "GET /api/canvases/{}/ops": LOOK,
    "POST /api/canvases/{}/undo": REVIEW,  # and every op of the reversal what OPS says
    "POST /api/canvases/{}/redo": REVIEW,
    "GET /api/canvases/{}/history": LOOK,
    "GET /api/canvases/{}/orphans": LOOK,
    "GET /api/canvases/{}/nodes/{}/why": LOOK,
    "GET /api/canvases/{}/nodes/{}/tray": LOOK,
    "GET /api/canvases/{}/nodes/{}/swap": LOOK,
    "POST /api/canvases/{}/nodes/{}/text": EDIT,
    "GET /api/canvases/{}/takes/{}/provenance": LOOK,
    "GET /api/canvases/{}/takes/{}/text": LOOK,
    "GET /api/canvases/{}/references": LOOK,
    "POST /api/canvases/{}/references": Need("editor", paths=("path",)),
    "GET /api/canvases/{}/comments": LOOK,
    "POST /api/canvases/{}/comments": REVIEW,
    "PATCH /api/canvases/{}/comments/{}": REVIEW,
    "DELETE /api/canvases/{}/comments/{}": REVIEW,
    "GET /api/canvases/{}/shots": LOOK,
    "POST /api/canvases/{}/shots/order": EDIT,
    "GET /api/canvases/{}/storyboard.pdf": LOOK,
    "POST /api/canvases/{}/save": OWN,
    "POST /api/graphs/load": OWN,
    "GET /api/templates": LOOK,
    "POST /api/templates/{}": EDIT,  # files in its slots: the owner, which the route asks
    "POST /api/canvases/{}/nodes/{}/film": OWN,
    # Media.
    "GET /api/media/{}": LOOK,
    "GET /api/media/{}/poster": LOOK,
    "GET /api/media/{}/sprite": LOOK,
    "GET /api/media/{}/proxy": LOOK,
    "GET /api/media/{}/frames/{}": LOOK,
    "POST /api/media/sign": LOOK,
    "POST /api/uploads": EDIT,
    "GET /api/uploads/{}": EDIT,
    "PATCH /api/uploads/{}": EDIT,
    "DELETE /api/uploads/{}": EDIT,
    "POST /api/uploads/{}/finish": EDIT,
    # Models and what is made with them.
    "GET /api/kinds": LOOK,
    "GET /api/models": LOOK,
    "GET /api/models/offers": LOOK,
    "GET /api/models/named": LOOK,
    "GET /api/loadouts": LOOK,
    "POST /api/canvases/{}/plan": LOOK,  # starts nothing
    "POST /api/canvases/{}/runs": FREE_OR_PAID,
    "GET /api/runs": LOOK,
    "GET /api/runs/{}": LOOK,
    "POST /api/runs/{}/pause": EDIT,
    "POST /api/runs/{}/resume": EDIT,  # spends no more than was agreed to
    "POST /api/runs/{}/cancel": EDIT,
    "GET /api/jobs": LOOK,
    "POST /api/jobs": FREE_OR_PAID,
    "GET /api/jobs/{}": LOOK,
    "POST /api/jobs/{}/cancel": EDIT,
    "POST /api/jobs/{}/retry": FREE_OR_PAID,
    "POST /api/jobs/{}/resolve": PRODUCE,
    "POST /api/jobs/{}/priority": EDIT,
    "GET /api/queue": LOOK,
    "POST /api/queue/pause": EDIT,
    "POST /api/queue/resume": EDIT,
    "POST /api/fans": FREE_OR_PAID,
    "GET /api/fans/{}": LOOK,
    "GET /api/fans/{}/sheet": LOOK,
    # Money.
    "GET /api/ledger/spend": LOOK,
    "GET /api/ledger/entries": LOOK,
    "GET /api/ledger/caps": LOOK,
    "PUT /api/ledger/caps": PRODUCE,
    "POST /api/ledger/caps/remove": PRODUCE,
    "GET /api/ledger/remaining": LOOK,
    # The cut and the editors.
    "GET /api/cut": LOOK,
    "GET /api/cut/hosts": LOOK,
    "GET /api/cut/layers": LOOK,
    "POST /api/clips/push": EDIT,
    "POST /api/clips/pull": EDIT,
    "POST /api/clips/put": EDIT,
    "POST /api/clips/look": LOOK,  # changes nothing
    "GET /api/clips/frame": LOOK,
    "GET /api/clips/linked": LOOK,
    "GET /api/clips/links": LOOK,
    "GET /api/clips/links/{}/deliveries": LOOK,
    "POST /api/clips/export": OWN,
    "POST /api/clips/gaps": LOOK,  # changes nothing
    "POST /api/clips/gaps/fill": FREE_OR_PAID,
    "POST /api/roundtrips": FREE_OR_PAID,
    "GET /api/roundtrips": LOOK,
    "GET /api/roundtrips/{}": LOOK,
    "POST /api/cuts/diff": EDIT,
    "POST /api/cuts/merge": EDIT,
    "POST /api/cuts/convert": EDIT,
    "GET /api/exchange": LOOK,
    "POST /api/exchange/look": EDIT,
    "GET /api/status": LOOK,
    "GET /api/hosts/spot": LOOK,
    "POST /api/hosts/playhead": EDIT,
    "POST /api/hosts/probe": OWN,
    "POST /api/hosts/{}/ping": EDIT,
    "POST /api/hosts/{}/try": EDIT,
    "POST /api/hosts/{}/stop": OWN,
    "GET /api/panels": OWN,
    "POST /api/panels/pair": OWN,
    "GET /api/panels/pair/{}": OWN,
    "DELETE /api/panels/{}": OWN,
}
"""Method and template of every route to what it needs."""

_REVIEWED: frozenset[str] = frozenset({"rate_take", "set_best_range", "set_take_hidden"})
OPS: Mapping[str, Role] = {
    **dict.fromkeys(_REVIEWED, "reviewer"),
    **dict.fromkeys(
        (
            *("add_node", "remove_node", "remove_nodes", "insert_graph", "restore_node", "set_param", "set_title"),
            *("move_node", "set_model", "set_policy", "set_group", "set_canvas_title", "connect", "disconnect"),
            *("reorder", "set_wire_take", "pin", "accept", "unaccept", "set_locked", "add_take"),
        ),
        "editor",
    ),
}
"""Least role of every op. A node that may spend by itself (policy “budget”) needs a producer whatever brings it in."""


def key_of(method: str, template: str) -> str:
    """Return how `ROUTES` names a route: ``GET /api/runs/{}``."""
    return f"{method.upper()} {re.sub(r'{[^}]*}', '{}', template)}"


async def permitted(connection: HTTPConnection) -> None:
    """Let the request in, or raise NotAllowedError; a WebSocket is closed before it opens.

    Before anything else is looked at: who may not enter learns nothing about what was wrong with the request.
    """
    scope = connection.scope
    is_socket = scope["type"] == "websocket"
    name = key_of("WEBSOCKET" if is_socket else scope["method"], getattr(scope.get("route"), "path", "?"))
    try:
        need = require_entry(name, nobody=bool(scope.get("state", {}).get(NOBODY)))
    except NotAllowedError as error:
        if is_socket:
            raise WebSocketException(POLICY_VIOLATION, error.message) from error
        raise
    if need is not None and (need.spends or need.paths) and isinstance(connection, Request):
        require_body(need, await connection.body())


def require_entry(name: str, *, nobody: bool) -> Need | None:
    """Return what the route ``name`` needs, if it is in the table. Raises NotAllowedError for who may not enter it."""
    need = ROUTES.get(name)
    if need is not None and need.least == "anyone":
        return need
    if nobody:
        raise NotAllowedError("This needs somebody who is signed in.", hint="Open your link to the bridge again.")
    if speaker() is None:
        return need
    if need is None or need.least == "token":
        raise NotAllowedError(
            "This is only for programs on the bridge's own machine.", hint="Use the command line there."
        )
    assert need.least != "anyone"
    require(need.least, "This")
    return need


def require(least: Role, what: str) -> None:
    """Raise NotAllowedError unless who asks has at least the role; ``what`` begins the sentence."""
    if not may(speaking_role(), least):
        raise needs(what, least)


def require_body(need: Need, body: bytes) -> None:
    """Raise NotAllowedError when what the body names needs a higher role; what is no JSON the route refuses."""
    if may(speaking_role(), "owner"):
        return
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(said, dict) and any(said.get(name) is not None for name in need.paths):
        require("owner", "Naming a file on the bridge's machine")
    if need.spends and _spends(said):
        require("producer", "Spending money")


def _spends(said: object) -> bool:
    """Say whether a consent to costs is anywhere in what was said; a number in another guise counts as one."""
    if isinstance(said, dict):
        return any(_spends(value) or (key == "max_micros" and value not in (None, 0)) for key, value in said.items())
    return isinstance(said, list) and any(map(_spends, said))


def require_ops(ops: Iterable[Op]) -> None:
    """Raise NotAllowedError unless who asks may make every one of ``ops``."""
    role = speaking_role()
    if role == "owner":
        return
    for op in ops:
        if op.op not in OPS:
            raise needs(f"The edit “{op.op}”", "owner")
        if not may(role, OPS[op.op]):
            raise needs(_said(op.op), OPS[op.op])
        if not may(role, "producer") and _may_spend_by_itself(op):
            raise needs("A node that spends by itself", "producer")


def _may_spend_by_itself(op: Op) -> bool:
    if isinstance(op, SetPolicy):
        return op.policy == "budget"
    nodes = op.nodes if isinstance(op, InsertGraph) else (op.node,) if isinstance(op, RestoreNode) else ()
    return any(node.policy == "budget" for node in nodes)


def _said(op: str) -> str:
    words = {"pin": "Pinning a take", "add_take": "Adding a take", "accept": "Accepting a take"}
    return words.get(op, "Changing the graph")
