"""What each role may, over real requests: the table holds for every route there is, and for what lies inside a body."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import WebSocket
from tests.support.people import browser, cookie_of, door_of, invited, owner_session
from tests.support.server import PATIENCE, RunningServer
from tests.support.whole_bridge import whole_bridge
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from takebridge_server.people.roles import ROLES, GivenRole
from takebridge_server.permissions import ROUTES, key_of

GIVEN: tuple[GivenRole, ...] = ("viewer", "reviewer", "editor", "producer")


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with whole_bridge(tmp_path_factory.mktemp("roles") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def pages(bridge: RunningServer) -> Iterator[dict[str, httpx.Client]]:
    """A signed-in browser for every role."""
    secrets = {role: invited(bridge, role, f"The {role}")[1] for role in GIVEN} | {"owner": owner_session(bridge)}
    with contextlib.ExitStack() as closing:
        yield {role: closing.enter_context(browser(bridge, secret=secret)) for role, secret in secrets.items()}


def canvas_with_take(pages: dict[str, httpx.Client]) -> tuple[str, str, str]:
    """A canvas, a text node on it and its take, made by the editor."""
    canvas = pages["editor"].post("/api/canvases", json={"title": "Roles"}).json()["canvas"]["id"]
    ops = [{"op": "add_node", "id": "node_brief", "kind": "text.prompt", "title": "Brief"}]
    kinds = pages["viewer"].get("/api/kinds").json()
    names = [kind["name"] for kind in kinds] if isinstance(kinds, list) else list(kinds)
    ops[0]["kind"] = next(name for name in names if "script" in name or "brief" in name)
    made = pages["editor"].post(f"/api/canvases/{canvas}/ops", json={"ops": ops})
    assert made.status_code == 200, made.text
    take = pages["editor"].post(f"/api/canvases/{canvas}/nodes/node_brief/text", json={"text": "A cap comes back."})
    assert take.status_code == 201, take.text
    return canvas, "node_brief", take.json()["id"]


def refused(answer: httpx.Response, least: str) -> None:
    assert answer.status_code == 403, answer.text
    body = answer.json()
    assert body["code"] == "not_allowed"
    assert f"needs the role {least}" in body["message"]
    assert "owner of the bridge" in body["hint"]


# --- every route --------------------------------------------------------------------------------------------


def walked(routes: Any) -> Iterator[tuple[str, str]]:
    """Method and template of every route of the application, those of no document too."""
    for route in routes:
        if hasattr(route, "effective_candidates"):
            yield from walked(route.effective_candidates())
            continue
        inner = getattr(route, "original_route", route)
        path = getattr(route, "path", None) or inner.path
        methods = getattr(inner, "methods", None)
        if methods is None and not hasattr(inner, "dependant"):
            methods = {"GET", "HEAD"}  # files that are mounted
            path = f"{path}/{{path}}"
        for method in methods or {"WEBSOCKET"}:
            yield method, path


def test_every_route_has_an_entry(bridge: RunningServer) -> None:
    found = {key_of(method, path) for method, path in walked(bridge.shell.routes)}
    assert {"POST /api/jobs", "WEBSOCKET /live", "WEBSOCKET /panel", "GET /healthz", "POST /agent/poll"} <= found
    assert found - set(ROUTES) == set()


def operations(bridge: RunningServer) -> dict[tuple[str, str], dict[str, Any]]:
    document = bridge.shell.openapi()
    return {
        (method, path): {**operation, "shapes": document["components"]["schemas"]}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def fields_of(shape: Any, shapes: dict[str, Any], seen: set[str]) -> set[str]:
    """Every name of a field anywhere in a schema; each shape is looked at once."""
    found: set[str] = set()
    if isinstance(shape, dict):
        reference = str(shape.get("$ref", ""))
        if reference and reference not in seen:
            seen.add(reference)
            found |= fields_of(shapes[reference.rpartition("/")[2]], shapes, seen)
        found |= set(shape.get("properties", {}))
    parts = shape.values() if isinstance(shape, dict) else shape if isinstance(shape, list) else ()
    return found.union(*(fields_of(part, shapes, seen) for part in parts))


def test_what_names_money_or_files_is_marked_in_the_table(bridge: RunningServer) -> None:
    """A new route that takes a consent to costs, or a path, is no way around the roles."""
    paid = set()
    for (method, path), operation in operations(bridge).items():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        fields = fields_of(body, operation["shapes"], set())
        need = ROUTES[key_of(method, path)]
        if "max_micros" in fields:
            paid.add(path)
            assert need.spends or need.least == "producer", (method, path)
        for field in {"path", "folder"} & fields:
            if not path.endswith("/ops"):  # there they belong to the takes' own words
                assert need.least == "owner" or field in need.paths, (method, path, field)
    assert {"/api/jobs", "/api/fans", "/api/canvases/{canvas_id}/runs", "/api/roundtrips"} <= paid


def test_every_route_refuses_who_is_below_it(bridge: RunningServer, pages: dict[str, httpx.Client]) -> None:
    """The first role below each route's, at the real server; parameters are made up, as permission comes first."""
    tried = 0
    for method, path in operations(bridge):
        need = ROUTES[key_of(method, path)]
        if need.least in ("anyone", "viewer"):
            continue
        below = "owner" if need.least == "token" else ROLES[ROLES.index(need.least) - 1]
        address = path.replace("{", "").replace("}", "")
        body: dict[str, Any] | None = {} if method in ("post", "put", "patch") else None
        answer = pages[below].request(method.upper(), address, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), (method, path, answer.text)
        tried += 1
    assert tried > 40


