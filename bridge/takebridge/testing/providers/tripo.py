"""Tripo's v3 API on 127.0.0.1: the envelope, files by token, tasks that fail, are banned or expire."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.stage import Act, FakeJob, Stage

_CODES = {
    "auth": 1002,
    "quota": 2010,
    "rate_limit": 2000,
    "retired": 2002,
    "invalid": 1004,
    "server_error": 1001,
    "shed": 1000,
    "moderated_in": 2008,
    "not_found": 2001,
}
_MODELS = {"v2.5-20250123", "v3.0-20250812", "v3.1-20260211", "P1-20260311", "P2-20260801"}
_KINDS = ("text-to-model", "image-to-model", "multiview-to-model")
_MAY = {
    "model", "texture", "pbr", "model_seed", "texture_seed", "face_limit", "texture_quality", "geometry_quality",
    "auto_size", "quad", "export_uv", "compress", "generate_parts", "smart_low_poly",
}  # fmt: skip


class TripoServer(ContractServer):
    """Files and tasks. With ``errors_as_200`` only the envelope's code tells a refusal."""

    name = "tripo"
    key: ClassVar[str] = f"tsk_{KEY}"
    """The key as the vendor's client insists on it; without the prefix it is taken too."""
    refusal_status: ClassVar[Mapping[str, int]] = {**ContractServer.refusal_status, "quota": 403, "retired": 400}

    def __init__(self, stage: Stage | None = None, *, errors_as_200: bool = False) -> None:
        super().__init__(stage)
        self.errors_as_200 = errors_as_200
        self.tokens: dict[str, bool] = {}
        """File tokens, and whether their bytes have come."""

    def routes(self) -> Sequence[BaseRoute]:
        """What the vendor's client calls."""
        makers = [Route(f"/v3/generation/{kind}", self._create, methods=["POST"]) for kind in _KINDS]
        return [
            *makers,
            Route("/v3/tasks/{id}", self._get),
            Route("/v3/account/balance", self._balance),
            Route("/v3/files", self._file, methods=["POST"]),
            Route("/v3/files/presign", self._presign, methods=["POST"]),
            Route("/presigned/{token}", self._put, methods=["PUT"]),
        ]

    def is_authorised(self, request: Request) -> bool:
        """Bearer; a presigned address takes no key."""
        if request.url.path.startswith("/presigned/"):
            return "authorization" not in request.headers
        return request.headers.get("authorization") in (f"Bearer {KEY}", f"Bearer {self.key}")

    def error(self, kind: str, message: str) -> Json:
        """The envelope of an error."""
        return {"code": _CODES.get(kind, 1000), "message": message, "suggestion": "See the documentation"}

    def refusal(self, act: Act | str, message: str = "") -> Response:
        """With ``errors_as_200`` the status says nothing."""
        answer = super().refusal(act, message)
        if self.errors_as_200:
            answer.status_code = 200
        return answer

    async def _create(self, request: Request) -> Response:
        kind = request.url.path.rpartition("/")[2]
        try:
            body = json.loads(await request.body())
        except ValueError:
            return self.refusal("invalid", "no JSON")
        if fault := self._fault(kind, body):
            return self.refusal("invalid", fault)
        job = self.begin(body, body["model"])
        return self._told({"task_id": job.id}) if isinstance(job, FakeJob) else job

    async def _get(self, request: Request) -> Response:
        job = self.looked_at(request.path_params["id"])
        if not isinstance(job, FakeJob):
            return job
        facts = {"task_id": job.id, "type": "image_to_model", "input": job.body, "output": {}, "progress": 0}
        phase = self.stage.phase(job)
        if phase != "done":
            told = {"status": "queued"} if phase == "queued" else {"status": "running", "progress": 40}
            return self._told({**facts, **told, "running_left_time": 12 if phase == "running" else -1})
        return self._told({**facts, **self._ended(job)})

    def _ended(self, job: FakeJob) -> dict[str, Any]:
        if job.act == "failed":
            job.refunded = True
            return {"status": "failed", "error_code": 1001, "error_msg": "the mesh failed", "credits_consumed": 0}
        if job.act == "moderated_out":
            return {"status": "banned", "error_msg": "the result is banned"}
        url = self.result_url(job, "model.glb")
        output = {"model_url": url, "rendered_image_url": self.result_url(job, "preview.png")}
        return {"status": "success", "progress": 100, "output": output, "credits_consumed": 30}

    async def _balance(self, request: Request) -> Response:
        return self._told({"balance": 870, "frozen": 0})

    # --- files

    async def _file(self, request: Request) -> Response:
        if b'name="file"' not in await request.body():
            return self.refusal("invalid", "no file")
        return self._told({"file_token": self._token(True)})

    async def _presign(self, request: Request) -> Response:
        token = self._token(False)
        url = f"{self.url}/presigned/{token}"
        return self._told({"file_token": token, "presigned_url": url, "expires_in": 3600})

    async def _put(self, request: Request) -> Response:
        token = request.path_params["token"]
        if token not in self.tokens or not await request.body():
            return Response(status_code=403)
        self.tokens[token] = True
        return Response(status_code=200)

    def _token(self, here: bool) -> str:
        token = f"file_{len(self.tokens) + 1:08d}"
        self.tokens[token] = here
        return token

    def _told(self, data: Json) -> Response:
        return JSONResponse({"code": 0, "data": data})

    # --- what the vendor checks

    def _fault(self, kind: str, body: Json) -> str:
        if not isinstance(body, dict) or body.get("model") not in _MODELS:
            return "model"
        named = {"text-to-model": "prompt", "image-to-model": "input", "multiview-to-model": "inputs"}[kind]
        if named not in body or set(body) - _MAY - {named, "negative_prompt"}:
            return f"{named} is required, or a field is unknown"
        if kind == "text-to-model":
            return "" if isinstance(body["prompt"], str) and 0 < len(body["prompt"]) <= 1024 else "prompt"
        given = body[named] if kind == "multiview-to-model" else [body[named]]
        if not isinstance(given, list) or not 1 <= len(given) <= 4 or not all(map(self.tokens.get, given)):
            return "unknown file_token"
        return "" if kind == "image-to-model" or len(given) > 1 else "one view is no multiview"
