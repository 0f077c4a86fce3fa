"""Today and what floats over it: narrow, compact, empty, arriving, offline, with the palette or the quick log."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu

from companion.domain.records import Kind
from companion.domain.sync_status import Loading, Phase, SyncStatus
from tests.shots.scenes import scene
from tests.shots.stage import SYNCED, Stage, settle, wait_for
from ui.commands import MENUS, Menu


@scene("today-compact", density="compact")
def _(stage: Stage) -> None:
    settle()


@scene("today-large-text", text_size=200, size=(1320, 1000))
def _(stage: Stage) -> None:
    settle()


@scene("today-larger-text", text_size=150, size=(1320, 840))
def _(stage: Stage) -> None:
    settle()


@scene("today-without-labels", size=(1100, 760))
def _(stage: Stage) -> None:
    """The sidebar is icons alone below 1,180 px."""
    settle()


@scene("today-smallest", size=(960, 600))
def _(stage: Stage) -> None:
    """The brief is a page of its own."""
    settle()


@scene("today-brief-as-page", size=(960, 720))
def _(stage: Stage) -> None:
    stage.press("Return")


@scene("today-not-focused")
def _(stage: Stage) -> None:
    """The selected row is grey while the focus is elsewhere."""
    stage.press("F6")


@scene("today-done-open", size=(1320, 1100))
def _(stage: Stage) -> None:
    stage.press("N", "Home", "V", "End")


def _work_off(stage: Stage) -> None:
    for _ in range(9):
        stage.app.page.enter()
        stage.press("E")
    stage.app.window.toast.dismiss()
    stage.sql("DELETE FROM scores")
    stage.app.today.load()


@scene("today-all-done")
def _(stage: Stage) -> None:
    _work_off(stage)


@scene("today-tomorrow")
def _(stage: Stage) -> None:
    """Everybody is done, and tomorrow's list is begun."""
    for _ in range(5):
        stage.app.page.enter()
        stage.press("E")
    stage.app.window.toast.dismiss()
    stage.sql("DELETE FROM scores")
    stage.app.today.load()
    stage.app.commands.run("tomorrow")
    wait_for(lambda: stage.app.today.ahead.is_on)
    stage.app.page.enter()
    settle()


@scene("today-nothing-matched")
def _(stage: Stage) -> None:
    stage.sql("DELETE FROM scores")
    stage.sql("UPDATE activities SET at = at - 86400 * 3")
    stage.app.today.load()


@scene("today-arriving", empty=True)
def _(stage: Stage) -> None:
    """The first run: people have come, their history is on its way."""
    from companion import bootstrap

    bootstrap.sync_once(stage.core)
    stage.app.today.load()
    stage.app.frame.count()
    stage.sync(SyncStatus(Phase.SYNCING, loading=Loading(Kind.PERSON, 3120, 8400)))


@scene("today-arriving-nobody-yet", empty=True)
def _(stage: Stage) -> None:
    stage.sync(SyncStatus(Phase.SYNCING, loading=Loading(Kind.USER, 0)))


@scene("today-offline")
def _(stage: Stage) -> None:
    stage.press("N")
    stage.sync(SyncStatus(Phase.OFFLINE, last_success_at=SYNCED.last_success_at))


@scene("today-stale")
def _(stage: Stage) -> None:
    stage.sync(SyncStatus(Phase.OFFLINE, last_success_at=(SYNCED.last_success_at or 0) - 15 * 3600 - 1860))


@scene("today-reassigned")
def _(stage: Stage) -> None:
    """Somebody else got her while the selection was there."""
    with stage.core.database.read() as rows:
        aisha = rows.value("SELECT id FROM users WHERE name LIKE 'Aisha%'") or rows.value(
            "SELECT id FROM users WHERE id != (SELECT json_extract(value, '$') FROM meta WHERE key = 'me') ORDER BY n"
        )
    stage.clock.forward(hours=1)
    stage.sql("UPDATE deals SET owner_id = ? WHERE name = 'Route planning rollout'", aisha)
    stage.sql("DELETE FROM scores WHERE subject_id = ?", stage.id_of("Marta Ferreira"))


@scene("palette-people")
def _(stage: Stage) -> None:
    stage.press("Ctrl+K")
    stage.type("mar")


@scene("palette-history")
def _(stage: Stage) -> None:
    stage.press("Ctrl+K")
    stage.type("onboarding")


@scene("palette-commands")
def _(stage: Stage) -> None:
    stage.press("Ctrl+K")
    stage.type("close")


@scene("palette-nothing")
def _(stage: Stage) -> None:
    stage.press("Ctrl+K")
    stage.type("qqqq")


@scene("date-typed")
def _(stage: Stage) -> None:
    stage.press("D")
    stage.type("thu")


def _quick_log(stage: Stage, typed: str) -> None:
    stage.app.beside.quick_log()
    window = stage.app.beside.quick_log_window
    assert window is not None
    stage.shown = window
    settle()
    stage.type(typed)


@scene("quick-log", screen=True)
def _(stage: Stage) -> None:
    _quick_log(stage, "")


@scene("quick-log-suggestions")
def _(stage: Stage) -> None:
    _quick_log(stage, "mar no answer")


@scene("quick-log-next-step")
def _(stage: Stage) -> None:
    _quick_log(stage, "osei connected, send answers fri")


@scene("today-toast-undone")
def _(stage: Stage) -> None:
    stage.press("N", "Ctrl+Z")


@scene("quick-log-no-date")
def _(stage: Stage) -> None:
    _quick_log(stage, "osei connected, send answers thursdayish")


@scene("quick-log-toast")
def _(stage: Stage) -> None:
    _quick_log(stage, "marta no answer")
    stage.press("Return")


def _open_menu(stage: Stage, name: Menu) -> None:
    bar = stage.app.window.menuBar()
    menu = bar.actions()[MENUS.index(name)].menu()
    assert isinstance(menu, QMenu)
    menu.popup(stage.app.window.mapToGlobal(bar.geometry().bottomLeft()))
    settle()
    stage.shown = menu


@scene("menu-log", screen=True)
def _(stage: Stage) -> None:
    """An open menu, with its keys."""
    _open_menu(stage, "log")


@scene("menu-view")
def _(stage: Stage) -> None:
    """A menu with ticks and with what makes no sense on Today."""
    _open_menu(stage, "view")
