"""The places that are made when the rep first goes there: a record's page, lists, waiting, settings, shortcuts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from companion.domain.records import Kind
from companion.domain.sync_status import SyncStatus
from ui.commands import Commands
from ui.log.bar import LogBar
from ui.log.one_sheet import OneSheet
from ui.main_window.screen import MainWindow
from ui.session import Session, Subject

if TYPE_CHECKING:
    from ui.brief_print.screen import BriefPrintPage
    from ui.person.screen import RecordPage
    from ui.reminders.screen import LedgerPage
    from ui.settings.viewmodel import SettingsViewModel
    from ui.waiting.screen import WaitingPage
    from ui.waiting.viewmodel import WaitingViewModel

RECORD = "record"
PRINT = "print"


class Places(QObject):
    """Makes a page on its first visit and adds it to the window."""

    done = Signal(str, object)
    """Words for the toast, and the gesture that undoes it or None."""
    took_back = Signal(str)
    """Words for the toast of an act that was undone."""
    asks_sign_in = Signal()
    asks_report = Signal()
    dated = Signal(object, object)
    """A deal's Subject, and the day on which it is to close."""
    contact_wanted = Signal(str)
    """The words of a next step: somebody else at the account is to be found."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        commands: Commands,
        sheet: OneSheet,
        sync_now: Callable[[], None],
        settings_model: Callable[[], SettingsViewModel],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._session = session
        self._commands = commands
        self._sheet = sheet
        self._sync_now = sync_now
        self._settings_model = settings_model
        self._waiting_model: WaitingViewModel | None = None
        self._waiting_page: WaitingPage | None = None
        self._status: SyncStatus | None = None
        self._record: RecordPage | None = None
        self._print: BriefPrintPage | None = None
        self._ledger: LedgerPage | None = None

    def keep(self) -> None:
        """Keeps what is typed on a page, before the book is closed."""
        if self._waiting_page is not None:
            self._waiting_page.keep()

    def go(self, place_id: str) -> None:
        """Goes to a place, made now if need be."""
        if not self._window.has_place(place_id):
            self._window.add_place(place_id, self._make(place_id))
        self._window.go(place_id)

    def open(self, subject: Subject, came_from: str, among: Sequence[Subject]) -> None:
        """Opens the page of a person, company or deal; `among` is the list for next and previous."""
        page = self._record or self._make_record()
        if page.open(subject, came_from, among):
            self._sheet.stand_in(page.foot)
            self._window.go(RECORD)

    def open_record(self, kind: Kind, record_id: str) -> None:
        """Opens what a fact or a palette row points at: its own page, or the entry in the history of its person."""
        subject = self._subject_of(kind, record_id)
        if subject is None:
            return
        if self._record is None or self._record.shown() != subject or self._window.here != RECORD:
            self.open(subject, "", ())
        if kind in (Kind.ACTIVITY, Kind.ENGAGEMENT) and self._record is not None:
            self._record.show_evidence(kind, record_id)

    def show_change(self, op_id: str, field: str) -> None:
        """To the page of what waits, where a change asks for something."""
        self.go("go.waiting")
        show = getattr(self._window.place("go.waiting"), "show_change", None)
        if show is not None:
            show(op_id, field)

    def deals_without_a_step(self) -> None:
        """To the pipeline, where only the deals stand that nothing is agreed on."""
        self.go("go.pipeline")
        page = self._window.place("go.pipeline")
        find = getattr(page, "find_without_a_step", None)
        if find is not None:
            find()

    def print_brief(self, subject: Subject | None) -> None:
        """Shows the brief as it will be printed; from there, prints it."""
        if self._window.here == PRINT and self._print is not None:
            self._print.print_now()
            return
        shown = self._record.shown() if self._window.here == RECORD and self._record is not None else None
        whose = shown or subject
        if whose is None:
            self.done.emit(self.tr("Nobody is selected"), None)
            return
        page = self._print or self._make_print()
        if page.show_brief(whose):
            self._window.go(PRINT)

    def save_brief(self) -> None:
        """Saves the brief that is shown as it will be printed."""
        if self._print is not None:
            self._print.save()

    def shows_sheet(self) -> bool:
        """Whether the sheet is before the rep: nothing is saved unseen."""
        return self._window.here == PRINT

    def _make_print(self) -> BriefPrintPage:
        from ui.brief_print.screen import BriefPrintPage
        from ui.person.reach import keys_of

        keys = (keys_of(self._commands, "print"), keys_of(self._commands, "print.save"))
        page = BriefPrintPage(self._session, keys=keys)
        page.back.connect(lambda: self._commands.run("back"))
        page.said.connect(lambda words: self.done.emit(words, None))
        self._window.add_place(PRINT, page, opened_from=True)
        self._print = page
        return page

    def about(self) -> None:
        """Says what this is."""
        self.done.emit(self.tr("Companion 0.1.0, MIT licence"), None)

    def sync_moved(self, status: SyncStatus) -> None:
        """How sync is doing now."""
        self._status = status
        if self._waiting_model is not None:
            self._waiting_model.sync_moved(status)

    def reminders(self, person: Subject | None = None, *, missed: bool = False) -> None:
        """To the ledger of reminders: of everybody or of one person, all or only what was missed."""
        self.go("go.reminders")
        if self._ledger is not None:
            self._ledger.show_of(person, missed)

    def reminders_moved(self) -> None:
        """The ledger reads differently."""
        if self._ledger is not None and self._window.here == "go.reminders":
            self._ledger.model.load()

    def _subject_of(self, kind: Kind, record_id: str) -> Subject | None:
        from companion.queries.whose import whose

        with self._session.database.read() as rows:
            found = whose(rows, kind, record_id)
        if found is None:
            return None
        return Subject(
            found.kind, found.id, found.name, found.person_id, found.deal_id, found.deal_name, found.company_id
        )

    def _make_record(self) -> RecordPage:
        from ui.person.screen import RecordPage

        page = RecordPage(self._session, self._commands)
        page.set_foot(LogBar(self._commands, self._session.workspace.buttons, wide=True))
        self._sheet.stand_in(page.foot)
        page.opened.connect(lambda subject: self.open(subject, "", ()))
        page.said.connect(lambda words: self.done.emit(words, None))
        page.done.connect(self.done)
        page.contact_wanted.connect(self.contact_wanted)
        page.look.connect(self.show_change)
        self._window.add_place(RECORD, page, opened_from=True)
        self._record = page
        return page

    def _make(self, place_id: str) -> QWidget:
        makers: dict[str, Callable[[], QWidget]] = {
            "go.waiting": self._waiting,
            "go.pipeline": self._pipeline,
            "go.people": lambda: self._book(Kind.PERSON),
            "go.companies": lambda: self._book(Kind.COMPANY),
            "go.reminders": self._reminders,
            "settings": self._settings,
            "fields": self._fields,
            "shortcuts": self._shortcuts,
        }
        return makers[place_id]()

    def _waiting(self) -> QWidget:
        from ui.waiting.screen import WaitingPage
        from ui.waiting.viewmodel import WaitingViewModel

        model = WaitingViewModel(self._session, self._sync_now, self)
        model.done.connect(self.done)
        model.took_back.connect(self.took_back)
        model.asks_sign_in.connect(self.asks_sign_in)
        model.asks_report.connect(self.asks_report)
        self._waiting_model = model
        if self._status is not None:
            model.sync_moved(self._status)
        self._waiting_page = WaitingPage(model)
        return self._waiting_page

    def _pipeline(self) -> QWidget:
        from ui.pipeline.screen import PipelinePage

        page = PipelinePage(self._session, self._commands)
        page.opened.connect(lambda subject: self.open(subject, self.tr("Pipeline"), page.subjects()))
        page.dated.connect(self.dated)
        return page

    def _book(self, kind: Kind) -> QWidget:
        from ui.book.screen import BookPage

        page = BookPage(self._session, self._commands, kind)
        title = self.tr("People") if kind is Kind.PERSON else self.tr("Companies")
        page.opened.connect(lambda subject: self.open(subject, title, page.subjects()))
        return page

    def _reminders(self) -> QWidget:
        from ui.reminders.screen import LedgerPage

        self._ledger = page = LedgerPage(self._session, self._commands)
        page.opened.connect(lambda subject: self.open(subject, self.tr("Reminders"), ()))
        return page

    def _settings(self) -> QWidget:
        from ui.settings.screen import SettingsPage

        model = self._settings_model()
        model.fields_wanted.connect(lambda: self.go("fields"))
        return SettingsPage(model)

    def _fields(self) -> QWidget:
        from ui.fields.screen import FieldsPage
        from ui.fields.viewmodel import FieldsViewModel

        model = FieldsViewModel(self._session, self)
        model.done.connect(self.done)
        model.sync_wanted.connect(self._sync_now)
        return FieldsPage(model)

    def _shortcuts(self) -> QWidget:
        from ui.shortcut_sheet import ShortcutSheet

        return ShortcutSheet(self._commands)
