"""A cold start of the app as `ui.app` does it, on the profile in the given folder; the keyring's answer is known."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from companion import bootstrap, settings
from ui.app import App, make_application

MOMENT: Final = "2026-11-24T09:12:00+01:00"
"""The book's morning."""


class KnownVault:
    """Stands for a keyring that answers at once: what lies behind it is another program's time."""

    method = "known"

    def make(self, profile: str) -> tuple[bytes, dict[str, Any]]:
        """A key of zeros."""
        return bytes(32), {}

    def fetch(self, header: dict[str, Any]) -> bytes:
        """The same key."""
        return bytes(32)

    def forget(self, header: dict[str, Any]) -> None:
        """Nothing is kept."""


def started(folder: Path) -> tuple[Any, App]:
    """The application and the app, told to start."""
    moment = datetime.fromisoformat(MOMENT)
    application = make_application(settings.load(settings.default_file()))
    core = bootstrap.open_profile(folder, KnownVault(), lambda: moment)
    app = App(core, settings.Settings())
    app.start()
    return application, app


def main() -> int:
    """Opens the window; ends at the first paint of the list, which has rows by then."""
    from benchmarks.first_paint import FirstPaint

    application, app = started(Path(sys.argv[1]))
    if app.today.rowCount() < 3:
        return 1
    FirstPaint(app.page.list.viewport())
    return int(application.exec())


if __name__ == "__main__":
    sys.exit(main())
