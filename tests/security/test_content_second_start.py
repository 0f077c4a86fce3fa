"""The window's socket: known words alone, few guests, short messages, and nobody but this user (S-38)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Protocol

import pytest
from PySide6.QtNetwork import QLocalSocket

from tests.rig.fuzz.child import mutated
from ui.instance import Instance, address_of, hand_over

SOUND = b"companion 1\nshow\n\n"


class Bot(Protocol):
    """What these tests need of pytest-qt."""

    def wait(self, ms: int) -> None:
        """Lets events run."""

    def waitUntil(self, done: Callable[[], bool], *, timeout: int) -> None:
        """Until it is so."""


@pytest.fixture
def heard() -> list[object]:
    """What the first start was asked for."""
    return []


@pytest.fixture
def first(tmp_path: Path, qtbot: Bot, heard: list[object]) -> Iterator[Instance]:
    """The start that listens."""
    made = Instance(tmp_path, "default")
    made.asked.connect(heard.append)
    assert made.claim()
    yield made
    made.release()


def guest(folder: Path) -> QLocalSocket:
    """A connection, made without another process."""
    made = QLocalSocket()
    made.connectToServer(address_of(folder, "default"))
    assert made.waitForConnected(2_000)
    return made


def test_three_hundred_strange_messages_change_nothing(
    tmp_path: Path, first: Instance, heard: list[object], qtbot: Bot
) -> None:
    chance = Random(38)
    known = [
        SOUND,
        b"companion 1\nquit\n\n",
        b"companion 1\nshow\nsign-out\n\n",
        b"\xff" * 99,
        b"show\n\n",
        b"\n\n",
        b"\0\0\n\n",
    ]
    for _ in range(300):
        message = mutated(chance.choice(known), known, chance)
        talker = guest(tmp_path)
        talker.write(message)
        talker.flush()
        qtbot.wait(1)
        talker.abort()

    assert all(isinstance(each, frozenset) and each <= {"show", "quick-log"} for each in heard)
    heard.clear()
    assert hand_over(tmp_path, "default", ["quick-log"])
    qtbot.waitUntil(lambda: bool(heard), timeout=3_000)
    assert heard == [frozenset({"quick-log"})]


def test_who_talks_without_end_is_shown_out(tmp_path: Path, first: Instance, heard: list[object], qtbot: Bot) -> None:
    talker = guest(tmp_path)
    talker.write(b"companion 1\n" + b"x" * 5_000_000)

    qtbot.waitUntil(lambda: talker.state() is QLocalSocket.LocalSocketState.UnconnectedState, timeout=5_000)

    assert heard == []
    assert not first._guests


def test_who_says_nothing_takes_no_place_for_long(
    tmp_path: Path, first: Instance, heard: list[object], qtbot: Bot
) -> None:
    silent = [guest(tmp_path) for _ in range(40)]
    qtbot.wait(50)

    assert len(first._guests) <= 16
    qtbot.waitUntil(lambda: not first._guests, timeout=5_000)
    assert hand_over(tmp_path, "default", ["show"])
    qtbot.waitUntil(lambda: bool(heard), timeout=3_000)
    for each in silent:
        each.abort()


def test_nothing_that_can_be_asked_changes_anything_by_itself() -> None:
    source = (Path(__file__).parents[2] / "ui/app.py").read_text(encoding="utf-8")

    asked = next(line for line in source.splitlines() if "instance.asked.connect" in line)
    assert "opening.quick_log()" in asked
    assert "opening.show()" in asked


OTHER = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
talker = socket.socket(socket.AF_UNIX)
talker.settimeout(3)
try:
    talker.connect(sys.argv[1])
    talker.sendall(b"companion 1\\nshow\\n\\n")
    print("heard" if talker.recv(10) else "shown out")
except PermissionError:
    print("refused")
except OSError as error:
    print("shown out", error)
"""


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="NOT PROVEN here: needs to become another user")
@pytest.mark.parametrize("open_to_all", [False, True], ids=["by its rights", "by who it is"])
def test_another_user_is_not_heard(
    open_to_all: bool, tmp_path: Path, first: Instance, heard: list[object], qtbot: Bot
) -> None:
    address = address_of(tmp_path, "default")
    file = Path(address if address.startswith("/") else f"/tmp/{address}")
    if open_to_all:
        file.chmod(0o666)
        for folder in (tmp_path, *tmp_path.parents[:-2]):
            folder.chmod(folder.stat().st_mode | 0o055)
    other = subprocess.Popen([sys.executable, "-c", OTHER, str(file)], stdout=subprocess.PIPE, text=True, cwd="/")

    qtbot.waitUntil(lambda: other.poll() is not None, timeout=15_000)

    said = other.communicate()[0]
    assert said.startswith("shown out" if open_to_all else "refused"), said
    assert heard == []


def test_a_socket_of_somebody_else_in_our_place_is_not_talked_to(tmp_path: Path) -> None:
    """Here it is our own that does not answer: a second start gives up and says so instead of waiting for ever."""
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(address_of(tmp_path, "default"))
    began = time.monotonic()

    assert not hand_over(tmp_path, "default", ["show"], within_ms=300)
    assert time.monotonic() - began < 3
    dead.close()
