"""Several watched folders as one host: the one something was exported to last is meant, unless a canvas says which."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from takebridge.cut.model import Cut
from takebridge.hosts.folder import FolderHost
from takebridge.hosts.protocol import Expectation, HostStatus, OpAnswer, Verb, WireModel


class Folders:
    """Folders side by side; implements `takebridge.hosts.port.DocumentHost`. There is at least one."""

    def __init__(self, hosts: Sequence[FolderHost]) -> None:
        self.hosts = tuple(hosts)

    @property
    def newest(self) -> FolderHost:
        """The folder with the newest export; the first one before any."""
        return max(self.hosts, key=lambda host: _newest(host))

    def among(self, timelines: Collection[str]) -> FolderHost:
        """Return the folder with the newest export of these timelines, that timeline open; else the newest folder."""
        having = [host for host in self.hosts if {one.timeline for one in host.exchange.timelines()} & set(timelines)]
        if not having:
            return self.newest
        return max((host.among(timelines) for host in having), key=lambda host: host.document().changed_ns)

    @property
    def session(self) -> str:
        """That of the newest folder."""
        return self.newest.session

    @property
    def status(self) -> HostStatus:
        """That of the newest folder."""
        return self.newest.status

    @property
    def capabilities(self) -> frozenset[str]:
        """Those of the newest folder."""
        return self.newest.capabilities

    async def call(
        self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        """Ask the newest folder."""
        return await self.newest.call(verb, args, expect=expect, timeout_seconds=timeout_seconds)

    async def cut(self) -> Cut:
        """Return the newest export's cut. Raises HostOfflineError before the first."""
        return await self.newest.cut()

    async def answer(self, cut: Cut) -> tuple[str, tuple[str, ...]]:
        """Write the answer to the newest export; see `FolderHost.answer`."""
        return await self.newest.answer(cut)


def _newest(host: FolderHost) -> int:
    return max((export.changed_ns for export in host.exchange.timelines()), default=0)
