"""Jobs and money as the panel knows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from takebridge.errors import BridgeError
from takebridge.ids import JobId
from takebridge_resolve.panel.job_words import footer, shown_jobs, today, usual_seconds
from takebridge_resolve.panel.link import Link

if TYPE_CHECKING:
    from takebridge.client.api import Api
    from takebridge.client.live import LiveEvent
    from takebridge.client.replies import CapFacts, Job, SpendFacts

MONEY_SETTLE_MS = 400
_ACTIVE = ("Pending", "InProgress")


class Jobs(QObject):
    """All jobs by id, oldest first, and what today cost. ``progressed``: a job moved on, its status is the same."""

    changed = Signal()
    progressed = Signal(str)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.link = link
        self.all: dict[str, Job] = {}
        self.eta: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.cancelling: set[str] = set()
        self.dismissed: set[str] = set()
        self.spent: list[SpendFacts] = []
        self.caps: list[CapFacts] = []
        self._settle = QTimer(self, interval=MONEY_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self.load_money)

    def load(self) -> None:
        """Load jobs and money."""
        self.link.ask(lambda api: api.jobs(), self._got, self._ignore)
        self.load_money()

    def load_money(self) -> None:
        """Load what was spent and the caps."""
        self.link.ask(_money, self._got_money, self._ignore)

    def _ignore(self, error: BridgeError) -> None:
        """The strip says that the bridge is away; the numbers stay as they were."""

    def _got(self, jobs: list[Job]) -> None:
        self.all = {job.job: job for job in jobs}
        self.changed.emit()

    def _got_money(self, money: tuple[list[SpendFacts], list[CapFacts]]) -> None:
        self.spent, self.caps = money
        self.changed.emit()

    def take_in(self, event: LiveEvent) -> None:
        """Take in ``job.changed`` or ``job.progress``."""
        from takebridge.client.replies import Job, read

        job = read(Job, event.data)
        before = self.all.get(job.job)
        self.all[job.job] = job
        if isinstance(eta := event.data.get("eta_seconds"), int):
            self.eta[job.job] = eta
        if before is not None and before.status == job.status:
            self.progressed.emit(job.job)
            return
        if job.status not in _ACTIVE:
            self.cancelling.discard(job.job)
        self._settle.start()
        self.changed.emit()

    def cancel(self, job_id: JobId) -> None:
        """Ask a job to stop; until it has, its row says so."""
        self.cancelling.add(job_id)
        self.changed.emit()

        def failed(error: BridgeError) -> None:
            self.cancelling.discard(job_id)
            self.changed.emit()
            self.link.trouble.emit(error)

        self.link.ask(lambda api: api.cancel(job_id), self.put, failed)

    def retry(self, job_id: JobId, max_micros: int | None) -> None:
        """Ask once more for a job that failed, for at most what was agreed to the first time."""
        self.dismissed.add(job_id)
        self.link.ask(lambda api: api.retry(job_id, max_micros=max_micros), self.put)

    def decide(self, job_id: JobId, choice: str, max_micros: int | None) -> None:
        """Decide about a job whose outcome is open."""
        self.link.ask(lambda api: api.resolve(job_id, choice, max_micros=max_micros), self.put)

    def dismiss(self, job_id: JobId) -> None:
        """Take a job that ended out of the drawer."""
        self.dismissed.add(job_id)
        self.changed.emit()

    def put(self, job: Job) -> None:
        """Take in a job as the bridge just answered it."""
        self.all[job.job] = job
        self.changed.emit()

    # --- reading

    def shown(self, now: datetime) -> list[Job]:
        """Jobs worth a row, the newest first."""
        return shown_jobs(self.all.values(), frozenset(self.dismissed), now)

    def active_of(self, node_id: str) -> int:
        """How many jobs of a node wait or run."""
        return sum(job.node == node_id and job.status in _ACTIVE for job in self.all.values())

    def failure_of(self, node_id: str) -> str:
        """Why the newest job of a node failed, and whether it cost money; "" when it did not fail."""
        from takebridge_resolve.panel.job_words import failure

        newest = next((job for job in reversed([*self.all.values()]) if job.node == node_id), None)
        return failure(newest) if newest else ""

    def usual(self, model: str) -> tuple[int | None, int | None]:
        """How many seconds jobs of a model took."""
        return usual_seconds(self.all.values(), model)

    def footer(self) -> str:
        """The line below everything."""
        now = datetime.now(UTC)
        return footer(self.shown(now), today(self.spent, self.caps, f"{now:%Y-%m-%d}"))


def _money(api: Api) -> tuple[list[SpendFacts], list[CapFacts]]:
    return api.spend(by=["day"]), api.caps()
