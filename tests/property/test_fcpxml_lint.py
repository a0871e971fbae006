"""Lint and validation of documents with anything in them: findings, never an exception, and nothing changed."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.support.fcpxml import film
from tests.support.fcpxml_lint import asset, at, clip, frames, gap

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.lint import RULES, lint

_MAP = '<timeMap><timept time="0s" value="0s"/><timept time="9s" value="5s" interp="linear"/></timeMap>'
_STILL = '<format id="s" name="FFVideoFormatRateUndefined"/>' + asset("b", length=0, form="s")
_MEDIA = (
    f'<media id="m"><multicam format="r1"><mc-angle angleID="one"><gap offset="0s" duration="{frames(9)}"/></mc-angle>'
    f'</multicam></media><media id="n"><sequence format="r1" duration="1s"><spine/></sequence></media>'
)
_STORYLINE = (
    f'<spine lane="1" offset="0s"><title ref="e" offset="0s" duration="{frames(4)}"><text><text-style ref="t">x'
    f'</text-style></text><text-style-def id="t"><text-style/></text-style-def></title><transition offset="0s" '
    f'duration="{frames(2)}"/></spine>'
)
_SPINE = (
    clip(0, 20, inside=f'<conform-rate srcFrameRate="25"/>{_MAP}<marker start="0s" value="m"/>', more='audioStart="0s"')
    + f'<transition offset="{at(15)}" duration="{frames(10)}"/>'
    + f'<audition offset="{at(20)}">{clip(0, 9)}{clip(0, 9)}</audition>'
    + gap(9, at_frame=29, inside=_STORYLINE)
    + f'<mc-clip ref="m" offset="{at(38)}" duration="{frames(9)}"><mc-source angleID="one"/></mc-clip>'
    + f'<ref-clip ref="n" offset="{at(47)}" duration="{frames(9)}"/>'
    + f'<clip offset="{at(56)}" duration="{frames(9)}"><video ref="b" duration="0s"><audio ref="a" lane="-1" '
    f'duration="1s"/></video></clip>'
)
_FILM = film(_SPINE, resources=asset() + _STILL + _MEDIA + '<effect id="e" uid="u"/>').to_bytes()

_VALUES = st.one_of(
    st.sampled_from(
        [
            "",
            "0s",
            "-1s",
            "1/0s",
            "1.5s",
            "9223372036854775808s",
            "1/4294967296s",
            "a",
            "b",
            "e",
            "m",
            "r1",
            "x",
            "0",
            "-1",
        ]
    ),
    st.builds("{}/{}s".format, st.integers(-(2**70), 2**70), st.integers(0, 2**40)),
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=60),
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.lists(_VALUES, min_size=1, max_size=6), st.sampled_from([None, "fcp", "resolve"]))
def test_no_document_breaks_lint(seed: int, values: list[str], target: str | None) -> None:
    document = Document.parse(_FILM)
    pick = random.Random(seed)
    for value in values:
        _mutate(document, pick, value)
    document.resources_changed()
    before = etree.tostring(document.root)
    findings = lint(document, target=target)
    assert {finding.code for finding in findings} <= {rule.code for rule in RULES}
    assert etree.tostring(document.root) == before


def _mutate(document: Document, pick: random.Random, value: str) -> None:
    elements = list(document.root.iter(etree.Element))
    element = pick.choice(elements)
    parent = element.getparent()
    kind = pick.randrange(6)
    if kind < 3 and element.attrib:
        element.set(pick.choice(sorted(map(str, element.attrib))), value)
    elif kind == 3 and element.attrib:
        del element.attrib[pick.choice(sorted(map(str, element.attrib)))]
    elif parent is not None and kind == 4:
        parent.remove(element)
    elif parent is not None:
        other = pick.choice(elements)
        if element is not other and element not in other.iterancestors():
            other.append(element)
        else:
            element.tag = str(pick.choice(elements).tag)
