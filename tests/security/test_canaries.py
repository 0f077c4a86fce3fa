"""Nothing that is secret stands anywhere but in encrypted files: not while working, not after a crash or a sign-out."""

from __future__ import annotations

import base64
import itertools
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from companion import bootstrap, credentials
from tests.connectors.loopback import Loopback, serving
from tests.connectors.odoo.fake_odoo import FakeOdoo
from tests.connectors.odoo.served import over_http

ROOT = Path(__file__).parents[2]


@dataclass
class Scene:
    """A home of its own, a CRM full of canaries, and the canaries by what they are."""

    home: Path
    crm: Loopback
    odoo: FakeOdoo
    canaries: dict[str, bytes]

    def run(self, stage: str) -> Day:
        """Starts a stage of the day."""
        return Day(self, stage)

    def text(self, name: str) -> str:
        return self.canaries[name].decode()

    @property
    def environment(self) -> dict[str, str]:
        """A user whose every folder is below the home."""
        below = {"HOME": "", "TMPDIR": "tmp", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"}
        below |= {"XDG_CACHE_HOME": "cache", "XDG_STATE_HOME": "state", "XDG_RUNTIME_DIR": "run"}
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "DBUS_SESSION_BUS_ADDRESS") if name in os.environ}
        return {
            **kept,
            **{name: str(self.home / place) for name, place in below.items()},
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "offscreen",
            "QT_LOGGING_RULES": "*.debug=false",
        }

    def leaks(self, *besides: tuple[str, bytes]) -> list[str]:
        """Which canaries stand in clear in any file below the home, or in what is given besides."""
        places = itertools.chain(besides, ((str(path), path.read_bytes()) for path in files(self.home)))
        return [
            f"{name} in {place}"
            for place, data in places
            for name, canary in self.canaries.items()
            if any(form in data for form in forms(canary))
        ]


class Day:
    """A living process of the day."""

    def __init__(self, scene: Scene, stage: str) -> None:
        self.scene = scene
        command = [sys.executable, "-P", "-m", "tests.security.canary_day", stage]
        self.output = (scene.home / "tmp" / f"{stage}.out").open("w+b")
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.output,
            env=scene.environment,
            cwd=scene.home / "tmp",
        )
        self.tell(
            {
                "url": scene.crm.url("").rstrip("/"),
                "folder": str(scene.home / "data" / "profile"),
                "key": scene.text("API key"),
                "passphrase": scene.text("passphrase"),
                "note": scene.text("typed note"),
                "typed": scene.text("searched"),
                "person": scene.text("contact name"),
                "log": str(scene.home / "tmp" / f"{stage}.log"),
            }
        )

    def tell(self, what: object) -> None:
        """A line to the process."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        self.process.stdin.flush()

    def reaches(self, words: str) -> None:
        """Waits until the process says so; it stands still then."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode().strip()
        self.output.flush()
        assert line == words, Path(self.output.name).read_text(errors="replace")[-3000:]

    def seen_from_outside(self) -> list[tuple[str, bytes]]:
        """What every user of the computer, or the user's other programs, can read of the process."""
        proc = Path(f"/proc/{self.process.pid}")
        return [(f"/proc/…/{name}", (proc / name).read_bytes()) for name in ("cmdline", "environ", "status", "maps")]

    def ends(self) -> int:
        """Lets it go on, and waits for its end."""
        self.tell("")
        code = self.process.wait(60)
        for stream in (self.process.stdin, self.process.stdout, self.output):
            assert stream is not None
            stream.close()
        return code


def forms(canary: bytes) -> Iterable[bytes]:
    """How a secret could be written."""
    yield canary
    yield canary.decode("latin-1").encode("utf-16-le")
    yield canary.hex().encode()
    yield base64.b64encode(canary).rstrip(b"=")


def files(folder: Path) -> Iterator[Path]:
    """Every ordinary file below a folder."""
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A CRM in which everything is a canary."""
    home = tmp_path / "home"
    for place in ("tmp", "data", "config", "cache", "state", "run"):
        (home / place).mkdir(parents=True, mode=0o700)
    names = ("contact name", "e-mail", "phone", "note", "deal", "API key", "passphrase", "typed note", "searched")
    canaries = {name: f"zz{secrets.token_hex(9)}".encode() for name in (*names, "cookie")}
    canaries["phone"] = str(secrets.randbelow(9 * 10**14) + 10**14).encode()
    odoo = FakeOdoo(time.time)
    text = {name: canary.decode() for name, canary in canaries.items()}
    odoo.keys[text["API key"]] = odoo.keys["key-ana"]
    person = {
        "name": text["contact name"],
        "email": f"{text['e-mail']}@x.example",
        "phone": text["phone"],
        "user_id": 5,
    }
    (partner,) = odoo.call(5, "res.partner", "create", vals_list=[person])
    odoo.call(5, "crm.lead", "create", vals_list=[{"name": text["deal"], "partner_id": partner, "user_id": 5}])
    body = {"model": "res.partner", "res_id": partner, "body": f"<p>{text['note']}</p>", "message_type": "comment"}
    odoo.call(5, "mail.message", "create", vals_list=[body])
    cookie = f"Set-Cookie: session_id={text['cookie']}; Path=/; HttpOnly"
    with serving(over_http(odoo, cookie)) as crm:
        yield Scene(home, crm, odoo, canaries)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at the process through /proc")
def test_no_secret_stands_in_clear_anywhere_after_a_day_a_crash_and_a_sign_out(scene: Scene) -> None:
    day = scene.run("day")
    day.reaches("working")
    assert scene.leaks(*day.seen_from_outside()) == []
    day.tell("")
    day.reaches("closed")
    assert day.ends() == 0
    folder = scene.home / "data" / "profile"
    core = bootstrap.open_with(folder, scene.text("passphrase"))
    with core.database.read() as rows:
        assert rows.value("SELECT count(*) FROM people WHERE name = ?", (scene.text("contact name"),)) == 1
        assert rows.value("SELECT count(*) FROM activities WHERE body LIKE ?", (f"%{scene.text('typed note')}%",))
    core.close()
    scene.canaries["key of the book"] = credentials.unlock(
        folder, credentials.PassphraseVault(scene.text("passphrase"))
    )
    assert scene.leaks() == []

    crash = scene.run("crash")
    crash.reaches("about to crash")
    assert scene.leaks(*crash.seen_from_outside()) == []
    assert crash.ends() == -signal.SIGSEGV
    assert scene.leaks() == [], "after a crash"
    assert not [path for path in files(scene.home) if path.name.startswith("core")], "a core dump was written"

    left = [path.name for path in files(folder)]
    assert "book.db" in left
    bootstrap.erase(folder)
    assert scene.leaks() == [], "after signing out"
    assert not folder.exists()


def test_the_sweep_finds_what_is_there_in_any_form(scene: Scene) -> None:
    for number, form in enumerate(forms(scene.canaries["API key"])):
        planted = scene.home / "cache" / f"planted-{number}"
        planted.write_bytes(b"before" + form + b"after")
        assert scene.leaks() == [f"API key in {planted}"]
        planted.unlink()
    shutil.rmtree(scene.home)
