"""The sign in the tray: what can be done without the window, and reminders where the desktop has no better place."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from ui.theme import icons

SHOWN_MS = 15_000


class Tray(QObject):
    """Only where there is a tray and the rep chose to keep Companion running. Its menu needs no open window."""

    wants = Signal(str)
    """'open', 'quick_log', 'sync' or 'quit'."""
    clicked = Signal(str)
    """The key of the message that was clicked."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._key = ""
        self._menu = QMenu()
        self._menu.setAccessibleName(self.tr("Companion"))
        words = {
            "open": self.tr("Open Companion"),
            "quick_log": self.tr("Quick log"),
            "sync": self.tr("Sync now"),
            "quit": self.tr("Quit"),
        }
        self.actions = {code: self._action(code, text) for code, text in words.items()}
        self._icon = QSystemTrayIcon(icons.icon("handshake", "accent"), self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(lambda: self.clicked.emit(self._key))
        self._icon.show()

    @staticmethod
    def is_there() -> bool:
        """Whether this desktop has a tray."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def words(self) -> str:
        """What it says when the pointer rests on it."""
        return self._icon.toolTip()

    def count(self, words: str) -> None:
        """How many people are left today, in words; never who."""
        self._icon.setToolTip(_unmarked(words))

    def show_message(self, key: str, title: str, body: str) -> bool:
        """Shows a message that has no buttons; whether it could be."""
        if not (self._icon.isVisible() and QSystemTrayIcon.supportsMessages()):
            return False
        self._key = key
        self._icon.showMessage(_unmarked(title), _unmarked(body), QSystemTrayIcon.MessageIcon.Information, SHOWN_MS)
        return True

    def go(self) -> None:
        """Leaves the tray."""
        self._icon.hide()
        self._menu.deleteLater()

    def _action(self, code: str, words: str) -> QAction:
        action = self._menu.addAction(words)
        action.triggered.connect(lambda: self.wants.emit(code))
        if code == "sync":
            self._menu.addSeparator()
        return action

    def _activated(self, why: QSystemTrayIcon.ActivationReason) -> None:
        if why in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.wants.emit("open")


def _unmarked(text: str) -> str:
    """Qt hands a message on as it is, and Linux desktops read markup in it: there nothing may look like any."""
    if not sys.platform.startswith("linux"):
        return text
    return text.replace("&", "＆").replace("<", "‹").replace(">", "›")
