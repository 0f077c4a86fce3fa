"""Writing to Tryton, one op after the other, each guarded by the stamp of what was just read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from companion.connectors import payload, strange
from companion.connectors.answering import one_by_one
from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    Op,
    Problem,
    Rejected,
    Result,
    SignInNeeded,
    Unreachable,
    Upsert,
)
from companion.connectors.http import Doubtful
from companion.connectors.tryton import mapping, notes, parties
from companion.connectors.tryton.agreed import Agreed, NotThere
from companion.connectors.tryton.coded import one_line
from companion.connectors.tryton.pull import Puller
from companion.connectors.tryton.rpc import STALE, Refused, Row, Rpc
from companion.domain.language import tr
from companion.domain.records import Kind, Value

MODELS: Final = {
    Kind.COMPANY: "party.party",
    Kind.PERSON: "party.party",
    Kind.DEAL: "sale.opportunity",
    Kind.ACTIVITY: "ir.note",
}

WRITABLE: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.COMPANY: ("name", "phone", "email", "website", "city", "country"),
    Kind.PERSON: ("name", "phone", "mobile", "email", "city"),
    Kind.DEAL: ("name", "amount", "currency", "close_on", "probability", "lost_note", "source", "medium", "campaign"),
    Kind.ACTIVITY: ("what", "direction", "subject", "body", "at", "ends_at", "duration_s", "due_on", "due_at", "done",
                    "done_at", "outcome", "promise"),
}  # fmt: skip

_MECHANISMS: Final = ("phone", "mobile", "email", "website")
_UTM: Final = ("source", "medium", "campaign")


class Cannot(Exception):
    """Tryton has no place for it; said before anything is sent."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.field = field


