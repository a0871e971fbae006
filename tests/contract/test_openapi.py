"""The HTTP API held to what ``/openapi.json`` says: complete, and true under generated requests."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from tests.support.canvases import add, wire
from tests.support.trip import running_server

import takebridge_server.api
from takebridge.canvas.ops import OP
from takebridge.client.http import BridgeClient
from takebridge_server.token_file import BridgeAddress
from takebridge_server.wire_errors import STATUS, ErrorBody

TRUE_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
GENERATE = (Phase.explicit, Phase.generate)
HONEST_5XX = frozenset(status for status in STATUS.values() if status >= 500) - {500}
"""No editor, no provider: said at once and in the one shape. 500 alone is a fault of ours."""


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeClient]:
    """A bridge in a process of its own: what goes on inside it must not disturb the drawing of requests."""
    with running_server(tmp_path_factory.mktemp("contract") / "home") as client:
        yield client


@pytest.fixture(scope="module")
def document(bridge: BridgeClient) -> dict[str, Any]:
    return dict(bridge.get("/openapi.json"))


def headers_of(address: BridgeAddress) -> dict[str, str]:
    return {"Authorization": f"Bearer {address.token}", "X-TakeBridge": "1"}


def http_of(address: BridgeAddress) -> httpx.Client:
    return httpx.Client(base_url=address.url, headers=headers_of(address), timeout=30, trust_env=False)


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def under_api(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: found for name, found in operations(document).items() if " /api/" in name}


# --- the document -----------------------------------------------------------------------------------------


def routes_in_the_source() -> set[str]:
    """Every ``@router.<method>(path)`` of the API's modules, with the prefix its router has."""
    found: set[str] = set()
    for file in Path(takebridge_server.api.__file__).parent.glob("*.py"):
        source = file.read_text("utf-8")
        prefix = re.search(r'APIRouter\(.*?prefix="([^"]*)"', source)
        for method, path in re.findall(r'@router\.(get|post|put|patch|delete)\(\s*"([^"]*)"', source):
            found.add(f"{method.upper()} {prefix[1] if prefix else ''}{path}")
    return found


def test_every_route_there_is_in_the_document(document: dict[str, Any]) -> None:
    written = routes_in_the_source()
    assert len(written) > 50
    assert operations(document).keys() == written | {"GET /healthz"}


def test_every_operation_says_what_it_does_and_belongs_to_a_topic(document: dict[str, Any]) -> None:
    for name, operation in under_api(document).items():
        assert len(operation["tags"]) == 1, name
        summary = operation["summary"]
        assert operation["description"].startswith(summary) and 2 < len(summary) < 120, f"{name}: {summary}"


def test_operation_ids_are_unique_and_readable(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for operation in operations(document).values()]
    assert sorted(set(ids)) == sorted(ids)
    assert all(re.fullmatch(r"[a-z][a-z_]{3,40}", name) for name in ids), ids


def is_typed(schema: dict[str, Any]) -> bool:
    """A shape one can rely on: a model, a list of them, a table of them, plain values; not just "some object"."""
    if "$ref" in schema or schema.get("type") in ("string", "integer", "boolean"):
        return True
    if schema.get("type") == "array":
        return is_typed(schema["items"])
    values = schema.get("additionalProperties")
    return isinstance(values, dict) and is_typed(values)


def test_every_operation_has_one_typed_success(document: dict[str, Any]) -> None:
    for name, operation in under_api(document).items():
        good = {status: found for status, found in operation["responses"].items() if status.startswith("2")}
        assert good.keys() - {"206"}, name
        for found in good.values():
            assert len(found["content"]) == 1, name
            assert all(is_typed(content["schema"]) for content in found["content"].values()), name


def test_every_operation_documents_how_it_can_fail_in_the_one_shape(document: dict[str, Any]) -> None:
    shape = {"$ref": "#/components/schemas/ErrorBody"}
    for name, operation in under_api(document).items():
        bad = {status: found for status, found in operation["responses"].items() if status >= "4"}
        writes = not name.startswith("GET")
        needed = {"400", "401", "403", "421", "500", "503", "507", *({"408", "413", "415"} if writes else ())}
        if operation.get("parameters") or "requestBody" in operation:
            needed |= {"404", "409", "422"}
        assert needed <= bad.keys(), f"{name} lacks {needed - bad.keys()}"
        assert all(found["content"] == {"application/json": {"schema": shape}} for found in bad.values()), name


def test_what_costs_money_or_asks_an_editor_says_so(document: dict[str, Any]) -> None:
    found = under_api(document)
    for name in (
        "POST /api/jobs",
        "POST /api/jobs/{job_id}/retry",
        "POST /api/fans",
        "POST /api/canvases/{canvas_id}/runs",
    ):
        assert "402" in found[name]["responses"] and "budget" in found[name]["responses"]["402"]["description"], name
    for name in ("POST /api/clips/push", "POST /api/clips/pull", "POST /api/clips/export"):
        assert {"501", "502", "503", "504"} <= found[name]["responses"].keys(), name
    assert "402" not in found["GET /api/canvases"]["responses"]


def test_the_error_model_is_what_errors_look_like(bridge: BridgeClient, document: dict[str, Any]) -> None:
    assert set(document["components"]["schemas"]["ErrorBody"]["required"]) == set(ErrorBody.model_fields)
    with http_of(bridge.address) as client:
        for answer in (
            client.get("/api/canvases/ghost"),
            client.get("/api/nowhere"),
            client.delete("/api/canvases", headers={"X-TakeBridge": "1"}),
            client.post("/api/canvases", json={}),
            client.post("/api/canvases", content=b"{", headers={"Content-Type": "application/json"}),
            client.post("/api/canvases", content=b"a=1"),
            client.get("/api/canvases", headers={"Authorization": "Bearer no"}),
            client.get("/api/canvases", headers={"Origin": "https://evil.com"}),
        ):
            body = ErrorBody.model_validate(answer.json(), strict=True)
            assert body.hint and body.message, answer.text


