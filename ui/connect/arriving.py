"""The bar above Today while the book arrives for the first time: real counts, and that the rep can start now."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from companion.domain.language import number, tr, trn
from companion.domain.records import Kind
from companion.domain.sync_status import Loading, SyncStatus
from ui.theme.tokens import RADIUS_CARD
from ui.widgets.button import LinkButton
from ui.widgets.painting import box
from ui.widgets.paragraph import Paragraph
from ui.widgets.progress import Progress

_ABOVE, _BELOW = 8, 4


class ArrivingBar(QWidget):
    """Takes no room while nothing arrives. What is there can be used meanwhile, and Cancel keeps it."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Paragraph("", role="meta", tint="text2")
        self.bar = Progress(self.tr("How much of your book is here"), tint="accent")
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.cancel = LinkButton(self.tr("Cancel"), role="meta")
        self.cancel.setAccessibleName(self.tr("Cancel: keep what is here, and read no more for now"))
        self.cancel.clicked.connect(self.cancelled)
        self._loading: Loading | None = None
        self._left = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(12, _ABOVE + 10, 12, _BELOW + 6)
        column.setSpacing(2)
        column.addWidget(self.words)
        way = QHBoxLayout()
        way.setSpacing(16)
        way.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        way.addStretch()
        way.addWidget(self.cancel)
        column.addLayout(way)
        self.hide()

    def set_status(self, status: SyncStatus) -> None:
        """Shows how far the first reading has come; goes away when there is none."""
        self._loading = loading = status.loading
        self.setVisible(loading is not None)
        if loading is None:
            return
        total = loading.total
        self.bar.setVisible(total is not None and total >= loading.done > 0)
        self.bar.set_done(loading.done, total or 0)
        self._say()

    def is_arriving(self) -> bool:
        """Whether something can be cancelled."""
        return self._loading is not None

    def leave_off(self) -> None:
        """The rep has enough for now: the page under way is not waited for."""
        self._loading = None
        self.hide()

    def set_left(self, left: int) -> None:
        """How many people stand on the list already."""
        self._left = left
        self._say()

    def paintEvent(self, event: QPaintEvent) -> None:
        box(QPainter(self), QRectF(self.rect()).adjusted(0, _ABOVE, 0, -_BELOW), RADIUS_CARD, "subtle", "hairline")

    def _say(self) -> None:
        if self._loading is not None:
            self.words.set_text(arriving_words(self._loading, self._left))


def arriving_words(loading: Loading, left: int = 0) -> str:
    """'Your list is on its way. 3,120 of 8,400 people so far. You can start with these 6.'"""
    begun = tr("Your list is on its way.")
    counted = _counted(loading)
    start = trn("You can start with this one.", "You can start with these {n}.", left) if left else ""
    return " ".join(each for each in (begun, counted, start) if each)


def _counted(loading: Loading) -> str:
    done, total = loading.done, loading.total
    if total is None or total < done:
        return {
            Kind.COMPANY: trn("{n} company so far.", "{n} companies so far.", done),
            Kind.PERSON: trn("{n} person so far.", "{n} people so far.", done),
            Kind.DEAL: trn("{n} deal so far.", "{n} deals so far.", done),
            Kind.ACTIVITY: trn("{n} entry of the history so far.", "{n} entries of the history so far.", done),
            Kind.ENGAGEMENT: trn("{n} marketing touch so far.", "{n} marketing touches so far.", done),
        }.get(loading.kind, "")
    counted = number(done)
    return {
        Kind.COMPANY: trn("{done} of {n} company so far.", "{done} of {n} companies so far.", total, done=counted),
        Kind.PERSON: trn("{done} of {n} person so far.", "{done} of {n} people so far.", total, done=counted),
        Kind.DEAL: trn("{done} of {n} deal so far.", "{done} of {n} deals so far.", total, done=counted),
        Kind.ACTIVITY: trn(
            "{done} of {n} entry of the history so far.",
            "{done} of {n} entries of the history so far.",
            total,
            done=counted,
        ),
        Kind.ENGAGEMENT: trn(
            "{done} of {n} marketing touch so far.", "{done} of {n} marketing touches so far.", total, done=counted
        ),
    }.get(loading.kind, "")
