"""docs/fcpxml.md says what the code does: its examples run, and its tables are complete."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from tests.support.fcpxml import film

from takebridge_fcpxml import grammar, versions
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.lint import RULES

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "fcpxml.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ASSET = """<asset id="r2" name="a.mov" start="0s" duration="240240/24000s" hasVideo="1" format="r1">
            <media-rep kind="original-media" src="file:///media/a.mov"/>
        </asset>"""
CLIP = '<asset-clip ref="r2" offset="86486400/24000s" name="a.mov" duration="48048/24000s"/>'


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_every_lint_code_has_its_row_with_severity_and_words() -> None:
    for rule in RULES:
        assert f"| `{rule.code}` | {rule.severity} | {rule.summary} |" in section("Lint")


def test_no_lint_code_is_listed_that_does_not_exist() -> None:
    listed = set(re.findall(r"^\| `([a-z-]+)` \| (?:error|warning|info) \|", section("Lint"), re.MULTILINE))
    assert listed == {rule.code for rule in RULES}


def test_every_kind_of_story_item_and_mark_is_in_the_support_table() -> None:
    table = section("What is supported")
    missing = [tag for tag in grammar.ITEMS | grammar.MARKERS if not re.search(rf"\b{tag}\b", table)]
    assert missing == []


def test_every_version_is_in_the_version_table() -> None:
    assert re.findall(r"^\| (1\.\d+) \|", section("Versions"), re.MULTILINE) == list(versions.READABLE)


def test_links_lead_somewhere() -> None:
    pages = {ROOT / "docs": PAGE, ROOT / "fcpxml": (ROOT / "fcpxml" / "README.md").read_text("utf-8")}
    for folder, text in pages.items():
        for link in re.findall(r"\]\(([^)#]+)", text):
            assert (folder / link).exists(), link


def test_the_quick_start_runs_and_leaves_everything_else_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = film(CLIP, resources=ASSET)
    source.write(tmp_path / "film.fcpxml")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "start.py").write_text(EXAMPLES[0], "utf-8")
    runpy.run_path(str(tmp_path / "start.py"))
    assert capsys.readouterr().out.startswith("18018/5 1802801/500 0 asset-clip a.mov")
    before = (tmp_path / "film.fcpxml").read_text("utf-8").splitlines()
    after = (tmp_path / "film v2.fcpxml").read_text("utf-8").splitlines()
    changed = [line for line in before if line not in after]
    assert [line.strip() for line in changed] == [CLIP]
    assert any("check focus" in line and 'completed="0"' in line for line in after)


def test_the_examples_after_the_quick_start_run_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film(CLIP, resources=ASSET).write(tmp_path / "film.fcpxml")
    monkeypatch.chdir(tmp_path)
    setting = "from takebridge_fcpxml import versions\n"
    code = setting + "\n".join(EXAMPLES)
    (tmp_path / "all.py").write_text(code, "utf-8")
    runpy.run_path(str(tmp_path / "all.py"))
    assert Document.read(tmp_path / "back.fcpxml").version == "1.10"
