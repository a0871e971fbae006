"""sync.so on 127.0.0.1: assets through presigned addresses, generations, REJECTED beside FAILED."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.stage import FakeJob, Stage

_WHEN = "2026-11-21T12:00:00.000Z"
_MODELS = ("lipsync-2", "lipsync-1.9.0-beta", "lipsync-2-pro", "react-1", "sync-3")
_NEWEST = "sync-3"
_MODES = ("bounce", "loop", "cut_off", "silence", "remap")
_CODES = {
    "rate_limit": "concurrency_limit_reached",
    "retired": "generation_unsupported_model",
    "moderated_in": "generation_content_moderation",
    "invalid": "generation_input_validation_failed",
    "quota": "insufficient_credits",
}


class SyncServer(ContractServer):
    """``/v2/generate`` and ``/v2/assets``. Input that is refused by content shows as ``REJECTED`` in the status."""

    name = "sync"
    moderates_later: ClassVar[bool] = True
    refusal_status: ClassVar[Mapping[str, int]] = {**ContractServer.refusal_status, "retired": 400}

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.uploads: dict[str, dict[str, Any]] = {}
        self.assets: dict[str, str] = {}

    def routes(self) -> Sequence[BaseRoute]:
        """The part of the API that makes clips."""
        return [
            Route("/v2/generate", self._create, methods=["POST"]),
            Route("/v2/generate/{id}", self._get),
            Route("/v2/models", self._models),
            Route("/v2/assets/upload", self._presign, methods=["POST"]),
            Route("/v2/assets", self._register, methods=["POST"]),
            Route("/presigned/{name}", self._put, methods=["PUT"]),
        ]

    def is_authorised(self, request: Request) -> bool:
        """The key in its header; a presigned address takes none."""
        if request.url.path.startswith("/presigned/"):
            return "x-api-key" not in request.headers and request.query_params.get("signature") == "good"
        return request.headers.get("x-api-key") == KEY

    def error(self, kind: str, message: str) -> Json:
        """Status, code and message."""
        told = {"statusCode": self.refusal_status.get(kind, 404 if kind == "not_found" else 400), "message": message}
        return {**told, "errorCode": _CODES[kind]} if kind in _CODES else told

    async def _create(self, request: Request) -> Response:
        body = _json(await request.body())
        if fault := self._fault(body):
            return self.refusal("invalid", fault)
        job = self.begin(body, body["model"])
        return JSONResponse(self._facts(job, "PENDING"), status_code=201) if isinstance(job, FakeJob) else job

    async def _get(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["id"])
        if not isinstance(job, FakeJob):
            return job
        phase = self.stage.phase(job)
        if phase != "done":
            return JSONResponse(self._facts(job, "PENDING" if phase == "queued" else "PROCESSING"))
        ends = {
            "failed": ("FAILED", "generation_pipeline_failed", "the generation failed"),
            "moderated_in": ("REJECTED", "generation_content_moderation", "the input was rejected"),
            "moderated_out": ("FAILED", "generation_content_moderation", "the result was withheld"),
        }
        if job.act in ends:
            status, code, said = ends[job.act]
            return JSONResponse({**self._facts(job, status), "error": said, "errorCode": code})
        made = {"outputUrl": self.result_url(job), "outputDuration": 2.0}
        return JSONResponse({**self._facts(job, "COMPLETED"), **made})

    def _facts(self, job: FakeJob, status: str) -> dict[str, Any]:
        told = {"id": job.id, "createdAt": _WHEN, "status": status, "model": job.model}
        return {**told, "input": job.body["input"], "options": job.body.get("options"), "outputUrl": None}

    async def _models(self, request: Request) -> Response:
        return JSONResponse([{"id": name, "name": name, "type": "lipsync", "version": "1"} for name in _MODELS])

    # --- assets

    async def _presign(self, request: Request) -> Response:
        body = _json(await request.body())
        if not {"fileName", "contentType", "size"} <= set(body) or not isinstance(body["size"], int):
            return self.refusal("invalid", "fileName, contentType and size are required")
        name = f"upload-{len(self.uploads) + 1}"
        self.uploads[name] = {**body, "received": False}
        told = {"uploadUrl": f"{self.url}/presigned/{name}?signature=good", "url": f"https://assets.sync.so/{name}"}
        return JSONResponse({**told, "expiresIn": 3600}, status_code=201)

    async def _put(self, request: Request) -> Response:
        upload = self.uploads.get(request.path_params["name"])
        data = await request.body()
        if upload is None or len(data) != upload["size"]:
            return Response(status_code=403)
        if request.headers.get("content-type") != upload["contentType"]:
            return Response("<Error><Code>SignatureDoesNotMatch</Code></Error>", status_code=403)
        upload["received"] = True
        return Response(status_code=200)

    async def _register(self, request: Request) -> Response:
        body = _json(await request.body())
        upload = self.uploads.get(str(body.get("url", "")).rpartition("/")[2])
        if upload is None or not upload["received"]:
            return self.refusal("invalid", "nothing was uploaded there")
        if body.get("type") != upload["contentType"].partition("/")[0].upper():
            return self.refusal("invalid", "type")
        asset = f"asset-{len(self.assets) + 1}"
        self.assets[asset] = body["type"].lower()
        told = {"id": asset, "createdAt": _WHEN, "updatedAt": _WHEN, "type": body["type"], "visibility": "USER"}
        return JSONResponse(told, status_code=201)

    # --- what the vendor checks

    def _fault(self, body: dict[str, Any]) -> str:
        if body.get("model") not in _MODELS:
            return "model"
        if set(body) - {"model", "input", "options", "segments", "webhookUrl", "outputFileName"}:
            return "unknown field"
        given = body.get("input")
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            return "input"
        kinds = sorted(str(one.get("type")) for one in given)
        if kinds not in (["audio", "video"], ["audio", "image"]):
            return "exactly one picture and one voice"
        if "image" in kinds and (body["model"] != _NEWEST or body.get("options", {}).get("sync_mode")):
            return "a still takes sync-3 and no sync_mode"
        if body.get("options", {}).get("sync_mode", "loop") not in _MODES:
            return "options.sync_mode"
        wrong = [one for one in given if "url" not in one and self.assets.get(one.get("assetId")) != one["type"]]
        return "unknown asset, or one of another type" if wrong else ""


def _json(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
