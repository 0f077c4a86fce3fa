"""Money: an amount and its currency, with its words."""

from __future__ import annotations

from typing import NamedTuple

from companion.domain import words


class Money(NamedTuple):
    """An amount in hundredths of its currency (an ISO 4217 code, or None where the CRM names none)."""

    hundredths: int
    currency: str | None = None

    @property
    def words(self) -> str:
        """'€48,000'."""
        return words.money(self.hundredths, self.currency)

    @property
    def short(self) -> str:
        """'€48k'."""
        return words.short_money(self.hundredths, self.currency)
