"""Final Cut Pro behind its export folder: exports as it writes them, and a person at it who only edits XML.

Nothing of the product makes or changes what the person exports; offsets are summed by hand here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import cast

from lxml import etree
from tests.support.exchange_rig import MEDIA_FRAMES, ExchangeRig, source_start
from tests.support.generation import PaidProvider, build
from tests.support.roundtrip_rig import CLIP_FRAMES, RATES

from takebridge.hosts.final_cut import FinalCutFolder, FinalCutHost
from takebridge.hosts.final_cut_open import Opener, Ran
from takebridge.services.exchange import Exchange, known_files, naming_by_stamps
from takebridge.services.final_cut import take_facts
from takebridge.services.runs import Runs
from takebridge.store.data_folder import DataLayout

LIBRARY = "file:///Users/ana/Movies/Film.fcpbundle/"
Element = etree._Element


@dataclass
class Mac:
    """A Mac with Final Cut on it: answers `osascript` from a list of libraries' projects. ``error`` is what it says."""

    running: bool = True
    error: str = ""
    imports: bool = True
    projects: list[str] = field(default_factory=lambda: ["Film"])
    asked: list[list[str]] = field(default_factory=list)

    def __call__(self, argv: Iterable[str], _seconds: float) -> Ran:
        words = list(argv)
        self.asked.append(words)
        script = words[2]
        if script.endswith("is running"):
            return Ran(0, "true\n" if self.running else "false\n")
        if self.error:
            return Ran(1, err=self.error)
        if "open theFile" in script:
            if self.imports:
                self.projects.append(_project(etree.parse(words[3]).getroot()).get("name", ""))
            return Ran(0)
        return Ran(0, "".join(f"{name}\n" for name in self.projects))

    def opener(self) -> Opener:
        """The opener of a bridge on this Mac; nobody waits."""
        return Opener("darwin", self, lambda _seconds: None)


class FinalCutRig(ExchangeRig):
    """One Final Cut library, one canvas, one bridge; `ExchangeRig` whose editor is Final Cut."""

    def __init__(self, folder: Path, *, clips: int = 3, label: str = "25", opener: Opener | None = None) -> None:
        self.opener = opener if opener is not None else Opener("linux")
        super().__init__(folder, ".fcpxml", clips=clips, label=label)

    def restart(self) -> None:
        """A new bridge process; only the data folder and the export folder live on."""
        self.bridge = build(DataLayout(self.folder / "home"), PaidProvider(self.folder, self.folder / "none"))
        folder = FinalCutFolder(self.drop_folder, partial(known_files, self.bridge), partial(take_facts, self.bridge))
        self.exchange_host = FinalCutHost(folder, partial(naming_by_stamps, self.bridge), opener=self.opener)
        self.exchange = Exchange(self.bridge, cast(Runs, None), self.exchange_host)

    def begin(self, marked: tuple[int, ...] = (1,)) -> Element:  # type: ignore[override]
        """The project is exported, its marked clips are pushed."""
        root = self.project(marked=marked)
        self.save(root, "Film")
        assert self.only().ending == "new"
        assert len(self.push_marked()) == len(marked)
        return root

    # --- what Final Cut writes

    def project(self, *, marked: tuple[int, ...] = ()) -> Element:
        """So many clips of 24 frames side by side, each from another place of the camera file, with their sound."""
        rate, drop = RATES[self.label]
        frame = 1 / rate.fraction
        begin = 107_892 * frame if drop else 3600 * round(rate.fraction) * frame  # 01:00:00;00 drops 108 frames
        clips = "".join(
            f'<asset-clip ref="r2" offset="{_s(begin + (n - 1) * CLIP_FRAMES * frame)}" name="shot {n}" '
            f'start="{_s(source_start(n) * frame)}" duration="{_s(CLIP_FRAMES * frame)}" audioRole="dialogue">'
            + (
                f'<marker start="{_s((source_start(n) + 2) * frame)}" duration="{_s(frame)}" value="TakeBridge"/>'
                if n in marked
                else ""
            )
            + "</asset-clip>\n                        "
            for n in range(1, self.clips + 1)
        )
        text = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>

