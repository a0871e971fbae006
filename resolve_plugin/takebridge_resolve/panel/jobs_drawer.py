"""The footer line and the drawer above it: what is being made, how long it takes, and how to stop it. No animation."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from takebridge.ids import JobId
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.controls import Elided, button, emptied, label
from takebridge_resolve.panel.job_words import JobRow, choice_words, job_row, retry_words
from takebridge_resolve.panel.jobs_state import Jobs

if TYPE_CHECKING:
    from takebridge.client.replies import Job

SECOND_MS = 1_000
MOST_ROWS = 40
DRAWER_HEIGHT = 220


class RowView(QFrame):
    """One job: glyph, what and where, status with time, a thin bar where the provider counts, and its buttons."""

    def __init__(self, jobs: Jobs, job: Job) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.jobs, self.job_id = jobs, JobId(job.job)
        self.glyph = label("")
        self.glyph.setFixedWidth(16)
        self.title = Elided("")
        self.status = Elided("", "label")
        self.status.setFont(theme.font("body", figures=True))
        self.detail = label("", "label", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(6)
        self._made_for: tuple[object, ...] | None = None
        words = QVBoxLayout()
        words.setSpacing(2)
        for part in (self.title, self.status, self.detail, self.bar):
            words.addWidget(part)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 6, 8, 6)
        line.setSpacing(8)
        line.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addLayout(self.buttons)

    def show_job(self, job: Job, now: datetime) -> None:
        """Show a job as it is now."""
        title = self.jobs.names.get(job.node) or "Another canvas"
        found = job_row(
            job, title, now=now, usual=self.jobs.usual(job.model), cancelling=job.job in self.jobs.cancelling
        )
        self.glyph.setText(theme.glyph(found.token))
        self.glyph.setAccessibleName(theme.word(found.token))
        self.glyph.setStyleSheet(f"color: {theme.hex_of(found.token)};")
        self.title.say(found.title)
        self.status.say(found.status)
        self.detail.setText(found.detail)
        self.detail.setAccessibleName(found.detail or "No details")
        self.detail.setToolTip(f"code: {found.code}" if found.code else "")
        self.detail.setVisible(bool(found.detail))
        self.bar.setVisible(job.status == "InProgress" and job.total > 0)
        self.bar.setRange(0, max(1, job.total))
        self.bar.setValue(job.done)
        self._show_buttons(job, found)

    def _show_buttons(self, job: Job, found: JobRow) -> None:
        wanted = (found.can_cancel, found.can_retry, found.choices, job.status, job.high_micros)
        if wanted == self._made_for:
            return
        self._made_for = wanted
        emptied(self.buttons)
        name, most = found.title, job.max_micros
        if found.can_cancel:
            self._add("Cancel", lambda: self.jobs.cancel(self.job_id), name)
        if found.can_retry:
            self._add(retry_words(job), lambda: self.jobs.retry(self.job_id, most), name)
        for choice in found.choices:
            self._add(choice_words(choice), partial(self.jobs.decide, self.job_id, choice, most), name)
        if not found.can_cancel and not found.choices:
            self._add("✕", lambda: self.jobs.dismiss(self.job_id), name, "Dismiss")

    def _add(self, text: str, call: object, name: str, said: str = "") -> None:
        made = button(text, call, "quiet" if said else "", name=f"{said or text}: {name}")  # type: ignore[arg-type]
        self.buttons.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)


class JobsDrawer(QWidget):
    """The footer with its line of counts; pressed, the rows open above it and stay as the person left them."""

    toggled = Signal(bool)
    budget_wanted = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.jobs = jobs
        self.rows: dict[str, RowView] = {}
        self.list = QVBoxLayout()
        self.list.setSpacing(6)
        self.list.setContentsMargins(8, 8, 8, 8)
        self.empty = label("Nothing is being made.", "hint")
        self.cancel_all = button("Cancel pending", self._cancel_pending)
        self.area = self._scrolled()
        self.area.hide()
        self.line = button("", lambda: self.open(not self.is_open), "row", action="jobs")
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.line.setFont(theme.font("body", figures=True))
        self.budget = button("Budget", self.budget_wanted.emit, "quiet", name="Change the budget")
        foot = QFrame()
        foot.setProperty("role", "footer")
        line = QHBoxLayout(foot)
        line.setContentsMargins(4, 2, 4, 2)
        line.addWidget(self.line, 1)
        line.addWidget(self.budget)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.area)
        whole.addWidget(foot)
        self._clock = QTimer(self, interval=SECOND_MS)
        self._clock.timeout.connect(self._tick)
        jobs.changed.connect(self.refresh)
        jobs.progressed.connect(self._on_progress)
        self.refresh()

    def _scrolled(self) -> QScrollArea:
        inside = self._inside = QWidget()
        inside.setObjectName("scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self.list)
        column.addWidget(self.empty, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.cancel_all, 0, Qt.AlignmentFlag.AlignRight)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setAccessibleName("Jobs")
        return area

    @property
    def is_open(self) -> bool:
        """Whether the rows show."""
        return not self.area.isHidden()

    def open(self, opened: bool) -> None:
        """Open or close the drawer."""
        self.area.setVisible(opened)
        self.refresh()
        self.toggled.emit(opened)

    def refresh(self) -> None:
        """Show jobs and money as they are."""
        now = datetime.now(UTC)
        text = self.jobs.footer()
        arrow = "▾" if self.is_open else "▴"
        self.line.setText(f"{arrow}  {text}")
        self.line.setAccessibleName(f"Jobs: {text}. {'Close' if self.is_open else 'Open'} the list")
        shown = self.jobs.shown(now)[:MOST_ROWS]
        self._set_rows(shown, now)
        pending = self._pending()
        self.cancel_all.setText(f"Cancel {len(pending)} pending")
        self.cancel_all.setAccessibleName(self.cancel_all.text())
        self.cancel_all.setVisible(len(pending) > 1)
        self.empty.setVisible(not shown)
        self._fit()
        running = any(job.status == "InProgress" for job in shown)
        if running and self.is_open:
            self._clock.start()
        else:
            self._clock.stop()

    def _fit(self) -> None:
        """As high as its rows, up to `DRAWER_HEIGHT`: the picture above has priority."""
        self._inside.layout().activate()  # type: ignore[union-attr]
        self.area.setFixedHeight(min(DRAWER_HEIGHT, max(48, self._inside.sizeHint().height())))

    def _set_rows(self, shown: list[Job], now: datetime) -> None:
        wanted = {job.job for job in shown}
        for job_id in [*self.rows.keys() - wanted]:
            gone = self.rows.pop(job_id)
            self.list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, job in enumerate(shown):
            view = self.rows.get(job.job)
            if view is None:
                view = self.rows[job.job] = RowView(self.jobs, job)
            if self.list.indexOf(view) != place:
                self.list.insertWidget(place, view)
            view.show_job(job, now)

    def _pending(self) -> list[JobId]:
        waiting = (job for job in self.jobs.all.values() if job.status == "Pending")
        return [job.job for job in waiting if job.job not in self.jobs.cancelling]

    def _cancel_pending(self) -> None:
        for job_id in self._pending():
            self.jobs.cancel(job_id)

    def _tick(self) -> None:
        now = datetime.now(UTC)
        for job_id, view in self.rows.items():
            if (job := self.jobs.all.get(job_id)) is not None and job.status == "InProgress":
                view.show_job(job, now)

    def _on_progress(self, job_id: str) -> None:
        if self.is_open and job_id in self.rows:
            self.rows[job_id].show_job(self.jobs.all[job_id], datetime.now(UTC))
