"""A monkey at the window: works it as no script does, while the book changes underneath, and looks after each press.

    python -m tests.journeys.monkey --seed 1 --presses 400          one schedule
    python -m tests.journeys.monkey --seed 1 --runs 20              twenty, one after the other
    python -m tests.journeys.monkey --seed 7 --shrink               the few presses of it that go wrong alike
    python -m tests.journeys.monkey --only "key C; type fri; key Escape"

What a press hits follows from what the window shows; a click is a place among the widgets that can be seen. This module
is longer than most: it is the whole of what a monkey can do.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    # Before Qt and the settings look for a home: nothing of the person who runs this is touched.
    _home = tempfile.mkdtemp(prefix="companion-monkey-")
    for _name in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{_name}_HOME"] = str(Path(_home) / _name.lower())
    os.environ["HOME"] = _home
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication, QInputMethodEvent, QKeySequence, QWheelEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from companion import bootstrap, settings
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.core import Core
from companion.database import Database
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from tests.journeys.monkey_eye import Ear, Eye, listening, seen, within
from tests.journeys.monkey_hands import Kept, Line, Outside, can_be_clicked, life_of, strike, until
from tests.journeys.monkey_schedule import Press, schedule
from tests.journeys.test_taking_back import contents, differences
from tests.journeys.window import CALM, Clock, opened

SLOWEST_S = 4.0
"""Processor time of the window's thread for one press, on a slow machine."""
MOST_ACTS = 200
"""How many acts can be taken back."""
ALWAYS = ("drafts", "meta")
"""What taking back brings back and does not take away; and what the rep chose of the fields, which is no act."""
SCHEMES = ("tel", "mailto", "https", "file")


@dataclass
class Fault(Exception):
    """What was wrong after a press."""

    number: int
    press: Press
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"after press {self.number} {self.press}:\n  " + "\n  ".join(self.faults)


