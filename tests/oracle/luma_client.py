"""Luma's own client (luma-agents) against a contract server: ``luma_client.py URL KEY PICTURE``.

Prints one JSON object of what it understood. Runs in the vendors' environment: nothing of ours is imported.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import luma_agents
from luma_agents import Luma


def main(url: str, key: str, picture: str) -> None:
    """Upload, generate, look until it has ended; one generation that is moderated; one wrong key."""
    client = Luma(auth_token=key, base_url=url, max_retries=0)
    data = Path(picture).read_bytes()
    made = client.files.create(mime_type="image/png", size_bytes=len(data), filename="a.png", purpose="input")
    put = httpx.request(made.upload.method, made.upload.url, content=data, headers=made.upload.headers)
    client.files.complete(made.id)
    file = client.files.get(made.id)
    video = {"duration": "5s", "resolution": "720p", "start_frame": {"file_id": made.id}}
    job = client.generations.create(prompt="a red kite", model="ray-3.2", type="video", video=video)
    states, ended = _watched(client, job)
    refused = client.generations.create(prompt="a red kite", model="ray-3.2", type="video")
    _, moderated = _watched(client, refused)
    told = {
        "version": luma_agents.__version__,
        "put": put.status_code,
        "file_state": file.state,
        "states": [job.state, *states],
        "type": ended.type,
        "model": ended.model,
        "output": [(one.type, one.url.partition("?")[0].removeprefix(url)) for one in ended.output],
        "failure": [moderated.state, moderated.failure_code, moderated.failure_reason],
        "files": [one.id == made.id for one in client.files.list(limit=1).data],
        "wrong_key": _wrong_key(url),
    }
    print(json.dumps(told))


def _watched(client: Any, job: Any) -> tuple[list[str], Any]:
    states: list[str] = []
    while not states or states[-1] not in ("completed", "failed"):
        job = client.generations.get(job.id)
        states.append(job.state)
    return states, job


def _wrong_key(url: str) -> str:
    try:
        Luma(auth_token="wrong", base_url=url, max_retries=0).files.list()
    except luma_agents.AuthenticationError as error:
        return f"{error.status_code} {error.body}"
    return "taken"


if __name__ == "__main__":
    main(*sys.argv[1:4])