class Pusher:
    """Sends ops. `labels` are the server's own names of fields, by which a refusal is told apart."""

    def __init__(
        self, rpc: Rpc, puller: Puller, labels: Callable[[], dict[tuple[Kind, str], str]], agreed: Agreed
    ) -> None:
        self._rpc = rpc
        self._puller = puller
        self._labels = labels
        self._agreed = agreed

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """One result per op, in order."""
        return one_by_one(ops, self._one)

    def find_by_op(self, op: Op) -> str | None:
        """What the op created, found by the mark that it left. Read from the database itself, so surely up to date."""
        if op.kind in parties.MARK:
            found = self._rpc.read(
                "model.party.identifier.search_read",
                [["code", "=", parties.MARK[op.kind] + op.id]], 0, 1, None, ["party"], active_test=False,
            )  # fmt: skip
            return str(found[0]["party"]) if found else None
        if op.kind is Kind.DEAL:
            domain: list[object] = [["comment", "like", f"%{mapping.COMMENT_MARK}{op.id}%"]]
            ids = self._rpc.ids("sale.opportunity", domain, limit=1)
            return str(ids[0]) if ids else None
        where = notes.resource(op.links)
        if where is None:
            return None
        model, _, remote_id = where.partition(",")
        if not self._rpc.ids(model, [["id", "=", int(remote_id)]]):
            return None
        domain = [["resource", "=", where], ["message", "like", f"%companion: {op.id}%"]]
        rows = self._rpc.rows("ir.note", domain, notes.FIELDS, limit=1)
        return notes.root(rows[0]) if rows else None

    def _one(self, op: Op) -> Result:
        if op.kind not in MODELS:
            return Rejected(op.id, (Problem(tr("Tryton does not let these be changed from here.")),))
        try:
            if op.action is Action.CREATE:
                return self._create(op)
            if op.action is Action.DELETE:
                return self._delete(op)
            if op.kind is Kind.ACTIVITY:
                return self._revise(op)
            return self._update(op)
        except Refused as error:
            if error.name == STALE:
                return Conflict(op.id, self._now(op.kind, op.remote_id))
            return Rejected(op.id, (Problem(error.words, self._field(op.kind, error.words)),))
        except Cannot as error:
            return Rejected(op.id, (Problem(error.words, error.field),))

    def _create(self, op: Op) -> Result:
        if op.first_sent_at is not None and (found := self.find_by_op(op)) is not None:
            return Applied(op.id, found, self._version(op.kind, found))
        if op.kind is Kind.ACTIVITY:
            where = notes.resource(op.links)
            if where is None:
                raise Cannot(tr("A note in Tryton hangs on a person, a company or a deal; this one has none of them."))
            values: Row = {"resource": where, "message": notes.message(op.id, op.fields, op.links)}
        elif op.kind is Kind.DEAL:
            values = self._deal_values(op, None) | {"comment": f"{mapping.COMMENT_MARK}{op.id}"}
        else:
            values = self._party_values(op, None)
            values["identifiers"] = [["create", [{"code": parties.MARK[op.kind] + op.id}]]]
        remote_id = str(_only(self._rpc.write(f"model.{MODELS[op.kind]}.create", [values])))
        try:
            if op.kind is Kind.DEAL and op.links.get("stage"):
                self._move(remote_id, str(op.links["stage"]))
            return Applied(op.id, remote_id, self._version(op.kind, remote_id))
        except (Refused, Cannot, Unreachable, Doubtful, SignInNeeded, *strange.SHAPE):
            return Applied(op.id, remote_id)  # it is there; where it stands, the next pull tells

    def _delete(self, op: Op) -> Result:
        remote_id = op.remote_id or ""
        if op.kind is Kind.ACTIVITY:
            there = [int(row["id"]) for row in self._puller.note_chain(remote_id)]
        else:
            there = self._rpc.ids(MODELS[op.kind], [["id", "=", int(remote_id)]])
        if there:
            conflict = self._conflict(op)
            if conflict:
                return conflict
            self._rpc.write(f"model.{MODELS[op.kind]}.delete", there)
        return Applied(op.id, remote_id)

    def _update(self, op: Op) -> Result:
        remote_id = op.remote_id or ""
        rows = self._puller.deal_rows([remote_id]) if op.kind is Kind.DEAL else self._puller.party_rows([remote_id])
        if not rows or not rows[0].get("active", True):
            return Conflict(op.id, None)
        row = rows[0]
        before = self._puller.deal(row) if op.kind is Kind.DEAL else self._puller.party(op.kind, row)
        if op.version is not None and op.version != before.version:
            return Conflict(op.id, before)
        values = self._deal_values(op, before) if op.kind is Kind.DEAL else self._party_values(op, row)
        target = self._target(op)
        if not values and not target and (op.fields or op.links):
            raise Cannot(tr("Tryton has no field for: {fields}.", fields=", ".join(sorted({*op.fields, *op.links}))))
        if values:
            model = MODELS[op.kind]
            self._rpc.write(f"model.{model}.write", [int(remote_id)], values, _timestamp=_stamps(model, row))
        if target and not _is_there(op, str(row["state"]), target):
            self._move(remote_id, target)
        return Applied(op.id, remote_id, self._version_if_only_ours(op, before))

    def _revise(self, op: Op) -> Result:
        """A change of an activity is a further note; the first note's id stays the activity's."""
        remote_id = op.remote_id or ""
        chain = self._puller.note_chain(remote_id)
        before = self._now(Kind.ACTIVITY, remote_id) if chain else None
        if before is None:
            return Conflict(op.id, None)
        if any(notes.marked(row, op.id) for row in chain):
            return Applied(op.id, remote_id, before.version)
        if op.version is not None and op.version != before.version:
            return Conflict(op.id, before)
        done: dict[str, Value] = {"done": True} if op.action is Action.COMPLETE else {}
        links = {name: value for name, value in {**before.links, **op.links}.items() if name != "owner"}
        text = notes.message(op.id, {**before.fields, **op.fields, **done}, links, revises=remote_id)
        self._rpc.write("model.ir.note.create", [{"resource": chain[0]["resource"], "message": text}])
        return Applied(op.id, remote_id, self._version_if_only_ours(op, before))

    # ── what is written ─────────────────────────────────────────────────────────────────────────────────────────────

    def _party_values(self, op: Op, row: Row | None) -> Row:
        values: Row = self._of_the_team(op)
        elsewhere = self._agreed.names(op.kind)
        known = {name for name in WRITABLE[op.kind] if name not in elsewhere}
        fields = {name: value for name, value in op.fields.items() if name in known}
        if "name" in fields:
            values["name"] = one_line(fields["name"])
        mechanisms = [step for name in _MECHANISMS if name in fields for step in _mechanism(row, name, fields[name])]
        if mechanisms:
            values["contact_mechanisms"] = mechanisms
        address: Row = {"city": one_line(fields["city"])} if "city" in fields else {}
        if "country" in fields:
            address["country"] = self._country(fields["country"])
        if address:
            there = (row or {}).get("addresses.") or []
            values["addresses"] = [["write", [there[0]["id"]], address] if there else ["create", [address]]]
        if "company" in op.links and op.kind is Kind.PERSON:
            values |= self._employment(row, op.links["company"])
        return values

    def _employment(self, row: Row | None, company: str | None) -> Row:
        rules = self._puller.rules
        works = parties.employer(row or {})
        if works:
            step: list[object] = ["write", [works[0]], {"to": int(company)}] if company else ["delete", [works[0]]]
            return {"relations": [step]}
        if company is None or not rules.relations:
            return {}
        if rules.employed is None:
            raise Cannot(
                tr("Tryton needs a type of relation such as “Works for” before people can belong to companies.")
            )
        return {"relations": [["create", [{"to": int(company), "type": rules.employed}]]]}

    def _deal_values(self, op: Op, before: Upsert | None) -> Row:
        elsewhere = self._agreed.names(op.kind)
        fields = {name: value for name, value in op.fields.items() if name not in elsewhere}
        values = mapping.deal_values(fields) | self._of_the_team(op)
        if "owner" in op.links:
            values["employee"] = _number(op.links["owner"])
        elif before is None:
            values["employee"] = self._rpc.session.context.get("employee")
        if before is None and op.fields.get("currency"):
            values["currency"] = self._named("currency.currency", "code", op.fields["currency"], "currency")
        for name in _UTM:
            if name in fields:
                values[f"marketing_{name}"] = self._named(f"marketing.{name}", "name", fields[name], name)
        links = {**(before.links if before else {}), **op.links}
        if {"company", "person"} & set(op.links):
            company, person = links.get("company"), links.get("person")
            values["party"] = _number(company or person)
            values["contact"] = self._contact(person) if company and person else None
        return values

    def _of_the_team(self, op: Op) -> Row:
        try:
            return self._agreed.sent(op.kind, op.fields, self._rpc)
        except NotThere as error:
            words = tr("Tryton knows no {name} called “{value}”.", name=error.label, value=one_line(error.value))
            raise Cannot(words, error.field) from error

    def _contact(self, person: str) -> int:
        """A way to reach the person: an opportunity knows people only through one. Makes one where there is none."""
        found = self._rpc.ids("party.contact_mechanism", [["party", "=", int(person)], ["active", "=", True]], limit=1)
        if found:
            return found[0]
        (row,) = self._rpc.rows("party.party", [["id", "=", int(person)]], ["name"]) or [{"name": "?"}]
        value = {"party": int(person), "type": "other", "value": row["name"]}
        return _only(self._rpc.write("model.party.contact_mechanism.create", [value]))

    def _move(self, remote_id: str, target: str) -> None:
        """Presses the buttons that lead to a state."""
        row = self._rpc.rows("sale.opportunity", [["id", "=", int(remote_id)]], ["state", "employee"])[0]
        steps = mapping.way(str(row["state"]), target)
        if steps is None or target not in mapping.BUTTONS:
            raise Cannot(
                tr("Tryton has no way from “{stage}” to “{target}”.", stage=row["state"], target=target), "stage"
            )
        unowned = row["employee"] is None
        for step in steps:
            if unowned and step in ("opportunity", "converted"):
                # Beyond a lead Tryton wants somebody in charge, and lets one be named only on a lead or opportunity.
                mine = self._rpc.session.context.get("employee")
                self._rpc.write("model.sale.opportunity.write", [int(remote_id)], {"employee": mine})
                unowned = False
            self._rpc.write(f"model.sale.opportunity.{mapping.BUTTONS[step]}", [int(remote_id)])

    def _country(self, name: Value) -> int | None:
        if not name:
            return None
        domain: list[object] = [
            "OR",
            ["name", "ilike", payload.literally(str(one_line(name)))],
            ["code", "=", str(name).upper()],
        ]
        found = self._rpc.ids("country.country", domain, limit=1)
        if not found:
            raise Cannot(tr("Tryton knows no country called “{name}”.", name=one_line(name)), "country")
        return found[0]

    def _named(self, model: str, field: str, value: Value, name: str) -> int | None:
        if not value:
            return None
        found = self._rpc.ids(model, [[field, "ilike", payload.literally(str(one_line(value)))]], limit=1)
        if not found:
            raise Cannot(tr("Tryton knows no {name} called “{value}”.", name=name, value=one_line(value)), name)
        return found[0]

    # ── what is there ───────────────────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _target(op: Op) -> str | None:
        """The state that an op on an opportunity leads to, if any."""
        if op.kind is not Kind.DEAL:
            return None
        if op.action is Action.WIN:
            return "converted"
        if op.action is Action.LOSE:
            return "lost"
        return op.links.get("stage")

    def _now(self, kind: Kind, remote_id: str | None) -> Upsert | None:
        found = self._puller.fetch(kind, [remote_id]) if remote_id else []
        return found[0] if found else None

    def _conflict(self, op: Op) -> Conflict | None:
        if op.version is None:
            return None
        now = self._now(op.kind, op.remote_id)
        return Conflict(op.id, now) if now and now.version != op.version else None

    def _version(self, kind: Kind, remote_id: str) -> str | None:
        """The version after our create; None where it can't be read now, since the create did succeed."""
        try:
            now = self._now(kind, remote_id)
        except (Unreachable, Refused, SignInNeeded):
            return None
        return now.version if now else None

    def _version_if_only_ours(self, op: Op, before: Upsert) -> str | None:
        """The version after a write, or None if a colleague's change slipped in: then the pull must bring it."""
        try:
            now = self._now(op.kind, before.remote_id)
        except (Unreachable, Refused, SignInNeeded):
            return None
        if now is None:
            return None
        ours = {*op.fields, "status", "is_lead", "probability", "close_on", "done", "lost_note"}
        same = all(now.fields.get(name) == value for name, value in before.fields.items() if name not in ours)
        moved = {*op.links, "stage", "owner"}
        same = same and all(now.links.get(name) == value for name, value in before.links.items() if name not in moved)
        return now.version if same else None

    def _field(self, kind: Kind, words: str) -> str | None:
        named = (name for (each, name), label in self._labels().items() if each is kind and f'"{label}"' in words)
        return next(named, None)