def test_a_route_without_an_entry_is_for_the_token_alone(bridge: RunningServer, pages: dict[str, httpx.Client]) -> None:
    @bridge.shell.get("/api/not-in-the-table")
    async def added() -> str:
        return "reached"

    assert pages["owner"].get("/api/not-in-the-table").json()["code"] == "not_allowed"
    with bridge.client() as client:
        assert client.get("/api/not-in-the-table").json() == "reached"
    assert httpx.get(f"{bridge.url}/api/not-in-the-table", trust_env=False).status_code == 401

    @bridge.shell.websocket("/not-in-the-table")
    async def opened(socket: WebSocket) -> None:
        await socket.accept()

    secret = invited(bridge, "producer", "Tries a door")[1]
    with pytest.raises(InvalidStatus) as refusal:
        listen(bridge, secret, "/not-in-the-table")
    assert refusal.value.response.status_code == 403


# --- what lies inside a body --------------------------------------------------------------------------------


def test_a_viewer_changes_nothing(bridge: RunningServer, pages: dict[str, httpx.Client]) -> None:
    canvas, node, take = canvas_with_take(pages)
    for ops in (
        [{"op": "rate_take", "take": take, "rating": "keep"}],
        [{"op": "set_title", "node": node, "title": "x"}],
    ):
        refused(pages["viewer"].post(f"/api/canvases/{canvas}/ops", json={"ops": ops}), "reviewer")
    assert pages["viewer"].get(f"/api/canvases/{canvas}").status_code == 200
    assert pages["viewer"].get(f"/api/canvases/{canvas}/nodes/{node}/tray").json()["takes"][0]["rating"] is None


def test_a_reviewer_rates_but_pins_nothing(bridge: RunningServer, pages: dict[str, httpx.Client]) -> None:
    canvas, node, take = canvas_with_take(pages)
    rate = {"op": "rate_take", "take": take, "rating": "keep"}
    pin = {"op": "pin", "node": node, "take": None, "expected": take}
    reviewer = pages["reviewer"]
    assert reviewer.post(f"/api/canvases/{canvas}/ops", json={"ops": [rate]}).status_code == 200
    dead = {**rate, "rating": "dead"}
    refused(reviewer.post(f"/api/canvases/{canvas}/ops", json={"ops": [dead, pin]}), "editor")
    tray = reviewer.get(f"/api/canvases/{canvas}/nodes/{node}/tray").json()
    assert (tray["pin"], tray["takes"][0]["rating"]) == (take, "keep")  # all of it or nothing


