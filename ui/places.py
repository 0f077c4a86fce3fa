"""The places that are made when the rep first goes there: workspaces, pipeline, lists, waiting, settings, shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from companion.domain.records import Kind
from ui.session import Session, Subject

if TYPE_CHECKING:
    from ui.shell import App


def make_place(app: App, place_id: str) -> tuple[QWidget, str]:
    """The page of a place, and the sidebar's item that is lit there."""
    makers = {
        "go.waiting": _waiting,
        "go.pipeline": _pipeline,
        "go.people": _people,
        "go.companies": _companies,
        "settings": _settings,
        "shortcuts": _shortcuts,
    }
    return makers[place_id](app), place_id
