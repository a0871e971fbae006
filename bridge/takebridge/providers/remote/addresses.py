"""Which addresses may be fetched from: an allow-list of hosts, HTTPS, and nothing on private networks."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import unicodedata
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.remote.refusals import shortened

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Where a network without IPv4 shows it (RFC 6052 §2.1)."""


def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a URL, lower case. Raises ProviderUnavailableError for anything odd."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise _refused(url) from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc or not port:
        raise _refused(url)
    if any(unicodedata.category(one) in ("Cc", "Cs") for one in url):  # urlsplit leaves line breaks out, others do not
        raise _refused(url)
    return parts.scheme, parts.hostname.lower().rstrip("."), port


def joined(base: str, url: str) -> str:
    """Return an address made absolute against another. Raises ProviderUnavailableError for one that cannot be read."""
    try:
        return urljoin(base, url)
    except ValueError as error:
        raise _refused(url) from error


def same_origin(left: str, right: str) -> bool:
    """Say whether two URLs have the same scheme, host and port: only then a key may go to both."""
    return origin_of(left) == origin_of(right)


def check_allowed(url: str, own: Iterable[str], hosts: Iterable[str]) -> None:
    """Raise ProviderUnavailableError unless a result may be fetched from ``url``.

    ``own`` are the provider's configured addresses: their origins count as they are, be it a private ComfyUI. All
    others need HTTPS on port 443 and a host on the list (``*.example.com`` covers everything below it).
    """
    scheme, host, port = origin_of(url)
    if any((scheme, host, port) == origin_of(one) for one in own):
        return
    if scheme != "https" or port != _DEFAULT_PORTS["https"] or not any(_covers(pattern, host) for pattern in hosts):
        raise ProviderUnavailableError(
            f"The result lies at {host}, which is not among this provider's hosts; it was not fetched.",
            hint="If the host is right, add it to result_hosts in your providers file, then look again.",
        )


def public_addresses(host: str, port: int) -> list[str]:
    """Return a host's IP addresses (asks the DNS; blocks).

    Raises ProviderUnavailableError when it has none or any of them is private, loopback, link-local or otherwise not
    public. Connecting to one of the addresses returned leaves no room for another answer a moment later.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: a label of more than 63 letters
        raise ProviderUnavailableError(
            f"The address of {host} was not found.", hint="Check the network connection, then look again."
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(_is_public(ipaddress.ip_address(one.partition("%")[0])) for one in addresses):
        raise ProviderUnavailableError(
            f"{host} lies in a private network; the result was not fetched.",
            hint="A provider's results come from public hosts. Check its address in the providers file.",
        )
    return addresses


async def pinned(url: str) -> tuple[str, str]:
    """Return the URL to connect to for a foreign one, and the host name to ask there by.

    The URL names an address just seen to be public, so that the DNS cannot say another a moment later. Where the
    environment sends HTTPS through a proxy, that looks the name up: the URL is as it was, and the name is "". Raises
    ProviderUnavailableError.
    """
    _, host, port = origin_of(url)
    proxies = getproxies()
    if (proxies.get("https") or proxies.get("all")) and not proxy_bypass(host):
        return url, ""
    address = (await asyncio.to_thread(public_addresses, host, port))[0]
    shown = f"[{address}]" if ":" in address else address
    return urlsplit(url)._replace(netloc=f"{shown}:{port}").geturl(), host


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Say whether an address is one host of the public internet; one that leads to an IPv4 host, as that host is."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None or address in _NAT64:
            return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        behind = [address.sixtofour, *(address.teredo or ())]
        if address.is_site_local or not all(_is_public(one) for one in behind if one is not None):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _covers(pattern: str, host: str) -> bool:
    wanted = pattern.lower()
    return host.endswith(wanted[1:]) if wanted.startswith("*.") else host == wanted


def _refused(url: str) -> ProviderUnavailableError:
    return ProviderUnavailableError(
        f"The provider named an address that cannot be used: {shortened(url)[:80]}",
        hint="Try again, or choose another model.",
    )
