"""What must hold after each press, whatever it was: nothing broke, nothing is lost, the keys go somewhere."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QPoint, QRect, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenuBar, QScrollArea, QStackedWidget, QWidget

from tests.journeys.rep import Rep

_OF_THE_PLATFORM = ("propagateSizeHints", "raise()", "grabbing the keyboard", "fontconfig")
GROWING_S = 0.6
_ROW_TABLES = {"person": "people", "deal": "deals", "company": "companies"}


class Ear(logging.Handler):
    """Hears what went wrong without anybody being told: exceptions of slots, warnings of Qt's, errors logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        why = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.heard.append(f"logged: {record.getMessage()} {why}")

    def mishap(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """For sys.excepthook."""
        self.heard.append("".join(traceback.format_exception(kind, error, trace)))

    def qt(self, kind: QtMsgType, where: QMessageLogContext, words: str) -> None:
        """For qInstallMessageHandler."""
        if kind is not QtMsgType.QtDebugMsg and not any(each in words for each in _OF_THE_PLATFORM):
            self.heard.append(f"Qt: {words}")

    def take(self) -> list[str]:
        """What was heard since."""
        heard, self.heard = self.heard, []
        return heard


@contextmanager
def listening() -> Iterator[Ear]:
    """Everything that would be printed and lost is heard."""
    ear = Ear()
    before, of_threads = sys.excepthook, threading.excepthook
    sys.excepthook = ear.mishap
    threading.excepthook = lambda args: ear.heard.append("".join(traceback.format_exception(*_three(args))))
    qt_before = qInstallMessageHandler(ear.qt)
    logging.getLogger().addHandler(ear)
    try:
        yield ear
    finally:
        logging.getLogger().removeHandler(ear)
        qInstallMessageHandler(qt_before)
        sys.excepthook, threading.excepthook = before, of_threads


def _three(args: threading.ExceptHookArgs) -> tuple[Any, Any, Any]:
    return args.exc_type, args.exc_value, args.exc_traceback


Typed = tuple[str, str, str]
"""A subject's id, a button's code, and words."""


class Eye:
    """Looks at one window after each press; `faults` says what is wrong, in words."""

    def __init__(self, rep: Rep) -> None:
        self.rep = rep
        self._typed: Typed | None = None
        self._resumed = ""
        self._drafts: dict[str, str] = {}
        self._gestures = self._gesture_count()
        self.look()

    def look(self) -> list[str]:
        """The faults of this moment."""
        return [*self._focus(), *self._selection(), *self._sheet(), *self._words(), *self._buttons()]

    def _focus(self) -> list[str]:
        if QApplication.activePopupWidget() is not None:
            return []
        if QApplication.activeWindow() is None:
            return ["no window is active"]
        focus = QApplication.focusWidget()
        if focus is None:
            return ["the focus is nowhere"]
        end = time.monotonic() + GROWING_S
        while seen(focus).isEmpty() and focus.isVisible() and time.monotonic() < end:
            QApplication.processEvents()  # what it stands in is still growing
        # Scrolled away by the rep is where she wants it.
        clipped = seen(focus).isEmpty() and not any(isinstance(each, QScrollArea) for each in above(focus))
        if not focus.isVisible() or not focus.isEnabled() or clipped:
            return [f"the focus is on what can't be seen: {named(focus)}"]
        if focus is self.rep.app.window or isinstance(focus, QStackedWidget):
            return [f"the focus is on nothing: {named(focus)}"]
        palette = self.rep.app.beside.palette
        if palette is not None and palette.isVisible() and palette.window() is focus.window():
            # From a closed menu its bar is walked on; another Escape leads back.
            stays = palette.isAncestorOf(focus) or isinstance(focus, QMenuBar)
            return [] if stays else [f"the focus is behind the palette: {named(focus)}"]
        return []

    def _selection(self) -> list[str]:
        app = self.rep.app
        subject = app.window.subject()
        if app.window.here != "go.today":
            return []
        if subject is None:
            return ["nobody is selected on Today"] if any(each.row for each in app.today._items) else []
        with self.rep.core.database.read() as rows:
            found = rows.value(f"SELECT 1 FROM {_ROW_TABLES[subject.kind]} WHERE id = ?", (subject.id,))
        return [] if found else [f"{subject.name} is selected and not in the book"]

    def _sheet(self) -> list[str]:
        app = self.rep.app
        if app.sheet.isHidden() == app.logging.is_open:
            return [f"the sheet is {'hidden' if app.sheet.isHidden() else 'shown'} against its model"]
        if app.logging.is_open and app.sheet.line.text != app.logging.text:
            return [f"the line reads {app.sheet.line.text!r}, its model {app.logging.text!r}"]
        return []

    def _words(self) -> list[str]:
        """A line that is no longer in the sheet, and a draft that is kept no longer, were saved or taken up again."""
        app, faults = self.rep.app, []
        logging_ = app.logging
        now: Typed | None = None
        if logging_.is_open and logging_.subject is not None and logging_.button is not None:
            now = logging_.subject.id, logging_.button.code, logging_.text
        with self.rep.core.database.read() as rows:
            drafts = {each: str(line) for each, line in rows.all("SELECT record_id, line FROM drafts")}
        gestures = self._gesture_count()
        acted = gestures != self._gestures
        before = self._typed
        left = before is not None and (now is None or now[:2] != before[:2]) and not acted
        if before is not None and left and before[2].strip() and not _holds(drafts.values(), before[2]):
            faults.append(f"typed and lost: {before[2]!r} for {before[:2]}")
        for each, line in self._drafts.items():
            edited = any(typed is not None and typed[0] == each for typed in (before, now)) and line == self._resumed
            if not acted and not edited and not _holds(drafts.values(), line) and (now is None or now[2] != line):
                faults.append(f"a draft is gone: {line!r}")
        if now is None:
            self._resumed = ""
        elif before is None or before[:2] != now[:2]:
            self._resumed = drafts.get(now[0], "") if drafts.get(now[0], "") == now[2] else ""
        elif drafts.get(now[0], "") == now[2]:
            self._resumed = now[2]
        self._typed, self._drafts, self._gestures = now, drafts, gestures
        return faults

    def _gesture_count(self) -> tuple[int, int]:
        with self.rep.core.database.read() as rows:
            made, undone = rows.one("SELECT count(*), count(undone_at) FROM gestures") or (0, 0)
        return int(made), int(undone)

    def _buttons(self) -> list[str]:
        top = QApplication.activeWindow()
        if top is None:
            return []
        nameless = [
            button
            for button in within(top)
            if isinstance(button, QAbstractButton)
            and button.isVisible()
            and not (button.text() or button.accessibleName())
        ]
        return [f"a button says nothing: {named(each)}" for each in nameless]


def _holds(lines: Any, words: str) -> bool:
    return any(" ".join(words.split()) in " ".join(str(line).split()) for line in lines)


def above(widget: QWidget) -> Iterator[QWidget]:
    """What it stands in, from near to far."""
    each = widget.parentWidget()
    while each is not None:
        yield each
        each = each.parentWidget()


def within(widget: QWidget) -> Iterator[QWidget]:
    """All that stands in it, in its order. (`findChildren` would tell Python that they are its own children.)"""
    for child in widget.children():
        if isinstance(child, QWidget):
            yield child
            yield from within(child)


def seen(widget: QWidget) -> QRect:
    """The part of a widget that lies within all it stands in, in its own coordinates; what floats over it apart."""
    rect = widget.rect()
    each, parent = widget, widget.parentWidget()
    at = QPoint()
    while parent is not None and not each.isWindow():
        at += each.pos()
        rect &= parent.rect().translated(-at)
        each, parent = parent, parent.parentWidget()
    return rect


def named(widget: QWidget) -> str:
    """A widget and where it stands, for whoever reads a fault."""
    chain: list[str] = []
    each: QWidget | None = widget
    while each is not None and len(chain) < 5:
        chain.append(f"{type(each).__name__}{'' if each.isVisible() else ' (hidden)'}")
        each = each.parentWidget()
    return f"{widget.accessibleName()!r} {' in '.join(chain)}"
