"""The bar above Today while the book arrives for the first time: real counts, and that the rep can start now."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from companion.domain.records import Kind
from companion.domain.sync_status import Loading, SyncStatus
from ui.theme import fonts
from ui.widgets.label import Label
from ui.widgets.painting import hairline, shade
from ui.widgets.progress import Progress

_HEIGHT = 40


class ArrivingBar(QWidget):
    """Takes no room while nothing arrives. Cancel is not needed: what is there can be used, and the rest goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Label("", "meta", "text2", tabular=True, elide=True)
        self.bar = Progress(self.tr("How much of your book is here"), tint="accent", width=120)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(12)
        row.addWidget(self.bar)
        row.addWidget(self.words, 1)
        self.setFixedHeight(fonts.px(_HEIGHT))
        self.hide()

    def set_status(self, status: SyncStatus) -> None:
        """Shows how far the first reading has come; goes away when there is none."""
        loading = status.loading
        self.setVisible(loading is not None)
        if loading is None:
            return
        self.words.set_text(arriving_words(loading))
        total = loading.total
        self.bar.setVisible(total is not None and total >= loading.done > 0)
        self.bar.set_done(loading.done, total or 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade("subtle"))
        hairline(painter, 0, self.height() - 1, self.width())


def arriving_words(loading: Loading) -> str:
    """'3,120 of 8,400 people. You can start now.'"""
    tr = QCoreApplication.translate
    nouns = {
        Kind.COMPANY: tr("ArrivingBar", "companies"),
        Kind.PERSON: tr("ArrivingBar", "people"),
        Kind.DEAL: tr("ArrivingBar", "deals"),
        Kind.ACTIVITY: tr("ArrivingBar", "history entries"),
        Kind.ENGAGEMENT: tr("ArrivingBar", "marketing touches"),
    }
    noun = nouns.get(loading.kind)
    if noun is None:
        return tr("ArrivingBar", "Your list is on its way. The team's set-up comes first.")
    if loading.total is None or loading.total < loading.done:
        counted = tr("ArrivingBar", "%1 %3 so far.")
    else:
        counted = tr("ArrivingBar", "%1 of %2 %3.")
    counted = counted.replace("%1", f"{loading.done:,}").replace("%2", f"{loading.total or 0:,}").replace("%3", noun)
    people_come = loading.kind is Kind.COMPANY
    return f"{counted} {tr('ArrivingBar', 'People come next.' if people_come else 'You can start now.')}"
