"""Replicate's own client (replicate) against a contract server: ``replicate_client.py URL KEY PICTURE VERSION``.

Prints one JSON object of what it understood. Runs in the vendors' environment: nothing of ours is imported.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version as version_of
from pathlib import Path

import replicate
from replicate.client import Client
from replicate.exceptions import ReplicateError

MODEL = "bytedance/seedance-2.0"


def main(url: str, key: str, picture: str, version: str) -> None:
    """Upload, predict, look until it has ended; a failure; a cancel; a version; a throttle; a wrong key."""
    client = Client(api_token=key, base_url=url)
    file = client.files.create(Path(picture))
    wish = {"prompt": "a red kite", "image": file.urls["get"], "duration": 5, "resolution": "720p"}
    wish |= {"generate_audio": True, "seed": 7}
    states, ended, bar = watched(client, client.models.predictions.create(MODEL, wish))
    _, failed, _ = watched(client, client.models.predictions.create(MODEL, wish))
    stopped = client.models.predictions.create(MODEL, wish)
    stopped.cancel()
    versioned = client.predictions.create(version=version, input={"anything": 1})
    told = {
        "version": version_of("replicate"),
        "size": file.size,
        "states": states,
        "progress": bar,
        "output": ended.output.rpartition("/")[2],
        "model": ended.model,
        "metrics": ended.metrics,
        "failed": [failed.status, failed.error],
        "cancelled": client.predictions.get(stopped.id).status,
        "versioned": versioned.version,
        "account": client.accounts.current().username,
        "unknown": refused(lambda: client.models.predictions.create("nobody/nothing", {})),
        "wrong_key": refused(lambda: Client(api_token="wrong", base_url=url).accounts.current()),
    }
    print(json.dumps(told))


def watched(client: Client, prediction: replicate.prediction.Prediction) -> tuple:
    """Return the states of a prediction, its end, and the progress it told."""
    states, bars = [], []
    while prediction.status not in ("succeeded", "failed", "canceled"):
        prediction = client.predictions.get(prediction.id)
        states.append(prediction.status)
        if prediction.progress:
            bars.append([prediction.progress.current, prediction.progress.total])
    return states, prediction, bars


def refused(ask) -> list:  # noqa: ANN001
    """Return status and reason of a refusal."""
    try:
        ask()
    except ReplicateError as error:
        return [error.status, error.detail]
    return [200, ""]


if __name__ == "__main__":
    main(*sys.argv[1:5])
