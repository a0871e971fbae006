"""What is open in an editor, as its agent reports it and as a cut."""

from __future__ import annotations

from takebridge.cut.hosted import HostCut
from takebridge.cut.model import Cut
from takebridge.hosts import calls
from takebridge.hosts.port import DocumentHost, Host
from takebridge.hosts.reading import neutral, read_cut


async def opened(host: Host) -> tuple[HostCut, Cut]:
    """Return the open timeline twice; a document says more than a snapshot does. Raises HostError."""
    host_cut = read_cut(await calls.snapshot(host, marks=True))
    return host_cut, await host.cut() if isinstance(host, DocumentHost) else neutral(host_cut)
