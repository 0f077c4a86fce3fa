"""What a network, a proxy or an overloaded CRM may answer, to each request of a pull and of a push in turn.

Nothing of it may ever be taken for "no rows", and nothing of it may make a second record or lose one.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    Connector,
    Op,
    RateLimited,
    Result,
    RetryLater,
    Unknown,
    Unreachable,
)
from companion.domain.records import Kind
from tests.connectors.contract.bench import WholeBench
from tests.connectors.contract.mirror import BOOK, EVERYTHING, Book, drain
from tests.connectors.contract.ops import op, push_one, sent_before
from tests.connectors.contract.part import Part
from tests.connectors.fake_server import Fault, Reply, Request

_PAGE: Final = b"<!DOCTYPE html><html><body><h1>Sign in</h1><form><input type=password></form></body></html>"
_WEB: Final = "text/html; charset=utf-8"
_JSON: Final = {"Content-Type": "application/json"}

BEFORE: Final[Mapping[str, Mapping[str, Any]]] = {
    "429 with Retry-After": {"instead": Reply(429, {"message": "Slow down"}, {"Retry-After": "7"})},
    "429 without Retry-After": {"instead": Reply(429, {"message": "Slow down"})},
    "503 with a web page": {"instead": Reply(503, _PAGE, kind=_WEB)},
    "200 with a sign-in page": {"instead": Reply(200, _PAGE, kind=_WEB)},
    "200 with nothing": {"instead": Reply(200, None, _JSON)},
    "200 with half an answer": {"instead": Reply(200, b'{"results": [{"id": "1", "na')},
    "200 with another envelope": {"instead": Reply(200, {})},
    "200 with null": {"instead": Reply(200, b"null")},
}
"""The CRM never hears of the request."""

AFTER: Final[Mapping[str, Mapping[str, Any]]] = {
    "done, and the answer lost": {"lose": True},
    "done, and the answer cut off": {"cut": True},
    "done, and a sign-in page": {"turn": lambda reply: Reply(200, _PAGE, kind=_WEB)},
    "done, and 200 with nothing": {"turn": lambda reply: Reply(200, None, _JSON)},
    "done, and 500": {"turn": lambda reply: Reply(500, {"message": "Something went wrong"})},
    "done, and 504 with a web page": {"turn": lambda reply: Reply(504, _PAGE, kind=_WEB)},
}
"""The CRM has done it before the answer goes wrong."""

ALL: Final = {**BEFORE, **AFTER}
READING: Final = {name: how for name, how in ALL.items() if name in BEFORE or "cut" in name or "lost" in name}


class Trouble(Part):
    """Each kind of request meets each trouble, the first of a run and a later one."""

    @pytest.mark.parametrize("trouble", READING.values(), ids=READING)
    @pytest.mark.parametrize("kind", [Kind.PERSON, Kind.ACTIVITY])
    def test_no_trouble_in_a_pull_is_taken_for_the_end_of_it(
        self, bench: WholeBench, kind: Kind, trouble: Mapping[str, Any]
    ) -> None:
        whole = set(bench.connector().ids(kind, EVERYTHING))
        connector = bench.connector(page=max(3, len(whole) // 2))
        for strike in self._strikes(bench, trouble):
            book = Book()
            strike.begin()
            try:
                drain(connector, kind, book=book)
            except Unreachable as error:
                _polite(error, trouble)
                strike.end()
                drain(connector, kind, book.cursor if book.cursors else None, book=book)
            assert set(book.upserts) == whole

    @pytest.mark.parametrize("trouble", BEFORE.values(), ids=BEFORE)
    def test_no_trouble_in_a_list_of_ids_makes_it_shorter(self, bench: WholeBench, trouble: Mapping[str, Any]) -> None:
        connector = bench.connector()
        whole = {kind: sorted(connector.ids(kind, EVERYTHING)) for kind in BOOK}
        connector = bench.connector()
        for kind in BOOK:
            for strike in self._strikes(bench, trouble):
                strike.begin()
                try:
                    assert sorted(connector.ids(kind, EVERYTHING)) == whole[kind]
                except Unreachable as error:
                    _polite(error, trouble)

    @pytest.mark.parametrize("trouble", BEFORE.values(), ids=BEFORE)
    def test_no_trouble_in_a_look_at_records_makes_them_gone(
        self, bench: WholeBench, trouble: Mapping[str, Any]
    ) -> None:
        wanted = {kind: sorted(bench.connector().ids(kind, EVERYTHING))[:3] for kind in BOOK}
        connector = bench.connector()
        for kind in BOOK:
            for strike in self._strikes(bench, trouble):
                strike.begin()
                try:
                    assert sorted(each.remote_id for each in connector.fetch(kind, wanted[kind])) == wanted[kind]
                except Unreachable as error:
                    _polite(error, trouble)

    def test_a_record_that_was_not_asked_for_is_never_told_in_the_place_of_one_that_was(
        self, bench: WholeBench
    ) -> None:
        self.need(bench, "server")
        for kind in BOOK:
            connector = bench.connector()
            wanted, *_, other = sorted(connector.ids(kind, EVERYTHING))
            bare, others = (re.split("[:-]", each)[-1] for each in (wanted, other))
            turned: list[bool | None] = []

            def turn(reply: Reply, bare: str = bare, others: str = others, turned: list[bool | None] = turned) -> Reply:
                told = json.loads(reply.raw or "null")
                body = _under_another_id(told, bare, others)
                turned.append(body != told if told else None)
                return replace(reply, body=body)

            assert bench.server is not None
            fault = bench.server.fail(turn=turn, times=10_000)
            with contextlib.suppress(Unreachable):
                assert connector.fetch(kind, [wanted]) == []
            # The wire of the embedded CRM carries nothing that could be rewritten.
            assert any(turned) or set(turned) == {None}
            fault.times = 0
            assert [each.remote_id for each in connector.fetch(kind, [wanted])] == [wanted]

    @pytest.mark.parametrize("trouble", BEFORE.values(), ids=BEFORE)
    def test_no_trouble_while_it_describes_the_crm_hides_a_part_of_it(
        self, bench: WholeBench, trouble: Mapping[str, Any]
    ) -> None:
        told = bench.connector().describe()
        connector = bench.connector()
        for strike in self._strikes(bench, trouble):
            strike.begin()
            try:
                now = connector.describe()
                assert now.kinds == told.kinds
                assert (now.tenant, now.user_id) == (told.tenant, told.user_id)
            except Unreachable as error:
                _polite(error, trouble)

    def test_the_end_of_the_days_calls_is_a_long_pause(self, bench: WholeBench) -> None:
        self.need(bench, "server", "quota")
        spent = bench.quota()
        if spent is None:
            self.cannot("quota")
        assert bench.server is not None
        connector = bench.connector()
        one = self.sample(bench, Kind.COMPANY)
        before = set(connector.ids(Kind.COMPANY, EVERYTHING))
        fault = bench.server.fail(instead=spent, times=10_000)
        with pytest.raises(RateLimited) as stopped:
            connector.pull(Kind.PERSON, EVERYTHING, None)
        assert stopped.value.after_s > 300
        with pytest.raises(RateLimited):
            list(connector.ids(Kind.PERSON, EVERYTHING))
        try:
            after_s = push_one(connector, one, RetryLater).after_s
        except RateLimited as error:
            after_s = error.after_s
        assert after_s is not None
        assert after_s > 300
        fault.times = 0
        bench.settle()
        assert set(connector.ids(Kind.COMPANY, EVERYTHING)) == before
        push_one(connector, sent_before(one), Applied)

    # Sending ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @pytest.mark.parametrize("trouble", ALL.values(), ids=ALL)
    @pytest.mark.parametrize("kind", [Kind.PERSON, Kind.ACTIVITY])
    def test_a_create_that_met_trouble_is_made_exactly_once(
        self, bench: WholeBench, kind: Kind, trouble: Mapping[str, Any]
    ) -> None:
        connector, witness = bench.connector(), bench.connector()
        before = set(witness.ids(kind, EVERYTHING))
        for strike in self._strikes(bench, trouble):
            one = self.sample(bench, kind)
            bench.settle()
            strike.begin()
            result = _pushed(connector, one, trouble)
            strike.end()
            bench.settle()
            if landed := set(witness.ids(kind, EVERYTHING)) - before:
                assert isinstance(result, Applied | Unknown), f"it took effect, and was answered {result}"
                assert {witness.find_by_op(one)} == landed
            made = push_one(connector, sent_before(one), Applied)
            bench.settle()
            assert set(witness.ids(kind, EVERYTHING)) - before == {made.remote_id}
            before.add(made.remote_id)
            (there,) = witness.fetch(kind, [made.remote_id])
            assert {name: there.fields[name] for name in one.fields} == one.fields
            assert {name: there.links[name] for name in one.links} == one.links

    @pytest.mark.parametrize("trouble", ALL.values(), ids=ALL)
    def test_an_update_that_met_trouble_is_true_after_the_next_attempt(
        self, bench: WholeBench, trouble: Mapping[str, Any]
    ) -> None:
        deal, connector = self.own(bench, Kind.DEAL), bench.connector()
        bench.settle()
        for strike in self._strikes(bench, trouble):
            (now,) = connector.fetch(Kind.DEAL, [deal])
            fields = {"name": f"{now.fields['name']}+", "close_on": "2027-03-01"}
            seen = {name: now.fields.get(name) for name in fields}
            one = op(Kind.DEAL, Action.UPDATE, deal, fields, seen=seen, version=now.version)
            strike.begin()
            result = _pushed(connector, one, trouble)
            strike.end()
            bench.settle()
            (after,) = connector.fetch(Kind.DEAL, [deal])
            if after.fields["name"] == fields["name"]:
                assert isinstance(result, Applied | Unknown), f"it took effect, and was answered {result}"
            else:
                assert not isinstance(result, Applied), "it was said to be done"
            (again,) = connector.push([sent_before(one)])
            # A conflict is honest only with what we wrote ourselves.
            there = again.server.fields if isinstance(again, Conflict) and again.server is not None else fields
            assert isinstance(again, Applied | Conflict), again
            assert {name: there[name] for name in fields} == fields
            bench.settle()
            (after,) = connector.fetch(Kind.DEAL, [deal])
            assert {name: after.fields[name] for name in fields} == fields

    def _strikes(self, bench: WholeBench, trouble: Mapping[str, Any]) -> Iterator[Strike]:
        """One for each kind of request that a run makes; ends after a run that met no new one."""
        self.need(bench, "server")
        struck: set[tuple[str, bool]] = set()
        for _ in range(200):
            strike = Strike(bench, trouble, struck)
            yield strike
            strike.end()
            if not strike.hit:
                return
        pytest.fail("so many kinds of requests for so little")


def _under_another_id(told: object, bare: str, other: str) -> object:
    """An answer in which a record bears the id of another one."""
    if isinstance(told, list):
        return [_under_another_id(each, bare, other) for each in told]
    if not isinstance(told, dict):
        return told
    turned = {name: _under_another_id(value, bare, other) for name, value in told.items()}
    its = {name: turned[name] for name in ("id", "Id") if str(turned.get(name)) == bare}
    return turned | {name: int(other) if isinstance(was, int) else other for name, was in its.items()}


class Strike:
    """From `begin` to `end` the first request of a kind that was not struck before meets the trouble."""

    def __init__(self, bench: WholeBench, trouble: Mapping[str, Any], struck: set[tuple[str, bool]]) -> None:
        self._bench, self._trouble, self._struck = bench, trouble, struck
        self._seen: set[str] = set()
        self._fault: Fault | None = None
        self.hit = False

    def begin(self) -> None:
        assert self._bench.server is not None
        self._fault = self._bench.server.fail(when=self._picks, **self._trouble)

    def end(self) -> None:
        if self._fault is not None:
            self.hit = not self._fault.times
            self._fault.times, self._fault = 0, None

    def _picks(self, request: Request) -> bool:
        name = _name(request)
        key = (name, name in self._seen)
        self._seen.add(name)
        fresh = key not in self._struck
        self._struck.add(key)
        return fresh


def _name(request: Request) -> str:
    """What is asked, without about what: the path, the method of an RPC, the table of a query."""
    called = re.search(rb'"method": *"([^"]+)"', request.body)
    table = re.search(r"\bFROM (\w+)", request.one("q"))
    path = re.sub(r"\w*\d\w*", "#", request.path)
    return f"{request.method} {path} {called and called[1]!r} {table and table[1]}"


def _pushed(connector: Connector, one: Op, trouble: Mapping[str, Any]) -> Result | None:
    """What the push answered; None where it raised, as it may before anything was sent."""
    try:
        (result,) = connector.push([one])
    except Unreachable as error:
        _polite(error, trouble)
        return None
    assert result.op_id == one.id
    assert isinstance(result, Applied | RetryLater | Unknown), "trouble on the way is no refusal"
    if isinstance(result, RetryLater) and trouble is ALL["429 with Retry-After"]:
        assert result.after_s == 7, "the CRM's own pause must reach the queue"
    return result


def _polite(error: Unreachable, trouble: Mapping[str, Any]) -> None:
    instead = trouble.get("instead")
    if isinstance(instead, Reply) and instead.status == 429:
        assert isinstance(error, RateLimited)
        assert error.after_s >= 7 if "Retry-After" in instead.headers else error.after_s > 0
