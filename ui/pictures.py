"""Pictures of the main screens without a display: what `packaging/run` shows where no window can open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from companion import settings

if TYPE_CHECKING:
    from ui.shell import App

SIZE: Final = (1320, 840)
SCALE: Final = "2"
MODES: Final = ("light", "dark")


def prepare() -> settings.Settings:
    """Sets the platform for pictures, before there is a QApplication; returns the choices that they show."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = SCALE
    return settings.Settings(theme="light", reduce_motion=True)


def render(app: App, folder: Path) -> list[Path]:
    """Writes today, person and log sheet in both themes to `folder`, at twice their size; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    app.window.resize(*SIZE)
    app.start(sync=False)
    files = [file for mode in MODES for file in _pictures(app, mode, folder)]
    app.window.close()
    return files


def _pictures(app: App, mode: str, folder: Path) -> Iterator[Path]:
    from ui.theme.theme import Theme

    Theme.current().set_mode("dark" if mode == "dark" else "light")
    app.window.go("go.today")
    app.page.select_name("Marta Ferreira")
    yield _take(app, folder / f"today-{mode}.png")
    app.commands.run("log.connected")
    app.sheet.line.set_text("Wants 12 months, send revised quote thu 10")
    app.logging.choose(2)
    yield _take(app, folder / f"log-{mode}.png")
    app.logging.discard()
    app.commands.run("open")
    yield _take(app, folder / f"person-{mode}.png")
    app.commands.run("back")


def _take(app: App, file: Path) -> Path:
    from PySide6.QtWidgets import QApplication

    for _ in range(5):
        QApplication.processEvents()
    app.window.grab().save(str(file))
    return file
