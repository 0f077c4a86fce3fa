"""S and P: until when to put somebody away, and why, in small cards of one or two more keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect

from companion.domain.workspace import QuickPick
from ui.log.waits import Until, Waits
from ui.main_window.screen import MainWindow
from ui.session import Session, Subject

if TYPE_CHECKING:
    from ui.widgets.date_popup import DatePopup


class WaitKeys(QObject):
    """Asks, then lets `Waits` act. `anchor` tells where a card belongs, in the window's coordinates."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        waits: Waits,
        anchor: Callable[[], QRect],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._window = window
        self._waits = waits
        self._anchor = anchor

    def snooze(self) -> None:
        """S: until when, by one more key."""
        subject = self._window.subject()
        if subject is not None:
            title = self.tr("Snooze %1 until").replace("%1", subject.name)
            picks = self._session.workspace.snooze_picks
            self._until(subject, title, picks, lambda until: self._waits.snooze(subject, until))

    def park(self) -> None:
        """P: until when, then why: one key each."""
        subject = self._window.subject()
        if subject is not None:
            title = self.tr("Park %1 until").replace("%1", subject.name)
            picks = self._session.workspace.park_picks
            self._until(subject, title, picks, lambda until: self._why(subject, until))

    def _until(self, subject: Subject, title: str, picks: Sequence[QuickPick], then: Callable[[Until], None]) -> None:
        from ui.widgets.date_popup import DatePopup, Pick

        popup = _for_once(DatePopup(self._window))
        popup.chosen.connect(lambda until: self._waits.wake(subject) if until == "now" else then(until))
        events = [Pick(*each) for each in self._waits.offers(subject)]
        popup.open(self._anchor(), title, picks, self._session.clock(), events=events, timed=True)

    def _why(self, subject: Subject, until: Until) -> None:
        from ui.widgets.words_popup import WordsPopup

        popup = WordsPopup(self._window)
        _for_once(popup)
        popup.chosen.connect(lambda why: self._waits.park(subject, until, str(why)))
        title = self.tr("Park %1 because of").replace("%1", subject.name)
        popup.ask(self._anchor(), title, self._session.workspace.park_reasons, self._session.clock())


def _for_once(popup: DatePopup) -> DatePopup:
    """A popup goes for good with its answer, or without one."""
    popup.chosen.connect(popup.deleteLater)
    popup.cancelled.connect(popup.deleteLater)
    return popup
