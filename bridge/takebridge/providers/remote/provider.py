"""A provider over the network: a catalogue, a transport, a key and a shelf, in the four verbs."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from takebridge.errors import (
    BridgeError,
    CapabilityError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderUnavailableError,
    StoreError,
    UnknownOutcomeError,
)
from takebridge.media.publish import publishing
from takebridge.providers.capability import check_request
from takebridge.providers.facts import ProviderFacts
from takebridge.providers.protocol import (
    Artifact,
    GenerationRequest,
    JobUpdate,
    ModelProfile,
    ProviderStatus,
    RemoteJob,
)
from takebridge.providers.remote.door import Account, Door, Pause, forget_spending, has_spent
from takebridge.providers.remote.fetching import ExpiredLinkError, fetch
from takebridge.providers.remote.order import Order, mode_of
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import SCHEME, Shelf
from takebridge.providers.remote.transport import Transport

_SUFFIXES = {"image": ".png", "video": ".mp4", "audio": ".wav", "model_3d": ".glb", "world": ".zip", "text": ".txt"}


class RemoteProvider:
    """`Provider` and `FindsJobs` over a transport. Nothing touches the network before the first verb.

    ``find_key`` is asked each time, so that a key set meanwhile counts. ``clock`` is a steady one, in seconds;
    ``pause`` is how it waits between two tries.
    """

    def __init__(
        self,
        home: Path,
        facts: ProviderFacts,
        models: Sequence[ModelProfile],
        transport: Transport,
        find_key: Callable[[ProviderFacts], Secret | None],
        *,
        base_url: str = "",
        clock: Callable[[], float] = time.monotonic,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self.name, self.facts = facts.provider, facts
        self._models = {model.id: model for model in models}
        self._transport, self._find_key = transport, find_key
        self._clock, self._pause = clock, pause
        self._base_url = base_url or facts.base_url
        self._shelf = Shelf(home)
        self._doors: WeakKeyDictionary[asyncio.AbstractEventLoop, Door] = WeakKeyDictionary()
        self._old: list[Door] = []
        self._submitting: dict[str, asyncio.Future[RemoteJob]] = {}
        self._next_look = 0.0
        self._seen: dict[str, tuple[float, JobUpdate]] = {}

    def models(self) -> Sequence[ModelProfile]:
        """Profiles of the catalogue file."""
        return tuple(self._models.values())

    def has_key(self) -> bool:
        """Say whether there is a key, or none is needed. May ask the system's keyring."""
        return self.facts.key_optional or self._find_key(self.facts) is not None

    async def check(self) -> ProviderStatus:
        """Say whether the provider can work now: a key is there, and it answers."""
        if (missing := await self._no_key()) is not None:
            hint = f"Set one: 'takebridge keys set {self.name}'."
            return ProviderStatus(ready=False, message=missing.message, hint=hint)
        try:
            return await self._transport.check((await self._door()).hasty())
        except ProviderKeyError as error:
            hint = f"Copy it again, whole: 'takebridge keys set {self.name}'."
            return ProviderStatus(ready=False, message=error.message, hint=hint)
        except ProviderBusyError as error:
            hint = "Check the network and the proxy, or try again later."
            return ProviderStatus(ready=False, message=error.message, hint=hint)
        except BridgeError as error:
            return ProviderStatus(ready=False, message=error.message, hint=error.hint)

    async def submit(self, request: GenerationRequest) -> RemoteJob:
        """Start the job. The same token again returns the job whose answer this machine saw, and starts nothing.

        Raises CapabilityError, ProviderUnavailableError (nothing was started), UnknownOutcomeError.
        """
        order = self._order(request)
        task = self._under_way(request.token)
        if task is None:
            task = asyncio.ensure_future(self._submit_once(order))
            self._submitting[request.token] = task
            task.add_done_callback(partial(self._landed, request.token))
        # Who waits may be cancelled; what may have been sent is heard out and noted all the same.
        return await asyncio.shield(task)

    async def find(self, request: GenerationRequest) -> RemoteJob | None:
        """Return the job an earlier submit of this token started, from the shelf or the provider; None: not known."""
        if (task := self._under_way(request.token)) is not None:
            with suppress(BridgeError):
                return await asyncio.shield(task)
        if (known := await asyncio.to_thread(self._shelf.noted, request.token)) is not None:
            return known
        if await self._no_key() is not None:
            return None
        return await self._transport.find(await self._door(), self._order(request), self._shelf)

    async def poll(self, job: RemoteJob) -> JobUpdate:
        """Look once, but not more often than the provider likes: in between the last update is given again."""
        seen = self._seen.get(job.id)
        if seen and self._clock() - seen[0] < self.facts.poll_seconds:
            return seen[1]
        if not self._may_look():
            return seen[1] if seen else JobUpdate(state="running")
        update = await self._transport.poll(await self._door(), job, self._shelf)
        kept = update.model_copy(
            update={"artifacts": tuple(one.model_copy(update={"job": job}) for one in update.artifacts)}
        )
        self._remember(job.id, kept)
        return kept

    async def cancel(self, job: RemoteJob) -> None:
        """Stop the job as far as the provider can. Raises where it cannot: it may run on."""
        await self._transport.cancel(await self._door(), job)

    async def download(
        self, artifact: Artifact, into: Path, progress: Callable[[int, int], None] | None = None
    ) -> Path:
        """Bring an artifact into ``into`` as ``<port>.<suffix>``; an expired address is asked for once more."""
        await asyncio.to_thread(into.mkdir, parents=True, exist_ok=True)
        target = into / f"{artifact.port.replace('/', '_')}{_suffix_of(artifact)}"
        if artifact.location.startswith(SCHEME):
            return await asyncio.to_thread(_copied, self._shelf.path_of(artifact.location), target)
        try:
            return await fetch(await self._door(), artifact.location, target, progress, clock=self._clock)
        except ExpiredLinkError:
            fresh = await self._fresh(artifact)
            if fresh is None or fresh.location == artifact.location:
                raise
            return await fetch(await self._door(), fresh.location, target, progress, clock=self._clock)

    async def aclose(self) -> None:
        """Hear out what is being submitted, then close the connections of the running event loop."""
        here = [task for task in self._submitting.values() if task.get_loop() is asyncio.get_running_loop()]
        await asyncio.gather(*here, return_exceptions=True)
        for old in self._old:
            await old.aclose()
        self._old.clear()
        if (door := self._doors.pop(asyncio.get_running_loop(), None)) is not None:
            await door.aclose()

    # --- pieces

    def _under_way(self, token: str) -> asyncio.Future[RemoteJob] | None:
        """Return the submit of a token that has not ended yet, if this loop has one."""
        task = self._submitting.get(token)
        return task if task is not None and task.get_loop() is asyncio.get_running_loop() else None

    def _landed(self, token: str, task: asyncio.Future[RemoteJob]) -> None:
        if self._submitting.get(token) is task:
            del self._submitting[token]
        if not task.cancelled():
            task.exception()  # whoever waited may be gone: an error nobody picks up is no warning

    async def _submit_once(self, order: Order) -> RemoteJob:
        """Submit, in a task of its own. What goes wrong before anything was sent proves that nothing was started."""
        token = order.request.token
        if (known := await asyncio.to_thread(self._shelf.noted, token)) is not None:
            return known
        if (missing := await self._no_key()) is not None:
            raise missing
        await asyncio.to_thread(self._shelf.sweep)
        forget_spending()
        try:
            job = await self._transport.submit(await self._door(), order, self._shelf)
        except BridgeError:
            raise
        except Exception as error:
            title = self.facts.title
            if has_spent():
                raise UnknownOutcomeError(f"{title} was asked, and then this failed: {error}.") from error
            hint = "Nothing was submitted. Look at the inputs, then try again."
            raise ProviderUnavailableError(f"{title} was not asked: {error}.", hint=hint) from error
        with suppress(StoreError, OSError):  # a full drive must not lose what was accepted: the ledger keeps it too
            await asyncio.to_thread(self._shelf.note, job, token)
        return job

    def _remember(self, job_id: str, update: JobUpdate) -> None:
        """Keep an update for as long as it may be given again; those of ended jobs go with the next ones."""
        now = self._clock()
        self._seen = {
            key: seen
            for key, seen in self._seen.items()
            if seen[1].state in ("queued", "running") or now - seen[0] < self.facts.poll_seconds
        }
        self._seen[job_id] = (now, update)

    def _may_look(self) -> bool:
        """Say whether one more look stays within the provider's rate for all jobs together; if so, count it."""
        if self.facts.polls_per_minute is None:
            return True
        now = self._clock()
        if now < self._next_look:
            return False
        self._next_look = now + 60 / self.facts.polls_per_minute
        return True

    def _order(self, request: GenerationRequest) -> Order:
        profile = self._models.get(request.model)
        if profile is None:
            raise CapabilityError(
                f"{self.facts.title} has no model {request.model} in the catalogue.",
                hint=f"'takebridge models --provider {self.name}' lists what there is.",
            )
        check_request(profile, request)
        return Order(request, profile, mode_of(profile, request.inputs))

    async def _no_key(self) -> ProviderKeyError | None:
        if self.facts.key_optional or await asyncio.to_thread(self._find_key, self.facts) is not None:
            return None
        return ProviderKeyError(
            f"There is no key for {self.facts.title}.",
            hint=f"Set one: 'takebridge keys set {self.name}'. Nothing was submitted.",
        )

    async def _door(self) -> Door:
        """Return this loop's door; a key set anew opens a new one."""
        loop, key = asyncio.get_running_loop(), await asyncio.to_thread(self._find_key, self.facts)
        door = self._doors.get(loop)
        if door is None or door.account.key != key:
            if door is not None:
                self._old.append(door)  # others may be in the middle of a request
            # A server put in the provider's place stands for its further addresses too.
            moved = self._base_url != self.facts.base_url
            hosts = dict.fromkeys(self.facts.hosts, self._base_url) if moved else self.facts.hosts
            account = Account(self.facts, self._base_url, hosts, key)
            door = self._doors[loop] = Door(account, self._transport.auth, self._transport.explain, self._pause)
        return door

    async def _fresh(self, artifact: Artifact) -> Artifact | None:
        """Ask the provider for the result's address again."""
        if artifact.job is None:
            return None
        update = await self._transport.poll(await self._door(), artifact.job, self._shelf)
        return next((one for one in update.artifacts if one.port == artifact.port), None)


def _suffix_of(artifact: Artifact) -> str:
    """The suffix its address shows, else the usual one of its media type; what is inside is looked at later."""
    shown = Path(urlsplit(artifact.location).path).suffix.lower()
    return shown if 2 <= len(shown) <= 6 and shown[1:].isalnum() else _SUFFIXES.get(artifact.media_type, ".bin")


def _copied(source: Path, target: Path) -> Path:
    with publishing(target, estimate=source.stat().st_size) as part:
        shutil.copyfile(source, part)
    return target
