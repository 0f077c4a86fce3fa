"""What came of a call: HubSpot keeps it as one of the account's own dispositions, by a GUID."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.domain.field_map import FieldMap

SHIPPED: Final[Mapping[str, str]] = {
    "busy": "9d9162e7-6cf3-4944-bf63-4dff82258764",
    "connected": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    "left_message": "a4c4c377-d246-4b32-a13b-75a56a4cd0ff",
    "voicemail": "b2cf5968-551e-4856-9783-52b3da59a7d0",
    "no_answer": "73a0d17f-1163-4015-bdd5-ec830791da20",
    "wrong_number": "17b47fee-58de-441e-a44c-c6300d46f273",
}
"""The dispositions that every account begins with, by our codes."""


class Outcomes:
    """`labels` are the account's dispositions; what a team agreed on goes first, then HubSpot's own, then the label."""

    def __init__(self, labels: Mapping[str, str], agreed: FieldMap) -> None:
        self._labels, self._agreed = labels, agreed
        known = {code: guid for code, guid in SHIPPED.items() if not labels or guid in labels}
        self._there = {_code(label): guid for guid, label in labels.items()} | known
        self._here = {guid: _code(label) for guid, label in labels.items()} | {its: code for code, its in known.items()}

    def there(self, code: str | None) -> str | None:
        """The disposition that stands for our outcome; None where the account has none."""
        agreed = self._agreed.outcome_there(code)
        return agreed if agreed is not None else self._there.get(code or "")

    def here(self, guid: str | None) -> str | None:
        """Our outcome behind a disposition; None where it is not known."""
        return self._agreed.outcome_here(guid) or self._here.get(guid or "")

    @property
    def labels(self) -> Mapping[str, str]:
        """The account's own words by GUID."""
        return self._labels


def _code(label: str) -> str:
    return "_".join(label.casefold().split())
