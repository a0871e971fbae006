"""What a hostile or broken answer could do: reach into this network, take the key along, fill memory, lose a job."""

from __future__ import annotations

import asyncio
import gzip
import json
import pickle
import socket
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from tests.contract.remote_cases.fal import CASE as FAL
from tests.support.provider_rig import Rig, media_in, rig_over
from tests.support.provider_rig import served as serve
from tests.support.trap_host import TrapHost

from takebridge.errors import (
    CapabilityError,
    DiskFullError,
    ProviderBusyError,
    ProviderUnavailableError,
    UnknownOutcomeError,
)
from takebridge.providers.facts import ProviderFacts
from takebridge.providers.protocol import RemoteJob
from takebridge.providers.remote import addresses
from takebridge.providers.remote.addresses import check_allowed, pinned, public_addresses
from takebridge.providers.remote.door import LARGEST_ANSWER, LONGEST_WAIT, Account, Door, Reply
from takebridge.providers.remote.fetching import fetch
from takebridge.providers.remote.keys import KeyChain
from takebridge.providers.remote.provider import RemoteProvider
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.testing.providers.serving import serving

KEY = "canary-4b1d6f0e9a2c7385"
HOSTS = ("media.example.com", "*.cdn.example.com")


class Vendor:
    """A server that does what it is told; ``seen`` are the paths that carried the key."""

    def __init__(self) -> None:
        self.answer: Callable[[Request], Response] = lambda _: JSONResponse({})
        self.keyed: list[str] = []
        self.asked: list[str] = []

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._any, methods=["GET", "POST", "PUT"])])

    async def _any(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        if KEY in str(request.headers):
            self.keyed.append(request.url.path)
        return self.answer(request)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Vendor, str]]:
    vendor = Vendor()
    with serving(vendor.app()) as url:
        yield vendor, url


@pytest.fixture
def vendor(served: tuple[Vendor, str]) -> Vendor:
    vendor, _ = served
    vendor.keyed.clear()
    vendor.asked.clear()
    return vendor


@pytest.fixture
def url(served: tuple[Vendor, str]) -> str:
    return served[1]


@pytest.fixture(scope="module")
def trap() -> Iterator[tuple[TrapHost, str]]:
    """An origin nobody should ask."""
    host = TrapHost()
    with serving(host.app()) as origin:
        yield host, origin


def at(url: str, work: Callable[[Door], Awaitable[Any]]) -> Any:
    """Do something at a door to ``url``; it waits for nothing."""

    async def nothing(_: float) -> None:
        return None

    async def whole() -> Any:
        facts = ProviderFacts(provider="acme", title="Acme", result_hosts=HOSTS)
        account = Account(facts, url, {}, Secret(KEY))
        door = Door(account, lambda key: {"Authorization": f"Bearer {key.reveal()}"} if key else {}, pause=nothing)
        try:
            return await work(door)
        finally:
            await door.aclose()
            await door.aclose()  # closing twice does no harm

    return asyncio.run(whole())


# --- addresses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://media.example.com/a.mp4",
        "https://media.example.com:8443/a.mp4",
        "https://user@media.example.com/a.mp4",
        "https://media.example.com.evil.org/a.mp4",
        "https://evilcdn.example.com/a.mp4",
        "https://cdn.example.com.evil.org/a.mp4",
        "https://127.0.0.1/a.mp4",
        "https://[::1]/a.mp4",
        "https://2130706433/a.mp4",
        "file:///etc/passwd",
        "ftp://media.example.com/a.mp4",
        "https:///a.mp4",
        "https://media.example.com:99999/a.mp4",
        "//media.example.com/a.mp4",
        "a.mp4",
        "",
    ],
)
def test_only_listed_hosts_over_https(address: str) -> None:
    with pytest.raises(ProviderUnavailableError) as caught:
        check_allowed(address, ["http://127.0.0.1:8188"], HOSTS)
    assert caught.value.hint


