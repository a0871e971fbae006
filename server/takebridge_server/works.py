"""What request handlers use, handed to the routers by the app."""

from __future__ import annotations

from dataclasses import dataclass

from takebridge.jobs.port import JobEngine
from takebridge.services.bridge import Bridge


@dataclass(slots=True)
class Works:
    """What request handlers use. ``engine`` exists while the server runs."""

    bridge: Bridge
    problems: tuple[str, ...]
    engine: JobEngine | None = None

    def running_engine(self) -> JobEngine:
        """Return the engine; only called from requests, which exist only while it runs."""
        if self.engine is None:
            raise RuntimeError("the job engine is not running")
        return self.engine
