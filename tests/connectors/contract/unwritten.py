"""What a connector that was begun from the template still lacks: its own stubs, and hooks without a reason."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from tests.connectors.contract.bench import HOOKS


def unwritten(connector: str | None, tests: str | None, *, bench: type, cant: Collection[str]) -> list[str]:
    """One line for each stub in the folders of the two files, and for each hook that `bench` and `cant` both lack."""
    stubs = [line for file in (connector, tests) if file for line in _stubs(Path(file).parent)]
    names = {*vars(bench), *_assigned(bench)}
    return stubs + [f"bench: {hook}" for hook in HOOKS if hook not in names and hook not in cant]


def _stubs(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
            for node in ast.walk(function):
                match node:
                    case ast.Raise(
                        exc=ast.Call(func=ast.Name(id="NotImplementedError"), args=[ast.Constant(value=str(words))])
                    ):
                        yield f"{path.stem}.{function.name}: {words}"


def _assigned(bench: type) -> set[str]:
    """What the bench sets on itself when it is made."""
    code = getattr(vars(bench).get("__init__"), "__code__", None)
    return set(code.co_names) if code else set()
