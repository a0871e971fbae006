"""Everything a use case may use, gathered once by the server's app."""

from __future__ import annotations

from dataclasses import dataclass, field

from takebridge.events import EventBus
from takebridge.providers.registry import ProviderRegistry
from takebridge.services.desk import Desk
from takebridge.services.recall import Recall
from takebridge.services.turns import Turns
from takebridge.store.blobs import BlobStore
from takebridge.store.cuts import CutStore
from takebridge.store.data_folder import DataLayout
from takebridge.store.jobs import JobStore
from takebridge.store.ledger import Ledger
from takebridge.store.links import LinkStore
from takebridge.store.pauses import PauseStore


@dataclass(frozen=True, slots=True)
class Bridge:
    """The bridge's parts. All but ``turns``, which belong to the event loop, are safe to use from any thread."""

    layout: DataLayout
    desk: Desk
    links: LinkStore
    cuts: CutStore
    jobs: JobStore
    pauses: PauseStore
    ledger: Ledger
    blobs: BlobStore
    providers: ProviderRegistry
    events: EventBus
    handles: int = 12
    recall: Recall = field(default_factory=Recall)
    turns: Turns = field(default_factory=Turns)
