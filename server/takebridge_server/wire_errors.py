"""Errors on the wire: one shape, ``{code, message, hint, retryable, details}``, and one table of HTTP statuses."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from takebridge import errors
from takebridge.errors import BridgeError
from takebridge.ids import new_id
from takebridge_server.api.problems import in_words, node_at
from takebridge_server.pairing import PairingError, UnknownPanelError
from takebridge_server.people.errors import NotAllowedError, SignInError, TooManyTriesError
from takebridge_server.sessions import UnknownSessionError

logger = logging.getLogger(__name__)

STATUS: Mapping[type[BridgeError], int] = {
    errors.BridgeError: 500,
    errors.UsageError: 400,
    errors.InvalidTimeError: 422,
    errors.UnknownRateError: 422,
    errors.InvalidWireError: 422,
    errors.CycleError: 422,
    errors.UnknownNodeError: 404,
    errors.UnknownTakeError: 404,
    errors.InvalidParamError: 422,
    errors.PreconditionError: 409,
    errors.UnknownModelError: 404,
    errors.NotFoundError: 404,
    errors.CutMismatchError: 409,
    errors.TooLargeError: 413,
    errors.HostError: 502,
    errors.HostOfflineError: 503,
    errors.HostTimeoutError: 504,
    errors.HostBusyError: 503,
    errors.UnsupportedOpError: 501,
    errors.HostRejectedError: 502,
    errors.TimelineChangedError: 409,
    errors.TimelineSwitchedError: 409,
    errors.UnsupportedItemError: 422,
    errors.AgentFaultError: 502,
    errors.PlanNotAppliedError: 502,
    errors.ProtocolVersionError: 426,
    UnknownSessionError: 409,
    PairingError: 403,
    UnknownPanelError: 401,
    NotAllowedError: 403,
    SignInError: 403,
    TooManyTriesError: 429,
    errors.ProviderError: 502,
    errors.CapabilityError: 422,
    errors.ModerationError: 422,
    errors.RetiredModelError: 422,
    errors.ProviderUnavailableError: 503,
    errors.ProviderBusyError: 503,
    errors.ProviderKeyError: 503,
    errors.ProviderQuotaError: 503,
    errors.JobFailedError: 502,
    errors.JobCancelledError: 409,
    errors.UnknownOutcomeError: 409,
    errors.BudgetError: 402,
    errors.MediaError: 422,
    errors.ProbeError: 422,
    errors.UnsafeMediaError: 422,
    errors.RangeError: 422,
    errors.FFmpegError: 500,
    errors.FFmpegMissingError: 503,
    errors.ConformError: 422,
    errors.CancelledError: 409,
    errors.InterchangeError: 422,
    errors.InvalidDocumentError: 422,
    errors.UnsupportedFormatError: 415,
    errors.StoreError: 500,
    errors.DataFolderLockedError: 503,
    errors.DiskFullError: 507,
    errors.ConflictError: 409,
    errors.MigrationError: 500,
    errors.BlobMissingError: 410,
    errors.UnsafeFolderError: 500,
}
"""Every class of the tree by name; a class added elsewhere takes the status of its nearest base."""

HTTP_CODES: Mapping[int, str] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    413: "too_large",
    415: "unsupported_media_type",
    421: "misdirected",
    422: "invalid_request",
    429: "too_many_requests",
}
"""Codes of answers that are not BridgeErrors: the framework's and the guard's refusals."""

_HINTS: Mapping[str, str] = {
    "bad_request": "Send the request again as /openapi.json describes it.",
    "forbidden": "Use the bridge's own page, the command line or the panel.",
    "not_found": "/openapi.json lists what there is.",
    "method_not_allowed": "/openapi.json lists what can be done here.",
    "request_timeout": "Send the whole body at once.",
    "unsupported_media_type": "Send JSON; parts of an upload are application/octet-stream.",
    "too_large": "Send less in one request: ops go in parts, files by their path.",
    "invalid_request": "Compare the request with /openapi.json.",
}
"""Next steps where whoever refused has none of its own."""


class ErrorBody(BaseModel):
    """Every answer that is not a success. ``code`` is stable; ``message`` and ``hint`` are for people."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(description="Stable name of the error.")
    message: str = Field(description="What is wrong, in words.")
    hint: str = Field(description="The next step.")
    retryable: bool = Field(description="The same request may succeed later without a change.")
    details: dict[str, str | int] = Field(description="What it is about: node, take, wire, port, line, problems …")


def status_of(error: type[BridgeError]) -> int:
    """Return the HTTP status of an error class."""
    return next(STATUS[base] for base in error.__mro__ if base in STATUS)


def wire_body(code: str, message: str, hint: str = "", **details: str) -> dict[str, object]:
    """Return an error body that belongs to no BridgeError; an empty hint becomes the code's usual next step."""
    return {
        "code": code,
        "message": message,
        "hint": hint or _HINTS.get(code, ""),
        "retryable": False,
        "details": details,
    }


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error in the one shape; unexpected exceptions are `Incidents`' part."""
    app.add_exception_handler(BridgeError, _bridge_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_middleware(Incidents)


async def _bridge_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BridgeError)
    return JSONResponse(error.to_wire(), status_of(type(error)))


async def _invalid_request(_: Request, error: Exception) -> JSONResponse:
    """422 with the first problem in words and its node; what was sent is not echoed."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    problems = [in_words(problem) for problem in found[:5]]
    node = node_at(error.body, [step for step in found[0]["loc"] if step != "body"])
    body = wire_body(
        HTTP_CODES[422],
        f"The request is not valid: {problems[0]}.",
        problems="; ".join(problems),
        **({"node": node} if node else {}),
    )
    return JSONResponse(body, 422)


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = HTTP_CODES.get(error.status_code, f"http_{error.status_code}")
    return JSONResponse(wire_body(code, str(error.detail)), error.status_code, error.headers)


class Incidents:
    """Innermost layer around the routes: an unexpected exception becomes 500 ``internal`` with an incident id.

    The traceback goes to the log under that id and never on the wire. After the response has begun, or on a
    WebSocket, the connection is closed instead.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and catch what nothing else caught."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:  # the last line of defence on purpose
            incident = new_id("inc")
            logger.exception("incident %s: %s %s", incident, scope["type"], scope.get("path", ""))
            if scope["type"] == "http" and not started:
                await JSONResponse(_internal(incident), 500)(scope, receive, send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1011, "reason": incident})
            else:
                raise


def _internal(incident: str) -> dict[str, object]:
    return wire_body(
        "internal",
        "Something went wrong inside the bridge.",
        f"Look for {incident} in the bridge's log and report it.",
        incident=incident,
    )
