"""The verbs that need no window: the list, a sync, the doctor, leaving and coming back. Words, never secrets."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from companion import bootstrap
from companion.bootstrap import Core
from companion.database import DatabaseProblem, Rows
from companion.domain import words
from companion.domain.finding import Finding
from companion.domain.key_problems import KeyProblem

if TYPE_CHECKING:
    from companion.parting import Carried

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
        "bring-back": _bring_back,
        "new-key": _new_key,
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
    today = verbs.add_parser("today", help="today’s list with its reasons")
    today.add_argument("--demo", action="store_true", help="of the demo book")
    sync = verbs.add_parser("sync", help="exchange changes with the CRM")
    sync.add_argument("--once", action="store_true", required=True, help="one cycle, then leave")
    doctor = verbs.add_parser("doctor", help="what works on this machine, in words")
    doctor.add_argument(
        "--connection",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="also why the CRM can’t be reached or used: that of the book, or whatever stands at an address",
    )
    out = verbs.add_parser("sign-out", help="erase the local copy and its key")
    out.add_argument("--discard-waiting", action="store_true", help="erase changes too that the CRM does not have")
    out.add_argument("--keep", type=Path, metavar="FILE", help="first save those changes in an encrypted file")
    back = verbs.add_parser(
        "bring-back", help="take the changes of such a file into the book, or of a closed copy that was set aside"
    )
    back.add_argument("file", type=Path, help="the file, or the folder of the closed copy")
    verbs.add_parser("new-key", help="encrypt the local copy anew, with another key")
    for verb in verbs.choices.values():
        verb.add_argument("--profile", type=_profile, default=argparse.SUPPRESS, help="which of your books")
    return parser


def _profile(name: str) -> str:
    """A profile's name; one that would lead to another folder is none."""
    if not name or name != Path(name).name or name.startswith(".") or not name.isprintable() or "\\" in name:
        raise argparse.ArgumentTypeError("a profile’s name is one word without slashes")
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


def _passphrase(of: str = "This book") -> str:
    """Typed unseen at a terminal; else the next line of what is piped in."""
    if sys.stdin.isatty():
        return getpass.getpass("Passphrase: " if of == "This book" else f"Passphrase of {of[0].lower()}{of[1:]}: ")
    line = sys.stdin.readline()
    if not line:
        raise _Stopped(f"{of} is opened by a passphrase. Type it at a terminal, or pipe it in as one line.")
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

    folder = folder_of(options.profile)
    opened = is_open(options.profile)
    found = [*examine(folder), Finding(True, "Companion is open with this book" if opened else "No window is open")]
    well = _told(iter(found))
    if options.connection is not None:
        print(flush=True)
        well = _connection(options) and well
    return DONE if well else NOT_DONE


def _connection(options: argparse.Namespace) -> bool:
    """Tries the way to an address, or that of the book and its key."""
    from companion import doctor

    if options.connection:
        return _told(doctor.address(options.connection))
    _closed(options.profile, "Test its connection there: in the Help menu, or in Settings.")
    with contextlib.closing(open_core(options.profile)) as core:
        return _told(doctor.connection(core))


def _told(findings: Iterator[Finding]) -> bool:
    """Prints each as soon as it is known; whether all is well."""
    well = True
    for each in findings:
        print(each.line, flush=True)
        well = well and each.well
    return well


# Leaving and coming back ────────────────────────────────────────────────────────────────────────────────────────────


def _closed(profile: str, what: str) -> Path:
    """The folder of a profile that no window has open."""
    if is_open(profile):
        raise _Stopped(f"Companion is open with this book. {what}")
    return folder_of(profile)


def _sign_out(options: argparse.Namespace) -> int:
    folder = _closed(options.profile, "Sign out in its Settings, or close it first.")
    leave: Callable[[], None] = partial(bootstrap.erase, folder)
    try:
        core = open_core(options.profile)
    except _Stopped as stopped:
        if not (folder / bootstrap.BOOK).exists() or not options.discard_waiting:
            raise
        print(f"{stopped} It is erased as you asked.", file=sys.stderr)
    else:
        with contextlib.closing(core):
            leave = partial(bootstrap.sign_out, folder, core.account, core.tokens().now())
            with core.database.read() as rows:
                waiting = rows.value("SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'discarded')")
            if waiting and options.keep is not None:
                _keep(core, options.keep)
            elif waiting and not options.discard_waiting:
                _ask_to_discard(waiting)
    try:
        leave()
    except KeyProblem as problem:
        print(f"{problem.title}: its entry stays, but opens nothing any more.", file=sys.stderr)
    print("Signed out. The local copy and its key are gone; the CRM was not touched.")
    return DONE


