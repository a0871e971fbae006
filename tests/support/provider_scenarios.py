"""What every provider over the network must do, as named scenarios: run by the contract suite and printed by its bench.

A scenario takes a `Rig` and fails by assertion. What an API has no such thing for is named in its case's ``skips``.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from tests.support.dying import Death, dying_at
from tests.support.provider_rig import Rig
from tests.support.trap_host import TrapHost

from takebridge.errors import (
    BridgeError,
    CapabilityError,
    ModerationError,
    NotFoundError,
    ProviderBusyError,
    ProviderError,
    ProviderKeyError,
    ProviderQuotaError,
    ProviderUnavailableError,
    RetiredModelError,
    UnknownOutcomeError,
    UnsafeMediaError,
)
from takebridge.media.probe import probe
from takebridge.providers.protocol import RemoteJob
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.serving import serving
from takebridge.testing.providers.stage import Act

Scenario = Callable[[Rig], None]


class NotOffered(Exception):
    """This API has no such thing; the text says why."""


def _act(rig: Rig, *acts: Act) -> None:
    for act in acts:
        if act in rig.case.skips:
            raise NotOffered(rig.case.skips[act])
    rig.stage.play(*acts)


def _asynchronous(rig: Rig) -> None:
    if rig.case.synchronous:
        raise NotOffered("the submit's answer is the result")


# --- the way it should go -----------------------------------------------------------------------------------


def makes_a_take(rig: Rig) -> None:
    """Submit, look, download: each step in another process; every promised port is filled with real media."""
    job = rig.submit()
    update = rig.finish(job)
    assert update.state == "done", update
    profile = next(one for one in rig.run(_models) if one.id == rig.request().model)
    ports = {one.port.partition(".")[0] for one in update.artifacts}
    assert ports >= set(profile.outputs), "a promised port has no result"
    for path, artifact in zip(rig.fetch(update), update.artifacts, strict=True):
        assert path.stat().st_size > 0
        if artifact.media_type in ("video", "image", "audio"):
            probe(path)
    assert rig.stage.charged == 1


def submits_once_for_one_token(rig: Rig) -> None:
    """The same token in another process is the same job: nothing is started or charged again."""
    first = rig.submit()
    assert rig.submit() == first
    assert rig.stage.charged == 1


def two_tokens_are_two_jobs(rig: Rig) -> None:
    """Another token is another job."""
    assert rig.submit("tb-contract-0001").id != rig.submit("tb-contract-0002").id
    assert rig.stage.charged == 2


def a_written_job_is_enough(rig: Rig) -> None:
    """A later process goes on from the job's JSON alone, and fetches the result twice alike."""
    job = RemoteJob.model_validate_json(rig.submit().model_dump_json())
    update = rig.finish(job)
    first = [path.read_bytes() for path in rig.fetch(update)]
    assert [path.read_bytes() for path in rig.fetch(rig.finish(job))] == first


def says_progress_in_order(rig: Rig) -> None:
    """Progress never goes back, and never past its end."""
    _asynchronous(rig)
    job, seen = rig.submit(), []
    for _ in range(10):
        update = rig.look(job)
        seen.append((update.done, update.total))
        if update.state not in ("queued", "running"):
            break
    assert all(0 <= done <= total or total == 0 for done, total in seen)
    parts = [done / total for done, total in seen if total]
    assert parts == sorted(parts)


# --- refused, and proved to be ------------------------------------------------------------------------------


def _refused(rig: Rig, act: Act, error: type[ProviderError]) -> ProviderError:
    _act(rig, act)
    with pytest.raises(error) as caught:
        rig.submit()
    assert caught.value.hint, "an error without a next step"
    assert rig.stage.charged == 0, "refused, and charged all the same"
    return caught.value


def rate_limited(rig: Rig) -> None:
    """429 starts nothing, is told with the seconds to wait, and the next try goes through."""
    error = _refused(rig, "rate_limit", ProviderBusyError)
    assert error.retryable
    assert error.details.get("retry_after") == 1
    rig.submit()
    assert rig.stage.charged == 1


