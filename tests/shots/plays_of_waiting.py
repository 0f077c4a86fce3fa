"""What waits for the CRM or the rep: every kind of card, the sync's troubles, and signing out while changes wait."""

from __future__ import annotations

import json
from dataclasses import replace

from companion.domain.notices import Notice
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus, Tally
from companion.store import notices, poison, sweep_questions
from companion.store.sweep_questions import SweepQuestion
from tests.shots.scenes import scene
from tests.shots.stage import SYNCED, Stage, settle

NOW = SYNCED.last_success_at or 0
TALLIES = (
    Tally(Kind.COMPANY, 412, 412),
    Tally(Kind.PERSON, 1_240, 1_240),
    Tally(Kind.DEAL, 187, 189),
    Tally(Kind.ACTIVITY, 14_902, None),
)


def refuse(stage: Stage, words: str, field: str) -> None:
    """The CRM does not take the newest change: `words` are its own."""
    problems = json.dumps([{"words": words, "field": field}])
    stage.sql("UPDATE outbox SET state = 'attention', problems = ? WHERE seq = (SELECT max(seq) FROM outbox)", problems)


def collide(stage: Stage, who: str, theirs: dict[str, object]) -> None:
    """The newest change meets a colleague's: both are kept."""
    stage.sql(
        """UPDATE outbox SET state = 'conflict', theirs = ?, who = ?, theirs_at = ?
           WHERE seq = (SELECT max(seq) FROM outbox)""",
        json.dumps(theirs),
        who,
        NOW - 360,
    )


@scene("waiting-to-be-sent", screen=True)
def _(stage: Stage) -> None:
    stage.press("N", "Down", "E", "Ctrl+Shift+W")
    stage.sync(SyncStatus(last_success_at=NOW, tallies=TALLIES))


@scene("waiting-conflict")
def _(stage: Stage) -> None:
    stage.press("]")
    collide(stage, "Karl", {"stage": _stage(stage, "Evaluation")})
    stage.press("Ctrl+Shift+W")


@scene("today-conflict")
def _(stage: Stage) -> None:
    stage.press("]")
    stage.app.window.toast.dismiss()
    collide(stage, "Karl Berg", {"stage": _stage(stage, "Evaluation")})


@scene("person-conflict")
def _(stage: Stage) -> None:
    stage.press("]")
    stage.app.window.toast.dismiss()
    collide(stage, "Karl Berg", {"stage": _stage(stage, "Evaluation")})
    stage.press("Return")


@scene("today-refused")
def _(stage: Stage) -> None:
    stage.press("]")
    stage.app.window.toast.dismiss()
    refuse(stage, "'Amount' is required in Negotiation", "amount")


@scene("waiting-refused")
def _(stage: Stage) -> None:
    stage.press("D")
    stage.type("dec 31")
    stage.press("Return")
    refuse(stage, "'Amount' is required in Proposal", "amount")
    stage.press("Ctrl+Shift+W")


@scene("waiting-questions", size=(1320, 1100))
def _(stage: Stage) -> None:
    with stage.core.database.write() as write:
        sweep_questions.put(write, SweepQuestion(Kind.PERSON, 220, 1_240, NOW))
        poison.put(write, Kind.ACTIVITY, "4711", "its date is not a date", NOW)
        notices.put(write, Notice("restored", "", NOW))
        notices.put(write, Notice("rewound", "", NOW, {"missing": 12, "mine": 3}))
    settle()
    stage.press("Ctrl+Shift+W")


@scene("waiting-offline")
def _(stage: Stage) -> None:
    stage.press("N", "Ctrl+Shift+W")
    stage.sync(SyncStatus(Phase.OFFLINE, last_success_at=NOW - 3600))


@scene("waiting-sign-in")
def _(stage: Stage) -> None:
    stage.press("N", "Ctrl+Shift+W")
    stage.sync(
        SyncStatus(
            Phase.SIGN_IN,
            last_success_at=NOW - 3600,
            problem=Problem("The CRM wants you to sign in again", "Your changes stay on this computer."),
        )
    )


def _stage(stage: Stage, name: str) -> str:
    with stage.core.database.read() as rows:
        return str(rows.value("SELECT id FROM stages WHERE name = ?", (name,)))


def _connected(stage: Stage) -> None:
    from ui.settings.screen import SettingsPage
    from ui.settings.viewmodel import SettingsViewModel

    session = replace(stage.app.session, demo=False)
    model = SettingsViewModel(session, lambda: stage.app.chosen, "Odoo, sales at crm.example, as nora")
    page = SettingsPage(model)
    stage.app.show_page("settings", page)
    settle()
    page.leave.click()
    page.page.area.verticalScrollBar().setValue(10_000)
    settle()


@scene("sign-out")
def _(stage: Stage) -> None:
    stage.press("N", "Down", "E")
    stage.app.window.toast.dismiss()
    _connected(stage)


@scene("fields", screen=True)
def fields(stage: Stage) -> None:
    """Which field of the CRM is which of ours, one of them taken from elsewhere."""
    stage.app.commands.run("fields")
    settle()
    stage.press("Return", "2")
    settle()


@scene("fields-choosing")
def fields_choosing(stage: Stage) -> None:
    """What can be chosen, with how often it is filled."""
    stage.app.commands.run("fields")
    settle()
    stage.press("Down", "Return")
    settle()
