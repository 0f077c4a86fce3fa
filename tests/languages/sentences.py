"""Every sentence that the code and the shipped workspace say: what a catalogue has to know."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
WORKSPACE: Final = "resources/workspace.json"
_CALLS: Final = {"tr": (0,), "_tr": (0,), "sentence": (0,), "said": (0,), "trn": (0, 1)}
_QT_CALLS: Final = {"translate": (1,), "QT_TRANSLATE_NOOP": (1,)}
_SAID: Final = frozenset("name say row if_nothing label done_words next_words words means decision topic".split())
"""The texts of workspace.json that a rep reads; the others are codes, and words that are looked for in notes."""
_PICKS: Final = "_picks"
"""Ends the names of lists whose `words` are read by the date grammar, not by a rep."""


class Sentence(NamedTuple):
    """A sentence, its form for many where it has one, and where it stands: a file and a line (0: none)."""

    text: str
    many: str
    file: str
    line: int

    @property
    def key(self) -> str | tuple[str, str]:
        """What names it in a catalogue."""
        return (self.text, self.many) if self.many else self.text


def everything() -> list[Sentence]:
    """All of them, in the order of the files; a sentence said in two places comes twice."""
    files = sorted([*(ROOT / "companion").rglob("*.py"), *(ROOT / "ui").rglob("*.py")])
    found = [each for file in files for each in _in_code(file)]
    return [*found, *_in_workspace()]


def _in_code(file: Path) -> Iterator[Sentence]:
    place = file.relative_to(ROOT).as_posix()
    for node in ast.walk(ast.parse(file.read_text("utf-8"), place)):
        if isinstance(node, ast.Call):
            texts = [text for text in map(_text, _spoken(node)) if text]
            if texts:
                yield Sentence(texts[0], texts[1] if len(texts) > 1 else "", place, node.lineno)


def _spoken(call: ast.Call) -> Iterator[ast.expr]:
    function = call.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if (
        name == "tr" and len(call.args) > 1 and _text(call.args[1])
    ):  # Qt's own, under a short name: the context is first
        yield call.args[1]
        return
    for place in _CALLS.get(name, ()) or (_QT_CALLS.get(name, ()) if len(call.args) > 1 else ()):
        if place < len(call.args):
            yield call.args[place]


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _in_workspace() -> Iterator[Sentence]:
    data = json.loads((ROOT / WORKSPACE).read_text("utf-8"))
    for section, each in data.items():
        if section in ("stages", "fields"):
            each = [{name: text for name, text in one.items() if name != "name"} for one in each]
        for text in _texts(each, section.endswith(_PICKS)):
            yield Sentence(text, "", WORKSPACE, 0)


def _texts(data: Any, dates: bool) -> Iterator[str]:
    if isinstance(data, list):
        for each in data:
            yield from _texts(each, dates)
    elif isinstance(data, dict):
        for name, value in data.items():
            if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
                yield from _texts(value, dates)
            elif name in _SAID and not (dates and name == "words"):
                yield from [value] if isinstance(value, str) else [each for each in value if isinstance(each, str)]
