"""The ComfyUI contract server answers as ComfyUI's published OpenAPI file says, where that file is to be had.

It is not part of this project (its licence is another one): name a copy in ``TAKEBRIDGE_COMFYUI_OPENAPI``, or install a
package that carries it into the vendors' environment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.remote_desk import Desk, desk_of

from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.testing.providers.comfyui import ComfyUIServer
from takebridge.testing.providers.samples import picture

jsonschema = pytest.importorskip("jsonschema_rs", reason="jsonschema-rs comes with schemathesis ('dev' extra)")
yaml = pytest.importorskip("yaml", reason="PyYAML comes with schemathesis ('dev' extra)")

_HERE = Path(__file__).parents[2]
_UNKNOWN = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    for path in _candidates():
        spec = yaml.safe_load(path.read_text("utf-8"))
        if isinstance(spec, dict) and {"/api/prompt", "/api/jobs/{job_id}"} <= set(spec.get("paths", ())):
            return spec
    pytest.skip("no copy of ComfyUI's published openapi.yaml here: name one in TAKEBRIDGE_COMFYUI_OPENAPI")


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("TAKEBRIDGE_COMFYUI_OPENAPI", ""):
        yield Path(named)
    python = Path(os.environ.get("TAKEBRIDGE_ORACLE_PYTHON", _HERE / ".oracle" / "bin" / "python"))
    for found in (python.parent.parent / "lib").glob("python*/site-packages/*/**/openapi.y*ml"):
        if "/api/jobs/{job_id}" in found.read_text("utf-8", "replace"):
            yield found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "home", "comfyui", ComfyUIServer()) as found:
        yield found


def conforms(spec: dict[str, Any], path: str, method: str, status: int, body: object) -> None:
    """Fail unless the operation documents this status and, with a schema, this body."""
    answers = spec["paths"][path][method]["responses"]
    assert str(status) in answers, f"{method} {path} does not document {status}"
    content = answers[str(status)].get("content", {}).get("application/json")
    if content is not None:
        whole = {**content["schema"], "components": spec["components"]}
        jsonschema.Draft4Validator(whole).validate(body)


def test_answers_of_a_run_are_those_published(published: dict[str, Any], desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "still.png"
    file.write_bytes(picture("PNG"))
    still = MediaInput(role="source_image", path=file, content="c", media_type="image", width=192, height=108)
    request = GenerationRequest(
        token="openapi-01", model="comfyui/kontext-edit", kind="image_edit", prompt="Night.", inputs=(still,)
    )
    desk.server.stage.play("ok", "failed")
    jobs = [desk.submit(request), desk.submit(request.model_copy(update={"token": "openapi-02"}))]
    posted = desk.sent("/prompt")[0]
    asked = {**_asked(published), "components": published["components"]}
    jsonschema.Draft4Validator(asked).validate(json.loads(posted.body))
    with httpx.Client(base_url=desk.url) as client:
        sent = client.post("/api/prompt", content=posted.body)
        conforms(published, "/api/prompt", "post", sent.status_code, sent.json())
        refused = client.post("/api/prompt", json={"prompt": {"1": {"class_type": "Nowhere", "inputs": {}}}})
        conforms(published, "/api/prompt", "post", refused.status_code, refused.json())
        for job in jobs:
            for _ in range(3):
                seen = client.get(f"/api/jobs/{job.id}")
                conforms(published, "/api/jobs/{job_id}", "get", seen.status_code, seen.json())
        unknown = client.get(f"/api/jobs/{_UNKNOWN}")
        conforms(published, "/api/jobs/{job_id}", "get", unknown.status_code, unknown.json())
        for known in (jobs[0].id, _UNKNOWN):
            stopped = client.post(f"/api/jobs/{known}/cancel")
            conforms(published, "/api/jobs/{job_id}/cancel", "post", stopped.status_code, stopped.json())
        queue = client.get("/api/queue")
        conforms(published, "/api/queue", "get", queue.status_code, queue.json())
        cleared = client.post("/api/queue", json={"delete": [_UNKNOWN]})
        conforms(published, "/api/queue", "post", cleared.status_code, cleared.json())
        stats = client.get("/api/system_stats")
        conforms(published, "/api/system_stats", "get", stats.status_code, stats.json())


def _asked(spec: dict[str, Any]) -> dict[str, Any]:
    schema = spec["paths"]["/api/prompt"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert isinstance(schema, dict)
    return schema
