"""The pipeline as rows: groups with their sums, deals that stay put while the world moves under them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from companion.database import Rows
from companion.domain import words
from companion.domain.changes import Changes
from companion.domain.language import number, trn
from companion.domain.money import Money
from companion.domain.records import Kind
from companion.queries.pipeline import Group, Pipeline, PipelineRow, Progress, pipeline, progress
from ui.merged_rows import merge
from ui.pipeline.look import PipelineLook
from ui.session import Session, Subject
from ui.theme.tokens import Tone
from ui.widgets.looks import RowRole

Index = QModelIndex | QPersistentModelIndex
_HEAD: Final = Qt.ItemFlag.ItemNeverHasChildren
_DEAL: Final = _HEAD | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_NEAR: Final = 7
_AT_ONCE: Final = 40
"""Rows whose next step and last touch are read together when one of them is painted."""
_IN_SIGHT: Final = 80
"""Rows of which is known how they look: more than any screen shows. The others are worded when they come up again."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row under an id that stays the same while it is about the same thing."""

    id: str
    deal: PipelineRow | None = None
    group: Group | None = None


class PipelineViewModel(QAbstractListModel):
    """The list model of the pipeline. Sync never resets it; next steps are read when their rows come into view."""

    loaded = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lines: list[Line] = []
        self._progress: dict[str, Progress] = {}
        self._looks: dict[str, PipelineLook] = {}
        self.pipeline = Pipeline((), session.clock().date())
        self.typed = ""
        """What the rep looks for; '' shows every deal."""
        self._all = self.pipeline
        self._deals: dict[str, Line] = {}
        self._texts: dict[str, str] = {}
        """In which text each deal is looked for; read at the first letter."""

    # The model ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        if role == RowRole.LOOK:
            return self.look(index.row())
        if role in (RowRole.SPOKEN, int(Qt.ItemDataRole.DisplayRole)):
            return self.look(index.row()).spoken
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _HEAD if self.is_head(index.row()) else _DEAL

    def deal(self, row: int) -> PipelineRow | None:
        """The deal in a row; None for a head."""
        return self._lines[row].deal if 0 <= row < len(self._lines) else None

    def is_head(self, row: int) -> bool:
        """Whether a row is the head of a group."""
        return self._lines[row].deal is None

    def row_of(self, deal_id: str) -> int:
        """Where a deal stands; -1 when it does not."""
        return next((i for i, line in enumerate(self._lines) if line.id == deal_id), -1)

    def subject(self, row: int) -> Subject | None:
        """The deal in a row, as what the next key is about."""
        deal = self.deal(row)
        return _subject(deal) if deal is not None else None

    def subjects(self) -> list[Subject]:
        """Every deal in its order, for next and previous."""
        return [_subject(deal) for deal in self.pipeline.rows]

    # Loading ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def load(self) -> None:
        """Reads the pipeline and moves the rows to what it says now."""
        session = self._session
        with session.database.read() as rows:
            self._all = pipeline(rows, session.clock(), session.zone)
            self._deals = {deal.id: Line(deal.id, deal) for deal in self._all.rows}
            self._texts.clear()
            found = self._matching(rows)
        before, self._looks = self._looks, {}
        self._progress.clear()
        self._show(found, before)

    def find(self, typed: str) -> None:
        """Shows the deals that match; '' shows all again. What was read is read again only on another day."""
        if typed == self.typed:
            return
        self.typed = typed
        if self._session.clock().date() != self._all.today:
            self.load()
            return
        with self._session.database.read() as rows:
            found = self._matching(rows)
        heads = {line.id for line in self._lines if line.deal is None}
        self._show(found, {each: self._looks.pop(each) for each in heads if each in self._looks})

    def _show(self, ids: frozenset[str] | None, before: dict[str, PipelineLook]) -> None:
        """The rows become those of the deals with these ids; `before` is how rows looked that may read differently."""
        self.pipeline = _only(self._all, ids)
        # Whether a row reads differently is known only once it was painted: `_tell` looks at those.
        merge(self, self._lines, self._wanted(), differ=lambda here, now: False)
        self._tell(before)
        self.loaded.emit()

    @property
    def without_a_step(self) -> str:
        """The words that find the deals without a next step: those that stand in their rows."""
        return self.tr("No next step")

    @property
    def nothing_words(self) -> str:
        """Why there is no row, where there is none."""
        if self._all.groups:
            return self.tr("No deals match “%1”.").replace("%1", words.shortened(self.typed.strip(), 40))
        return self.tr("No open deals yet.")

    @property
    def is_filtered(self) -> bool:
        """Whether the rows are those of a search."""
        return bool(self.typed.strip())

    def _matching(self, rows: Rows) -> frozenset[str] | None:
        from companion.queries.pipeline_filter import matching, texts, without_a_step

        typed = self.typed.strip()
        if not typed:
            return None
        if typed.casefold() == self.without_a_step.casefold():
            return without_a_step(rows, int(self._session.clock().timestamp()))
        if not self._texts:
            self._texts = texts(rows)
        return matching(self._texts, typed)

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        self.load()

    @property
    def summary(self) -> str:
        """'€299k open · €101k closes this month · 3 need attention · 2 parked'."""
        found = self.pipeline
        together, closing = found.open, found.closing
        parts = [self.tr("%1 open").replace("%1", sums_words(together))] if together else []
        if closing:
            parts.append(self.tr("%1 closes this month").replace("%1", sums_words(closing)))
        if found.attention:
            parts.append(trn("{n} needs attention", "{n} need attention", found.attention))
        if found.parked:
            parts.append(trn("{n} parked", "{n} parked", found.parked))
        return " · ".join(parts)

    # Rows as they look ──────────────────────────────────────────────────────────────────────────────────────────────

    def look(self, row: int) -> PipelineLook:
        """How a row looks; reads what comes next on the deals near it, once."""
        line = self._lines[row]
        known = self._looks.pop(line.id, None)
        if known is None:
            if line.deal is not None and line.id not in self._progress:
                self._read_progress(row)
            known = self._head(line.group) if line.group else self._deal(line.deal)
            if len(self._looks) >= _IN_SIGHT:
                del self._looks[next(iter(self._looks))]
        self._looks[line.id] = known  # the last that was asked for stands last
        return known

    def _read_progress(self, row: int) -> None:
        near = [line.deal for line in self._lines[row : row + _AT_ONCE] if line.deal is not None]
        session = self._session
        with session.database.read() as rows:
            wanted = [deal for deal in near if deal.id not in self._progress]
            self._progress.update(progress(rows, wanted, session.clock(), session.zone))

    def _head(self, group: Group) -> PipelineLook:
        title = self._group_name(group)
        count, amount = number(len(group.rows)), sums_words(group.sums)
        tone: Tone = "warn" if group.kind == "attention" else "none"
        spoken = ", ".join(each for each in (title, count, amount) if each)
        return PipelineLook("head", title, count, amount, tone=tone, spoken=spoken)

    def _group_name(self, group: Group) -> str:
        if group.month is not None:
            return words.month(group.month, group.month)
        names = {"attention": self.tr("Needs attention"), "later": self.tr("Later"), "parked": self.tr("Parked")}
        return names.get(group.kind, self.tr("No close date"))

    def _deal(self, deal: PipelineRow | None) -> PipelineLook:
        assert deal is not None
        today = self.pipeline.today
        known = self._progress[deal.id]
        close, close_tone = self._close(deal.close_on, today)
        step, step_tone, step_day = self._step(known, today)
        if deal.parked is not None:
            # What is parked is not flagged: why it is stands in the place of what comes next.
            step, step_tone, step_day = deal.parked.sentence(today), "none", ""
        touch = self._touch(known, today)
        stage = deal.stage
        amount = deal.amount.words if deal.amount else ""
        spoken = ". ".join(
            each
            for each in (
                ", ".join(part for part in (deal.name, known.company) if part),
                deal.why,
                amount,
                stage.name if stage else "",
                self.tr("closes %1").replace("%1", close) if deal.close_on else close,
                step,
                self.tr("last touch %1").replace("%1", touch),
            )
            if each
        )
        return PipelineLook(
            "deal",
            deal.name,
            known.company or "",
            amount,
            stage.name if stage else "",
            stage.number if stage else 0,
            stage.of if stage else 0,
            close,
            close_tone,
            step,
            step_tone,
            step_day,
            touch,
            spoken=spoken,
        )

    def _close(self, day: dt.date | None, today: dt.date) -> tuple[str, Tone]:
        if day is None:
            return self.tr("No date"), "warn"
        tone: Tone = "bad" if day < today else "warn" if (day - today).days <= _NEAR else "none"
        return words.dated(day, today), tone

    def _step(self, known: Progress, today: dt.date) -> tuple[str, Tone, str]:
        step = known.step
        if step is None:
            return self.tr("No next step"), "warn", ""
        if step.on is None:
            return step.subject, "none", ""
        distance = (step.on - today).days
        day = words.day(step.on, today) if 0 <= distance <= 1 else words.dated(step.on, today)
        tone: Tone = "bad" if distance < 0 else "warn" if known.promised and distance <= 1 else "none"
        return f"{step.subject}, {day}", tone, f", {day}"

    def _touch(self, known: Progress, today: dt.date) -> str:
        if known.touched is None:
            return self.tr("Never")
        count = max(0, (today - known.touched.date()).days)
        return words.days(count) if count else self.tr("Today")

    # Moving rows ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _wanted(self) -> list[Line]:
        lines = []
        for group in self.pipeline.groups:
            lines.append(Line(f"head:{group.kind}", group=group))
            lines += [self._deals[deal.id] for deal in group.rows]
        return lines

    def _tell(self, before: dict[str, PipelineLook]) -> None:
        """Rows that were painted before and read differently now are painted anew; the others are when they come up."""
        for row, line in enumerate(self._lines):
            if line.id in before and self.look(row) != before[line.id]:
                index = self.index(row, 0)
                self.dataChanged.emit(index, index)


def _only(found: Pipeline, ids: frozenset[str] | None) -> Pipeline:
    """The groups with the deals of these ids alone; None lets all stay."""
    if ids is None:
        return found
    groups = [replace(group, rows=tuple(row for row in group.rows if row.id in ids)) for group in found.groups]
    return replace(found, groups=tuple(group for group in groups if group.rows))


def sums_words(sums: tuple[Money, ...]) -> str:
    """'€299k', '€299k + $12k'; what is small change in a third currency is left out."""
    return " + ".join(money.short for money in sums[:2])


def _subject(deal: PipelineRow) -> Subject:
    return Subject(Kind.DEAL, deal.id, deal.name, deal.person_id, deal.id, deal.name, deal.company_id)
