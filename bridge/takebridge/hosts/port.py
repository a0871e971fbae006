"""What services know of a host: one object, one call. Implemented by agent sessions and by file hosts."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from takebridge.cut.model import Cut
from takebridge.hosts.protocol import Expectation, HostStatus, OpAnswer, Verb, WireModel


class Host(Protocol):
    """A connected editor."""

    @property
    def session(self) -> str:
        """Names this connection."""
        ...

    @property
    def status(self) -> HostStatus:
        """What the editor said last of itself and what is open."""
        ...

    @property
    def capabilities(self) -> frozenset[str]:
        """The verbs it offers, with qualifiers."""
        ...

    async def call(
        self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        """Run one op and return the agent's answer, whatever its outcome.

        Raises UnsupportedOpError when the verb is not among ``capabilities``, HostOfflineError when the session is
        gone before the op was taken, HostTimeoutError when it was taken and no answer came (outcome unknown).
        """
        ...


@runtime_checkable
class DocumentHost(Host, Protocol):
    """An editor driven by documents: its cut is read whole, and changes go back as a document a person imports."""

    async def cut(self) -> Cut:
        """Return the newest cut with all the document says of it, named by the ids and keys its snapshots use.

        Raises HostOfflineError before the first.
        """
        ...

    async def answer(self, cut: Cut) -> tuple[str, tuple[str, ...]]:
        """Write a cut made from the newest one where the editor finds it; its path, and what it could not hold.

        Raises TimelineChangedError when a newer one has come meanwhile, InterchangeError, DiskFullError.
        """
        ...