def key_refused(rig: Rig) -> None:
    """A key the provider does not take."""
    _refused(rig, "auth", ProviderKeyError)


def wrong_key(rig: Rig) -> None:
    """Another key than the server's: refused at the door; `check` says so too."""
    if "auth" in rig.case.skips:
        raise NotOffered(rig.case.skips["auth"])
    rig.key = "wrong-" + "0" * 24
    with pytest.raises(ProviderKeyError):
        rig.submit()
    assert rig.stage.charged == 0
    rig.stage.seen.clear()
    status = rig.run(lambda provider: provider.check())
    if rig.stage.seen:  # an API without any free request cannot be asked
        assert not status.ready
        assert status.hint


def no_key(rig: Rig) -> None:
    """Without a key nothing is sent at all, and the words name the command that sets one."""
    if "auth" in rig.case.skips:
        raise NotOffered(rig.case.skips["auth"])
    rig.key = ""
    with pytest.raises(ProviderKeyError, match="no key") as caught:
        rig.submit()
    assert "takebridge keys set" in caught.value.hint
    assert not rig.run(lambda provider: provider.check()).ready
    assert rig.stage.seen == []


def no_balance(rig: Rig) -> None:
    """An empty account."""
    _refused(rig, "quota", ProviderQuotaError)


def model_gone(rig: Rig) -> None:
    """A model the provider has switched off."""
    _refused(rig, "retired", RetiredModelError)


def input_refused(rig: Rig) -> None:
    """Input the provider cannot use, with its reason."""
    error = _refused(rig, "invalid", CapabilityError)
    assert "refused: invalid" in error.message, "the vendor's own reason is lost"


def load_shed(rig: Rig) -> None:
    """503 may be tried again only where the vendor documents it as taken by nobody; else nobody knows."""
    _act(rig, "shed")
    sheds = 503 in rig.run(_facts).sheds_load
    with pytest.raises(ProviderBusyError if sheds else UnknownOutcomeError):
        rig.submit()
    assert _posts(rig) <= 1


def server_error(rig: Rig) -> None:
    """500 at submit: not known what became of it, and never sent again by itself."""
    _act(rig, "server_error")
    with pytest.raises((UnknownOutcomeError, ProviderBusyError)) as caught:
        rig.submit()
    if isinstance(caught.value, ProviderBusyError):
        assert 500 in rig.run(_facts).sheds_load
    assert len(rig.stage.jobs) <= 1


def input_moderated(rig: Rig) -> None:
    """Content rules: terminal, with the vendor's reason, wherever the vendor says so."""
    _act(rig, "moderated_in")
    try:
        job = rig.submit()
    except ModerationError as error:
        assert not error.retryable
        assert error.hint
        return
    update = rig.finish(job)
    assert (update.state, update.error_code) == ("failed", "moderation_input"), update
    assert update.error_message


def output_moderated(rig: Rig) -> None:
    """A result the vendor holds back."""
    if not rig.case.moderates_out:
        raise NotOffered("this API says nothing of refused results")
    _act(rig, "moderated_out")
    try:
        job = rig.submit()
    except ModerationError:
        assert rig.case.synchronous
        return
    update = rig.finish(job)
    assert (update.state, update.error_code) == ("failed", "moderation_output"), update
    assert update.artifacts == ()


def job_failed(rig: Rig) -> None:
    """The vendor's model failed: said with a code, nothing handed over."""
    _act(rig, "failed")
    try:
        job = rig.submit()
    except (UnknownOutcomeError, CapabilityError, ProviderUnavailableError):
        assert rig.case.synchronous
        return
    update = rig.finish(job)
    assert update.state == "failed"
    assert update.error_code
    assert update.error_message
    assert update.artifacts == ()


# --- nobody knows -------------------------------------------------------------------------------------------


