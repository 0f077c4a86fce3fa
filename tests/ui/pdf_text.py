"""Reads back what a PDF of ours says and where: enough of the format for files that Qt wrote, and no more."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Final

Matrix = tuple[float, float, float, float, float, float]
_SAME: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_TOKEN: Final = re.compile(rb"\[.*?\]|<[0-9A-Fa-f]*>|/[^\s/<>\[\]()]+|[^\s/<>\[\]()]+", re.DOTALL)
_STREAM: Final = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


@dataclass(frozen=True)
class Glyph:
    """A character and the place of its origin, in points from the top left of the page."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Read:
    """`size` is the page's, in points; glyphs are in the order of drawing."""

    pages: int
    size: tuple[float, float]
    glyphs: tuple[Glyph, ...]

    @property
    def words(self) -> str:
        """All text, a new line where the baseline moves, without spaces, which a PDF need not hold."""
        said, last = "", None
        for glyph in self.glyphs:
            said += ("\n" if last is not None and abs(glyph.y - last) > 2 else "") + glyph.text
            last = glyph.y
        return re.sub(r"[^\S\n]", "", said).replace("\u02bc", "’")


def read(data: bytes) -> Read:
    """A PDF as Qt writes it."""
    objects = {int(n): body for n, body in re.findall(rb"(\d+) 0 obj\b(.*?)\bendobj", data, re.DOTALL)}
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]
    box = re.search(rb"/MediaBox\s*\[\s*([\d.\s]+)\]", data)
    assert box is not None
    _, _, wide, high = map(float, box[1].split())
    fonts = {
        name: _characters(objects, int(number)) for name, number in re.findall(rb"/(F\d+)\s+(\d+) 0 R", b"".join(pages))
    }
    fonts |= {name: _characters(objects, int(number)) for name, number in re.findall(rb"/(F\d+)\s+(\d+) 0 R", data)}
    glyphs: list[Glyph] = []
    for body in objects.values():
        content = _stream(body)
        if b"BT" in content and b"Tf" in content:
            glyphs += _drawn(content, fonts, high)
    return Read(len(pages), (wide, high), tuple(glyphs))


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        return b""
    try:
        return zlib.decompress(found[1])
    except zlib.error:
        return found[1]


def _characters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    linked = re.search(rb"/ToUnicode\s+(\d+) 0 R", objects.get(font, b""))
    table = _stream(objects[int(linked[1])]) if linked else b""
    known: dict[int, str] = {}
    for first, _, listed in re.findall(rb"<([0-9A-F]{4})>\s*<([0-9A-F]{4})>\s*\[(.*?)\]", table, re.DOTALL):
        for offset, code in enumerate(re.findall(rb"<([0-9A-F]+)>", listed)):
            known[int(first, 16) + offset] = bytes.fromhex(code.decode()).decode("utf-16-be", "replace")
    return known


def _drawn(content: bytes, fonts: dict[bytes, dict[int, str]], high: float) -> list[Glyph]:
    found: list[Glyph] = []
    now, kept, line, known = _SAME, list[Matrix](), _SAME, dict[int, str]()
    stack: list[bytes] = []
    for token in _TOKEN.findall(content):
        if token == b"q":
            kept.append(now)
        elif token == b"Q":
            now = kept.pop()
        elif token == b"cm":
            now = _times(_matrix(stack[-6:]), now)
        elif token == b"Tf":
            known = fonts.get(stack[-2][1:], {})
        elif token == b"Tm":
            line = _matrix(stack[-6:])
        elif token == b"Td":
            line = _times((1.0, 0.0, 0.0, 1.0, float(stack[-2]), float(stack[-1])), line)
        elif token == b"Tj":
            place = _times(line, now)
            codes = re.findall(rb"[0-9A-Fa-f]{4}", stack[-1])
            found += [Glyph(known.get(int(code, 16), "?"), place[4], high - place[5]) for code in codes]
        stack.append(token)
        del stack[:-8]
    return found


def _matrix(six: list[bytes]) -> Matrix:
    a, b, c, d, e, f = map(float, six)
    return a, b, c, d, e, f


def _times(left: Matrix, right: Matrix) -> Matrix:
    a, b, c, d, e, f = left
    g, h, i, j, k, m = right
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