def test_an_editor_spends_nothing(bridge: RunningServer, pages: dict[str, httpx.Client]) -> None:
    canvas, node, _ = canvas_with_take(pages)
    scope = {"kind": "node", "node": node}
    paid: dict[str, dict[str, Any]] = {
        f"/api/canvases/{canvas}/runs": {"scope": scope, "consent": {"max_micros": 1}},
        "/api/jobs": {"canvas_id": canvas, "node_id": node, "max_micros": 1},
        "/api/fans": {"canvas_id": canvas, "node_id": node, "models": ["local/previz-image"], "max_micros": 1},
        "/api/jobs/job_none/retry": {"max_micros": 1},
        "/api/roundtrips": {"canvas_id": canvas, "max_micros": 1},
        "/api/clips/gaps/fill": {"max_micros": 1},
    }
    for path, body in paid.items():
        refused(pages["editor"].post(path, json=body), "producer")
        free = pages["editor"].post(path, json={**body, "max_micros": 0, "consent": {"max_micros": 0}})
        assert free.json().get("code") != "not_allowed", path  # refused for what it is, or done
        asked = pages["producer"].post(path, json=body)
        assert asked.json().get("code") != "not_allowed", path
    budget = {"ops": [{"op": "set_policy", "node": node, "policy": "budget"}]}
    refused(pages["editor"].post(f"/api/canvases/{canvas}/ops", json=budget), "producer")
    assert door_of(bridge).store.problem() == ""


def test_only_the_owner_names_files_of_the_machine(bridge: RunningServer, pages: dict[str, httpx.Client]) -> None:
    canvas, _, _ = canvas_with_take(pages)
    for path, body in {
        f"/api/canvases/{canvas}/references": {"path": "/etc/hostname"},
        "/api/graphs/load": {"path": "/etc/hostname"},
        f"/api/canvases/{canvas}/save": {"path": "/tmp/never-written"},
        "/api/clips/export": {"path": "/tmp/never-written.otio"},
    }.items():
        refused(pages["producer"].post(path, json=body), "owner")
    name, slot = next(
        (one["name"], slot["name"])
        for one in pages["viewer"].get("/api/templates").json()
        for slot in one["slots"]
        if slot["kind"] != "text"
    )
    refused(pages["producer"].post(f"/api/templates/{name}", json={"inputs": {slot: "/etc/hostname"}}), "owner")


# --- whose it is --------------------------------------------------------------------------------------------


def test_the_author_is_who_is_signed_in_and_undo_is_their_own(
    bridge: RunningServer, pages: dict[str, httpx.Client]
) -> None:
    canvas, node, _ = canvas_with_take(pages)
    _, other = invited(bridge, "editor", "Second editor")
    address = f"/api/canvases/{canvas}"
    with browser(bridge, secret=other) as second:
        for page, title in ((pages["editor"], "First"), (second, "Second")):
            ops = [{"op": "add_node", "id": f"node_{title}", "kind": kind_of(page, canvas, node), "title": title}]
            said = page.post(f"{address}/ops", json={"ops": ops, "author": "The producer"})
            assert said.status_code == 200, said.text
        assert second.get(f"{address}/history").json() == {"undo": 1, "redo": 0}
        assert second.post(f"{address}/undo", json={"author": "The editor"}).status_code == 200
        left = {one["title"] for one in nodes_of(second, canvas)}
        assert "First" in left and "Second" not in left
        again = second.post(f"{address}/undo", json={"author": "The editor"})
        assert again.status_code == 409  # nothing of their own is left
    page = pages["editor"].get(f"{address}/ops", params={"epoch": epoch_of(pages["editor"], canvas), "since": 0}).json()
    authors = [(one["author"], one["op"].get("title")) for one in page["ops"] if one["op"]["op"] == "add_node"]
    assert ("The editor", "First") in authors and ("Second editor", "Second") in authors
    assert "The producer" not in {author for author, _ in authors}


def test_a_name_somebody_gave_up_takes_back_nothing_of_theirs(
    bridge: RunningServer, pages: dict[str, httpx.Client]
) -> None:
    """Who is renamed still undoes what they did before; nobody else comes by the name, by renaming or by an invite."""
    person, secret = invited(bridge, "editor", "Once")
    with browser(bridge, secret=secret) as page:
        canvas = page.post("/api/canvases", json={"title": "Names"}).json()["canvas"]["id"]
        address = f"/api/canvases/{canvas}"
        assert page.post(f"{address}/ops", json={"ops": [{"op": "set_canvas_title", "title": "A"}]}).status_code == 200
        assert page.patch(f"/api/people/{person}", json={"name": "Now"}).status_code == 200
        other, _ = invited(bridge, "editor", "Wants that name")
        renaming = pages["owner"].patch(f"/api/people/{other}", json={"name": "once"})
        assert (renaming.status_code, renaming.json()["code"]) == (409, "conflict")
        link = pages["owner"].post("/api/people/invites", json={"role": "editor"}).json()["link"]
        with browser(bridge) as newcomer:
            key = {"invite": link.partition("#invite=")[2]}
            assert newcomer.post("/api/session", json={**key, "name": "Once"}).status_code == 409
            assert newcomer.post("/api/session", json={**key, "name": "Someone else"}).status_code == 200
        assert page.get(f"{address}/history").json() == {"undo": 1, "redo": 0}
        assert page.post(f"{address}/undo", json={}).status_code == 200
        assert page.get(address).json()["canvas"]["title"] == "Names"
        assert page.post(f"{address}/redo", json={}).status_code == 200
        assert pages["owner"].delete(f"/api/people/{person}").status_code == 200
        assert pages["owner"].patch(f"/api/people/{other}", json={"name": "Now"}).status_code == 409


