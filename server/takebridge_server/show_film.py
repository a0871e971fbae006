"""An exported film drawn for people in a terminal."""

from __future__ import annotations

from rich.console import RenderableType
from rich.markup import escape

from takebridge.client.replies import ExportedFor, FilmExported


def film(found: FilmExported) -> RenderableType:
    """Where it is, how long it is, and what the cut could not say."""
    lines = [
        f"[green]{escape(str(found.video))}[/green]",
        f"[green]{escape(str(found.otio))}[/green]",
        f"  {found.frame_count} frames at {found.rate} = {found.timecode}, the film and its cut alike",
        f"  {len(found.media)} media {'file' if len(found.media) == 1 else 'files'} in "
        f"{escape(str(found.otio.parent / 'media'))}",
    ]
    if isinstance(found, ExportedFor) and found.document is not None:
        lines += [f"[green]{escape(str(found.document))}[/green]"]
        lines += [f"[green]{escape(str(found.bundle))}[/green]"] if found.bundle else []
        lines += [f"  {escape(found.steps)}"]
        lines += (
            [f"  CapCut's list of drafts was changed; as it was: {escape(str(found.backup))}"] if found.backup else []
        )
    return "\n".join([*lines, *(f"  {escape(loss)}" for loss in found.losses)])
