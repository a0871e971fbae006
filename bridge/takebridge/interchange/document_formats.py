"""The readers and writers behind `takebridge.interchange.documents`, all of them: loaded with the first document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from takebridge.cut.model import Cut
from takebridge.interchange import aaf_cut, edl_cut, edl_write, fcpxml_cut
from takebridge.interchange.documents import save
from takebridge.interchange.otio_cut import Flavour, timeline_of
from takebridge.interchange.otio_json import parse_otio, text_of_timeline
from takebridge.interchange.otio_read import cut_of_json
from takebridge.interchange.sniffing import Format
from takebridge.interchange.xmeml_bins_out import Trays
from takebridge.interchange.xmeml_in import read_xmeml
from takebridge.interchange.xmeml_out import write_xmeml
from takebridge.timebase import FrameRate


def read(
    kind: Format, path: Path, data: bytes, rate: FrameRate | None, known: Mapping[str, str], project: str
) -> tuple[Cut, Sequence[str]]:
    """Return the cut a document's bytes say, and what the cut does not say. Raises what the format's reader raises."""
    if kind == "otio":
        value, lowered = parse_otio(data, path.name)
        cut, losses = cut_of_json(value, rate=rate, known_files=known, timeline=project)
        return cut, [*lowered, *losses]
    if kind == "fcpxml":
        return fcpxml_cut.read_fcpxml(path, known_files=known, project=project)
    if kind == "xmeml":
        return read_xmeml(data, known_files=known)
    if kind == "edl":
        return edl_cut.read_edl(data, path.name, rate=rate, known_files=known)
    return aaf_cut.read_aaf(path, rate=rate, known_files=known)


def write(kind: Format, cut: Cut, path: Path, target: str, trays: Trays = ()) -> Sequence[str]:
    """Write a cut in a format; return what the document does not hold. ``trays`` are for the bins of xmeml.

    Raises what the format's writer raises.
    """
    if kind == "fcpxml":
        return fcpxml_cut.write_fcpxml(cut, path, target=target if target in ("fcp", "resolve") else "")
    if kind == "edl":
        return _write_edls(cut, path)
    data, losses = _bytes(kind, cut, target, trays)
    save(path, data)
    return losses


def _bytes(kind: Format, cut: Cut, target: str, trays: Trays) -> tuple[bytes, Sequence[str]]:
    if kind == "otio":
        flavours: dict[str, Flavour] = {"resolve": "resolve", "premiere": "premiere"}
        timeline, losses = timeline_of(cut, flavours.get(target, "plain"))
        return text_of_timeline(timeline), losses
    if kind == "xmeml":
        return write_xmeml(cut, target=target if target in ("resolve", "premiere") else "premiere", trays=trays)
    return aaf_cut.write_aaf(cut)


def _write_edls(cut: Cut, path: Path) -> list[str]:
    """One EDL a video track: the first under the name asked for, the others beside it."""
    files, losses = edl_write.write_edl(cut)
    for part, data in files:
        save(path.with_name(f"{path.stem}{part}{path.suffix}"), data)
    return losses
