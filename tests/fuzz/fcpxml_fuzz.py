"""Throw broken FCPXML at the library: only its own errors may come back, in time and within bounds.

    python tests/fuzz/fcpxml_fuzz.py --inputs 20000 --seed 1

Seeds are the goldens and, where present, the real files. A mutated input goes through read, typed view, placement,
lint, conversion, write and read again. Anything but FcpxmlError, an input that takes too long, or memory that keeps
growing fails the run and leaves the input in the folder ``--save``.
"""

from __future__ import annotations

import argparse
import copy
import importlib
import random
import re
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import ModuleType

from lxml import etree

REPOSITORY = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "fcpxml")]

from tests.support.fcpxml import corpus_files  # noqa: E402

import takebridge_fcpxml as fcpxml  # noqa: E402
from takebridge_fcpxml.document import Document  # noqa: E402
from takebridge_fcpxml.errors import FcpxmlError  # noqa: E402
from takebridge_fcpxml.placement import Problem, place  # noqa: E402
from takebridge_fcpxml.view import Item, McAngle, Multicam, Sequence, View  # noqa: E402

GOLDEN = REPOSITORY / "tests" / "unit" / "fcpxml" / "golden"
#: CPU-seconds one input may take, for up to SEED_BYTES of it: the slowest seed takes a tenth on a slow machine.
SECONDS_AN_INPUT = 10.0
#: Bigger seeds would make the run about parsing, not about breaking.
SEED_BYTES = 60_000
#: Growth of the resident set over the whole run, in megabytes, after the first inputs.
GROWTH_MB = 400

TOKEN = re.compile(rb"<[^>]*>|[^<]+", re.DOTALL)
VALUE = re.compile(rb"""(\s[\w:-]+\s*=\s*)("[^"]*"|'[^']*')""")
VALUES = (
    b"", b"0", b"-1", b"1", b"0s", b"-1s", b"1/0s", b"0/1s", b"1s", b"9223372036854775807s", b"-9223372036854775808s",
    b"9223372036854775807/4294967295s", b"1/4294967296s", b"99999999999999999999999999s", b"1e9s", b"nan", b"infs",
    b"0.1s", b"0.33333333333333333333s", b"1_0", b"\xd9\xa3", b"1/\xc2\xb2s", b"r1", b"r2", b"rx", b"file://[",
    b"a" * 5000,
    b"%", b"&#10;", b"&lt;&amp;", b"&#0;", b"&bad;", b"1.10", b"1.5", b"1.99", b"24", b"23.98", b"29.97", b"-13.1dB",
    b"-infdB", b"SRT?captionFormat=SRT.en", b"?captionFormat=", b"2147483648", b"1/48000s", b"1001/24000s", b"1/3s",
)  # fmt: skip


