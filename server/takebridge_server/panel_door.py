"""The panels' door: who is let in, who is here, and how one is sent away. One per bridge."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import anyio.to_thread

from takebridge.errors import BridgeError
from takebridge.events import EventBus
from takebridge.hosts.protocol import PROTOCOL_VERSION
from takebridge_server.pairing import Pairing, PairingCodes, UnknownPanelError
from takebridge_server.panel_store import PairedPanel, PanelStore
from takebridge_server.presence import PresenceBoard
from takebridge_server.sessions import AgentHub

logger = logging.getLogger(__name__)

REFUSED, OTHER_PROTOCOL, REVOKED, REPLACED = 4001, 4002, 4003, 4004
"""Close codes of ours."""
MOST_STRANGERS = 32
_NO_NAME = "Panel"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: until a panel must have said who it is, and for one frame to be taken by it.

    The second is minutes long because a modal dialog of Premiere may keep a panel from reading; what waits for it
    meanwhile is bounded. A panel whose program has ended is noticed at once, by its connection.
    """

    introduce: float = 5.0
    send: float = 300.0


class PanelDoor:
    """``clock`` counts steady seconds, ``wall`` Unix seconds. Bound to the server's event loop, but for the store."""

    def __init__(
        self,
        home: Path,
        hub: AgentHub,
        bus: EventBus,
        board: PresenceBoard,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        pace: Pace | None = None,
    ) -> None:
        self.hub = hub
        self.bus = bus
        self.board = board
        self.pace = pace or Pace()
        self.store = PanelStore(home, wall)
        self.codes = PairingCodes(clock)
        self._here: dict[str, set[Callable[[int, str], None]]] = {}
        self._strangers = 0

    def greeting(self) -> dict[str, str]:
        """Return the first message of every connection: which bridge this is, before anybody says a token to it."""
        return {
            "type": "bridge",
            "bridge": self.store.bridge_id(),
            "protocol": PROTOCOL_VERSION,
            "panel": panel_version(),
            "bridge_version": version("takebridge"),
        }

    @contextlib.contextmanager
    def stranger(self) -> Iterator[bool]:
        """Count somebody who has not said yet who it is; False when there are too many of them."""
        self._strangers += 1
        try:
            yield self._strangers <= MOST_STRANGERS
        finally:
            self._strangers -= 1

    # --- letting in ---

    async def open(self, editor: str) -> Pairing:
        """Make a pairing code. Raises PreconditionError, UnsafeFolderError, StoreError when no panel could be kept."""
        await anyio.to_thread.run_sync(self.store.require_room)
        return self.codes.new(editor)

    async def pair(self, code: str, name: str) -> tuple[PairedPanel, str]:
        """Spend a code; return the new panel and its token. Raises PairingError, and what keeping it raises."""
        pairing = self.codes.use(code)
        try:
            panel, token = await anyio.to_thread.run_sync(self.store.add, name.strip() or _NO_NAME, pairing.editor)
        except BridgeError:
            self.codes.settle(pairing, "")
            raise
        self.codes.settle(pairing, panel.id)
        logger.info("panel %s was paired", panel.id)
        return panel, token

    async def admit(self, token: str) -> PairedPanel:
        """Return the panel that comes back with its token. Raises UnknownPanelError."""
        panel = await anyio.to_thread.run_sync(self.store.owner_of, token)
        if panel is None:
            raise UnknownPanelError("The bridge does not know this panel, or not any more.")
        await self.seen(panel.id)
        return panel

    async def seen(self, panel_id: str, editor: str = "") -> None:
        """Write down that a panel is here. A file that cannot be written keeps nobody out."""
        try:
            await anyio.to_thread.run_sync(self.store.seen, panel_id, editor)
        except (BridgeError, OSError) as error:
            logger.warning("when a panel was here last could not be kept: %s", error)

    # --- who is here ---

    @contextlib.contextmanager
    def present(self, panel_id: str, end: Callable[[int, str], None]) -> Iterator[None]:
        """Be here; ``end`` closes the connection with a code and words."""
        here = self._here.setdefault(panel_id, set())
        here.add(end)
        try:
            yield
        finally:
            here.discard(end)
            if not here:
                self._here.pop(panel_id, None)

    def is_here(self, panel_id: str) -> bool:
        """Say whether a panel is connected now."""
        return panel_id in self._here

    async def revoke(self, panel_id: str) -> PairedPanel:
        """Forget a panel and close its connections. Raises NotFoundError, UnsafeFolderError, StoreError."""
        panel = await asyncio.shield(anyio.to_thread.run_sync(self.store.remove, panel_id))
        for end in tuple(self._here.get(panel_id, ())):
            end(REVOKED, "This panel may not use the bridge any more: pair it again.")
        return panel


def panel_version() -> str:
    """Return the version of the panel this bridge ships; where it is not installed with it, the bridge's own."""
    try:
        from takebridge_premiere import PANEL_VERSION  # nothing else of the bridge has a use for it
    except ImportError:
        return version("takebridge")
    return str(PANEL_VERSION)
