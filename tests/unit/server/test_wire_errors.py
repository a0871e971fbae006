from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import Query
from tests.support.server import RunningServer, running_server

from takebridge import errors
from takebridge.errors import BridgeError, DiskFullError, TimelineChangedError
from takebridge_server.sessions import UnknownSessionError
from takebridge_server.shell import Shell
from takebridge_server.wire_errors import STATUS, status_of


def tree(base: type[BridgeError] = BridgeError) -> list[type[BridgeError]]:
    """Every class of errors.py, found by walking down from the root."""
    below = [found for child in base.__subclasses__() for found in tree(child)]
    return [base, *below]


SHIPPED = [error for error in tree() if error.__module__ == errors.__name__]


@pytest.mark.parametrize("error", [*SHIPPED, UnknownSessionError])
def test_every_class_of_the_tree_has_a_status_of_its_own(error: type[BridgeError]) -> None:
    assert error in STATUS, f"{error.__name__} is missing in the table"
    assert 400 <= STATUS[error] < 600


def test_the_table_names_no_class_twice_and_codes_are_unique() -> None:
    assert len(SHIPPED) > 40
    codes = [error.code for error in SHIPPED]
    assert len(codes) == len(set(codes))


def test_a_class_added_elsewhere_takes_the_status_of_its_base() -> None:
    class LocalError(TimelineChangedError):
        pass

    assert status_of(LocalError) == 409


def test_retryable_never_means_the_caller_must_change_something() -> None:
    for error in SHIPPED:
        assert not (error.retryable and status_of(error) in (400, 404, 422)), error


SECRET = "canary-4711-in-a-traceback"


def add_failures(shell: Shell) -> None:
    @shell.get("/fail/bridge")
    async def bridge() -> None:
        raise DiskFullError("The drive is full.", free_bytes=17)

    @shell.get("/fail/unexpected")
    async def unexpected() -> None:
        raise RuntimeError(SECRET)

    @shell.get("/fail/sync")
    def sync() -> None:
        raise KeyError(SECRET)

    @shell.get("/fail/query")
    async def query(count: int = Query(ge=1)) -> int:
        return count


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("bridge") / "home", add=add_failures) as running:
        yield running


def test_a_bridge_error_on_the_wire(server: RunningServer) -> None:
    with server.client() as client:
        response = client.get("/fail/bridge")
    assert response.status_code == 507
    assert response.json() == {
        "code": "disk_full",
        "message": "The drive is full.",
        "hint": DiskFullError.default_hint,
        "retryable": True,
        "details": {"free_bytes": 17},
    }


@pytest.mark.parametrize("path", ["/fail/unexpected", "/fail/sync"])
def test_an_unexpected_exception_is_an_incident(
    server: RunningServer, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), server.client() as client:
        response = client.get(path)
    assert response.status_code == 500
    assert response.headers["x-content-type-options"] == "nosniff"
    body = response.json()
    assert (body["code"], body["retryable"]) == ("internal", False)
    assert SECRET not in response.text
    assert "Traceback" not in response.text
    incident = body["details"]["incident"]
    assert incident in body["hint"]
    assert incident in caplog.text
    assert SECRET in caplog.text, "the log has what the wire has not"


@pytest.mark.parametrize(("path", "place"), [("/fail/query", "query.count"), ("/fail/query?count=0", "query.count")])
def test_an_invalid_query_says_where(server: RunningServer, path: str, place: str) -> None:
    with server.client() as client:
        response = client.get(path)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert place in response.json()["message"]


def test_an_invalid_body_is_not_echoed(server: RunningServer) -> None:
    with server.client() as client:
        response = client.post("/agent/poll", json={"session": 1, "extra": SECRET})
    assert response.status_code == 422
    assert set(response.json()) == {"code", "message", "hint", "retryable", "details"}
    assert "session" in response.json()["message"]
    assert SECRET not in response.text


def test_wrong_method_and_unknown_path(server: RunningServer) -> None:
    with server.client() as client:
        missing, wrong = client.get("/nowhere"), client.get("/agent/hello")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"


def test_the_home_is_not_needed_after_the_fact(tmp_path: Path) -> None:
    """A server whose token file somebody deleted still stops cleanly."""
    with running_server(tmp_path / "home") as running:
        (running.home / "bridge.json").unlink()
    assert list(running.home.iterdir()) == []
