"""What a transport is: one provider's API in four verbs, with nothing remembered between calls.

Everything a later process needs is in the `RemoteJob`. A transport never retries a submit, never follows an address
outside its account, and maps every word of its vendor to one of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf


class Transport(Protocol):
    """One API. Stateless; ``name`` is what a catalogue's ``transport`` names.

    A key of two parts (``access:secret``) is one `Secret` with a colon.
    """

    name: str

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """Return the headers that prove who asks; made anew for each request."""
        ...

    def explain(self, reply: Reply) -> Refusal:
        """Classify an answer that is an error (status ≥ 300), in the vendor's own words."""
        ...

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Start the job: `Door.ask` for uploads, `Door.spend` once for what costs. Raises what `Door.spend` does.

        A synchronous API keeps its answer on the shelf before this returns.
        """
        ...

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look once. Raises ProviderBusyError when the provider is away; a job nobody knows is ``lost``."""
        ...

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Stop the job as far as the API can; one that has ended is no error. Raises ProviderBusyError, or
        ProviderUnavailableError where the API cannot stop it (any more).
        """
        ...

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """Return the job an earlier submit of this token started, where the API can be asked by an id of ours."""
        ...

    async def check(self, door: Door) -> ProviderStatus:
        """Say whether the key works, by the cheapest request that costs nothing."""
        ...
