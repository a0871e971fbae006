"""The corpus half of the FCPXML benchmark: what survives a round trip, by file and by construct."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import fcpxml_walker as walker
from lxml import etree

WORKER = Path(__file__).with_name("fcpxml_worker.py")
SECONDS_A_FILE = 60
TOUCHED = " (touched)"


@dataclass
class Source:
    """A file before any trip. ``valid`` is None when there is no DTD for its version here."""

    path: Path
    root: etree._Element
    valid: bool | None
    items: Counter[walker.Place] = field(init=False)
    everything: Counter[walker.Place] = field(init=False)
    constructs: dict[str, int] = field(init=False)
    ntsc: bool = field(init=False)

    def __post_init__(self) -> None:
        self.items = walker.multiset(self.root, projects_only=True, clips_only=True)
        self.everything = walker.multiset(self.root, projects_only=False, clips_only=False)
        self.constructs = walker.constructs(self.root)
        self.ntsc = walker.at_ntsc(self.root)


@dataclass
class Tally:
    """One column of the tables. ``failures`` says which file missed what; ``strict`` columns have limits."""

    name: str
    strict: bool = False
    read: int = 0
    written: int = 0
    valid: int = 0
    valid_kept: int = 0
    with_items: int = 0
    same_count: int = 0
    exact: int = 0
    ntsc: int = 0
    ntsc_exact: int = 0
    items: int = 0
    items_exact: int = 0
    same_bytes: int | None = None
    everything: int | None = None
    unreported: int | None = None
    kept: Counter[str] = field(default_factory=Counter)
    present: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


class Dtds:
    """DTD validation by the version a document states, each DTD read once; None where there is no DTD."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.known: dict[str, etree.DTD | None] = {}

    def valid(self, root: etree._Element) -> bool | None:
        """Whether the document is valid for its own version."""
        version = root.get("version", "")
        if version not in self.known:
            file = None if self.folder is None else self.folder / f"FCPXMLv{version.replace('.', '_')}.dtd"
            self.known[version] = etree.DTD(str(file)) if file is not None and file.is_file() else None
        dtd = self.known[version]
        return None if dtd is None else bool(dtd.validate(root))


def sources(files: Iterable[Path], dtds: Dtds) -> list[Source]:
    """Every file that is XML, looked at with lxml alone."""
    roots = [(path, etree.parse(str(path)).getroot()) for path in files]
    return [Source(path, root, dtds.valid(root)) for path, root in roots]


def judge(
    tally: Tally,
    source: Source,
    written: etree._Element,
    dtds: Dtds,
    *,
    renamed: tuple[walker.Place, walker.Place] | None = None,
    whole: bool = False,
    held: Callable[[walker.Place], bool] | None = None,
) -> None:
    """Add one written file to a column. ``renamed`` is the one item that was edited on the way, before and after.

    ``whole`` also compares gaps, transitions, compounds and multicams; ``held`` says of an item that is not exact
    whether the loss report names it.
    """
    tally.written += 1
    valid = dtds.valid(written)
    tally.valid += bool(valid)
    tally.valid_kept += bool(source.valid and valid)
    if source.valid and not valid:
        tally.failures.append(f"{source.path.name}: not DTD-valid")
    _constructs(tally, source, walker.constructs(written))
    want = _edited(source.items, renamed)
    got = walker.multiset(written, projects_only=True, clips_only=True)
    if want:
        tally.with_items += 1
        tally.same_count += want.total() == got.total()
        tally.exact += want == got
        tally.items += want.total()
        tally.items_exact += (want & got).total()
        if source.ntsc:
            tally.ntsc += 1
            tally.ntsc_exact += want == got
        if want != got:
            tally.failures.append(f"{source.path.name}: {(want - got).total()} of {want.total()} items not exact")
    if held is not None:
        silent = [place for place in want - got if not held(place)]
        tally.unreported = (tally.unreported or 0) + len(silent)
        if silent:
            tally.failures.append(f"{source.path.name}: not in the loss report: {silent[0]}")
    if whole:
        same = _edited(source.everything, renamed) == walker.multiset(written, projects_only=False, clips_only=False)
        tally.everything = (tally.everything or 0) + same


