"""A desk over a small book, with a clock moved by hand."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from companion.actions.desk import Desk
from companion.database import Write
from companion.domain.records import Kind
from companion.store import scores
from tests.book import ZONE, Book


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book(tmp_path)
    book.put(Kind.COMPANY, id="halvorsen", name="Halvorsen Logistics", remote_id="C1")
    book.put(Kind.PERSON, id="marta", name="Marta Ferreira", company_id="halvorsen", owner_id="me", remote_id="P1")
    book.put(
        Kind.DEAL,
        id="rollout",
        name="Route planning rollout",
        person_id="marta",
        company_id="halvorsen",
        owner_id="me",
        status="open",
        stage_id="Proposal",
        pipeline_id="sales",
        amount=4_800_000,
        currency="EUR",
        close_on=book.on(3),
        remote_id="D1",
    )
    with book.database.write() as write:
        scores.refresh_all(write, book.workspace, book.now, ZONE, "me")
    return book


@pytest.fixture
def desk(book: Book) -> Desk:
    ids = count(1)

    def rescore(write: Write, touched: frozenset[tuple[Kind, str]], now: datetime) -> None:
        scores.refresh(write, scores.subjects_of(write, touched), book.workspace, now, ZONE, "me")

    return Desk(book.database, lambda: book.now, lambda: f"{next(ids):032x}", rescore, "me", "tenant", "U1")
