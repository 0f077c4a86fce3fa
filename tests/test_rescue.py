"""A damaged, missing or older book comes back; what the rep saved reaches the CRM once; a wrong key moves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from companion.actions.keep_typed import TypedLine, keep_typed, typed_lines
from companion.database import Damaged, KeyRefused, NoSuchFile, open_database
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.rescue import DAMAGED, IN_USE, QUARANTINE, is_here, open_book, rescue
from companion.store import meta, notices, outbox
from companion.store.journal import JOURNAL, Journal
from tests.rig.damage import Office, begun
from tests.sync.world import BEGIN, KEY

PAGE = 4096


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A synced book, then a call, a new company with a person, and an edit that the CRM does not have yet."""
    office = Office(begun(tmp_path / "profile"))
    with office.database.write() as write:
        meta.put(write, "crm", {"connector": "demo"})
    office.sync()
    yield office
    office.database.close()


def work(office: Office) -> list[str]:
    """What the rep saves; returns the ids of the ops."""
    call = office.log_call("P1", "Wants twelve months")
    company = office.create(Kind.COMPANY, name="Cedar")
    person = office.create(Kind.PERSON, {"company": company}, name="Dora")
    edit = office.edit(Kind.DEAL, "D1", amount=777_00)
    assert edit is not None
    return [call, company, person, edit]


def hurt(file: Path, page: int) -> None:
    """One bit of a page."""
    data = bytearray(file.read_bytes())
    data[(page - 1) * PAGE + 100] ^= 1
    file.write_bytes(data)


