"""What three CRMs tell in rows and in words, read without the wire: rows become records, texts lose our marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from companion.connectors import agreed, hypertext, in_text, naive_utc, payload, strange
from companion.connectors.base import Upsert
from companion.connectors.espocrm import activities as espo_activities
from companion.connectors.espocrm import marker as espo_marker
from companion.connectors.hubspot import associations, engagements, told
from companion.connectors.hubspot import mapping as hubspot_mapping
from companion.connectors.hubspot import wire as hubspot_wire
from companion.connectors.hubspot.objects import TYPES
from companion.connectors.hubspot.reader import MAPS
from companion.connectors.salesforce import cursor as salesforce_cursor
from companion.connectors.salesforce import mapping as salesforce_mapping
from companion.connectors.salesforce import picklists, pull, refusal
from companion.connectors.salesforce.activities import note
from companion.domain.records import FIELDS, Kind
from tests.rig.fuzz.espocrm import EspoCrm
from tests.rig.fuzz.hubspot import HubSpot
from tests.rig.fuzz.odoo import OP_ID
from tests.rig.fuzz.salesforce import Salesforce
from tests.rig.fuzz.source import Source, swollen, text_of
from tests.rig.fuzz.transport import CALM, sound

Row = dict[str, Any]
Reads = Callable[[Row], Sequence[object]]


class Rows:
    """A row of each sort with odd values in it: a record that can be kept, or an error that stops the row alone."""

    seeds: Sequence[bytes]

    def __init__(self) -> None:
        self._known: list[tuple[Row, Reads]] = [*_of_hubspot(), *_of_espocrm(), *_of_salesforce()]
        self.seeds = tuple(bytes([each, *odd]) for each in range(len(self._known)) for odd in ([], [0xD0] * 30))

    def __call__(self, data: bytes) -> None:
        """The first byte is the row; the rest warps it."""
        source = Source(data)
        row, reads = self._known[source.below(len(self._known))]
        odd = source.warped(row)
        if not isinstance(odd, dict) or payload.unsound(odd):
            return
        odd |= {name: row[name] for name in ("id", "Id") if name in row}  # a row without one never comes so far
        try:
            found = reads(odd)
        except strange.SHAPE:
            return
        for upsert in found:
            if isinstance(upsert, Upsert):
                sound(upsert)


def _of_hubspot() -> list[tuple[Row, Reads]]:
    reader = HubSpot().connector._reader
    found: list[tuple[Row, Reads]] = []
    for name, mapped in MAPS.items():
        around, kind = reader.around(name), TYPES[name].kind
        (row,) = reader.some(name, reader.properties(kind, name), 1)
        linked = associations.read(reader.session, TYPES[name], [row["id"]])[row["id"]]

        def reads(row: Row, mapped: Any = mapped, linked: Any = linked, around: Any = around) -> list[Upsert]:
            strange.single(row["properties"])
            return [mapped(row, linked, around)]

        found.append((row, reads))
    around = reader.around("contacts")
    (row,) = reader.some("contacts", reader.properties(Kind.ENGAGEMENT, "contacts"), 1)

    def engaged(row: Row) -> list[Upsert]:
        strange.single(row["properties"])
        return engagements.of_contact(row, around)

    found.append((row, engaged))
    for row in reader.session.wire.get(f"/crm/pipelines/{hubspot_wire.VERSION}/deals")["results"]:
        found.append((row, lambda row: [told.pipelines_of([row])]))  # noqa: PERF401
    described = reader.session.wire.get(f"/crm/properties/{hubspot_wire.VERSION}/calls")["results"]
    return found + [(row, lambda row: [told.property_of(row)]) for row in described[:2]]


def _of_espocrm() -> list[tuple[Row, Reads]]:
    attack = EspoCrm()
    records = attack.connector._records
    found: list[tuple[Row, Reads]] = []
    for kind in (Kind.USER, Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY, Kind.ENGAGEMENT):
        for source in records.sources(kind):
            rows = records.by_id(
                source, [each for it in attack.crm.ids[kind] if (each := source.row_id(it)) is not None]
            )
            around = records._around.of(source, rows)
            found.append((rows[-1], partial(_one, partial(_mapped, source.map, around))))
    return found


def _of_salesforce() -> list[tuple[Row, Reads]]:
    attack = Salesforce()
    reader, session = attack.connector._reader, attack.connector._session
    known, deals = reader._knowing.known, list(attack.crm.ids[Kind.DEAL])
    found: list[tuple[Row, Reads]] = []
    for kind, sources in pull.SOURCES.items():
        for source in sources:
            attack.wire.begin(CALM)
            rows = reader.rows(kind, source, attack.crm.ids[kind])
            if source.object == "ContentNote":
                found += [(row, lambda row: [note(row, known, "<p>Yes</p>", deals)]) for row in rows[:1]]
                continue
            mapped = reader._mapper(kind, source, rows)
            found += [(row, partial(_one, mapped)) for row in rows[:1]]
    fields = session.fields("Task")
    ruled = {"TaskSubtype": "Call", "Status": "Completed"}
    found.append((session.small("OpportunityStage")[0], lambda row: [salesforce_mapping.stage(row, 0)]))
    found.append((session.small("LeadStatus")[0], lambda row: [salesforce_mapping.lead_stage(row, 0)]))
    dependent = {**fields["Status"], "controllerName": "TaskSubtype", "dependentPicklist": True, "Id": "x"}
    found.append((dependent, lambda row: [picklists.ruled_out({**fields, "Status": row}, ruled, {})]))
    return found


def _one(mapped: Callable[[Row], object], row: Row) -> list[object]:
    return [mapped(row)]


def _mapped(mapped: Callable[[Row, Any], object], around: object, row: Row) -> object:
    return mapped(row, around)


_ZONES: Final = (ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Europe/Oslo"))
_HTML: Final = b"<p>Spoke to <b>them</b>,<br/>twice</p><ul><li>x</li></ul>"


class Marks:
    """Texts with and without our marks, instants, sentences of refusals: read from whatever anybody wrote."""

    seeds = (
        b"\0" + _HTML, b"\xff<script>", b"\xff<head", b"\xff<style></p>", b"\xff&#", b"\xff[companion]: # (",
        f"\0**Offer**\n\nYes\n\n[companion]: # ({OP_ID} 1795292179 s @6b01f001)".encode(),
        f"\0Yes\n[companion:{OP_ID}]".encode(), b"\xff\n[companion:",
        b"\0[Companion \xc2\xb7 Outcome: no answer \xc2\xb7 Duration: 3 min 20 s]\nYes",
        b'\0[Companion \xc2\xb7 At: 2026-11-20 08:00:00 UTC \xc2\xb7 Promise: "a \xc2\xb7 b"]',
        b"\xff \xc2\xb7 A: ", b'\xff"\\', b"\xff[Companion \xc2\xb7 ",
        b"\x002026-11-21T22:00:00.000+0000", b"\x001796083200000", b"\x009999-12-31T23:59:59.999Z",
        b"\x000001-01-01T00:00:00+14:00", b"\0europe_slash_oslo", b"\x002026-11-20",
        b'\0Property values were not valid: [{"name":"amount","message":"no"}]',
        b"\xffProperty values were not valid: [", b"\xff**a",
        b"\0Contact already exists. Existing ID: 101", b"\0duplicates value on record with id: 003000000000009",
    )  # fmt: skip

    def __call__(self, data: bytes) -> None:
        """Nothing stops the readers, and what we write is what we read."""
        text = swollen(data)
        _instants(text)
        _refused(text)
        assert len(hypertext.plain(text).body) <= hypertext.LONGEST
        body, mark = espo_marker.taken(text)
        espo_activities.bold(body, mark)
        salesforce_mapping.marked(text)
        for name in in_text.taken(text)[1]:
            assert any(name in names for names in FIELDS.values()) or name in ("owner", "stage"), name
        in_text.put_anew(text, {"body": text[:200], "outcome": text[:60]}, ("outcome", "promise"))
        _round(text_of(data)[:300].replace("\r", "").replace("\0", ""))


def _instants(text: str) -> None:
    for read in (salesforce_cursor.instant, naive_utc.instant, hubspot_mapping.instant):
        at = read(text[:200])
        assert at is None or abs(at) < 10**15
    for zone in _ZONES:
        hubspot_mapping.day(text[:200], zone)
    told.zone_name(text[:200])
    hubspot_mapping.zone_value(hubspot_mapping.zone_name(text[:200]))
    for name in ("at", "due_on", "amount", "probability", "duration_s", "name"):
        agreed.here(name, text[:5_000])
    assert len(agreed.shown(text)) <= agreed.LONGEST


def _refused(text: str) -> None:
    no = hubspot_wire.refusal(400, {"message": text, "errors": [{"message": text, "in": text[:9]}]})
    assert all(fault.words for fault in no.faults)
    for code in ("DUPLICATE_VALUE", text[:40]):
        for problem in refusal.problems_of([{"errorCode": code, "message": text}]):
            assert problem.words
            assert problem.existing is None or problem.existing.isascii()


def _round(own: str) -> None:
    """Our own words, out and back."""
    if not own.isprintable() or not own.strip():
        return
    facts: Mapping[str, Any] = {"outcome": "no_answer", "at": 1_795_292_179, "promise": own}
    body, said = in_text.taken(in_text.put(own, facts, ("outcome", "at", "promise")))
    assert (body, said.get("outcome"), said.get("at")) == (own, "no_answer", 1_795_292_179)
    mark = espo_marker.Mark(OP_ID, 5, True, "6b01f001")
    assert espo_marker.taken(espo_marker.put(own, mark)) == (own, mark)
    assert salesforce_mapping.marked(salesforce_mapping.with_mark(own, OP_ID)) == (own, OP_ID)