class Monkey:
    """One book and, one after the other, the windows over it."""

    def __init__(self, qapp: QApplication, ear: Ear, *, calm: bool = False) -> None:
        self._qapp = qapp
        self.ear = ear
        self.calm = calm
        self.cut = False
        self.clock = Clock()
        made = bootstrap.demo_book(self.clock)
        demo = made.connector()
        assert isinstance(demo, DemoConnector)
        assert isinstance(demo._crm, DemoCrm)
        self.crm = demo._crm
        self._wire = Line(demo, lambda: self.cut)
        self._folder, self._secret = made.folder, made.database._key
        made.database.close()
        self.chosen = CALM
        QSettings().clear()
        self._windows = ExitStack()
        self.open()
        self._before = contents(self.core)

    # The window ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        """A window over the book, as the rep left it."""
        self.cut = False
        like = Core(
            Database(self._folder / bootstrap.BOOK, self._secret, durable=False),
            bootstrap.default_workspace(),
            self.clock,
            self._folder,
            bootstrap.Account("demo"),
            demo=True,
        )
        core = Kept(like.database, like.workspace, self.clock, self._folder, like.account, demo=True)
        core._connector = self._wire
        core._connect = lambda field_map: self._wire
        self.core = core
        self.rep = self._windows.enter_context(opened(self._qapp, core, self.chosen, as_before=True))
        self.rep.counter.paused = True
        assert core.worker is not None
        core.worker.engine.rest = lambda seconds: None  # the clock jumps as after a sleep, which is no time to wait for
        self.app = self.rep.app
        self.eye = Eye(self.rep)

    def close(self) -> None:
        """Closes the window; what its closing breaks is heard."""
        self.chosen = self.app.chosen
        dialogs = self.rep.counter.dialogs
        # The system's own dialog of printers, and what opens in it.
        dialogs[:] = [each for each in dialogs if each != "QPrintDialog"]
        self.rep.counter.strays[:] = [each for each in self.rep.counter.strays if not each.startswith("QFrame")]
        self._windows.close()

    # Presses ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def press(self, number: int, press: Press) -> None:
        """Does it, waits until all of it has happened, and looks. Raises Fault."""
        kind, what = press
        began = time.thread_time()
        do: Callable[[str], object] = getattr(self, f"_{kind}")
        try:
            do(what)
            self._rest()
            took = time.thread_time() - began
            faults = [] if took < SLOWEST_S else [f"the window stood still for {took:.1f} s"]
            if self.app._stopped and not self.app.window.isVisible():
                self._reopen("")
            faults += self.eye.look()
        except (AssertionError, RuntimeError, TimeoutError) as error:
            faults = [f"{type(error).__name__}: {error}"]
        faults = [*self.ear.take(), *faults]
        if faults:
            raise Fault(number, press, faults)

    def _key(self, keys: str) -> None:
        window = QGuiApplication.focusWindow()
        assert window is not None, "no window has the focus"
        combination = QKeySequence.fromString(keys)[0]  # type: ignore[index]
        strike(window, combination.key(), combination.keyboardModifiers())

    def _type(self, words: str) -> None:
        for letter in words[:120]:
            window: QWindow | None = QGuiApplication.focusWindow()
            if window is None:
                return
            strike(window, ord(letter), Qt.KeyboardModifier.NoModifier)
        if len(words) > 120:
            self._strange(words[120:])

    def _strange(self, words: str) -> None:
        """As an input method commits it."""
        focus = QApplication.focusWidget()
        if focus is not None and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
            event = QInputMethodEvent()
            event.setCommitString(words)
            QApplication.sendEvent(focus, event)

    def _click(self, what: str) -> None:
        how, *numbers = what.split()
        which, x, y = map(float, numbers)
        top = QApplication.activePopupWidget() or QApplication.activeWindow()
        if top is None:
            return
        there = [each for each in within(top) if can_be_clicked(each)] or [top]
        widget = there[int(which * len(there))]
        shown = seen(widget)
        spot = shown.topLeft() + QPoint(int(x * shown.width()), int(y * shown.height()))
        handle = top.windowHandle()
        assert handle is not None
        button = Qt.MouseButton.RightButton if how == "right" else Qt.MouseButton.LeftButton
        at = widget.mapTo(top, spot)
        alive = life_of(handle)
        for _ in range(2 if how == "double" else 1):
            for act in (QTest.mousePress, QTest.mouseRelease):
                if alive and shiboken6.isValid(handle) and handle.isVisible():
                    act(handle, button, Qt.KeyboardModifier.NoModifier, at, 1)
        QApplication.processEvents()

    def _wheel(self, what: str) -> None:
        which, by = what.split()
        there = [each for each in within(self.app.window) if can_be_clicked(each)]
        if there:
            widget = there[int(float(which) * len(there))]
            at = QPointF(widget.rect().center())
            turned = QPoint(0, int(by))
            none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
            event = QWheelEvent(at, widget.mapToGlobal(at), QPoint(), turned, *none, False)
            QApplication.sendEvent(widget, event)

    def _run(self, command_id: str) -> None:
        self.app.commands.run(command_id)

    def _size(self, what: str) -> None:
        width, height = map(int, what.split())
        self.app.window.resize(width, height)

    def _quick(self, _: str) -> None:
        self.app.beside.quick_log()

    # Afterwards ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """What was done is taken back, or sent to the CRM: in neither case is anything left over. Raises Fault."""
        left = self._taken_back() if self.calm else self._arrived()
        heard = [*self.ear.take(), *left]
        if heard:
            raise Fault(-1, ("end", "undo all" if self.calm else "send all"), heard)

    def _taken_back(self) -> list[str]:
        for _ in range(MOST_ACTS):
            self.app.commands.run("undo")
        QApplication.processEvents()
        after = contents(self.core)
        # That a reason was answered with something done is only counted: what was done is an act of its own.
        after["hidden_reasons"] = [row for row in after["hidden_reasons"] if "'done'" not in row]
        return [f"{table}: {rows}" for table, rows in differences(self._before, after, ALWAYS).items()]

    def _arrived(self) -> list[str]:
        self.cut = False
        for _ in range(3):
            self.clock.forward(minutes=90)
            self._sync()
        with self.core.database.read() as rows:
            # What waits behind something that asks the rep is where it belongs.
            stuck = rows.all(
                """SELECT state, kind, action, problems FROM outbox AS o
                   WHERE state IN ('draft', 'pending', 'waiting', 'in_flight', 'unknown') AND NOT EXISTS (
                       SELECT 1 FROM outbox AS asks WHERE asks.record_id = o.record_id
                       AND asks.state IN ('conflict', 'attention', 'needs_rep'))"""
            )
            sent = [each for (each,) in rows.all("SELECT id FROM outbox WHERE state = 'done' AND action = 'create'")]
        made = [write.op_id for write in self.crm.log if write.verb == "create" and write.op_id in sent]
        rows_made = {(write.op_id, write.id) for write in self.crm.log if write.op_id in made}
        twice = len(rows_made) - len({op_id for op_id, _ in rows_made})
        lost = [f"said to be sent, and not there: {each}" for each in sent if each not in made]
        return [*(f"never sent: {each}" for each in stuck), *lost, *([f"made twice: {twice}"] if twice else [])]

    # What goes on beside the rep ────────────────────────────────────────────────────────────────────────────────────

    def _clock(self, minutes: str) -> None:
        self.clock.forward(minutes=int(minutes))
        self.app._minute.timeout.emit()
        self._sync()

    def _line(self, state: str) -> None:
        self.cut = state == "cut"
        self._sync()

    def _reopen(self, _: str) -> None:
        self.close()
        self.open()

    def _crm(self, what: str) -> None:
        """A colleague does something to whoever is selected, or to somebody, and it arrives."""
        verb, which = what.split()
        kind, record = self._hit(verb, float(which))
        if record is not None:
            self._underneath(verb.rpartition(".")[2], kind, record, float(which))
        self._sync()

    def _hit(self, verb: str, which: float) -> tuple[Kind, str | None]:
        about = verb.rpartition(".")[0]
        kind = Kind(about) if about else Kind.PERSON
        subject = self.app.window.subject() if which < 0.8 else None
        record_id = None
        if subject is not None:
            record_id = {Kind.DEAL: subject.deal_id, Kind.COMPANY: subject.company_id}.get(kind, subject.person_id)
        table = {Kind.DEAL: "deals", Kind.COMPANY: "companies", Kind.PERSON: "people"}[kind]
        with self.core.database.read() as rows:
            if record_id is not None:
                return kind, rows.value(f"SELECT remote_id FROM {table} WHERE id = ?", (record_id,))
            found = [each for (each,) in rows.all(f"SELECT remote_id FROM {table} WHERE gone IS NULL ORDER BY n")]
        return kind, found[int(which * len(found))] if found else None

    def _underneath(self, verb: str, kind: Kind, record: str, which: float) -> None:
        crm = self.crm
        if verb == "undelete":
            for each in [grave for grave in crm._truth.graves[kind] if crm._truth.graves[kind][grave].fields][-3:]:
                crm.undelete("U2", kind, each)
            return
        if crm.row(kind, record) is None:
            return
        match verb:
            case "delete":
                crm.delete("U2", kind, record)
            case "archive":
                crm.archive("U2", kind, record)
            case "hide":
                crm.hide("U1", kind, record)
            case "reassign":
                crm.reassign("U2", kind, record, "U2")
            case "rename":
                crm.edit("U2", kind, record, name="<b>Neu</b> & \u202eName" * 20)
            case "merge":
                others = [row.id for row in crm.rows(kind) if row.id != record]
                crm.merge("U2", kind, record, others[int(which * len(others))])
            case "close":
                won = next(row.id for row in crm.rows(Kind.STAGE) if row.fields.get("outcome") == "won")
                crm.edit("U2", kind, record, stage=won)
            case "call":
                at = int(self.clock().timestamp())
                crm.create("U2", Kind.ACTIVITY, what="call", subject="Called", at=at, person=record, owner="U2")

    def _sync(self) -> None:
        """One whole cycle, and what the window makes of it."""
        worker = self.core.worker
        if worker is None:
            return
        heard: list[SyncStatus] = []
        leave = worker.subscribe(lambda status: heard.append(status) if status.phase is not Phase.SYNCING else None)
        worker.wake()
        try:
            until(lambda: bool(heard), "the sync came to no end")
        finally:
            leave()

    def _rest(self) -> None:
        """What the press began has come to an end, and has been told."""
        QApplication.processEvents()
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                if dialog.isModal():
                    raise AssertionError(f"a modal dialog: {type(dialog).__name__}")
                dialog.reject()
                self.app.window.activateWindow()
        if QGuiApplication.focusWindow() is None and self.app.window.isVisible():
            self.app.window.activateWindow()  # as every desktop does after a popup
        QApplication.processEvents()
        gc.collect(1)