class Mutator:
    """Breaks inputs; the same seed breaks them the same way."""

    def __init__(self, seeds: list[bytes], seed: int) -> None:
        self.seeds, self.random = seeds, random.Random(seed)
        self.ways: tuple[Callable[[bytes], bytes], ...] = (
            self.bytes_flipped,
            self.token_deleted,
            self.token_doubled,
            self.tokens_swapped,
            self.value_replaced,
            self.value_replaced,
            self.value_replaced,
            self.attribute_moved,
            self.element_nested,
            self.truncated,
            self.spliced,
            self.tag_renamed,
            *[self.tree_changed] * 8,
        )

    def next(self) -> bytes:
        """A seed, mutated one to six times."""
        data = self.random.choice(self.seeds)
        for _ in range(self.random.choice((1, 1, 2, 2, 3, 6))):
            data = self.random.choice(self.ways)(data)
        return data[: SEED_BYTES * 4]

    def _spot(self, data: bytes) -> int:
        return self.random.randrange(len(data) + 1)

    def _tokens(self, data: bytes) -> list[bytes]:
        return TOKEN.findall(data) or [data]

    def bytes_flipped(self, data: bytes) -> bytes:
        out = bytearray(data or b"x")
        for _ in range(self.random.randint(1, 8)):
            out[self.random.randrange(len(out))] = self.random.choice((0, 10, 13, 34, 38, 39, 47, 60, 62, 91, 128, 255))
        return bytes(out)

    def token_deleted(self, data: bytes) -> bytes:
        tokens = self._tokens(data)
        at = self.random.randrange(len(tokens))
        return b"".join(tokens[:at] + tokens[at + self.random.choice((1, 1, 2, 8)) :])

    def token_doubled(self, data: bytes) -> bytes:
        tokens = self._tokens(data)
        at, times = self.random.randrange(len(tokens)), self.random.choice((1, 1, 2, 300))
        return b"".join([*tokens[:at], tokens[at] * times, *tokens[at:]])

    def tokens_swapped(self, data: bytes) -> bytes:
        tokens = self._tokens(data)
        one, other = self.random.randrange(len(tokens)), self.random.randrange(len(tokens))
        tokens[one], tokens[other] = tokens[other], tokens[one]
        return b"".join(tokens)

    def value_replaced(self, data: bytes) -> bytes:
        found = list(VALUE.finditer(data))
        if not found:
            return data
        match = self.random.choice(found)
        value = b'"' + self.random.choice(VALUES) + b'"'
        if self.random.random() < 0.2:
            value = self.random.choice(found).group(2)
        return data[: match.start(2)] + value + data[match.end(2) :]

    def attribute_moved(self, data: bytes) -> bytes:
        found = list(VALUE.finditer(data))
        if len(found) < 2:
            return data
        one, other = sorted(self.random.sample(found, 2), key=lambda match: match.start())
        added = one.group() if self.random.random() < 0.5 else b""
        return data[: one.start()] + data[one.end() : other.end()] + added + data[other.end() :]

    def element_nested(self, data: bytes) -> bytes:
        """An element that holds copies of itself, up to the depth cap and beyond."""
        spans = list(re.finditer(rb"<(asset-clip|clip|audition|spine|param|md|gap|sequence|title)\b[^>]*[^/]>", data))
        if not spans:
            return data
        match = self.random.choice(spans)
        end = data.find(b"</" + match.group(1) + b">", match.end())
        depth = self.random.choice((1, 2, 30, 230, 300))
        if end < 0 or depth * (end - match.end()) > SEED_BYTES * 4:
            return data
        closing = b"</" + match.group(1) + b">"
        inside, rest = data[match.end() : end], data[end + len(closing) :]
        return data[: match.start()] + match.group() * depth + inside + closing * depth + rest

    def truncated(self, data: bytes) -> bytes:
        return data[: self._spot(data)] if self.random.random() < 0.7 else data[self._spot(data) :]

    def spliced(self, data: bytes) -> bytes:
        """Elements of one file in the middle of another."""
        mine, others = self._tokens(data), self._tokens(self.random.choice(self.seeds))
        at, begin = self.random.randrange(len(mine)), self.random.randrange(len(others))
        return b"".join(mine[:at] + others[begin : begin + self.random.choice((1, 3, 10, 40))] + mine[at:])

    def tree_changed(self, data: bytes) -> bytes:
        """Still well-formed: elements gone, doubled, moved under others, attributes gone or on another element."""
        parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError):
            return data
        nodes = [] if root is None else [node for node in root.iter(etree.Element) if node is not root]
        if not nodes:
            return data
        for _ in range(self.random.choice((1, 1, 2, 5))):
            self._change(self.random.choice(nodes), self.random.choice(nodes))
        return etree.tostring(root)

    def _change(self, node: etree._Element, other: etree._Element) -> None:
        above = node.getparent()
        what = self.random.choice(("remove", "double", "move", "lose", "take", "value", "value"))
        if what == "remove" and above is not None:
            above.remove(node)
        elif what == "double" and len(node) < 50:
            other.insert(self.random.randint(0, len(other)), copy.deepcopy(node))
        elif what == "move" and node is not other and node not in other.iterancestors():
            other.insert(self.random.randint(0, len(other)), node)
        elif what == "lose" and node.attrib:
            del node.attrib[self.random.choice(list(node.attrib))]
        elif what == "take" and other.attrib:
            name = self.random.choice(list(other.attrib))
            node.set(name, other.get(name, ""))
        elif what == "value" and node.attrib:
            value = self.random.choice(VALUES).decode("utf-8")
            node.set(self.random.choice(list(node.attrib)), value)

    def tag_renamed(self, data: bytes) -> bytes:
        names = list(re.finditer(rb"<(/?)([a-zA-Z-]+)", data))
        if not names:
            return data
        old, new = self.random.choice(names).group(2), self.random.choice(names).group(2)
        if self.random.random() < 0.7:
            return re.sub(rb"(</?)" + re.escape(old) + rb"\b", rb"\1" + new, data)
        return re.sub(rb"<" + re.escape(old) + rb"\b", b"<" + new, data, count=1)


@dataclass
class Outcome:
    """What a run met: error codes, and inputs that broke a promise."""

    codes: Counter[str] = field(default_factory=Counter)
    broken: dict[str, bytes] = field(default_factory=dict)  # one input a reason
    slowest: float = 0.0
    growth_mb: int = 0


