"""The rep at the window: presses real keys and clicks real buttons, while an event filter counts them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu, QWidget

from companion.bootstrap import Core
from ui.quick_log.screen import QuickLogWindow
from ui.shell import App
from ui.widgets.date_popup import WAIT_MS, DatePopup


class Counter(QObject):
    """Hears what the platform hands to the application's windows: every key let go, every button of the mouse pressed.

    Keys are counted as they are let go, since a key that is a shortcut never reaches a window as a press.
    """

    def __init__(self) -> None:
        super().__init__()
        self.keys = 0
        self.clicks = 0
        self.dialogs: list[str] = []
        self.strays: list[str] = []
        self.paused = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(watched, QWindow) and not self.paused:
            self.keys += kind == QEvent.Type.KeyRelease
            self.clicks += kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
        elif kind == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            if isinstance(watched, QDialog):
                self.dialogs.append(type(watched).__name__)
            elif not isinstance(watched, QMainWindow | QMenu | QuickLogWindow):
                self.strays.append(f"{type(watched).__name__} {watched.accessibleName()}")
        return False


class Rep:
    """Works one window. Keys go to whatever has the focus, clicks to whatever lies there: it calls no slot."""

    def __init__(self, app: App, core: Core, counter: Counter) -> None:
        self.app = app
        self.core = core
        self.counter = counter

    def press(self, *keys: str) -> None:
        """Key after key: 'N', 'Return', 'Ctrl+Z', '/'."""
        for each in keys:
            combination = QKeySequence.fromString(each)[0]  # type: ignore[index]
            QTest.keyClick(_focused(), combination.key(), combination.keyboardModifiers())
            QApplication.processEvents()
            _let_choose()

    def type(self, text: str) -> None:
        """Letter by letter."""
        for letter in text:
            QTest.keyClick(_focused(), ord(letter))
        QApplication.processEvents()

    @contextmanager
    def not_counted(self) -> Iterator[None]:
        """What is typed here is the body of the note, which is as long in every tool."""
        self.counter.paused = True
        yield
        self.counter.paused = False

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """On a widget that can be seen, in the middle or at a place of its own."""
        assert widget.isVisible(), f"{widget.accessibleName() or widget} is not there to be clicked"
        spot = at if at is not None else widget.rect().center()
        shown = widget.visibleRegion().boundingRect()
        assert shown.contains(spot), f"{widget.accessibleName() or widget} is covered"
        top = widget.window()
        handle = top.windowHandle()
        assert handle is not None
        QTest.mouseClick(
            handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, widget.mapTo(top, spot), delay=1
        )
        QApplication.processEvents()

    def click_action(self, menu: QMenu, action: QAction) -> None:
        """On a line of an open menu."""
        self.click(menu, menu.actionGeometry(action).center())

    def choose(self, subject_id: str) -> None:
        """The person's row is in view and selected, as when a conversation has just ended."""
        self.app.page.select(subject_id)
        self.app.page.list.setFocus()
        assert self.selected == subject_id

    @property
    def selected(self) -> str | None:
        """Whom the next key would be about."""
        subject = self.app.window.subject()
        return subject.id if subject else None

    @property
    def focus(self) -> QWidget | None:
        """What has the focus."""
        return QApplication.focusWidget()

    @property
    def toast(self) -> str:
        """What the toast says; '' when there is none."""
        return self.app.window.toast.text if self.app.window.toast.isVisible() else ""

    def id_of(self, name: str) -> str:
        """The local id of a person of the book."""
        with self.core.database.read() as rows:
            return str(rows.value("SELECT id FROM people WHERE name = ?", (name,)))


def _let_choose() -> None:
    """A number in a day's popup chooses when nothing else is typed: the rep looks until it did."""
    line = QApplication.focusWidget()
    popup = line.parentWidget() if line is not None else None
    if isinstance(popup, DatePopup) and popup.is_waiting:
        loop = QEventLoop()
        QTimer.singleShot(WAIT_MS + 30, loop.quit)
        loop.exec()


def _focused() -> QWindow:
    window = QGuiApplication.focusWindow()
    assert window is not None, "no window has the focus"
    return window
