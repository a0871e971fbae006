"""``template list`` and ``template run``: graphs that ship, and the whole way from one of them to a film."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from takebridge.client.replies import TemplateInfo
from takebridge.errors import BridgeError, UsageError
from takebridge_server import show_template
from takebridge_server.commands.terminal import DEFAULT_AUTHOR, Author, Json, audience, do, fail, micros_of

template = typer.Typer(help="Graphs that ship: list them, make a film of one.", no_args_is_help=True)

SlotValues = Annotated[
    list[str] | None,
    typer.Option("--slot", help="name=words for a text, name=@file for a text in a file, name=file else. Repeatable."),
]


@template.command("list")
def list_templates(as_json: Json = False) -> None:
    """List the templates with their slots. Needs no running bridge."""
    from takebridge.services.templates import template_names  # loads the media tools, which few commands need

    do(as_json, lambda: [_info(name) for name in template_names()], show_template.templates)


@template.command("run")
def run(
    name: Annotated[str, typer.Argument(help="Template, as 'takebridge template list' calls it.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the film and everything made for it.")],
    slot: SlotValues = None,
    max_cost: Annotated[str, typer.Option("--max-cost", help="The most that may be paid in all; 0: nothing.")] = "0",
    author: Author = DEFAULT_AUTHOR,
    as_json: Json = False,
) -> None:
    """Make a film of a template: plan, run, one re-pin, export. Works offline, in a bridge of its own."""
    from takebridge_server.production import produce  # starts processes, which no other command needs

    try:
        result = produce(
            name,
            out.absolute(),
            slots=slot_values(_info(name), slot or []),
            max_micros=micros_of(max_cost),
            author=author,
            console=audience(as_json),
        )
    except BridgeError as error:
        fail(error, as_json)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))


def _info(name: str) -> TemplateInfo:
    from takebridge.services.templates import load_template  # as above

    found = load_template(name)
    slots = [{"name": one.node, "kind": one.kind, "title": one.title, "about": one.about} for one in found.inputs]
    return TemplateInfo.model_validate({"name": found.name, "title": found.title, "about": found.about, "slots": slots})


def slot_values(info: TemplateInfo, given: list[str]) -> dict[str, str]:
    """Return what goes into the slots: words, or whole paths. Raises UsageError and InvalidParamError."""
    kinds = {slot.name: slot.kind for slot in info.slots}
    values: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or name not in kinds:
            raise UsageError(
                f"“{item[:60]}” fills no slot of “{info.title}”.", hint=f"Write name=value with {', '.join(kinds)}."
            )
        values[name] = _value(kinds[name], value)
    return values


def _value(kind: str, value: str) -> str:
    if kind == "text" and not value.startswith("@"):
        return value
    path = Path(value.removeprefix("@")).absolute()
    if not path.is_file():
        raise UsageError(f"There is no file {path}.", hint="Give a file that exists.")
    if kind != "text":
        return str(path)
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as text.", hint="Give a UTF-8 text file.") from error
