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
from tests.connectors import fake_server
from tests.connectors.hubspot.fake_hubspot import FakeHubSpot
from tests.connectors.loopback import serving
from tests.connectors.odoo.fake_odoo import FakeOdoo
from tests.connectors.odoo.served import over_http

ROOT = Path(__file__).parents[2]


@dataclass
class Scene:
    """A home of its own, a CRM at `url` that is full of canaries, and the canaries by what they are."""

    home: Path
    url: str
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
                "url": scene.url,
                "folder": str(scene.home / "data" / "profile"),
                "key": scene.text("API key"),
                "code": scene.text("code"),
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
    home, canaries = home_below(tmp_path), made_canaries()
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
        yield Scene(home, crm.url("").rstrip("/"), canaries)


@pytest.fixture
def browser_scene(tmp_path: Path) -> Iterator[Scene]:
    """A CRM that is signed in to through the browser: what goes over the wire is a canary each."""
    home, canaries = home_below(tmp_path), made_canaries()
    canaries |= {name: f"zz{secrets.token_hex(9)}".encode() for name in ("access token", "refresh token")}
    text = {name: canary.decode() for name, canary in canaries.items()}
    hubspot = FakeHubSpot(now=time.time())
    hubspot.app_secret, hubspot.code = text["API key"], text["code"]
    hubspot.token_names = {"access": text["access token"], "refresh": text["refresh token"]}
    hubspot.life_s = 1  # each sync renews
    hubspot.records.create("contacts", {"firstname": text["contact name"], "hubspot_owner_id": "11"})
    with fake_server.serving(hubspot, lambda: hubspot.now) as crm:
        yield Scene(home, crm.url, canaries)


def home_below(folder: Path) -> Path:
    """A user's folders, empty."""
    home = folder / "home"
    for place in ("tmp", "data", "config", "cache", "state", "run"):
        (home / place).mkdir(parents=True, mode=0o700)
    return home


def made_canaries() -> dict[str, bytes]:
    """A word each that stands nowhere else."""
    names = ("contact name", "e-mail", "phone", "note", "deal", "API key", "passphrase", "typed note", "searched")
    return {name: f"zz{secrets.token_hex(9)}".encode() for name in (*names, "cookie", "code")}


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


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at the process through /proc")
def test_no_token_code_or_secret_of_a_sign_in_through_the_browser_stands_in_clear_anywhere(
    browser_scene: Scene,
) -> None:
    scene = browser_scene
    day = scene.run("browser")
    day.reaches("working")
    assert scene.leaks(*day.seen_from_outside()) == []
    day.tell("")
    day.reaches("failed everywhere")
    assert day.ends() == 0
    assert scene.leaks() == []

    folder = scene.home / "data" / "profile"
    core = bootstrap.open_with(folder, scene.text("passphrase"))
    kept = core.tokens().now()
    core.close()
    told = (kept.access, kept.refresh, kept.client_secret)
    names = ("access token", "refresh token", "API key")
    assert all(scene.text(name) in each for name, each in zip(names, told, strict=True)), "they were there to leak"

    bootstrap.erase(folder)
    assert scene.leaks() == [], "after signing out"


def test_the_sweep_finds_what_is_there_in_any_form(scene: Scene) -> None:
    for number, form in enumerate(forms(scene.canaries["API key"])):
        planted = scene.home / "cache" / f"planted-{number}"
        planted.write_bytes(b"before" + form + b"after")
        assert scene.leaks() == [f"API key in {planted}"]
        planted.unlink()
    shutil.rmtree(scene.home)