def answer_lost(rig: Rig) -> None:
    """Accepted, charged, and the connection breaks: unknown. Never sent a second time; found where the API can say."""
    _act(rig, "drop")
    with pytest.raises(UnknownOutcomeError):
        rig.submit()
    assert rig.stage.charged == 1
    found = rig.run(lambda provider: provider.find(rig.request()))
    assert rig.stage.charged == 1, "looking for a job must not start one"
    assert (found is not None) == rig.case.finds
    if found is not None:
        assert rig.finish(found).state == "done"


def answer_is_garbage(rig: Rig) -> None:
    """200 with a page of HTML (a proxy, a portal): unknown."""
    _act(rig, "garbage")
    with pytest.raises(UnknownOutcomeError):
        rig.submit()
    assert rig.stage.charged <= 1


def unreachable(rig: Rig) -> None:
    """Nobody listens: nothing was sent, it may be tried again. A look says away, not failed."""
    job = None if rig.case.synchronous else rig.submit()
    charged = rig.stage.charged
    rig.url = _closed_port()
    with pytest.raises(ProviderBusyError) as caught:
        rig.submit("tb-contract-0002")
    assert caught.value.retryable
    assert rig.stage.charged == charged
    if job is not None:
        with pytest.raises(ProviderBusyError):
            rig.look(job)
        rig.url = ""
        assert rig.finish(job).state == "done", "it went on while nobody looked"


def name_not_found(rig: Rig) -> None:
    """The DNS knows no such host."""
    rig.url = "http://takebridge-nowhere.invalid"
    with pytest.raises(ProviderBusyError):
        rig.submit()


def proxy_is_down(rig: Rig, monkeypatch: pytest.MonkeyPatch | None = None) -> None:
    """A proxy the environment names does not answer: nothing arrived."""
    patch = monkeypatch or pytest.MonkeyPatch()
    with patch.context() as env:
        env.setenv("HTTP_PROXY", _closed_port())
        env.delenv("NO_PROXY", raising=False)
        env.delenv("no_proxy", raising=False)
        with pytest.raises(ProviderBusyError):
            rig.submit()
    assert rig.stage.charged == 0


# --- while it runs ------------------------------------------------------------------------------------------


def throttled(rig: Rig) -> None:
    """Waiting for our own limit is waiting, not failing."""
    _asynchronous(rig)
    _act(rig, "throttled")
    job = rig.submit()
    assert rig.look(job).state == "queued"
    assert rig.finish(job).state == "done"


def looks_fail_for_a_while(rig: Rig) -> None:
    """5xx while looking: waited out."""
    _asynchronous(rig)
    _act(rig, "poll_errors")
    job = rig.submit()
    for _ in range(5):
        try:
            if rig.finish(job).state == "done":
                break
        except ProviderBusyError:
            continue
    else:
        raise AssertionError("never got over it")
    assert rig.stage.charged == 1


def looks_are_garbage_for_a_while(rig: Rig) -> None:
    """HTML while looking: away, not failed."""
    _asynchronous(rig)
    _act(rig, "poll_garbage")
    job = rig.submit()
    for _ in range(5):
        try:
            if rig.finish(job).state == "done":
                return
        except ProviderBusyError:
            continue
    raise AssertionError("never got over it")


def job_lost(rig: Rig) -> None:
    """A job nobody knows any more."""
    _asynchronous(rig)
    _act(rig, "lost")
    assert rig.finish(rig.submit()).state == "lost"


def cancelled(rig: Rig) -> None:
    """A running job is stopped where the API can; where it cannot that is said, and the job goes on."""
    _asynchronous(rig)
    _act(rig, "slow")
    job = rig.submit()
    rig.look(job)
    if rig.case.can_cancel:
        rig.run(lambda provider: provider.cancel(job))
        rig.run(lambda provider: provider.cancel(job))
        assert rig.stage.jobs[next(iter(rig.stage.jobs))].cancelled
        return
    with pytest.raises(ProviderUnavailableError) as caught:
        rig.run(lambda provider: provider.cancel(job))
    assert caught.value.hint
    rig.stage.release()
    assert rig.finish(job).state == "done"


