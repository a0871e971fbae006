"""Meshy's API on 127.0.0.1: 202 with a bare id, upper-case states, all formats at once."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.stage import FakeJob

_MODELS = ("latest", "meshy-6", "meshy-5")
_MAY = {
    "ai_model", "topology", "target_polycount", "symmetry_mode", "should_remesh", "should_texture", "enable_pbr",
    "pose_mode", "texture_prompt", "texture_image_url", "seed", "moderation", "model_type",
}  # fmt: skip


class MeshyServer(ContractServer):
    """``/openapi/v1/image-to-3d`` and ``multi-image-to-3d``."""

    name = "meshy"
    refusal_status: ClassVar[Mapping[str, int]] = {**ContractServer.refusal_status, "retired": 410}

    def routes(self) -> Sequence[BaseRoute]:
        """The two ways from pictures to a model, and the balance."""
        found: list[BaseRoute] = [Route("/openapi/v1/balance", self._balance)]
        for kind in ("image-to-3d", "multi-image-to-3d"):
            found.append(Route(f"/openapi/v1/{kind}", self._create, methods=["POST"], name=kind))
            found.append(Route(f"/openapi/v1/{kind}/{{id}}", self._get, name=f"{kind}-get"))
        return found

    def is_authorised(self, request: Request) -> bool:
        """Bearer."""
        return request.headers.get("authorization") == f"Bearer {KEY}"

    def error(self, kind: str, message: str) -> Json:
        """A message and nothing else."""
        return {"message": "input image blocked by moderation" if kind == "moderated_in" else message}

    async def _create(self, request: Request) -> Response:
        many = request.url.path.endswith("multi-image-to-3d")
        try:
            body = json.loads(await request.body())
        except ValueError:
            return self.refusal("invalid", "no JSON")
        if fault := _fault(body, many):
            return self.refusal("invalid", fault)
        job = self.begin(body, body.get("ai_model", "latest"))
        return JSONResponse({"result": job.id}, status_code=202) if isinstance(job, FakeJob) else job

    async def _get(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["id"])
        if not isinstance(job, FakeJob):
            return job
        facts = {"id": job.id, "type": "image-to-3d", "model_urls": {}, "thumbnail_url": "", "progress": 0}
        phase = self.stage.phase(job)
        if phase != "done":
            waits = phase == "queued"
            told = {"status": "PENDING", "preceding_tasks": 2} if waits else {"status": "IN_PROGRESS", "progress": 50}
            return JSONResponse({**facts, **told, "task_error": {"message": ""}})
        reasons = {"failed": "the mesh could not be built", "moderated_out": "the result was blocked by moderation"}
        if job.act in reasons:
            return JSONResponse({**facts, "status": "FAILED", "task_error": {"message": reasons[job.act]}})
        urls = {kind: self.result_url(job, f"model.{kind}") for kind in ("glb", "fbx", "usdz", "obj")}
        ended = {"status": "SUCCEEDED", "progress": 100, "model_urls": urls, "task_error": {"message": ""}}
        return JSONResponse({**facts, **ended, "expires_at": 1_763_900_000_000})

    async def _balance(self, request: Request) -> Response:
        return JSONResponse({"balance": 1000})


def _fault(body: Json, many: bool) -> str:
    named = "image_urls" if many else "image_url"
    if not isinstance(body, dict) or named not in body or set(body) - _MAY - {named}:
        return f"{named} is required, or a field is unknown"
    if body.get("ai_model", "latest") not in _MODELS:
        return "ai_model"
    given = body[named] if many else [body[named]]
    if not isinstance(given, list) or not 1 <= len(given) <= 4 or not all(map(_is_picture, given)):
        return "pictures are addresses or data URIs, one to four"
    return "" if all(isinstance(body.get(name, True), bool) for name in ("should_texture", "enable_pbr")) else "bool"


def _is_picture(value: Json) -> bool:
    if not isinstance(value, str):
        return False
    head, _, data = value.partition(";base64,")
    try:
        whole = head.startswith(("data:image/png", "data:image/jpeg")) and base64.b64decode(data, None, True)
        return value.startswith("https://") or bool(whole)
    except (binascii.Error, ValueError):
        return False
