"""A rep's day at the keyboard: 30 contacts, 3 briefs, 8 changes of deals, 10 snoozes, 5 searches; key by key.

`tests/journeys/test_a_reps_day.py` plays it too, and looks at what became of it; here it is only measured.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks import floor
from benchmarks.book import Scale
from benchmarks.figure import Figure, at_most
from benchmarks.heart import Heart
from benchmarks.keys import MAX_MS, P95_MS, Painted
from companion import bootstrap, settings
from companion.bootstrap import Core
from companion.connectors.demo.crm import DemoCrm
from companion.domain.records import Kind, Value
from ui.app import App, make_application

OSLO: Final = ZoneInfo("Europe/Oslo")
MORNING: Final = dt.datetime(2026, 11, 24, 9, 12, tzinfo=OSLO)
CONTACTS: Final = 30
CONNECTED: Final = 12
SNOOZES: Final = 10
FIRST: Final = ("Alva", "Bodil", "Cato", "Dagny", "Eivind", "Frida", "Gorm", "Hedda", "Ivar")
LAST: Final = ("Quarle", "Rydvik", "Solund", "Tveitan", "Ulvmoen")
SEARCHED: Final = tuple(f"{first} {LAST[0]}" for first in FIRST[:5])
AMOUNT: Final = "52000"
PATIENCE_S: Final = 5.0
COFFEE_S: Final = 3.0
"""Seconds between the first paint and the rep's first key: what comes right after the paint has come."""


@dataclass(frozen=True)
class Told:
    """What the rep told the app of a contact; `body` is the note."""

    who: str
    what: str
    outcome: str
    body: str = ""


