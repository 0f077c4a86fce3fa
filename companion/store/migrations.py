"""How a cache file came to its present shape: append-only steps with their SQL written out, a copy made first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from companion.database import Damaged, Database, DatabaseProblem, DiskFull, Write


class FileIsNewer(DatabaseProblem):
    """A newer Companion wrote this file; this one leaves it untouched."""

    title = "This local copy was written by a newer Companion"
    advice = "Update Companion on this computer. The file was left untouched."


class NoRoomToUpdate(DatabaseProblem):
    """The copy that is made before the file changes its shape could not be made; the file is as it was."""

    title = "There is no room to update your local copy"
    advice = "A new Companion keeps a copy before it changes the file. Free some space on the disk, then start again."


_RECORD = """
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    remote_id TEXT UNIQUE,
    version TEXT,
    gone TEXT,
    gone_at INTEGER,
    extra TEXT,
"""


def _first(write: Write) -> None:
    """The book, the outbox, the list of today, and search."""
    for sql in (
        f"CREATE TABLE users ({_RECORD} name TEXT, email TEXT, active INTEGER)",
        f"CREATE TABLE pipelines ({_RECORD} name TEXT, position INTEGER)",
        f"""CREATE TABLE stages ({_RECORD} name TEXT, position INTEGER, probability INTEGER, outcome TEXT,
            pipeline_id TEXT)""",
        f"CREATE TABLE loss_reasons ({_RECORD} name TEXT, position INTEGER)",
        f"""CREATE TABLE companies ({_RECORD} name TEXT, phone TEXT, email TEXT, website TEXT, city TEXT, country TEXT,
            industry TEXT, created_at INTEGER, phone_key TEXT, owner_id TEXT)""",
        f"""CREATE TABLE people ({_RECORD} name TEXT, role TEXT, phone TEXT, mobile TEXT, email TEXT, city TEXT,
            time_zone TEXT, best_time TEXT, source TEXT, campaign TEXT, journey TEXT, consent TEXT, buying_role TEXT,
            created_at INTEGER, phone_key TEXT, company_id TEXT, owner_id TEXT)""",
        "CREATE INDEX people_by_company ON people (company_id)",
        # The lists of the book, page by page in the order of names.
        "CREATE INDEX people_by_name ON people (name COLLATE NOCASE) WHERE gone IS NULL",
        "CREATE INDEX companies_by_name ON companies (name COLLATE NOCASE) WHERE gone IS NULL",
        f"""CREATE TABLE deals ({_RECORD} name TEXT, amount INTEGER, currency TEXT, close_on TEXT, probability INTEGER,
            status TEXT, is_lead INTEGER, stage_since_at INTEGER, closed_at INTEGER, lost_note TEXT,
            contract_ends_on TEXT, trial_ends_on TEXT, source TEXT, medium TEXT, campaign TEXT, created_at INTEGER,
            company_id TEXT, person_id TEXT, owner_id TEXT, stage_id TEXT, pipeline_id TEXT, loss_reason_id TEXT)""",
        "CREATE INDEX deals_by_person ON deals (person_id)",
        "CREATE INDEX deals_by_company ON deals (company_id)",
        "CREATE INDEX deals_by_owner ON deals (owner_id, status, close_on)",
        f"""CREATE TABLE activities ({_RECORD} what TEXT, direction TEXT, subject TEXT, body TEXT, at INTEGER,
            ends_at INTEGER, duration_s INTEGER, due_on TEXT, due_at INTEGER, done INTEGER, done_at INTEGER,
            outcome TEXT, promise TEXT, person_id TEXT, company_id TEXT, deal_id TEXT, owner_id TEXT)""",
        # With what and gone in it the filters of a history are counted without reading the entries.
        "CREATE INDEX activities_by_person ON activities (person_id, at, n, what, gone)",
        "CREATE INDEX activities_by_company ON activities (company_id, at, n)",
        # What belongs to a company as such: without this its person's history would search every entry of the company.
        "CREATE INDEX activities_of_company ON activities (company_id, at, n) WHERE person_id IS NULL",
        "CREATE INDEX activities_by_deal ON activities (deal_id, at, n)",
        "CREATE INDEX activities_by_owner ON activities (owner_id, at)",
        f"""CREATE TABLE engagements ({_RECORD} what TEXT, subject TEXT, at INTEGER, count INTEGER, source TEXT,
            campaign TEXT, person_id TEXT, company_id TEXT, deal_id TEXT)""",
        "CREATE INDEX engagements_by_person ON engagements (person_id, at, n)",
        "CREATE INDEX engagements_by_company ON engagements (company_id, at, n)",
        # Further participants of an activity, further contacts of a deal.
        """CREATE TABLE participants (record_id TEXT NOT NULL, person_id TEXT NOT NULL, role TEXT,
            PRIMARY KEY (record_id, person_id)) WITHOUT ROWID""",
        "CREATE INDEX participants_by_person ON participants (person_id)",
        # Links that a record has in the CRM to one that has not arrived: tied when it does.
        """CREATE TABLE loose_links (target_kind TEXT NOT NULL, target_remote_id TEXT NOT NULL, kind TEXT NOT NULL,
            record_id TEXT NOT NULL, link TEXT NOT NULL, role TEXT,
            PRIMARY KEY (target_kind, target_remote_id, record_id, link)) WITHOUT ROWID""",
        "CREATE INDEX loose_links_by_record ON loose_links (record_id)",
        # What the CRM holds in a field that shows an unsent edit of the rep's.
        """CREATE TABLE held_values (record_id TEXT NOT NULL, field TEXT NOT NULL, value TEXT,
            PRIMARY KEY (record_id, field)) WITHOUT ROWID""",
        """CREATE TABLE outbox (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, record_id TEXT NOT NULL,
            action TEXT NOT NULL, fields TEXT NOT NULL, links TEXT NOT NULL, seen TEXT NOT NULL, said TEXT NOT NULL,
            gesture_id TEXT NOT NULL, state TEXT NOT NULL, tenant TEXT, user_id TEXT, created_at INTEGER NOT NULL,
            hold_until INTEGER, attempts INTEGER NOT NULL DEFAULT 0, first_sent_at INTEGER, sent_at INTEGER,
            next_try_at INTEGER, problems TEXT, theirs TEXT, who TEXT, theirs_at INTEGER, remote_id TEXT, version TEXT,
            done_at INTEGER, strikes INTEGER NOT NULL DEFAULT 0, struck_at INTEGER, excused INTEGER)""",
        "CREATE INDEX outbox_by_state ON outbox (state, seq)",
        "CREATE INDEX outbox_by_record ON outbox (record_id, seq)",
        "CREATE INDEX outbox_by_gesture ON outbox (gesture_id)",
        """CREATE TABLE op_events (n INTEGER PRIMARY KEY, op_id TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL,
            words TEXT)""",
        "CREATE INDEX op_events_by_op ON op_events (op_id, n)",
        """CREATE TABLE cursors (kind TEXT PRIMARY KEY, cursor BLOB, read_at INTEGER, full_at INTEGER, swept_at INTEGER,
            total INTEGER, problem TEXT) WITHOUT ROWID""",
        """CREATE TABLE poison (kind TEXT NOT NULL, remote_id TEXT NOT NULL, why TEXT NOT NULL,
            seen_at INTEGER NOT NULL, PRIMARY KEY (kind, remote_id)) WITHOUT ROWID""",
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
        # What the rep keeps here and no CRM has a place for.
        """CREATE TABLE snoozes (record_id TEXT PRIMARY KEY, until_at INTEGER NOT NULL, words TEXT,
            made_at INTEGER NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE hidden_reasons (record_id TEXT NOT NULL, rule_id TEXT NOT NULL, until_at INTEGER NOT NULL,
            why TEXT, PRIMARY KEY (record_id, rule_id)) WITHOUT ROWID""",
        """CREATE TABLE drafts (record_id TEXT PRIMARY KEY, button TEXT NOT NULL, outcome TEXT, line TEXT NOT NULL,
            unparsed TEXT, saved_at INTEGER NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE gestures (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, words TEXT NOT NULL,
            undo TEXT NOT NULL, made_at INTEGER NOT NULL, undone_at INTEGER)""",
        # What changed of a deal or person while we watched; triggers write it, scores.refresh dates it.
        """CREATE TABLE moves (n INTEGER PRIMARY KEY, record_id TEXT NOT NULL, field TEXT NOT NULL, was TEXT,
            became TEXT,
            since_at INTEGER, at INTEGER)""",
        "CREATE INDEX moves_by_record ON moves (record_id, at)",
        "CREATE INDEX moves_by_time ON moves (at)",
        "CREATE INDEX tasks_open ON activities (person_id, due_on) WHERE what = 'task' AND done = 0",
        # One row for each person or deal that a rule found: the list of today, ready to be read in its order.
        """CREATE TABLE scores (subject_id TEXT PRIMARY KEY, subject_kind TEXT NOT NULL, section INTEGER NOT NULL,
            level INTEGER NOT NULL, due_at INTEGER NOT NULL, stake INTEGER NOT NULL, waiting_days INTEGER NOT NULL,
            rule_id TEXT NOT NULL, person_id TEXT, company_id TEXT, deal_id TEXT, verb TEXT NOT NULL,
            reason TEXT NOT NULL, others INTEGER NOT NULL, more TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE INDEX scores_in_order ON scores
            (section, level, due_at, stake DESC, waiting_days DESC, subject_id)""",
        # When the rules must look at a person or deal again though nothing was written.
        """CREATE TABLE rechecks (subject_id TEXT PRIMARY KEY, subject_kind TEXT NOT NULL, at INTEGER NOT NULL)
            WITHOUT ROWID""",
        "CREATE INDEX rechecks_by_time ON rechecks (at)",
        """CREATE VIRTUAL TABLE names USING fts5 (name, about, numbers, tokenize = "unicode61 remove_diacritics 2",
            prefix = '1 2 3', content = '', contentless_delete = 1)""",
        """CREATE VIRTUAL TABLE notes USING fts5 (subject, body, tokenize = "unicode61 remove_diacritics 2",
            prefix = '2 3', content = '', contentless_delete = 1)""",
    ):
        write.text(sql)
    for sql in (*_SEARCH_TRIGGERS, *_MOVE_TRIGGERS):
        write.text(sql)


def _names_triggers(table: str, code: int, about: tuple[str, ...], numbers: str | None) -> tuple[str, ...]:
    """Keeps `names` true of rows that change. Its rowid is 4 n + code: 0 a person, 1 a company, 2 a deal.

    New rows are added a batch at a time (store/findable.py).
    """
    columns = ("name", *about, *([numbers] if numbers else []), "gone")
    about_words = " || ' ' || ".join(f"coalesce(new.{each}, '')" for each in about) or "''"
    numbers_word = f"new.{numbers}" if numbers else "''"
    values = f"new.n * 4 + {code}, new.name, {about_words}, {numbers_word}"
    moved = " OR ".join(f"old.{each} IS NOT new.{each}" for each in columns)
    return (
        f"""CREATE TRIGGER {table}_renamed AFTER UPDATE OF {", ".join(columns)} ON {table} WHEN {moved} BEGIN
            DELETE FROM names WHERE rowid = old.n * 4 + {code};
            INSERT INTO names (rowid, name, about, numbers)
            SELECT {values} WHERE new.gone IS NOT 'out_of_scope'; END""",
        f"""CREATE TRIGGER {table}_unnamed AFTER DELETE ON {table} BEGIN
            DELETE FROM names WHERE rowid = old.n * 4 + {code}; END""",
    )


_SEARCH_TRIGGERS: Final = (
    *_names_triggers("people", 0, ("role", "email"), "phone_key"),
    *_names_triggers("companies", 1, ("city", "website"), "phone_key"),
    *_names_triggers("deals", 2, (), None),
    """CREATE TRIGGER activities_renoted AFTER UPDATE OF subject, body, gone ON activities
        WHEN old.subject IS NOT new.subject OR old.body IS NOT new.body OR old.gone IS NOT new.gone BEGIN
        DELETE FROM notes WHERE rowid = old.n;
        INSERT INTO notes (rowid, subject, body)
        SELECT new.n, new.subject, new.body WHERE new.gone IS NOT 'out_of_scope'; END""",
    """CREATE TRIGGER activities_unnoted AFTER DELETE ON activities BEGIN
        DELETE FROM notes WHERE rowid = old.n; END""",
)


def _moves_trigger(table: str, column: str, since: str = "NULL") -> str:
    """Keeps what a column held before. `at` stays NULL until the transaction's own clock dates it."""
    return f"""CREATE TRIGGER {table}_{column}_moved AFTER UPDATE OF {column} ON {table}
        WHEN old.{column} IS NOT new.{column} BEGIN
        INSERT INTO moves (record_id, field, was, became, since_at)
        VALUES (new.id, '{column}', old.{column}, new.{column}, {since}); END"""


_MOVE_TRIGGERS: Final = (
    _moves_trigger("deals", "close_on"),
    _moves_trigger("deals", "stage_id", "old.stage_since_at"),
    _moves_trigger("deals", "amount"),
    _moves_trigger("deals", "status"),
    _moves_trigger("deals", "owner_id"),
    _moves_trigger("people", "owner_id"),
)


def _second(write: Write) -> None:
    """A snooze may wait for an event or park its record; an undone act can be done again; a ledger of reminders."""
    for sql in (
        # 'reply' or 'meeting': the snooze ends with it, at the latest at until_at.
        "ALTER TABLE snoozes ADD COLUMN waits_for TEXT",
        "ALTER TABLE snoozes ADD COLUMN parked INTEGER",
        # Of a reply: when anybody was last in touch as the snooze was made. Of a meeting: when it was to end.
        "ALTER TABLE snoozes ADD COLUMN event_at INTEGER",
        # How often, and when last, the rep said that a reason is of no use here.
        "ALTER TABLE hidden_reasons ADD COLUMN made_at INTEGER",
        "ALTER TABLE hidden_reasons ADD COLUMN times INTEGER",
        "ALTER TABLE gestures ADD COLUMN redo TEXT",
        # Which act was undone last: the next to be done again.
        "ALTER TABLE gestures ADD COLUMN undone_turn INTEGER",
        """CREATE TABLE reminders (n INTEGER PRIMARY KEY, what TEXT NOT NULL, record_kind TEXT NOT NULL,
            record_id TEXT NOT NULL, person_id TEXT, deal_id TEXT, due_at INTEGER NOT NULL, words TEXT NOT NULL,
            fired_at INTEGER, shown_at INTEGER, channel TEXT, acted_at INTEGER, act TEXT,
            missed INTEGER NOT NULL DEFAULT 0, UNIQUE (what, record_id, due_at))""",
        "CREATE INDEX reminders_by_time ON reminders (due_at)",
        "CREATE INDEX reminders_by_person ON reminders (person_id, due_at)",
        # What the rep promised, by its day: read again whenever a reminder may have come due.
        "CREATE INDEX promises_open ON activities (due_on) WHERE promise = 'mine' AND done = 0",
    ):
        write.text(sql)


STEPS: Final[tuple[Callable[[Write], None], ...]] = (_first, _second)
"""Step i brings a file from `user_version` i to i + 1. Never edit one that was released; add another."""


def migrate(database: Database) -> bool:
    """Brings the file to the newest shape; whether there was anything to do. Copies it first when it holds anything.

    Raises FileIsNewer, with the file untouched.
    """
    with database.read() as rows:
        version = int(rows.value("PRAGMA user_version"))
    if version > len(STEPS):
        raise FileIsNewer(f"version {version}, known up to {len(STEPS)}")
    if version == len(STEPS):
        return False
    if version:
        _keep_copy(database, database.path.with_suffix(f".before-{len(STEPS)}"))
    with database.write() as write:
        for step in STEPS[version:]:
            step(write)
        write.text(f"PRAGMA user_version = {len(STEPS)}")
    return True


def _keep_copy(database: Database, target: Path) -> None:
    """A copy of the file as it was, looked through: what is damaged is rescued, not brought to another shape."""
    from companion.store import soundness

    try:
        database.copy_to(target)
    except DiskFull as problem:
        raise NoRoomToUpdate(str(problem)) from problem
    if words := soundness.trouble(database):
        target.unlink()
        raise Damaged(words)
    if digest_of(target) != digest_of(database.path):
        target.unlink()
        raise NoRoomToUpdate("the copy is not what was copied")


def digest_of(file: Path) -> str:
    """A fingerprint of a file's content."""
    import hashlib

    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").hexdigest()
