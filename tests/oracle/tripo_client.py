"""Tripo's own client (tripo3d) against a contract server: ``tripo_client.py URL KEY PICTURE``."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import tripo3d
from tripo3d import TripoClient


async def main(url: str, key: str, picture: str) -> None:
    """Upload and generate; one task that fails; one that is refused."""
    async with TripoClient(api_key=key, v3_base_url=url) as client:
        made = await client.image_to_model(picture, model_version="v3.1-20260211")
        task = await client.wait_for_task(made, polling_interval=0.1)
        failing = await client.wait_for_task(await client.text_to_model("a red kite"), polling_interval=0.1)
        told: dict[str, Any] = {
            "version": getattr(tripo3d, "__version__", ""),
            "status": task.status.value,
            "model": str(task.output.model_url or "").partition("?")[0].removeprefix(url),
            "progress": task.progress,
            "failure": [failing.status.value, failing.error_code, failing.error_message],
            "balance": (await client.get_balance()).balance,
            "refused": await _refused(client),
        }
    print(json.dumps(told))


async def _refused(client: TripoClient) -> list[Any]:
    try:
        await client.text_to_model("a red kite")
    except tripo3d.TripoAPIError as error:
        return [error.code, error.message]
    return []


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
