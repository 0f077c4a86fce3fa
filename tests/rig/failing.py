"""Calls out of the process that fail once: a statement, a request, a look into the keyring."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from unittest.mock import patch

from sqlcipher3 import dbapi2 as driver

from companion.connectors.demo.wire import AnswerLost, NotSent


class Call(StrEnum):
    """What is called."""

    STATEMENT = "statement"
    REQUEST = "request"
    KEYRING = "keyring"


class How(StrEnum):
    """How a call fails."""

    BROKEN = "an I/O error"
    FULL = "the disk is full"
    BROKEN_AND_ROLLED_BACK = "an I/O error that ends the transaction"
    DROPPED = "never sent"
    LOST = "done, and the answer lost"
    REFUSED = "the keyring refuses"


WAYS: Final = {
    Call.STATEMENT: (How.BROKEN, How.FULL, How.BROKEN_AND_ROLLED_BACK),
    Call.REQUEST: (How.DROPPED, How.LOST),
    Call.KEYRING: (How.REFUSED,),
}


class KeyringRefuses(Exception):
    """What a back-end of the keyring's raises."""


@dataclass
class Doom:
    """Counts the calls, and lets those fail that are in `due`, by their place in the count."""

    due: dict[int, How] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """What failed, in words."""

    def meets(self, call: Call, words: str) -> How | None:
        """How this call fails; None where it does not."""
        self.calls.append(call)
        how = self.due.get(len(self.calls) - 1)
        if how is None:
            return None
        if how not in WAYS[call]:
            how = WAYS[call][0]
        self.said.append(f"call {len(self.calls) - 1}, {call} “{' '.join(words.split())[:70]}”: {how}")
        return how


class FailingConnection:
    """A connection of the driver's whose statements may fail before they do anything."""

    def __init__(self, real: Any, doom: Doom) -> None:
        self._real, self._doom = real, doom

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def execute(self, sql: str, *parameters: Any) -> Any:
        """Runs a statement, or fails."""
        self.meet(sql)
        return self._real.execute(sql, *parameters)

    def executemany(self, sql: str, rows: Collection[Any]) -> Any:
        """Runs a statement for many rows, or fails."""
        self.meet(sql)
        return self._real.executemany(sql, rows)

    def commit(self) -> None:
        """Commits, or fails."""
        self.meet("COMMIT")
        self._real.commit()

    def cursor(self, *args: Any) -> Any:
        """A cursor with the same luck."""
        return FailingCursor(self._real.cursor(*args), self)

    def meet(self, sql: str) -> None:
        """Fails if it is time to. A rollback never fails: the file takes part in none."""
        if sql.lstrip().upper().startswith("ROLLBACK"):
            return
        how = self._doom.meets(Call.STATEMENT, sql)
        if how is None:
            return
        if how is How.BROKEN_AND_ROLLED_BACK:
            self._real.rollback()
        error = driver.OperationalError("database or disk is full" if how is How.FULL else "disk I/O error")
        error.sqlite_errorcode = driver.SQLITE_FULL if how is How.FULL else driver.SQLITE_IOERR
        raise error


class FailingCursor:
    """A cursor of such a connection."""

    def __init__(self, real: Any, connection: FailingConnection) -> None:
        self._real, self._connection = real, connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._real)

    def execute(self, sql: str, *parameters: Any) -> FailingCursor:
        """Runs a statement, or fails."""
        self._connection.meet(sql)
        self._real.execute(sql, *parameters)
        return self

    def executemany(self, sql: str, rows: Collection[Any]) -> FailingCursor:
        """Runs a statement for many rows, or fails."""
        self._connection.meet(sql)
        self._real.executemany(sql, rows)
        return self


class FailingWire:
    """The way to the embedded CRM. `lose` is how many answers to writes get lost by the scenario's own wish."""

    def __init__(self, doom: Doom) -> None:
        self._doom = doom
        self.lose = 0

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        how = self._doom.meets(Call.REQUEST, request)
        if how is How.DROPPED:
            raise NotSent("no connection")
        answer = do()
        if how is How.LOST:
            raise AnswerLost("cut")
        if request == "write" and self.lose:
            self.lose -= 1
            raise AnswerLost("cut")
        return answer


class FailingKeyring:
    """A keyring in memory."""

    name = "in memory"
    priority = 5.0

    def __init__(self, doom: Doom) -> None:
        self._doom = doom
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        """What is kept."""
        self._meet("get")
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        """Keeps."""
        self._meet("set")
        self.kept[service, name] = password

    def delete_password(self, service: str, name: str) -> None:
        """Forgets."""
        self._meet("delete")
        del self.kept[service, name]

    def _meet(self, verb: str) -> None:
        if self._doom.meets(Call.KEYRING, verb):
            raise KeyringRefuses(verb)


@contextmanager
def failing_files(doom: Doom) -> Iterator[None]:
    """Every connection that is opened inside may fail."""
    connect = driver.connect
    with patch.object(driver, "connect", lambda *args, **named: FailingConnection(connect(*args, **named), doom)):
        yield
