"""Browsers of people: signed in through the bridge's own routes, sending what a page of ours sends."""

from __future__ import annotations

import contextlib
import functools
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import httpx
import pytest
from tests.support.server import PATIENCE, RunningServer, running_server

from takebridge.store.data_folder import DataFolder
from takebridge_server.app import build_app
from takebridge_server.listen import Outside, Room
from takebridge_server.outside import outside_listener
from takebridge_server.people.door import PeopleDoor
from takebridge_server.people.roles import GivenRole
from takebridge_server.settings import Settings, prepare_home

PUBLIC_NAME = "bridge.example.test"


def door_of(running: RunningServer) -> PeopleDoor:
    assert running.shell.people is not None
    return running.shell.people


def cookie_of(running: RunningServer, secret: str) -> str:
    """What a browser sends of a session: name and value."""
    return f"{door_of(running).cookie}={secret}"


def browser(at: RunningServer | str, *, cookie: str = "", secret: str = "", **options: object) -> httpx.Client:
    """A browser on our page: it names its origin and sends our header; with ``secret`` it is signed in."""
    url = at if isinstance(at, str) else at.url
    if secret and not isinstance(at, str):
        cookie = cookie_of(at, secret)
    headers = {"Origin": url, "X-TakeBridge": "1", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"}
    if cookie:
        headers["Cookie"] = cookie
    return httpx.Client(base_url=url, headers=headers, timeout=PATIENCE, trust_env=False, **options)  # type: ignore[arg-type]


def invited(running: RunningServer, role: GivenRole, name: str) -> tuple[str, str]:
    """Let somebody in; return their id and the secret of their session."""
    door = door_of(running)
    _, link = door.invite(role, "", "Owner")
    signed, secret = door.with_invite(link.partition("#invite=")[2], name, "A browser", "")
    return signed.person.id, secret


def owner_session(running: RunningServer) -> str:
    """Sign the owner in; return the secret of the session."""
    door = door_of(running)
    return door.with_key(door.keys.new("owner"), "A browser", "")[1]


@dataclass(frozen=True)
class TlsBridge:
    """A whole bridge with a second listener on a free port; ``context`` trusts its certificate."""

    running: RunningServer
    port: int
    context: ssl.SSLContext

    @property
    def origin(self) -> str:
        return f"https://{PUBLIC_NAME}:{self.port}"

    def client(self, secret: str = "", **headers: str) -> httpx.Client:
        """A browser of another machine; it dials the address and asks for the public name."""
        cookie = cookie_of(self.running, secret) if secret else ""
        made = browser(self.origin, cookie=cookie, transport=_Dialled(self.port, self.context))
        made.headers.update(headers)
        return made


class _Dialled(httpx.HTTPTransport):
    """Connects to 127.0.0.1, whatever the name; the name is what is asked for and what the certificate must have."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "sni_hostname": PUBLIC_NAME}
        request.url = request.url.copy_with(host="127.0.0.1", port=self._port)
        return super().handle_request(request)


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for `PUBLIC_NAME` and 127.0.0.1; skips the test, in words, without openssl."""
    openssl = which("openssl")
    if openssl is None:
        pytest.skip("NOT TESTED: TLS for people on other machines, as there is no openssl to make a certificate with")
    cert, key = folder / "bridge.crt", folder / "bridge.key"
    names = f"subjectAltName=DNS:{PUBLIC_NAME},IP:127.0.0.1"
    kind = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    subprocess.run(
        [openssl, "req", *kind, "-subj", f"/CN={PUBLIC_NAME}", "-addext", names, "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    return cert, key


@contextlib.contextmanager
def tls_bridge(folder: Path, room: Room = Room()) -> Iterator[TlsBridge]:  # noqa: B008 - frozen
    """The whole bridge, also served to other machines (which are this one), until the block ends."""
    cert, key = certificate(folder)
    home = folder / "home"
    prepare_home(home)
    outside = Outside("127.0.0.1", 0, cert, key, PUBLIC_NAME, room)
    settings = Settings(home=home)
    with (
        DataFolder(home) as data,
        contextlib.ExitStack() as closing,
        outside_listener(outside) as listener,
    ):
        assert listener is not None
        build = functools.partial(build_app, settings, data.layout, closing=closing)
        with running_server(home, build=build, also=(outside, listener)) as running:
            context = ssl.create_default_context(cafile=str(cert))
            yield TlsBridge(running, listener.getsockname()[1], context)
