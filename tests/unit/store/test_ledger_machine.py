"""Any run of reservations, moves, caps and crashes agrees with plain dicts, and no accepted reservation passes a cap.

The model on the side has its own table of moves and its own counting; it shares no code with the ledger.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from tests.support.money import priced

from takebridge.errors import BudgetError, ConflictError, NotFoundError
from takebridge.store.caps import Scope
from takebridge.store.ledger import Cap, Entry, Ledger

DAYS = ("2026-11-20", "2026-11-21")
TOKENS = tuple(f"t{number}" for number in range(5))
LEADS_TO: dict[str, set[str]] = {
    "reserved": {"released"},
    "intent": {"submitted", "released", "unknown"},
    "submitted": {"settled", "refunded", "unknown"},
    "unknown": {"submitted", "settled", "released", "refunded"},
    "settled": set(),
    "refunded": set(),
    "released": set(),
}
MOST_LIVES = 2
OWNER = {"job": "job_id", "canvas": "canvas_id", "day": "day", "user": "author"}

tokens = st.sampled_from(TOKENS)
amounts = st.sampled_from([None, 0, 1, 3, 5, 8, 12])
owners = st.sampled_from(
    [
        {"currency": currency, "canvas_id": canvas, "author": author, "job_id": job}
        for currency in ("USD", "USD", "USD", "EUR")
        for canvas in ("c1", "c2")
        for author in ("ann", "bob")
        for job in ("j1", "j2")
    ]
)


class LedgerMachine(RuleBasedStateMachine):
    """A ledger beside a dict of entries and a dict of caps."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-machine-"))
        self.lives = 0
        (self.folder / "0.db").write_bytes(empty_ledger())
        self.ledger = self.opened()
        self.day = DAYS[0]
        self.entries: dict[str, dict[str, Any]] = {}
        self.caps: dict[tuple[str, str, str], int] = {}

    def opened(self) -> Ledger:
        return Ledger(self.folder / f"{self.lives}.db", lambda: f"{self.day}T10:00:00.000+00:00")

    def teardown(self) -> None:
        self.agree()
        self.ledger.close()
        shutil.rmtree(self.folder)

    # --- the plain reading

    def counts(self, entry: dict[str, Any]) -> int:
        if entry["state"] in ("released", "refunded"):
            return 0
        if entry["state"] == "settled" and entry["actual"] is not None:
            return int(entry["actual"])
        return int(entry["reserved"] or 0)

    def fits(self, new: dict[str, Any]) -> bool:
        """Whether every cap still holds with this entry."""
        if new["reserved"] == 0:
            return True
        for scope, field in OWNER.items():
            limits = {
                currency: self.caps.get((scope, new[field], currency), self.caps.get((scope, "", currency)))
                for currency in ("USD", "EUR")
            }
            limits = {currency: limit for currency, limit in limits.items() if limit is not None}
            if not limits:
                continue
            if new["reserved"] is None or new["currency"] not in limits:
                return False
            others = [e for e in self.entries.values() if (e[field], e["currency"]) == (new[field], new["currency"])]
            if sum(self.counts(entry) for entry in others) + new["reserved"] > limits[new["currency"]]:
                return False
        return True

    # --- rules

    @rule(token=tokens, amount=amounts, owner=owners, onwards=st.booleans())
    def reserve(self, token: str, amount: int | None, owner: dict[str, str], onwards: bool) -> None:
        entry = priced(token, amount, **owner, request_hash=f"{amount}")
        new = {**owner, "day": self.day, "reserved": amount, "actual": None, "state": "reserved", "hash": f"{amount}"}
        was = self.entries.get(token)
        expected: type[Exception] | None = None
        if was is not None:
            expected = ConflictError if was["hash"] != new["hash"] else None
        elif not self.fits(new):
            expected = BudgetError
        assert outcome(lambda: self.ledger.check(entry)) == expected
        assert outcome(lambda: self.ledger.reserve(entry)) == expected
        if expected is None and was is None:
            self.entries[token] = new
        if expected is None and onwards and self.ledger.intend(token):
            self.entries[token]["state"] = "intent"
            self.move(token, "submitted")

    @rule(token=tokens)
    def intend(self, token: str) -> None:
        was = self.entries.get(token)
        if was is None:
            assert outcome(lambda: self.ledger.intend(token)) is NotFoundError
            return
        assert self.ledger.intend(token) == (was["state"] == "reserved")
        if was["state"] == "reserved":
            was["state"] = "intent"

    @rule(token=tokens, state=st.sampled_from(["submitted", "refunded", "released", "unknown"]))
    def move(self, token: str, state: str) -> None:
        moves = {
            "submitted": lambda: self.ledger.submitted(token, "{}"),
            "refunded": lambda: self.ledger.refund(token),
            "released": lambda: self.ledger.release(token),
            "unknown": lambda: self.ledger.mark_unknown(token),
        }
        assert outcome(moves[state]) == self.moved(token, state)

    @rule(token=tokens, actual=st.sampled_from([None, -2, 0, 2, 7, 20]))
    def settle(self, token: str, actual: int | None) -> None:
        expected = self.moved(token, "settled")
        assert outcome(lambda: self.ledger.settle(token, actual)) == expected
        if expected is None and actual is not None and actual >= 0 and self.entries[token]["actual"] is None:
            self.entries[token]["actual"] = actual

    @rule(
        scope=st.sampled_from(list(OWNER)),
        narrow=st.booleans(),
        currency=st.sampled_from(["USD", "USD", "EUR"]),
        limit=st.integers(0, 30),
    )
    def set_cap(self, scope: Scope, narrow: bool, currency: str, limit: int) -> None:
        key = {"job": "j1", "canvas": "c1", "day": DAYS[1], "user": "ann"}[scope] if narrow else ""
        self.ledger.set_cap(Cap(scope=scope, key=key, currency=currency, limit_micros=limit))
        self.caps[scope, key, currency] = limit

    @rule(which=st.integers(0, 5))
    def remove_cap(self, which: int) -> None:
        for scope, key, currency in sorted(self.caps)[which : which + 1]:
            self.ledger.remove_cap(scope, key, currency)  # type: ignore[arg-type]
            del self.caps[scope, key, currency]

    @rule()
    def next_day(self) -> None:
        self.day = DAYS[1]

    @rule()
    def crash(self) -> None:
        """Go on with the files as they lie on the disk: nothing is closed or written back first."""
        if self.lives == MOST_LIVES:
            return
        before = self.folder / f"{self.lives}.db"
        self.lives += 1
        for suffix in ("", "-wal"):
            side = Path(f"{before}{suffix}")
            if side.exists():
                shutil.copy(side, self.folder / f"{self.lives}.db{suffix}")
        self.ledger.close()
        self.ledger = self.opened()
        self.agree()

    # --- both sides

    def moved(self, token: str, state: str) -> type[Exception] | None:
        was = self.entries.get(token)
        if was is None:
            return NotFoundError
        if state != was["state"] and state not in LEADS_TO[was["state"]]:
            return ConflictError
        was["state"] = state
        return None

    def agree(self) -> None:
        """Everything, and the audit's sums too."""
        found = {entry.token: facts(entry) for entry in self.ledger.all()}
        assert found == {token: plain(entry) for token, entry in self.entries.items()}
        assert {(cap.scope, cap.key, cap.currency): cap.limit_micros for cap in self.ledger.caps()} == self.caps
        held = {line.currency: line.high_micros for line in self.ledger.spend(())}
        assert held == {currency: self.bound(currency) for currency in held}
        assert set(held) == {entry["currency"] for entry in self.entries.values()}

    def bound(self, currency: str) -> int | None:
        """The most that is or will be spent; None when one of the entries has no bound."""
        entries = [entry for entry in self.entries.values() if entry["currency"] == currency]
        costs = [entry for entry in entries if entry["state"] not in ("released", "refunded")]
        if any(entry["reserved"] is None and entry["actual"] is None for entry in costs):
            return None
        return sum(self.counts(entry) for entry in costs)


Facts = tuple[str, int | None, int | None, str]


def facts(entry: Entry) -> Facts:
    return (entry.state, entry.reserved_micros, entry.actual_micros, entry.created_at[:10])


def plain(entry: dict[str, Any]) -> Facts:
    return (entry["state"], entry["reserved"], entry["actual"], entry["day"])


def outcome(act: Any) -> type[Exception] | None:
    """The class of the error, or None when there was none."""
    try:
        act()
    except (BudgetError, ConflictError, NotFoundError) as error:
        return type(error)
    return None


@functools.cache
def empty_ledger() -> bytes:
    """The file of a ledger with nothing in it, migrated once for all runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        Ledger(path).close()
        return path.read_bytes()


class TestLedger(LedgerMachine.TestCase):
    settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


@pytest.mark.slow
class TestLedgerLong(LedgerMachine.TestCase):
    settings = settings(max_examples=1000, stateful_step_count=30, deadline=None)
