"""What all parts of the contract stand on: records of a test's own, and benches that can't show everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NoReturn

import pytest

from companion.connectors.base import Applied, Op
from companion.domain.records import Kind, Value
from tests.connectors.contract.bench import Bench
from tests.connectors.contract.ops import AT, op, op_id, push_one


class Part:
    """Inherited by each part. A connector's own test class may set `CANT` and the fields that its CRM can lose."""

    CANT: ClassVar[Mapping[str, str]] = {}
    """Why this bench lacks a hook, by the hook's name in `bench`: without words a missing hook fails."""

    def need(self, bench: Bench, *hooks: str) -> None:
        """Skips the test where the bench lacks one of the hooks and says why."""
        for hook in hooks:
            if getattr(bench, hook, None) is None:
                self.cannot(hook)

    def administer(self, bench: Bench, verb: str, *arguments: object) -> None:
        """What an administrator does; skips the test where this CRM has no such thing and says why."""
        self.need(bench, "administrator")
        administrator = getattr(bench, "administrator", None)
        kind = next((each.value for each in arguments if isinstance(each, Kind)), "")
        try:
            getattr(administrator, verb)(*arguments)
        except NotImplementedError:
            self.cannot(f"{verb} {kind}" if f"{verb} {kind}" in self.CANT else verb)
        assert verb not in self.CANT, f"CANT says that it can't {verb}, but it can"

    def given(self, bench: Bench, hook: str) -> Op:
        """The op of a hook that may have none."""
        self.need(bench, hook)
        made: Op | None = getattr(bench, hook)()
        return made if made is not None else self.cannot(hook)

    def cannot(self, what: str) -> NoReturn:
        """Skips by name where the reason is written down."""
        if what not in self.CANT:
            pytest.fail(f"this bench has no {what!r}: write it, or say why it can't in CANT", pytrace=False)
        pytest.skip(f"this bench can't show {what!r}: {self.CANT[what]}")

    def own(self, bench: Bench, kind: Kind, fields: Mapping[str, Value] | None = None) -> str:
        """A record of this test's own, made by the colleague."""
        names = {Kind.COMPANY: "Contract Ltd", Kind.PERSON: "Nora Contract", Kind.DEAL: "Contract deal"}
        if kind is Kind.ACTIVITY:
            links = {"company": self.own(bench, Kind.COMPANY)}
            return bench.colleague.create(kind, fields or {"what": "note", "body": "A word"}, links)
        if kind is Kind.DEAL:
            return bench.colleague.create(
                kind, fields or {"name": names[kind]}, {"company": self.own(bench, Kind.COMPANY)}
            )
        return bench.colleague.create(kind, fields or {"name": f"{names[kind]} {op_id()[:6]}"}, {})

    def family(self, bench: Bench) -> tuple[str, str, str]:
        """A company, a person there and an open deal of theirs, owned by the rep."""
        connector = bench.connector()
        company = push_one(connector, self.sample(bench, Kind.COMPANY), Applied).remote_id
        person = op(Kind.PERSON, fields={"name": "Ada Family", "email": f"{op_id()}@family.example"})
        person.links["company"] = company
        person_id = push_one(connector, person, Applied).remote_id
        links = {"company": company, "person": person_id, "owner": connector.describe().user_id}
        deal = op(Kind.DEAL, fields={"name": "Family deal", "amount": 50_000}, links=links)
        return company, person_id, push_one(connector, deal, Applied).remote_id

    def sample(self, bench: Bench, kind: Kind) -> Op:
        """A create with the fields that every CRM has."""
        mark = op_id()[:8]
        if kind is Kind.COMPANY:
            fields: dict[str, Value] = {
                "name": f"Sample {mark} Ltd",
                "email": f"{mark}@sample.example",
                "city": "Ghent",
            }
            return op(kind, fields=fields)
        company = self.own(bench, Kind.COMPANY)
        if kind is Kind.PERSON:
            fields = {"name": f"Sam Sample {mark}", "email": f"{mark}@person.example"}
            return op(kind, fields=fields, links={"company": company})
        if kind is Kind.DEAL:
            fields = {"name": f"Deal {mark}", "amount": 123_456, "close_on": "2027-02-28"}
            return op(kind, fields=fields, links={"company": company})
        return op(kind, fields={"what": "note", "body": f"Sample {mark}", "at": AT}, links={"company": company})
