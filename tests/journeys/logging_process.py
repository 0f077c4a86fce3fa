"""A core without a window, in a process of its own: opens a book, logs one call, and sends until nothing waits.

    python -m tests.journeys.logging_process FOLDER PERSON DEAL WORDS     (the passphrase comes on standard input)

Says `logged` once the call is committed and `sent` once nothing waits any more; ends when it is told to, or killed.
Without WORDS it logs nothing.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path

from companion.actions.log_activity import LogEntry, NextStep, log_activity
from companion.bootstrap import Core, open_with
from companion.domain.sync_status import Phase, SyncStatus

PATIENCE_S = 290.0


def log_call(core: Core, person_id: str, deal_id: str, words: str) -> None:
    """A call with a next step for today, which the next call answers; ready to be sent at once."""
    step = NextStep(f"After {words}", core.clock().date())
    entry = LogEntry("call", "Call · Interested", outcome="interested", body=words, next_step=step)
    log_activity(replace(core.desk(), hold_s=0), entry, person_id, deal_id, words)


def say(word: str) -> None:
    """To whoever started this process."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def main(folder: str, person_id: str, deal_id: str, words: str = "") -> None:
    """See the module."""
    core = open_with(Path(folder), sys.stdin.readline().rstrip("\n"))
    if words:
        log_call(core, person_id, deal_id, words)
        say("logged")
    sent = threading.Event()

    def hear(status: SyncStatus) -> None:
        if status.phase is Phase.IDLE and not status.waiting:
            sent.set()

    core.start_sync(hear, poll_s=3600.0)
    if sent.wait(PATIENCE_S):
        say("sent")
    sys.stdin.readline()
    core.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
