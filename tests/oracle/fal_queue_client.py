"""fal's own client (fal-client) against a contract server: ``fal_queue_client.py URL KEY PICTURE``.

The client cannot be given an address: https and hosts are fixed in it. So its requests are led to URL below it, in
httpx's transport; the client itself is as fal ships it. Prints one JSON object of what it understood. Runs in the
vendors' environment: nothing of ours is imported.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

import fal_client
import httpx

HOSTS = ("queue.fal.run", "rest.fal.ai", "v3.fal.media")
ENDPOINT = "bytedance/seedance-2.0/image-to-video"


def lead_to(url: str) -> None:
    """Send requests to fal's hosts to ``url`` instead."""
    there, plain = httpx.URL(url), httpx.HTTPTransport.handle_request

    def led(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        if request.url.host in HOSTS:
            request.url = request.url.copy_with(scheme=there.scheme, host=there.host, port=there.port)
            request.headers["Host"] = f"{there.host}:{there.port}"
        return plain(self, request)

    httpx.HTTPTransport.handle_request = led


def main(url: str, key: str, picture: str) -> None:
    """Upload, submit, look until it has ended; a failure; a cancel before and after the end; a wrong key."""
    lead_to(url)
    client = fal_client.SyncClient(key=key)
    address = client.upload_file(picture)
    wish = {"prompt": "a red kite", "image_url": address, "duration": "5", "resolution": "720p"}
    wish |= {"generate_audio": False, "aspect_ratio": "auto", "seed": 7}
    handle = client.submit(ENDPOINT, wish)
    states = [type(one).__name__ for one in handle.iter_events(with_logs=True, interval=0)]
    told = {
        "version": version("fal-client"),
        "uploaded": address.removeprefix(url),
        "states": states,
        "output": handle.get(interval=0),
        "failed": ended(client.submit(ENDPOINT, wish)),
        "moderated": ended(client.submit(ENDPOINT, wish)),
        "cancelled": cancelled(client.submit(ENDPOINT, wish)),
        "too_late": cancelled(handle),
        "wrong_key": wrong_key(wish),
    }
    print(json.dumps(told))


def ended(handle: fal_client.SyncRequestHandle) -> dict:
    """Return what the client makes of a job that failed."""
    *_, last = handle.iter_events(interval=0)
    try:
        handle.get(interval=0)
    except fal_client.FalClientHTTPError as error:
        return {"state": type(last).__name__, "error": last.error, "status": error.status_code, "detail": error.message}
    return {"state": type(last).__name__}


def cancelled(handle: fal_client.SyncRequestHandle) -> int:
    """Return the status of a cancel."""
    try:
        handle.cancel()
    except fal_client.FalClientHTTPError as error:
        return error.status_code
    return 202


def wrong_key(wish: dict) -> int:
    """Return the status of a submit with another key."""
    try:
        fal_client.SyncClient(key="wrong").submit(ENDPOINT, wish)
    except fal_client.FalClientHTTPError as error:
        return error.status_code
    return 200


if __name__ == "__main__":
    main(*sys.argv[1:4])
