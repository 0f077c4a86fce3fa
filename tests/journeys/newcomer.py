"""Somebody who has never seen Companion, in a process of its own: does what the screen says, and tells it as JSON.

    python -m tests.journeys.newcomer [arguments of `companion`]

Where to click is found on the screen by its words alone, as a newcomer finds it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.journeys.rep import Counter
from ui.__main__ import main

PATIENCE_S: Final = 60.0
LOOK_MS: Final = 50


class Newcomer:
    """Goes on as soon as the screen shows what is looked for; each step tells what could be read before it was done."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._counter = Counter()
        application.installEventFilter(self._counter)
        self._began = time.monotonic()
        self.steps: list[dict[str, Any]] = []
        self._timer = QTimer()
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._todo: list[tuple[str, Callable[[], QAccessibleInterface | None], Callable[[QAccessibleInterface], None]]]
        self._todo = []

    def will(self, step: str, words: str, do: Callable[[QAccessibleInterface], None] | None = None) -> None:
        """Once something whose words begin with `words` can be seen, clicks on it."""
        self._todo.append((step, lambda: self._seen(words), do or self._click))

    def start(self) -> None:
        """Looks at the screen now and then."""
        self._timer.start()

    def _look(self) -> None:
        if time.monotonic() - self._began > PATIENCE_S:
            self._leave(trouble=f"nothing like the next step is on the screen: {self._texts()}")
        if not self._todo:
            self._leave()
            return
        step, find, do = self._todo[0]
        found = find()
        if found is None:
            return
        del self._todo[0]
        read = self._texts()
        if do is not None:
            do(found)
        self.steps.append({"step": step, "read": read, "inputs": self._inputs, "seconds": self._seconds})

    def _click(self, what: QAccessibleInterface) -> None:
        middle = what.rect().center()
        top = QApplication.topLevelAt(middle) or QApplication.activeWindow()
        handle = top.windowHandle() if top is not None else None
        assert top is not None
        assert handle is not None
        spot = top.mapFromGlobal(middle)
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(spot))

    @property
    def _inputs(self) -> int:
        return self._counter.keys + self._counter.clicks

    @property
    def _seconds(self) -> float:
        return round(time.monotonic() - self._began, 2)

    def _seen(self, words: str) -> QAccessibleInterface | None:
        return next((each for each in self._nodes() if _name(each).startswith(words)), None)

    def _texts(self) -> list[str]:
        """All that stands on the screen, in words; what is only said by a screen reader too."""
        told = (part for each in self._nodes() for part in (_name(each), each.text(QAccessible.Text.Description)))
        return [each for each in dict.fromkeys(told) if each]

    def _nodes(self) -> Iterator[QAccessibleInterface]:
        for top in self._application.topLevelWidgets():
            waiting: list[QAccessibleInterface | None] = []
            if top.isVisible():
                waiting.append(QAccessible.queryAccessibleInterface(top))
            while waiting:
                node = waiting.pop(0)
                if node is None or not node.isValid() or node.state().invisible:
                    continue
                yield node
                waiting += [node.child(i) for i in range(node.childCount())]

    def _leave(self, trouble: str = "") -> None:
        self._timer.stop()
        told = {
            "steps": self.steps,
            "inputs": self._inputs,
            "seconds": self._seconds,
            "dialogs": self._counter.dialogs,
            "read": self._texts(),
            "trouble": trouble,
        }
        os.write(1, (json.dumps(told) + "\n").encode())
        os._exit(0)


def _name(node: QAccessibleInterface) -> str:
    return str(node.text(QAccessible.Text.Name))


def run(arguments: Sequence[str]) -> int:
    """Opens Companion as its command does, and works it as somebody who knows nothing of it."""
    newcomer = Newcomer(QApplication(sys.argv[:1]))
    if "--demo" not in arguments:
        newcomer.will("choose the demo book", "The demo book")
    newcomer.will("log the call on whoever is selected", "Full history", _only_look)
    newcomer.will("press the button that says what happened", "No answer")
    newcomer.will("read what was done", "No answer, ", _only_look)
    newcomer.start()
    return main(arguments)


def _only_look(what: QAccessibleInterface) -> None:
    """Reads on."""


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
