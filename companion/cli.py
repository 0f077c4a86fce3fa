"""The verbs that need no window: today, sync --once, doctor, sign-out. They print words, never secrets."""

from __future__ import annotations

import argparse
import getpass
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from companion import bootstrap
from companion.bootstrap import Core
from companion.database import DatabaseProblem, Rows


def run(arguments: Sequence[str]) -> int:
    """Runs one verb; returns the exit code: 0 done, 1 it could not be done (said in words), 2 wrong usage."""
    options = _parser().parse_args(list(arguments))
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
        return 1


class _Stopped(Exception):
    """Why a verb could not be done, in words for the rep."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="companion")
    parser.add_argument("--profile", default="default", help="which of your books")
    verbs = parser.add_subparsers(dest="verb", required=True)
    today = verbs.add_parser("today", help="today's list with its reasons")
    today.add_argument("--demo", action="store_true", help="of the demo book")
    sync = verbs.add_parser("sync", help="exchange changes with the CRM")
    sync.add_argument("--once", action="store_true", required=True, help="one cycle, then leave")
    verbs.add_parser("doctor", help="what works on this machine, in words")
    out = verbs.add_parser("sign-out", help="erase the local copy and its key")
    out.add_argument("--discard-waiting", action="store_true", help="erase changes too that the CRM does not have")
    return parser


def folder_of(profile: str) -> Path:
    """Where a profile lies. Raises ValueError for a name that would lead elsewhere."""
    if not profile or profile != Path(profile).name or profile.startswith("."):
        raise ValueError(profile)
    return bootstrap.profiles_folder() / profile


def open_core(profile: str) -> Core:
    """Opens a profile from the terminal, asking for the passphrase where there is one."""
    from companion import credentials

    folder = folder_of(profile)
    if not (folder / bootstrap.BOOK).exists():
        raise _Stopped("There is no book here yet. Start `companion` and connect it, or try `companion today --demo`.")
    try:
        vault = credentials.vault_of(folder, lambda: getpass.getpass("Passphrase: "))
        return bootstrap.open_profile(folder, vault)
    except (DatabaseProblem, credentials.KeyProblem) as problem:
        raise _Stopped(f"{problem.title}. {problem.advice}") from problem


def _today(options: argparse.Namespace) -> int:
    core = bootstrap.demo_book() if options.demo else open_core(options.profile)
    try:
        while core.refresh_due():
            pass
        with core.database.read() as rows:
            for line in today_lines(rows, core):
                print(line)
    finally:
        core.close()
    return 0


def today_lines(rows: Rows, core: Core) -> list[str]:
    """Today's list as lines of text, a reason under each name."""
    from companion.queries.today import today

    now = core.clock()
    found = today(rows, now, core.zone)
    lines = [f"Today, {now:%A} {now.day} {now:%B} · {found.done_count} of {found.total} done"]
    for section in found.sections:
        lines += ["", f"{section.title} ({section.count})"]
        for row in section.rows:
            lines.append(
                f"  {row.who}{', ' + row.company if row.company else ''}  {row.amount} {row.right_note}".rstrip()
            )
            lines.append(f"      {row.sentence}")
    return lines


def _sync(options: argparse.Namespace) -> int:
    core = open_core(options.profile)
    try:
        status = bootstrap.sync_once(core)
    finally:
        core.close()
    from companion.domain.sync_status import Phase, foot_words

    print(foot_words(status, core.clock().timestamp()))
    return 0 if status.phase is Phase.IDLE else 1


def _doctor(options: argparse.Namespace) -> int:
    ok = True
    for good, words in examine(folder_of(options.profile)):
        ok = ok and good
        print(f"{'ok   ' if good else 'look '} {words}")
    return 0 if ok else 1


def examine(folder: Path) -> list[tuple[bool, str]]:
    """What works on this machine, in words: (is it well, what it is). Opens no network and prints no secret."""
    from companion import credentials

    found = [(sys.version_info >= (3, 11), f"Python {platform.python_version()} on {platform.system()}")]
    found.append(_encryption())
    keyring = credentials.usable_keyring()
    if isinstance(keyring, credentials.KeyringVault):
        found.append((True, f"The keyring works: {keyring.name}"))
    else:
        found.append((True, f"No usable keyring ({keyring}); a passphrase protects the local copy instead"))
    if not (folder / bootstrap.BOOK).exists():
        found.append((True, "No book is connected yet"))
        return found
    mode = (folder / bootstrap.BOOK).stat().st_mode & 0o077
    found.append(
        (mode == 0, "Only you can read the local copy" if mode == 0 else "Others on this computer can read the file")
    )
    return found


def _encryption() -> tuple[bool, str]:
    from sqlcipher3 import dbapi2 as driver

    connection = driver.connect(":memory:")
    row = connection.execute("PRAGMA cipher_version").fetchone()
    connection.close()
    return (True, f"Encryption works: SQLCipher {row[0]}") if row else (False, "The SQLite driver can't encrypt")


def _sign_out(options: argparse.Namespace) -> int:
    from companion import credentials

    folder = folder_of(options.profile)
    core = open_core(options.profile)
    with core.database.read() as rows:
        waiting = rows.value("SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'discarded')")
    core.close()
    if waiting and not options.discard_waiting:
        raise _Stopped(
            f"{waiting} changes are not in the CRM yet. Run `companion sync --once` first, or erase them too with "
            "`companion sign-out --discard-waiting`. Nothing was erased."
        )
    credentials.erase(folder, credentials.vault_of(folder, lambda: ""))
    bootstrap.erase_profile(folder)
    print("Signed out. The local copy and its key are gone; the CRM was not touched.")
    return 0
