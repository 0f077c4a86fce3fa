"""What the rep can choose, kept at once, and signing out, which asks only while changes wait."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from companion.domain.language import trn
from companion.settings import Settings
from ui.session import Session
from ui.settings import viewmodel_reminders
from ui.settings.choice import Choice
from ui.settings.viewmodel_closed_copy import ClosedCopyViewModel
from ui.settings.viewmodel_parting import PartingViewModel

DISCARD = "discard"


class SettingsViewModel(QObject):
    """Lives on the UI thread. `chosen` gives the settings as they are; `account` says in words what is connected."""

    picked = Signal(str, object)
    """A setting's name and its new value: to be kept and to take effect at once."""
    sync_wanted = Signal()
    connect_wanted = Signal()
    test_wanted = Signal()
    fields_wanted = Signal()
    """The rep wants to know why the connection works or doesn't."""
    signed_out = Signal()
    """Erase the local copy and its key now: there is nothing to lose, or the rep gave it up."""
    moved = Signal()

    def __init__(
        self, session: Session, chosen: Callable[[], Settings], account: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._chosen = chosen
        self.account = account
        self.asking = False
        """Whether the page asks about the changes that wait."""
        self.waiting = 0
        self.parting = PartingViewModel(session, self)
        self.parting.moved.connect(self.moved)
        self.closed = ClosedCopyViewModel(session, self)
        self.closed.moved.connect(self.moved)

    @property
    def demo(self) -> bool:
        """Whether this is the demo book, which nobody signs out of."""
        return self._session.demo

    def groups(self) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
        """The choices under their heads."""
        return (
            (self.tr("Look"), (self._theme(), self._density(), self._text_size(), self._motion(), self._language())),
            (self.tr("Keyboard"), (self._single_keys(),)),
            (self.tr("Reminders"), viewmodel_reminders.choices()),
            *(() if self.demo else ((self.tr("Safety"), (self._lock(),)),)),
            (self.tr("Sync"), (self._poll(),)),
        )

    def current(self, choice: Choice) -> int:
        """The number of the option that is chosen; the nearest for a size that no option has."""
        value = getattr(self._chosen(), choice.name)
        values = [each for each, _ in choice.options]
        if value in values:
            return values.index(value)
        numbers = [each for each in values if isinstance(each, int)]
        return values.index(min(numbers, key=lambda each: abs(each - value))) if numbers else 0

    def pick(self, choice: Choice, number: int) -> None:
        """Chooses an option."""
        value = choice.options[number][0]
        if value != getattr(self._chosen(), choice.name):
            self.picked.emit(choice.name, value)

    # Signing out ────────────────────────────────────────────────────────────────────────────────────────────────────

    def sign_out(self) -> None:
        """Signs out at once, or asks while changes wait."""
        self._count()
        if self.waiting:
            self.asking = True
            self.moved.emit()
        else:
            self.signed_out.emit()

    def keep(self) -> None:
        """Not now."""
        self.asking = False
        self.moved.emit()

    def give_up(self, typed: str) -> bool:
        """Signs out with what waits, if the rep typed the word; nothing that waits is lost without it."""
        self._count()
        if not self.safe and typed.strip().casefold() not in (DISCARD, self.discard_word.casefold()):
            return False
        self.asking = False
        self.signed_out.emit()
        return True

    @property
    def safe(self) -> bool:
        """Whether nothing would be lost: nothing waits, or all of it was carried out."""
        return self.waiting == 0 or self.waiting == self.parting.carried

    def changed(self) -> None:
        """Something was committed: perhaps what waited has been sent."""
        if self.asking:
            self._count()
            self.moved.emit()

    @property
    def discard_word(self) -> str:
        """What has to be typed."""
        return self.tr("discard")

    @property
    def waiting_words(self) -> str:
        """'3 changes are not in the CRM yet'."""
        if self.waiting == 0:
            return self.tr("Everything is in the CRM now")
        return trn("{n} change is not in the CRM yet", "{n} changes are not in the CRM yet", self.waiting)

    def _count(self) -> None:
        with self._session.database.read() as rows:
            self.waiting = int(
                rows.value("SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'discarded', 'draft')")
            )

    # The choices ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _language(self) -> Choice:
        # Each language by the name that its speakers give it: whoever is lost in another one finds the way back.
        own = (("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"))
        about = self.tr("Companion speaks it from its next start on.")
        return Choice("language", self.tr("Language"), (("system", self.tr("As the system")), *own), about)

    def _theme(self) -> Choice:
        options = (("system", self.tr("As the system")), ("light", self.tr("Light")), ("dark", self.tr("Dark")))
        return Choice("theme", self.tr("Colours"), options)

    def _density(self) -> Choice:
        options = (("comfortable", self.tr("Comfortable")), ("compact", self.tr("Compact")))
        return Choice("density", self.tr("Rows"), options)

    def _text_size(self) -> Choice:
        sizes = tuple((size, f"{size} %") for size in (100, 115, 130, 150, 200))
        return Choice("text_size", self.tr("Text size"), sizes)

    def _motion(self) -> Choice:
        options = ((False, self.tr("On")), (True, self.tr("Off")))
        return Choice("reduce_motion", self.tr("Motion"), options)

    def _single_keys(self) -> Choice:
        options = (("on", self.tr("On")), ("with-ctrl", self.tr("With Ctrl")), ("off", self.tr("Off")))
        about = self.tr("N logs no answer, C connected, and so on, while a list has the focus. Never while you type.")
        return Choice("single_keys", self.tr("Single keys"), options, about)

    def _poll(self) -> Choice:
        options = tuple((minutes, self.tr("%1 min").replace("%1", str(minutes))) for minutes in (1, 5, 15, 60))
        about = self.tr(
            "How often the CRM is asked for what is new; HubSpot and Salesforce every 5 minutes at most. What you log "
            "leaves at once."
        )
        return Choice("poll_minutes", self.tr("Ask every"), options, about)

    def _lock(self) -> Choice:
        options = ((0, self.tr("Never")), *((each, self.tr("%1 min").replace("%1", str(each))) for each in (5, 15, 60)))
        about = self.tr(
            "How long nobody may touch Companion before it closes your book. Ctrl+Shift+L closes it at once."
        )
        return Choice("lock_minutes", self.tr("Lock after"), options, about)
