"""Putting the application together: the only module that knows both the core and the window."""

from __future__ import annotations

import ui.plain_imports  # isort: skip  # noqa: F401 - before all that it makes cheaper
import logging
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from companion import bootstrap, settings
from companion.bootstrap import Account, Core
from companion.domain.sync_status import SyncStatus
from companion.recent import Recent
from ui import language
from ui.background import Errand
from ui.collector import Collector
from ui.links import open_sign_in, sign_in_page
from ui.mishap import watch
from ui.shell import App
from ui.theme.theme import Theme

__all__ = ["App", "Opening", "make_application", "run_window", "take_pictures"]

if TYPE_CHECKING:
    from companion.domain.finding import Finding
    from companion.domain.trial import Trial
    from ui.connect.form import Form
    from ui.connect.trip import Trip
    from ui.connect.viewmodel_set_aside import ReopenViewModel
    from ui.reminders.locked import LockedReminders

log = logging.getLogger(__name__)

PATIENCE_MS = 400
"""How long a keyring may take before a page says what is being waited for."""


class Opening(QObject):
    """From the command to an open window: the first run, the key, the book; and back when the rep signs out."""

    def __init__(self, chosen: settings.Settings, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chosen = chosen
        self._folder = folder
        self._before: QMainWindow | None = None
        self._locked: LockedReminders | None = None
        self._recent = Recent()
        self._recent.listen()
        self.app: App | None = None

    def begin(self) -> None:
        """Opens the book that is here, or the first run where there is none."""
        if bootstrap.has_book(self._folder):
            self._unlock()
        elif bootstrap.lost_its_book(self._folder):
            self._tell_it_is_gone()
        else:
            self._first_run()

    def demo(self) -> None:
        """Opens the demo book."""
        self._open(bootstrap.demo_book(synced=False, lively=True))

    def show(self) -> None:
        """Brings the window to the front: a second start asked for it."""
        if self.app is not None:
            self.app.show()
        elif self._before is not None:
            window = self._before
            window.setWindowState(window.windowState() & ~window.windowState().WindowMinimized)
            window.show()
            window.raise_()
            window.activateWindow()

    def say_mishap(self) -> None:
        """Says that something came to nothing, where a book is open; what it was stands in the report."""
        if self.app is not None:
            words = self.tr("That did not work. What you saved is safe. Copy a report for support from the Help menu")
            self.app.window.warn(words)

    def quick_log(self) -> None:
        """Opens the one-line window, where a book is open."""
        if self.app is not None:
            self.app.beside.quick_log()
        else:
            self.show()

    def _first_run(self) -> None:
        from ui.connect.screen import ConnectPage
        from ui.connect.viewmodel import ConnectViewModel

        def connect(form: Form, trial: Trial, wanted: Callable[[], bool]) -> object:
            return bootstrap.connect(
                self._folder,
                trial.account,
                trial.secret,
                tried=trial,
                passphrase=form.passphrase,
                whole_team=form.whole_team,
                wanted=wanted,
            )

        model = ConnectViewModel(_try_out, connect, bootstrap.why_no_keyring, self, _return_addresses)
        model.browser_wanted.connect(lambda url: None if open_sign_in(sign_in_page(url)) else model.browser_failed())
        model.connected.connect(self._open)
        model.demo_wanted.connect(self.demo)
        self._stand(ConnectPage(model, closed=self._closed_copy()))

    def _tell_it_is_gone(self) -> None:
        from ui.connect.missing import MissingPage
        from ui.connect.viewmodel_missing import MissingViewModel

        model = MissingViewModel(self._folder, lambda: bootstrap.wall_clock().date(), self)
        model.there.connect(self._unlock)
        model.gone.connect(self._first_run)
        self._stand(MissingPage(model))

    def _closed_copy(self) -> ReopenViewModel | None:
        """The newest copy that was set aside, where it could be the book again."""
        from companion import closed_copy
        from ui.connect.viewmodel_set_aside import ReopenViewModel

        copy = closed_copy.offered(self._folder)
        if copy is None:
            return None
        model = ReopenViewModel(self._folder, copy, bootstrap.wall_clock().date(), self)
        model.back.connect(self._unlock)
        return model

    def _was_set_aside(self) -> None:
        """The book that was closed lies elsewhere: there is nothing to remind of, and a first run begins."""
        if self._locked is not None:
            self._locked.stop()
            self._locked = None
        self._first_run()

    def lock(self) -> None:
        """Closes the book and lets its key go; the window stands again when the key is given."""
        before, self.app = self.app, None
        if before is None or before.core.demo:
            self.app = before
            return
        ahead = before.beside.reminding.model.ahead if before.beside.reminding is not None else ()
        before.stop()
        self._unlock(locked=True)
        self._count_while_locked(ahead, before.core.clock)
        before.window.close()
        before.window.deleteLater()
        before.deleteLater()

    def _count_while_locked(self, ahead: tuple[int, ...], clock: Callable[[], datetime]) -> None:
        """The rep still hears that something is due, if notifications are wanted at all."""
        if not ahead or not self._chosen.notifications:
            return
        from ui.reminders.locked import LockedReminders

        self._locked = LockedReminders(ahead, clock, self)
        self._locked.opened.connect(self.show)

    def _unlock(self, *, locked: bool = False) -> None:
        from ui.connect.unlock import UnlockPage
        from ui.connect.viewmodel_set_aside import SetAsideViewModel
        from ui.connect.viewmodel_unlock import UnlockViewModel

        method = bootstrap.method_of(self._folder)
        aside = SetAsideViewModel(
            self._folder, lambda: bootstrap.wall_clock().date(), self, by_passphrase=method == "passphrase"
        )
        aside.gone.connect(self._was_set_aside)
        model = UnlockViewModel(
            method,
            lambda typed: bootstrap.open_with(self._folder, typed),
            self,
            sign_in=lambda passphrase, key, code, trip: bootstrap.open_with(
                self._folder,
                passphrase,
                key,
                code=code,
                open_browser=None if key else trip.open_browser,
                wanted=trip.wanted,
            ),
            aside=aside,
        )
        model.browser_wanted.connect(lambda url: None if open_sign_in(sign_in_page(url)) else model.browser_failed())
        model.opened.connect(self._open)
        page = UnlockPage(model)
        if model.method == "passphrase" or locked:
            self._stand(page)
            return
        model.attempt()

        def stand(wanted: bool) -> None:
            if wanted and not aside.done:
                self._stand(page)

        model.moved.connect(lambda: stand(model.problem is not None))
        QTimer.singleShot(PATIENCE_MS, lambda: stand(self.app is None))

    def _stand(self, page: QWidget) -> None:
        """A window with one page, before there is a book."""
        if self._before is not None and self._before.centralWidget() is page:
            return
        window = self._before or QMainWindow()
        window.setWindowTitle("Companion")
        window.resize(960, 720)
        window.setCentralWidget(page)
        self._before = window
        window.show()
        page.enter()  # type: ignore[attr-defined]

    def _open(self, core: object) -> None:
        if not isinstance(core, Core):
            return
        if self._locked is not None:
            self._locked.stop()
            self._locked = None
        before = self.app
        self.app = App(core, self._chosen, self)
        self.app.connect_wanted.connect(self._connect_another)
        self.app.signed_out.connect(self._signed_out)
        self.app.sign_in_wanted.connect(self._sign_in_again)
        self.app.lock_wanted.connect(self.lock)
        self.app.report_wanted.connect(self._report)
        self.app.connection_wanted.connect(self._test_connection)
        self.app.start(as_before=True)
        if self._before is not None:
            self._before.close()
            self._before = None
        if before is not None:
            before.stop()
            before.window.close()

    def _connect_another(self) -> None:
        """From the demo book to a CRM; a connected book must be signed out of first."""
        if self.app is not None and not self.app.core.demo:
            self.app.say(self.tr("A CRM is connected already. Sign out of it under Settings first"))
            return
        self._first_run()

    def _signed_out(self) -> None:
        """Erases away from the UI thread: a keyring may ask. The first run stands meanwhile."""
        before, self.app = self.app, None
        if before is None:
            return
        leave = self._leaving(before.core)
        before.stop()
        self._first_run()
        before.window.close()
        erasing: Errand[None] = Errand(leave, self)
        erasing.failed.connect(self._not_erased)
        erasing.start()

    def _leaving(self, core: object) -> Callable[[], None]:
        """What is left to do once the book is closed: to erase it, and to tell the CRM that the sign-in is over."""
        if not isinstance(core, Core) or core.demo:
            return partial(bootstrap.erase, self._folder)
        return partial(bootstrap.sign_out, self._folder, core.account, core.tokens().now())

    def _not_erased(self, error: Exception) -> None:
        title = getattr(error, "title", "")
        log.error("signing out left something behind: %s", type(error).__name__)
        if self._before is not None and title:
            self._before.setWindowTitle(f"Companion · {title}")

    def _report(self) -> None:
        """Puts what support needs on the clipboard: asked for, and without a name, a note or a key."""
        from companion import doctor

        app = self.app
        if app is None:
            return
        folder, status = None if app.core.demo else self._folder, app.frame.status or SyncStatus()
        looking: Errand[str] = Errand(lambda: doctor.report(folder, status, self._recent.lines), app)

        def told(text: str) -> None:
            QApplication.clipboard().setText(text)
            app.say(
                self.tr("The report is on the clipboard. It names no customer and holds no key: read it, then send it")
            )

        looking.done.connect(told)
        looking.start()

    def _test_connection(self) -> None:
        """Why the connection works or doesn't, on a page of its own."""
        from companion import doctor
        from ui.connect.checkup import CheckupPage
        from ui.connect.viewmodel_checkup import CheckupViewModel

        app = self.app
        if app is None or app.core.demo or not isinstance(app.core, Core):
            return
        core = app.core

        def look(tell: Callable[[Finding], None], wanted: Callable[[], bool]) -> None:
            for each in doctor.connection(core):
                if not wanted():
                    return
                tell(each)

        page = CheckupPage(CheckupViewModel(look, core.account_words, app))
        page.sign_in_wanted.connect(self._sign_in_again)
        app.show_page("connection", page)

    def _sign_in_again(self) -> None:
        from ui.connect.again import AgainPage
        from ui.connect.viewmodel_again import AgainViewModel

        app = self.app
        if app is None or not isinstance(app.core, Core):
            return
        core = app.core

        def renew(secret: str, code: str, trip: Trip) -> None:
            if core.account.way == "browser":
                bootstrap.browser_again(core, trip.open_browser, trip.wanted)
            else:
                bootstrap.sign_in_again(core, secret, code)

        model = AgainViewModel(core.account.connector, core.account.way, renew, app)
        model.browser_wanted.connect(lambda url: None if open_sign_in(sign_in_page(url)) else model.browser_failed())
        model.renewed.connect(lambda: app.window.go("go.today"))
        app.show_page("sign_in", AgainPage(model))


def _return_addresses(connector: str) -> tuple[str, ...]:
    return bootstrap.return_addresses(Account(connector, way="browser"))


def _try_out(form: Form, trip: Trip) -> Trial:
    """Signs in with what was typed, or through the browser, and looks around. Waits; raises CannotConnect."""
    account = Account(form.connector, form.url, form.database, form.user, form.way, form.client_id)
    if form.way != "browser":
        return bootstrap.try_out(account, form.secret, code=form.code, wanted=trip.wanted)
    account, tokens = bootstrap.browser_sign_in(account, form.client_secret, trip.open_browser, trip.wanted)
    return bootstrap.try_out(account, tokens, wanted=trip.wanted)


def make_application(chosen: settings.Settings) -> QApplication:
    """The QApplication with its theme; one a process."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Companion")
    app.setOrganizationName("Companion")
    app.setDesktopFileName("companion")
    if app.findChild(Collector) is None:
        Collector(app)
    language.speak(settings.language_of(chosen.language, language.system_languages()), app)
    theme = Theme(chosen.theme, app)
    theme.set_text_scale(chosen.text_size)
    theme.apply(app)
    return app


def take_pictures(folder: Path) -> list[Path]:
    """Renders the main screens of the demo book into `folder`, also without a display; returns the files."""
    from ui import pictures

    chosen = pictures.prepare()
    make_application(chosen)
    return pictures.render(App(bootstrap.demo_book(), chosen), folder)


def run_window(*, demo: bool, quick_log: bool, profile: str) -> int:
    """Opens the window and stays until it is closed; returns the exit code."""
    chosen = settings.load(settings.default_file())
    application = make_application(chosen)
    folder = bootstrap.profiles_folder() / profile
    opening = Opening(chosen, folder)
    watch(opening.say_mishap)
    if demo:
        opening.demo()
        return application.exec()
    from ui.instance import Instance, hand_over

    instance = Instance(bootstrap.profiles_folder(), profile)
    if not instance.claim():
        hand_over(bootstrap.profiles_folder(), profile, ["quick-log" if quick_log else "show"])
        return 0
    instance.asked.connect(lambda words: opening.quick_log() if "quick-log" in words else opening.show())
    opening.begin()
    if quick_log:
        QTimer.singleShot(0, opening.quick_log)
    try:
        return application.exec()
    finally:
        instance.release()
