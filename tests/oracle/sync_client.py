"""sync.so's own client (syncsdk) against a contract server: ``sync_client.py URL KEY``; prints one JSON object."""

from __future__ import annotations

import json
import sys
from typing import Any

from sync import Sync
from sync.common import Audio, GenerationOptions, Video
from sync.core.api_error import ApiError


def main(url: str, key: str) -> None:
    """Generate and look until it has ended; one generation that is rejected; one that is refused."""
    client = Sync(base_url=url, api_key=key)
    states, ended = _watched(client, _made(client))
    _, rejected = _watched(client, _made(client))
    told = {
        "states": states,
        "output": str(ended.output_url).partition("?")[0].removeprefix(url),
        "duration": ended.output_duration,
        "model": ended.model,
        "rejected": [rejected.status, rejected.error],
        "refused": _refused(client),
    }
    print(json.dumps(told))


def _made(client: Sync) -> str:
    given = [Video(url="https://example.com/a.mp4"), Audio(url="https://example.com/a.wav")]
    options = GenerationOptions(sync_mode="loop")
    return client.generations.create(model="lipsync-2", input=given, options=options).id


def _watched(client: Sync, job: str) -> tuple[list[str], Any]:
    states: list[str] = []
    while not states or states[-1] in ("PENDING", "PROCESSING"):
        found = client.generations.get(job)
        states.append(found.status)
    return states, found


def _refused(client: Sync) -> list[Any]:
    try:
        _made(client)
    except ApiError as error:
        return [error.status_code, str(error.body)]
    return []


if __name__ == "__main__":
    main(*sys.argv[1:3])
