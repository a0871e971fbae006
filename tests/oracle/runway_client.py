"""Runway's own client (runwayml) against a contract server: ``runway_client.py URL KEY PICTURE``.

Prints one JSON object of what it understood. Runs in the vendors' environment: nothing of ours is imported.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import runwayml
from runwayml import RunwayML

LIVE = ("PENDING", "THROTTLED", "RUNNING")


def main(url: str, key: str, picture: str) -> None:
    """Upload, make a clip, look until it has ended; one that is moderated; cancel one; wrong body, balance, key."""
    client = RunwayML(api_key=key, base_url=url, max_retries=0)
    uri = client.uploads.create_ephemeral(file=Path(picture)).uri
    job = made(client, uri)
    states, ended = watched(client, job.id)
    _, refused = watched(client, made(client, uri).id)
    throttled = client.tasks.retrieve(made(client, uri).id)
    stopped = made(client, uri)
    client.tasks.delete(stopped.id)
    cancelled = client.tasks.retrieve(stopped.id)
    told = {
        "version": runwayml.__version__,
        "uri": uri,
        "estimate": job.estimated_cost.credits,
        "states": states,
        "progress": [one.progress for one in [*states_of(client, made(client, uri).id)] if one.status == "RUNNING"],
        "output": [one.partition("?")[0].rpartition("/")[2] for one in ended.output],
        "cost": ended.cost.credits,
        "failure": [refused.status, refused.failure_code, refused.failure, refused.cost.credits],
        "throttled": throttled.status,
        "cancelled": [cancelled.status, cancelled.cost.credits],
        "credits": client.organization.retrieve().credit_balance,
        "wrong_ratio": wrong_ratio(client),
        "wrong_key": wrong_key(url),
    }
    print(json.dumps(told))


def made(client: RunwayML, uri: str) -> runwayml.types.ImageToVideoCreateResponse:
    """Start the same clip each time."""
    return client.image_to_video.create(
        model="gen4.5",
        prompt_image=[{"uri": uri, "position": "first"}],
        prompt_text="a red kite",
        ratio="1280:720",
        duration=5,
        seed=7,
        extra_body={"outputFormat": "mp4"},
    )


def states_of(client: RunwayML, task: str) -> list:
    """Return the task as it was at each look."""
    seen = [client.tasks.retrieve(task)]
    while seen[-1].status in LIVE:
        seen.append(client.tasks.retrieve(task))
    return seen


def watched(client: RunwayML, task: str) -> tuple:
    """Return the states of a task and its end."""
    seen = states_of(client, task)
    return [one.status for one in seen], seen[-1]


def wrong_ratio(client: RunwayML) -> int:
    """Return the status of a submit the API does not take."""
    try:
        client.text_to_video.create(model="gen4.5", prompt_text="x", ratio="1:1", duration=5)
    except runwayml.BadRequestError as error:
        return error.status_code
    return 200


def wrong_key(url: str) -> int:
    """Return the status with another key."""
    try:
        RunwayML(api_key="wrong", base_url=url, max_retries=0).organization.retrieve()
    except runwayml.AuthenticationError as error:
        return error.status_code
    return 200


if __name__ == "__main__":
    main(*sys.argv[1:4])
