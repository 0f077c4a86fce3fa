"""What rows refer to, asked for in a handful of requests: stages, words of choices, deals and people, text of mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from companion.connectors import hypertext
from companion.connectors.base import Unreachable
from companion.connectors.espocrm import stages
from companion.connectors.espocrm.activities import Around
from companion.connectors.espocrm.mapping import SHIPPED, Setting
from companion.connectors.espocrm.session import Session
from companion.connectors.espocrm.sources import Source
from companion.connectors.espocrm.wire import Refusal, Row, among
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind

_CHUNK: Final = 50
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "Account": ("industry", "type"),
    "Lead": ("source",),
    "Opportunity": ("leadSource",),
}
_ABOUT: Final = ("Call", "Meeting", "Task", "Email", "Note", "CampaignLogRecord")
_KINDS: Final[Mapping[str, Kind]] = {entity: kind for entity, (kind, _) in SHIPPED.items()}


class Surroundings:
    """Looks up what a page of rows needs."""

    def __init__(self, session: Session, field_map: FieldMap) -> None:
        self._session, self._field_map = session, field_map
        self._ours: frozenset[str] | None = None

    @property
    def posts(self) -> str:
        """Where posts are listed: an administrator sees all notes, others those of the streams open to them."""
        me = self._session.me
        return "GlobalStream" if me.rights.get("GlobalStream") is True and not me.admin else "Note"

    def stages(self) -> stages.Stages:
        """The stages."""
        return stages.read(self._session)

    def select(self, source: Source) -> tuple[str, ...]:
        """The attributes to ask for, with what the administrator and the team added."""
        names = dict.fromkeys(source.select)
        if (op := self._session.op_field(source.entity)) is not None:
            names[op] = None
        if source.entity == "Opportunity" and self._session.pipelined():
            names |= {"pipelineId": None, "pipelineStageId": None}
        names |= dict.fromkeys(self.agreed(source.entity))
        return tuple(names)

    def agreed(self, entity: str) -> list[str]:
        """EspoCRM's names of fields that the team chose for the entity's kind, mapped or merely shown."""
        kind = _KINDS.get(entity) or (Kind.ACTIVITY if entity in ("Call", "Meeting", "Task") else None)
        if kind is None:
            return []
        known = self._session.fields(entity)
        mapped = self._field_map.names(kind, {}).values()
        return [name for name in (*mapped, *self._field_map.shown.get(kind, ())) if name in known]

    def of(self, source: Source, rows: Sequence[Row]) -> Around:
        """What these rows need."""
        setting = self.setting(source.entity)
        if source.entity not in _ABOUT or not rows:
            return Around(setting)
        deals = self._by_id("Opportunity", _parents(rows, "Opportunity"), ("accountId", "contactId", "contactsIds"))
        people = self._by_id("Contact", _parents(rows, "Contact") | _guests(rows), ("accountId",))
        if source.entity == "Email":
            return Around(setting, deals, people, self._addresses(), self._bodies(rows))
        return Around(setting, deals, people)

    def setting(self, entity: str) -> Setting:
        """What mapping needs to know for an entity."""
        session = self._session
        chosen = self.agreed(entity)
        named = dict.fromkeys((*_CHOICES.get(entity, ()), *chosen))
        words = {name: words for name in named if (words := session.words(entity, name))}
        op_field = session.op_field(entity)
        return Setting(
            self.stages(),
            self._field_map,
            {entity: words},
            {entity: op_field} if op_field else {},
            {entity: {name: session.label(entity, name) for name in chosen}},
            str(session.me.settings.get("defaultCurrency") or "EUR"),
            session.me.zone,
            session.now,
        )

    def note(self, note_id: str) -> Row | None:
        """One post now; None where it is gone, or no longer open to us."""
        try:
            found = self._session.wire.get(f"Note/{note_id}")
        except Refusal as refusal:
            if refusal.status in (403, 404):
                return None
            raise Unreachable(str(refusal)) from refusal
        if not isinstance(found, dict) or found.get("id") != note_id:
            raise Unreachable("a post that is none")
        return None if found.get("deleted") is True else found

    def _by_id(self, entity: str, ids: set[str], select: tuple[str, ...]) -> dict[str, Row]:
        if not ids or not self._session.may(entity, "read"):
            return {}
        found: dict[str, Row] = {}
        wanted = sorted(ids)
        for start in range(0, len(wanted), _CHUNK):
            rows = self._session.wire.rows(entity, [among("id", wanted[start : start + _CHUNK])], select=select)
            found |= {row["id"]: row for row in rows}
        return found

    def _addresses(self) -> frozenset[str]:
        """The addresses of our own people: what came from one of them went out."""
        if self._ours is None:
            rows = (
                self._session.wire.rows("User", select=("emailAddress",)) if self._session.may("User", "read") else []
            )
            told = [row.get("emailAddress") for row in rows] + [self._session.me.email]
            self._ours = frozenset(each.casefold() for each in told if isinstance(each, str) and each)
        return self._ours

    def _bodies(self, rows: Sequence[Row]) -> dict[str, str]:
        """The words of mails that have no plain text beside them: from 9.1 on nobody but EspoCRM writes that."""
        bare = {row["id"] for row in rows if not row.get("bodyPlain") or row.get("isHtml") is False}
        found = self._by_id("Email", bare, ("body", "isHtml"))
        return {
            key: hypertext.plain(row.get("body")).body if row.get("isHtml") is not False else str(row.get("body") or "")
            for key, row in found.items()
        }


def _parents(rows: Sequence[Row], entity: str) -> set[str]:
    return {row["parentId"] for row in rows if row.get("parentType") == entity and isinstance(row.get("parentId"), str)}


def _guests(rows: Sequence[Row]) -> set[str]:
    found: set[str] = set()
    for row in rows:
        ids = row.get("contactsIds")
        found |= {each for each in ids[:1] if isinstance(each, str)} if isinstance(ids, list) else set()
    return found