def _is_there(op: Op, state: str, target: str) -> bool:
    """Whether a deal needs no button pressed: a verb sent twice is done once."""
    return state == target or (op.action is Action.WIN and mapping.OUTCOME.get(state) == "won")


def _mechanism(row: Row | None, name: str, value: Value) -> list[list[object]]:
    """How to set the first phone, e-mail or website of a party."""
    there = parties.mechanism(row or {}, name)
    if value:
        text = {"value": one_line(value)}
        return [["write", [there["id"]], text]] if there else [["create", [{"type": name, **text}]]]
    return [["delete", [there["id"]]]] if there else []


def _stamps(model: str, row: Row) -> dict[str, str]:
    """What Tryton is to compare before it writes: the stamps of the record and of its parts."""
    stamps = {f"{model},{row['id']}": row["_timestamp"]}
    for part, child in (("contact_mechanisms.", "party.contact_mechanism"), ("addresses.", "party.address")):
        stamps |= {f"{child},{each['id']}": each["_timestamp"] for each in row.get(part) or () if "_timestamp" in each}
    return stamps


def _only(made: object) -> int:
    """The id of the one record that was made; raises ValueError where the answer does not tell it."""
    if not isinstance(made, list) or len(made) != 1 or type(made[0]) is not int:
        raise ValueError("not the id of one record")
    return int(made[0])


def _number(remote_id: str | None) -> int | None:
    return int(remote_id) if remote_id is not None else None