def test_only_the_health_check_and_signing_in_need_no_token(document: dict[str, Any]) -> None:
    assert document["security"] == [{"token": []}, {"session": []}]
    public = {name for name, operation in operations(document).items() if operation.get("security") == []}
    assert public == {"GET /healthz", "POST /api/session", "POST /api/session/invite"}


# --- generated requests -----------------------------------------------------------------------------------


class Prober:
    """Sends generated requests. Paths in them are led into a folder of the test, ids now and then to what exists."""

    def __init__(self, address: BridgeAddress, document: dict[str, Any], folder: Path) -> None:
        self.url = address.url
        self.headers = headers_of(address)
        self.folder = folder
        self.schema = schemathesis.openapi.from_dict(document)
        self.schema.config.generation.update(with_security_parameters=False)
        self.statuses: dict[str, set[int]] = {}
        with http_of(address) as client:
            self.canvas = client.post("/api/canvases", json={"title": "Probed"}).json()["canvas"]["id"]
            parts = [add("brief", "brief"), add("script", "script"), wire("brief.text", "script.brief")]
            ops = [OP.dump_python(op, mode="json") for op in parts]
            assert client.post(f"/api/canvases/{self.canvas}/ops", json={"ops": ops}).status_code == 200
            words = {"text": "A film about tea."}
            written = client.post(f"/api/canvases/{self.canvas}/nodes/brief/text", json=words)
            self.known = {"canvas_id": self.canvas, "node_id": "brief", "take_id": written.json()["id"]}

    def probe(self, mode: schemathesis.GenerationMode, examples: int) -> list[str]:
        """Send ``examples`` requests to every operation under /api; return what broke the contract."""
        failures: list[str] = []
        for result in self.schema.get_all_operations():
            operation = result.ok()
            asks = bool(list(operation.query) or list(operation.body))  # any text is a path
            if operation.path.startswith("/api/") and (asks or mode is schemathesis.GenerationMode.POSITIVE):
                failures += self._probe(operation, mode, examples)
        return failures

    def _probe(self, operation: Any, mode: schemathesis.GenerationMode, examples: int) -> list[str]:
        failures: list[str] = []

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=GENERATE,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
        def run(case: schemathesis.Case, known: bool) -> None:
            self._confine(case.body)
            if known:
                self._lead(case.path_parameters)
                self._lead(case.query)
                self._lead(case.body)
            if problem := self._send(case, mode):
                failures.append(problem)

        run()
        return failures[:3]

    def _confine(self, body: Any) -> None:
        for key in ("path", "folder"):
            if isinstance(body, dict) and isinstance(body.get(key), str):
                name = re.sub(r"[/\\]", "_", body[key]).strip(".")
                body[key] = f"{self.folder}/{name}"

    def _lead(self, part: Any) -> None:
        if isinstance(part, dict):
            part.update({key: value for key, value in self.known.items() if isinstance(part.get(key), str)})

    def _send(self, case: schemathesis.Case, mode: schemathesis.GenerationMode) -> str:
        response = case.call(base_url=self.url, headers=self.headers, timeout=30)
        name = f"{case.method} {case.path}"
        self.statuses.setdefault(name, set()).add(response.status_code)
        checks = [
            check for check in TRUE_CHECKS if response.status_code not in HONEST_5XX or check is not not_a_server_error
        ]
        if mode is schemathesis.GenerationMode.NEGATIVE:
            checks.append(negative_data_rejection)
        try:
            case.validate_response(response, checks=checks, headers=self.headers)
        except (Failure, FailureGroup) as error:
            return f"{name}: {response.status_code} {response.text[:300]}\n{error}"[:2500]
        return ""


@pytest.fixture
def prober(bridge: BridgeClient, document: dict[str, Any], tmp_path: Path) -> Prober:
    return Prober(bridge.address, document, tmp_path)


# Servers of other tests may run in threads of this process and draw numbers meanwhile.
UNDISTURBED = pytest.mark.filterwarnings("ignore:Do not use the `random` module")
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@UNDISTURBED
@pytest.mark.timeout(300)  # every route is asked many times, and the machine may be busy with other tests
@pytest.mark.parametrize("mode", MODES, ids=["fitting", "unfitting"])
def test_generated_requests_keep_the_contract(prober: Prober, mode: schemathesis.GenerationMode) -> None:
    before = sorted(os.listdir())
    failures = prober.probe(mode, 6)
    assert not failures, "\n\n".join(failures)
    assert sorted(os.listdir()) == before, "a request wrote into the working folder"
    if mode is schemathesis.GenerationMode.POSITIVE:
        assert prober.statuses.keys() == under_api(prober.schema.raw_schema).keys()
        good = [name for name, statuses in prober.statuses.items() if any(status < 300 for status in statuses)]
        assert len(good) > 15, "hardly anything succeeded: nothing is learnt about good answers"


@pytest.mark.slow
@pytest.mark.timeout(1800)
@UNDISTURBED
@pytest.mark.parametrize("mode", MODES, ids=["fitting", "unfitting"])
def test_many_generated_requests_keep_the_contract(prober: Prober, mode: schemathesis.GenerationMode) -> None:
    failures = prober.probe(mode, 150)
    assert not failures, "\n\n".join(failures)
