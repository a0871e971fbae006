"""The pages about providers name what there is: every field of a catalogue, every provider, links that lead on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from takebridge.providers import catalog, facts

DOCS = Path(__file__).resolve().parents[3] / "docs"
WHOLE = (DOCS / "providers.md").read_text("utf-8")
PAGES = [DOCS / "providers.md", DOCS / "keys.md", DOCS / "write-a-provider.md"]


@pytest.mark.parametrize(
    "value",
    [
        facts.ProviderFacts,
        facts.ModelProfile,
        facts.InputSlot,
        facts.PriceRule,
        facts.Mode,
        facts.BodyField,
        facts.Rights,
    ],
    ids=lambda value: value.__name__,
)
def test_every_field_is_explained(value: type[facts.Value]) -> None:
    said = set(re.findall(r"[a-z_0-9]+", WHOLE))
    assert set(value.model_fields) - said == set()


def test_every_provider_has_a_page_that_the_index_links() -> None:
    linked = set(re.findall(r"\]\(providers/([a-z_]+)\.md\)", WHOLE))
    assert set(catalog.names()) - {"local"} <= linked
    assert {page.stem for page in (DOCS / "providers").glob("*.md")} == linked


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for place, part in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", page.read_text("utf-8")):
        target = page.parent / place if place else page
        assert target.exists(), place
        if part:
            heads = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert part in {re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-") for head in heads}, part


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_they_name_exist(page: Path) -> None:
    root = DOCS.parent
    for name in re.findall(r"`((?:tests|bridge|docs)/[\w/.]+\.\w+)`", page.read_text("utf-8")):
        assert (root / name).exists() or name.endswith("remote_cases/acme.py"), name
