"""What request handlers use, handed to the routers by the app."""

from __future__ import annotations

from dataclasses import dataclass

from takebridge.jobs.dispatch import Dispatcher
from takebridge.services.bridge import Bridge
from takebridge.services.exchange import Exchange
from takebridge.services.runs import Runs


@dataclass(slots=True)
class Works:
    """What request handlers use. ``dispatcher`` and ``runs`` exist while the server runs, ``exchange`` if set."""

    bridge: Bridge
    problems: tuple[str, ...]
    dispatcher: Dispatcher | None = None
    runs: Runs | None = None
    exchange: Exchange | None = None

    def queue(self) -> Dispatcher:
        """Return the dispatcher; only called from requests, which exist only while it runs."""
        if self.dispatcher is None:
            raise RuntimeError("the job queue is not running")
        return self.dispatcher

    def runner(self) -> Runs:
        """Return what carries out plans; only called from requests."""
        if self.runs is None:
            raise RuntimeError("runs are not being carried out")
        return self.runs
