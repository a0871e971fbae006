"""Every rule of lint: a document that breaks it, and a near miss that does not."""

from __future__ import annotations

import pytest
from tests.support.fcpxml import film
from tests.support.fcpxml_lint import Case, asset, at, clip, document, frames, gap
from tests.support.fcpxml_lint_documents import CASES as DOCUMENT_CASES
from tests.support.fcpxml_lint_timelines import CASES as TIMELINE_CASES

from takebridge_fcpxml.errors import BadValueError
from takebridge_fcpxml.lint import RULES, Finding, lint
from takebridge_fcpxml.view import Fcpxml

CASES = [*DOCUMENT_CASES, *TIMELINE_CASES]


def _id(case: Case) -> str:
    return f"{case.code}: {case.name}" if case.name else case.code


def _found(case_film: Fcpxml, code: str, target: str | None = None) -> list[Finding]:
    return [finding for finding in lint(case_film.document, target=target) if finding.code == code]


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_a_broken_document_is_told_where_and_why(case: Case) -> None:
    (finding,) = _found(case.broken, case.code, case.target)
    assert finding.severity == case.severity
    assert finding.path.startswith("fcpxml") and finding.path.endswith(case.path)
    assert finding.line and finding.message.endswith(".") and finding.hint.endswith(".")


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_a_near_miss_is_left_alone(case: Case) -> None:
    assert _found(case.sound, case.code, case.target) == []


def test_every_rule_has_a_case() -> None:
    by_lint = {rule.code for rule in RULES} - {"dtd", "dtd-missing"}
    assert {case.code for case in CASES} == by_lint


def test_rules_are_listed_once_with_a_sentence_each() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    assert all(rule.summary.endswith(".") and rule.code == rule.code.lower() for rule in RULES)


def test_a_healthy_cut_has_nothing_to_say() -> None:
    cut = clip(10, 50, inside=f'<marker start="{frames(12)}" value="m"/>') + gap(20, at_frame=50)
    assert lint(film(cut, resources=asset()).document, target="resolve") == ()


def test_the_line_is_that_of_the_element_in_the_file() -> None:
    (finding,) = lint(document("\n\n<resources/>\n<event><project/></event>", version=' version="1.10"').document)
    assert (finding.code, finding.line, finding.path) == ("no-sequence", 5, "fcpxml/event/project")


def test_findings_come_in_document_order() -> None:
    spine = gap(5) + "\n" + f'<gap offset="{at(9)}" duration="1/2s"/>' + "\n" + gap(5, at_frame=30)
    findings = lint(film(spine, resources=asset("b") + '<asset id="b"/>').document)
    lines = [finding.line for finding in findings]
    assert lines == sorted(lines) and len(set(lines)) > 2


def test_paths_are_those_of_the_document() -> None:
    spine = "".join(gap(9, at_frame=12 * number) for number in range(4))
    film_of_gaps = film(spine)
    paths = [finding.path for finding in _found(film_of_gaps, "hole")]
    spine_path = "fcpxml/library/event/project/sequence/spine"
    assert paths == [f"{spine_path}/gap[{number}]@offset" for number in (2, 3, 4)]
    second = film_of_gaps.projects[0].sequence.spine.items[1]
    assert paths[0] == f"{second.path}@offset"


def test_an_off_grid_origin_moves_the_grid_with_it() -> None:
    # 1 h is no whole number of frames at 23.976; Final Cut Pro writes 86400314/24000s there.
    second = f'<gap offset="{3600 * 24000 + 10010}/24000s" duration="1001/240s"/>'
    spine = f'<gap offset="3600s" duration="{frames(10)}"/>{second}'
    found = film(spine)
    found.projects[0].sequence.element.set("tcStart", "3600s")
    assert lint(found.document) == ()


def test_media_used_at_another_rate_in_a_compound_is_judged_at_the_rate_of_the_compound() -> None:
    media = (
        '<format id="r25" frameDuration="1/25s"/><media id="m"><sequence format="r25" duration="4s"><spine>'
        '<gap offset="0s" duration="1s"/><gap offset="1s" duration="3s"/></spine></sequence></media>'
    )
    play = f'<ref-clip ref="m" offset="{at(0)}" duration="{frames(48)}"/>'
    assert lint(film(play, resources=media).document) == ()


def test_a_hidden_marker_is_reported_once_a_document() -> None:
    markers = "".join(f'<marker start="{frames(number)}" value="m"/>' for number in (0, 1, 2, 90))
    (finding,) = lint(film(clip(10, 20, inside=markers), resources=asset()).document)
    assert finding.code == "marker-outside" and finding.message.startswith("4 markers")


def test_a_finding_is_plain_data() -> None:
    (finding,) = lint(document("<resources/>").document)
    assert finding.to_json() == {
        "code": "nothing-to-do",
        "severity": "info",
        "message": finding.message,
        "hint": finding.hint,
        "path": "fcpxml",
        "line": 1,
    }


def test_an_unknown_target_is_an_error_with_the_choices() -> None:
    with pytest.raises(BadValueError, match="fcp or resolve"):
        lint(film(gap(9)).document, target="avid")


@pytest.mark.parametrize("tag", ["clip", "audition", "gap", "spine", "sync-clip"])
def test_deep_nesting_is_no_problem(tag: str) -> None:
    # 256 levels are the cap of the parser.
    body = f'<{tag} duration="1s">' * 240 + f"</{tag}>" * 240
    deep = document(
        f'<resources/><event><project><sequence format="x"><spine>{body}</spine></sequence></project></event>',
    )
    assert "dangling-reference" in {finding.code for finding in lint(deep.document, target="resolve")}


def test_lint_changes_nothing() -> None:
    found = film(gap(9) + clip(0, 300, at_frame=4, inside="<conform-rate/>"), resources=asset())
    before = found.to_bytes()
    assert lint(found.document, target="resolve")
    assert found.to_bytes() == before
