"""What other processes and links say: a message on the window's socket, a number, an address, a place to open."""

from __future__ import annotations

import re

from PySide6.QtCore import QUrl

from tests.rig.fuzz.source import swollen
from ui.instance import WORDS, understood
from ui.links import mailto, may_open, tel


class Messages:
    """A message means no more than the known words."""

    seeds = (b"companion 1\nshow\n\n", b"companion 1\nquick-log\nshow\n\n", b"companion 2\nshow\n\n", b"\xff" * 200)

    def __call__(self, data: bytes) -> None:
        """And only in their own greeting."""
        words = understood(data)
        assert words <= WORDS
        assert not words or data.startswith(b"companion 1\n")


class Links:
    """Whatever a field holds, what leaves the window is a plain number or a plain address."""

    seeds = (
        b"\0+49 (30) 23125-014 ext. 22",
        b"\0ana@example.com",
        b"\0ana@example.com?attach=/etc/passwd",
        b"\0tel:*%2306%23",
        b"\0https://x.example/y?z#a",
        b"\0file:///etc/passwd",
        b"\0 javascript:alert(1)",
        b"\0https:\\\\x",
        b"\0//x.example/s",
        b"\0https://user:pw@x.example",
        b"\0\xd9\xa4\xd9\xa9 030",
        b"\xff1",
        b"\xffa@",
        b"\0www.x.example",
        b"\0HTTP://X:80/",
    )

    def __call__(self, data: bytes) -> None:
        """Nothing is handed to the system here."""
        given = swollen(data, 50_000)
        number = tel(given)
        assert number is None or re.fullmatch(r"tel:\+?[0-9]{3,20}", number.toString())
        mail = mailto(given)
        assert mail is None or (mail.scheme() == "mailto" and not mail.hasQuery() and not mail.hasFragment())
        for link in (number, mail):
            assert link is None or may_open(link)
        odd = QUrl(given[:2_000])
        assert not may_open(odd) or odd.scheme() in ("tel", "mailto")