def test_undo_is_held_to_the_role_one_has_now(bridge: RunningServer) -> None:
    """Whoever is an editor no more does not change the graph by taking back what they did as one."""
    person, secret = invited(bridge, "editor", "Demoted")
    with browser(bridge, secret=secret) as page:
        canvas = page.post("/api/canvases", json={"title": "Demotion"}).json()["canvas"]["id"]
        ops = [{"op": "set_canvas_title", "title": "Mine"}]
        assert page.post(f"/api/canvases/{canvas}/ops", json={"ops": ops}).status_code == 200
        door_of(bridge).change(person, name=None, role="reviewer")
        refused(page.post(f"/api/canvases/{canvas}/undo", json={}), "editor")
        assert page.get(f"/api/canvases/{canvas}").json()["canvas"]["title"] == "Mine"
        door_of(bridge).change(person, name=None, role="editor")
        assert page.post(f"/api/canvases/{canvas}/undo", json={}).status_code == 200
        refused_redo = page.post(f"/api/canvases/{canvas}/redo", json={})
        assert refused_redo.status_code == 200


def nodes_of(page: httpx.Client, canvas: str) -> list[dict[str, Any]]:
    nodes = page.get(f"/api/canvases/{canvas}").json()["canvas"]["nodes"]
    return list(nodes.values()) if isinstance(nodes, dict) else list(nodes)


def kind_of(page: httpx.Client, canvas: str, node: str) -> str:
    return str(next(one["kind"] for one in nodes_of(page, canvas) if one["id"] == node))


def epoch_of(page: httpx.Client, canvas: str) -> str:
    return str(page.get(f"/api/canvases/{canvas}").json()["epoch"])


# --- people about people ------------------------------------------------------------------------------------


def test_a_producer_takes_nobody_over(bridge: RunningServer, pages: dict[str, httpx.Client]) -> None:
    producer = pages["producer"]
    other, _ = invited(bridge, "producer", "Other producer")
    for target in ("owner", other):
        assert producer.post(f"/api/people/{target}/link", json={}).json()["code"] == "not_allowed"
        assert producer.patch(f"/api/people/{target}", json={"role": "viewer"}).json()["code"] == "not_allowed"
        assert producer.delete(f"/api/people/{target}").json()["code"] == "not_allowed"
    below, secret = invited(bridge, "viewer", "Below")
    promoted = producer.patch(f"/api/people/{below}", json={"role": "editor"})
    assert (promoted.status_code, promoted.json()["role"]) == (200, "editor")
    link = producer.post(f"/api/people/{below}/link", json={}).json()["link"]
    with browser(bridge) as page:
        assert page.post("/api/session", json={"key": link.partition("#key=")[2]}).json()["id"] == below
    assert producer.delete(f"/api/people/{below}").status_code == 200
    with browser(bridge, secret=secret) as gone:
        assert gone.get("/api/session").status_code == 401


def test_roles_that_cannot_be_given(bridge: RunningServer, pages: dict[str, httpx.Client]) -> None:
    for role in ("owner", "admin", ""):
        assert pages["owner"].post("/api/people/invites", json={"role": role}).status_code == 422
        assert pages["owner"].patch("/api/people/owner", json={"role": role}).status_code == 422
    assert pages["owner"].patch("/api/people/owner", json={"role": "viewer"}).json()["code"] == "not_allowed"
    assert pages["owner"].patch("/api/people/owner", json={}).status_code == 422
    assert pages["owner"].patch("/api/people/person-0000000000000000", json={"name": "x"}).status_code == 404


