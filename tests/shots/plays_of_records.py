"""The pages of a person, a company and a deal, the pipeline's states, and the long lists."""

from __future__ import annotations

from tests.shots.scenes import scene
from tests.shots.stage import Stage, settle
from ui.person.rail import Rail
from ui.person.scroll_column import ScrollColumn


def _open(stage: Stage, table: str, name: str) -> None:
    from companion.domain.records import Kind

    with stage.core.database.read() as rows:
        found = rows.value(f"SELECT id FROM {table} WHERE name = ?", (name,))
    stage.app.going.open_record(
        {"people": Kind.PERSON, "companies": Kind.COMPANY, "deals": Kind.DEAL}[table], str(found)
    )
    settle()


@scene("company")
def _(stage: Stage) -> None:
    _open(stage, "companies", "Halvorsen Logistics")


@scene("deal")
def _(stage: Stage) -> None:
    _open(stage, "deals", "Route planning rollout")


@scene("person-find")
def _(stage: Stage) -> None:
    stage.press("Return", "Ctrl+F")
    stage.type("board")


@scene("person-narrow", size=(960, 720))
def _(stage: Stage) -> None:
    _open(stage, "people", "Marta Ferreira")


@scene("person-marketing-alone")
def _(stage: Stage) -> None:
    _open(stage, "people", "Aisha Bello")


@scene("person-long-address")
def _(stage: Stage) -> None:
    stage.sql(
        "UPDATE people SET email = 'marta.ferreira.de.oliveira@halvorsen-logistics.example' WHERE name = ?",
        "Marta Ferreira",
    )
    _open(stage, "people", "Marta Ferreira")
    for rail in stage.app.window.findChildren(Rail):
        bar = rail.findChildren(ScrollColumn)[0].verticalScrollBar()
        bar.setValue(bar.maximum())
    settle()


@scene("person-toast")
def _(stage: Stage) -> None:
    stage.press("Return", "N")


@scene("pipeline-date")
def _(stage: Stage) -> None:
    stage.press("Ctrl+2", "Down", "D")
    stage.type("fri")


@scene("pipeline-narrow", size=(960, 600))
def _(stage: Stage) -> None:
    stage.press("Ctrl+2")


@scene("pipeline-empty")
def _(stage: Stage) -> None:
    stage.sql("UPDATE deals SET status = 'won' WHERE status = 'open'")
    stage.press("Ctrl+2")


@scene("pipeline-filter-without-hits")
def _(stage: Stage) -> None:
    stage.press("Ctrl+2", "Ctrl+F")
    stage.type("Nordic")


@scene("pipeline-without-next-step")
def _(stage: Stage) -> None:
    stage.app.places.deals_without_a_step()


@scene("people-typed")
def _(stage: Stage) -> None:
    stage.press("Ctrl+3", "Ctrl+F")
    stage.type("mar")


@scene("people-nobody")
def _(stage: Stage) -> None:
    stage.press("Ctrl+3", "Ctrl+F")
    stage.type("qqqq")
