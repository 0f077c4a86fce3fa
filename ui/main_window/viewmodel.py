"""What the frame of the window shows: how many people are left, how sync is doing, what was just done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal

from companion.domain.changes import Changes
from companion.domain.sync_status import Phase, SyncStatus, foot_words
from companion.domain.words import one_line, shortened
from companion.queries.standing import standing
from ui.session import Session

_IN_MENU: Final = 60
"""Characters of an act's words that a menu has room for."""


class FrameViewModel(QObject):
    """The sidebar's counts and foot, and the toast. Lives on the UI thread."""

    counted = Signal()
    foot_moved = Signal()
    said = Signal(str, bool)
    """Words for the toast, and whether they can be undone."""
    took_back = Signal(str)
    """Words for the toast of an act that was undone."""
    undone = Signal()

    def __init__(self, session: Session, today_left: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._today_left = today_left
        self.status: SyncStatus | None = None
        self.open_deals = 0
        self._standing = SyncStatus()

    def count(self) -> None:
        """Counts anew what the sidebar shows."""
        with self._session.database.read() as rows:
            self.open_deals = int(
                rows.value(
                    "SELECT count(*) FROM deals WHERE status = 'open' AND gone IS NULL"
                    " AND owner_id = (SELECT json_extract(value, '$') FROM meta WHERE key = 'me')"
                )
                or 0
            )
        self.counted.emit()
        self._stand()

    @property
    def today_left(self) -> int:
        """People on today's list who are not done."""
        return self._today_left()

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        self.count()

    def sync_moved(self, status: SyncStatus) -> None:
        """The sync worker says how it is doing."""
        self.status = status
        self._stand()

    def outbox_changed(self) -> None:
        """Changes have moved, and no record with them."""
        self._stand()

    def _stand(self) -> None:
        # The counts are the file's: what the sync said last may be older than the rep's last act.
        with self._session.database.read() as rows:
            self._standing = standing(rows, self.status)
        self.foot_moved.emit()

    @property
    def foot(self) -> tuple[str, str]:
        """The words of the sidebar's foot and the icon before them."""
        icons = {
            Phase.SYNCING: "refresh-cw",
            Phase.OFFLINE: "cloud-off",
            Phase.SIGN_IN: "key-round",
            Phase.STOPPED: "circle-alert",
        }
        said = foot_words(self._standing, int(self._session.clock().timestamp()))
        return said, icons.get(self._standing.phase, self._resting_icon())

    def _resting_icon(self) -> str:
        """Where the sidebar is narrow it is all that is seen: a check only when all is said and done."""
        standing = self._standing
        if standing.conflicts + standing.attention or standing.problem is not None:
            return "circle-alert"
        return "cloud" if standing.waiting or self.status is None else "cloud-check"

    def done(self, words: str, gesture_id: str | None) -> None:
        """An act was made: say it, offer Undo."""
        self.said.emit(words, gesture_id is not None)

    def undo(self) -> None:
        """Undoes the newest act, whoever's toast it was."""
        from companion.actions.undo import undo

        done = undo(self._session.desk())
        if done is not None and done.took_back:
            self.took_back.emit(done.words)
        else:
            self.said.emit(done.words if done is not None else self.tr("Nothing to undo"), False)
        if done is not None:
            self.undone.emit()

    def redo(self) -> None:
        """Does the act again that was undone last; it can be undone again."""
        from companion.actions.redo import redo

        done = redo(self._session.desk())
        self.said.emit(
            done.words if done is not None else self.tr("Nothing to do again"), bool(done and done.gesture_id)
        )
        if done is not None:
            self.undone.emit()

    def undo_words(self) -> str:
        """'Undo: Connected, Marta Ferreira'; '' when there is nothing to undo."""
        from companion.actions.undo import next_undo

        with self._session.database.read() as rows:
            what = next_undo(rows)
        return self.tr("Undo: %1").replace("%1", shortened(one_line(what), _IN_MENU)) if what is not None else ""

    def redo_words(self) -> str:
        """'Redo: Connected, Marta Ferreira'; '' when nothing was undone, or something else was done since."""
        from companion.actions.redo import next_redo

        with self._session.database.read() as rows:
            what = next_redo(rows)
        return self.tr("Redo: %1").replace("%1", shortened(one_line(what), _IN_MENU)) if what is not None else ""
