"""What really became of every clip, and how an answer is scored against it.

A *unit* is what can be right or wrong: a clip of A with all its counterparts in B (none: removed; several: razored), or
a clip of B that came from no clip of A (added, copied). A unit is right when the matches name exactly its counterparts.
It is *touched* when an edit was made directly to it and can be seen in the data: a clip that only rippled is not, nor
one whose only edit was a new clip name where names are reduced to file names, nor one whose only edit was a new place
or name of its file where every file of B has one anyway.

Undecidable is what no reader of the data could know: among clips equal in everything the cut says but their place
(same media, source range, speed, name, length, host id), once one of them was moved, swapped, copied, added or deleted,
which is which is not in the data. An answer that differs from the truth only by such an exchange counts as right, for
everybody (so does a move seen where the original was deleted and a copy of it is left), and is counted in
``Score.undecidable``; ``Score.strict_correct`` is the count without that grace. Equal clips nobody moved get no grace:
their order says which is which. The same grace has a clip that was given other media and has lost its id and its name,
when it was moved besides or is one of several pieces of a razored clip: nothing of the old clip is left in it, and the
data are those of a clip that was deleted and another that was put in.

A wrong unit is flagged when a match of its own clip is ``ambiguous``, or that of a counterpart the matches missed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from takebridge.cut.match import Match, Pair
from takebridge.cut.model import Address

PLACING = {"move", "swap", "duplicate", "slide", "ripple_delete", "overwrite", "insert", "ripple_insert", "nest"}
ALWAYS_ALLOWED = {"shifted", "transition_changed", "marker_changed"}


@dataclass(frozen=True, slots=True)
class Truth:
    """``forward`` holds every clip of A, ``backward`` every clip of B (None: from no clip of A).

    ``copies`` names the original in A of pasted copies. ``edits_a`` and ``edits_b`` are the kinds of the edits made
    directly, in order; of a razored clip those of all its pieces, each once. ``words`` holds, for clips of B that come
    from A and saw exactly one edit, the sets of change words any of which is right (a removed clip has no entry).
    ``class_a``/``class_b`` number clips equal in all but place; ``loose`` are the numbers whose members were placed.
    ``unseen``: kinds of edit that leave no trace in this stripping. ``blank``: clips of B with nothing left of theirs.
    """

    forward: Mapping[Address, tuple[Address, ...]]
    backward: Mapping[Address, Address | None]
    copies: Mapping[Address, Address]
    edits_a: Mapping[Address, tuple[str, ...]]
    edits_b: Mapping[Address, tuple[str, ...]]
    words: Mapping[Address, tuple[frozenset[str], ...]]
    class_a: Mapping[Address, int]
    class_b: Mapping[Address, int]
    loose: frozenset[int]
    unseen: frozenset[str] = frozenset()
    blank: frozenset[Address] = frozenset()

    def touched_a(self, a: Address) -> bool:
        """Say whether a clip of A was edited directly and it can be seen."""
        return bool(set(self.edits_a[a]) - self.unseen)


@dataclass(slots=True)
class Score:
    """Counts of units. ``kinds`` has (right, all) of touched units by kind of edit; a unit counts under each of its."""

    touched_correct: int = 0
    touched_total: int = 0
    wrong_flagged: int = 0
    wrong_total: int = 0
    correct_flagged: int = 0
    correct_total: int = 0
    undecidable: int = 0
    strict_correct: int = 0
    copies_named: int = 0
    copies_total: int = 0
    kinds: dict[str, tuple[int, int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Count another score in."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, (right, all_) in other.kinds.items():
            mine = self.kinds.get(kind, (0, 0))
            self.kinds[kind] = (mine[0] + right, mine[1] + all_)
        self.wrong.extend(other.wrong)

    @property
    def touched(self) -> float:
        """Per cent of touched units that are right."""
        return _share(self.touched_correct, self.touched_total)

    @property
    def flagged(self) -> float:
        """Per cent of wrong units that carry ``ambiguous``."""
        return _share(self.wrong_flagged, self.wrong_total)

    @property
    def false_flags(self) -> float:
        """Per cent of right units that carry ``ambiguous`` all the same."""
        return 100.0 * self.correct_flagged / self.correct_total if self.correct_total else 0.0


_COUNTS = (
    "touched_correct",
    "touched_total",
    "wrong_flagged",
    "wrong_total",
    "correct_flagged",
    "correct_total",
    "undecidable",
    "strict_correct",
    "copies_named",
    "copies_total",
)


def _share(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 100.0


@dataclass(frozen=True, slots=True)
class _Answer:
    """The matches by either side."""

    of_a: Mapping[Address, set[Address]]
    of_b: Mapping[Address, set[Address]]
    flagged_a: frozenset[Address]
    flagged_b: frozenset[Address]
    originals: Mapping[Address, Address]


def _answer(matches: Iterable[Match]) -> _Answer:
    of_a: dict[Address, set[Address]] = defaultdict(set)
    of_b: dict[Address, set[Address]] = defaultdict(set)
    flagged_a, flagged_b, originals = set(), set(), {}
    for match in matches:
        if match.a is not None and match.b is not None:
            of_a[match.a].add(match.b)
            of_b[match.b].add(match.a)
        if match.ambiguous and match.a is not None:
            flagged_a.add(match.a)
        if match.ambiguous and match.b is not None:
            flagged_b.add(match.b)
        if match.b is not None and match.duplicate_of is not None:
            originals[match.b] = match.duplicate_of
    return _Answer(of_a, of_b, frozenset(flagged_a), frozenset(flagged_b), originals)


def score_truth(truth: Truth, matches: Iterable[Match]) -> Score:
    """Score matches as `identify` gives them."""
    answer, score = _answer(matches), Score()
    kinds_right, kinds_all = Counter[str](), Counter[str]()
    for a, counterparts in truth.forward.items():
        said = answer.of_a.get(a, set())
        strict = said == set(counterparts)
        right = strict or _exchanged_a(truth, a, said)
        touched = truth.touched_a(a)
        missed = set() if right else set(counterparts) - said
        _count(score, right, strict, touched, a in answer.flagged_a or bool(missed & answer.flagged_b))
        if touched:
            kinds_all.update(set(truth.edits_a[a]))
            kinds_right.update(set(truth.edits_a[a]) if right else ())
        if not right:
            score.wrong.append(f"A {a} {truth.edits_a[a]}: said {sorted(said, key=str)}, is {counterparts}")
    for b in (b for b, origin in truth.backward.items() if origin is None):
        said = answer.of_b.get(b, set())
        right = not said or _exchanged_b(truth, b, said)
        _count(score, right, not said, True, b in answer.flagged_b)
        kind = f"{truth.edits_b[b][0]} (added)"
        kinds_all[kind] += 1
        kinds_right[kind] += right
        if not right:
            score.wrong.append(f"B {b} {truth.edits_b[b]}: said {sorted(said, key=str)}, is new")
    for b, original in truth.copies.items():
        score.copies_total += 1
        score.copies_named += answer.originals.get(b) == original
    score.kinds = {kind: (kinds_right[kind], kinds_all[kind]) for kind in sorted(kinds_all)}
    return score


def _count(score: Score, right: bool, strict: bool, touched: bool, flagged: bool) -> None:
    score.touched_total += touched
    score.touched_correct += touched and right
    score.strict_correct += touched and strict
    score.undecidable += right and not strict
    if right:
        score.correct_total += 1
        score.correct_flagged += flagged
    else:
        score.wrong_total += 1
        score.wrong_flagged += flagged


def _exchanged_a(truth: Truth, a: Address, said: set[Address]) -> bool:
    """Say whether what was said differs from the truth only by what the data cannot tell."""
    counterparts = truth.forward[a]
    if said < set(counterparts) and set(counterparts) - said <= truth.blank:
        return True
    if len(said) > 1 or len(counterparts) > 1:
        return False
    b = next(iter(said), None)
    if b is not None and not counterparts and _is_copy(truth, a, b):
        return True
    if b is not None and counterparts and _equal_b(truth, counterparts[0], b):
        return True
    origin = truth.backward.get(b) if b is not None else None
    twins = [one for one in truth.forward if one != a and _equal_a(truth, one, a)]
    return origin in twins if b is not None else any(not truth.forward[one] for one in twins)


def _exchanged_b(truth: Truth, b: Address, said: set[Address]) -> bool:
    """Say whether a new clip was taken for one that equals it."""
    if len(said) > 1:
        return False
    a = next(iter(said))
    counterparts = truth.forward.get(a, ())
    if not counterparts and a in truth.forward and _is_copy(truth, a, b):
        return True
    return len(counterparts) == 1 and _equal_b(truth, counterparts[0], b)


def _is_copy(truth: Truth, a: Address, b: Address) -> bool:
    """Say whether a new clip equals one that was deleted: nobody can tell that from a move."""
    return truth.backward[b] is None and truth.class_b[b] == truth.class_a[a] and truth.class_b[b] in truth.loose


def _equal_a(truth: Truth, one: Address, other: Address) -> bool:
    return truth.class_a[one] == truth.class_a[other] and truth.class_a[one] in truth.loose


def _equal_b(truth: Truth, one: Address, other: Address) -> bool:
    found = truth.class_b.get(one), truth.class_b.get(other)
    return found[0] is not None and found[0] == found[1] and found[0] in truth.loose


def score_words(truth: Truth, pairs: Iterable[Pair]) -> tuple[int, int, list[str]]:
    """Return how many clips with exactly one edit got the right change words, of how many, and those that did not.

    Only clips whose match is right count; words a ripple or a neighbour may add are allowed beside the expected ones.
    """
    right, total, wrong = 0, 0, []
    for pair in pairs:
        b = pair.match.b
        if b is None or b not in truth.words or pair.match.a != truth.backward[b]:
            continue
        total += 1
        said = set(pair.words)
        fits = any(wanted <= said <= wanted | ALWAYS_ALLOWED for wanted in truth.words[b])
        right += fits
        if not fits:
            wrong.append(
                f"{b} {truth.edits_b[b]}: said {sorted(said)}, is one of {[sorted(w) for w in truth.words[b]]}"
            )
    return right, total, wrong
