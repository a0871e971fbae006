"""How each provider's API is spoken: one module each, named as the ``transport`` of catalogue files names it.

A module has ``TRANSPORT``, a stateless `takebridge.providers.remote.transport.Transport`.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.remote.transport import Transport


def transport_named(name: str) -> Transport:
    """Return a transport. Raises ProviderUnavailableError when there is none of this name."""
    if not name.isidentifier():
        raise _missing(name)
    try:
        module = import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise _missing(name) from error
    return cast("Transport", module.TRANSPORT)


def _missing(name: str) -> ProviderUnavailableError:
    return ProviderUnavailableError(
        f"No transport is called “{name}”.", hint="Correct 'transport' in the provider's catalogue file."
    )
