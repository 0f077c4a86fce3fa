"""The verbs that need no window: today, sync --once, doctor, sign-out. They print words, never secrets."""

from __future__ import annotations

import argparse
import getpass
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from companion import bootstrap
from companion.bootstrap import Core
from companion.database import DatabaseProblem, Rows
from companion.domain import words
from companion.domain.key_problems import KeyProblem

DONE, NOT_DONE, WRONG_USAGE = 0, 1, 2


def run(arguments: Sequence[str]) -> int:
    """Runs one verb; returns the exit code: 0 done, 1 it could not be done (said in words), 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        # A name that this terminal can't show must not end the verb.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        options = _parser().parse_args(list(arguments))
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else WRONG_USAGE
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {
        "today": _today,
        "sync": _sync,
        "doctor": _doctor,
        "sign-out": _sign_out,
    }
    try:
        return verbs[options.verb](options)
    except _Stopped as stopped:
        print(stopped, file=sys.stderr)
        return NOT_DONE
    except BrokenPipeError:
        # Whoever read the list has seen enough; nothing is left to flush at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (KeyboardInterrupt, EOFError):
        print("\nStopped. Nothing was changed.", file=sys.stderr)
        return NOT_DONE


class _Stopped(Exception):
    """Why a verb could not be done, in words for the rep."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="companion")
    parser.add_argument("--profile", type=_profile, default="default", help="which of your books")
    verbs = parser.add_subparsers(dest="verb", required=True)
    today = verbs.add_parser("today", help="today's list with its reasons")
    today.add_argument("--demo", action="store_true", help="of the demo book")
    sync = verbs.add_parser("sync", help="exchange changes with the CRM")
    sync.add_argument("--once", action="store_true", required=True, help="one cycle, then leave")
    verbs.add_parser("doctor", help="what works on this machine, in words")
    out = verbs.add_parser("sign-out", help="erase the local copy and its key")
    out.add_argument("--discard-waiting", action="store_true", help="erase changes too that the CRM does not have")
    for verb in verbs.choices.values():
        verb.add_argument("--profile", type=_profile, default=argparse.SUPPRESS, help="which of your books")
    return parser


def _profile(name: str) -> str:
    """A profile's name; one that would lead to another folder is none."""
    if not name or name != Path(name).name or name.startswith(".") or not name.isprintable() or "\\" in name:
        raise argparse.ArgumentTypeError("a profile's name is one word without slashes")
    return name


def folder_of(profile: str) -> Path:
    """Where a profile lies."""
    return bootstrap.profiles_folder() / profile


def open_core(profile: str) -> Core:
    """Opens a profile from the terminal, asking for the passphrase where there is one."""
    folder = folder_of(profile)
    if not bootstrap.has_book(folder):
        raise _Stopped("There is no book here yet. Start `companion` and connect it, or try `companion today --demo`.")
    try:
        typed = _passphrase() if bootstrap.method_of(folder) == "passphrase" else ""
        return bootstrap.open_with(folder, typed)
    except (DatabaseProblem, KeyProblem) as problem:
        raise _Stopped(f"{problem.title}. {problem.advice}") from problem


def _passphrase() -> str:
    """Typed unseen at a terminal; else the first line of what is piped in."""
    if sys.stdin.isatty():
        return getpass.getpass("Passphrase: ")
    line = sys.stdin.readline()
    if not line:
        raise _Stopped("This book is opened by a passphrase. Type it at a terminal, or pipe it in as one line.")
    return line.rstrip("\r\n")


# Today ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _today(options: argparse.Namespace) -> int:
    core = bootstrap.demo_book() if options.demo else open_core(options.profile)
    try:
        while core.refresh_due():
            pass
        with core.database.read() as rows:
            for line in today_lines(rows, core):
                print(line)
        sys.stdout.flush()
    finally:
        core.close()
    return DONE


def today_lines(rows: Rows, core: Core) -> Iterator[str]:
    """Today's list as lines of text, a reason under each name."""
    from companion.queries.today import today

    now = core.clock()
    found = today(rows, now, core.zone, workspace=core.workspace)
    yield f"Today, {now:%A} {now.day} {now:%B} · {found.progress}"
    if not found.all:
        yield "Nobody needs you today."
    for section in found.sections:
        yield ""
        yield f"{section.name} ({section.count:,})"
        for row in section.rows:
            who = ", ".join(part for part in (row.who, row.company) if part)
            aside = " · ".join(part for part in (row.amount.short if row.amount else "", row.aside) if part)
            yield f"  {who}{f'  [{aside}]' if aside else ''}"
            yield f"      {words.one_line(row.reason.row_sentence)}"
    if found.hidden:
        yield f"  and {found.hidden:,} more"
    if found.done:
        yield ""
        yield f"Done ({len(found.done):,})"
    for done in found.done:
        yield f"  {done.who}: {words.one_line(done.words)}"


# Sync ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sync(options: argparse.Namespace) -> int:
    from companion.domain.sync_status import Phase, foot_words

    if is_open(options.profile):
        raise _Stopped("Companion is open with this book and syncs it already. Press F5 there to sync now.")
    core = open_core(options.profile)
    try:
        status = bootstrap.sync_once(core)
        print(foot_words(status, int(core.clock().timestamp())))
    finally:
        core.close()
    if status.problem is not None:
        print(f"{status.problem.title}. {status.problem.advice}", file=sys.stderr)
    return DONE if status.phase is Phase.IDLE else NOT_DONE


def is_open(profile: str) -> bool:
    """Whether a window has this profile open: its lock names a process that lives."""
    lock = bootstrap.profiles_folder() / f"{profile}.lock"
    try:
        if os.name == "nt":
            # While it is held nobody else may write to it; asking for a process there would end it.
            with lock.open("r+b"):
                return False
        os.kill(int(lock.read_text("utf-8", "replace").split("\n", 1)[0]), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True


# Doctor ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _doctor(options: argparse.Namespace) -> int:
    from companion.doctor import examine

    findings = examine(folder_of(options.profile))
    findings.append((True, "Companion is open with this book" if is_open(options.profile) else "No window is open"))
    for well, what in findings:
        print(f"{'ok   ' if well else 'look '} {what}")
    return DONE if all(well for well, _ in findings) else NOT_DONE


# Sign out ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sign_out(options: argparse.Namespace) -> int:
    if is_open(options.profile):
        raise _Stopped("Companion is open with this book. Sign out in its Settings, or close it first.")
    folder = folder_of(options.profile)
    try:
        core = open_core(options.profile)
    except _Stopped as stopped:
        if not (folder / bootstrap.BOOK).exists() or not options.discard_waiting:
            raise
        print(f"{stopped} It is erased as you asked.", file=sys.stderr)
    else:
        with core.database.read() as rows:
            waiting = rows.value("SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'discarded')")
        core.close()
        if waiting and not options.discard_waiting:
            _ask_to_discard(waiting)
    try:
        bootstrap.erase(folder)
    except KeyProblem as problem:
        print(f"{problem.title}: its entry stays, but opens nothing any more.", file=sys.stderr)
    print("Signed out. The local copy and its key are gone; the CRM was not touched.")
    return DONE


def _ask_to_discard(waiting: int) -> None:
    changes = "1 change is" if waiting == 1 else f"{waiting:,} changes are"
    print(f"{changes} not in the CRM yet. `companion sync --once` sends what can be sent.", file=sys.stderr)
    if sys.stdin.isatty() and input("Type discard to erase them with the local copy: ").strip().casefold() == "discard":
        return
    raise _Stopped("Nothing was erased. To erase them too: `companion sign-out --discard-waiting`.")