def _keep(core: Core, file: Path) -> None:
    from companion import parting

    try:
        count = parting.carry_out(core.database, file, _passphrase("The file"))
    except KeyProblem as problem:
        raise _Stopped(f"{problem.title}. {problem.advice} Nothing was erased.") from problem
    except OSError as error:
        raise _Stopped(f"{file} could not be written: {error.strerror}. Nothing was erased.") from error
    print(f"{_changes(count)} in {file}. `companion bring-back {file}` takes them into a book of the same account.")


def _bring_back(options: argparse.Namespace) -> int:
    from companion import parting

    folder = _closed(options.profile, "Close it first.")
    if options.file.is_dir():
        return _bring_back_copy(options, folder)
    core = open_core(options.profile)
    with contextlib.closing(core):
        try:
            now = int(core.clock().timestamp())
            back = parting.bring_back(core.database, options.file, _passphrase("The file"), now)
        except KeyProblem as problem:
            raise _Stopped(f"{options.file} was not opened: wrong passphrase, or not a file of ours.") from problem
        except parting.AnotherAccount as another:
            raise _Stopped("These changes belong to another account. Nothing was taken.") from another
        except OSError as error:
            raise _Stopped(f"{options.file} could not be read: {error.strerror}.") from error
    return _told_back(back, "the file")


def _bring_back_copy(options: argparse.Namespace, folder: Path) -> int:
    """A closed copy becomes the book again where there is none; else the book takes its changes."""
    from companion import closed_copy, parting

    copy = options.file.resolve()
    if not closed_copy.is_one(copy):
        raise _Stopped(f"There is no closed copy in {options.file}.")
    try:
        if not bootstrap.has_book(folder):
            closed_copy.reopen(copy, folder)
            print("The closed copy is your book again. Start `companion` and give its passphrase.")
            return DONE
        with contextlib.closing(open_core(options.profile)) as core:
            now = int(core.clock().timestamp())
            back = closed_copy.bring_back(core.database, copy, lambda: _passphrase("The closed copy"), now)
    except parting.AnotherAccount as another:
        raise _Stopped("That copy is of another account. Nothing was taken.") from another
    except (DatabaseProblem, KeyProblem, closed_copy.NotMoved) as problem:
        raise _Stopped(f"{problem.title}. {problem.advice}") from problem
    return _told_back(back, "the closed copy")


def _told_back(back: Carried, place: str) -> int:
    print(f"{_changes(back.ops)} came back" + (f", {back.known:,} were here already." if back.known else "."))
    if back.unreadable:
        print(f"{_changes(back.unreadable)} could not be read and stay in {place}.", file=sys.stderr)
    return NOT_DONE if back.unreadable else DONE


def _new_key(options: argparse.Namespace) -> int:
    from companion import credentials, rotation

    folder = _closed(options.profile, "Close it first.")
    if not bootstrap.has_book(folder):
        raise _Stopped("There is no book here yet.")
    try:
        vault = credentials.vault_of(folder, _passphrase)
        rotation.rotate(folder / bootstrap.BOOK, vault)
        bootstrap.open_profile(folder, vault).close()
    except (DatabaseProblem, KeyProblem) as problem:
        raise _Stopped(f"{problem.title}. {problem.advice}") from problem
    print("The local copy is encrypted anew; the old key opens nothing any more.")
    return DONE


def _changes(count: int) -> str:
    return "1 change" if count == 1 else f"{count:,} changes"


def _ask_to_discard(waiting: int) -> None:
    are = "is" if waiting == 1 else "are"
    print(
        f"{_changes(waiting)} {are} not in the CRM yet. `companion sync --once` sends what can be sent.",
        file=sys.stderr,
    )
    if sys.stdin.isatty() and input("Type discard to erase them with the local copy: ").strip().casefold() == "discard":
        return
    raise _Stopped(
        "Nothing was erased. To save them in a file first: `companion sign-out --keep FILE`; to erase them too: "
        "`companion sign-out --discard-waiting`."
    )
