"""Opening what lies outside: a phone call, a mail, the CRM's sign-in page; nothing else ever leaves the window."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

_EXTENSION: Final = re.compile(r"[;,x]|ext", re.IGNORECASE)
"""Where an extension or a parameter begins: dialled along, it would be another number."""
_MAIL: Final = re.compile(r"[^\s@<>\"',;:?&%/\\]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")


def tel(number: str) -> QUrl | None:
    """A tel: link of digits and one leading plus; None for codes with * or #, which would command the phone."""
    if "*" in number or "#" in number:
        return None
    number = _EXTENSION.split(number.strip().removeprefix("tel:"), maxsplit=1)[0]
    digits = "".join(str(int(each)) for each in number if each.isdecimal())
    plus = "+" if number.lstrip(" (").startswith("+") else ""
    return QUrl(f"tel:{plus}{digits}") if 3 <= len(digits) <= 20 else None


def mailto(address: str) -> QUrl | None:
    """A mailto: link to one address and with nothing else in it: no attachment, no header; None if it is no address."""
    address = address.strip()
    if len(address) > 254 or not address.isprintable() or not _MAIL.fullmatch(address):
        return None
    return QUrl(f"mailto:{quote(address, safe='@.+-_')}")


def open_outside(link: QUrl | None) -> bool:
    """Hands a link to the system; only what `may_open`. False when there was nothing."""
    return link is not None and may_open(link) and _hand_over(link)


def sign_in_page(address: str) -> QUrl | None:
    """The CRM's own page for signing in, which we asked for ourselves: https with a host and without a password in it;
    None for anything else."""
    link = QUrl(address, QUrl.ParsingMode.StrictMode)
    safe = link.isValid() and link.scheme() == "https" and bool(link.host()) and not link.userInfo()
    return link if safe and address.isascii() and address.isprintable() else None


def open_sign_in(link: QUrl | None) -> bool:
    """Hands the page of `sign_in_page` to the browser. False when there was nothing, or no browser."""
    return link is not None and _hand_over(link)


def open_folder(folder: Path) -> bool:
    """Shows a folder of this computer, where a file of the rep's was just put; never a file, which would be run."""
    return folder.is_absolute() and folder.is_dir() and _hand_over(QUrl.fromLocalFile(str(folder)))


def _hand_over(link: QUrl) -> bool:
    return QDesktopServices.openUrl(link)


def may_open(link: QUrl) -> bool:
    """Whether this is a link of ours to a number or an address: no other scheme, no host, no query, no fragment."""
    return (
        link.isValid()
        and link.scheme() in ("tel", "mailto")
        and not (link.authority() or link.hasQuery() or link.hasFragment())
        and bool(link.path())
    )
