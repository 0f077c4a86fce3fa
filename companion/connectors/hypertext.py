"""Notes in many CRMs are HTML, Companion's are plain text: reading the one as the other, and back."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Final

from msgspec import Struct

from companion.connectors.payload import clean

HEAD: Final = "o_companion_head"
"""The class of the first line of a log of ours: what a colleague reads in Odoo, and what we don't read back as note."""

VERBATIM: Final = "o_companion_text"
"""The class of our own text: read back letter by letter, blanks and empty lines included."""

LONGEST: Final = 64_000
_BLOCKS: Final = frozenset(("address", "article", "blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6"))
_LINES: Final = _BLOCKS | frozenset(("hr", "ol", "p", "pre", "section", "table", "tr", "ul"))
_SILENT: Final = frozenset(("head", "script", "style", "template", "title"))
_DECLARATIONS: Final = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*>?", re.DOTALL)
"""Comments and declarations say nothing."""
# Read from front to back in one go: a tag that has no end is text, and nothing in it is looked at again. The parser of
# the standard library takes the square of the number of such tags, twenty minutes for one hostile mail.
_TAG: Final = re.compile(r"""<(/?)([A-Za-z][^\s/<>"']*+)((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)(>?)""")
_ATTRIBUTE: Final = re.compile(r"""([^\s=/"'<>]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++)))?+""")
_TOLD_APART: Final = re.compile(r"o_companion_|data-o-mail-quote", re.IGNORECASE)
_ENDLESS: Final = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}+;?")
"""Far beyond the last character there is; the standard library fails over thousands of digits."""
_RAW: Final = {tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in ("script", "style")}
_VOID: Final = frozenset(("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))


class Text(Struct, frozen=True):
    """Plain text out of HTML. `subject` is the bold part of the head line, if it was a log of ours."""

    body: str
    subject: str = ""


def plain(html: object) -> Text:
    """The text of a piece of HTML: paragraphs as lines, list items with a dash, quoted older mail left out."""
    if not isinstance(html, str) or not html:
        return Text("")
    reader = _Reader()
    reader.feed(_DECLARATIONS.sub("", html[: 4 * LONGEST]))
    body = "".join(reader.verbatim) or _tidy("".join(reader.body))
    return Text(body[:LONGEST], _tidy("".join(reader.subject)))


def head(subject: str, *facts: str) -> str:
    """The first line of a log of ours; empty without a subject."""
    told = "".join(f" · {escape(fact)}" for fact in facts if fact)
    return f'<p class="{HEAD}"><b>{escape(subject)}</b>{told}</p>' if subject else ""


def html(text: str) -> str:
    """Plain text as HTML that shows it unchanged, and that `plain` reads back letter by letter."""
    lines = escape(clean(text).replace("\r\n", "\n")).replace("\n", "<br>")
    return f'<p class="{VERBATIM}">{lines}</p>' if lines else ""


class _Reader:
    """Collects text. `_skip` and `_head` count how deep we are inside what is not the note."""

    def __init__(self) -> None:
        self.body: list[str] = []
        self.subject: list[str] = []
        self.verbatim: list[str] = []
        self._skip = self._head = self._bold = self._ours = 0

    def feed(self, html: str) -> None:
        """Reads all of it."""
        read = at = 0
        while (found := _TAG.search(html, at)) is not None:
            at = found.end()
            if not found[4]:
                continue
            self._data(html[read : found.start()])
            read, tag = at, found[2].lower()
            if found[1]:
                self._ends(tag)
                continue
            self._starts(tag, _attributes(found[3]))
            if found[3].endswith("/"):
                self._ends(tag)
            elif tag in _RAW:
                closing = _RAW[tag].search(html, at)
                read = at = closing.start() if closing else len(html)
        self._data(html[read:])

    def _starts(self, tag: str, names: dict[str, str]) -> None:
        if tag in _VOID:
            self._say("\n" if tag in ("br", "hr") else "")
            if self._ours and tag == "br":
                self.verbatim.append("\n")
            return
        self._ours += bool(self._ours) or VERBATIM in names.get("class", "").split()
        if self._skip or tag in _SILENT or "data-o-mail-quote" in names:
            self._skip += 1
        elif self._head or HEAD in names.get("class", "").split():
            self._head += 1
            self._bold += tag == "b"
        elif tag == "li":
            self._say("\n- ")
        elif tag in _LINES:
            self._say("\n")

    def _ends(self, tag: str) -> None:
        if tag in _VOID:
            return
        self._ours -= self._ours > 0
        if self._skip:
            self._skip -= 1
        elif self._head:
            self._head -= 1
            self._bold -= tag == "b" and self._bold > 0
        elif tag == "p" or tag in _LINES:
            self._say("\n\n" if tag == "p" else "\n")

    def _data(self, raw: str) -> None:
        data = unescape(_ENDLESS.sub("\N{REPLACEMENT CHARACTER}", raw))
        if self._head and self._bold and not self._skip:
            self.subject.append(data)
        if self._ours:
            self.verbatim.append(data)
        self._say(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _say(self, text: str) -> None:
        if not self._skip and not self._head:
            self.body.append(text)


def _attributes(text: str) -> dict[str, str]:
    """The attributes of a tag, where one of them matters here."""
    if not _TOLD_APART.search(text):
        return {}
    return {found[1].lower(): found[2] or found[3] or found[4] or "" for found in _ATTRIBUTE.finditer(text)}


def _tidy(text: str) -> str:
    lines = [line.strip() for line in text.replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
