"""What every connector must keep, as tests that each connector's own test class inherits.

    class TestTryton(ConnectorContract):
        @pytest.fixture
        def bench(self, ...) -> Bench: ...

The bench is all that differs: a way to a fresh connector for the rep, a colleague who works in the CRM directly, and
the faults that the target can show. What a target can't show is skipped by name, never passed in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from uuid import uuid4

import pytest

from companion.connectors.base import (
    Action,
    Applied,
    Budget,
    Concurrency,
    Conflict,
    Connector,
    Finds,
    Identity,
    Op,
    Rejected,
    Scope,
    Tombstone,
    Unknown,
    Upsert,
)
from companion.domain.records import FIELDS, LINKS, Gone, Kind, Value

EVERYTHING = Scope()
BOOK = (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)
AT = 1_795_298_400
"""2026-11-21 22:00 UTC."""

ResultT = TypeVar("ResultT")


class Colleague(Protocol):
    """Somebody else who works in the same CRM, past our connector. Fields and links have the names of `records`."""

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        """Makes a record and returns its remote id."""

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        """Changes fields of a record."""

    def delete(self, kind: Kind, remote_id: str) -> None:
        """Deletes a record for good."""

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        """Makes many records in one transaction, so that they share one stamp."""


class Bench(Protocol):
    """One CRM with a small book in it: at least ten companies, twenty people, eight deals and eight activities."""

    @property
    def colleague(self) -> Colleague:
        """Somebody who changes things past our connector."""

    def connector(self, *, page: int | None = None) -> Connector:
        """A fresh connector of the rep's, with small pages where it can have them. The bench closes it."""

    def unlucky(self) -> Connector | None:
        """A connector whose next write takes effect although its answer never comes. None: can't be shown."""

    def refused(self) -> Op | None:
        """An op that this CRM is sure to refuse in words. None: it takes anything."""

    def settle(self) -> None:
        """Lets time pass (a hand-moved clock, or a real wait) until a pull shows all that was done so far."""


def op_id() -> str:
    """An op's id, as 32 hex digits."""
    return uuid4().hex


def op(
    kind: Kind,
    action: Action = Action.CREATE,
    remote_id: str | None = None,
    fields: Mapping[str, Value] | None = None,
    links: Mapping[str, str | None] | None = None,
    **more: object,
) -> Op:
    """An op as the engine would hand it over."""
    return Op(op_id(), kind, action, remote_id, dict(fields or {}), dict(links or {}), at=AT, **more)  # type: ignore[arg-type]


def sent_before(first: Op) -> Op:
    """The same op on its second attempt, a minute later."""
    return Op(
        first.id, first.kind, first.action, first.remote_id, first.fields, first.links, first.seen, first.version,
        first.at, AT + 60,
    )  # fmt: skip


@dataclass
class Book:
    """What pulls brought: the last state of each record, those that left, and where to go on."""

    upserts: dict[str, Upsert] = field(default_factory=dict)
    gone: dict[str, Tombstone] = field(default_factory=dict)
    pages: int = 0
    cursors: list[bytes] = field(default_factory=list)
    by_page: list[list[str]] = field(default_factory=list)

    @property
    def cursor(self) -> bytes:
        return self.cursors[-1]


def drain(
    connector: Connector, kind: Kind, cursor: bytes | None = None, scope: Scope = EVERYTHING, book: Book | None = None
) -> Book:
    """Pulls until there is no more, and fails on a pull that never ends."""
    book = book or Book()
    while True:
        page = connector.pull(kind, scope, cursor)
        for upsert in page.upserts:
            book.upserts[upsert.remote_id] = upsert
            book.gone.pop(upsert.remote_id, None)
        for tombstone in page.gone:
            book.upserts.pop(tombstone.remote_id, None)
            book.gone[tombstone.remote_id] = tombstone
        assert not page.poison, page.poison
        book.by_page.append([upsert.remote_id for upsert in page.upserts])
        book.pages += 1
        cursor = page.cursor
        book.cursors.append(cursor)
        if not page.more:
            return book
        assert book.pages < 500, "a pull that never ends: does its cursor advance?"


