"""A small book for these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.book import Book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """An empty book of the signed-in rep's, closed afterwards."""
    book = Book(tmp_path)
    yield book
    book.close()
