"""What request handlers use, handed to the routers by the app."""

from __future__ import annotations

from dataclasses import dataclass, field

from takebridge.jobs.dispatch import Dispatcher
from takebridge.services.bridge import Bridge
from takebridge.services.exchange import Exchange
from takebridge.services.looking import Looks
from takebridge.services.previews import Previews
from takebridge.services.runs import Runs
from takebridge.services.uploads import Uploads
from takebridge_server.mailbox import Postman
from takebridge_server.panel_door import PanelDoor
from takebridge_server.people.door import PeopleDoor


@dataclass(slots=True)
class Works:
    """What request handlers use.

    ``dispatcher``, ``runs`` and ``previews`` exist while the server runs, ``exchange`` and ``final_cut`` if set.
    ``looks`` is what was looked at in editors.
    """

    bridge: Bridge
    problems: tuple[str, ...]
    dispatcher: Dispatcher | None = None
    runs: Runs | None = None
    exchange: Exchange | None = None
    final_cut: Exchange | None = None
    previews: Previews | None = None
    mailbox: Postman | None = None
    panels: PanelDoor | None = None
    people: PeopleDoor | None = None
    uploads: Uploads | None = None
    looks: Looks = field(default_factory=Looks)

    def all_problems(self) -> tuple[str, ...]:
        """Return what is wrong now, in an editor's words."""
        now = (
            self.mailbox.problem if self.mailbox else "",
            self.panels.store.problem() if self.panels else "",
            self.people.store.problem() if self.people else "",
        )
        return (*self.problems, *filter(None, now))

    @property
    def folders(self) -> tuple[Exchange, ...]:
        """The folders that are watched: the exchange folder, then Final Cut's."""
        return tuple(one for one in (self.exchange, self.final_cut) if one is not None)

    def queue(self) -> Dispatcher:
        """Return the dispatcher; only called from requests, which exist only while it runs."""
        if self.dispatcher is None:
            raise RuntimeError("the job queue is not running")
        return self.dispatcher

    def runner(self) -> Runs:
        """Return what carries out plans; only called from requests."""
        if self.runs is None:
            raise RuntimeError("runs are not being carried out")
        return self.runs

    def previewer(self) -> Previews:
        """Return what makes previews; only called from requests."""
        if self.previews is None:
            raise RuntimeError("previews are not being made")
        return self.previews

    def uploader(self) -> Uploads:
        """Return what takes in uploads; only called from requests."""
        if self.uploads is None:
            raise RuntimeError("uploads are not taken in")
        return self.uploads