@pytest.mark.parametrize(
    "address",
    [
        "https://media.example.com/a",
        "https://MEDIA.example.com./a",
        "https://x.cdn.example.com:443/a",
        "http://127.0.0.1:8188/view",
    ],
)
def test_what_is_listed_or_configured_may_be_fetched(address: str) -> None:
    check_allowed(address, ["http://127.0.0.1:8188"], HOSTS)


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "10.0.0.7"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%eth0"],
        ["fd00::1"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["0.0.0.0"],
        ["192.168.1.1"],
        [],
    ],
    ids=str,
)
def test_names_that_lead_into_a_private_network_are_refused(found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(ProviderUnavailableError):
        public_addresses("media.example.com", 443)


def test_the_name_is_asked_once_and_connected_to_as_it_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(addresses, "public_addresses", lambda *_: ["93.184.216.34"])
    target, host = asyncio.run(pinned("https://media.example.com/a.mp4?sig=1"))
    assert (target, host) == ("https://93.184.216.34:443/a.mp4?sig=1", "media.example.com")


def test_behind_a_proxy_the_proxy_looks_the_name_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert asyncio.run(pinned("https://media.example.com/a.mp4")) == ("https://media.example.com/a.mp4", "")


# --- the key ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["ask", "look", "spend"])
def test_a_foreign_address_is_not_asked_at_all(url: str, trap: tuple[TrapHost, str], way: str) -> None:
    host, origin = trap
    with pytest.raises(ProviderUnavailableError):
        at(url, lambda door: getattr(door, way)(f"{origin}/status/1"))
    assert host.seen == []


@pytest.mark.parametrize("way", ["ask", "spend"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_with_the_key(
    vendor: Vendor, url: str, trap: tuple[TrapHost, str], way: str, status: int
) -> None:
    host, origin = trap
    vendor.answer = lambda _: RedirectResponse(f"{origin}/elsewhere", status_code=status)
    with pytest.raises(ProviderUnavailableError):
        at(url, lambda door: getattr(door, way)("/job"))
    assert host.seen == []


def test_a_download_goes_in_circles_only_so_often(vendor: Vendor, url: str, tmp_path: Path) -> None:
    vendor.answer = lambda _: RedirectResponse(f"{url}/again", status_code=302)
    with pytest.raises(ProviderUnavailableError, match="circles"):
        at(url, lambda door: fetch(door, f"{url}/again", tmp_path / "a.mp4"))
    assert len(vendor.asked) <= 6


# --- sizes and waits ----------------------------------------------------------------------------------------


def test_an_answer_that_unpacks_to_more_than_any_answer_is_cut_off(vendor: Vendor, url: str) -> None:
    bomb = gzip.compress(b"\0" * (LARGEST_ANSWER + 2**20), 1)
    vendor.answer = lambda _: Response(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(ProviderBusyError):
        at(url, lambda door: door.ask("/status", again=False))
    with pytest.raises(UnknownOutcomeError):
        at(url, lambda door: door.spend("/job"))


def test_a_download_asks_for_bytes_as_they_are(vendor: Vendor, url: str, tmp_path: Path) -> None:
    told: list[str] = []

    def answer(request: Request) -> Response:
        told.append(request.headers.get("accept-encoding", ""))
        return Response(b"x" * 100)

    vendor.answer = answer
    at(url, lambda door: fetch(door, f"{url}/a.mp4", tmp_path / "a.mp4"))
    assert told == ["identity"]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        ("0.5", 0.5),
        ("-7", 0.0),
        ("1e12", LONGEST_WAIT),
        ("nan", None),
        ("inf", LONGEST_WAIT),
        ("soon", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("", None),
    ],
)
def test_retry_after_is_bounded(header: str, seconds: float | None) -> None:
    assert Reply(429, {"retry-after": header}, b"", "").retry_after == seconds


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"NaN garbage", b"null", b'"text"'])
def test_an_error_body_of_any_shape_has_a_reason_or_none(body: bytes, vendor: Vendor, url: str) -> None:
    vendor.answer = lambda _: Response(body, status_code=400)
    with pytest.raises(Exception, match="Acme") as caught:
        at(url, lambda door: door.spend("/job"))
    assert getattr(caught.value, "hint", "")


# --- the drive ----------------------------------------------------------------------------------------------


def test_an_accepted_job_is_told_though_the_drive_is_full(fal: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DiskFullError("The drive is full.")

    monkeypatch.setattr(Shelf, "note", full)
    job = fal.submit()
    assert fal.stage.charged == 1
    assert fal.finish(job).state == "done"


# --- one token, one job -------------------------------------------------------------------------------------


@pytest.fixture
def fal(tmp_path: Path) -> Iterator[Rig]:
    """fal beside its contract server."""
    (tmp_path / "media").mkdir()
    with serve(FAL) as server:
        yield rig_over(FAL, server, tmp_path, media_in(tmp_path / "media"))


def test_two_submits_of_a_token_at_once_are_one_job(fal: Rig) -> None:
    async def twice(provider: RemoteProvider) -> list[RemoteJob]:
        return list(await asyncio.gather(*(provider.submit(fal.request()) for _ in range(3))))

    jobs = fal.run(twice)
    assert jobs[0] == jobs[1] == jobs[2]
    assert fal.stage.charged == 1


def test_a_submit_nobody_waits_for_any_more_is_heard_out(fal: Rig) -> None:
    async def give_up(provider: RemoteProvider) -> None:
        waiting = asyncio.ensure_future(provider.submit(fal.request()))
        while not fal.stage.jobs:  # noqa: ASYNC110 - the server's log, no event tells it
            await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    fal.run(give_up)
    found = fal.run(lambda provider: provider.find(fal.request()))
    assert found is not None
    assert fal.finish(found).state == "done"
    assert fal.stage.charged == 1


def test_an_input_that_is_gone_proves_that_nothing_was_started(fal: Rig) -> None:
    request = fal.request()
    gone = [one.model_copy(update={"path": fal.home / "gone.png"}) for one in request.inputs]
    with pytest.raises((ProviderUnavailableError, CapabilityError)) as caught:
        fal.run(lambda provider: provider.submit(request.model_copy(update={"inputs": tuple(gone)})))
    assert caught.value.hint
    assert fal.stage.charged == 0


def test_a_fault_after_sending_leaves_the_outcome_open(fal: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    spend = Door.spend

    async def spent_and_failed(*args: Any, **more: Any) -> Any:
        await spend(*args, **more)
        raise ValueError("what came made no sense")

    monkeypatch.setattr(Door, "spend", spent_and_failed)
    with pytest.raises(UnknownOutcomeError):
        fal.submit()
    assert fal.stage.charged == 1


def test_keys_stored_at_the_same_time_are_all_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    facts = [ProviderFacts(provider=f"acme{number}", title="Acme") for number in range(12)]

    def store(one: ProviderFacts) -> None:
        KeyChain(tmp_path, {}).put(one, f"key-of-{one.provider}", "file")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(store, facts))
    kept = json.loads((tmp_path / "keys.json").read_text())
    assert kept == {one.provider: f"key-of-{one.provider}" for one in facts}


def test_a_key_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(KEY))
