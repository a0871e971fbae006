"""World Labs' World API on 127.0.0.1: operations, media assets, worlds by tag, and credits."""

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

_WHEN = "2026-11-21T12:00:00Z"
_MODELS = ("marble-1.1", "marble-1.1-plus", "marble-1.0", "marble-1.0-draft", "Marble 0.1-plus", "Marble 0.1-mini")
_FIELDS = {"display_name", "tags", "seed", "world_prompt", "model", "permission"}
_RANGE = "0,1048576000"
_FAILING = ("failed", "moderated_out")


class WorldLabsServer(ContractServer):
    """``/marble/v1``. A world is in the list as soon as it is accepted."""

    name = "worldlabs"
    refusal_status: ClassVar[Mapping[str, int]] = {**ContractServer.refusal_status, "retired": 422, "invalid": 422}

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.assets: dict[str, dict[str, Any]] = {}

    def routes(self) -> Sequence[BaseRoute]:
        """The part of the API that makes worlds."""
        return [
            Route("/marble/v1/worlds:generate", self._create, methods=["POST"]),
            Route("/marble/v1/worlds:list", self._list, methods=["POST"]),
            Route("/marble/v1/worlds/{id}", self._world),
            Route("/marble/v1/operations/{id}", self._operation),
            Route("/marble/v1/media-assets:prepare_upload", self._prepare, methods=["POST"]),
            Route("/marble/v1/credits", self._credits),
            Route("/presigned/{id}", self._put, methods=["PUT"]),
        ]

    def is_authorised(self, request: Request) -> bool:
        """The key in its header; a signed address takes none."""
        if request.url.path.startswith("/presigned/"):
            return "wlt-api-key" not in request.headers
        return request.headers.get("wlt-api-key") == KEY

    def error(self, kind: str, message: str) -> Json:
        """``{detail}``: a list where the request does not fit the schema."""
        told = "content moderation refused this prompt" if kind == "moderated_in" else message
        if self.refusal_status.get(kind) == 422:
            place = ["body", "model"] if kind == "retired" else ["body"]
            return {"detail": [{"loc": place, "msg": told, "type": "value_error"}]}
        return {"detail": told, "request_id": "req-1"}

    # --- worlds

    async def _create(self, request: Request) -> Response:
        body = _json(await request.body())
        if fault := self._fault(body):
            return self.refusal("retired" if fault == "model" else "invalid", fault)
        job = self.begin(body, body.get("model", "marble-1.0"))
        return JSONResponse(self._told(job, done=False)) if isinstance(job, FakeJob) else job

    async def _operation(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["id"])
        if not isinstance(job, FakeJob):
            return job
        if self.stage.phase(job) != "done":
            return JSONResponse(self._told(job, done=False))
        errors = {
            "failed": (500, "the world could not be built"),
            "moderated_out": (400, "the result failed moderation"),
        }
        if job.act in errors:
            code, said = errors[job.act]
            return JSONResponse({**self._told(job, done=True), "error": {"code": code, "message": said}})
        ended = {**self._told(job, done=True), "response": self._facts(job, True)}
        return JSONResponse({**ended, "cost": {"total_credits": 1580}})

    async def _world(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["id"].removeprefix("world-"))
        if not isinstance(job, FakeJob):
            return job
        return JSONResponse({"world": self._facts(job, self.stage.phase(job) == "done" and job.act not in _FAILING)})

    async def _list(self, request: Request) -> Response:
        body = _json(await request.body())
        wanted = set(body.get("tags") or [])
        found = [job for job in self.stage.jobs.values() if not wanted or wanted & set(job.body.get("tags") or [])]
        if body.get("status") == "FAILED":
            found = [job for job in found if job.act in _FAILING]
        return JSONResponse({"worlds": [self._facts(job, False) for job in found], "next_page_token": None})

    def _told(self, job: FakeJob, *, done: bool) -> dict[str, Any]:
        times = {"created_at": _WHEN, "updated_at": _WHEN, "expires_at": "2026-11-22T12:00:00Z"}
        facts = {"operation_id": job.id, "done": done, "error": None, "response": None}
        return {**facts, **times, "metadata": {"world_id": f"world-{job.id}"}}

    def _facts(self, job: FakeJob, complete: bool) -> dict[str, Any]:
        facts = {"world_id": f"world-{job.id}", "display_name": "", "tags": job.body.get("tags"), "model": job.model}
        if not complete:
            return {**facts, "assets": None}
        splats = {"100k": self.result_url(job, "small.spz"), "full_res": self.result_url(job, "world.spz")}
        return {
            **facts,
            "assets": {
                "splats": {"spz_urls": splats},
                "mesh": {"collider_mesh_url": self.result_url(job, "collider.glb")},
                "imagery": {"pano_url": self.result_url(job, "pano.png")},
                "thumbnail_url": self.result_url(job, "thumbnail.png"),
                "caption": "a place",
            },
        }

    async def _credits(self, request: Request) -> Response:
        return JSONResponse({"balance": 24_000})

    # --- media assets

    async def _prepare(self, request: Request) -> Response:
        body = _json(await request.body())
        if not body.get("file_name") or body.get("kind") not in ("image", "video"):
            return self.refusal("invalid", "file_name and kind are required")
        made = f"asset-{len(self.assets) + 1}"
        self.assets[made] = {"media_asset_id": made, "file_name": body["file_name"], "kind": body["kind"]}
        info = {
            "upload_url": f"{self.url}/presigned/{made}",
            "upload_method": "PUT",
            "required_headers": {"x-goog-content-length-range": _RANGE},
        }
        return JSONResponse({"media_asset": self.assets[made], "upload_info": info})

    async def _put(self, request: Request) -> Response:
        asset = self.assets.get(request.path_params["id"])
        if asset is None or request.headers.get("x-goog-content-length-range") != _RANGE or not await request.body():
            return Response(status_code=403)
        asset["ready"] = True
        return Response(status_code=200)

    # --- what the vendor checks

    def _fault(self, body: dict[str, Any]) -> str:
        if set(body) - _FIELDS:
            return "extra fields"
        if body.get("model", _MODELS[0]) not in _MODELS:
            return "model"
        if "seed" in body and (not isinstance(body["seed"], int) or body["seed"] < 0):
            return "seed"
        if not isinstance(body.get("tags", []), list):
            return "tags"
        prompt = body.get("world_prompt")
        return self._prompt_fault(prompt) if isinstance(prompt, dict) else "world_prompt"

    def _prompt_fault(self, prompt: dict[str, Any]) -> str:
        match prompt.get("type"):
            case "text":
                return "" if prompt.get("text_prompt") else "text_prompt is required"
            case "image":
                return self._content_fault(prompt.get("image_prompt"), "image")
            case "video":
                return self._content_fault(prompt.get("video_prompt"), "video")
            case "multi-image":
                views = prompt.get("multi_image_prompt") or []
                if not 1 <= len(views) <= (8 if prompt.get("reconstruct_images") else 4):
                    return "multi_image_prompt"
                faults = (self._content_fault(one.get("content"), "image") for one in views)
                return next(filter(None, faults), "")
        return "world_prompt.type"

    def _content_fault(self, content: Json, kind: str) -> str:
        if not isinstance(content, dict) or content.get("source") not in ("media_asset", "uri", "data_base64"):
            return "content"
        if content["source"] != "media_asset":
            return ""
        asset = self.assets.get(content.get("media_asset_id", ""), {})
        return "" if asset.get("ready") and asset.get("kind") == kind else "media asset"


def _json(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
