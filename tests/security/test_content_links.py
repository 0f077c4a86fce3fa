"""What a record names as a link, a number or an address: refused, or rebuilt from its parts (S-29, S-30, S-31)."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from ui.links import mailto, may_open, open_outside, tel

PLACES = [
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "file:etc",
    "file://evil.example/share/x.exe",
    "smb://evil.example/share",
    "\\\\evil.example\\share",
    "//evil.example/share",
    "\\\\?\\C:\\x",
    "ms-msdt:/id PCWDiagnostic",
    "ms-word:ofe|u|x",
    "ms-officecmd:x",
    "search-ms:query=x&crumb=location:\\\\evil",
    "search:query=x",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "vbscript:x",
    "data:text/html,<script>1</script>",
    "blob:x",
    "view-source:file:///etc/passwd",
    "about:blank",
    "chrome://settings",
    "ssh://evil.example",
    "telnet://evil.example",
    "ldap://evil.example",
    "ftp://evil.example",
    "sftp://evil.example",
    "dav://evil.example",
    "nfs://evil.example",
    "jar:file:///x!/y",
    "qrc:/x",
    ":/x",
    "C:\\Windows\\system32\\calc.exe",
    "C:/Windows/system32/calc.exe",
    "/bin/sh",
    "./x.desktop",
    "../../x",
    "https:\\\\evil.example",
    "https:/evil.example",
    "https:evil.example",
    "https://",
    "http://evil.example",
    "https://evil.example",
    " https://evil.example",
    "\thttps://evil.example",
    "\0https://evil",
    "\u202ehttps://evil.example",
    "https://exam\u202eple.com",
    "https://user:pw@evil.example",
    "https://a@evil.example",
    "https://xn--80ak6aa92e.com",
    "https://аррӏе.com",
    "callto:+4930",
    "sip:a@b.example",
    "skype:x?call",
    "facetime:x",
    "sms:+4930?body=x",
    "intent:#Intent;end",
    "market://x",
    "itms-services://?x",
    "zoommtg://x",
    "mattermost://x",
    "",
    " ",
    "x",
    "mailto",
    "tel",
    "tel:",
    "mailto:",
    "mailto://evil.example/x",
    "tel://evil.example",
    "tel:+49?x",
    "tel:+4#1",
    "mailto:a@b.example?attach=/etc/passwd",
    "mailto:a@b.example#x",
    "x:y",
]


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_a_record_names_is_not_opened(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)

    for mode in (QUrl.ParsingMode.TolerantMode, QUrl.ParsingMode.StrictMode):
        open_outside(QUrl(place, mode))
        open_outside(QUrl.fromUserInput(place))

    assert opened == []


def test_what_we_make_ourselves_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)

    assert open_outside(tel("+47 55 12 40 18"))
    assert open_outside(mailto("ana@example.com"))
    assert opened == ["tel:+4755124018", "mailto:ana@example.com"]


HEADERS = [
    "?attach=/etc/passwd",
    "?ATTACH=x",
    "?attachment=x",
    "?Attachment=x",
    "?insert=x",
    "?%61ttach=x",
    "%3Fattach=x",
    "%3fattach=x",
    "?to=a&attach=x",
    "&attach=x",
    ";attach=x",
    "?attach=..%2F..%2Fetc",
    "?x-header=y",
    "?In-Reply-To=x",
    "?bcc=all@b.example",
    "?cc=a&bcc=b",
    "?BODY=x",
    "?subject=x%0ABcc:y",
    "%0ABcc:all@b.example",
    "%0D%0ABcc:x",
    "\r\nBcc: x",
    "\nBcc: x",
    "\rBcc: x",
    "\0?attach=x",
    "#?attach=x",
    "?",
    "??attach",
    "\u2028Bcc: x",
    "\u202e?hcatta",
    "%00?attach=x",
    "?%0d%0aattach=x",
    "\\?attach=x",
    "?attach=file:///etc/passwd",
    "?attach=\\\\evil\\x",
    ",b@c.example",
    " b@c.example",
    "/../x",
    "|sh",
    "`id`",
    "$(id)",
    "' --x",
    '" --attach /etc/passwd',
    " -attach x",
]


@pytest.mark.parametrize("more", HEADERS)
def test_an_address_brings_no_attachment_and_no_header_along(more: str) -> None:
    for address in (f"ana@example.com{more}", f"mailto:ana@example.com{more}", f"{more}ana@example.com"):
        made = mailto(address)
        # What is left may still be an odd but lone address; that nothing rides on it is what counts.
        assert made is None or is_bare(made.toString(QUrl.ComponentFormattingOption.FullyEncoded))


def is_bare(link: str) -> bool:
    """A mailto link to one address, with nothing that a mail program reads as more than that."""
    return re.fullmatch(r"mailto:[A-Za-z0-9._~!*+=^{}|$`()'%-]+@[A-Za-z0-9.-]+", link) is not None and not re.search(
        r"%(0[0-9ad]|3f|26|23|2c|3b|20|5c|2f|22)", link, re.IGNORECASE
    )


CODES = [
    "*#06#",
    "**21*0900123456#",
    "##002#",
    "*31#030123",
    "#31#030123",
    "*100#",
    "tel:*%2306%23",
    "tel:%2A%2306%23",
    "+49*30",
    "0#1",
]


@pytest.mark.parametrize("code", CODES)
def test_a_code_that_commands_the_phone_is_never_dialled(code: str) -> None:
    made = tel(code)

    assert made is None or not re.search(r"[*#%]", made.toString(QUrl.ComponentFormattingOption.FullyEncoded))
    if "*" in code or "#" in code:
        assert made is None


@given(st.text(max_size=60))
@example("+4930;postd=*21#")
@example("030,,,*9")
@example("+4930;ext=%23")
def test_only_digits_and_one_plus_are_dialled(text: str) -> None:
    made = tel(text)

    assert made is None or re.fullmatch(r"tel:\+?[0-9]{3,20}", made.toString())


@given(st.text(max_size=60))
def test_only_one_bare_address_is_written_to(text: str) -> None:
    made = mailto(text)

    assert made is None or (may_open(made) and is_bare(made.toString(QUrl.ComponentFormattingOption.FullyEncoded)))
