"""Premiere as a pair of hands: documents as it exports them, with nothing in them that it would not keep.

What is known of it: ids are its own with every export, metadata of others is gone, names, paths, markers, ticks and the
switches of clips stay; OTIO holds one reference a clip (premiere_fcp_capcut.md §4).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from lxml import etree
from tests.support.exchange_rig import ExchangeRig

from takebridge.cut.model import Cut
from takebridge.interchange.documents import write_cut

HOST = "PremierePro_OTIO"
_OURS = ("comments", "logginginfo")


class PremiereRig(ExchangeRig):
    """An exchange folder whose editor is Premiere, at one of the rates of `RATES`."""

    drops = False
    start = 0

    def export(self, cut: Cut, name: str = "") -> Path:
        """Export as Premiere does: of what came from us only what it keeps."""
        path = self.drop_folder / f"{name or cut.name}{self.suffix}"
        work = self.folder / f"export{self.suffix}"
        write_cut(replace(cut, start=self.start, drop_frame=self.drops), work, target="premiere")
        (_forget_otio if self.suffix == ".otio" else _forget_xmeml)(work)
        work.replace(path)
        return path


def _forget_otio(path: Path) -> None:
    timeline = json.loads(path.read_text("utf-8"))
    for value in _objects(timeline):
        if "metadata" in value:
            value["metadata"] = {key: said for key, said in value["metadata"].items() if key == HOST}
        if "media_references" in value:
            assert len(value["media_references"]) == 1, "Premiere holds one reference a clip"
    timeline["metadata"] = {HOST: {"MetadataVersion": "1.0"}}
    path.write_text(json.dumps(timeline), "utf-8")


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def _forget_xmeml(path: Path) -> None:
    """Number everything anew and drop comments and logging, the least that is kept of what is not Premiere's."""
    root = etree.parse(path).getroot()
    numbers, names = count(101), {}
    for one in root.iter():
        if one.get("id"):
            names.setdefault(one.get("id"), f"{one.tag}-{next(numbers)}")
            one.set("id", names[one.get("id")])
    for one in root.iter("linkclipref"):
        one.text = names[one.text]
    masters: dict[str, str] = {}
    for one in root.iter("masterclipid"):
        one.text = masters.setdefault(one.text, f"masterclip-{next(numbers)}")
    for one in root.iter("uuid"):
        one.text = f"00000000-0000-0000-0000-{next(numbers):012d}"
    for one in [one for tag in _OURS for one in root.iter(tag)]:
        one.getparent().remove(one)
    path.write_bytes(b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n' + etree.tostring(root))
