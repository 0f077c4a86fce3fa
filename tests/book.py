"""A small book on a real encrypted file, with a clock moved by hand: Tuesday 24 November 2026, 09:12 in Oslo."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Any

from companion.database import create_database
from companion.domain import workspace
from companion.domain.reasons import Reason
from companion.domain.records import Kind
from companion.queries import brief, today
from companion.store import meta, migrations, records, scores

ZONE = zoneinfo.ZoneInfo("Europe/Oslo")
WORKSPACE = workspace.decode((Path(__file__).parents[1] / "resources/workspace.json").read_bytes())
STAGES = ("Discovery", "Evaluation", "Proposal", "Negotiation", "Closing")


class Book:
    """Writes records in few words. Days count from today, negative in the past; hours are written '14:00'."""

    def __init__(self, path: Path) -> None:
        self.database = create_database(path / "book.db", bytes(range(32)), durable=False)
        migrations.migrate(self.database)
        self.now = dt.datetime(2026, 11, 24, 9, 12, tzinfo=ZONE)
        self.workspace = WORKSPACE
        self._count = 0
        self._read: today.Read = {}
        with self.database.write() as write:
            meta.put(write, "me", "me")
            users = [("me", "Nora Lind"), ("ingrid", "Ingrid Moen")]
            records.put(write, Kind.USER, [{"id": each, "name": name} for each, name in users])
            stages = [
                {
                    "id": name,
                    "name": name,
                    "position": i,
                    "probability": 20 * i,
                    "outcome": "open",
                    "pipeline_id": "sales",
                }
                for i, name in enumerate(STAGES, 1)
            ]
            records.put(write, Kind.STAGE, stages)

    def at(self, days: int, hour: str = "10:00") -> int:
        """An instant, in seconds since 1970."""
        on = self.now.date() + dt.timedelta(days)
        return int(dt.datetime.combine(on, dt.time.fromisoformat(hour), tzinfo=ZONE).timestamp())

    def on(self, days: int) -> str:
        """A day as the store has it."""
        return (self.now.date() + dt.timedelta(days)).isoformat()

    def put(self, kind: Kind, **fields: Any) -> str:
        """One record; returns its id."""
        self._count += 1
        fields.setdefault("id", f"{kind.value}-{self._count}")
        with self.database.write() as write:
            records.put(write, kind, [fields])
        return str(fields["id"])

    def edit(self, kind: Kind, record_id: str, **fields: Any) -> None:
        """Changes one record and recomputes what that touches, as an action does."""
        with self.database.write() as write:
            records.edit(write, kind, record_id, fields)
            self._refresh(write)

    def add(self, kind: Kind, **fields: Any) -> str:
        """One more record, with what it touches recomputed."""
        self._count += 1
        fields.setdefault("id", f"{kind.value}-{self._count}")
        with self.database.write() as write:
            records.put(write, kind, [fields])
            self._refresh(write)
        return str(fields["id"])

    def person(self, name: str = "Marta Ferreira", **fields: Any) -> str:
        """A person of the rep's, at a company of the same number."""
        company = fields.pop("company_id", None) or self.put(Kind.COMPANY, name="Halvorsen Logistics", owner_id="me")
        return self.put(Kind.PERSON, **{"name": name, "company_id": company, "owner_id": "me", **fields})

    def deal(self, person: str | None, amount: int | None = 48_000, stage: str = "Proposal", **fields: Any) -> str:
        """An open deal of the rep's, in whole euros."""
        company = None
        if person:
            with self.database.read() as rows:
                company = rows.value("SELECT company_id FROM people WHERE id = ?", (person,))
        own: dict[str, Any] = {
            "name": "Route planning rollout",
            "amount": None if amount is None else amount * 100,
            "currency": "EUR",
            "status": "open",
            "stage_id": stage,
            "pipeline_id": "sales",
            "stage_since_at": self.at(-3),
            "created_at": self.at(-30),
            "close_on": self.on(20),
            "person_id": person,
            "company_id": company,
            "owner_id": "me",
        }
        return self.put(Kind.DEAL, **{**own, **fields})

    def activity(self, what: str, person: str | None, at: int, **fields: Any) -> str:
        """Something that took place."""
        own = {"what": what, "person_id": person, "at": at, "done": True, "owner_id": "me", "direction": None}
        return self.put(Kind.ACTIVITY, **{**own, **fields})

    def email(self, person: str, at: int, direction: str = "out", subject: str = "Hello", **fields: Any) -> str:
        """An email."""
        return self.activity("email", person, at, direction=direction, subject=subject, **fields)

    def call(self, person: str, at: int, outcome: str = "connected", **fields: Any) -> str:
        """A call."""
        return self.activity("call", person, at, direction="out", outcome=outcome, **fields)

    def task(self, person: str | None, due: int, subject: str = "Call again", **fields: Any) -> str:
        """A next step that is due in so many days."""
        own = {"due_on": self.on(due), "subject": subject, "done": False}
        return self.activity("task", person, self.at(-6), **{**own, **fields})

    def engagement(self, what: str, person: str, at: int, subject: str, **fields: Any) -> str:
        """A marketing touch."""
        return self.put(Kind.ENGAGEMENT, **{"what": what, "person_id": person, "at": at, "subject": subject, **fields})

    def snooze(
        self, record_id: str, until: int, words: str | None = None, made: int | None = None, **more: Any
    ) -> None:
        """Asks to keep quiet about a record; `more` are further columns: waits_for, parked, event_at."""
        with self.database.write() as write:
            made = self.at(-1) if made is None else made
            row = {"record_id": record_id, "until_at": until, "words": words, "made_at": made, **more}
            marks = ", ".join("?" * len(row))
            write.text(f"INSERT OR REPLACE INTO snoozes ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))

    def refresh(self) -> None:
        """Recomputes everything."""
        with self.database.write() as write:
            scores.refresh_all(write, self.workspace, self.now, ZONE, "me")

    def refresh_due(self) -> int:
        """Recomputes whom time has moved; returns how many."""
        with self.database.write() as write:
            due = scores.due(write, self.now)
            scores.refresh(write, due, self.workspace, self.now, ZONE, "me")
        return len(due)

    def today(self, limit: int = 200) -> today.Today:
        """The list as a screen gets it, which knows rows from before; read anew it says the same."""
        with self.database.read() as rows:
            found = today.today(rows, self.now, ZONE, limit, self.workspace, self._read)
            assert found == today.today(rows, self.now, ZONE, limit, self.workspace)
        return found

    def reasons(self, subject_id: str) -> tuple[Reason, ...]:
        """Every reason that stands for a person or deal, after recomputing everything."""
        self.refresh()
        with self.database.read() as rows:
            return brief.reasons(rows, subject_id)

    def read(self, question: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """A query's answer, with the rows given."""
        with self.database.read() as rows:
            return question(rows, *arguments, **options)

    def close(self) -> None:
        """Lets go of the file."""
        self.database.close()

    def _refresh(self, write: Any) -> None:
        subjects = scores.subjects_of(write, write.touched_records)
        scores.refresh(write, subjects, self.workspace, self.now, ZONE, "me")
