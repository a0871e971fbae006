"""What services know of a host: one object, one call. Implemented by agent sessions and by file hosts."""

from __future__ import annotations

from typing import Protocol

from takebridge.hosts.protocol import Expectation, HostStatus, OpAnswer, Verb, WireModel


class Host(Protocol):
    """A connected editor."""

    session: str
    status: HostStatus
    capabilities: frozenset[str]

    async def call(
        self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        """Run one op and return the agent's answer, whatever its outcome.

        Raises UnsupportedOpError when the verb is not among ``capabilities``, HostOfflineError when the session is
        gone before the op was taken, HostTimeoutError when it was taken and no answer came (outcome unknown).
        """
        ...