def _edited(items: Counter[walker.Place], renamed: tuple[walker.Place, walker.Place] | None) -> Counter[walker.Place]:
    return items if renamed is None else items - Counter([renamed[0]]) + Counter([renamed[1]])


def _constructs(tally: Tally, source: Source, after: dict[str, int]) -> None:
    for name, count in source.constructs.items():
        tally.present[name] += count
        tally.kept[name] += min(count, after[name])


def peer(adapter: str, label: str, given: list[Source], dtds: Dtds, folder: Path) -> Tally:
    """The column of an OTIO adapter. A file that takes too long or kills the process counts as not read."""
    tally = Tally(label)
    out = folder / adapter
    out.mkdir()
    log = folder / f"{adapter}.jsonl"
    log.touch()
    left = {str(source.path): source for source in given}
    while left:
        command = [sys.executable, str(WORKER), "trips", adapter, str(log), str(out), *left]
        try:
            subprocess.run(command, check=False, capture_output=True, timeout=SECONDS_A_FILE * 2 + len(left))
        except subprocess.TimeoutExpired:
            tally.failures.append(f"{Path(next(iter(left))).name}: time limit")
        told = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        log.write_text("", "utf-8")
        for entry in told:
            _peer_file(tally, left.pop(entry["file"]), entry, out, dtds)
        if left:
            stuck = next(iter(left))
            tally.failures.append(f"{left.pop(stuck).path.name}: the process ended")
    return tally


def _peer_file(tally: Tally, source: Source, entry: dict[str, object], out: Path, dtds: Dtds) -> None:
    tally.read += bool(entry["read"])
    if not entry["written"]:
        tally.failures.append(f"{source.path.name}: {entry['error']}")
        return
    try:
        root = etree.parse(str(out / source.path.name)).getroot()
        judge(tally, source, root, dtds)
    except (etree.XMLSyntaxError, ValueError) as error:
        tally.failures.append(f"{source.path.name}: what it wrote cannot be read: {error}")


def passthrough(given: list[Source], dtds: Dtds) -> Tally:
    """The control: lxml parses and writes."""
    tally = Tally("lxml pass-through", read=len(given), everything=0)
    for source in given:
        judge(tally, source, etree.fromstring(etree.tostring(source.root)), dtds, whole=True)
    return tally


def ours(given: list[Source], dtds: Dtds, folder: Path) -> list[Tally]:
    """The columns of takebridge_fcpxml: read → write, read → touch one clip → write, through an OTIO file and back.

    The last one takes the library's own metadata out of that file: what other applications are told, and no more.
    """
    trips = {
        "takebridge_fcpxml": _plain,
        "… one clip touched": _touched,
        "… through OTIO": _otio,
        "… bare OTIO": _bare_otio,
    }
    tallies = []
    for label, trip in trips.items():
        tally = Tally(label, strict=trip is not _bare_otio)
        for source in given:
            try:
                trip(tally, source, dtds, folder)
            except Exception as error:  # noqa: BLE001 - any way of failing is the measurement
                tally.failures.append(f"{source.path.name}: {type(error).__name__}: {error}")
        tallies.append(tally)
    return tallies


def _plain(tally: Tally, source: Source, dtds: Dtds, folder: Path) -> None:
    import takebridge_fcpxml as fcpxml

    film = fcpxml.read(source.path)
    tally.read += 1
    film.write(folder / "out.fcpxml")
    judge(tally, source, etree.parse(str(folder / "out.fcpxml")).getroot(), dtds, whole=True)
    same = _without_declaration(source.path.read_bytes()) == _without_declaration((folder / "out.fcpxml").read_bytes())
    tally.same_bytes = (tally.same_bytes or 0) + same
    if not same:
        tally.failures.append(f"{source.path.name}: bytes differ")


