"""Where people on other machines reach the bridge, as it is asked for. Nothing is opened here (`outside` does)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from takebridge.errors import UsageError

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what is looked for, not what is bound


@dataclass(frozen=True, slots=True)
class Room:
    """At most so many connections: of one address, of one address beyond that to be told so, and of all addresses.

    ``shaking`` handshakes of one address go on at once, each for ``handshake_seconds`` at most; more wait their turn
    for ``turn_seconds``.
    """

    of_address: int = 384
    told: int = 16
    altogether: int = 1024
    shaking: int = 64
    handshake_seconds: float = 10.0
    turn_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Outside:
    """Where people on other machines reach the bridge, and with which certificate.

    ``host`` is an address of this machine, ``name`` what people type ("" where they type the address).
    """

    host: str
    port: int
    cert: Path
    key: Path
    name: str = ""
    room: Room = Room()


def outside_of(listen: str | None, cert: Path | None, key: Path | None, public_name: str | None) -> Outside | None:
    """Return the second listener asked for, None where there is none. Raises UsageError, in words."""
    if not listen:
        if cert or key or public_name:
            raise UsageError(
                "A certificate or a public name is given, but nowhere to listen.",
                hint="Add --listen HOST:PORT, such as --listen 192.168.1.20:8443.",
            )
        return None
    host, port = _split(listen)
    if cert is None or key is None:
        raise UsageError(
            f"Listening on {listen} needs TLS: people's cookies and your media would be readable on the way.",
            hint="Give --tls-cert FILE and --tls-key FILE; docs/people.md says how to get them.",
        )
    if host in EVERYWHERE and not public_name:
        raise UsageError(
            f"{host} is every address of this machine, and none that people can type.",
            hint="Say under which name they reach it: --public-name bridge.example.com.",
        )
    return Outside(host, port, cert, key, _name(public_name or ""))


def _split(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(host)
        number = int(port) if colon and port.isascii() and port.isdigit() else -1
    except ValueError:
        number = -1
    if not 0 <= number <= 65535:
        raise UsageError(
            f"“{listen}” is not an address and port of this machine.",
            hint="Give them like 192.168.1.20:8443, [fd00::20]:8443 or 0.0.0.0:8443.",
        )
    return host, number


def _name(text: str) -> str:
    """Return a host's name in lower case. Raises UsageError for a URL, a port or what no host is called."""
    name = text.strip().rstrip(".").lower()
    labels = name.split(".")
    fits = all(label and len(label) <= 63 and label.replace("-", "").isalnum() and label.isascii() for label in labels)
    if text and (not fits or len(name) > 253):
        raise UsageError(f"“{text}” is not the name of a host.", hint="Give only the name, such as bridge.example.com.")
    return name
