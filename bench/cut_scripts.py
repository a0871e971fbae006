"""Edit scripts with a known truth: a base cut, an editor that changes it, and both as cuts.

    case = make(seed=1, clips=500, edits=50, stripping="stripped")
    case.a, case.b                      takebridge.cut.model.Cut
    case.truth                          cut_truth.Truth: forward, backward, copies, edits, words, by address
    case.made                           the kinds of edits made, in order
    score(case, identify(case.a, case.b)) -> Score      .touched .flagged .false_flags (per cent), .kinds, .wrong
    score_words(case.truth, diff(case.a, case.b).pairs) -> (right, total, wrong)

``clips`` counts sound too, and is met to within the linked sound of the last shot of each lane. The same seed, clips
and edits give the same edits whatever the stripping:

* ``ids``       every clip has a host id; a razor's right piece and a copy get a new one or, as some hosts do it, the
                old one again (a share of 0, 0.3 or 1 by seed)
* ``half``      half the clips of B have lost theirs
* ``stripped``  no ids, clip names are file names; links of picture and sound are gone too for even seeds
* ``proxies``   the same, and every file of B is a proxy: another folder and extension, ``_proxy`` added (seed % 3 = 0),
                ``px_000123`` (1) or shortened to eight letters (2); rate, length and start timecode stay

`python bench/cut_scripts.py FOLDER [SEED CLIPS EDITS]` writes all four pairs there as OTIO files with their truth as
JSON. How undecidable cases are treated is said in `cut_truth`.
"""

from __future__ import annotations

import copy
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from cut_editor import edit
from cut_export import STRIPPINGS, Dress, Stripping, dresses, export
from cut_records import Part, Shot, State, base_cut, every_shot, timed
from cut_truth import PLACING, Score, Truth, score_truth, score_words

from takebridge.cut.match import Match
from takebridge.cut.model import Address, Cut

__all__ = ["STRIPPINGS", "Case", "Score", "Stripping", "make", "make_all", "score", "score_words"]

UNSEEN: dict[Stripping, frozenset[str]] = {
    "ids": frozenset(),
    "half": frozenset(),
    "stripped": frozenset({"rename_clip"}),
    "proxies": frozenset({"rename_clip", "relink", "rename_file"}),
}


@dataclass(frozen=True, slots=True)
class Case:
    """Two cuts and what really happened between them."""

    a: Cut
    b: Cut
    truth: Truth
    made: tuple[str, ...]
    stripping: Stripping


def make(seed: int, clips: int, edits: int, stripping: Stripping) -> Case:
    """Return one case; equal arguments give equal cases."""
    before, after, made = _states(seed, clips, edits)
    return _case(seed, before, after, made, stripping)


def make_all(seed: int, clips: int, edits: int) -> dict[Stripping, Case]:
    """Return the case in all four strippings."""
    before, after, made = _states(seed, clips, edits)
    return {stripping: _case(seed, before, after, made, stripping) for stripping in STRIPPINGS}


def score(case: Case, matches: Iterable[Match]) -> Score:
    """Score matches between ``case.a`` and ``case.b``."""
    return score_truth(case.truth, matches)


def _states(seed: int, clips: int, edits: int) -> tuple[State, State, list[str]]:
    before = base_cut(Random(f"{seed}/{clips}/{edits}"), clips)  # noqa: S311 - repeatable on purpose
    after = copy.deepcopy(before)
    return before, after, edit(after, edits)


def _case(seed: int, before: State, after: State, made: list[str], stripping: Stripping) -> Case:
    dress_a, dress_b = dresses(stripping, after, seed)
    a, places_a = export(before, dress_a, "cut v1")
    b, places_b = export(after, dress_b, "cut v2")
    truth = _truth(before, after, (places_a, places_b), (dress_a, dress_b), stripping)
    return Case(a, b, truth, tuple(made), stripping)


def _parts(state: State) -> list[tuple[Shot, Part]]:
    return [(shot, part) for shot in every_shot(state.shots) for part in shot.parts]


def _truth(
    before: State,
    after: State,
    places: tuple[dict[int, Address], dict[int, Address]],
    worn: tuple[Dress, Dress],
    stripping: Stripping,
) -> Truth:
    (places_a, places_b), (dress_a, dress_b) = places, worn
    old, new = _parts(before), _parts(after)
    pieces: dict[int, list[Address]] = {part.number: [] for _, part in old}
    edits: dict[int, list[str]] = {part.number: [] for _, part in old}
    for _, part in new:
        if part.origin is not None:
            pieces[part.origin].append(places_b[part.number])
    dead = [(shot, part) for shot in after.dead for part in shot.parts]
    for shot, part in [*new, *dead]:
        if part.origin is not None:
            edits[part.origin].extend(one for one in shot.edits if one not in edits[part.origin])
    numbers = _Classes(stripping)
    class_a = {places_a[part.number]: numbers.of(before, shot, part) for shot, part in old}
    class_b = {places_b[part.number]: numbers.of(after, shot, part) for shot, part in new}
    placed_a = {class_a[places_a[n]] for n, kinds in edits.items() if PLACING & set(kinds)}
    placed_b = {class_b[places_b[part.number]] for shot, part in new if PLACING & set(shot.edits)}
    return Truth(
        forward={places_a[number]: tuple(sorted(found, key=str)) for number, found in pieces.items()},
        backward={places_b[part.number]: None if part.origin is None else places_a[part.origin] for _, part in new},
        copies={places_b[part.number]: places_a[part.copy_of] for _, part in new if part.copy_of is not None},
        edits_a={places_a[number]: tuple(kinds) for number, kinds in edits.items()},
        edits_b={places_b[part.number]: tuple(shot.edits) for shot, part in new},
        words=_words(new, places_b, stripping),
        class_a=class_a,
        class_b=class_b,
        loose=frozenset(placed_a | placed_b),
        unseen=UNSEEN[stripping],
        blank=frozenset(places_b[number] for number in _blank(old, new, dress_a, dress_b)),
    )