def looks_within_the_rate(rig: Rig) -> None:
    """However often somebody asks, the provider is looked at no more often than it likes."""
    _asynchronous(rig)
    _act(rig, "slow")
    job = rig.submit()

    async def ask_often(provider) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001
        await provider.poll(job)
        before = len(rig.stage.seen)
        for _ in range(20):
            await provider.poll(job)
        return len(rig.stage.seen) - before

    assert rig.run(ask_often) == 0
    rig.stage.release()


def asks_for_no_webhook(rig: Rig) -> None:
    """The bridge listens on this machine only: results are looked for, nobody is asked to call back."""
    rig.finish(rig.submit())
    for seen in rig.stage.seen:
        words = f"{seen.path} {seen.body.decode('latin-1')}".lower()
        assert "webhook" not in words, seen.path
        assert "callback" not in words, seen.path


# --- the download -------------------------------------------------------------------------------------------


def _to_download(rig: Rig, act: Act):  # type: ignore[no-untyped-def]  # noqa: ANN202
    _asynchronous(rig)
    _act(rig, act)
    update = rig.finish(rig.submit())
    assert update.state == "done"
    if not any("://" in one.location for one in update.artifacts):
        raise NotOffered("results come inside the answer")
    return update


def download_cut_short(rig: Rig) -> None:
    """Half a file is none; the second try has it all."""
    update = _to_download(rig, "truncated")
    with pytest.raises(ProviderBusyError):
        rig.fetch(update)
    assert _left(rig) == []
    assert rig.fetch(update)


def download_too_large(rig: Rig) -> None:
    """A result larger than any result may be is not begun."""
    update = _to_download(rig, "oversized")
    with pytest.raises(UnsafeMediaError):
        rig.fetch(update)
    assert _left(rig) == []


def download_drips(rig: Rig) -> None:
    """A few bytes a minute: given up."""
    update = _to_download(rig, "drip")
    rig.clock.stride = 61.0
    with pytest.raises(ProviderBusyError, match=r"slow|short"):
        rig.fetch(update)
    assert _left(rig) == []


def download_redirected_home(rig: Rig) -> None:
    """A redirect into this machine is not followed, and no key goes there."""
    with _Trap(rig) as trap:
        update = _to_download(rig, "redirect_loopback")
        with pytest.raises(ProviderUnavailableError):
            rig.fetch(update)
        assert trap.seen == []


def download_from_a_stranger(rig: Rig) -> None:
    """A result at a host that is not the provider's is not fetched, and no key goes there."""
    with _Trap(rig) as trap:
        try:
            update = _to_download(rig, "foreign_host")
            rig.fetch(update)
        except ProviderUnavailableError:
            assert trap.seen == []
        else:
            raise AssertionError("fetched from a stranger")


def address_expired(rig: Rig) -> None:
    """A dead address is asked for anew where the API can; else it is said to be gone."""
    update = _to_download(rig, "expired_url")
    if rig.case.refreshes:
        assert rig.fetch(update)
        return
    with pytest.raises(NotFoundError):
        rig.fetch(update)


# --- dying --------------------------------------------------------------------------------------------------


def dies_anywhere(rig: Rig) -> None:
    """Die before and after each request, each file kept and each file fetched; another process goes on.

    What a job runner does then is done here: a remote job it heard of is looked at, a submit it saw no answer of is
    looked for, never repeated. Nothing is ever charged twice, and what was heard of is never lost.
    """
    for point in range(1, _MOST_POINTS):
        token = f"tb-contract-die-{point:03}"
        charged = rig.stage.charged
        survived = _lives_through(rig, token, point)
        assert rig.stage.charged - charged <= 1, f"died at point {point}: charged twice"
        if survived:
            assert point > 4, "hardly any point was met"
            return
    raise AssertionError("it dies for ever")


