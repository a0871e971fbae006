"""No change of a document, however wild, makes a command fail in any other way than its own."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.support.fcpxml_rich import RICH

from takebridge_fcpxml.cli import main

COUNT = sum(1 for _ in etree.fromstring(RICH).iter(etree.Element))
JUNK = ["", "x", "-1", "0s", "1/0s", "9" * 30 + "s", "-3s", "1.5s", "1/3s", "r1", "r2", "0", "file://[x", "2147483648"]
WOUND = st.tuples(
    st.integers(0, COUNT - 1), st.sampled_from(["value", "attribute", "element", "text", "twin"]), st.integers(0, 20)
)
WOUNDS = st.lists(st.tuples(WOUND, st.sampled_from(JUNK)), min_size=1, max_size=5)


def wounded(wounds: list[tuple[tuple[int, str, int], str]]) -> bytes:
    """The rich document with values, attributes and elements changed, removed or doubled."""
    root = etree.fromstring(RICH)
    for (index, kind, which), junk in wounds:
        elements = list(root.iter(etree.Element))
        element = elements[index % len(elements)]
        names = [name for name, _ in element.items()]
        if kind == "text" or not names:
            element.text = junk
        elif kind == "value":
            element.set(names[which % len(names)], junk)
        elif kind == "attribute":
            del element.attrib[names[which % len(names)]]
        elif (parent := element.getparent()) is not None:
            if kind == "twin":
                parent.append(etree.fromstring(etree.tostring(element, with_tail=False)))
            else:
                parent.remove(element)
    return etree.tostring(root)


def told(*words: str) -> tuple[int, dict[str, object]]:
    """Exit code and JSON of a command."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main([*words, "--json"])
    data = json.loads(out.getvalue())
    assert isinstance(data, dict)
    return code, data


@settings(max_examples=60)
@given(WOUNDS)
def test_every_command_keeps_its_promises(wounds: list[tuple[tuple[int, str, int], str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole, hurt, out = (Path(folder, name) for name in ("whole.fcpxml", "hurt.fcpxml", "out.fcpxml"))
        whole.write_text(RICH)
        hurt.write_bytes(wounded(wounds))
        for words in (
            ("info", str(hurt)),
            ("lint", str(hurt)),
            ("diff", str(whole), str(hurt)),
            ("convert", str(hurt), str(out)),
            ("convert", str(hurt), str(out), "--version", "1.8"),
            ("convert", str(hurt), str(out), "--target", "resolve"),
        ):
            code, data = told(*words)
            assert code in (0, 1, 2)
            error = data.get("error")
            assert (code == 2) == (error is not None)
            assert not isinstance(error, dict) or error["code"] != "internal", (words, error)
        assert sorted(path.name for path in Path(folder).iterdir()) == ["hurt.fcpxml", "out.fcpxml", "whole.fcpxml"]
