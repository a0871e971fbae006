"""Does the job of a work folder: chooses the maker by kind, lets it work, writes the result last."""

from __future__ import annotations

import os
import threading

from takebridge.errors import JobFailedError
from takebridge.providers.catalog import load_catalog
from takebridge.providers.local.bench import Bench, Made
from takebridge.providers.local.makers import maker_of
from takebridge.providers.local.order import read_order
from takebridge.providers.local.workfolder import OutputFile, Result, WorkFolder
from takebridge.providers.protocol import ModelProfile

STOPPED = 143
"""Exit code of a worker that was told to stop."""

_LAST_WORDS_SECONDS = 0.8


def do_job(folder: WorkFolder, stop: threading.Event) -> None:
    """Make the outputs and then ``result.json``. Raises BridgeError; CancelledError at ``stop``."""
    request = folder.request()
    order = read_order(folder.home, request, profile_of(request.model))
    maker = maker_of(request.kind)
    maker.check(order)
    bench = Bench(folder, stop)
    if maker.alone:
        threading.Thread(target=_leave, args=(stop,), daemon=True).start()
    made = maker.make(order, bench)
    folder.write_result(_result(made, request.model, bench.done))


def _leave(stop: threading.Event) -> None:
    """Leave the process when it was stopped and is still computing a while later; half-made files are dropped."""
    stop.wait()
    threading.Event().wait(_LAST_WORDS_SECONDS)
    os._exit(STOPPED)


def _result(made: Made, model: str, done: int) -> Result:
    return Result(
        outputs=tuple(
            OutputFile(port=one.port, media_type=one.media_type, file=one.path.name, size=one.path.stat().st_size)
            for one in made.outputs
        ),
        done=done,
        model=model,
        seed_used=made.seed_used,
        facts=dict(made.facts),
    )


def profile_of(model_id: str) -> ModelProfile:
    """Return a local profile. Raises JobFailedError for a job of a model that this release no longer has."""
    found = next((model for model in load_catalog("local") if model.id == model_id), None)
    if found is None:
        raise JobFailedError(
            f"This release has no model {model_id}.", hint="Choose another model, then generate again."
        )
    return found