def _without_declaration(data: bytes) -> bytes:
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return data[data.index(b"?>") + 2 :] if data.startswith(b"<?xml") else data


def _touched(tally: Tally, source: Source, dtds: Dtds, folder: Path) -> None:
    """Rename the middle clip and mark it; everything else must stay, its bytes too."""
    import takebridge_fcpxml as fcpxml
    from takebridge_fcpxml.view import Item

    film = fcpxml.read(source.path)
    tally.read += 1
    markable = walker.CLIPS - {"caption", "live-drawing"}
    told = [item for _, items in walker.timelines(film.document.root, projects_only=True) for item in items]
    clips = [item for item in told if item.element.tag in markable and not item.component]
    renamed = None
    lines = Counter(source.path.read_bytes().split(b"\n"))
    if clips:
        place, element, _ = clips[len(clips) // 2]
        view = fcpxml.view.view_of(element, film.document)
        assert isinstance(view, Item)
        view.name = place.name + TOUCHED
        view.add_marker(place.source_start, "touched")
        renamed = place, place._replace(name=place.name + TOUCHED)
    film.write(folder / "out.fcpxml")
    root = etree.parse(str(folder / "out.fcpxml")).getroot()
    judge(tally, source, root, dtds, renamed=renamed, whole=True)
    gone = (lines - Counter((folder / "out.fcpxml").read_bytes().split(b"\n"))).total()
    # The start tag, perhaps spread by raw line ends inside it, and the XML declaration.
    same = gone <= 3
    tally.same_bytes = (tally.same_bytes or 0) + same
    if not same:
        tally.failures.append(f"{source.path.name}: {gone} source lines changed")


def _lines(element: etree._Element) -> set[int | None]:
    """The lines of an item and of the items and connected storylines around it, up to the primary storyline."""
    around = (element, *element.iterancestors())
    return {above.sourceline for above in around if above.tag in walker.STORY or above.get("lane")}


def _bare_otio(tally: Tally, source: Source, dtds: Dtds, folder: Path) -> None:
    import takebridge_fcpxml as fcpxml
    from takebridge_fcpxml import otio

    path = folder / "bare.otio"
    film = fcpxml.read(source.path)
    tally.read += 1
    otio.write_otio(otio.to_otio(film.document)[0], path)
    path.write_text(json.dumps(_without(json.loads(path.read_text("utf-8")), otio.KEY)), "utf-8")
    document, _ = otio.from_otio(otio.read_otio(path)[0])
    document.write(folder / "out.fcpxml")
    judge(tally, source, etree.parse(str(folder / "out.fcpxml")).getroot(), dtds)


def _without(value: object, key: str) -> object:
    if isinstance(value, dict):
        return {name: _without(inner, key) for name, inner in value.items() if name != key}
    return [_without(inner, key) for inner in value] if isinstance(value, list) else value


def _otio(tally: Tally, source: Source, dtds: Dtds, folder: Path) -> None:
    import takebridge_fcpxml as fcpxml
    from takebridge_fcpxml import otio

    film = fcpxml.read(source.path)
    tally.read += 1
    found, losses = otio.to_otio(film.document)
    otio.write_otio(found, folder / "out.otio")
    again, more = otio.read_otio(folder / "out.otio")
    document, back = otio.from_otio(again)
    document.write(folder / "out.fcpxml")
    report = losses + more + back
    lines = {loss.line for loss in report}
    where: dict[walker.Place, set[int | None]] = {}
    for _, items in walker.timelines(source.root, projects_only=True):
        for item in items:
            where.setdefault(item.place, set()).update(_lines(item.element))
    root = etree.parse(str(folder / "out.fcpxml")).getroot()
    judge(tally, source, root, dtds, held=lambda place: bool(where[place] & lines))
