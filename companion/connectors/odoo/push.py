"""Sending ops: what a create, an edit and the verbs of a deal are in Odoo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    ConnectorError,
    Op,
    Problem,
    Rejected,
    Result,
    RetryLater,
    Upsert,
)
from companion.connectors.comparing import changed_under, says_the_same
from companion.connectors.odoo import marker
from companion.connectors.odoo.agreed import Agreed
from companion.connectors.odoo.mapping import (
    LEAD_PERSON,
    LINKS_TO_LEAD,
    LINKS_TO_PARTNER,
    NAMED,
    TO_LEAD,
    TO_LEAD_CONTACT,
    TO_PARTNER,
    values,
)
from companion.connectors.odoo.push_activities import ActivityWriter
from companion.connectors.odoo.session import NotTaken, Session
from companion.connectors.odoo.wire import Refusal
from companion.connectors.payload import clean, literally
from companion.domain.language import tr
from companion.domain.records import Kind, Value

Fetch = Callable[[Kind, str], Upsert | None]

_MODELS: Final = {Kind.COMPANY: "res.partner", Kind.PERSON: "res.partner", Kind.DEAL: "crm.lead"}


class Push:
    """Sends one op at a time. `fetch` reads one record now."""

    def __init__(self, session: Session, fetch: Fetch, agreed: Agreed) -> None:
        self._session, self._fetch, self._agreed = session, fetch, agreed
        self._activities = ActivityWriter(session, fetch)

    def send(self, op: Op) -> Result:
        """The one answer to the op, or trouble that `answering` turns into one."""
        try:
            return self._create(op) if op.action is Action.CREATE else self._change(op)
        except NotTaken as error:
            elsewhere = self._agreed.names(op.kind)
            return Rejected(op.id, tuple(_problem(op, message, elsewhere) for message in error.messages))
        except Refusal as refusal:
            if refusal.busy:
                return RetryLater(op.id, "Odoo was busy with this record")
            return Rejected(op.id, (Problem(refusal.words),))

    def find(self, op: Op) -> str | None:
        """The remote id of what `op` created, by its external id."""
        if op.action is not Action.CREATE:
            raise ConnectorError("only what was created can be looked for")
        found = self._session.reference(marker.MODULE, op.id)
        if found is None:
            return None
        return self._activities.remote_id(op, found) if op.kind is Kind.ACTIVITY else str(found)

    # Create ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _create(self, op: Op) -> Result:
        if op.kind is Kind.ACTIVITY:
            return self._told(op, self._activities.create(op))
        if op.kind not in _MODELS:
            return Rejected(op.id, (Problem(tr("A {kind} can’t be made from here", kind=op.kind)),))
        model = _MODELS[op.kind]
        sent = {**self._fixed(op), **self._values(op, op.fields)}
        row = {"id": marker.external_id(op.id), **{name: _cell(value) for name, value in sent.items()}}
        row |= {f"{name}/.id": remote_id for name, remote_id in self._linked(op).items() if remote_id}
        return self._told(op, str(self._session.create(model, [row])[0]))

    def _fixed(self, op: Op) -> dict[str, Value]:
        """What a new record of this kind is, in Odoo."""
        if op.kind is Kind.DEAL:
            return {"type": "lead" if op.fields.get("is_lead") else "opportunity"}
        return {"is_company": op.kind is Kind.COMPANY}

    def _linked(self, op: Op) -> dict[str, str]:
        """The links as many2one values; a new deal is about its person, or else about its company."""
        names = LINKS_TO_LEAD if op.kind is Kind.DEAL else LINKS_TO_PARTNER
        found = {names[name]: remote_id or "" for name, remote_id in op.links.items() if name in names}
        if op.kind is Kind.DEAL and {"person", "company"} & set(op.links):
            person, company = op.links.get("person"), op.links.get("company")
            if person is None or not person.startswith(LEAD_PERSON):
                found["partner_id"] = person or company or ""
        if op.action is Action.CREATE:
            found.setdefault("user_id", str(self._session.me.id))
        return found | self._chosen(op)

    def _chosen(self, op: Op) -> dict[str, str]:
        """The fields that Odoo keeps as a choice from a table: by name; refused where it has no such name."""
        found: dict[str, str] = {}
        elsewhere = self._agreed.names(op.kind)
        for name, (theirs, table) in NAMED.items() if op.kind is Kind.COMPANY else ():
            if name in op.fields and name not in elsewhere:
                words = str(op.fields[name] or "").strip()
                ids = self._session.ids(table, [["name", "=ilike", literally(words)]], limit=1) if words else []
                if words and not ids:
                    raise NotTaken(
                        [
                            {
                                "message": tr("Odoo’s list has no {name} called {words}", name=name, words=words),
                                "field": theirs,
                            }
                        ]
                    )
                found[theirs] = str(ids[0]) if ids else ""
        return found

    # Change ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _change(self, op: Op) -> Result:
        remote_id = op.remote_id or ""
        now = self._fetch(op.kind, remote_id)
        if now is None:
            again = op.action is Action.DELETE or (op.action is Action.COMPLETE and op.first_sent_at is not None)
            return Applied(op.id, remote_id) if again else Conflict(op.id, None)
        in_chatter = () if "lost_note" in now.fields else ("lost_note",)
        same = says_the_same(op, now, untold=in_chatter)
        if not same and op.action is not Action.DELETE and changed_under(op, now):
            return Conflict(op.id, now)
        if op.action is Action.LOSE:
            self._remark(op, int(remote_id))
        if same:
            return Applied(op.id, remote_id, now.version)
        if homeless := self._homeless(op):
            words = tr("Odoo has no field for: {fields}.", fields=", ".join(homeless))
            return Rejected(op.id, (Problem(words, homeless[0]),))
        if op.kind is Kind.ACTIVITY:
            self._activities.change(op, now)
        elif op.kind is Kind.DEAL:
            self._change_deal(op, int(remote_id), now)
        elif op.kind in _MODELS:
            self._change_partner(op, remote_id)
        else:
            return Rejected(op.id, (Problem(tr("A {kind} can’t be changed from here", kind=op.kind)),))
        return self._told(op, remote_id)

    def _change_partner(self, op: Op, remote_id: str) -> None:
        """A contact; or the contact inside a lead. To delete one is to archive it: Odoo's own advice."""
        of_lead = remote_id.startswith(LEAD_PERSON)
        model, number = ("crm.lead" if of_lead else "res.partner"), int(remote_id.removeprefix(LEAD_PERSON))
        if op.action is Action.DELETE:
            self._session.write(model, "write", [number], vals={"active": False})
            return
        sent = values(op.fields, TO_LEAD_CONTACT, self._session.fields(model)) if of_lead else {}
        if not of_lead:
            sent = self._values(op, op.fields)
            sent |= {name: int(its) if its else False for name, its in self._linked(op).items()}
        if sent:
            self._session.write(model, "write", [number], vals=_clean(sent))

    def _change_deal(self, op: Op, number: int, now: Upsert) -> None:
        sent = self._values(op, op.fields) | {n: int(its) if its else False for n, its in self._linked(op).items()}
        if op.action is Action.DELETE:
            sent = {"active": False}
        if op.action is Action.UPDATE and op.fields.get("status") == "open" and now.fields.get("status") == "lost":
            self._session.write("crm.lead", "action_unarchive", [number])
        if sent:
            self._session.write("crm.lead", "write", [number], vals=_clean(sent))
        if op.action is Action.WIN:
            self._session.write("crm.lead", "action_set_won", [number])
        elif op.action is Action.LOSE:
            self._lose(op, number)

    def _remark(self, op: Op, number: int) -> None:
        """The rep's own words about a loss in the chatter, as Odoo's dialog does; also where others lost it first."""
        words = op.fields.get("lost_note")
        if isinstance(words, str) and words.strip() and "lost_note" not in self._agreed.names(Kind.DEAL):
            self._activities.remark(op, number, "Lost", words)

    def _lose(self, op: Op, number: int) -> None:
        """Odoo keeps the reason in a field."""
        reason = op.links.get("loss_reason")
        self._session.write(
            "crm.lead", "action_set_lost", [number], **({"lost_reason_id": int(reason)} if reason else {})
        )

    def _values(self, op: Op, fields: Mapping[str, Value]) -> dict[str, Value]:
        names = TO_LEAD if op.kind is Kind.DEAL else TO_PARTNER
        elsewhere = self._agreed.names(op.kind)
        own = {name: value for name, value in fields.items() if name not in elsewhere}
        told = values(own, names, self._session.fields(_MODELS[op.kind]))
        return told | self._agreed.sent(op.kind, fields, new=op.action is Action.CREATE)

    def _homeless(self, op: Op) -> list[str]:
        """What the rep changed that this Odoo has no field for, or none that this user may use: never just left out."""
        model = _MODELS.get(op.kind)
        if op.action is not Action.UPDATE or model is None:
            return []
        of_lead = op.kind is Kind.PERSON and (op.remote_id or "").startswith(LEAD_PERSON)
        names = TO_LEAD_CONTACT if of_lead else TO_LEAD if op.kind is Kind.DEAL else TO_PARTNER
        there = self._session.fields("crm.lead" if of_lead else model)
        elsewhere = self._agreed.names(op.kind)
        return [name for name in op.fields if name in names and name not in elsewhere and names[name] not in there]

    def _told(self, op: Op, remote_id: str) -> Applied:
        """It is done; the version is worth one more question, not a doubt."""
        try:
            after = self._fetch(op.kind, remote_id)
        except (ConnectorError, Refusal):
            after = None
        return Applied(op.id, remote_id, after.version if after is not None else None)


def _clean(sent: Mapping[str, Value]) -> dict[str, Value]:
    return {name: clean(value) if isinstance(value, str) else value for name, value in sent.items()}


def _cell(value: Value) -> str:
    """A value as the import reads it."""
    if value is None or value is False:
        return ""
    return "1" if value is True else clean(str(value))


def _problem(op: Op, message: Mapping[str, object], elsewhere: Mapping[str, str]) -> Problem:
    names = {theirs: ours for ours, theirs in (TO_LEAD if op.kind is Kind.DEAL else TO_PARTNER).items()}
    names |= {theirs: ours for ours, (theirs, _) in NAMED.items()}
    names |= {theirs: ours for ours, theirs in elsewhere.items()}
    words = str(message.get("message") or tr("Odoo refused it without a word"))
    return Problem(words[:600].strip(), names.get(str(message.get("field") or "")))
