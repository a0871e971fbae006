"""``models``, ``models show`` and ``models loadouts``: which models there are, for which shot, at which price."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from takebridge.client.model_types import LoadoutFacts, ModelOffers, NamedModels
from takebridge.errors import NotFoundError, UnknownModelError
from takebridge_server import show_models
from takebridge_server.commands.terminal import Home, Json, do, settings_of

if TYPE_CHECKING:
    from takebridge.providers.registry import ProviderRegistry

models = typer.Typer(help="Models: list them, compare them for a shot, see one whole. Needs no running bridge.")

Shot = Annotated[
    str, typer.Option("--for", help='The shot in words, such as "replace a 6 s clip, keep motion" or "a still, 4k".')
]
Kind = Annotated[str, typer.Option("--kind", help="Only models that make this: video, image, voice …")]
Provider = Annotated[str, typer.Option("--provider", help="Only models of this provider: fal, runway …")]
All = Annotated[bool, typer.Option("--all", help="Retired ones, and those that cannot make the shot, as well.")]
ModelName = Annotated[str, typer.Argument(help="A model's name, as people say it, or its id.")]


@models.callback(invoke_without_command=True)
def listed(
    context: typer.Context,
    shot: Shot = "",
    kind: Kind = "",
    provider: Provider = "",
    everything: All = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List the models, or those for one shot with what it costs at each. Without a key they are listed all the same."""
    if context.invoked_subcommand is not None:
        return

    def work() -> ModelOffers:
        from takebridge.services.offers import offers_for  # loads the media tools, which few commands need

        registry = registry_of(home)
        if provider and provider not in (there := sorted({one.provider for one in registry.profiles()})):
            raise NotFoundError(f"No provider is called “{provider}”.", hint=f"There are {', '.join(there)}.")
        found = offers_for(registry, shot, kind=kind, provider=provider)
        if everything:
            return found
        kept = tuple(one for one in found.models if one.lifecycle != "retired" and one.fits is not False)
        return found.model_copy(update={"models": kept})

    do(as_json, work, lambda found: show_models.offers(found, shot, everything=everything))


@models.command("show")
def show(name: ModelName, home: Home = None, as_json: Json = False) -> None:
    """Show all that is known of a model; of a retired one why, and what follows it."""

    def work() -> NamedModels:
        from takebridge.services.offers import named_models  # as above

        found = named_models(registry_of(home), name)
        if not found.cards:
            raise UnknownModelError(found.words, hint="'takebridge models' lists them.")
        return found

    do(as_json, work, show_models.cards)


@models.command("loadouts")
def list_loadouts(home: Home = None, as_json: Json = False) -> None:
    """Show which models serve which type of shot, and which of them are ready."""

    def work() -> list[LoadoutFacts]:
        from takebridge.services.loadouts import loadouts  # as above

        return loadouts(registry_of(home), settings_of(home).home)

    do(as_json, work, show_models.loadouts)


def model_id_of(home: Path | None, name: str | None) -> str | None:
    """Return the id of the one model a name means; any other text as it is, for the bridge to say what is wrong."""
    if name is None or "/" in name:
        return name
    from takebridge.providers.naming import named  # as above

    meant = named(name, registry_of(home).profiles())
    return meant.usable[0].id if len(meant.usable) == 1 else name


def registry_of(home: Path | None) -> ProviderRegistry:
    """Return the catalogue as a bridge of this data folder would have it now."""
    from takebridge.providers.registry import load_registry  # as above

    return load_registry(settings_of(home).home)