def page_of(file: Path, table: str) -> int:
    """The page where a table begins."""
    database = open_database(file, KEY)
    with database.read() as rows:
        found = int(rows.value("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)))
    database.close()
    return found


def told(office: Office) -> list[str]:
    with office.database.read() as rows:
        return [each.kind for each in notices.open_ones(rows)]


def all_arrived(office: Office) -> None:
    """What the rep saved is in the CRM once, under the ids that the book has for it."""
    assert office.settle().waiting == 0
    assert len(office.made(Kind.ACTIVITY, body="Wants twelve months")) == 1
    (company,) = office.made(Kind.COMPANY, name="Cedar")
    (person,) = office.made(Kind.PERSON, name="Dora")
    assert person.links["company"] == company.id
    assert office.there(Kind.DEAL, "D1", "amount") == 777_00
    assert office.shown(Kind.PERSON, "P2", "name") == "Ben"
    assert office.shown(Kind.DEAL, "D1", "name") == "Looms"


@pytest.mark.parametrize("table", ["outbox", "people", "meta", "activities"])
def test_a_damaged_page_is_found_out_and_nothing_is_lost_or_sent_twice(office: Office, table: str) -> None:
    ops = work(office)
    office.database.close()
    hurt(office.path, page_of(office.path, table))
    (office.path.parent / DAMAGED).touch()  # as the check in the background leaves it

    office.open()

    assert told(office) == ["rescued"]
    assert all(office.op(each).state is OpState.PENDING for each in ops)
    assert office.shown(Kind.DEAL, "D1", "amount") == 777_00
    (kept,) = (office.path.parent / QUARANTINE).iterdir()
    assert (kept / "book.db").exists()
    all_arrived(office)


def test_damage_met_by_a_read_is_said_in_words_and_the_next_start_rescues(office: Office) -> None:
    work(office)
    office.database.close()
    hurt(office.path, page_of(office.path, "outbox"))
    office.database = open_book(office.path.parent, KEY, BEGIN, durable=False)

    with office.database.read() as rows, pytest.raises(Exception, match="malformed"):
        outbox.in_state(rows, OpState.PENDING)
    with pytest.raises(Damaged, match="malformed") as met, office.database.read() as rows:
        outbox.in_state(rows, OpState.PENDING)

    assert "start it again" in met.value.advice
    office.restart()
    assert told(office) == ["rescued"]
    all_arrived(office)


def test_a_missing_book_is_made_again_from_its_journal(office: Office) -> None:
    work(office)
    office.database.close()
    office.path.unlink()
    assert is_here(office.path.parent)

    office.open()

    with office.database.read() as rows:
        assert meta.get(rows, "crm") == {"connector": "demo"}
    all_arrived(office)


@pytest.mark.parametrize("content", [b"", bytes(PAGE), b"x" * 100])
def test_a_book_that_is_no_book_any_more_is_made_again(office: Office, content: bytes) -> None:
    work(office)
    office.database.close()
    office.path.write_bytes(content)

    office.open()

    all_arrived(office)


def test_an_older_file_gets_the_ops_that_it_lacks_and_sends_none_again(office: Office) -> None:
    office.log_call("P1", "Sent before")
    older = office.backup()
    office.sync()
    work(office)
    office.restore(older)  # the journal is of today

    assert told(office) == []
    all_arrived(office)
    assert len(office.made(Kind.ACTIVITY, body="Sent before")) == 1


def test_an_op_that_had_ended_before_the_journal_was_made_anew_is_never_sent_from_an_older_file(
    office: Office,
) -> None:
    taken = office.log_call("P1", "Taken back")
    older = office.backup()
    office.take_back(taken)
    office.database.close()
    (office.path.parent / JOURNAL).unlink()  # the next start makes it anew, with what is unfinished alone
    office.open()
    work(office)

    office.restore(older)

    assert office.state(taken) is OpState.DISCARDED
    all_arrived(office)
    assert office.made(Kind.ACTIVITY, body="Taken back") == []


def test_an_older_file_takes_the_newest_secret(office: Office) -> None:
    with office.database.write() as write:
        meta.put(write, "secret", "old")
    older = office.backup()
    with office.database.write() as write:
        meta.put(write, "secret", "new")

    office.restore(older)

    with office.database.read() as rows:
        assert meta.get(rows, "secret") == "new"


def test_a_lost_write_ahead_log_loses_no_op(office: Office) -> None:
    work(office)
    copy = office.path.read_bytes()
    office.database.close()
    office.path.write_bytes(copy)  # without what the log held

    office.open()

    all_arrived(office)


def test_a_damaged_journal_of_a_sound_book_is_made_anew(office: Office) -> None:
    ops = work(office)
    office.database.close()
    journal = office.path.parent / JOURNAL
    journal.write_bytes(b"noise" * 1000)

    office.open()

    assert told(office) == []
    found = Journal(journal, KEY).read()
    assert found.whole
    assert {each.row["id"] for each in found.rows.values() if each.row} == set(ops)


def test_a_key_that_the_journal_does_not_prove_moves_nothing(office: Office) -> None:
    work(office)
    office.database.close()
    folder = office.path.parent
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    with pytest.raises(KeyRefused):
        open_book(folder, bytes(32), BEGIN)

    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    office.open()


def test_a_damaged_book_without_a_journal_is_left_where_it_is(office: Office) -> None:
    office.database.close()
    folder = office.path.parent
    (folder / JOURNAL).unlink()
    office.path.write_bytes(b"")

    with pytest.raises(Damaged):
        open_book(folder, KEY, BEGIN)

    assert office.path.read_bytes() == b""
    assert not (folder / QUARANTINE).exists()


def test_no_book_and_no_journal_is_still_no_book(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile):
        open_book(tmp_path, KEY, BEGIN)

    assert list(tmp_path.iterdir()) == []


def test_a_rescue_that_is_interrupted_anywhere_is_ended_by_the_next_start(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops = work(office)
    office.database.close()
    hurt(office.path, 1)
    folder, left = office.path.parent, 0
    move = Path.replace

    def dies(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return move(self, target)

    steps = 0
    for step in range(20):
        left, steps = step, step
        monkeypatch.setattr(Path, "replace", dies)
        try:
            rescue(folder, KEY, BEGIN, durable=False)
            break
        except KeyboardInterrupt:
            monkeypatch.setattr(Path, "replace", move)
            with open_book(folder, KEY, BEGIN, durable=False).read() as rows:
                assert {op.id for op in outbox.in_state(rows, OpState.PENDING)} == set(ops), step
    monkeypatch.setattr(Path, "replace", move)

    assert steps >= 3
    office.open()
    all_arrived(office)


def test_an_op_that_was_on_its_way_is_in_doubt_after_a_rescue(office: Office) -> None:
    (call, *_) = work(office)
    with office.database.write() as write:
        op = outbox.get(write, call)
        assert op is not None
        outbox.move(write, op, OpState.IN_FLIGHT, BEGIN, first_sent_at=BEGIN)
    office.database.close()
    office.path.unlink()

    office.database = open_book(office.path.parent, KEY, BEGIN, durable=False)

    assert office.state(call) is OpState.UNKNOWN


def test_the_mark_of_an_open_book_goes_with_a_clean_end_alone(office: Office) -> None:
    mark = office.path.parent / IN_USE
    assert mark.exists()

    office.database.close()

    assert not mark.exists()
    office.open()


def test_one_op_that_can_not_be_shown_keeps_no_other_away(office: Office) -> None:
    (call, *others) = work(office)
    with office.database.write() as write:
        fields = '{"what": "call", "body": "half a sign: \\ud83d"}'
        write.text("UPDATE outbox SET fields = ? WHERE id = ?", (fields, call))
    office.database.close()
    office.path.unlink()

    office.open()

    assert office.state(call) is OpState.ATTENTION
    assert office.op(call).fields["body"] == "half a sign: \ud83d"
    assert all(office.state(each) is OpState.PENDING for each in others)


@pytest.mark.parametrize("table", ["activities", "meta"])
def test_what_was_typed_on_a_card_comes_over_too(office: Office, table: str) -> None:
    line = TypedLine("op/field/amount", "op", "Amount", "about 120")
    keep_typed(office.answer.desk, [line, replace(line, text="older")])
    keep_typed(office.answer.desk, [line])
    office.database.close()
    hurt(office.path, page_of(office.path, table))
    (office.path.parent / DAMAGED).touch()

    office.open()

    assert told(office) == ["rescued"]
    with office.database.read() as rows:
        assert typed_lines(rows) == [line]


def test_a_line_half_typed_and_a_snooze_come_over_too(office: Office) -> None:
    person = office.local(Kind.PERSON, "P2")
    with office.database.write() as write:
        write.text("INSERT INTO drafts VALUES (?, 'connected', NULL, 'Wants it bl', NULL, 7)", (person,))
        write.text("INSERT INTO snoozes VALUES (?, 9, 'until Friday', 7, 'reply', 1, 5)", (person,))
    office.database.close()
    hurt(office.path, page_of(office.path, "activities"))
    (office.path.parent / DAMAGED).touch()

    office.open()
    office.sync()

    assert told(office) == ["rescued"]
    assert office.local(Kind.PERSON, "P2") == person
    assert office.shown(Kind.PERSON, "P2", "name") == "Ben"
    with office.database.read() as rows:
        assert rows.value("SELECT line FROM drafts WHERE record_id = ?", (person,)) == "Wants it bl"
        snooze = rows.one("SELECT words, waits_for, parked, event_at FROM snoozes WHERE record_id = ?", (person,))
    assert snooze == ("until Friday", "reply", 1, 5)


def test_with_the_journal_gone_too_what_the_damaged_book_still_says_is_saved(office: Office) -> None:
    ops = work(office)
    office.database.close()
    hurt(office.path, page_of(office.path, "activities"))
    (office.path.parent / JOURNAL).unlink()
    (office.path.parent / DAMAGED).touch()

    office.open()

    assert told(office) == ["rescued"]
    assert all(office.state(each) is OpState.PENDING for each in ops)
    all_arrived(office)


def test_a_change_of_which_nobody_knows_any_more_what_it_is_of_waits_for_the_rep(office: Office) -> None:
    (*_, edit) = work(office)
    office.database.close()
    hurt(office.path, page_of(office.path, "deals"))
    (office.path.parent / JOURNAL).unlink()
    (office.path.parent / DAMAGED).touch()

    office.open()
    office.settle()

    assert office.state(edit) is OpState.ATTENTION
    assert office.op(edit).fields == {"amount": 777_00}
    assert len(office.made(Kind.ACTIVITY, body="Wants twelve months")) == 1


def test_an_op_that_only_a_damaged_outbox_tells_of_is_shown_and_not_sent(office: Office) -> None:
    for number in range(30):
        office.log_call("P1", f"Call {number} " + "x" * 1000)
    office.database.close()
    (office.path.parent / JOURNAL).unlink()
    hurt(office.path, leaf_of_outbox(office))
    (office.path.parent / DAMAGED).touch()

    office.open()

    kept = office.ops(*OpState)
    assert 0 < len(kept) < 30
    assert {op.state for op in kept} == {OpState.ATTENTION}
    office.settle()
    assert office.made(Kind.ACTIVITY) == []


def leaf_of_outbox(office: Office) -> int:
    """A page in the middle of the outbox: one whose damage a walk of the outbox meets, but not at its begin."""
    from companion.store.salvage import attempt

    sound = office.path.read_bytes()
    for page in range(len(sound) // PAGE, 1, -1):
        hurt(office.path, page)
        walked = attempt(office.path, KEY, lambda rows: rows.all("PRAGMA quick_check('outbox')"))
        first = attempt(office.path, KEY, lambda rows: rows.one("SELECT said FROM outbox ORDER BY seq"))
        office.path.write_bytes(sound)
        if walked != [("ok",)] and first is not None:
            return page
    raise AssertionError("no such page")
