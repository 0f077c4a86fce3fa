"""Pays ahead, off the UI thread, for what the first press of each key would have to import."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable
from typing import Final

_ON_A_KEY: Final = (
    *("companion.actions.log_activity", "companion.actions.undo", "companion.actions.snooze"),
    *("companion.actions.change_deal", "companion.actions.next_step", "companion.actions.keep_draft"),
    *("companion.domain.dates", "companion.domain.log_line", "companion.queries.brief", "companion.queries.search"),
    *("ui.widgets.pick_popup", "ui.widgets.date_popup", "ui.person.screen", "ui.palette.screen"),
    *("ui.palette.viewmodel", "ui.pipeline.screen", "ui.book.screen", "ui.waiting.screen", "ui.shortcut_sheet"),
    *("ui.settings.screen", "ui.quick_log.screen", "ui.reminders.reminding", "companion.actions.tell_reminders"),
    *("companion.actions.keep_promise", "ui.brief_print.screen"),
)
"""What the keys of the list and the ways to the other places bring along, the most pressed first."""


def warm(ends: Callable[[], bool]) -> None:
    """Imports it, unless the window closes meanwhile. The collector then no longer looks at all that stays for good.

    A full look at it took 48 ms within whatever key was pressed just then.
    """
    for name in _ON_A_KEY:
        if ends():
            return
        importlib.import_module(name)
    from companion.domain.date_languages import spoken_words

    spoken_words()  # a language's table of words is made when it is first asked for
    gc.freeze()
