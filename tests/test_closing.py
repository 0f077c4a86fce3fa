"""A book that is closed, locked or left in the middle of a request: nothing more is asked, and then it is let go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from companion import core as cores
from companion import rescue
from companion.bootstrap import demo_book
from companion.connectors.demo.connector import DemoConnector
from companion.core import Core
from companion.domain.field_map import FieldMap
from companion.store.migrations import migrate

NOW = 1_795_000_000


class Hanging:
    """The first read hangs until `go`; `asked` counts what came after it."""

    def __init__(self) -> None:
        self.entered, self.go, self.asked = threading.Event(), threading.Event(), 0

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        if self.entered.is_set():
            self.asked += 1
            return do()
        self.entered.set()
        assert self.go.wait(10)
        return do()


@pytest.fixture
def hanging() -> tuple[Core, Hanging]:
    core, wire = demo_book(synced=False), Hanging()
    make = core._connect
    assert make is not None

    def connect(field_map: FieldMap) -> DemoConnector:
        made = make(field_map)
        assert isinstance(made, DemoConnector)
        return DemoConnector(made._crm, made._user, wire=wire)

    core._connect = connect
    core.start_sync(lambda status: None)
    assert wire.entered.wait(10)
    return core, wire


def until(true: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 10
    while not true() and time.monotonic() < ends:
        time.sleep(0.01)
    return true()


def test_a_book_that_was_closed_while_a_request_hung_is_let_go_when_that_has_ended(
    hanging: tuple[Core, Hanging], monkeypatch: pytest.MonkeyPatch
) -> None:
    core, wire = hanging
    monkeypatch.setattr(cores, "CLOSE_S", 0.05)
    core.close()
    assert not core.database.is_closed
    wire.go.set()
    assert until(lambda: core.database.is_closed)
    assert until(lambda: not core.folder.exists())


def test_once_the_sync_was_told_to_end_nothing_more_is_asked(hanging: tuple[Core, Hanging]) -> None:
    core, wire = hanging
    worker = core.worker
    assert worker is not None
    before = worker.status
    assert not worker.stop(0.05)
    wire.go.set()
    assert worker.stop()
    assert wire.asked == 0
    assert worker.status is before
    core.close()


def test_a_book_is_in_use_until_the_last_who_has_it_open_lets_go(tmp_path: Path) -> None:
    key = bytes(range(32))
    with rescue.made_whole(tmp_path, key) as book:
        migrate(book)
    first = rescue.open_book(tmp_path, key, NOW)
    second = rescue.open_book(tmp_path, key, NOW)
    first.close()
    assert rescue.is_open_here(tmp_path)
    assert (tmp_path / rescue.IN_USE).exists()
    second.close()
    assert not rescue.is_open_here(tmp_path)
    assert not (tmp_path / rescue.IN_USE).exists()
