"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from takebridge.errors import classes
from takebridge_fcpxml import errors as fcpxml_errors

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [
    ROOT / "bridge" / "takebridge",
    ROOT / "server" / "takebridge_server",
    ROOT / "fcpxml" / "takebridge_fcpxml",
    ROOT / "resolve_plugin" / "takebridge_resolve",
    ROOT / "premiere_panel" / "takebridge_premiere",
]
SOURCES = [path for package in PACKAGES for path in package.rglob("*.py")]
HOMELESS = {"utils", "util", "helpers", "common", "manager", "misc", "lib"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_fit_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 600


def test_no_module_is_named_after_nothing() -> None:
    assert [path for path in SOURCES if path.stem in HOMELESS] == []


def test_the_package_data_an_installed_wheel_needs_lies_inside_the_packages() -> None:
    assert (ROOT / "bridge/takebridge/providers/catalog/local.toml").is_file()
    assert (ROOT / "bridge/takebridge/store/migrations/env.py").is_file()


def test_every_error_that_is_raised_says_the_next_step() -> None:
    tree = {found.__name__: found for found in classes().values()}
    silent = []
    for path in SOURCES:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in tree:
                told = any(keyword.arg in ("hint", None) for keyword in call.keywords)
                if not told and not tree[call.func.id].default_hint:
                    silent.append(f"{path.name}:{call.lineno} {call.func.id}")
    assert silent == []


def test_every_error_of_the_fcpxml_library_says_the_next_step() -> None:
    names = {name for name, found in vars(fcpxml_errors).items() if isinstance(found, type)}
    silent = []
    for path in (ROOT / "fcpxml" / "takebridge_fcpxml").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names:
                hints = [keyword.value for keyword in call.keywords if keyword.arg == "hint"]
                if not hints or any(isinstance(hint, ast.Constant) and not hint.value for hint in hints):
                    silent.append(f"{path.name}:{call.lineno} {call.func.id}")
    assert silent == []


def test_commands_in_the_readme_exist() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"\bmake ([a-z-]+)", readme)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for link in re.findall(r"\]\(([^)#]+)\)", readme):
        assert (ROOT / link).exists(), link


def _anchors(page: Path) -> set[str]:
    """What can be linked to in a page: its headings as GitHub writes them into addresses."""
    lines = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    heads = re.findall(r"^#+ (.*)$", lines, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


PAGES = [ROOT / "README.md", ROOT / "premiere_panel" / "README.md", *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    dead = []
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in _anchors(target)):
            dead.append(link)
    assert dead == []


def test_ci_runs_exactly_check_and_test() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("make ")] == ["make check", "make test"]


def test_no_registry_host_and_no_path_of_a_machine_is_committed() -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed here, so what is committed cannot be listed")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    banned = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org|/work/main|/root/")
    found = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".txt", ".json"} and path.is_file() and path != Path(__file__):
            found += [name for line in path.read_text("utf-8").splitlines() if banned.search(line)]
    assert found == []
