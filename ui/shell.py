"""The window over one open book: its places, commands and what connects them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from companion import settings
from companion.database import DatabaseProblem
from companion.domain.changes import Changes
from companion.domain.records import Kind
from ui import catalogue
from ui.behind import Behind
from ui.bridge import Bridge
from ui.commands import Command, Commands, keys_words
from ui.connect.arriving import ArrivingBar
from ui.first_paint import AfterFirstPaint
from ui.idle import Idle
from ui.log.deeds import Deeds
from ui.log.row_keys import RowKeys
from ui.log.screen import LogBar, LogSheet
from ui.log.viewmodel import LogViewModel
from ui.log.wait_keys import WaitKeys
from ui.log.waits import Waits
from ui.main_window import memory
from ui.main_window.screen import START, MainWindow
from ui.main_window.viewmodel import FrameViewModel
from ui.person.brief import BriefPane
from ui.places import Places
from ui.reason.keys import ReasonKeys
from ui.session import Book, Session, Subject
from ui.theme.theme import Theme
from ui.today.screen import TodayPage
from ui.today.viewmodel import TodayViewModel
from ui.widgets.animate import Motion

if TYPE_CHECKING:
    from ui.meeting.meetings import Meetings
    from ui.palette.screen import PaletteSheet
    from ui.quick_log.screen import QuickLogWindow
    from ui.reminders.reminding import Reminding
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

    def __init__(self, core: Book, chosen: settings.Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.core = core
        self.chosen = chosen
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
        self._register()
        self._sidebar()
        self.brief = BriefPane(self.session, self.commands)
        self.page = TodayPage(self.today, self.commands, self.brief)
        self._log_widgets()
        self.window.add_place("go.today", self.page)
        self.places = Places(
            self.window, self.session, self.commands, self.sheet, core.sync_now, self._settings_model, self
        )
        self.places.done.connect(self.frame.done)
        self.places.asks_sign_in.connect(self.sign_in_wanted)
        self.places.asks_report.connect(self.report_wanted)
        self.places.dated.connect(self.deeds.set_close_date)
        self.logging.opened.connect(self._show_sheet)
        self.bridge.sync_moved.connect(self.places.sync_moved)
        self.arriving = ArrivingBar()
        self.page.add_bar(self.arriving)
        self.bridge.sync_moved.connect(self.arriving.set_status)
        self.today.loaded.connect(lambda: self.arriving.set_left(self.today.left))
        self.window.moved.connect(self._moved)
        self.window.build_menus()
        self._connect()
        self._stopped = self._leaving = False
        self.reminding: Reminding | None = None
        self.behind = Behind(core, self.reasons.warm, self._start_sync)
        self._as_before = False
        self._quick_log: QuickLogWindow | None = None
        self._sheet: PaletteSheet | None = None
        self._meetings: Meetings | None = None
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self._minute_passed)
        self.idle = Idle(self)
        self.idle.passed.connect(self.lock_wanted)
        self._apply()

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
                AfterFirstPaint(self.page.list.viewport(), lambda: self.commands.run(before.place))
        self._as_before = as_before
        self.window.show()
        if sync:
            QTimer.singleShot(AFTER_PAINT_MS, self._after_paint)

    def stop(self) -> None:
        """Ends the sync and closes the file. Can be repeated."""
        if self._stopped:
            return
        self._stopped = True
        self.behind.leave_off()
        self._minute.stop()
        if self.reminding is not None:
            self.reminding.stop()
        if self._meetings is not None:
            self._meetings.model.stop()
        self.idle.set_minutes(0)
        if self.logging.is_open:
            with suppress(DatabaseProblem):  # a disk that keeps nothing must not keep the window open
                self.logging.keep()
        self.bridge.silence()
        self.behind.end()
        self.core.close()

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

    def quick_log(self) -> None:
        """Opens the one-line window."""
        if self._quick_log is None:
            from ui.quick_log.screen import QuickLogWindow
            from ui.quick_log.viewmodel import QuickLogViewModel

            model = QuickLogViewModel(self.session, self)
            model.done.connect(self.frame.done)
            self._quick_log = QuickLogWindow(model)
            self._quick_log.undo.connect(self.frame.undo)
        self._quick_log.open()

    # Putting together ───────────────────────────────────────────────────────────────────────────────────────────────

    def _register(self) -> None:
        does: dict[str, Callable[[], object]] = {
            "settings": lambda: self.places.go("settings"),
            "print": lambda: self.places.print_brief(self.window.subject()),
            "print.save": self._save_brief,
            "sync": self._sync_now,
            "connect": self.connect_wanted.emit,
            "lock": self.lock_wanted.emit,
            "report": self.report_wanted.emit,
            "quit": self.end,
            "undo": self.frame.undo,
            "redo": self.frame.redo,
            "details": lambda: self._on_page("edit_details"),
            "history.find": lambda: self._on_page("find_in_history"),
            "history.next": lambda: self._on_page("find_next", 1),
            "history.previous": lambda: self._on_page("find_next", -1),
            **{f"history.{n}": partial(self._on_page, "show_only", n - 1) for n in range(1, 6)},
            "view.light": lambda: self.choose(theme="light"),
            "view.dark": lambda: self.choose(theme="dark"),
            "view.system": lambda: self.choose(theme="system"),
            "view.density": self._toggle_density,
            "view.larger": lambda: self._scale(10),
            "view.smaller": lambda: self._scale(-10),
            "view.motion": self._toggle_motion,
            "find": self._palette,
            "find.slash": self._palette,
            "go.today": lambda: self.window.go("go.today"),
            "go.pipeline": lambda: self.places.go("go.pipeline"),
            "go.people": lambda: self.places.go("go.people"),
            "go.companies": lambda: self.places.go("go.companies"),
            "go.waiting": lambda: self.places.go("go.waiting"),
            "meeting": lambda: self._with_meetings().open_brief(),
            "go.reminders": lambda: self.places.reminders(None),
            "reminders.of": lambda: self.keys.on(self.places.reminders),
            "next": lambda: self._step(1),
            "previous": lambda: self._step(-1),
            "back": self.window.go_back,
            "forward": self.window.go_forward,
            "pane.next": lambda: self.window.cycle_panes(1),
            "pane.previous": lambda: self.window.cycle_panes(-1),
            "close": self.window.close,
            "shortcuts": lambda: self.places.go("shortcuts"),
            "about": self._about,
            "open": self._open_here,
            "row.down": lambda: self._step(1),
            "row.up": lambda: self._step(-1),
            "call": self.keys.call,
            "email": self.keys.email,
            "step": lambda: self.keys.on(self.logging.plan),
            "step.done": lambda: self.keys.on(self.deeds.finish_step),
            "close_date": self.keys.close_date,
            "amount": self.keys.amount,
            "stage.next": lambda: self.keys.on(lambda who: self.deeds.move_stage(who, 1)),
            "stage.previous": lambda: self.keys.on(lambda who: self.deeds.move_stage(who, -1)),
            "win": self.keys.win,
            "lose": self.keys.lose,
            "snooze": self.wait_keys.snooze,
            "park": self.wait_keys.park,
            "not_relevant": self.reasons.not_relevant,
            "explain": self.reasons.explain,
        }
        buttons = {f"log.{each.code}": each for each in self.core.workspace.buttons}
        now = {"undo": self.frame.undo_words, "redo": self.frame.redo_words}
        listed: list[Command] = [*catalogue.window_commands(), *catalogue.page_commands(), *catalogue.row_commands()]
        listed += [catalogue.log_command(button) for button in buttons.values()]
        listed += catalogue.deal_commands()
        for command in listed:
            if command.id in buttons:
                self.commands.add(command, partial(self.keys.press, buttons[command.id].code), self.keys.has_subject)
            else:
                can = self.keys.has_subject if command.scope == "row" and command.id not in _ANYWHERE else None
                if command.id == "lock":
                    can = self._can_lock
                if command.id == "print.save":
                    can = self._shows_sheet
                if command.scope == "page":
                    can = self._can_find if command.id == "history.find" else self._is_page
                self.commands.add(command, does[command.id], can, now.get(command.id))

    def _sidebar(self) -> None:
        sidebar = self.window.sidebar
        sidebar.add_place("go.today", self.tr("Today"), "sun")
        sidebar.add_place("go.pipeline", self.tr("Pipeline"), "square-kanban")
        sidebar.add_place("go.people", self.tr("People"), "users")
        sidebar.add_place("go.companies", self.tr("Companies"), "building-2")

    def _log_widgets(self) -> None:
        self.bar = LogBar(self.commands, self.core.workspace.buttons)
        self.sheet = LogSheet(self.logging)
        self.brief.set_foot(self.bar, self.sheet)

    def _connect(self) -> None:
        self.bridge.changed.connect(self._changed)
        self.bridge.troubled.connect(self._not_saved)
        self.bridge.sync_moved.connect(self.frame.sync_moved)
        self.bridge.sync_moved.connect(self.today.sync_moved)
        self.page.stale.retry.connect(self._sync_now)
        self.page.empty.offered.connect(lambda offer: self.places.deals_without_a_step())
        self.bridge.sync_moved.connect(self.brief.sync_moved)
        # What the brief reads and imports costs as much again as the list: it comes right after the first paint.
        AfterFirstPaint(self.page.list.viewport(), self._list_painted)
        self.page.opened.connect(self.open)
        self.brief.opened.connect(self.open)
        self.brief.done.connect(self.frame.done)
        self.places.contact_wanted.connect(self._find_contact)
        self.brief.opened_evidence.connect(self.open_record)
        self.logging.done.connect(self.frame.done)
        self.logging.asks_why_lost.connect(self.keys.ask_why_lost)
        self.logging.said.connect(lambda words: self.frame.done(words, None))
        self.logging.finished.connect(self._go_on)
        self.logging.closed.connect(self._focus_back)
        self.deeds.done.connect(self.frame.done)
        self.waits.done.connect(self.frame.done)
        self.reasons.done.connect(self.frame.done)
        self.reasons.opened_record.connect(self.open_record)
        for acts in (self.logging.done, self.deeds.done, self.waits.done, self.reasons.done):
            acts.connect(lambda words, gesture: self.brief.saved())
        for speaker in (self.deeds, self.keys, self.waits, self.reasons):
            speaker.said.connect(self.say)
        self.window.closing.connect(self._closing)

    # After the first paint ──────────────────────────────────────────────────────────────────────────────────────────

    def _list_painted(self) -> None:
        if not self._stopped:
            self.page.selected.connect(self.brief.show_subject)
            self.page.selected.connect(self.bar.set_subject)
            self._add_disputes()
            self.brief.show_subject(self.page.subject())
            self.bar.set_subject(self.page.subject())
            self.reasons.watch(self.page.list, self.today.reason)

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
        if not self._stopped:
            self._minute.start()
            self.behind.begin()
            QTimer.singleShot(REMIND_AFTER_MS, self._remind)
            self._with_meetings()

    def _remind(self) -> None:
        """Reminders, the tray and the bar above the pages."""
        if self._stopped or self.reminding is not None:
            return
        from ui.reminders.reminding import Reminding

        self.reminding = made = Reminding(
            self.session,
            self.window,
            lambda: self.chosen,
            self.behind.run,
            self,
            meeting_stands=lambda: self._with_meetings().is_near(),
        )
        made.done.connect(self.frame.done)
        made.moved.connect(self.places.reminders_moved)
        made.left.connect(self._focus_back)
        made.opened.connect(self._open_reminder)
        made.opened_missed.connect(lambda: self.places.reminders(missed=True))
        made.wants.connect(self._asked_from_tray)
        self.bridge.changed.connect(made.changed)
        self.today.loaded.connect(lambda: made.count(self.today.left))
        made.count(self.today.left)
        self.window.stays = lambda: not self._leaving and not self._stopped and made.stays()
        made.start()

    def _open_reminder(self, record: tuple[Kind, str] | None) -> None:
        self.show()
        if record is None:
            self.places.reminders()
        else:
            self.open_record(*record)

    def _asked_from_tray(self, wish: str) -> None:
        {"open": self.show, "quick_log": self.quick_log, "sync": self._sync_now, "quit": self.end}[wish]()

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
        if self._meetings is not None:
            self._meetings.model.look()
        for place in self._open_places():
            tick = getattr(place, "minute_passed", None)
            if tick is not None:
                tick()

    def _changed(self, changes: Changes) -> None:
        if changes.today or changes.records:
            self.today.changed(changes)
            self.frame.changed(changes)
            self.brief.changed(changes)
            if self._meetings is not None:
                self._meetings.model.look()
        elif changes.outbox:
            self.frame.outbox_changed()
        for place in self._open_places():
            told = getattr(place, "changed", None)
            if told is not None:
                told(changes)

    def _open_places(self) -> list[QWidget]:
        here = self.window.stack.currentWidget()
        return [here] if here is not None and here is not self.page else []

    # Going places ───────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, subject: Subject) -> None:
        """Opens the workspace of a person, company or deal."""
        if self.window.here == "go.today":
            self.places.open(subject, self.tr("Today"), self.today.subjects())
        else:
            self.places.open(subject, "", ())

    def open_record(self, kind: Kind, record_id: str) -> None:
        """Opens whatever a fact, a palette row or a link points at."""
        self.places.open_record(kind, record_id)

    def _palette(self) -> None:
        if self._sheet is None:
            from ui.palette.screen import PaletteSheet
            from ui.palette.viewmodel import Choice, PaletteViewModel

            def choices() -> list[Choice]:
                offered: list[Choice] = []
                for each, action in self.commands.all():
                    if each.id not in _NOT_IN_PALETTE and self.commands.can(each.id):
                        words = self.commands.words(each.id)
                        found_by = each.words if words != each.words else ""
                        offered.append(Choice(each.id, words, keys_words(action), each.icon, _rank(each), found_by))
                return offered

            model = PaletteViewModel(self.session, choices, self.window.subject, self)
            model.run.connect(self.commands.run)
            model.opened.connect(self.open_record)
            self._sheet = PaletteSheet(model, self.window.middle)
        self._sheet.open()

    def _can_find(self) -> bool:
        return hasattr(self.window.stack.currentWidget(), "find_in_history")

    def _is_page(self) -> bool:
        return hasattr(self.window.stack.currentWidget(), "find_next")

    def _on_page(self, what: str, *how: int) -> None:
        """Does what a page of a person, company or deal can do."""
        getattr(self.window.stack.currentWidget(), what, lambda *_: None)(*how)

    def _open_here(self) -> None:
        self.keys.on(self.open)

    def _save_brief(self) -> None:
        self.places.save_brief()

    def _shows_sheet(self) -> bool:
        return self.places.shows_sheet()

    def _find_contact(self, words: str) -> None:
        """A next step that says so; who and when is the rep's to add."""
        self.keys.on(self.logging.plan)
        if self.logging.is_open and not self.logging.text:
            self.sheet.line.set_text(words)

    def _with_meetings(self) -> Meetings:
        if self._meetings is None:
            from ui.meeting.meetings import Meetings

            keys = keys_words(self.commands.action("meeting"))
            self._meetings = Meetings(self.session, self.window, self.open_record, self.page.list, keys, self)
            self._meetings.said.connect(self.say)
        return self._meetings

    def _show_sheet(self) -> None:
        """The sheet opened where no place shows it: the person's page does."""
        subject = self.logging.subject
        if subject is not None and not self.sheet.isVisibleTo(self.window):
            self.open(subject)

    def _moved(self, place_id: str) -> None:
        """The one log sheet goes along: back on Today it stands under the brief again."""
        if place_id == "go.today":
            self.brief.foot.set_sheet(self.sheet)

    def _step(self, by: int) -> None:
        here = self.window.stack.currentWidget()
        step = getattr(here, "step", None)
        if step is not None:
            step(by)

    def _go_on(self, subject_id: str) -> None:
        """After a log the row has moved away by itself; on a person's page the next person comes."""
        if self.window.here != "go.today":
            self._step(1)

    def _focus_back(self) -> None:
        """The keys are the list's again. Left to Qt they went to whatever stands beside it, which takes no log key."""
        rows = getattr(self.window.stack.currentWidget(), "list", None)
        if isinstance(rows, QWidget):
            rows.setFocus()

    # Choices ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def choose(self, **changed: object) -> None:
        """Keeps choices of the rep's and lets them take effect."""
        self.chosen = replace(self.chosen, **changed)  # type: ignore[arg-type]
        settings.save(settings.default_file(), self.chosen)
        self._apply()

    def _can_lock(self) -> bool:
        return not self.core.demo  # the key of the demo book is kept nowhere: it would not open again

    def _apply(self) -> None:
        theme = Theme.current()
        theme.set_mode(self.chosen.theme)
        theme.set_text_scale(self.chosen.text_size)
        self.page.set_density(self.chosen.density)
        Motion.reduced = self.chosen.reduce_motion or Motion.system
        self.commands.set_single_keys(self.chosen.single_keys)
        self.idle.set_minutes(self.chosen.lock_minutes if self._can_lock() else 0)
        if self.reminding is not None:
            self.reminding.apply()

    def _toggle_density(self) -> None:
        self.choose(density="comfortable" if self.chosen.density == "compact" else "compact")

    def _toggle_motion(self) -> None:
        self.choose(reduce_motion=not self.chosen.reduce_motion)

    def _scale(self, by: int) -> None:
        low, high = settings.BOUNDS["text_size"]
        self.choose(text_size=max(low, min(high, self.chosen.text_size + by)))

    def _settings_model(self) -> SettingsViewModel:
        from ui.settings.viewmodel import SettingsViewModel

        model = SettingsViewModel(self.session, lambda: self.chosen, self.core.account_words, self)
        model.picked.connect(lambda name, value: self.choose(**{name: value}))
        model.sync_wanted.connect(self.core.sync_now)
        model.connect_wanted.connect(self.connect_wanted)
        model.signed_out.connect(self.signed_out)
        return model

    def _sync_now(self) -> None:
        self.core.sync_now()

    def _about(self) -> None:
        self.frame.done(self.tr("Companion 0.1.0, MIT licence"), None)

    def _closing(self) -> None:
        if self._as_before:
            chosen = self.page.subject()
            memory.keep(self.window, self.page.splitter, self.window.here, chosen.id if chosen else "")
        self.window.hide()
        self.stop()
        self.closed.emit()


_ANYWHERE = frozenset({"find.slash", "row.down", "row.up"})
_NOT_IN_PALETTE = frozenset({"find", "find.slash", "row.down", "row.up", "pane.next", "pane.previous"})


def _rank(command: Command) -> int:
    """In an empty palette: what can be done with whoever is selected, where one can go, then the rest."""
    return 0 if command.scope == "row" else 1 if command.menu == "go" else 2