def _blank(old: list[tuple[Shot, Part]], new: list[tuple[Shot, Part]], dress_a: Dress, dress_b: Dress) -> list[int]:
    """Return the parts of B that share neither media nor id nor name with their origin, and not its place for sure."""
    origins = {part.number: (shot, part) for shot, part in old}
    pieces = Counter(part.origin for _, part in new)
    found = []
    for shot, part in new:
        if part.origin is None or shot.file is None:
            continue
        was, mine = origins[part.origin]
        same = was.file and was.file.number == shot.file.number
        known = dress_b.key(part) and dress_b.key(part) == dress_a.key(mine)
        named = dress_a.name(was) == dress_b.name(shot)
        if not (same or known or named) and (pieces[part.origin] > 1 or PLACING & set(shot.edits)):
            found.append(part.number)
    return found


def _words(
    new: list[tuple[Shot, Part]], places_b: dict[int, Address], stripping: Stripping
) -> dict[Address, tuple[frozenset[str], ...]]:
    """Return what one edit must be called; where file names change for other reasons those words prove nothing.

    A title or still has no clock: once a ripple moved it, nobody can tell which of its ends was trimmed.
    """
    found = {}
    for shot, part in new:
        seen = [one for one in shot.edits if one not in UNSEEN[stripping]]
        if part.origin is None or len(shot.edits) != 1 or not seen or stripping == "proxies":
            continue
        choices = [frozenset(words.split()) for words in shot.notes[0].split("|")]
        if not timed(shot):
            choices += [frozenset(_OTHER_END.get(word, word) for word in words) for words in choices]
        if shot.edits[0] in ("replace_media", "rename_file"):
            choices += [words | {extra} for words in choices for extra in ("renamed", "slipped")]
            choices += [words | {"renamed", "slipped"} for words in choices]
        if shot.edits[0] in ("razor", "retime", "overwrite", "insert", "ripple_insert"):
            choices += [words | {one} for words in choices for one in ("trimmed_head", "trimmed_tail")]
            choices += [words | {"trimmed_head", "trimmed_tail"} for words in choices]
        found[places_b[part.number]] = tuple(dict.fromkeys(choices))
    return found


_OTHER_END = {"trimmed_head": "trimmed_tail", "trimmed_tail": "trimmed_head"}


class _Classes:
    """Numbers clips that say the same but for their place."""

    def __init__(self, stripping: Stripping) -> None:
        self.keyed = stripping in ("ids", "half")
        self.numbers: dict[tuple[object, ...], int] = {}

    def of(self, state: State, shot: Shot, part: Part) -> int:
        """Return the number of the clip's class."""
        what: tuple[object, ...] = (
            (part.kind, shot.file.number, shot.low, state.used(shot), shot.speed)
            if shot.file
            else (part.kind, shot.kind, shot.name)
        )
        mine = (*what, shot.length, shot.enabled, shot.name if self.keyed else "", part.key if self.keyed else "")
        return self.numbers.setdefault(mine, len(self.numbers))


# --- as files --------------------------------------------------------------------------------------------


def truth_as_json(truth: Truth) -> dict[str, object]:
    """Return the truth for scripts that drive the command line: addresses are lists."""
    return {
        "pairs": [{"a": list(a), "b": [list(b) for b in found]} for a, found in truth.forward.items()],
        "added": [list(b) for b, origin in truth.backward.items() if origin is None],
        "copies": [{"b": list(b), "of": list(a)} for b, a in truth.copies.items()],
        "touched": [list(a) for a in truth.forward if truth.touched_a(a)],
    }


def write(folder: Path, seed: int, clips: int, edits: int) -> None:
    """Write all four strippings of a case as ``<stripping>_a.otio``, ``_b.otio`` and ``_truth.json``."""
    from takebridge.interchange.documents import write_cut

    folder.mkdir(parents=True, exist_ok=True)
    for stripping, case in make_all(seed, clips, edits).items():
        write_cut(case.a, folder / f"{stripping}_a.otio", target="plain")
        write_cut(case.b, folder / f"{stripping}_b.otio", target="plain")
        told = json.dumps(truth_as_json(case.truth), indent=1)
        (folder / f"{stripping}_truth.json").write_text(told, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), *([int(word) for word in sys.argv[2:5]] or [1, 500, 50]))