def push_one(connector: Connector, one: Op, expected: type[ResultT]) -> ResultT:
    """The result of one op, which must be of the kind that the test expects."""
    (result,) = connector.push([one])
    assert result.op_id == one.id
    assert isinstance(result, expected), result
    return result


class ConnectorContract:
    """Inherit, and provide `bench`."""

    # ── what the CRM can do ─────────────────────────────────────────────────────────────────────────────────────────

    def test_it_says_truthfully_who_we_are_and_what_is_there(self, bench: Bench) -> None:
        connector = bench.connector()
        told = connector.describe()
        assert told.vendor
        assert told.tenant
        assert told.user_id
        assert set(BOOK) <= set(told.kinds)
        for kind in told.kinds:
            pulled = set(drain(connector, kind).upserts)
            assert pulled == set(connector.ids(kind, EVERYTHING)), kind
        if Kind.USER in told.kinds:
            assert told.user_id in set(connector.ids(Kind.USER, EVERYTHING))
        assert bench.connector().describe() == told

    def test_its_schema_and_budget_can_be_read(self, bench: Bench) -> None:
        connector = bench.connector()
        told = connector.describe()
        schema = connector.schema()
        assert {each.kind for each in schema.fields} >= {kind for kind in BOOK if told.kinds[kind].writable}
        assert all(each.label for each in schema.fields)
        assert isinstance(connector.budget(), Budget)

    def test_records_use_the_names_of_the_book_and_nothing_else(self, bench: Bench) -> None:
        connector = bench.connector()
        for kind in connector.describe().kinds:
            for upsert in drain(connector, kind).upserts.values():
                assert upsert.kind is kind
                assert upsert.version
                assert set(upsert.fields) <= set(FIELDS[kind]), upsert
                assert set(upsert.links) <= set(LINKS[kind]), upsert
                for name, value in upsert.fields.items():
                    if value is not None and name.endswith(("_at", "_s")):
                        assert isinstance(value, int), (kind, name, value)
                    if value is not None and name.endswith("_on"):
                        assert isinstance(value, str)
                        assert len(value) == 10, (kind, name, value)

    def test_what_a_link_points_at_is_there(self, bench: Bench) -> None:
        connector = bench.connector()
        kinds = connector.describe().kinds
        there = {kind: set(connector.ids(kind, EVERYTHING)) for kind in kinds}
        linked = 0
        for kind in kinds:
            for upsert in drain(connector, kind).upserts.values():
                for name, remote_id in upsert.links.items():
                    target = LINKS[kind][name]
                    if remote_id is not None and upsert.links_complete and target in there:
                        assert remote_id in there[target], (kind, upsert.remote_id, name, remote_id)
                        linked += 1
        assert linked > 10

    def test_every_stage_has_a_place_an_outcome_and_a_pipeline(self, bench: Bench) -> None:
        connector = bench.connector()
        stages = drain(connector, Kind.STAGE).upserts.values()
        assert {stage.fields["outcome"] for stage in stages} >= {"open", "won"}
        assert len({stage.fields["position"] for stage in stages}) == len(stages)
        assert all(stage.links["pipeline"] for stage in stages)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @pytest.mark.parametrize("kind", BOOK)
    def test_a_pull_may_stop_after_any_page_and_go_on_with_another_connector(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        total = len(set(connector.ids(kind, EVERYTHING)))
        small = max(3, total // 4)
        paged = bench.connector(page=small)
        whole = drain(paged, kind)
        assert len(whole.upserts) == total
        assert whole.pages >= total // paged.describe().kinds[kind].page
        for stop in sorted({1, 2, whole.pages // 2, whole.pages - 1} & set(range(1, whole.pages))):
            rest = drain(bench.connector(page=small), kind, whole.cursors[stop - 1])
            before = {remote_id for page in whole.by_page[:stop] for remote_id in page}
            assert before | set(rest.upserts) == set(whole.upserts), f"stopped after page {stop}"

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON])
    def test_many_records_with_one_stamp_all_come(self, bench: Bench, kind: Kind) -> None:
        before = drain(bench.connector(), kind)
        made = bench.colleague.burst(kind, [f"Tied {number}" for number in range(25)])
        assert len(set(made)) == 25
        bench.settle()
        after = drain(bench.connector(page=4), kind, before.cursor)
        assert set(made) <= set(after.upserts)

    def test_the_first_page_of_a_full_pass_says_so(self, bench: Bench) -> None:
        connector = bench.connector(page=3)
        first = connector.pull(Kind.COMPANY, EVERYTHING, None)
        assert first.reset
        assert not connector.pull(Kind.COMPANY, EVERYTHING, first.cursor).reset

    @pytest.mark.parametrize(
        ("kind", "name", "value"),
        [
            (Kind.COMPANY, "name", "Renamed Ltd"),
            (Kind.PERSON, "name", "Renamed Person"),
            (Kind.DEAL, "name", "New name"),
        ],
    )
    def test_what_a_colleague_changes_comes_with_the_next_pull(
        self, bench: Bench, kind: Kind, name: str, value: str
    ) -> None:
        connector = bench.connector()
        before = drain(connector, kind)
        changed = self.own(bench, kind)
        bench.settle()
        before = drain(connector, kind, before.cursor)
        bench.colleague.edit(kind, changed, {name: value})
        bench.settle()
        after = drain(connector, kind, before.cursor)
        assert after.upserts[changed].fields[name] == value
        assert after.upserts[changed].version != before.upserts[changed].version
        assert connector.fetch(kind, [changed])[0] == after.upserts[changed]

    def test_what_changes_between_two_pages_is_not_lost(self, bench: Bench) -> None:
        connector = bench.connector(page=3)
        early, late = self.own(bench, Kind.COMPANY), self.own(bench, Kind.COMPANY)
        bench.settle()
        page = connector.pull(Kind.COMPANY, EVERYTHING, None)
        book = Book(upserts={each.remote_id: each for each in page.upserts})
        for remote_id in (early, late, next(iter(book.upserts))):
            bench.colleague.edit(Kind.COMPANY, remote_id, {"name": f"Moved {remote_id}"})
        drain(connector, Kind.COMPANY, page.cursor, book=book)
        bench.settle()
        drain(connector, Kind.COMPANY, book.cursor, book=book)
        for remote_id in (early, late):
            assert book.upserts[remote_id].fields["name"] == f"Moved {remote_id}"
        assert sum(str(each.fields["name"]).startswith("Moved ") for each in book.upserts.values()) == 3

    def test_a_pull_with_nothing_new_ends_and_keeps_its_place(self, bench: Bench) -> None:
        connector = bench.connector()
        book = drain(connector, Kind.DEAL)
        again = drain(connector, Kind.DEAL, book.cursor)
        for remote_id, upsert in again.upserts.items():
            assert upsert == book.upserts[remote_id], "read again behind the cursor, but not the same"
        third = drain(connector, Kind.DEAL, again.cursor)
        assert set(third.upserts) <= set(book.upserts)

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.ACTIVITY])
    def test_what_a_colleague_deletes_leaves_the_book(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        doomed = self.own(bench, kind)
        bench.settle()
        book = drain(connector, kind)
        assert doomed in book.upserts
        bench.colleague.delete(kind, doomed)
        bench.settle()
        facts = connector.describe().kinds[kind]
        if facts.deletes is Finds.SWEEP:
            left = set(connector.ids(kind, EVERYTHING))
            assert set(book.upserts) - left == {doomed}
        else:
            drain(connector, kind, book.cursor, book=book)
            assert book.gone[doomed].why in (Gone.DELETED, Gone.ARCHIVED)
        assert connector.fetch(kind, [doomed]) == []

    def test_the_scope_of_one_user_holds_that_users_deals(self, bench: Bench) -> None:
        connector = bench.connector()
        mine = connector.describe().user_id
        company = self.own(bench, Kind.COMPANY)
        ours = push_one(
            connector, op(Kind.DEAL, fields={"name": "Mine"}, links={"company": company, "owner": mine}), Applied
        )
        bench.settle()
        scoped = drain(connector, Kind.DEAL, scope=Scope(user_id=mine))
        assert ours.remote_id in scoped.upserts
        assert {each.links.get("owner") for each in scoped.upserts.values()} == {mine}
        assert set(scoped.upserts) == set(connector.ids(Kind.DEAL, Scope(user_id=mine)))

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @pytest.mark.parametrize("kind", BOOK)
    def test_the_same_create_sent_twice_makes_one_record(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        if connector.describe().kinds[kind].create is Identity.NONE:
            pytest.skip("this CRM can't recognise a second send")
        before = set(connector.ids(kind, EVERYTHING))
        one = self.sample(bench, kind)
        first = push_one(connector, one, Applied)
        second = push_one(bench.connector(), sent_before(one), Applied)
        assert first.remote_id == second.remote_id
        bench.settle()
        assert len(set(connector.ids(kind, EVERYTHING)) - before) == 1
        assert connector.find_by_op(one) == first.remote_id

    @pytest.mark.parametrize("kind", BOOK)
    def test_an_answer_lost_after_the_commit_is_doubt_and_the_record_is_found(self, bench: Bench, kind: Kind) -> None:
        one = self.sample(bench, kind)
        connector = bench.connector()
        before = set(connector.ids(kind, EVERYTHING))
        unlucky = bench.unlucky()
        if unlucky is None:
            pytest.skip("this bench can't lose an answer")
        push_one(unlucky, one, Unknown)
        bench.settle()
        found = connector.find_by_op(one)
        assert found is not None
        assert set(connector.ids(kind, EVERYTHING)) - before == {found}

    @pytest.mark.parametrize("kind", BOOK)
    def test_an_op_that_was_never_sent_is_not_found(self, bench: Bench, kind: Kind) -> None:
        assert bench.connector().find_by_op(self.sample(bench, kind)) is None

    @pytest.mark.parametrize("kind", BOOK)
    def test_what_is_created_comes_back_as_it_was_sent(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        cursor = drain(connector, kind).cursor
        one = self.sample(bench, kind)
        made = push_one(connector, one, Applied)
        bench.settle()
        echo = drain(connector, kind, cursor).upserts[made.remote_id]
        for name, value in one.fields.items():
            assert echo.fields[name] == value, name
        for name, remote_id in one.links.items():
            assert echo.links[name] == remote_id, name
        if made.version is not None:
            assert echo.version == made.version, "the echo of our own write must not look like a change"
        if echo.op_id is not None:
            assert echo.op_id == one.id

    def test_an_update_changes_only_what_it_names(self, bench: Bench) -> None:
        connector = bench.connector()
        company = self.own(
            bench, Kind.COMPANY, {"name": "Whole & Sons", "city": "Ghent", "email": "hello@whole.example"}
        )
        (before,) = connector.fetch(Kind.COMPANY, [company])
        push_one(connector, op(Kind.COMPANY, Action.UPDATE, company, {"city": "Bruges"}), Applied)
        (after,) = connector.fetch(Kind.COMPANY, [company])
        assert after.fields == {**before.fields, "city": "Bruges"}
        assert after.links == before.links

    def test_an_emptied_field_is_emptied(self, bench: Bench) -> None:
        connector = bench.connector()
        company = self.own(bench, Kind.COMPANY, {"name": "Silent Ltd", "email": "hello@silent.example"})
        push_one(connector, op(Kind.COMPANY, Action.UPDATE, company, {"email": None}), Applied)
        (after,) = connector.fetch(Kind.COMPANY, [company])
        assert not after.fields.get("email")
        assert after.fields["name"] == "Silent Ltd"

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON, Kind.DEAL])
    def test_an_update_of_what_a_colleague_changed_meanwhile_is_a_conflict(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        facts = connector.describe().kinds[kind]
        if facts.concurrency is Concurrency.NONE:
            pytest.skip("this CRM has no way to tell")
        remote_id = self.own(bench, kind)
        (seen,) = connector.fetch(kind, [remote_id])
        bench.settle()
        bench.colleague.edit(kind, remote_id, {"name": "Theirs"})
        stale = op(kind, Action.UPDATE, remote_id, {"name": "Mine"}, seen={"name": "Before"}, version=seen.version)
        result = push_one(connector, stale, Conflict)
        assert result.server is not None
        assert result.server.fields["name"] == "Theirs"
        assert connector.fetch(kind, [remote_id])[0].fields["name"] == "Theirs"
        fresh = op(kind, Action.UPDATE, remote_id, {"name": "Mine"}, version=result.server.version)
        push_one(connector, fresh, Applied)
        assert connector.fetch(kind, [remote_id])[0].fields["name"] == "Mine"

    def test_an_update_of_what_is_gone_is_a_conflict_with_nothing(self, bench: Bench) -> None:
        connector = bench.connector()
        company = self.own(bench, Kind.COMPANY)
        bench.colleague.delete(Kind.COMPANY, company)
        result = push_one(connector, op(Kind.COMPANY, Action.UPDATE, company, {"name": "Too late"}), Conflict)
        assert result.server is None

    def test_a_refused_op_brings_the_crms_own_words(self, bench: Bench) -> None:
        refused = bench.refused()
        if refused is None:
            pytest.skip("this CRM takes anything")
        result = push_one(bench.connector(), refused, Rejected)
        assert result.problems
        assert all(problem.words.strip() and "Traceback" not in problem.words for problem in result.problems)

    def test_every_op_gets_its_own_answer_in_order(self, bench: Bench) -> None:
        connector = bench.connector()
        ops = [self.sample(bench, Kind.COMPANY), self.sample(bench, Kind.PERSON), self.sample(bench, Kind.COMPANY)]
        refused = bench.refused()
        if refused is not None:
            ops.insert(1, refused)
        results = connector.push(ops)
        assert [each.op_id for each in results] == [each.id for each in ops]
        assert [type(each) for each in results if each.op_id != (refused and refused.id)] == [Applied] * 3
        assert connector.push([]) == []

    def test_a_delete_deletes_and_may_be_repeated(self, bench: Bench) -> None:
        connector = bench.connector()
        company = self.own(bench, Kind.COMPANY)
        gone = op(Kind.COMPANY, Action.DELETE, company)
        push_one(connector, gone, Applied)
        push_one(connector, sent_before(gone), Applied)
        assert company not in set(connector.ids(Kind.COMPANY, EVERYTHING))

    # ── a rep's day ─────────────────────────────────────────────────────────────────────────────────────────────────

    def test_a_logged_call_appears_on_the_person_and_the_deal_exactly_once(self, bench: Bench) -> None:
        connector = bench.connector()
        before = drain(connector, Kind.ACTIVITY)
        company, person, deal = self.family(bench)
        call = op(
            Kind.ACTIVITY,
            fields={
                "what": "call",
                "direction": "out",
                "subject": "About the offer",
                "body": "She will ask her board.",
                "at": AT,
                "duration_s": 180,
                "outcome": "connected",
                "done": True,
            },
            links={"person": person, "deal": deal, "company": company},
        )
        made = push_one(connector, call, Applied)
        bench.settle()
        after = drain(connector, Kind.ACTIVITY, before.cursor)
        ours = [each for each in after.upserts.values() if "She will ask her board." in str(each.fields.get("body"))]
        assert [each.remote_id for each in ours] == [made.remote_id]
        assert ours[0].links["person"] == person
        assert ours[0].links["deal"] == deal
        assert ours[0].fields["what"] == "call"
        assert ours[0].fields["at"] == AT

    def test_a_next_step_is_made_and_completed(self, bench: Bench) -> None:
        connector = bench.connector()
        company, person, deal = self.family(bench)
        step = op(
            Kind.ACTIVITY,
            fields={"what": "task", "subject": "Send the offer", "due_on": "2026-12-31", "done": False, "at": AT},
            links={"person": person, "deal": deal, "company": company},
        )
        made = push_one(connector, step, Applied)
        (open_step,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
        assert open_step.fields["what"] == "task"
        assert open_step.fields["due_on"] == "2026-12-31"
        assert open_step.fields["done"] is False
        cursor = drain(connector, Kind.ACTIVITY).cursor

        done = op(Kind.ACTIVITY, Action.COMPLETE, made.remote_id, {"done": True, "done_at": AT + 3600})
        push_one(connector, done, Applied)
        push_one(connector, sent_before(done), Applied)
        bench.settle()
        closed = drain(connector, Kind.ACTIVITY, cursor).upserts[made.remote_id]
        assert closed.fields["done"] is True
        assert closed.fields["subject"] == "Send the offer"
        assert made.remote_id in set(connector.ids(Kind.ACTIVITY, EVERYTHING))

    def test_a_deal_is_won(self, bench: Bench) -> None:
        connector = bench.connector()
        _, _, deal = self.family(bench)
        won = op(Kind.DEAL, Action.WIN, deal)
        push_one(connector, won, Applied)
        push_one(connector, sent_before(won), Applied)
        (after,) = connector.fetch(Kind.DEAL, [deal])
        assert after.fields["status"] == "won"
        bench.settle()
        assert deal in set(connector.ids(Kind.DEAL, EVERYTHING))

    def test_a_deal_is_lost_with_its_reason(self, bench: Bench) -> None:
        connector = bench.connector()
        _, _, deal = self.family(bench)
        cursor = drain(connector, Kind.DEAL).cursor
        reason: dict[str, str | None] = {}
        if Kind.LOSS_REASON in connector.describe().kinds:
            reason["loss_reason"] = next(iter(drain(connector, Kind.LOSS_REASON).upserts))
        lost = op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "They chose the cheaper one"}, reason)
        push_one(connector, lost, Applied)
        push_one(connector, sent_before(lost), Applied)
        bench.settle()
        after = drain(connector, Kind.DEAL, cursor).upserts[deal]
        assert after.fields["status"] == "lost"
        if reason:
            assert after.links["loss_reason"] == reason["loss_reason"]
        else:
            assert after.fields["lost_note"] == "They chose the cheaper one"

    def test_a_deal_moves_to_another_stage(self, bench: Bench) -> None:
        connector = bench.connector()
        _, _, deal = self.family(bench)
        (before,) = connector.fetch(Kind.DEAL, [deal])
        stages = drain(connector, Kind.STAGE).upserts.values()
        following = next(
            stage.remote_id
            for stage in sorted(stages, key=lambda stage: int(stage.fields["position"] or 0))
            if stage.fields["outcome"] == "open" and stage.remote_id != before.links["stage"]
        )
        push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, links={"stage": following}), Applied)
        (after,) = connector.fetch(Kind.DEAL, [deal])
        assert after.links["stage"] == following
        assert after.fields["name"] == before.fields["name"]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("Ünïcödé — naïve façade, 東京, Ελλάδα", id="unicode"),
            pytest.param("שלום עולם \u202eabc\u202c مرحبا", id="right to left"),
            pytest.param("👩‍💻🎉 done 🇧🇪", id="emoji"),
            pytest.param("<b>bold</b> & <script>alert(1)</script> 1 < 2 &amp; 3", id="HTML"),
            pytest.param("first\n\nsecond\n  indented\n- item", id="lines"),
            pytest.param("word " * 6_399 + "end", id="32,000 characters"),
        ],
    )
    def test_what_is_written_in_a_note_comes_back_letter_by_letter(self, bench: Bench, text: str) -> None:
        connector = bench.connector()
        links = {"company": self.own(bench, Kind.COMPANY)}
        note = op(Kind.ACTIVITY, fields={"what": "note", "body": text, "at": AT}, links=links)
        made = push_one(connector, note, Applied)
        (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
        assert echo.fields["body"] == text

    @pytest.mark.parametrize("text", ["nul\0byte", "lone \ud800 surrogate"])
    def test_what_no_database_takes_does_not_stop_a_note(self, bench: Bench, text: str) -> None:
        connector = bench.connector()
        note = op(
            Kind.ACTIVITY,
            fields={"what": "note", "body": text, "at": AT},
            links={"person": self.own(bench, Kind.PERSON)},
        )
        made = push_one(connector, note, Applied)
        (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
        body = str(echo.fields["body"])
        assert body.startswith(text[:3])
        assert body.endswith(text[-4:])
        body.encode()

    def test_a_day_stays_that_day(self, bench: Bench) -> None:
        connector = bench.connector()
        company, _, deal = self.family(bench)
        for day in ("2026-12-31", "2027-01-01", "2027-03-28", "2028-02-29"):
            push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"close_on": day}), Applied)
            (after,) = connector.fetch(Kind.DEAL, [deal])
            assert after.fields["close_on"] == day
            fields: dict[str, Value] = {"what": "task", "subject": "x", "due_on": day, "done": False, "at": AT}
            made = push_one(connector, op(Kind.ACTIVITY, fields=fields, links={"company": company}), Applied)
            assert connector.fetch(Kind.ACTIVITY, [made.remote_id])[0].fields["due_on"] == day

    def test_money_keeps_its_cents(self, bench: Bench) -> None:
        connector = bench.connector()
        _, _, deal = self.family(bench)
        for cents in (0, 1, 123_456, 99_999_999_99):
            push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"amount": cents}), Applied)
            assert connector.fetch(Kind.DEAL, [deal])[0].fields["amount"] == cents

    # ── what the tests need ─────────────────────────────────────────────────────────────────────────────────────────

    def own(self, bench: Bench, kind: Kind, fields: Mapping[str, Value] | None = None) -> str:
        """A record of this test's own, made by the colleague."""
        names = {Kind.COMPANY: "Contract Ltd", Kind.PERSON: "Nora Contract", Kind.DEAL: "Contract deal"}
        if kind is Kind.ACTIVITY:
            links = {"company": self.own(bench, Kind.COMPANY)}
            return bench.colleague.create(kind, fields or {"what": "note", "body": "A word"}, links)
        if kind is Kind.DEAL:
            return bench.colleague.create(
                kind, fields or {"name": names[kind]}, {"company": self.own(bench, Kind.COMPANY)}
            )
        return bench.colleague.create(kind, fields or {"name": f"{names[kind]} {op_id()[:6]}"}, {})

    def family(self, bench: Bench) -> tuple[str, str, str]:
        """A company, a person there and an open deal of theirs, owned by the rep."""
        connector = bench.connector()
        company = push_one(connector, self.sample(bench, Kind.COMPANY), Applied).remote_id
        person = op(Kind.PERSON, fields={"name": "Ada Family", "email": f"{op_id()}@family.example"})
        person.links["company"] = company
        person_id = push_one(connector, person, Applied).remote_id
        links = {"company": company, "person": person_id, "owner": connector.describe().user_id}
        deal = op(Kind.DEAL, fields={"name": "Family deal", "amount": 50_000}, links=links)
        return company, person_id, push_one(connector, deal, Applied).remote_id

    def sample(self, bench: Bench, kind: Kind) -> Op:
        """A create with the fields that every CRM has."""
        mark = op_id()[:8]
        if kind is Kind.COMPANY:
            fields: dict[str, Value] = {
                "name": f"Sample {mark} Ltd",
                "email": f"{mark}@sample.example",
                "city": "Ghent",
            }
            return op(kind, fields=fields)
        company = self.own(bench, Kind.COMPANY)
        if kind is Kind.PERSON:
            fields = {"name": f"Sam Sample {mark}", "email": f"{mark}@person.example"}
            return op(kind, fields=fields, links={"company": company})
        if kind is Kind.DEAL:
            fields = {"name": f"Deal {mark}", "amount": 123_456, "close_on": "2027-02-28"}
            return op(kind, fields=fields, links={"company": company})
        return op(kind, fields={"what": "note", "body": f"Sample {mark}", "at": AT}, links={"company": company})