<fcpxml version="1.11">
    <resources>
        <format id="r1" frameDuration="{_s(frame)}" width="160" height="90" colorSpace="1-1-1 (Rec. 709)"/>
        <asset id="r2" name="camera" uid="CAFE0001" start="0s" duration="{_s(MEDIA_FRAMES * frame)}" hasVideo="1"
            format="r1" hasAudio="1" videoSources="1" audioSources="1" audioChannels="1" audioRate="48000">
            <media-rep kind="original-media" sig="CAFE0001" src="{self.camera.as_uri()}">
                <bookmark>Ym9va21hcms=</bookmark>
            </media-rep>
        </asset>
    </resources>
    <library location="{LIBRARY}">
        <event name="Rushes" uid="EVENT-1">
            <project name="Film" uid="PROJECT-1" modDate="2026-01-02 10:00:00 +0100">
                <sequence format="r1" duration="{_s(self.clips * CLIP_FRAMES * frame)}" tcStart="{_s(begin)}"
                    tcFormat="{"DF" if drop else "NDF"}" audioLayout="stereo" audioRate="48k">
                    <spine>
                        {clips.rstrip()}
                    </spine>
                </sequence>
            </project>
        </event>
    </library>
</fcpxml>
"""
        return etree.fromstring(text.encode())

    def save(self, root: Element, name: str) -> Path:
        """File > Export XML, under another name first, as a file or (by the suffix of the name) a bundle."""
        data = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n\n' + etree.tostring(root)
        work = self.folder / "export.fcpxml"
        work.write_bytes(data)
        if name.endswith(".fcpxmld"):
            bundle = self.folder / "bundle"
            bundle.mkdir()
            work.rename(bundle / "Info.fcpxml")
            bundle.rename(self.drop_folder / name)
            return self.drop_folder / name
        return work.rename(self.drop_folder / f"{name}.fcpxml")

    # --- the person at Final Cut

    def imported(self, answer: str | Path) -> Element:
        """File > Import > XML, and what Final Cut would export again of it: new identities, no options."""
        root = etree.parse(answer).getroot()
        options = root.find("import-options")
        assert options is not None and root[0] is options
        root.remove(options)
        _project(root).set("uid", "PROJECT-2")
        return root

    @property
    def frame(self) -> Fraction:
        """A frame in seconds."""
        return 1 / self.rate.fraction


# --- hands on XML ---------------------------------------------------------------------------------------


def _s(seconds: Fraction) -> str:
    return f"{seconds.numerator}s" if seconds.denominator == 1 else f"{seconds.numerator}/{seconds.denominator}s"


def seconds(text: str | None) -> Fraction:
    """A time of FCPXML."""
    return Fraction((text or "0s").removesuffix("s"))


def _project(root: Element) -> Element:
    found = root.find(".//project")
    assert found is not None
    return found


def spine(root: Element) -> Element:
    """The primary storyline."""
    found = _project(root).find("sequence/spine")
    assert found is not None
    return found


def auditions(root: Element) -> list[Element]:
    """The auditions of the primary storyline."""
    return list(spine(root).iterchildren("audition"))


def plays(root: Element, item: Element) -> str:
    """The name of the file an item plays."""
    asset = next(one for one in root.iter("asset") if one.get("id") == item.get("ref"))
    return str(next(asset.iterchildren("media-rep")).get("src")).rpartition("/")[2]


def takes(root: Element, number: int = 0) -> list[str]:
    """The files of an audition, the pick first."""
    return [plays(root, child) for child in auditions(root)[number]]


def pick(root: Element, file: str, number: int = 0) -> None:
    """Choose another take in an audition: it goes first, and takes over what is connected."""
    audition = auditions(root)[number]
    old = audition[0]
    new = next(child for child in audition if plays(root, child) == file)
    shift = seconds(new.get("start")) - seconds(old.get("start"))
    for child in [one for one in old if one.get("lane")]:
        child.set("offset", _s(seconds(child.get("offset")) + shift))
        new.insert(0, child)
    audition.remove(new)
    audition.insert(0, new)


def drop_take(root: Element, file: str, number: int = 0) -> None:
    """Take a waiting take out of an audition."""
    audition = auditions(root)[number]
    audition.remove(next(child for child in audition if plays(root, child) == file))


def trim(root: Element, index: int, *, head: Fraction = Fraction(0), tail: Fraction = Fraction(0)) -> None:
    """Trim an item of the primary storyline; what follows ripples, as Final Cut does."""
    line = spine(root)
    item = line[index]
    for part in list(item) if item.tag == "audition" else [item]:
        _window(part, head, seconds(part.get("duration")) - head - tail)
    _lay(root)


def razor(root: Element, index: int, at: Fraction) -> None:
    """Blade an item of the primary storyline ``at`` seconds after its start."""
    line = spine(root)
    first, second = line[index], deepcopy(line[index])
    first.addnext(second)
    for part in list(first) if first.tag == "audition" else [first]:
        _window(part, Fraction(0), at)
    for part in list(second) if second.tag == "audition" else [second]:
        _window(part, at, seconds(part.get("duration")) - at)
    _lay(root)


def delete(root: Element, index: int) -> None:
    """Delete an item of the primary storyline; what follows ripples."""
    line = spine(root)
    line.remove(line[index])
    _lay(root)


def copy(root: Element, index: int) -> None:
    """Drag an item of the primary storyline to its end with Option held."""
    line = spine(root)
    line.append(deepcopy(line[index]))
    _lay(root)


def _window(part: Element, head: Fraction, length: Fraction) -> None:
    start = seconds(part.get("start")) + head
    part.set("start", _s(start))
    part.set("duration", _s(length))
    for child in [one for one in part if one.get("lane")]:
        child.set("offset", _s(start))
        child.set("start", _s(seconds(child.get("start")) + head))
        child.set("duration", _s(length))


def _lay(root: Element) -> None:
    """Offsets are sums of durations."""
    sequence = _project(root).find("sequence")
    assert sequence is not None
    at = seconds(sequence.get("tcStart"))
    for item in spine(root):
        item.set("offset", _s(at))
        at += seconds((item[0] if item.tag == "audition" else item).get("duration"))
    sequence.set("duration", _s(at - seconds(sequence.get("tcStart"))))


def each(root: Element, tags: Iterable[str], act: Callable[[Element], None]) -> None:
    """Do something with every element of these tags."""
    for element in list(root.iter(*tags)):
        act(element)


def without_metadata(root: Element) -> None:
    """Export with a metadata view that shows nothing of ours."""
    each(root, ["metadata"], lambda one: cast(Element, one.getparent()).remove(one))


def without_keywords(root: Element) -> None:
    """Remove every keyword and marker."""
    each(root, ["keyword", "marker"], lambda one: cast(Element, one.getparent()).remove(one))


# --- a small export -----------------------------------------------------------------------------------

FILM = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>

<fcpxml version="1.12">
    <resources>
        <format id="r1" frameDuration="1001/30000s" width="1920" height="1080"/>
        <format id="r9" name="FFVideoFormatRateUndefined"/>
        <asset id="r2" name="a" start="0s" duration="1001/10s" hasVideo="1" format="r1" videoSources="1">
            <media-rep kind="original-media" src="{media}"/>
        </asset>
        <asset id="r3" name="plan.pdf" start="0s" duration="0s" hasVideo="1" format="r9" videoSources="1">
            <media-rep kind="original-media" src="file:///a/plan.pdf"/>
        </asset>
    </resources>
    <library location="file:///Users/ana/Films/%C3%9Cbung.fcpbundle/">
        <event name="Tag 1">
            <project name="Übung / Äpfel" uid="P1">
                <sequence format="r1" duration="4004/1000s" tcStart="0s" tcFormat="DF">
                    <spine>
                        <asset-clip ref="r2" offset="0s" name="a" start="1001/1000s" duration="3003/1000s"/>
                        <video ref="r3" offset="3003/1000s" name="plan" start="3600s" duration="1001/1000s"/>
                    </spine>
                </sequence>
            </project>
        </event>
    </library>
</fcpxml>
"""


def film(folder: Path, *, bundle: bool = False, media: str = "file:///a/a.mov") -> Path:
    """An export of a small film with a still whose format says no frame duration, in a folder."""
    text = FILM.format(media=media)
    path = folder / ("Film.fcpxmld" if bundle else "Film.fcpxml")
    if bundle:
        path.mkdir()
    (path / "Info.fcpxml" if bundle else path).write_text(text, "utf-8")
    return path