def test_everybody_renames_themselves_and_nobody_else(bridge: RunningServer, pages: dict[str, httpx.Client]) -> None:
    person, secret = invited(bridge, "viewer", "Misspelt")
    with browser(bridge, secret=secret) as page:
        assert page.patch(f"/api/people/{person}", json={"name": "Spelt"}).json()["name"] == "Spelt"
        assert page.get("/api/session").json()["name"] == "Spelt"
        assert page.patch(f"/api/people/{person}", json={"name": "The editor"}).status_code == 409
        refused(page.patch("/api/people/owner", json={"name": "Mallory"}), "producer")
        refused(page.patch(f"/api/people/{person}", json={"role": "editor"}), "producer")
        shown = {one["name"]: one["sessions"] for one in page.get("/api/people").json()}
    assert len(shown.pop("Spelt")) == 1
    assert set(map(len, shown.values())) == {0}  # where others are signed in is not everybody's business
    assert pages["owner"].patch("/api/people/owner", json={"name": "Grace Hopper"}).json()["name"] == "Grace Hopper"


# --- live ---------------------------------------------------------------------------------------------------


def listen(bridge: RunningServer, secret: str, path: str = "/live") -> ClientConnection:
    return connect(
        f"ws://127.0.0.1:{bridge.port}{path}",
        origin=Origin(bridge.url),
        additional_headers={"Cookie": cookie_of(bridge, secret)},
        subprotocols=[Subprotocol("takebridge.v1")],
        compression=None,
        proxy=None,
        open_timeout=PATIENCE,
    )


def closing_code(client: ClientConnection) -> int:
    """Read until the server closes the connection; return its code."""
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            client.recv(timeout=PATIENCE)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


@pytest.mark.parametrize("way", ["session", "person", "sign out"])
def test_a_session_that_is_ended_leaves_its_socket_at_once(
    bridge: RunningServer, pages: dict[str, httpx.Client], way: str
) -> None:
    person, secret = invited(bridge, "viewer", f"Revoked by {way}")
    session = door_of(bridge).store.sessions_of(person)[0]
    other = invited(bridge, "viewer", f"Stays through {way}")[1]
    with listen(bridge, secret) as client, listen(bridge, other) as staying:
        assert json.loads(client.recv(timeout=PATIENCE))["type"] == "hello"
        assert json.loads(staying.recv(timeout=PATIENCE))["type"] == "hello"
        if way == "session":
            assert pages["owner"].delete(f"/api/people/{person}/sessions/{session}").status_code == 200
        elif way == "person":
            assert pages["producer"].delete(f"/api/people/{person}").status_code == 200
        else:
            with browser(bridge, secret=secret) as page:
                assert page.delete("/api/session").status_code == 200
        assert closing_code(client) == 4401
        bridge.on_loop(lambda: bridge.shell.bus.publish("test.event", {}))
        assert json.loads(staying.recv(timeout=PATIENCE))["topic"] == "test.event"
    assert not door_of(bridge).store.session_alive(session)


def test_presence_says_the_name_of_who_is_signed_in(bridge: RunningServer, pages: dict[str, httpx.Client]) -> None:
    canvas = pages["editor"].post("/api/canvases", json={"title": "Presence"}).json()["canvas"]["id"]
    person, secret = invited(bridge, "viewer", "Present")
    with listen(bridge, secret) as client:
        client.recv(timeout=PATIENCE)
        for said, shown in (("Grace Hopper", "Present"), ("", "Renamed")):
            if shown == "Renamed":
                door_of(bridge).change(person, name="Renamed", role=None)
            client.send(json.dumps({"type": "presence", "canvas": canvas, "name": said, "cursor": [len(said), 1]}))
            while (message := json.loads(client.recv(timeout=PATIENCE))).get("topic") != "presence":
                assert message["type"] == "event", message
            assert message["data"]["name"] == shown


def test_many_sessions_leave_nothing_behind(bridge: RunningServer) -> None:
    _, secret = invited(bridge, "viewer", "Comes and goes")
    for _ in range(5):
        with listen(bridge, secret) as client:
            client.recv(timeout=PATIENCE)
    leaving = door_of(bridge).leaving
    bridge.wait_until(lambda: not leaving._here)
