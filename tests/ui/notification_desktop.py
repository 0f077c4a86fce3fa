"""A desktop that shows notifications: run as a process on a bus of its own, it does what it is told on its input.

`python -m tests.ui.notification_desktop ADDRESS CAPABILITY…`. Each line that it prints is JSON: what it was asked to
show or to take away. Lines that it reads: `press NUMBER CODE`, `close NUMBER REASON`, `token NUMBER TEXT`,
`slow SECONDS`.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
import time
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

NAME = "org.freedesktop.Notifications"
HERE = DBusAddress("/org/freedesktop/Notifications", NAME, NAME)


class Desktop:
    """Numbers what it shows from 1 on."""

    def __init__(self, address: str, capabilities: list[str]) -> None:
        self.connection: DBusConnection = open_dbus_connection(address)
        self.capabilities = capabilities
        self.count = 0
        self.slow = 0.0
        unwrap_msg(self.connection.send_and_get_reply(message_bus.RequestName(NAME)))
        say({"ready": True})

    def serve(self) -> None:
        """Until its input ends."""
        while True:
            ready, _, _ = select.select([self.connection.sock, sys.stdin], [], [])
            if sys.stdin in ready:
                read = os.read(
                    sys.stdin.fileno(), 65_536
                )  # not by lines: `select` sees none that Python has read ahead
                if not read:
                    return
                for line in read.decode().splitlines():
                    self.told(*line.split())
            with contextlib.suppress(TimeoutError):
                while True:
                    self.asked(self.connection.receive(timeout=0))

    def asked(self, message: Message) -> None:
        """A call of some program's."""
        if message.header.message_type is not MessageType.method_call:
            return
        member = message.header.fields[HeaderFields.member]
        if member == "GetCapabilities":
            self.answer(message, "as", self.capabilities)
        elif member == "Notify":
            time.sleep(self.slow)
            self.count += 1
            _, _, icon, title, body, actions, hints, _ = message.body
            said = {"title": title, "body": body, "actions": actions, "hints": {k: v[1] for k, v in hints.items()}}
            say({"number": self.count, "icon": icon, **said})
            self.answer(message, "u", self.count)
        elif member == "CloseNotification":
            say({"closed": message.body[0]})
            self.answer(message, None)
            self.signal("NotificationClosed", "uu", message.body[0], 3)

    def told(self, verb: str, *words: str) -> None:
        """What the person in front of it does."""
        if verb == "press":
            self.signal("ActionInvoked", "us", int(words[0]), words[1])
        elif verb == "token":
            self.signal("ActivationToken", "us", int(words[0]), words[1])
        elif verb == "close":
            self.signal("NotificationClosed", "uu", int(words[0]), int(words[1]))
        elif verb == "slow":
            self.slow = float(words[0])

    def answer(self, message: Message, signature: str | None, *body: Any) -> None:
        """Replies to a call."""
        self.connection.send(new_method_return(message, signature, body))

    def signal(self, member: str, signature: str, *body: Any) -> None:
        """Tells everybody who listens."""
        self.connection.send(new_signal(HERE, member, signature, body))


def say(what: dict[str, Any]) -> None:
    """A line of JSON."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    Desktop(sys.argv[1], sys.argv[2:]).serve()
