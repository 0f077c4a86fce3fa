"""The window over one open book: its places, commands and what connects them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from companion import settings
from companion.database import DatabaseProblem
from companion.domain.changes import Changes
from ui.behind import Behind
from ui.beside import Beside
from ui.bindings import Hands, bind
from ui.bridge import Bridge
from ui.commands import Commands, keys_words
from ui.connect.arriving import ArrivingBar
from ui.first_paint import AfterFirstPaint
from ui.going import Going
from ui.idle import Idle
from ui.log.bar import LogBar
from ui.log.deeds import Deeds
from ui.log.one_sheet import OneSheet
from ui.log.row_keys import RowKeys
from ui.log.viewmodel import LogViewModel
from ui.log.wait_keys import WaitKeys
from ui.log.waits import Waits
from ui.main_window import memory
from ui.main_window.screen import START, MainWindow
from ui.main_window.viewmodel import FrameViewModel
from ui.person.brief import BriefPane
from ui.places import Places
from ui.preferences import Preferences
from ui.reason.keys import ReasonKeys
from ui.session import Book, Session
from ui.today.screen import TodayPage
from ui.today.states import NO_STEP
from ui.today.viewmodel import TodayViewModel
from ui.widgets.focus import give_back

if TYPE_CHECKING:
    from ui.log.screen import LogSheet
    from ui.settings.viewmodel import SettingsViewModel


MINUTE_MS = 60_000
AFTER_PAINT_MS = 30
REMIND_AFTER_MS = 600
"""When the first reminders are looked for: what they need is imported by then, off the UI thread."""


class App(QObject):
    """The window over one open book. Everything that costs time and is not on the first screen is made later."""

    closed = Signal()
    connect_wanted = Signal()
    signed_out = Signal()
    sign_in_wanted = Signal()
    lock_wanted = Signal()
    report_wanted = Signal()
    connection_wanted = Signal()

    def __init__(self, core: Book, chosen: settings.Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.core = core
        self.preferences = Preferences(chosen, self)
        self.session = Session(core.database, core.clock, core.workspace, core.desk, core.demo)
        self.bridge = Bridge(self)
        self.bridge.listen(core.database)
        self.commands = Commands(self)
        self.today = TodayViewModel(self.session, self)
        self.logging = LogViewModel(self.session, self)
        self.deeds = Deeds(self.session, self)
        self.frame = FrameViewModel(self.session, lambda: self.today.left, self)
        self.window = MainWindow(self.commands, self.frame)
        self.keys = RowKeys(self.session, self.window, self.logging, self.deeds, self)
        self.waits = Waits(self.session, self)
        self.reasons = ReasonKeys(self.session, self.window, self.keys, self.logging, self)
        self.wait_keys = WaitKeys(self.session, self.window, self.waits, self.keys.anchor, self)
        self._sheet = OneSheet(self.logging, self)
        self.places = Places(
            self.window, self.session, self.commands, self._sheet, core.sync_now, self._settings_model, self
        )
        self.arriving = ArrivingBar()
        self.arriving.cancelled.connect(lambda: self.commands.run("sync.cancel"))
        bind(self.commands, core.workspace.buttons, self._hands())
        self._sidebar()
        self.brief = BriefPane(self.session, self.commands, self.today.expected)
        self.page = TodayPage(self.today, self.commands, self.brief)
        self.bar = LogBar(self.commands, core.workspace.buttons)
        self.brief.set_foot(self.bar)
        self._sheet.stand_in(self.brief.foot)
        self.window.add_place("go.today", self.page)
        self.places.done.connect(self.frame.done)
        self.places.took_back.connect(self.frame.took_back)
        self.places.asks_sign_in.connect(self.sign_in_wanted)
        self.places.asks_report.connect(self.report_wanted)
        self.places.dated.connect(self.deeds.set_close_date)
        self.bridge.sync_moved.connect(self.places.sync_moved)
        self.page.add_bar(self.arriving)
        self.bridge.sync_moved.connect(self.arriving.set_status)
        self.today.loaded.connect(lambda: self.arriving.set_left(self.today.left))
        self.going = Going(
            self.window, self.places, self.page, self.today, self.brief, self.logging, self._sheet, self.keys, self
        )
        self.beside = Beside(
            self.session,
            self.window,
            self.commands,
            self.preferences,
            self.frame,
            self.places,
            self.going,
            self.page,
            self.today,
            self,
        )
        self.window.build_menus()
        self._connect()
        self._stopped = self._leaving = False
        self.behind = Behind(core, self.reasons.warm, self._start_sync)
        self.today.ahead.run = self.behind.run
        self.page.ahead.back.connect(lambda: self.commands.run("tomorrow"))
        self._as_before = False
        self._minute = self.session.timer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self._minute_passed)
        self.idle = Idle(self)
        self.idle.passed.connect(self.lock_wanted)
        self.preferences.moved.connect(self._apply)
        self.preferences.apply()

    def start(self, *, sync: bool = True, as_before: bool = False) -> None:
        """Paints Today, then brings in what it could do without: sync, the other places, the first write's imports.

        `as_before`: the window opens where it was closed, and the rep finds herself where she was.
        """
        self.today.load()
        self.frame.count()
        self.window.go("go.today")
        if as_before:
            before = memory.restore(self.window, self.page.splitter, START)
            self.page.select(before.selected)
            if before.place != "go.today":
                AfterFirstPaint(self.page.list.viewport(), lambda: self._go_back_to(before.place))
        self._as_before = as_before
        self.window.show()
        if sync:
            self.session.soon(self, self._after_paint, AFTER_PAINT_MS)

    def stop(self) -> None:
        """Ends the sync and closes the file. Can be repeated."""
        if self._stopped:
            return
        self._stopped = True
        self.behind.leave_off()
        self.beside.stop()
        self.idle.set_minutes(0)
        # A disk that keeps nothing must not keep the window open.
        with suppress(DatabaseProblem):
            self.places.keep()
        if self.logging.is_open:
            with suppress(DatabaseProblem):
                self.logging.keep()
        self.bridge.silence()
        self.session.end()
        self.behind.end()
        self.core.close()

    @property
    def sheet(self) -> LogSheet:
        """The one log sheet."""
        return self._sheet.now()

    def say(self, words: str) -> None:
        """Says something that can't be undone."""
        self.frame.done(words, None)

    def _not_saved(self, title: str) -> None:
        words = self.tr("Not saved. %1. What you typed is still here.").replace("%1", title)
        self.window.warn(words)

    def show_page(self, place_id: str, page: QWidget) -> None:
        """Goes to a page that somebody else made; a page that stood there under this id goes."""
        self.window.replace_place(place_id, page)
        self.window.go(place_id)

    # Putting together ───────────────────────────────────────────────────────────────────────────────────────────────

    def _hands(self) -> Hands:
        own: dict[str, Callable[[], object]] = {
            "sync": self.sync_now,
            "sync.cancel": self._leave_off_reading,
            "connect": self.connect_wanted.emit,
            "lock": self.lock_wanted.emit,
            "report": self.report_wanted.emit,
            "connection": self.connection_wanted.emit,
            "quit": self.end,
            "find": self._find,
            "find.slash": self._find,
            "meeting": lambda: self.beside.meetings().open_brief(),
            "open": lambda: self.keys.on(self.going.open),
        }
        return Hands(
            own,
            self.window,
            self.frame,
            self.places,
            self.preferences,
            self.keys,
            self.wait_keys,
            self.reasons,
            self.logging,
            self.deeds,
            self.can_lock,
            self._step,
            self.arriving.is_arriving,
            self.today.ahead,
        )

    def _find(self) -> None:
        self.beside.find()  # made after the commands, as is what goes from page to page

    def _step(self, by: int) -> None:
        self.going.step(by)

    def _sidebar(self) -> None:
        sidebar = self.window.sidebar
        sidebar.add_place("go.today", self.tr("Today"), "sun")
        sidebar.add_place("go.pipeline", self.tr("Pipeline"), "square-kanban")
        sidebar.add_place("go.people", self.tr("People"), "users")
        sidebar.add_place("go.companies", self.tr("Companies"), "building-2")

    def _connect(self) -> None:
        self.bridge.changed.connect(self._changed)
        self.bridge.troubled.connect(self._not_saved)
        self.bridge.sync_moved.connect(self.frame.sync_moved)
        self.bridge.sync_moved.connect(self.today.sync_moved)
        self.page.stale.retry.connect(self.sync_now)
        self.page.empty.offered.connect(self._take_offer)
        self.bridge.sync_moved.connect(self.brief.sync_moved)
        # What the brief reads and imports costs as much again as the list: it comes right after the first paint.
        AfterFirstPaint(self.page.list.viewport(), self._list_painted)
        self.page.opened.connect(self.going.open)
        self.brief.opened.connect(self.going.open)
        self.brief.done.connect(self.frame.done)
        self.brief.opened_evidence.connect(self.going.open_record)
        self.logging.done.connect(self.frame.done)
        self.logging.asks_why_lost.connect(self.keys.ask_why_lost)
        self.logging.said.connect(lambda words: self.frame.done(words, None))
        self.deeds.done.connect(self.frame.done)
        self.waits.done.connect(self.frame.done)
        self.reasons.done.connect(self.frame.done)
        self.reasons.opened_record.connect(self.going.open_record)
        for acts in (self.logging.done, self.deeds.done, self.waits.done, self.reasons.done):
            acts.connect(lambda words, gesture: self.brief.saved())
        for speaker in (self.deeds, self.keys, self.waits, self.reasons):
            speaker.said.connect(self.say)
        self.beside.said.connect(self.say)
        self.beside.wants.connect(self._do)
        self.window.closing.connect(self._closing)

    # After the first paint ──────────────────────────────────────────────────────────────────────────────────────────

    def _go_back_to(self, place_id: str) -> None:
        if not self._stopped:
            self.commands.run(place_id)

    def _list_painted(self) -> None:
        if not self._stopped:
            self.page.selected.connect(self.brief.show_subject)
            self.page.selected.connect(self.bar.set_subject)
            self._add_disputes()
            self.brief.show_subject(self.page.subject())
            self.bar.set_subject(self.page.subject())
            self._sheet.now()
            self.reasons.watch(self.page.list, self.today.reason, lambda: self.today.ahead.moment)

    def _add_disputes(self) -> None:
        from ui.waiting.dispute_strip import DisputeStrip

        strip = DisputeStrip(self.session)
        self.brief.add_notice(strip)
        self.page.selected.connect(strip.show_subject)
        self.bridge.changed.connect(strip.changed)
        strip.done.connect(self.frame.done)
        strip.look.connect(self.places.show_change)
        strip.show_subject(self.page.subject())

    def _after_paint(self) -> None:
        self._minute.start()
        self.behind.begin()
        self.session.soon(self, self._remind, REMIND_AFTER_MS)
        self.beside.meetings()

    def _remind(self) -> None:
        if self.beside.reminding is None:
            reminding = self.beside.remind(self.behind.run)
            self.window.stays = lambda: not self._leaving and not self._stopped and reminding.stays()
            reminding.start()

    def _do(self, wish: str) -> None:
        """What the tray or a reminder asks for."""
        {"open": self.show, "quick_log": self.beside.quick_log, "sync": self.sync_now, "quit": self.end}[wish]()

    def show(self) -> None:
        """Brings the window to the front, out of the tray too."""
        window = self.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        QApplication.setQuitOnLastWindowClosed(True)

    def end(self) -> None:
        """Closes the window for good; what hides in the tray ends with it."""
        hidden = self.window.isHidden()
        self._leaving = True
        self.window.close()
        QApplication.setQuitOnLastWindowClosed(True)
        if hidden:
            QApplication.quit()

    def _start_sync(self) -> None:
        self.core.start_sync(self.bridge.sync_said, 60.0 * self.chosen.poll_minutes)

    def _minute_passed(self) -> None:
        self.behind.keep_up()
        self.today.load()
        self.frame.foot_moved.emit()
        self.beside.look()
        self.going.tell("minute_passed")

    def _changed(self, changes: Changes) -> None:
        if changes.today or changes.records:
            self.today.changed(changes)
            self.frame.changed(changes)
            self.brief.changed(changes)
        elif changes.outbox:
            self.frame.outbox_changed()
        self.beside.changed(changes)
        self.going.tell("changed", changes)

    # Choices ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def chosen(self) -> settings.Settings:
        """What the rep chose on this computer."""
        return self.preferences.chosen

    def choose(self, **changed: object) -> None:
        """Keeps choices of the rep's and lets them take effect."""
        self.preferences.choose(**changed)

    def can_lock(self) -> bool:
        """The key of the demo book is kept nowhere: it would not open again."""
        return not self.core.demo

    def _apply(self) -> None:
        self.page.set_density(self.chosen.density)
        self.commands.set_single_keys(self.chosen.single_keys)
        self.idle.set_minutes(self.chosen.lock_minutes if self.can_lock() else 0)
        self.beside.apply()

    def _settings_model(self) -> SettingsViewModel:
        from ui.settings.viewmodel import SettingsViewModel

        model = SettingsViewModel(self.session, lambda: self.chosen, self.core.account_words, self)
        model.picked.connect(lambda name, value: self.choose(**{name: value}))
        model.sync_wanted.connect(self.core.sync_now)
        model.connect_wanted.connect(self.connect_wanted)
        model.test_wanted.connect(self.connection_wanted)
        model.signed_out.connect(self.signed_out)
        return model

    def sync_now(self) -> None:
        """Asks for a cycle now."""
        self.core.sync_now()

    def _leave_off_reading(self) -> None:
        self.core.leave_off_reading()
        self.arriving.leave_off()
        keys = keys_words(self.commands.action("sync"))
        self.say(self.tr("Stopped. What is here stays, and Sync now (%1) reads the rest").replace("%1", keys))
        give_back(self.page.list)

    def _take_offer(self, offer: str) -> None:
        """What an empty list offers: the deals without a next step, or a command."""
        if offer == NO_STEP:
            self.places.deals_without_a_step()
        else:
            self.commands.run(offer)

    def _closing(self) -> None:
        if self._as_before:
            chosen = self.page.subject()
            memory.keep(self.window, self.page.splitter, self.window.here, chosen.id if chosen else "")
        self.window.hide()
        self.stop()
        self.closed.emit()
