"""Kling's API on 127.0.0.1: checked tokens, the envelope, ``succeed``, errors that may come as HTTP 200."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.stage import Act, FakeJob, Stage

ACCESS = "test-access-key"
_CODES = {
    "auth": 1002,
    "quota": 1102,
    "rate_limit": 1303,
    "retired": 1203,
    "not_found": 1203,
    "invalid": 1201,
    "server_error": 5000,
    "shed": 5001,
    "moderated_in": 1301,
}
_MODELS: Mapping[str, set[str]] = {
    "text2video": {"kling-v3", "kling-3.0-turbo", "kling-v2-6", "kling-v2-5-turbo", "kling-v2-1-master"},
    "image2video": {"kling-v3", "kling-3.0-turbo", "kling-v2-6", "kling-v2-5-turbo", "kling-v2-1-master"},
    "omni-video": {"kling-v3-omni", "kling-video-o1"},
    "avatar": {""},
}
_NEEDS = {
    "text2video": {"prompt"},
    "image2video": {"image"},
    "omni-video": {"prompt"},
    "avatar": {"image", "sound_file", "mode"},
}
_MAY = {
    "text2video": {"aspect_ratio", "negative_prompt", "sound", "multi_shot", "multi_prompt", "shot_type", "cfg_scale"},
    "image2video": {"image_tail", "negative_prompt", "sound", "prompt", "multi_shot", "multi_prompt", "cfg_scale"},
    "omni-video": {"aspect_ratio", "image_list", "video_list", "sound", "multi_shot", "multi_prompt", "shot_type"},
    "avatar": {"prompt"},
}
_ALWAYS = {"model_name", "mode", "duration", "external_task_id", "callback_url"}


class KlingServer(ContractServer):
    """Takes tokens signed with ``ACCESS`` and the key as the secret; ``key`` holds both parts."""

    name = "kling"
    key: ClassVar[str] = f"{ACCESS}:{KEY}"
    refusal_status: ClassVar[Mapping[str, int]] = {**ContractServer.refusal_status, "quota": 429}

    def __init__(self, stage: Stage | None = None, *, errors_as_200: bool = False) -> None:
        super().__init__(stage)
        self.errors_as_200 = errors_as_200
        self._code = _CODES["auth"]

    def routes(self) -> Sequence[BaseRoute]:
        """Each way to make something has its own pair of addresses."""
        paths = {kind: f"/v1/videos/{kind}" for kind in _MODELS} | {"avatar": "/v1/videos/avatar/image2video"}
        found: list[BaseRoute] = [Route("/account/costs", self._costs)]
        for kind, path in paths.items():
            found.append(Route(path, self._create, methods=["POST"], name=kind))
            found.append(Route(f"{path}/{{id}}", self._get, name=f"{kind}-get"))
        return found

    def is_authorised(self, request: Request) -> bool:
        """A token: its form, its signature, its issuer, and its time."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer" and token == KEY:
            return True
        self._code = _token_fault(token) if scheme == "Bearer" else 1001
        return self._code == 0

    def error(self, kind: str, message: str) -> Json:
        """The envelope with a service code."""
        code = self._code if kind == "auth" and self._code else _CODES.get(kind, 5000)
        return {"code": code, "message": message, "request_id": "req-1"}

    def refusal(self, act: Act | str, message: str = "") -> Response:
        """With ``errors_as_200`` the status says nothing and the code all."""
        answer = super().refusal(act, message)
        if self.errors_as_200:
            answer.status_code = 200
        return answer

    # --- tasks

    async def _create(self, request: Request) -> Response:
        kind = request.scope["path"].removeprefix("/v1/videos/").partition("/")[0]
        try:
            body = json.loads(await request.body())
        except ValueError:
            return self.refusal("invalid", "no JSON")
        if fault := self._fault(kind, body):
            return self.refusal("invalid", fault)
        job = self.begin(body, body.get("model_name", ""))
        if not isinstance(job, FakeJob):
            return job
        return JSONResponse(self._envelope({**self._facts(job), "task_status": "submitted"}))

    async def _get(self, request: Request) -> Response:
        wanted = request.path_params["id"]
        ours = (job.id for job in self.stage.jobs.values() if job.body.get("external_task_id") == wanted)
        job = self.looked_at(next(ours, wanted))
        if not isinstance(job, FakeJob):
            return job
        phase = self.stage.phase(job)
        if phase != "done":
            status = "submitted" if phase == "queued" else "processing"
            return JSONResponse(self._envelope({**self._facts(job), "task_status": status, "task_status_msg": ""}))
        return JSONResponse(self._envelope(self._ended(job)))

    def _ended(self, job: FakeJob) -> Json:
        reasons = {"failed": "Generation failed", "moderated_out": "Failure to pass the risk control system"}
        if job.act in reasons:
            return {**self._facts(job), "task_status": "failed", "task_status_msg": reasons[job.act]}
        video = {"id": f"video-{job.id}", "url": self.result_url(job), "duration": "5.1"}
        result = {"videos": [video], "images": []}
        return {**self._facts(job), "task_status": "succeed", "task_status_msg": "", "task_result": result}

    def _facts(self, job: FakeJob) -> dict[str, Any]:
        told = {"external_task_id": job.body.get("external_task_id", "")}
        return {"task_id": job.id, "task_info": told, "created_at": 1_763_700_000_000, "updated_at": 1_763_700_001_000}

    def _envelope(self, data: Json) -> Json:
        return {"code": 0, "message": "SUCCEED", "request_id": "req-1", "data": data}

    async def _costs(self, request: Request) -> Response:
        if not {"start_time", "end_time"} <= set(request.query_params):
            return self.refusal("invalid", "start_time and end_time are required")
        pack = {"resource_pack_name": "video", "total_quantity": 1000, "remaining_quantity": 412.5, "status": "online"}
        return JSONResponse(self._envelope({"code": 0, "msg": "", "resource_pack_subscribe_infos": [pack]}))

    # --- what the vendor checks

    def _fault(self, kind: str, body: Json) -> str:
        if not isinstance(body, dict):
            return "the body is no object"
        if missing := _NEEDS[kind] - set(body):
            return f"{min(missing)} is required"
        if unknown := set(body) - _NEEDS[kind] - _MAY[kind] - _ALWAYS:
            return f"unknown field {min(unknown)}"
        if body.get("model_name", "kling-v3" if kind != "avatar" else "") not in _MODELS[kind]:
            return "model_name"
        if body.get("mode", "std") not in ("std", "pro", "4k") or body.get("sound", "off") not in ("on", "off"):
            return "mode or sound"
        if body.get("duration", "5") not in [str(seconds) for seconds in range(3, 16)]:
            return "duration is a text from 3 to 15"
        if body.get("aspect_ratio", "16:9") not in ("16:9", "9:16", "1:1"):
            return "aspect_ratio"
        token = body.get("external_task_id")
        if token and any(job.body.get("external_task_id") == token for job in self.stage.jobs.values()):
            return "external_task_id is taken"
        return _media_fault(body)


