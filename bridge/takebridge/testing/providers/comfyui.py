"""A contract server that speaks as ComfyUI does, over HTTP and WebSocket.

Shapes: ComfyUI's published OpenAPI file, ``server.py`` and ``comfy_execution/jobs.py`` (2026), providers.md §4.
"""

from __future__ import annotations

import json
import struct
import uuid
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, ClassVar
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.comfyui_nodes import INSTALLED, Refused, checked
from takebridge.testing.providers.form_parts import form_parts
from takebridge.testing.providers.stage import FakeJob

Frame = str | bytes | None
"""What is sent over the WebSocket; None breaks the connection."""

_SAVED = {"SaveImage": ("images", "png"), "SaveVideo": ("images", "mp4"), "SaveAudio": ("audio", "wav")}
_NOW = 1_795_000_000_000


class ComfyUIServer(ContractServer):
    """``jobs_api`` off: a version before it. ``takes_ids`` off: one before 0.3.45, which chooses the id itself.
    ``says_cancelled`` off: the first jobs API, to which an interrupted run had failed. ``partial``: the ``node_errors``
    of graphs that are taken all the same.

    ``frames``: what each WebSocket connection is sent, in turn; the last one stays open. Without them a client hears
    of its own run. ``connections`` counts them. ``protected``: it stands behind a key.
    """

    name: ClassVar[str] = "comfyui"
    results_need_key: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of the base
        super().__init__(*args, **kwargs)
        self.jobs_api = self.takes_ids = self.says_cancelled = True
        self.partial: dict[str, Any] = {}
        self.protected = False
        self.installed = set(INSTALLED)
        self.uploads: dict[str, bytes] = {}
        self.frames: list[list[Frame]] = []
        self.connections = 0
        self.interrupts: list[str] = []
        self._phases: dict[str, str] = {}
        self._clients: dict[str, str] = {}

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes, each also below ``/api``."""
        plain: list[tuple[str, Any, list[str]]] = [
            ("/prompt", self._prompt, ["POST"]),
            ("/history/{id}", self._history, ["GET"]),
            ("/queue", self._queue, ["GET", "POST"]),
            ("/interrupt", self._interrupt, ["POST"]),
            ("/view", self._view, ["GET"]),
            ("/upload/image", self._upload, ["POST"]),
            ("/object_info/{name}", self._object_info, ["GET"]),
            ("/system_stats", self._stats, ["GET"]),
        ]
        both = [Route(f"{prefix}{path}", to, methods=how) for prefix in ("", "/api") for path, to, how in plain]
        jobs = [
            Route("/api/jobs/{id}", self._job),
            Route("/api/jobs/{id}/cancel", self._cancel, methods=["POST"]),
        ]
        return [*both, *jobs, WebSocketRoute("/ws", self._ws)]

    def is_authorised(self, request: Request) -> bool:
        """No key is needed but where the server is protected; a page of another origin is never let in."""
        origin = request.headers.get("origin")
        if origin and urlsplit(origin).netloc != request.headers.get("host"):
            return False
        return not self.protected or request.headers.get("x-api-key") == KEY

    def error(self, kind: str, message: str) -> Json:
        """``{error: {type, message, details, extra_info}, node_errors}``."""
        return {"error": {"type": kind, "message": message, "details": "", "extra_info": {}}, "node_errors": {}}

    # --- running

    async def _prompt(self, request: Request) -> Response:
        try:
            body = await request.json()
        except ValueError:
            return JSONResponse(self.error("no_prompt", "No prompt provided"), status_code=400)
        try:
            checked(body, self.installed, self.uploads)
        except Refused as refused:
            return JSONResponse(refused.answer, status_code=400)
        job = self.begin(body)
        if isinstance(job, FakeJob):
            return JSONResponse({"prompt_id": job.id, "number": len(self.stage.jobs), "node_errors": self.partial})
        return job

    def begin(self, body: dict[str, Any], model: str = "") -> FakeJob | Response:
        """Take a run under the client's id."""
        self._wanted = str(body.get("prompt_id", "")) if self.takes_ids else ""
        return super().begin(body, model)

    def new_id(self) -> str:
        """The client's own id (since 0.3.45), else one of the server's."""
        return self._wanted or str(uuid.uuid4())

    async def _job(self, request: Request) -> Response:
        if not self.jobs_api:
            return PlainTextResponse("404: Not Found", status_code=404)
        job = self.looked_at(request.path_params["id"])
        if not isinstance(job, FakeJob):
            return _unknown_job() if job.status_code == 404 else job
        phase = self._advanced(job)
        names = {"queued": "pending", "running": "in_progress", "done": "completed"}
        found: dict[str, Any] = {"id": job.id, "status": names[phase], "create_time": _NOW, "update_time": _NOW + 1}
        if job.cancelled:
            said = {"status": "cancelled"} if self.says_cancelled else {"status": "failed", "outputs": {}}
            return JSONResponse({**found, **said, "execution_status": self._status(job)})
        if phase == "done":
            failed = job.act == "failed"
            found |= {"status": "failed"} if failed else {}
            found |= {"outputs": {} if failed else self._outputs(job), "outputs_count": 0 if failed else 1}
            found |= {"execution_error": _crash()} if failed else {}
            found |= {"execution_status": self._status(job), "workflow": {"prompt": job.body["prompt"]}}
        return JSONResponse(found)

    async def _cancel(self, request: Request) -> Response:
        if not self.jobs_api:
            return PlainTextResponse("404: Not Found", status_code=404)
        job = self.stage.jobs.get(request.path_params["id"])
        if job is None:
            return _unknown_job()
        fresh = not job.cancelled and self._phases.get(job.id) != "done"
        job.cancelled = job.cancelled or fresh
        return JSONResponse({"cancelled": fresh})

    async def _history(self, request: Request) -> Response:
        wanted = request.path_params["id"]
        if wanted not in self.stage.jobs or self.stage.jobs[wanted].act == "lost":
            return JSONResponse({})
        job = self.looked_at(wanted)
        if not isinstance(job, FakeJob):
            return job
        if not job.cancelled and self._advanced(job) != "done":
            return JSONResponse({})
        failed = job.act == "failed" or job.cancelled
        prompt = [1, job.id, job.body["prompt"], {"client_id": job.body.get("client_id")}, []]
        outputs = {} if failed else self._outputs(job)
        return JSONResponse({job.id: {"prompt": prompt, "outputs": outputs, "status": self._status(job), "meta": {}}})

    async def _queue(self, request: Request) -> Response:
        if request.method == "POST":
            deleted = (await request.json()).get("delete", [])
            for one in deleted:
                if self._phases.get(one, "queued") == "queued" and one in self.stage.jobs:
                    self.stage.jobs[one].cancelled = True
            return JSONResponse({"deleted": deleted})
        waiting = [job for job in self.stage.jobs.values() if not job.cancelled and job.act != "lost"]
        rows = {
            phase: [[1, job.id, job.body["prompt"], {}, []] for job in waiting if self._phase(job) == phase]
            for phase in ("running", "queued")
        }
        return JSONResponse({"queue_running": rows["running"], "queue_pending": rows["queued"]})

    async def _interrupt(self, request: Request) -> Response:
        wanted = (await request.json()).get("prompt_id", "")
        self.interrupts.append(wanted)
        for job in self.stage.jobs.values():
            if self._phase(job) == "running" and wanted in ("", job.id):
                job.cancelled = True
        return Response()

    def _advanced(self, job: FakeJob) -> str:
        self._phases[job.id] = self.stage.phase(job)
        return self._phases[job.id]

    def _phase(self, job: FakeJob) -> str:
        return self._phases.get(job.id, "queued")

    def _status(self, job: FakeJob) -> dict[str, Any]:
        messages: list[list[Any]] = [["execution_start", {"prompt_id": job.id, "timestamp": _NOW}]]
        if job.cancelled:
            messages.append(["execution_interrupted", {"prompt_id": job.id, "node_id": "1", "executed": []}])
        elif job.act == "failed":
            messages.append(["execution_error", {"prompt_id": job.id, **_crash()}])
        else:
            messages.append(["execution_success", {"prompt_id": job.id, "timestamp": _NOW + 1}])
        ended = messages[-1][0] == "execution_success"
        return {"status_str": "success" if ended else "error", "completed": ended, "messages": messages}

    def _outputs(self, job: FakeJob) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, node in job.body["prompt"].items():
            if (saved := _SAVED.get(node["class_type"])) is not None:
                group, suffix = saved
                found[number] = {
                    group: [{"filename": f"{job.id}.{suffix}", "subfolder": "takebridge", "type": "output"}]
                }
                if suffix == "mp4":
                    found[number]["animated"] = [True]
            elif node["class_type"] == "PreviewImage":
                found[number] = {"images": [{"filename": f"{job.id}.png", "subfolder": "", "type": "temp"}]}
        return found

    # --- files

    async def _upload(self, request: Request) -> Response:
        parts = {one.name: one for one in form_parts(request.headers.get("content-type", ""), await request.body())}
        image = parts.get("image")
        if image is None or not image.filename or "/" in image.filename:
            return Response(status_code=400)
        folder = parts["subfolder"].text if "subfolder" in parts else ""
        kind = parts["type"].text if "type" in parts else "input"
        name = image.filename
        overwrite = parts["overwrite"].text if "overwrite" in parts else ""
        if overwrite not in ("true", "1") and self.uploads.get(f"{folder}/{name}", image.data) != image.data:
            stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
            name = f"{stem} (1){suffix}"
        self.uploads[f"{folder}/{name}" if folder else name] = image.data
        return JSONResponse({"name": name, "subfolder": folder, "type": kind})

    async def _view(self, request: Request) -> Response:
        query = request.query_params
        name = PurePosixPath(query.get("filename", ""))
        if not name.name or str(name) != name.name or query.get("type", "output") not in ("output", "temp", "input"):
            return Response(status_code=400)
        request.scope["path_params"] = {"job": name.stem, "name": name.name}
        return await self._result(request)

    # --- what it is

    async def _object_info(self, request: Request) -> Response:
        name = request.path_params["name"]
        known = {name: {"name": name, "input": {"required": {}}, "output": []}} if name in self.installed else {}
        return JSONResponse(known)

    async def _stats(self, request: Request) -> Response:
        device = {"name": "cuda:0", "type": "cuda", "index": 0, "vram_total": 24 * 2**30, "vram_free": 20 * 2**30}
        system = {
            "os": "posix",
            "comfyui_version": "0.4.0",
            "python_version": "3.12.0",
            "pytorch_version": "2.9.0",
            "embedded_python": False,
            "argv": ["main.py"],
            "ram_total": 2**36,
            "ram_free": 2**34,
        }
        return JSONResponse({"system": system, "devices": [device]})

    # --- events

    async def _ws(self, line: WebSocket) -> None:
        client = line.query_params.get("clientId", "")
        await line.accept()
        number, self.connections = self.connections, self.connections + 1
        status = {"status": {"exec_info": {"queue_remaining": 1}}, "sid": client}
        await line.send_text(event("status", **status))
        frames = self.frames[min(number, len(self.frames) - 1)] if self.frames else self._told(client)
        for frame in frames:
            if frame is None:
                await line.close(code=1012)
                return
            await (line.send_text(frame) if isinstance(frame, str) else line.send_bytes(frame))
        try:
            while True:
                await line.receive_text()
        except WebSocketDisconnect:
            return

    def _told(self, client: str) -> list[Frame]:
        """A run half way: one node cached, one at 5 of 10 steps, a preview in between."""
        job = next((one for one in self.stage.jobs.values() if one.body.get("client_id") == client), None)
        if job is None:
            return []
        first, second = [*job.body["prompt"], "", ""][:2]
        return [
            event("execution_start", prompt_id=job.id),
            event("execution_cached", prompt_id=job.id, nodes=[first]),
            event("executing", prompt_id=job.id, node=second),
            preview(),
            event("progress", prompt_id=job.id, node=second, value=5, max=10),
        ]


def _unknown_job() -> Response:
    return JSONResponse({"code": "NOT_FOUND", "message": "Job not found"}, status_code=404)


def event(kind: str, **data: Any) -> str:  # noqa: ANN401 - JSON
    """Return a JSON event."""
    return json.dumps({"type": kind, "data": data})


def preview(kind: int = 1) -> bytes:
    """Return a binary frame: 1 is a preview image, 3 a text, 4 a preview with metadata; others are yet to come."""
    return struct.pack(">II", kind, 1) + b"\xff\xd8\xff"


def _crash() -> Mapping[str, Any]:
    return {
        "node_id": "10",
        "node_type": "SamplerCustom",
        "executed": [],
        "exception_type": "torch.OutOfMemoryError",
        "exception_message": "Allocation on device",
        "traceback": ['  File "nodes.py", line 1, in sample\n'],
        "current_inputs": {},
        "current_outputs": {},
    }
