"""The small kinds: users, pipelines, stages and the reasons for a loss. Each is read whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from companion.connectors import strange
from companion.connectors.base import Page, ScopeDenied, Upsert
from companion.connectors.hubspot.cursor import Cursor
from companion.connectors.hubspot.mapping import LOSS, Around, chosen, versioned
from companion.connectors.hubspot.objects import DEALS, LEADS
from companion.connectors.hubspot.reader import Reader
from companion.connectors.hubspot.told import Pipelines
from companion.connectors.hubspot.wire import Row
from companion.domain.records import Kind, Value

SMALL = (Kind.USER, Kind.PIPELINE, Kind.STAGE, Kind.LOSS_REASON)


class Small:
    """Reads them. What an owner is to HubSpot is a user to us: `hubspot_owner_id` is what records hold."""

    def __init__(self, reader: Reader) -> None:
        self._session, self._reader = reader.session, reader

    def page(self, kind: Kind, stored: bytes | None) -> Page:
        """All of them, on one page."""
        cursor = Cursor.resume(stored, self._session.now)
        if stored is None:
            self._session.look_at_lists()
        found = self.all(kind)
        return Page(found, cursor.next_phase(1).bytes(), total=len(found), reset=stored is None)

    def ids(self, kind: Kind) -> Iterator[str]:
        """All ids."""
        yield from (each.remote_id for each in self.all(kind))

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """Those of them."""
        return [each for each in self.all(kind) if each.remote_id in remote_ids]

    def all(self, kind: Kind) -> list[Upsert]:
        """All of a kind. Raises ScopeDenied where the account keeps no such list."""
        if kind is Kind.USER:
            return [_told(kind, str(row["id"]), _user(row), {}) for row in self._session.owners()]
        pipelines = self._pipelines()
        if kind is Kind.PIPELINE:
            return [
                _told(kind, each, {"name": name, "position": place}, {})
                for place, (each, name) in enumerate(pipelines.names.items())
            ]
        if kind is Kind.STAGE:
            return [
                _told(
                    kind,
                    each.id,
                    {
                        "name": each.name,
                        "position": place,
                        "probability": each.probability,
                        "outcome": each.outcome,
                    },
                    {"pipeline": each.pipeline},
                )
                for place, each in enumerate(pipelines.stages.values())
            ]
        around = self._reader.around(DEALS)
        if not chosen(around):
            raise ScopeDenied("reasons for a loss are free words there")
        return _reasons(kind, around)

    def _pipelines(self) -> Pipelines:
        """Those of deals, and behind them those of leads where they are open."""
        deals = self._session.pipelines(DEALS)
        if not self._session.readable(LEADS):
            return deals
        leads = self._session.pipelines(LEADS)
        return Pipelines({**deals.names, **leads.names}, {**deals.stages, **leads.stages})


def _reasons(kind: Kind, around: Around) -> list[Upsert]:
    retired = around.properties[LOSS].retired
    return [
        _told(kind, value, {"name": words, "position": place}, {})
        for place, (value, words) in enumerate(around.labels(LOSS).items())
        if value not in retired
    ]


def _user(row: Row) -> dict[str, Value]:
    name = " ".join(str(row.get(part) or "").strip() for part in ("firstName", "lastName")).strip()
    email = row.get("email")
    return {"name": name or str(email or ""), "email": email, "active": row.get("archived") is not True}


def _told(kind: Kind, remote_id: str, fields: dict[str, Value], links: dict[str, str | None]) -> Upsert:
    strange.single(fields)
    return versioned({"properties": {}}, Upsert(kind, remote_id, "", fields, links))