def optional(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(f"takebridge_fcpxml.{name}")
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.startswith("takebridge_fcpxml"):
            return None
        raise


def walk(view: View, codes: Counter[str]) -> None:
    """Read every property of a view."""
    for kind in type(view).__mro__:
        for name, member in vars(kind).items():
            if name.startswith("_") or not hasattr(member, "__get__") or callable(member):
                continue
            try:
                getattr(view, name)
            except FcpxmlError as error:
                codes[f"view {error.code}"] += 1


def through(data: bytes, codes: Counter[str], number: int, everything: bool) -> None:
    """Everything that can be done with one input."""
    document = Document.parse(data)
    film = fcpxml.root_of(document)
    before = document.to_bytes()
    for view in [film, *film.descendants(View)]:
        walk(view, codes)
    for timeline in [*film.descendants(Sequence), *film.descendants(Multicam), *film.descendants(McAngle), *film.clips]:
        problems: list[Problem] = []
        for placed in place(timeline, alternates=True, problems=problems):
            assert placed.record_end - placed.record_start == placed.duration
            assert placed.depth >= 0
        codes.update(f"place {problem.error.code}" for problem in problems)
        guarded(codes, "strict place", place, timeline)
    assert document.to_bytes() == before, "reading changed the document"
    for item in list(film.descendants(Item))[:3]:
        item.name = "touched"
        item.note = "touched"
        item.add_marker(Fraction(number, 24), "touched")
    text = document.to_bytes()
    assert Document.parse(text).to_bytes() == text, "not stable when read again"
    if everything:
        beyond(document, codes, number)
    assert document.to_bytes() == text, "converting changed the document"


def beyond(document: Document, codes: Counter[str], number: int) -> None:
    """The parts above the core; conversions now and then."""
    if lint := optional("lint"):
        guarded(codes, "lint", lint.lint, document)
        guarded(codes, "lint", lambda given: lint.lint(given, target="resolve"), document)
    if number % 4 == 0 and (versions := optional("versions")):
        for version in ("1.8", "1.13"):
            guarded(codes, "version", lambda given, to=version: versions.to_version(given, to)[0].to_bytes(), document)
    if number % 4 == 1 and (targets := optional("targets")):
        for target in ("fcp", "resolve"):
            guarded(codes, "target", lambda given, to=target: targets.for_target(given, to)[0].to_bytes(), document)
    if number % 8 == 2 and (otio := optional("otio")):
        guarded(codes, "otio", lambda given: otio.from_otio(otio.to_otio(given)[0])[0].to_bytes(), document)
    if number % 8 == 3 and (diff := optional("diff")):
        guarded(codes, "diff", lambda given: diff.diff(given, given.copy()), document)


def guarded(codes: Counter[str], what: str, call: Callable[[object], object], given: object) -> None:
    try:
        call(given)
    except FcpxmlError as error:
        assert error.message, "an error says what is wrong"
        assert error.hint, "an error says what to do next"
        codes[f"{what} {error.code}"] += 1


def one(data: bytes, outcome: Outcome, number: int, everything: bool) -> None:
    begun = time.process_time()
    try:
        through(data, outcome.codes, number, everything)
        outcome.codes["read"] += 1
    except FcpxmlError as error:
        outcome.codes[f"read {error.code}"] += 1
        if not error.message or not error.hint:
            outcome.broken.setdefault(f"{error.code} without message or hint", data)
    except Exception as error:  # noqa: BLE001 - any other exception is the finding
        # The way an exception took tells one cause from another; what it says may hold parts of the input.
        said = str(error) if isinstance(error, AssertionError) else ""
        way = "".join(traceback.format_tb(error.__traceback__, -4))
        outcome.broken.setdefault(f"{way}{type(error).__name__} {said}", data)
    taken = time.process_time() - begun
    outcome.slowest = max(outcome.slowest, taken)
    if taken > SECONDS_AN_INPUT * max(1, len(data) / SEED_BYTES):
        outcome.broken.setdefault("took too long", data)


def seeds() -> list[bytes]:
    """The goldens (also with other line ends and raw line ends in attributes) and the real files that are small."""
    golden = [file.read_bytes() for file in sorted(GOLDEN.glob("*.fcpxml"))]
    other = [data.replace(b"\n", b"\r\n").replace(b'" value="', b'"\n value="a\n') for data in golden]
    real = [file.read_bytes() for file in corpus_files() if file.is_file() and file.stat().st_size <= SEED_BYTES]
    return golden + other + real


def resident_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(inputs: int, seed: int, *, everything: bool = True, stop_after: int = 20) -> Outcome:
    """Fuzz; stops early after so many broken promises."""
    outcome, mutator = Outcome(), Mutator(seeds(), seed)
    settled = 0
    for number in range(inputs):
        one(mutator.next(), outcome, number, everything)
        if number == min(500, inputs // 2):
            settled = resident_mb()
        if len(outcome.broken) >= stop_after:
            break
    outcome.growth_mb = resident_mb() - settled
    if outcome.growth_mb > GROWTH_MB:
        outcome.broken[f"memory grew by {outcome.growth_mb} MB"] = b""
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, default=Path("fuzz-findings"), help="where inputs that broke something go")
    parser.add_argument("--core", action="store_true", help="leave out lint, conversions, OTIO and diff")
    told = parser.parse_args()
    outcome = run(told.inputs, told.seed, everything=not told.core)
    for code, count in sorted(outcome.codes.items()):
        print(f"{count:9,}  {code}")
    print(f"slowest input {outcome.slowest:.2f} CPU-s, memory grew by {outcome.growth_mb} MB after settling")
    for number, (why, data) in enumerate(outcome.broken.items()):
        told.save.mkdir(parents=True, exist_ok=True)
        (told.save / f"seed{told.seed}-{number}.fcpxml").write_bytes(data)
        print(f"\n--- {told.save}/seed{told.seed}-{number}.fcpxml\n{why}")
    print(f"{len(outcome.broken)} kinds of broken promises in {told.inputs:,} inputs")
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
