"""The real window over a profile as a death left it, without a screen: what it says, and what the file says."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication

from companion import settings
from companion.bootstrap import Core
from companion.domain.sync_status import Phase
from companion.queries.needs_attention import needs_attention
from companion.queries.waiting import waiting
from companion.store.unsettled import unsettled
from tests.rig.scenarios.acts import opened
from tests.rig.zygote import Tell
from ui.app import App, make_application
from ui.waiting.cards import OpLine
from ui.waiting.screen import WaitingPage
from ui.widgets.animate import Motion

RESTING = (Phase.IDLE, Phase.OFFLINE)
STEADY_S = 0.15
LIE_S = 0.3
LONGEST_S = 15.0
AWHILE_S = 2.0
"""What the sync changes may take so long to be on the page: it gathers until the event loop comes round."""
CALM = settings.Settings(theme="light", reduce_motion=True)


def run(home: Path, url: str, tell: Tell) -> None:
    """Tells what the foot said before any sync, while it ran, and at rest, and what the page of what waits showed."""
    core = opened(home, url)
    made = make_application(CALM)
    Motion.reduced = True
    app = App(core, CALM)
    app.start()
    tell({"moment": "first", **seen(app, core)})
    at_rest(app, core, tell)
    app.window.go("go.today")
    app.places.go("go.waiting")
    page = app.window.stack.currentWidget()
    assert isinstance(page, WaitingPage)
    until = time.monotonic() + AWHILE_S
    while True:
        made.processEvents()
        now = {"moment": "waiting", **seen(app, core), **listed(page, core)}
        if (now["ops"] == now["lines"] and now["asking"] == now["cards"]) or time.monotonic() > until:
            break
        time.sleep(0.01)
    tell(now)
    app.stop()


def at_rest(app: App, core: Core, tell: Tell) -> None:
    """Until the sync has nothing to do for a while. A lie is one that stays: news take a moment to reach the screen."""
    until = time.monotonic() + LONGEST_S
    since = honest = time.monotonic()
    while time.monotonic() < until and time.monotonic() - since < STEADY_S:
        QApplication.processEvents()
        now = seen(app, core)
        if not now["foot"].startswith("Synced") or now["counts"] == [0, 0, 0]:
            honest = time.monotonic()
        elif time.monotonic() - honest > LIE_S:
            tell({"moment": "while it ran", **now})
            return
        worker = core.worker
        if app.frame.status is None or worker is None or worker.status.phase not in RESTING:
            since = time.monotonic()
        time.sleep(0.005)
    tell({"moment": "at rest", **seen(app, core)})


def seen(app: App, core: Core) -> dict[str, Any]:
    """The foot of the sidebar as it is painted, and the counts of the file."""
    with core.database.read() as rows:
        counts = list(unsettled(rows))
        synced_at = rows.value("SELECT value FROM meta WHERE key = 'synced_at'")
    status = app.frame.status
    return {
        "foot": app.window.sidebar.foot.text(),
        "counts": counts,
        "phase": None if status is None else str(status.phase),
        "problem": None if status is None or status.problem is None else status.problem.title,
        "synced": synced_at is not None,
    }


def listed(page: WaitingPage, core: Core) -> dict[str, Any]:
    """The lines of the page, and the ops that should stand there."""
    with core.database.read() as rows:
        ops = [op.id for op in waiting(rows, 50)]
        asking = needs_attention(rows, core.clock())
    shown = [line.key for line in page.findChildren(OpLine) if line.isVisibleTo(page)]
    return {
        "ops": sorted(ops),
        "lines": sorted(shown),
        "asking": asking.count,
        "cards": page._model.state.asking,
        "quiet": page._model.quiet_words,
    }
