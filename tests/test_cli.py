"""The terminal's verbs as a person runs them: a process, a home of its own, no keyring; words and exit codes."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from companion import bootstrap, cli, closed_copy, credentials, doctor
from companion.bootstrap import Account
from companion.domain.records import Kind
from companion.store import edits
from companion.store.edits import Gesture

PASSPHRASE = "correct horse battery"
SECRET = "canary-api-key-4711"
Run = Callable[..., subprocess.CompletedProcess[str]]


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    """Runs `companion` in that home, without a desktop."""
    hidden = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env |= {"HOME": str(home), "PYTHON_KEYRING_BACKEND": "", "NO_PROXY": "*"}
    env |= {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}

    def go(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ui", *arguments],
            input=typed,
            capture_output=True,
            text=True,
            env=env,
            timeout=120,
            check=False,
        )

    return go


def folder(home: Path, profile: str = "default") -> Path:
    return home / "data" / "Companion" / "profiles" / profile


def make_book(home: Path, profile: str = "default", *, waiting: int = 0) -> Path:
    """A book under a passphrase, connected to a server that is not there."""
    place = folder(home, profile)
    vault = credentials.PassphraseVault(PASSPHRASE, seconds=0.0, memory_kib=64)
    account = Account("odoo", f"https://127.0.0.1:{closed_port()}", "sales", "ines")
    core = bootstrap.create_profile(place, vault, account, SECRET)
    with core.database.write() as write:
        gesture = Gesture(bootstrap.new_id(), 1_795_000_000, "log", bootstrap.new_id, hold_s=0)
        for number in range(waiting):
            edits.create(write, gesture, Kind.ACTIVITY, {"what": "call", "at": number}, {}, "No answer")
    core.close()
    return place


def test_today_of_the_demo_book_tells_everybody_and_why(run: Run) -> None:
    done = run("today", "--demo")

    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("Today, ")
    assert "Marta Ferreira, Halvorsen Logistics" in done.stdout
    assert "Proposal sent" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_terminals_verbs_load_neither_qt_nor_a_keyring_for_todays_list() -> None:
    code = (
        "import sys; from companion.cli import run; code = run(['today', '--demo']); "
        "sys.exit(code or 3 * any(m.startswith(('PySide6', 'keyring')) for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0


def test_a_list_that_nobody_reads_to_its_end_ends_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "ui", "today", "--demo"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_book_today_says_what_to_do(run: Run, home: Path) -> None:
    done = run("today")

    assert done.returncode == 1
    assert "There is no book here yet" in done.stderr
    assert not folder(home).exists()


def test_the_passphrase_may_be_piped_in_and_a_wrong_one_changes_nothing(run: Run, home: Path) -> None:
    place = make_book(home)
    before = {each.name: each.read_bytes() for each in place.iterdir()}

    wrong, none, right = run("today", typed="not it at all\n"), run("today"), run("today", typed=f"{PASSPHRASE}\n")

    assert (wrong.returncode, none.returncode, right.returncode) == (1, 1, 0)
    assert "This key does not open your book. Your book is untouched." in wrong.stderr
    assert "pipe it in" in none.stderr
    assert "Nobody needs you today." in right.stdout
    assert before["key.json"] == (place / "key.json").read_bytes()


def test_sync_tells_that_the_server_cannot_be_reached_and_keeps_what_waits(run: Run, home: Path) -> None:
    make_book(home, waiting=2)

    done = run("sync", "--once", typed=PASSPHRASE)

    assert done.returncode == 1
    assert "Offline · 2 changes waiting" in done.stdout
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_sync_leaves_the_book_to_the_window_that_has_it_open(run: Run, home: Path) -> None:
    make_book(home)
    (folder(home).parent / "default.lock").write_text(f"{os.getpid()}\npytest\nhere\n")

    done = run("sync", "--once", typed=PASSPHRASE)

    assert done.returncode == 1
    assert "Companion is open with this book" in done.stderr


def test_a_lock_of_a_process_that_is_gone_stops_nobody(run: Run, home: Path) -> None:
    make_book(home)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (folder(home).parent / "default.lock").write_text(f"{gone.pid}\npytest\nhere\n")

    assert "Companion is open" not in run("sync", "--once", typed=PASSPHRASE).stderr


def test_doctor_tells_what_works_without_a_secret_and_without_the_passphrase(run: Run, home: Path) -> None:
    make_book(home)

    done = run("doctor")

    assert done.returncode == 0, done.stdout
    assert "Encryption works: SQLCipher" in done.stdout
    assert "no keyring that Companion trusts" in done.stdout
    assert "opened by a passphrase" in done.stdout
    assert "Only you can read the local copy" in done.stdout
    for secret in (SECRET, PASSPHRASE, "ines", "127.0.0.1"):
        assert secret not in done.stdout + done.stderr


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_doctor_names_what_others_may_read(run: Run, home: Path) -> None:
    place = make_book(home)
    (place / "book.db").chmod(0o644)

    done = run("doctor")

    assert done.returncode == 1
    assert "look  Others on this computer may read book.db" in done.stdout


def test_doctor_warns_of_a_folder_that_is_copied_elsewhere(tmp_path: Path) -> None:
    place = tmp_path / "Dropbox" / "profiles" / "default"
    place.mkdir(parents=True)

    assert any(not each.well and "copied to other computers" in each.what for each in doctor.examine(place))


def test_sign_out_erases_the_book_and_its_key(run: Run, home: Path) -> None:
    place = make_book(home)

    done = run("sign-out", typed=PASSPHRASE)

    assert done.returncode == 0
    assert "Signed out" in done.stdout
    assert not place.exists()


def test_sign_out_stops_while_changes_wait_unless_they_are_given_up(run: Run, home: Path) -> None:
    place = make_book(home, waiting=1)

    stopped = run("sign-out", typed=PASSPHRASE)
    assert stopped.returncode == 1
    assert "1 change is not in the CRM yet" in stopped.stderr
    assert "Nothing was erased" in stopped.stderr
    assert (place / "book.db").exists()

    assert run("sign-out", "--discard-waiting", typed=PASSPHRASE).returncode == 0
    assert not place.exists()


def test_changes_are_carried_out_before_signing_out_and_come_back_into_a_new_book(
    run: Run, home: Path, tmp_path: Path
) -> None:
    place = make_book(home, waiting=3)
    file = tmp_path / "mine.companion-changes"
    typed = f"{PASSPHRASE}\nseventeen green herons\n"

    weak = run("sign-out", "--keep", str(file), typed=f"{PASSPHRASE}\nshort\n")
    assert weak.returncode == 1
    assert "Nothing was erased" in weak.stderr
    assert (place / "book.db").exists()

    done = run("sign-out", "--keep", str(file), typed=typed)
    assert done.returncode == 0, done.stderr
    assert "3 changes in" in done.stdout
    assert not place.exists()

    make_book(home)
    wrong = run("bring-back", str(file), typed=f"{PASSPHRASE}\nanother passphrase\n")
    assert wrong.returncode == 1
    assert "was not opened" in wrong.stderr
    assert "3 changes came back." in run("bring-back", str(file), typed=typed).stdout
    assert "0 changes came back, 3 were here already." in run("bring-back", str(file), typed=typed).stdout


def test_a_new_key_opens_the_same_book(run: Run, home: Path) -> None:
    place = make_book(home, waiting=2)
    before = (place / "book.db").read_bytes()

    done = run("new-key", typed=PASSPHRASE)

    assert done.returncode == 0, done.stderr
    assert (place / "book.db").read_bytes()[:64] != before[:64]
    assert run("today", typed=PASSPHRASE).returncode == 0
    assert "2 changes are not in the CRM" in run("sign-out", typed=PASSPHRASE).stderr


def test_a_book_whose_passphrase_is_lost_can_be_erased_only_on_purpose(run: Run, home: Path) -> None:
    place = make_book(home)

    assert run("sign-out", typed="not it at all").returncode == 1
    assert (place / "book.db").exists()
    assert run("sign-out", "--discard-waiting", typed="not it at all").returncode == 0
    assert not place.exists()


def test_a_closed_copy_is_the_book_again_where_there_is_none_and_else_gives_its_changes(run: Run, home: Path) -> None:
    place = make_book(home, waiting=2)
    copy = closed_copy.set_aside(place, dt.date(2026, 11, 22))

    assert "your book again" in run("bring-back", str(copy)).stdout
    assert not copy.exists()
    assert "2 changes are not in the CRM" in run("sign-out", typed=PASSPHRASE).stderr

    copy = closed_copy.set_aside(place, dt.date(2026, 11, 22))
    make_book(home)
    wrong = run("bring-back", str(copy), typed=f"{PASSPHRASE}\nanother passphrase\n")
    assert wrong.returncode == 1
    assert "Check the passphrase" in wrong.stderr
    assert "2 changes came back." in run("bring-back", str(copy), typed=f"{PASSPHRASE}\n{PASSPHRASE}\n").stdout
    assert (copy / "book.db").exists()


def test_a_folder_that_is_no_closed_copy_is_left_where_it_is(run: Run, home: Path) -> None:
    other = make_book(home, "work")

    done = run("bring-back", str(other))

    assert done.returncode == 1
    assert "There is no closed copy" in done.stderr
    assert (other / "book.db").exists()


def test_a_sign_out_that_was_killed_half_way_is_ended_at_the_next_start(run: Run, home: Path) -> None:
    place = make_book(home)
    (place / "signing-out").touch()
    (place / "key.json").unlink()

    done = run("today")

    assert "There is no book here yet" in done.stderr
    assert not place.exists()


def test_profiles_are_apart(run: Run, home: Path) -> None:
    make_book(home, "work")

    assert run("today", typed=PASSPHRASE).returncode == 1
    assert run("--profile", "work", "today", typed=PASSPHRASE).returncode == 0
    assert run("today", "--profile", "work", typed=PASSPHRASE).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["today", "--profile", "../../etc"],
        ["today", "--profile", ".."],
        ["today", "--profile", ""],
        ["sync"],
        ["today", "--nonsense"],
    ],
)
def test_wrong_usage_is_told_apart_from_trouble(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    assert "usage: companion" in capsys.readouterr().err
