"""Where the book's companies are, with telephone numbers from the ranges that are kept free for fiction."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count


class Place:
    """A city, its country and time zone. Numbers are handed out once each, so that no two people share one."""

    def __init__(self, city: str, country: str, zone: str, numbers: Iterator[str]) -> None:
        self.city, self.country, self.zone = city, country, zone
        self._numbers = numbers

    def phone(self) -> str:
        """The next free number."""
        return next(self._numbers)


def _two(prefix: str, first: int) -> Iterator[str]:
    return (f"{prefix} {n // 100:02} {n % 100:02}" for n in count(first))


def _four(prefix: str, first: int) -> Iterator[str]:
    return (f"{prefix} {n:04}" for n in count(first))


def _short(prefix: str) -> Iterator[str]:
    return (f"{prefix} {n:02}" for n in range(100))


def _three(prefix: str, first: int) -> Iterator[str]:
    return (f"{prefix} {n:03}" for n in count(first))


def make_places() -> dict[str, Place]:
    """Fresh places by city, with all their numbers still free."""
    norway, britain = _two("+47 55 12", 4100), _four("+44 20 7946", 100)
    germany, france = _three("+49 30 23125", 10), _two("+33 1 99 00", 1100)
    sweden, australia = _short("+46 8 465 004"), _four("+61 2 5550", 1000)
    return {
        "Bergen": Place("Bergen", "Norway", "Europe/Oslo", norway),
        "Oslo": Place("Oslo", "Norway", "Europe/Oslo", norway),
        "Trondheim": Place("Trondheim", "Norway", "Europe/Oslo", norway),
        "London": Place("London", "United Kingdom", "Europe/London", britain),
        "Leeds": Place("Leeds", "United Kingdom", "Europe/London", britain),
        "Bristol": Place("Bristol", "United Kingdom", "Europe/London", britain),
        "Berlin": Place("Berlin", "Germany", "Europe/Berlin", germany),
        "Hamburg": Place("Hamburg", "Germany", "Europe/Berlin", germany),
        "Lyon": Place("Lyon", "France", "Europe/Paris", france),
        "Nantes": Place("Nantes", "France", "Europe/Paris", france),
        "Stockholm": Place("Stockholm", "Sweden", "Europe/Stockholm", sweden),
        "Sydney": Place("Sydney", "Australia", "Australia/Sydney", australia),
    }
