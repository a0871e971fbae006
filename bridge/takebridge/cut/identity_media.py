"""Which media of one cut is which of the other: by place and name where they say, else learned from the two cuts.

Proxies, relinks and renamed files change every name, so names are only believed where the clips agree with them, and
what names leave open is voted on by the clips: same source range, same place in a row of lengths, same length of file.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from takebridge.cut.identity_names import family, file_name, plain_location, stem, tokens
from takebridge.cut.identity_nodes import MediaUse, Node, Side
from takebridge.cut.identity_origins import learn_offsets
from takebridge.cut.model import Frame

_FEW = 12

_FACTS = 6.0
"""Bits clips of two files are worth that have length and timecode in common, and nothing else."""

_MOST = 16
"""Pairs one observation may vote on; commoner observations say nothing."""

Votes = defaultdict[tuple[int, int], float]


@dataclass(slots=True)
class MediaMap:
    """The common names of media. ``a[i]``/``b[j]`` is the class of media i of a, j of b: equal class, same media.

    ``offset[j]`` are the ticks b's source counts from another origin than a's: subtract them. ``known`` are the classes
    both cuts have, ``families`` what is left of names without versions, by class.
    """

    a: list[int]
    b: list[int]
    offset: list[Frame]
    known: set[int] = field(default_factory=set)
    families: dict[int, str] = field(default_factory=dict)
    how: dict[int, str] = field(default_factory=dict)
    worth: dict[int, float] = field(default_factory=dict)
    """What it is worth, in bits, that clips show media j of b and its counterpart, where that was only learned."""

    def related(self, one: int, other: int) -> bool:
        """Say whether two classes are versions of one thing by their names."""
        name = self.families.get(one, "")
        return name != "" and name == self.families.get(other)


def map_media(a: Side, b: Side, certain: Iterable[tuple[Node, Node]] = ()) -> MediaMap:
    """Return the common classes of media of two cuts. ``certain`` are clips known to be the same."""
    joins = _Joins(a, b)
    joins.by(lambda media: plain_location(media.key), "path", check=False, many=True)
    joins.by(lambda media: file_name(plain_location(media.key)), "file name", many=True)
    joins.by(lambda media: stem(file_name(plain_location(media.key))), "file name without extension")
    joins.by(lambda media: family(file_name(plain_location(media.key))), "file name without version")
    joins.learn(list(certain))
    joins.by_facts()
    return joins.result()


class _Joins:
    def __init__(self, a: Side, b: Side) -> None:
        self._a, self._b = a, b
        self._of_b: dict[int, int] = {}
        self._taken: dict[int, list[int]] = defaultdict(list)
        self._how: dict[int, str] = {}
        self._worth: dict[int, float] = {}

    def _join(self, one: int, other: int, how: str) -> None:
        self._of_b[other] = one
        self._taken[one].append(other)
        self._how[other] = how

    def _split(self, one: int, other: int) -> None:
        del self._of_b[other], self._how[other]
        self._taken[one].remove(other)

    def by(self, name: Callable[[MediaUse], str], how: str, *, check: bool = True, many: bool = False) -> None:
        """Join media of one name; ``many``: also a second media of b with the name of one that is joined already."""
        mine: dict[str, list[int]] = defaultdict(list)
        for media in self._a.media:
            if many or not self._taken.get(media.index):
                mine[name(media)].append(media.index)
        theirs: dict[str, list[int]] = defaultdict(list)
        for media in self._b.media:
            if media.index not in self._of_b:
                theirs[name(media)].append(media.index)
        made = []
        for key, others in theirs.items():
            ones = mine.get(key, ())
            if key and len(ones) == 1 and (many or len(others) == 1):
                made += [(ones[0], other) for other in others]
        if check and not self._believable(made):
            return
        for one, other in made:
            self._join(one, other, how)

    def _believable(self, pairs: list[tuple[int, int]]) -> bool:
        """Say whether clips of media joined by name agree more often than those of media joined at random."""
        if len(pairs) < 6:
            return True
        agreeing = sum(self._agree(one, other) for one, other in pairs)
        turned = [(one, pairs[(index + 1) % len(pairs)][1]) for index, (one, _) in enumerate(pairs)]
        chance = sum(self._agree(one, other) for one, other in turned)
        return (agreeing * 10 >= len(pairs) and agreeing > 2 * chance) or agreeing * 2 > len(pairs)

    def _agree(self, one: int, other: int) -> bool:
        mine = {_range(self._a.nodes[index]) for index in self._a.media[one].users[:64]}
        return any(_range(self._b.nodes[index]) in mine for index in self._b.media[other].users[:64])

    def learn(self, certain: list[tuple[Node, Node]]) -> None:
        """Join what the clips vote for: the pair with most votes first, each media once, clear winners only."""
        named = len(self._of_b) * 2 > min(len(self._a.media), len(self._b.media))
        for least in (2.5, 2.5) if named else (1.8, 1.4, 1.4):
            free_a = {media.index for media in self._a.media if not self._taken.get(media.index)}
            free_b = {media.index for media in self._b.media if media.index not in self._of_b}
            if not free_a or not free_b:
                return
            votes = _votes(self._a, self._b, free_a, free_b, self._of_b, certain)
            for one, other in _elected(votes, least):
                self._join(one, other, "the cuts as a whole")
                known = self._a.media[one].start and _facts(self._a.media[one]) == _facts(self._b.media[other])
                self._worth[other] = max(1.25 * votes[one, other], _FACTS if known else 0.0)

    def by_facts(self) -> None:
        """Join what is left with files of the same timecode and length: renamed, or other, for some of its clips only.

        Without a timecode some clips must begin or end alike, too.
        """
        mine: dict[Hashable, list[int]] = defaultdict(list)
        for media in self._a.media:
            if media.length:
                mine[_facts(media)].append(media.index)
        for media in self._b.media:
            ones = mine.get(_facts(media), ())
            if media.index in self._of_b or not media.length or len(ones) != 1:
                continue
            if media.start or self._share_an_end(ones[0], media.index):
                self._join(ones[0], media.index, "timecode and length" if media.start else "length")
                self._worth[media.index] = _FACTS

    def _share_an_end(self, one: int, other: int) -> bool:
        mine = {key for index in self._a.media[one].users[:64] for key in _ends(self._a.nodes[index])}
        return any(key in mine for index in self._b.media[other].users[:64] for key in _ends(self._b.nodes[index]))

    def result(self) -> MediaMap:
        count = len(self._a.media)
        classes = [self._of_b.get(index, count + index) for index in range(len(self._b.media))]
        made = MediaMap(list(range(count)), classes, [0] * len(self._b.media))
        made.known = {one for one, others in self._taken.items() if others}
        made.how, made.worth = self._how, self._worth
        for media in self._a.media:
            made.families[media.index] = family(file_name(plain_location(media.key)))
        for media in self._b.media:
            made.families.setdefault(classes[media.index], family(file_name(plain_location(media.key))))
        joined = [(one, other, self._how[other] == "path") for other, one in self._of_b.items()]
        for other, offset in learn_offsets(self._a, self._b, sorted(joined)).items():
            made.offset[other] = offset
        return made


def _range(node: Node) -> Hashable:
    return (node.kind, node.head, node.tail) if node.head is not None else (node.kind, node.length)


def _facts(media: MediaUse) -> Hashable:
    return (media.start or 0, media.length)


def _ends(node: Node) -> Iterator[Hashable]:
    if node.head:
        yield node.kind, "head", node.head
    if node.tail is not None:
        yield node.kind, "tail", node.tail


# --- votes ----------------------------------------------------------------------------------------------


def _votes(
    a: Side, b: Side, free_a: set[int], free_b: set[int], joined: dict[int, int], certain: list[tuple[Node, Node]]
) -> Votes:
    votes: Votes = defaultdict(float)
    belief = _belief(a, b, free_a, free_b)
    for one, other in certain:
        if one.media in free_a and other.media in free_b:
            votes[one.media, other.media] += 6
    names_a = {media.index: media.index for media in a.media}
    for full, look in _LOOKS:
        weight = full * belief
        mine = _seen(a, free_a, names_a, look)
        theirs = _seen(b, free_b, joined, look)
        for key, ones in mine.items():
            others = theirs.get(key)
            if others and len(ones) * len(others) <= _MOST:
                share = weight / (len(ones) * len(others))
                for mine_media in ones:
                    for their_media in others:
                        votes[mine_media, their_media] += share
    _vote_facts(a, b, free_a, free_b, votes, belief)
    return votes


def _belief(a: Side, b: Side, free_a: set[int], free_b: set[int]) -> float:
    """Return how far equal source ranges are to be believed: by chance they do not stand in the same order."""
    mine = _once(_seen_nodes(a, free_a))
    theirs = _once(_seen_nodes(b, free_b))
    joined = [theirs[key] for key in mine if key in theirs]
    if len(joined) < _FEW:
        return 1.0
    tails: list[int] = []
    for index in joined:
        at = bisect_left(tails, index)
        tails[at : at + 1] = [index]
    return 1.0 if len(tails) * 2 > len(joined) else 0.3


def _seen_nodes(side: Side, free: set[int]) -> Iterator[tuple[Hashable, int]]:
    for node in side.nodes:
        if node.media in free and node.kind == "video":
            yield _range(node), node.index


def _once(seen: Iterator[tuple[Hashable, int]]) -> dict[Hashable, int]:
    """Return what was seen one time only, in the order it was seen."""
    found: dict[Hashable, int] = {}
    for key, index in seen:
        found[key] = -1 if key in found else index
    return {key: index for key, index in found.items() if index >= 0}


Look = Callable[[Side, Node, dict[int, int]], Hashable]


def _seen(side: Side, free: set[int], names: dict[int, int], look: Look) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for media in side.media:
        if media.index in free:
            for index in media.users:
                node = side.nodes[index]
                if node.kind != "video" and node.partners and side.nodes[node.partners[0]].media == media.index:
                    continue  # sound says nothing its picture has not said
                key = look(side, node, names)
                if key is not None:
                    found[key].append(media.index)
    return found


def _whole_range(side: Side, node: Node, names: dict[int, int]) -> Hashable:
    return (node.kind, node.head, node.tail) if node.head is not None else None


def _in_point(side: Side, node: Node, names: dict[int, int]) -> Hashable:
    return (node.kind, node.head) if node.head else None


def _out_point(side: Side, node: Node, names: dict[int, int]) -> Hashable:
    return (node.kind, node.tail) if node.tail is not None else None


def _lengths(side: Side, node: Node, names: dict[int, int]) -> Hashable:
    before = side.nodes[node.prev].length if node.prev >= 0 else 0
    after = side.nodes[node.next].length if node.next >= 0 else 0
    return (node.kind, before, node.length, after)


def _place(side: Side, node: Node, names: dict[int, int]) -> Hashable:
    return (node.lane, node.start, node.length)


def _between(side: Side, node: Node, names: dict[int, int]) -> Hashable:
    """Both neighbours, where their media are known."""
    before = names.get(side.nodes[node.prev].media) if node.prev >= 0 else -1
    after = names.get(side.nodes[node.next].media) if node.next >= 0 else -1
    if before is None or after is None:
        return None
    return (node.kind, before, after, side.nodes[node.prev].tail if node.prev >= 0 else None)


_LOOKS: tuple[tuple[float, Look], ...] = (
    (4.0, _whole_range),
    (1.0, _in_point),
    (1.0, _out_point),
    (1.5, _lengths),
    (1.0, _place),
    (0.75, _between),
)


def _vote_facts(a: Side, b: Side, free_a: set[int], free_b: set[int], votes: Votes, belief: float) -> None:
    """Length and timecode of the files, and rare parts of their names."""
    # A timecode and a length in common are no accident, in whatever order the clips stand.
    for weight, facts in ((2.6 * belief, _file_length), (2.6, _file_facts), (0.75 * belief, _file_words)):
        mine: dict[Hashable, list[int]] = defaultdict(list)
        for index in free_a:
            for key in facts(a.media[index]):
                mine[key].append(index)
        theirs: dict[Hashable, list[int]] = defaultdict(list)
        for index in free_b:
            for key in facts(b.media[index]):
                theirs[key].append(index)
        for key in mine.keys() & theirs.keys():
            share = weight / (len(mine[key]) * len(theirs[key]))
            if share * _MOST >= weight:
                for one in mine[key]:
                    for other in theirs[key]:
                        votes[one, other] += share


def _file_facts(media: MediaUse) -> Iterator[Hashable]:
    if media.length and media.start:
        yield media.start, media.length


def _file_length(media: MediaUse) -> Iterator[Hashable]:
    if media.length and not media.start:
        yield media.start, media.length


def _file_words(media: MediaUse) -> Iterator[Hashable]:
    yield from tokens(file_name(plain_location(media.key)))


def _elected(votes: Votes, least: float) -> Iterator[tuple[int, int]]:
    """Yield pairs that win clearly on both sides, with ``least`` votes."""
    best_a: dict[int, list[float]] = defaultdict(list)
    best_b: dict[int, list[float]] = defaultdict(list)
    for (one, other), count in votes.items():
        best_a[one].append(count)
        best_b[other].append(count)
    for counts in (*best_a.values(), *best_b.values()):
        counts.sort(reverse=True)
    gone_a: set[int] = set()
    gone_b: set[int] = set()
    for (one, other), count in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        if count < least:
            return
        if one in gone_a or other in gone_b:
            continue
        runner = max([*best_a[one][1:2], *best_b[other][1:2]], default=0.0)
        if count >= 1.4 * runner:
            gone_a.add(one)
            gone_b.add(other)
            yield one, other
