"""One case a transport: which contract server it speaks to, and what its API can and cannot do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from takebridge.providers.catalog import Catalog
from takebridge.providers.protocol import GenerationRequest, ModelProfile
from takebridge.providers.remote.transport import Transport
from takebridge.testing.providers.base import ContractServer
from takebridge.testing.providers.stage import Stage


@dataclass(frozen=True)
class CaseMedia:
    """``clip``: 48 frames of 320x180 at 24 fps with sound; ``picture``: a PNG of 320x180; ``voice``: 2 s of WAV."""

    clip: Path
    picture: Path
    voice: Path


@dataclass(frozen=True)
class RemoteCase:
    """``request`` makes a request with a token that sends at least one file where the API takes files.

    ``synchronous``: the submit's answer is the result. ``can_cancel``: a running job can be stopped. ``refreshes``: a
    look gives a fresh address once one has expired. ``finds``: the API can be asked for a job by an id of ours.
    ``moderates_out``: results may be refused. ``models``: makes the profiles from a data folder where they are not
    those of the catalogue file. ``file`` and ``transport``: those of a package outside this tree. ``skips`` says why
    an act cannot happen with this API.
    """

    name: str
    catalog: str
    server: Callable[[Stage], ContractServer]
    request: Callable[[str, CaseMedia], GenerationRequest]
    synchronous: bool = False
    can_cancel: bool = True
    refreshes: bool = False
    finds: bool = False
    moderates_out: bool = True
    models: Callable[[Path], Sequence[ModelProfile]] | None = None
    file: Catalog | None = None
    transport: Transport | None = None
    skips: Mapping[str, str] = field(default_factory=dict)
