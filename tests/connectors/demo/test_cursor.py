"""A cursor that a damaged file gives back begins a full pass."""

from __future__ import annotations

import pytest

from companion.connectors.base import CursorExpired
from companion.connectors.demo.reading import _decoded


@pytest.mark.parametrize("raw", [b"", b"null", b'{"scope":"U\xcc,"born":1}', b"\xff\xfe", b'{"scope":1}'])
def test_a_damaged_cursor_has_expired(raw: bytes) -> None:
    with pytest.raises(CursorExpired):
        _decoded(raw)
