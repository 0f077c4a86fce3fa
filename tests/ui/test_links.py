"""What may be opened outside the window: a plain phone number and a plain address, whatever the CRM holds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from ui.links import mailto, open_outside, tel


@pytest.mark.parametrize(
    ("number", "link"),
    [
        ("+49 (30) 23125-014", "tel:+493023125014"),
        ("030/23125 014", "tel:03023125014"),
        ("++49 30 23125014", "tel:+493023125014"),
        ("tel:+49 30 23125014", "tel:+493023125014"),
        ("+49 30 23125014;phone-context=evil.example", "tel:+493023125014"),
        ("112", "tel:112"),
        ("+४९ ३०", "tel:+4930"),
        ("030 2312 5014 ext. 22", "tel:03023125014"),
        ("030 2312 5014x22", "tel:03023125014"),
        ("", None),
        ("12", None),
        ("*#06#", None),
        ("**21*0900123456#", None),
        ("#31#0301234567", None),
        ("tel:*%2306%23", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("\\\\evil.example\\share", None),
        ("0" * 5000, None),
        ("\ud800\u202e", None),
    ],
)
def test_a_number_is_dialled_as_digits_or_not_at_all(number: str, link: str | None) -> None:
    made = tel(number)

    assert (made.toString() if made else None) == link


@pytest.mark.parametrize("address", ["ana@example.com", " ana.kova@example.com ", "a+b_c-d@sub.example.co"])
def test_an_address_becomes_a_mail_to_it_alone(address: str) -> None:
    made = mailto(address)

    assert made is not None
    assert (made.scheme(), made.path(), made.hasQuery(), made.hasFragment()) == (
        "mailto",
        address.strip(),
        False,
        False,
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@localhost",
        "ana@example.com?attach=/etc/passwd",
        "ana@example.com?ATTACHMENT=/etc/passwd",
        "ana@example.com?subject=hello",
        "ana@example.com&attach=/etc/passwd",
        "ana@example.com%3Fattach=/etc/passwd",
        "ana@example.com%0ABcc:all@example.com",
        "ana@example.com\r\nBcc: all@example.com",
        "ana@example.com\nX: y",
        "ana@example.com,all@example.com",
        "ana@example.com;all@example.com",
        "ana@example.com#x",
        '"ana smith"@example.com',
        "<ana@example.com>",
        "ana <ana@example.com>",
        "mailto:ana@example.com",
        "javascript:alert(1)@example.com",
        "file:///etc/passwd@example.com",
        "../../etc/passwd@example.com",
        "\\\\evil@example.com",
        "ana@@example.com",
        "ana@exa mple.com",
        "ana@example.com\0",
        "a" * 300 + "@example.com",
        "\u202eana@example.com\n",
        "ana@exämple.com",
        "--attach=/etc/passwd@example.com ?x",
    ],
)
def test_what_is_more_than_an_address_is_not_opened(address: str) -> None:
    assert mailto(address) is None


def test_an_address_cannot_be_an_option_of_the_mail_program() -> None:
    made = mailto("--attach@example.com")

    assert made is None or made.toString().startswith("mailto:")


@pytest.mark.parametrize(
    "link",
    [
        "file:///etc/passwd",
        "smb://evil.example/share",
        "//evil.example/share",
        "\\\\evil.example\\share",
        "ms-msdt:/id",
        "search-ms:query=x",
        "javascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "ssh://evil.example",
        "C:\\Windows\\system32\\calc.exe",
        "https://evil.example",
        " mailto:ana@example.com",
        "",
    ],
)
def test_nothing_else_leaves_the_window(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)

    open_outside(QUrl(link))

    assert [url for url in opened if url.scheme() not in ("tel", "mailto")] == []


def test_nothing_is_opened_for_no_link() -> None:
    assert open_outside(None) is False
