"""A message bus of a test's own, and a desktop on it that shows notifications."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import sys
import threading
from typing import Any

import pytest

HAS_BUS = shutil.which("dbus-daemon") is not None
NEEDS_BUS = pytest.mark.skipif(
    not HAS_BUS,
    reason="NOT TESTED: notifications with buttons. There is no dbus-daemon on this machine (apt: dbus-daemon)",
)


class Bus:
    """A private dbus-daemon; `address` is where it listens."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()

    def stop(self) -> None:
        """The session ends."""
        self._process.kill()
        self._process.communicate()


class Desktop:
    """The process that shows notifications, as a test sees it."""

    def __init__(self, bus: Bus, *capabilities: str) -> None:
        command = [sys.executable, "-m", "tests.ui.notification_desktop", bus.address, *capabilities]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self.said() == {"ready": True}

    def said(self, within_s: float = 10.0) -> dict[str, Any]:
        """The next thing that it was asked."""
        return self._said.get(timeout=within_s)

    def quiet(self) -> bool:
        """Whether it was asked for nothing more."""
        return self._said.empty()

    def do(self, *words: object) -> None:
        """'press', 1, 'done'"""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()

    def stop(self) -> None:
        """It is gone, as after a crash."""
        self._process.kill()
        self._process.communicate()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(json.loads(line))
