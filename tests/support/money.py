"""Entries for the ledger with the fields a test does not care about filled in."""

from __future__ import annotations

from typing import Any

from takebridge.store.ledger import Entry

CENT = 10_000
"""Micros."""


def priced(token: str, high: int | None = 10 * CENT, **fields: Any) -> Entry:
    """An entry that may cost ``high`` micros of a dollar, ann's on the canvas ``c1``."""
    given = {
        "token": token,
        "job_id": token,
        "provider": "paid",
        "model": "paid/one",
        "request_hash": f"hash of {token}",
        "currency": "USD",
        "low_micros": None,
        "high_micros": high,
        "canvas_id": "c1",
        "author": "ann",
    }
    return Entry.model_validate({**given, **fields})
