"""The page "write a provider in an afternoon" is true: its files are taken out, installed, and pass the whole suite."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from tests.contract.remote_cases import CaseMedia, RemoteCase
from tests.support.provider_rig import media_in, rig_over, served
from tests.support.provider_scenarios import SCENARIOS, NotOffered

from takebridge.errors import CapabilityError
from takebridge.providers.pricing import estimate
from takebridge.providers.registry import GROUP, ProviderRegistry, load_registry
from takebridge.testing.providers.base import KEY, ContractServer, json_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "write-a-provider.md"
_BLOCK = re.compile(r"^```[a-z]+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """The page's files by name."""
    return dict(_BLOCK.findall(PAGE.read_text("utf-8")))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of packages with Acme's in it and its entry point, as an installer leaves them."""
    folder = tmp_path_factory.mktemp("site")
    for name, text in blocks().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    project = tomllib.loads(blocks()["pyproject.toml"])["project"]
    info = folder / f"takebridge_acme-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = "".join(f"{name} = {value}\n" for name, value in project["entry-points"][GROUP].items())
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{points}")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "acme_dreams"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def case(package: Path) -> RemoteCase:
    """The page's case."""
    place = package / "tests/contract/remote_cases/acme.py"
    names: dict[str, object] = {"__name__": "acme_case"}
    exec(compile(place.read_text("utf-8"), str(place), "exec"), names)
    found = names["CASE"]
    assert isinstance(found, RemoteCase)
    return found


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> CaseMedia:
    """Small real files."""
    return media_in(tmp_path_factory.mktemp("media"))


@pytest.fixture(scope="module")
def server(case: RemoteCase) -> Iterator[ContractServer]:
    """The page's contract server."""
    with served(case) as running:
        yield running


@pytest.fixture
def registry(package: Path, tmp_path: Path) -> ProviderRegistry:
    """The registry of a machine on which the package is installed."""
    return load_registry(tmp_path)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_contract(case: RemoteCase, server: ContractServer, media: CaseMedia, tmp_path: Path, name: str) -> None:
    try:
        SCENARIOS[name](rig_over(case, server, tmp_path, media))
    except NotOffered as why:
        assert str(why)


def test_an_installed_package_is_found_by_its_entry_point(registry: ProviderRegistry) -> None:
    assert [problem for problem in registry.problems if problem.distribution == "takebridge-acme"] == []
    profile = registry.profile("acme/dream-1")
    assert registry.provider_of("acme/dream-1").name == "acme"
    assert profile.concurrency == 4
    assert "acme" in registry.facts()


def test_the_prices_of_the_page(registry: ProviderRegistry) -> None:
    profile = registry.profile("acme/dream-1")
    for resolution, micros in (("720p", 50_000), ("1080p", 90_000)):
        found = estimate(profile, duration_ms=8000, facts={"resolution": resolution})
        assert (found.low_micros, found.high_micros) == (8 * micros, 8 * micros)


def test_what_is_sent(case: RemoteCase, server: ContractServer, media: CaseMedia, tmp_path: Path) -> None:
    rig = rig_over(case, server, tmp_path, media)
    rig.submit()
    (sent,) = [json_of(seen) for seen in rig.stage.seen if seen.path == "/v1/dreams"]
    assert sent == {
        "model": "dream-1",
        "prompt": "A kite over the dunes",
        "seed": 7,
        "seconds": 4,
        "size": "1280x720",
        "first": f"{server.url}/storage/{media.picture.stat().st_size}",
    }


def test_what_the_catalogue_does_not_allow_is_not_sent(
    case: RemoteCase, server: ContractServer, media: CaseMedia, tmp_path: Path
) -> None:
    rig = rig_over(case, server, tmp_path, media)
    long = rig.request().model_copy(update={"prompt": "x" * 1001})
    with pytest.raises(CapabilityError, match="1,000"):
        rig.run(lambda provider: provider.submit(long))
    assert rig.stage.seen == []


def test_its_address_and_key_come_from_the_environment(
    package: Path, server: ContractServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("TAKEBRIDGE_ACME_URL", server.url), ("ACME_API_KEY", KEY), ("PYTHONPATH", str(package))):
        monkeypatch.setenv(name, value)
    told = subprocess.run(
        [sys.executable, "-m", "takebridge_server", "keys", "test", "acme", "--home", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "12.50 USD" in told.stdout


def test_the_server_to_try_it_with_starts(package: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(package / "try_acme.py")],
        input="\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.match(r"TAKEBRIDGE_ACME_URL=http://127\.0\.0\.1:\d+ ACME_API_KEY=\S+", done.stdout)


def test_the_page_names_what_exists(package: Path) -> None:
    assert import_module("acme_dreams").make
    text = PAGE.read_text("utf-8")
    for place in re.findall(r"\]\(([^)#]+)", text):
        assert (PAGE.parent / place).exists(), place