@contextmanager
def at_the_window(qapp: QApplication, *, calm: bool = False) -> Iterator[Monkey]:
    """A monkey with a book of its own; nothing that it touches leaves the window."""
    outside = Outside()
    for scheme in SCHEMES:
        QDesktopServices.setUrlHandler(scheme, outside, "take")  # type: ignore[arg-type]
    with listening() as ear:
        monkey = Monkey(qapp, ear, calm=calm)
        try:
            yield monkey
        finally:
            monkey.close()
            for scheme in SCHEMES:
                QDesktopServices.unsetUrlHandler(scheme)


def play(qapp: QApplication, presses: Sequence[Press], *, calm: bool = False, tell: bool = False) -> Fault | None:
    """Does the presses over a fresh book; the first fault, or None."""
    fault = None
    with at_the_window(qapp, calm=calm) as monkey:
        for number, press in enumerate(presses):
            if tell and not number:
                qapp.focusChanged.connect(lambda a, b: sys.stderr.write(f"      focus {type(b).__name__}\n"))
            if tell:
                sys.stderr.write(f"{time.monotonic():.2f} {number} {press} at {monkey.app.window.here}\n")
            try:
                monkey.press(number, press)
            except Fault as found:
                fault = found
                break
        if fault is None:
            try:
                monkey.settle()
            except Fault as found:
                fault = found
        last = len(presses), ("end", "")
    heard = monkey.ear.take()
    return fault or (Fault(*last, heard) if heard else None)


