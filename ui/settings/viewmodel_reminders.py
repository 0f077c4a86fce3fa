"""The choices about reminders: what a notification says, when none comes, and whether Companion stays in the tray."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QCoreApplication

from companion.domain import words
from companion.domain.language import trn
from ui.settings.choice import Choice


def choices() -> tuple[Choice, ...]:
    """All of them, in the order of the page."""
    return (_notifications(), _words(), _before(), _quiet_from(), _quiet_until(), _tray())


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingsViewModel", text)


def _notifications() -> Choice:
    options = ((True, _tr("On")), (False, _tr("Off")))
    about = _tr("Before a meeting, when a promise is due, when a snooze ends. Off: they stand in the window instead.")
    return Choice("notifications", _tr("Notifications"), options, about)


def _words() -> Choice:
    options = (("full", _tr("Everything")), ("names", _tr("Names only")), ("count", _tr("Only how many")))
    about = _tr("Others may read a notification, also while the screen is locked. Names only: nothing that you wrote.")
    return Choice("notification_words", _tr("They show"), options, about)


def _before() -> Choice:
    options = tuple((each, trn("{n} min", "{n} min", each)) for each in (5, 10, 15))
    return Choice("meeting_minutes", _tr("Before a meeting"), options)


def _quiet_from() -> Choice:
    options = (*((each, _hour(each)) for each in (18, 20, 22)), (24, _tr("Never")))
    return Choice("quiet_from", _tr("Quiet from"), options)


def _quiet_until() -> Choice:
    options = tuple((each, _hour(each)) for each in (6, 7, 8, 9))
    about = _tr("What comes due in between is told when the quiet hours end. Meetings are told at any hour.")
    return Choice("quiet_until", _tr("Quiet until"), options, about)


def _tray() -> Choice:
    options = ((False, _tr("Companion ends")), (True, _tr("It stays in the tray")))
    about = _tr("What closing the window does. Only while it runs can it remind you. A desktop without a tray ends it.")
    return Choice("keep_running", _tr("Closing it"), options, about)


def _hour(hour: int) -> str:
    return words.time_of(dt.time(hour))