_MOST_POINTS = 200


def _lives_through(rig: Rig, token: str, point: int) -> bool:
    """Go the whole way, dying at the ``point``-th place; True when there was no such place."""
    request, job = rig.request(token), None
    with dying_at(point) as met:
        try:
            job = rig.run(lambda provider: provider.submit(request))
            rig.fetch(rig.finish(job))
        except Death:
            pass
    if not met.died:
        return True
    if job is None:
        job = rig.run(lambda provider: provider.find(request))
        if job is None:
            assert not rig.case.finds or rig.stage.charged == 0 or not _was_accepted(rig, token)
            return False
    assert rig.fetch(rig.finish(job))
    return False


def _was_accepted(rig: Rig, token: str) -> bool:
    return any(token in str(job.body) or token == job.id for job in rig.stage.jobs.values())


# --- keys ---------------------------------------------------------------------------------------------------


def key_stays_inside(rig: Rig) -> None:
    """The key is in no job, update, error, or file."""
    said: list[str] = []
    job = rig.submit()
    update = rig.finish(job)
    said += [job.model_dump_json(), update.model_dump_json(), repr(rig.run(_describe))]
    for act in ("auth", "invalid", "server_error"):
        if act not in rig.case.skips:
            rig.stage.play(act)
            try:
                rig.submit(f"tb-contract-{act.replace('_', '-')}")
            except BridgeError as error:
                said.append(f"{error.to_wire()} {error!r} {error.__cause__!r}")
    said += [str(path) for path in rig.home.rglob("*")]
    kept = [path.read_bytes() for path in rig.home.rglob("*") if path.is_file()]
    assert not any(KEY in text for text in said)
    assert not any(KEY.encode() in data for data in kept)


async def _describe(provider) -> str:  # type: ignore[no-untyped-def]  # noqa: ANN001
    status = await provider.check()
    return f"{provider!r} {vars(provider)!r} {status!r}"


async def _models(provider):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return provider.models()


async def _facts(provider):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return provider.facts


def _posts(rig: Rig) -> int:
    """How many jobs the server ever took."""
    return len(rig.stage.jobs)


def _left(rig: Rig) -> list[Path]:
    folder = rig.home / "fetched"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []


def _closed_port() -> str:
    """An address nobody listens at: a port that was free a moment ago."""
    with socket.socket() as probe_socket:
        probe_socket.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe_socket.getsockname()[1]}"


class _Trap:
    """Serve another origin that logs whoever comes."""

    def __init__(self, rig: Rig) -> None:
        self._rig, self.host = rig, TrapHost()

    def __enter__(self) -> TrapHost:
        self._serving = serving(self.host.app())
        self._rig.stage.foreign = self._serving.__enter__()
        return self.host

    def __exit__(self, *info: object) -> None:
        self._serving.__exit__(None, None, None)


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        scenario.__name__: scenario
        for scenario in (
            makes_a_take,
            submits_once_for_one_token,
            two_tokens_are_two_jobs,
            a_written_job_is_enough,
            says_progress_in_order,
            rate_limited,
            key_refused,
            wrong_key,
            no_key,
            no_balance,
            model_gone,
            input_refused,
            load_shed,
            server_error,
            input_moderated,
            output_moderated,
            job_failed,
            answer_lost,
            answer_is_garbage,
            unreachable,
            name_not_found,
            proxy_is_down,
            throttled,
            looks_fail_for_a_while,
            looks_are_garbage_for_a_while,
            job_lost,
            cancelled,
            looks_within_the_rate,
            asks_for_no_webhook,
            download_cut_short,
            download_too_large,
            download_drips,
            download_redirected_home,
            download_from_a_stranger,
            address_expired,
            dies_anywhere,
            key_stays_inside,
        )
    }
)