def _media_fault(body: Mapping[str, Any]) -> str:
    """Bare base64 or an address: a data URI is refused."""
    given = [body[name] for name in ("image", "image_tail", "sound_file") if name in body]
    for one in body.get("image_list", []):
        if one.get("type", "first_frame") not in ("first_frame", "end_frame"):
            return "image_list.type"
        given.append(one.get("image_url"))
    for one in given:
        if not isinstance(one, str) or not (one.startswith("https://") or _is_base64(one)):
            return "media must be an address or bare base64"
    return "image_list is too long" if len(body.get("image_list", [])) > 7 else ""


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False


def _token_fault(token: str) -> int:
    """Return the service code of a bad token, 0 for a good one."""
    try:
        head, claims, mark = token.split(".")
        header, payload = _opened(head), _opened(claims)
        wanted = hmac.new(KEY.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
        if header != {"alg": "HS256", "typ": "JWT"} or payload["iss"] != ACCESS:
            return 1002
        if not hmac.compare_digest(_decoded(mark), wanted):
            return 1002
        now = time.time()
        return 1003 if payload["nbf"] > now else 1004 if payload["exp"] <= now else 0
    except (ValueError, KeyError, TypeError):
        return 1002


def _opened(part: str) -> Json:
    return json.loads(_decoded(part))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
