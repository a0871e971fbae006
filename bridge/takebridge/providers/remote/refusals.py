"""From a vendor's "no" to one of our errors. What each status proves: providers.md §2.12."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from takebridge.errors import (
    BridgeError,
    CapabilityError,
    ModerationError,
    ProviderBusyError,
    ProviderKeyError,
    ProviderQuotaError,
    ProviderUnavailableError,
    RetiredModelError,
    UnknownOutcomeError,
)
from takebridge.providers.facts import Json

RefusalKind = Literal[
    "auth",
    "quota",
    "rate_limit",
    "invalid_input",
    "moderation_input",
    "moderation_output",
    "asset_fetch",
    "server",
    "timeout",
    "retired_model",
    "not_found",
    "redirect",
]
"""Error kinds every transport maps its vendor's words to. They are also the ``error_code`` of a failed `JobUpdate`."""

LONGEST_REASON = 600
_LONE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A vendor said no: what kind of no, the vendor's own reason, and the seconds to wait where it names them."""

    kind: RefusalKind
    reason: str = ""
    retry_after: float | None = None


def plain_refusal(status: int, reason: str, retry_after: float | None = None) -> Refusal:
    """Classify by HTTP status alone; transports refine it with their vendor's body."""
    kinds: dict[int, RefusalKind] = {
        400: "invalid_input",
        401: "auth",
        402: "quota",
        403: "auth",
        404: "not_found",
        408: "timeout",
        410: "retired_model",
        413: "invalid_input",
        415: "invalid_input",
        422: "invalid_input",
        429: "rate_limit",
        451: "moderation_input",
    }
    if 300 <= status < 400:
        return Refusal("redirect", reason)
    kind = kinds.get(status, "server" if status >= 500 else "invalid_input")
    return Refusal(kind, reason, retry_after)


def error_of(refusal: Refusal, *, title: str, provider: str, proved: bool) -> BridgeError:
    """Return the error of a refused submit.

    ``proved``: the refusal says for sure that nothing was started; only then a ``server`` or ``timeout`` refusal may be
    tried again, else its outcome is unknown.
    """
    said = f" It says: {shortened(refusal.reason)}" if refusal.reason else ""
    wait = None if refusal.retry_after is None else round(refusal.retry_after)
    match refusal.kind:
        case "auth":
            hint = f"Check the key: 'takebridge keys test {provider}'. Nothing was submitted."
            return ProviderKeyError(f"{title} does not take the key.{said}", hint=hint)
        case "quota":
            return ProviderQuotaError(f"{title} asks for payment: the account has no balance left.{said}")
        case "rate_limit":
            return ProviderBusyError(f"{title} takes no more requests right now.{said}", retry_after=wait)
        case "moderation_input" | "moderation_output":
            return ModerationError(f"{title} refused this by its content rules.{said}")
        case "retired_model":
            return RetiredModelError(f"{title} no longer has this model.{said}")
        case "not_found":
            return RetiredModelError(
                f"{title} does not know this model.{said}",
                hint="It may be switched off, or not open to this account. 'takebridge models' names others.",
            )
        case "invalid_input" | "asset_fetch":
            hint = "Nothing was started. Change what it names, or choose another model."
            return CapabilityError(f"{title} cannot make this.{said}", hint=hint)
        case "redirect":
            hint = "Check its address in the providers file, and whether a proxy sits in between."
            return ProviderUnavailableError(
                f"{title} answered from another address; nothing was sent there.", hint=hint
            )
        case "server" | "timeout":
            if proved:
                return ProviderBusyError(f"{title} is overloaded.{said}", retry_after=wait)
            return UnknownOutcomeError(f"{title} failed while it took the job; whether it runs is not known.{said}")


def shortened(reason: str) -> str:
    """Return a vendor's reason as one line of a bearable length, without characters that steer a terminal."""
    flat = " ".join("".join(one for one in reason if one.isprintable() or one.isspace()).split())
    return flat if len(flat) <= LONGEST_REASON else f"{flat[: LONGEST_REASON - 1]}…"


def without(text: str, hidden: Sequence[str]) -> str:
    """Return a text with ``…`` in the place of everything that must not be shown."""
    for one in hidden:
        text = text.replace(one, "…")
    return text


def cleaned(value: Json, hidden: Sequence[str]) -> Json:
    """Return a JSON value whose texts can be stored (no lone surrogates) and hold nothing ``hidden``."""
    if isinstance(value, str):
        return without(value if value.isascii() else _LONE.sub("\ufffd", value), hidden)
    if isinstance(value, list):
        return [cleaned(one, hidden) for one in value]
    if isinstance(value, dict):
        return {cleaned(name, hidden): cleaned(one, hidden) for name, one in value.items()}
    return value
