"""What a plan says: steps in parallel groups with their prices, what is left out and why, what may follow.

Amounts are whole millionths of a currency (micros) and whole seconds; None is unknown, never 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import model_validator

from takebridge.canvas.model import Node, Value
from takebridge.ids import NodeId, TakeId

ScopeKind = Literal["node", "selection", "downstream", "stale"]
Reason = Literal["locked", "accepted", "fresh", "blocked", "no_provider", "constant", "manual"]


class Scope(Value):
    """Which nodes a plan is about.

    ``node``: that one alone; ``selection``: these; ``downstream``: these and everything below them; ``stale``: every
    node of the canvas that has something to make (STALE, EMPTY, BLOCKED) and the UPSTREAM ones such a node hangs on;
    ``nodes`` is empty.
    """

    kind: ScopeKind
    nodes: tuple[NodeId, ...] = ()

    @model_validator(mode="after")
    def _names_what_it_needs(self) -> Self:
        count = len(set(self.nodes))
        if self.kind == "node" and count != 1:
            raise ValueError("a plan for a node names exactly one node")
        if self.kind in ("selection", "downstream") and not count:
            raise ValueError(f"a plan for {self.kind} names at least one node")
        if self.kind == "stale" and count:
            raise ValueError("a plan for everything stale names no nodes")
        return self


@dataclass(frozen=True, slots=True)
class Offer:
    """What one job of a node would cost and take. ``local``: it runs on this machine.

    ``notes`` say what would be made otherwise than asked, because the model cannot do it exactly.
    """

    model: str
    currency: str
    low_micros: int | None
    high_micros: int | None
    seconds_low: int | None
    seconds_high: int | None
    local: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoProvider:
    """Nobody makes this node as it is set; ``words`` say why."""

    words: str


Estimator = Callable[[Node], Offer | NoProvider]
"""Prices one node as it is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One job. Those of group 0 can start now; those of a later group after the takes of the group before it.

    ``expected_fp`` is None while a required input has no take. ``certain`` is False for a node that is only made
    again if what feeds it comes out changed. ``notes`` say what would be made otherwise than asked.
    """

    node: NodeId
    title: str
    expected_fp: str | None
    model: str
    low_micros: int | None
    high_micros: int | None
    currency: str
    seconds_low: int | None
    seconds_high: int | None
    local: bool
    free: bool
    group: int
    certain: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A node of the scope that does not run, and why."""

    node: NodeId
    title: str
    reason: Reason
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revert:
    """A take made earlier for exactly what the node wants now: pinning it is free."""

    node: NodeId
    take: TakeId


class Amount(Value):
    """A sum in one currency. ``unknown`` counts the jobs whose price nobody knows: they are not in the sum."""

    currency: str
    low_micros: int
    high_micros: int
    unknown: int = 0


class Binding(Value):
    """A cap that would stop the plan, in words. ``left_micros`` is what it leaves (None: it cannot be compared)."""

    scope: str
    currency: str
    left_micros: int | None
    words: str


class Plan(Value):
    """What would run, in order, and what it costs.

    ``now`` sums group 0, ``whole`` all steps, ``at_most`` all steps and all that may follow, each by currency; the
    low end of ``whole`` counts only steps that are certain. ``seconds_low``/``seconds_high`` are the longest chain
    of jobs, however many run at once (an upper end of None: some job's time is unknown). ``reverts`` are offered
    instead of a job; their nodes are steps as well. ``digest`` names the steps with their recipes, models and
    prices. ``bindings`` are the caps that would stop it, filled in by who knows them.
    """

    groups: tuple[tuple[Step, ...], ...] = ()
    skipped: tuple[Skipped, ...] = ()
    may_follow: tuple[Step, ...] = ()
    reverts: tuple[Revert, ...] = ()
    now: tuple[Amount, ...] = ()
    whole: tuple[Amount, ...] = ()
    at_most: tuple[Amount, ...] = ()
    unknown_prices: int = 0
    seconds_low: int = 0
    seconds_high: int | None = 0
    sentence: str = ""
    digest: str = ""
    bindings: tuple[Binding, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, group after group."""
        return tuple(step for group in self.groups for step in group)
