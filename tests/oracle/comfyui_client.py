"""ComfyUI's own client (comfy-cli) against a contract server: ``comfyui_client.py URL GRAPH BROKEN``.

Prints one JSON object of what it understood. Runs in the vendors' environment: nothing of ours is imported.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

from comfy_cli.comfy_client import Client, HTTPError
from comfy_cli.target import Target


def main(url: str, graph: str, broken: str) -> None:
    """Run a graph and wait for it by its history; look at it by the jobs API; a graph that is refused; the system."""
    client = Client(Target(kind="local", base_url=url))
    jobs = Client(Target(kind="local", base_url=url, path_prefix="/api", jobs_path="jobs"))
    sent = client.submit_prompt(json.loads(Path(graph).read_text("utf-8")), client_id="oracle")
    early = jobs.get_job_status(sent.prompt_id)
    record = client.wait_for_completion(sent.prompt_id, poll_interval=0.01, timeout=20)
    late = jobs.get_job_status(sent.prompt_id)
    stats = client.get_system_stats()
    told = {
        "version": importlib.metadata.version("comfy-cli"),
        "errors": sent.node_errors,
        "states": [early["status"], late["status"]],
        "id": sent.prompt_id,
        "outputs": [[one["node_id"], one["url"].removeprefix(url)] for one in client.extract_outputs(record)],
        "unknown": [client.get_history("nobody"), jobs.get_job_status("nobody")],
        "device": stats["devices"][0]["name"],
        "refused": _refused(client, json.loads(Path(broken).read_text("utf-8"))),
    }
    print(json.dumps(told))


def _refused(client: Any, graph: Any) -> list[Any]:
    try:
        client.submit_prompt(graph, client_id="oracle")
    except HTTPError as error:
        return [error.status, json.loads(error.body)["error"]["extra_info"]["class_type"]]
    return ["taken"]


if __name__ == "__main__":
    main(*sys.argv[1:4])
