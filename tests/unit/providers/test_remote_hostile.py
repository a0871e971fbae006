"""A vendor that wishes us ill: it says the key aloud, unpacks to gigabytes, names impossible addresses, drips."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from takebridge.errors import (
    BridgeError,
    CapabilityError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderUnavailableError,
    UnknownOutcomeError,
)
from takebridge.providers.facts import ProviderFacts
from takebridge.providers.remote import door as door_module
from takebridge.providers.remote.addresses import origin_of, public_addresses
from takebridge.providers.remote.answers import failed
from takebridge.providers.remote.door import LONGEST_WAIT, Account, Door, Reply
from takebridge.providers.remote.fetching import SLOW_SECONDS, fetch
from takebridge.providers.remote.refusals import Refusal, shortened
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.uploads import hand_over
from takebridge.testing.providers.serving import serving

ACCESS, SECRET = "probe-access-71", "probe-secret-93"
KEY = f"{ACCESS}:{SECRET}"
HOSTS = ("*.cdn.example.com",)


class Vendor:
    """A server that gives one answer to everything and counts how often it is asked."""

    def __init__(self) -> None:
        self.answer: Callable[[Request], Response] = lambda _: JSONResponse({})
        self.asked = 0

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._any, methods=["GET", "POST", "PUT"])])

    async def _any(self, request: Request) -> Response:
        await request.body()
        self.asked += 1
        return self.answer(request)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Vendor, str]]:
    vendor = Vendor()
    with serving(vendor.app()) as url:
        yield vendor, url


@pytest.fixture
def vendor(served: tuple[Vendor, str]) -> Vendor:
    served[0].asked = 0
    return served[0]


@pytest.fixture
def url(served: tuple[Vendor, str]) -> str:
    return served[1]


def at(url: str, work: Callable[[Door], Awaitable[Any]], key: str = KEY, pauses: list[float] | None = None) -> Any:
    """Do something at a door to ``url`` that notes its pauses instead of making them."""

    async def noted(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)

    async def whole() -> Any:
        account = Account(ProviderFacts(provider="acme", title="Acme", result_hosts=HOSTS), url, {}, Secret(key))
        door = Door(account, lambda key: {"Authorization": f"Key {key.reveal()}"} if key else {}, pause=noted)
        try:
            return await work(door)
        finally:
            await door.aclose()

    return asyncio.run(whole())


# --- the key ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 429, 503])
@pytest.mark.parametrize("way", ["ask", "spend"])
@pytest.mark.parametrize("plainly", [True, False], ids=["text", "json"])
def test_a_key_said_aloud_is_not_repeated(vendor: Vendor, url: str, way: str, status: int, plainly: bool) -> None:
    said = f"bad key Key {KEY}, that is {ACCESS} and {SECRET}"
    vendor.answer = lambda _: (
        Response(said, status_code=status) if plainly else JSONResponse({"error": {"message": said}}, status)
    )
    with pytest.raises(BridgeError) as caught:
        at(url, lambda door: getattr(door, way)("/job"))
    shown = f"{caught.value.message} {caught.value.hint} {caught.value.details}"
    assert "bad key" in shown
    assert ACCESS not in shown
    assert SECRET not in shown


def test_a_key_cut_off_by_the_end_of_a_reason_is_not_shown_in_part(vendor: Vendor, url: str) -> None:
    vendor.answer = lambda _: Response("x" * 290 + KEY, status_code=400)
    with pytest.raises(CapabilityError) as caught:
        at(url, lambda door: door.spend("/job"))
    assert "probe" not in caught.value.message


def test_a_status_answer_does_not_bring_the_key_in(vendor: Vendor, url: str) -> None:
    vendor.answer = lambda _: JSONResponse({"state": "failed", "why": [f"Key {KEY}"]})
    reply = at(url, lambda door: door.ask("/status"))
    assert reply.fields() == {"state": "failed", "why": ["Key …"]}


@pytest.mark.parametrize(
    "key", ["probe\nkey-12345678", "prøbe-key-12345678", "probe-key-12345678\r", "probe\x00key-1234"]
)
@pytest.mark.parametrize("way", ["ask", "spend", "fetch"])
def test_a_key_that_cannot_be_sent_is_named_as_the_fault(
    vendor: Vendor, url: str, key: str, way: str, tmp_path: Path
) -> None:
    def work(door: Door) -> Awaitable[Any]:
        return fetch(door, f"{url}/a", tmp_path / "a") if way == "fetch" else getattr(door, way)("/job")

    with pytest.raises(ProviderKeyError) as caught:
        at(url, work, key=key)
    assert "12345678" not in caught.value.message
    assert "keys set acme" in caught.value.hint
    assert vendor.asked == 0


# --- addresses ----------------------------------------------------------------------------------------------


def _finds(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, socket.SOCK_STREAM, 6, "", (address, 443))])


@pytest.mark.parametrize(
    "address",
    [
        "2002:7f00:1::",
        "2002:0a00:0001::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "fec0::1",
        "224.0.0.1",
        "ff0e::1",
        "240.0.0.1",
        "255.255.255.255",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)
def test_an_address_that_leads_elsewhere_is_not_public(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _finds(monkeypatch, address)
    with pytest.raises(ProviderUnavailableError, match="private network"):
        public_addresses("x.cdn.example.com", 443)


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34", "2002:5db8:d822::1"],
)
def test_public_hosts_stay_within_reach_also_from_a_network_without_ipv4(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _finds(monkeypatch, address)
    assert public_addresses("x.cdn.example.com", 443) == [address]


def test_a_label_no_dns_can_hold_is_an_address_not_found(url: str) -> None:
    long = "a" * 64
    with pytest.raises(ProviderUnavailableError, match="not found"):
        public_addresses(f"{long}.cdn.example.com", 443)
    for way in ("ask", "spend"):
        with pytest.raises(ProviderBusyError, match="not found"):
            at(f"http://{long}.example.com", lambda door, way=way: getattr(door, way)("/job"))  # type: ignore[misc]


@pytest.mark.parametrize("onward", ["http://[bad", "https://[::1", "//[x]y/"])
def test_a_redirect_to_no_address_is_told(vendor: Vendor, url: str, tmp_path: Path, onward: str) -> None:
    vendor.answer = lambda _: Response(status_code=302, headers={"Location": onward})
    with pytest.raises(ProviderUnavailableError):
        at(url, lambda door: fetch(door, f"{url}/a", tmp_path / "a"))
    with pytest.raises(ProviderUnavailableError):
        at(url, lambda door: asyncio.sleep(0, door.resolve(onward)))


@pytest.mark.parametrize("path", ["/a\nb", "/a\x1b[2J", "/a\x00", "/a\x7f"])
def test_an_address_with_control_characters_is_not_asked(vendor: Vendor, url: str, path: str, tmp_path: Path) -> None:
    with pytest.raises(ProviderUnavailableError) as caught:
        origin_of(f"https://x.cdn.example.com{path}")
    assert caught.value.message.isprintable()
    (tmp_path / "in.png").write_bytes(b"x")
    works: list[Callable[[Door], Awaitable[Any]]] = [
        lambda door: door.ask(path),
        lambda door: door.spend(path),
        lambda door: door.ask(url + path),
        lambda door: fetch(door, url + path, tmp_path / "a"),
        lambda door: hand_over(door, url + path, tmp_path / "in.png"),
    ]
    for work in works:
        with pytest.raises(ProviderUnavailableError):
            at(url, work)
    assert vendor.asked == 0


# --- sizes --------------------------------------------------------------------------------------------------


def test_a_packed_answer_is_read(vendor: Vendor, url: str) -> None:
    packed = gzip.compress(b'{"state": "done"}')
    vendor.answer = lambda _: Response(packed, headers={"Content-Encoding": "gzip"})
    assert at(url, lambda door: door.ask("/status")).json() == {"state": "done"}


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "deflate"])
def test_an_answer_packed_as_nobody_asked_is_not_unpacked(vendor: Vendor, url: str, coding: str) -> None:
    twice = gzip.compress(gzip.compress(b"{}"))
    vendor.answer = lambda _: Response(twice, headers={"Content-Encoding": coding})
    with pytest.raises(ProviderBusyError, match="packed"):
        at(url, lambda door: door.ask("/status", again=False))
    with pytest.raises(UnknownOutcomeError):
        at(url, lambda door: door.spend("/job"))


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
def test_an_answer_may_be_as_large_as_said_once_unpacked(
    vendor: Vendor, url: str, monkeypatch: pytest.MonkeyPatch, size: int, fits: bool
) -> None:
    monkeypatch.setattr(door_module, "LARGEST_ANSWER", 1000)
    packed = gzip.compress(b" " * (size - 2) + b"{}")
    vendor.answer = lambda _: Response(packed, headers={"Content-Encoding": "gzip"})
    if fits:
        assert len(at(url, lambda door: door.ask("/status")).body) == size
    else:
        with pytest.raises(ProviderBusyError, match="larger"):
            at(url, lambda door: door.ask("/status", again=False))


def test_no_more_of_a_bomb_is_unpacked_than_an_answer_may_hold(
    vendor: Vendor, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 KB that would be 20 MB; where 30 KB are allowed, memory never sees a quarter of it."""
    monkeypatch.setattr(door_module, "LARGEST_ANSWER", 30_000)
    packed = gzip.compress(b"\0" * (20 * 2**20))
    vendor.answer = lambda _: Response(packed, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with pytest.raises(ProviderBusyError, match="larger"):
            at(url, lambda door: door.ask("/status", again=False))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * 2**20


def test_a_refusal_stays_one_though_its_words_are_a_bomb(vendor: Vendor, url: str) -> None:
    vendor.answer = lambda _: Response(b"nonsense", status_code=401, headers={"Content-Encoding": "gzip"})
    with pytest.raises(ProviderKeyError):
        at(url, lambda door: door.spend("/job"))


def test_a_packed_download_is_refused_in_words(vendor: Vendor, url: str, tmp_path: Path) -> None:
    vendor.answer = lambda _: Response(gzip.compress(b"\0" * 2**20), headers={"Content-Encoding": "gzip"})
    with pytest.raises(ProviderBusyError, match="packed"):
        at(url, lambda door: fetch(door, f"{url}/a.mp4", tmp_path / "a.mp4"))
    assert list(tmp_path.iterdir()) == []


def test_what_follows_an_upload_is_not_read(vendor: Vendor, url: str, tmp_path: Path) -> None:
    (tmp_path / "in.png").write_bytes(b"x")
    vendor.answer = lambda _: Response(b"no gzip", headers={"Content-Encoding": "gzip"})
    at(url, lambda door: hand_over(door, f"{url}/up", tmp_path / "in.png"))
    assert vendor.asked == 1


# --- texts --------------------------------------------------------------------------------------------------


def test_half_characters_do_not_come_in(vendor: Vendor, url: str) -> None:
    body = b'{"id": "a\\ud800b", "more": [{"\\udfff": "\\ud83d\\ude00"}]}'
    vendor.answer = lambda _: Response(body)
    read = at(url, lambda door: door.ask("/status")).fields()
    assert read == {"id": "a\ufffdb", "more": [{"\ufffd": "😀"}]}
    json.dumps(read, ensure_ascii=False).encode()


def test_a_reason_does_not_steer_the_terminal() -> None:
    assert shortened("no\x1b]0;x\x07 way\r\n\x9b2J\u202e out") == "no]0;x way 2J out"
    assert shortened("内容 不允许 – très naïf 😀") == "内容 不允许 – très naïf 😀"
    assert "\x1b" not in failed(Refusal("server", "a\x1b[31mb")).error_message


# --- time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_wait_beyond_all_numbers_is_bounded(digits: int) -> None:
    assert Reply(429, {"retry-after-ms": "9" * digits}, b"", "").retry_after == LONGEST_WAIT
    assert Reply(429, {"retry-after": "9" * digits}, b"", "").retry_after == LONGEST_WAIT
    assert Reply(429, {"retry-after": f"Fri, 31 Dec {'9' * 30} 23:59:59 GMT"}, b"", "").retry_after is None


@pytest.mark.parametrize(("asked", "pauses"), [("120", []), ("25", [25.0, 25.0]), ("20", [20.0, 20.0, 20.0])])
def test_one_look_waits_a_minute_at_most(vendor: Vendor, url: str, asked: str, pauses: list[float]) -> None:
    vendor.answer = lambda _: JSONResponse({}, 429, {"Retry-After": asked})
    made: list[float] = []
    with pytest.raises(ProviderBusyError) as caught:
        at(url, lambda door: door.look("/status"), pauses=made)
    assert made == pauses
    assert caught.value.details["retry_after"] == int(asked)


def test_a_download_that_drips_is_given_up_at_the_first_look_at_the_clock(
    vendor: Vendor, url: str, tmp_path: Path
) -> None:
    """Ten pieces, each a whole window after the one before by the clock given: the first that is seen ends it."""
    seen: list[int] = []
    now = iter(range(0, 10_000, int(SLOW_SECONDS)))

    async def drops() -> Any:
        for _ in range(10):
            yield b"x"
            await asyncio.sleep(0.02)  # lets each go out by itself

    vendor.answer = lambda _: StreamingResponse(drops())
    with pytest.raises(ProviderBusyError, match="too slow"):
        at(
            url,
            lambda door: fetch(
                door, f"{url}/a", tmp_path / "a", lambda done, _: seen.append(done), clock=lambda: float(next(now))
            ),
        )
    assert seen[-1] < 10