def alike(one: Fault, other: Fault | None) -> bool:
    """Whether two faults are the same one."""
    return other is not None and _kind_of(one) == _kind_of(other)


def _kind_of(fault: Fault) -> str:
    lines = fault.faults[0].strip().splitlines()
    return lines[-1].partition("0x")[0][:60] if lines else ""


def shrunk(qapp: QApplication, presses: Sequence[Press], fault: Fault) -> list[Press]:
    """The fewest presses found that go wrong in the same way."""
    left = list(presses[: fault.number + 1])
    step = max(1, len(left) // 2)
    while step:
        at = 0
        while at < len(left):
            fewer = [*left[:at], *left[at + step :]]
            found = play(qapp, fewer) if fewer else None
            if found is not None and alike(fault, found):
                left = fewer[: found.number + 1]
                sys.stderr.write(f"{len(left)} presses\n")
            else:
                at += step
        step //= 2
    return left


def main() -> int:
    """See the module."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--presses", type=int, default=300)
    asked.add_argument("--runs", type=int, default=1)
    asked.add_argument("--calm", action="store_true")
    asked.add_argument("--shrink", action="store_true")
    asked.add_argument("--tell", action="store_true")
    asked.add_argument("--only", default="")
    args = asked.parse_args()
    faulthandler.enable()
    from ui.app import make_application

    qapp = make_application(settings.Settings(theme="light"))
    worst = 0
    for seed in range(args.seed, args.seed + args.runs):
        presses = schedule(seed, args.presses, calm=args.calm)
        if args.only:
            presses = [
                (kind, what.strip()) for kind, _, what in (one.strip().partition(" ") for one in args.only.split(";"))
            ]
        faulthandler.dump_traceback_later(240, exit=True)
        began = time.monotonic()
        fault = play(qapp, presses, calm=args.calm, tell=args.tell)
        done = fault.number if fault is not None else len(presses)
        sys.stdout.write(f"seed {seed}: {done} presses, {time.monotonic() - began:.1f} s. {fault or 'fine'}\n")
        sys.stdout.flush()
        if fault is not None:
            worst = 1
            if args.shrink:
                faulthandler.cancel_dump_traceback_later()
                few = shrunk(qapp, presses, fault)
                sys.stdout.write("; ".join(f"{kind} {what}" for kind, what in few) + "\n")
    faulthandler.cancel_dump_traceback_later()
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
