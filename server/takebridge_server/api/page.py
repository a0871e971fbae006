"""The canvas for the browser: its page at the app's addresses, and the files the page is made of."""

from __future__ import annotations

import secrets
from pathlib import Path

import anyio.to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from takebridge_server.pages import NONCE, NOT_BUILT, WEB, PageFile, page_file, page_html
from takebridge_server.wire_errors import wire_body

PAGES = ("/", "/c/{rest:path}", "/people", "/join")
"""Where the app's own router takes over. The page is the same at all of them."""
IMMUTABLE = "public, max-age=31536000, immutable"
_TOP_FILES = ("/favicon.svg",)


def content_policy(nonce: str) -> str:
    """Return the page's content policy: our own files and nothing else, no inline script, no string made script."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' blob:",
            "media-src 'self' blob:",
            "connect-src 'self'",
            "font-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def page_router(folder: Path = WEB) -> APIRouter:
    """The page at `PAGES`, ``/assets/*`` and the icon. Nobody needs a token for them: they hold no data."""
    router = APIRouter()

    async def page(_request: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        html = await anyio.to_thread.run_sync(page_html, nonce, folder)
        if html is None:
            html = NOT_BUILT.replace(NONCE, nonce)
        # no-store: a page of yesterday's build would ask for files that are gone, and its nonce is spent.
        headers = {"Content-Security-Policy": content_policy(nonce), "Cache-Control": "no-store"}
        return HTMLResponse(html, headers=headers)

    async def asset(request: Request) -> Response:
        found = await anyio.to_thread.run_sync(page_file, f"assets/{request.path_params['name']}", folder)
        if found is None:
            words = "This file belongs to another build of the page."
            return JSONResponse(wire_body("not_found", words, "Load the page again."), 404)
        return _sent(found, request, IMMUTABLE)

    async def top_file(request: Request) -> Response:
        found = await anyio.to_thread.run_sync(page_file, request.url.path.removeprefix("/"), folder)
        if found is None:
            return JSONResponse(wire_body("not_found", "The page was built without it."), 404)
        return _sent(found, request, "no-cache")

    # Plain routes: they are no part of the contract, and Starlette's answer HEAD as well.
    for path in PAGES:
        router.add_route(path, page, methods=["GET"], include_in_schema=False)
    router.add_route("/assets/{name:path}", asset, methods=["GET"], include_in_schema=False)
    for path in _TOP_FILES:
        router.add_route(path, top_file, methods=["GET"], include_in_schema=False)
    return router


def _sent(found: PageFile, request: Request, keep: str) -> Response:
    headers = {"Cache-Control": keep, "Content-Type": found.media_type}
    if found.packed is None:
        return Response(found.data, headers=headers)
    headers["Vary"] = "Accept-Encoding"
    if not takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(found.data, headers=headers)
    return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"})


def takes_gzip(accepted: str) -> bool:
    """Say whether an ``Accept-Encoding`` lets gzip through."""
    parts = [part.replace(" ", "").lower() for part in accepted.split(",")]
    return any(part == "gzip" or (part.startswith("gzip;q=") and part[7:].strip("0.") != "") for part in parts)