@dataclass
class Hand:
    """Presses real keys and waits until something was painted; keeps how long that took, by what was done.

    `clock` is what the rep waits, `work` the processor time of it, both in milliseconds.
    """

    application: QApplication
    clock: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    work: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    pressed: int = 0

    def __post_init__(self) -> None:
        self._painted = Painted(self.application)

    def press(self, what: str, *keys: str) -> None:
        """Key after key, such as 'N', 'Return', 'Ctrl+Z'."""
        for each in keys:
            combination = QKeySequence.fromString(each)[0]  # type: ignore[index]
            self._timed(what, combination.key(), combination.keyboardModifiers())

    def type(self, what: str, text: str) -> None:
        """Letter by letter."""
        for letter in text:
            self._timed(what, Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.NoModifier, letter)

    def rest(self, seconds: float = 0.02) -> None:
        """What a rep's hand takes at least between two keys: here timers come due."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            self.application.processEvents()

    def _timed(self, what: str, key: Qt.Key, modifiers: Qt.KeyboardModifier, letter: str = "") -> None:
        window = QGuiApplication.focusWindow()
        if window is None:
            raise RuntimeError("no window has the focus")
        self._painted.widgets.clear()
        self.pressed += 1
        began, worked = time.perf_counter(), time.thread_time()
        if letter:
            QTest.keyClick(window, ord(letter))
        else:
            QTest.keyClick(window, key, modifiers)
        while not self._painted.widgets:
            self.application.processEvents()
            if time.perf_counter() - began > PATIENCE_S:
                raise RuntimeError(f"{what}: {letter or key} painted nothing")
        self.application.processEvents()
        self.clock[what].append((time.perf_counter() - began) * floor.MS)
        self.work[what].append((time.thread_time() - worked) * floor.MS)
        self.rest()


class Day:
    """The script. It presses keys only; whom they are about is read off the window, as a rep reads it."""

    def __init__(self, app: App, hand: Hand, later: Callable[[], None] = lambda: None) -> None:
        self._app, self._hand, self._later = app, hand, later
        self.told: list[Told] = []
        self.moved: list[str] = []
        """Names of those whose deal went a stage on."""
        self.dated: list[str] = []
        self.valued: list[str] = []
        self.snoozed: list[str] = []
        self.costs: dict[str, list[int]] = defaultdict(list)
        """Keys of each act, without the body of the note."""

    def work(self) -> None:
        """From the first key to the last."""
        for turn in range(CONTACTS):
            if turn % 10 == 9:
                self._open_brief()
            if turn % 6 == 5:
                self._search(SEARCHED[turn // 6])
            if turn % 3 == 2:
                self._snooze()
            # 12 of 30: two of each five.
            self._connected(turn) if turn % 5 in (1, 3) else self._no_answer()
            self._later()

    def _connected(self, turn: int) -> None:
        body, who, before = f"Spoke of lot {turn}", self._who, self._hand.pressed
        self._hand.press("log, connected", "C", "1")
        self._hand.type("a letter of the note", f"{body}, thu")
        self._hand.press("log, connected", "Return")
        self.told.append(Told(who, "call", "interested", body))
        self.costs["connected"].append(self._hand.pressed - before - len(body))

    def _no_answer(self) -> None:
        who, before = self._who, self._hand.pressed
        self._hand.press("log, no answer", "N")
        self.told.append(Told(who, "call", "no_answer"))
        self.costs["no answer"].append(self._hand.pressed - before)

    def _snooze(self) -> None:
        self.snoozed.append(self._who)
        before = self._hand.pressed
        # With Alt a number chooses at once: what is timed is the snooze, not the wait for the rest of a date.
        self._hand.press("snooze", "S", "Alt+1")
        self.costs["snooze"].append(self._hand.pressed - before)

    def _open_brief(self) -> None:
        self._hand.press("open a person", "Return")
        self._hand.press("back to the list", "Escape")

    def _search(self, name: str) -> None:
        """Finds somebody and puts the deal right: of five deals three go on, three get a day, two an amount."""
        number = SEARCHED.index(name)
        self._hand.press("the palette", "Ctrl+K")
        self._hand.type("a letter of a search", name.lower())
        self._hand.press("open a person", "Return")
        before = self._hand.pressed
        if number < 3:
            self._hand.press("move a stage", "]")
            self.moved.append(name)
            self._hand.press("close date", "D")
            self._hand.type("a letter of a day", "fri")
            self._hand.press("close date", "Return")
            self.dated.append(name)
            self.costs["stage and close date"].append(self._hand.pressed - before)
        else:
            self._hand.press("amount", "A")
            self._hand.type("a digit of an amount", AMOUNT)
            self._hand.press("amount", "Return")
            self.valued.append(name)
        self._hand.press("back to the list", "Escape")

    @property
    def _who(self) -> str:
        subject = self._app.window.subject()
        if subject is None or self._app.window.here != "go.today":
            raise RuntimeError(f"nobody is selected on {self._app.window.here}")
        return subject.name


def busy_book(clock: Callable[[], dt.datetime]) -> tuple[Core, DemoCrm]:
    """The demo book with 45 more people of the rep's whose deals should have closed; its CRM beside it."""
    core = bootstrap.demo_book(clock, synced=False)
    connector = core.connector()
    crm: DemoCrm = connector._crm  # type: ignore[attr-defined]
    rep: str = connector._user  # type: ignore[attr-defined]
    like = next(row for row in crm.rows(Kind.DEAL) if row.fields["status"] == "open" and row.links["owner"] == rep)
    company = crm.create(rep, Kind.COMPANY, name="Quarle and sons", owner=rep)
    for number, name in enumerate(f"{first} {last}" for last in LAST for first in FIRST):
        person = crm.create(rep, Kind.PERSON, name=name, mobile=f"+47 400 00 {number:03}", company=company, owner=rep)
        deal: dict[str, Value] = {
            "amount": 1_000_000 + number,
            "currency": "EUR",
            "status": "open",
            "probability": 20,
            "is_lead": False,
        }
        passed = (clock().date() - dt.timedelta(days=2 + number % 7)).isoformat()
        links: dict[str, Value] = {
            "person": person,
            "company": company,
            "owner": rep,
            "pipeline": like.links["pipeline"],
            "stage": "S1",
        }
        crm.create(rep, Kind.DEAL, name=f"Lot {number}", close_on=passed, **deal, **links)
    bootstrap.sync_once(core)
    return core, crm


class Clock:
    """Stands at the morning; moved by hand."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        """Some time later."""
        self.now += dt.timedelta(seconds=seconds)


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """The day once, on the enlarged demo book, while its sync works beside it."""
    application = make_application(settings.Settings(theme="light"))
    clock = Clock()
    core, _ = busy_book(clock)
    app = App(core, settings.Settings(theme="light"))
    app.start()
    app.window.activateWindow()
    hand, heart = Hand(application), Heart(app)
    hand.rest(COFFEE_S)
    heart.start()
    Day(app, hand, lambda: clock.forward(40)).work()
    heart.stop()
    every = [each for times in hand.clock.values() for each in times]
    work = [each for times in hand.work.values() for each in times]
    for what, times in hand.clock.items():
        yield at_most(f"DAY {what}, p95 of {len(times)}", floor.p95(times), "ms", P95_MS)
    yield at_most(f"DAY every key, p95 of {len(every)}", floor.p95(every), "ms", P95_MS)
    yield at_most("DAY every key, longest", max(every), "ms", MAX_MS)
    yield at_most("DAY every key, work alone, p95", floor.p95(work), "ms", P95_MS)
    yield at_most(
        f"DAY longest gap of {len(heart.gaps):,} beats, on a processor of its own", heart.longest, "ms", MAX_MS
    )
    app.window.close()
