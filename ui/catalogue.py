"""The commands of the window as data: their words, menus and keys."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from companion.domain.language import tr
from companion.domain.words import lower_first
from companion.domain.workspace import LogButton
from ui.commands import Command


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)


def window_commands() -> Iterable[Command]:
    """What works anywhere in the window."""
    yield Command("settings", _tr("Settings"), "file", ("Ctrl+,",), icon="settings")
    yield Command("fields", _tr("Fields of the CRM"), "file", icon="list")
    yield Command("print", _tr("Print the brief of {who}"), "file", ("Ctrl+P",), icon="printer")
    yield Command("print.save", _tr("Save the brief as a PDF"), "file", ("Ctrl+S",), icon="download")
    yield Command("sync", _tr("Sync now"), "file", ("F5",), icon="refresh-cw")
    yield Command("sync.cancel", _tr("Stop reading the CRM for now"), "file", icon="circle-x")
    yield Command("connect", _tr("Connect a CRM…"), "file", icon="link")
    yield Command("lock", _tr("Lock the book"), "file", ("Ctrl+Shift+L",), icon="lock", starts_group=True)
    yield Command("quit", _tr("Quit"), "file", ("Ctrl+Q",), icon="log-out", starts_group=True)
    yield Command("undo", _tr("Undo"), "edit", ("Ctrl+Z",), icon="undo-2")
    yield Command("redo", _tr("Redo"), "edit", ("Ctrl+Shift+Z", "Ctrl+Y"), icon="redo-2")
    yield Command("view.light", _tr("Light"), "view", icon="sun")
    yield Command("view.dark", _tr("Dark"), "view", icon="moon")
    yield Command("view.system", _tr("As the system"), "view", icon="monitor")
    yield Command("view.density", _tr("Compact rows"), "view", ("Ctrl+Shift+D",), icon="list", starts_group=True)
    yield Command("view.larger", _tr("Larger text"), "view", ("Ctrl++", "Ctrl+="), icon="a-arrow-up", starts_group=True)
    yield Command("view.smaller", _tr("Smaller text"), "view", ("Ctrl+-",), icon="a-arrow-down")
    yield Command("view.motion", _tr("Reduce motion"), "view", icon="eye")
    yield Command("find", _tr("Find anything"), "go", ("Ctrl+K",), icon="search")
    yield Command("go.today", _tr("Today"), "go", ("Ctrl+1",), icon="sun", starts_group=True)
    yield Command("tomorrow", _tr("Start tomorrow’s list"), "go", ("Ctrl+Shift+T",), icon="sunrise")
    yield Command("go.pipeline", _tr("Pipeline"), "go", ("Ctrl+2",), icon="square-kanban")
    yield Command("go.people", _tr("People"), "go", ("Ctrl+3",), icon="users")
    yield Command("go.companies", _tr("Companies"), "go", ("Ctrl+4",), icon="building-2")
    yield Command("go.waiting", _tr("Waiting and needs attention"), "go", ("Ctrl+Shift+W",), icon="cloud")
    yield Command("meeting", _tr("Brief of the next meeting"), "go", ("Ctrl+M",), icon="video")
    yield Command("go.reminders", _tr("Reminders"), "go", ("Ctrl+Shift+M",), icon="bell")
    yield Command("next", _tr("Next person"), "go", ("Ctrl+Down",), icon="chevron-down", starts_group=True)
    yield Command("previous", _tr("Previous person"), "go", ("Ctrl+Up",), icon="chevron-up")
    yield Command("back", _tr("Back"), "go", ("Alt+Left", "Backspace"), icon="chevron-left")
    yield Command("forward", _tr("Forward"), "go", ("Alt+Right",), icon="chevron-right")
    yield Command("pane.next", _tr("Next pane"), "window", ("F6",), icon="chevron-right")
    yield Command("pane.previous", _tr("Previous pane"), "window", ("Shift+F6",), icon="chevron-left")
    yield Command("close", _tr("Close the window"), "window", ("Ctrl+W",), icon="x", starts_group=True)
    yield Command("shortcuts", _tr("Shortcuts"), "help", ("F1", "Ctrl+?"), icon="keyboard")
    yield Command("connection", _tr("Test the connection"), "help", icon="link", starts_group=True)
    yield Command("report", _tr("Copy a report for support"), "help", icon="copy")
    yield Command("about", _tr("About Companion"), "help", icon="info")


def page_commands() -> Iterable[Command]:
    """What works on the page of a person, company or deal, and is greyed out elsewhere."""
    yield Command("details", _tr("Edit the details"), "edit", ("Ctrl+E",), "page", "pencil", starts_group=True)
    yield Command("history.find", _tr("Find in history"), "edit", ("Ctrl+F",), "page", "search", starts_group=True)
    yield Command("history.next", _tr("Next match"), "edit", ("F3",), "page", "chevron-down")
    yield Command("history.previous", _tr("Previous match"), "edit", ("Shift+F3",), "page", "chevron-up")
    shown = (_tr("All of the history"), _tr("Calls only"), _tr("Emails only"), _tr("Meetings only"), _tr("Notes only"))
    for number, words in enumerate(shown, 1):
        yield Command(f"history.{number}", words, "view", (f"Alt+{number}",), "page", "list", starts_group=number == 1)


def row_commands() -> Iterable[Command]:
    """Single keys that act on whoever is selected."""
    yield Command("open", _tr("Open the full history of {who}"), "go", ("Return",), "row", icon="corner-down-left")
    yield Command("find.slash", _tr("Find"), "go", ("/",), "row", icon="search")
    yield Command("row.down", _tr("Down"), "go", ("J",), "row", icon="chevron-down")
    yield Command("row.up", _tr("Up"), "go", ("K",), "row", icon="chevron-up")
    yield Command("call", _tr("Call {who}"), "log", ("Space",), "row", icon="phone")
    yield Command("email", _tr("Write an email to {who}"), "log", ("Shift+E",), "row", icon="mail")


def deal_commands() -> Iterable[Command]:
    """Single keys that change the deal of whoever is selected."""
    yield Command("step", _tr("Agree a next step with {who}"), "log", ("T",), "row", "calendar", starts_group=True)
    yield Command("step.done", _tr("Finish the next step with {who}"), "log", ("F",), "row", "square-check")
    yield Command("close_date", _tr("Change close date of {deal}"), "log", ("D",), "row", icon="calendar")
    yield Command("amount", _tr("Change amount of {deal}"), "log", ("A",), "row", icon="pencil")
    yield Command("stage.next", _tr("Move {deal} to the next stage"), "log", ("]",), "row", icon="arrow-right")
    yield Command("stage.previous", _tr("Move {deal} back a stage"), "log", ("[",), "row", icon="chevron-left")
    yield Command("win", _tr("Close {deal} as won"), "log", ("W",), "row", icon="check")
    yield Command("lose", _tr("Close {deal} as lost"), "log", ("L",), "row", icon="circle-x")
    yield Command("snooze", _tr("Snooze {who}"), "log", ("S",), "row", icon="alarm-clock", starts_group=True)
    yield Command("park", _tr("Park {who} for a reason"), "log", ("P",), "row", icon="circle-pause")
    yield Command("explain", _tr("Why {who} is on the list"), "log", ("Alt+Return", "Alt+Enter"), icon="info")
    yield Command("reminders.of", _tr("Reminders of {who}"), "go", ("R",), "row", icon="bell")
    yield Command("not_relevant", _tr("Not relevant: hide this reason for {who}"), "log", ("X",), "row", icon="x")


def log_command(button: LogButton) -> Command:
    """A log button of the team's as a command."""
    words = _tr("Log a call to {who}: %1").replace("%1", lower_first(button.label))
    # English says each of these in its own way; what the team calls by a name of its own is found by that name.
    calls = {
        tr("No answer"): _tr("Log no answer from {who}"),
        tr("Voicemail"): _tr("Log a voicemail for {who}"),
        tr("Connected"): _tr("Log a connected call with {who}"),
    }
    others = {
        "meeting": _tr("Log a meeting with {who}"),
        "email": _tr("Log an email to {who}"),
        "note": _tr("Write a note on {who}"),
    }
    words = others.get(button.records) or calls.get(button.label, words)
    return Command(f"log.{button.code}", words, "log", (button.key,), "row", icon=button.icon)
