"""The embedded CRM as seen over its wire: requests in the name of a user, answered from the truth under one lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Final

from msgspec.structs import replace

from companion.connectors.base import Action, FieldFacts, Finds, Identity, Problem
from companion.connectors.demo.agreed import offered, parted
from companion.connectors.demo.gate import Gate
from companion.connectors.demo.rows import Answer, Change, Deletions, Row, Slice
from companion.connectors.demo.rules import STANDARD, Rule, normalised, triggered
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.demo.truth import By
from companion.connectors.demo.wire import Refusal
from companion.domain.records import FIELDS, LINKS, Gone, Kind, Value

STRANGE: Final[dict[str, Value]] = {"custom_7": "\ufeff", "x": -1e308, "ranking__c": 7, "name_": None}
"""What a CRM may add to its answers from one day to the next."""

RECENT: Final = 200
"""Records that are looked at to tell how often a field is filled."""

WRITABLE = (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)


class Server(Gate):
    """What can be asked of the CRM. Thread-safe. Every request may raise `Refusal` with HTTP's own numbers.

    `clock` gives seconds since 1970; it is the CRM's own and need not agree with the rep's.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        switches: DemoSwitches | None = None,
        *,
        tenant: str = "demo",
        rules: Sequence[Rule] = STANDARD,
    ) -> None:
        super().__init__(clock, switches or DemoSwitches())
        self.tenant = tenant
        self._rules = list(rules)
        self._remembered: dict[str, tuple[float, Answer]] = {}
        self._writes = 0

    # Reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def who_am_i(self, user: str) -> Row:
        """The record of the signed-in user."""
        with self._request(user, Kind.USER):
            row = self._truth.look(Kind.USER, user)
            if row is None:
                raise Refusal(401, "There is no such user")
            return row

    def high_water(self, user: str, kind: Kind) -> Deletions:
        """The sequence number of the last commit and the time, without any deletions: where a full pass begins."""
        with self._request(user, kind):
            return Deletions([], self._truth.seq, self.clock())

    def changes(self, user: str, kind: Kind, scope: str | None, after: int, limit: int) -> Slice:
        """Records committed after a sequence number, in that order."""
        with self._request(user, kind):
            self._not_ahead(after)
            fresh: list[Row] = []
            for row in reversed(self._truth.rows[kind].values()):
                if row.seq <= after:
                    break
                fresh.append(row)
            fresh.reverse()
            return replace(self._slice(user, scope, fresh, limit), seq=self._truth.seq)

    def search(
        self,
        user: str,
        kind: Kind,
        scope: str | None,
        since: float,
        *,
        after: tuple[float, str] | None = None,
        offset: int = 0,
        limit: int,
    ) -> Slice:
        """Records stamped at or after `since` by (stamp, id); a CRM with shifting pages knows only `offset`."""
        with self._request(user, kind):
            if after is not None and self.switches.shifting_pages:
                raise Refusal(400, "This CRM pages by offset")
            lag = self.switches.search_lag_s
            indexed = self.clock() - lag
            rows = [
                row
                for row in self._truth.rows[kind].values()
                if row.stamp >= since
                and (not lag or row.committed_at <= indexed)
                and (after is None or (row.stamp, row.id) > after)
            ]
            rows.sort(key=lambda row: (row.stamp, row.id))
            return self._slice(user, scope, rows[offset:], limit)

    def deleted(self, user: str, kind: Kind, after: int, asked_at: float) -> Deletions:
        """What left after a sequence number; refused with 410 when the list no longer reaches back to `asked_at`."""
        with self._request(user, kind):
            if self.clock() - asked_at > self.switches.feed_life_s:
                raise Refusal(410, "The list of deletions does not reach back that far")
            self._not_ahead(after)
            graves = [row for row in self._truth.graves[kind].values() if row.seq > after]
            return Deletions(graves, self._truth.seq, self.clock())

    def ids(self, user: str, kind: Kind, scope: str | None, after: str, limit: int) -> list[str]:
        """The ids in scope beyond `after`, in their order."""
        with self._request(user, kind):
            rows = (row for row in self._truth.rows[kind].values() if row.id > after)
            return sorted(row.id for row in rows if self._shown(user, scope, row))[:limit]

    def read(self, user: str, kind: Kind, record_ids: Sequence[str]) -> list[Row]:
        """These records now; those that are gone or hidden are left out."""
        with self._request(user, kind):
            rows = (self._truth.look(kind, record_id) for record_id in record_ids)
            return [self._served(user, row) for row in rows if row is not None and self._shown(user, None, row)]

    def count(self, user: str, kind: Kind, scope: str | None) -> int:
        """How many records are in scope."""
        with self._request(user, kind):
            return sum(self._shown(user, scope, row) for row in self._truth.rows[kind].values())

    def schema(self, user: str) -> list[FieldFacts]:
        """The fields as `user` may use them now."""
        with self._request(user, None):
            recent = {
                kind: islice((row for row in reversed(self._truth.rows[kind].values()) if not row.gone), RECENT)
                for kind in WRITABLE
            }
            return [*self.fields.facts(user, WRITABLE), *offered(recent)]

    def sign(self, refresh: str) -> tuple[str, str]:
        """An access and the refresh token to use next time; 401 where this one is dead."""
        with self._lock:
            return self._tokens.renew(refresh, self.switches.token_life_s, self.switches.rotates_tokens)

    def check(self, access: str) -> None:
        """Refused with 401 where an access has ended."""
        with self._lock:
            self._tokens.check(access)

    def made_by(self, user: str, kind: Kind, op_id: str) -> str | None:
        """The id of the record that carries the op's id; a unique key is found at once, a mere marker by the search.

        The search may know an older state of a record, and finds the mark in that too.
        """
        with self._request(user, kind):
            row = self._made_by(kind, op_id)
            lags = self.switches.identity in (Identity.MARKER, Identity.IDEMPOTENCY_KEY)
            if row is None or (lags and row.made_at > self.clock() - self.switches.search_lag_s):
                return None
            return row.id

    def _made_by(self, kind: Kind, op_id: str) -> Row | None:
        if self.switches.identity is Identity.CLIENT_ID:
            return self._truth.rows[kind].get(op_id) or self._truth.graves[kind].get(op_id)
        return self._truth.by_marker(kind, op_id)

    # Writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, user: str, changes: Sequence[Change]) -> list[Answer]:
        """Does the items in order; each succeeds or fails by itself."""
        with self._request(user, None):
            if self._maintained:
                raise Refusal(503, "The CRM is being maintained: nothing can be changed", after_s=120.0)
            most = self.switches.partial_batch or len(changes)
            before = self._truth.copy() if self.switches.all_or_none and len(changes) > 1 else None
            remembered = dict(self._remembered)
            answers = [self._do(user, change) if n < most else Answer(423) for n, change in enumerate(changes)]
            if before is not None and not all(answer.status in (200, 409) for answer in answers):
                self._truth, self._remembered = before, remembered
                answers = [Answer(424) if answer.status == 200 else answer for answer in answers]
            return answers

    def _do(self, user: str, change: Change) -> Answer:
        if change.kind not in WRITABLE or (user, change.kind) in self._forbidden:
            return Answer(422, problems=(Problem(f"You may not change records of the kind {change.kind}"),))
        known = self._remembered.get(change.op_id)
        if known is not None and self.clock() - known[0] < self.switches.key_life_s:
            return known[1]
        answer = self._create(user, change) if change.verb is Action.CREATE else self._alter(user, change)
        if self.switches.identity is Identity.IDEMPOTENCY_KEY and answer.status == 200:
            self._remembered[change.op_id] = (self.clock(), answer)
        return answer

    def _create(self, user: str, change: Change) -> Answer:
        by_client = self.switches.identity is Identity.CLIENT_ID
        if by_client or self.switches.identity is Identity.EXTERNAL_KEY:
            made = self._made_by(change.kind, change.op_id)
            if made is not None:
                return Answer(409 if by_client else 200, made)
        record_id = change.op_id if by_client else self._truth.new_id(change.kind)
        marker = None if self.switches.identity is Identity.NONE else change.op_id
        row = Row(change.kind, record_id, {}, self._given_links(change.kind, user), marker=marker)
        if "created_at" in FIELDS[change.kind] and "created_at" not in change.fields:
            row = replace(row, fields={"created_at": int(self.clock())})
        return self._save(None, row, change, user)

    def _given_links(self, kind: Kind, user: str) -> dict[str, str | None]:
        """The links that a new record gets by itself: its maker as the owner, and a deal the first stage."""
        links: dict[str, str | None] = {"owner": user} if "owner" in LINKS[kind] else {}
        stages = [row for row in self._truth.rows[Kind.STAGE].values() if row.fields.get("outcome") == "open"]
        if kind is Kind.DEAL and stages:
            first = min(stages, key=lambda row: int(row.fields.get("position") or 0))
            links |= {"stage": first.id, "pipeline": first.links.get("pipeline")}
        return links

    def _alter(self, user: str, change: Change) -> Answer:
        row = self._truth.find(change.kind, change.id or "")
        if row is None or not self._shown(user, None, row):
            return Answer(404)
        if change.if_version is not None and change.if_version != self.version(row):
            return Answer(412, row)
        if change.verb is Action.DELETE:
            self._truth.bury(row, Gone.DELETED, By(user, "delete", change.op_id))
            return Answer(200, row)
        return self._save(row, row, replace(change, **self._spelt_out(change)), user)

    def _spelt_out(self, change: Change) -> dict[str, Mapping[str, Value]]:
        """The fields and links that a verb stands for, those that came with it among them."""
        at = change.at or int(self.clock())
        if change.verb is Action.COMPLETE:
            return {"fields": {"done": True, "done_at": at, **change.fields}}
        if change.verb not in (Action.WIN, Action.LOSE):
            return {}
        outcome = "won" if change.verb is Action.WIN else "lost"
        stages = (row for row in self._truth.rows[Kind.STAGE].values() if row.fields.get("outcome") == outcome)
        stage = next((row.id for row in stages), None)
        links = {**({"stage": stage} if stage else {}), **change.links}
        return {"fields": {"status": outcome, "closed_at": at, **change.fields}, "links": links}

    def _save(self, before: Row | None, row: Row, change: Change, user: str) -> Answer:
        change, further = parted(change)
        refused = self.fields.refused(user, change.kind, change.fields)
        unknown = [name for name in change.links if name not in LINKS[change.kind]]
        links, broken = self._resolved(change.kind, change.links)
        if unknown or broken or refused:
            problems = [Problem(f"There is no field '{name}'", name) for name in unknown]
            return Answer(422, problems=(*refused, *problems, *broken))
        after = self.derived(before, row, change.fields, links)
        after = replace(after, extra={**after.extra, **further}) if further else after
        problems = self._problems(after) if self.switches.validation else []
        if problems:
            return Answer(422, problems=tuple(problems))
        twin = self._twin(after) if before is None and self.switches.refuse_duplicates else None
        if twin is not None:
            return Answer(409, problems=(Problem("There is such a person already", "email", twin.id),))
        if before is not None and (after.fields, after.links, after.extra) == (
            before.fields,
            before.links,
            before.extra,
        ):
            return Answer(200, before)
        return Answer(200, self._truth.commit(after, By(user, change.verb.value, change.op_id)))

    def derived(
        self, before: Row | None, row: Row, fields: Mapping[str, Value], links: Mapping[str, str | None]
    ) -> Row:
        """`row` with new values as the CRM stores them, stamped now, its automations run."""
        tidy = normalised(fields) if self.switches.normalise else dict(fields)
        after = replace(row, fields={**row.fields, **tidy}, links={**row.links, **links}, stamp=self._truth.stamp())
        own = triggered(before, after, self._truth.look, int(self.clock()))
        return replace(after, fields={**after.fields, **own}) if own else after

    def _resolved(self, kind: Kind, links: Mapping[str, str | None]) -> tuple[dict[str, str | None], list[Problem]]:
        found: dict[str, str | None] = {}
        broken = []
        for name, target in links.items():
            if name not in LINKS[kind] or target is None or target in self._truth.rows[LINKS[kind][name]]:
                found[name] = target
                continue
            found[name] = self._truth.survivor(LINKS[kind][name], target) if self.switches.follows_merges else None
            if found[name] is None:
                broken.append(Problem(f"The {name} no longer exists", name))
        return found, broken

    def _problems(self, row: Row) -> list[Problem]:
        found = (rule(row, self._truth.look) for rule in self._rules)
        return [*(problem for problem in found if problem is not None), *self.fields.missing(row)]

    def _twin(self, row: Row) -> Row | None:
        email = row.fields.get("email")
        if row.kind is not Kind.PERSON or not email:
            return None
        return next(
            (other for other in self._truth.rows[Kind.PERSON].values() if other.fields.get("email") == email), None
        )

    def _served(self, user: str, row: Row) -> Row:
        seen = self.fields.seen_by(user, row)
        return replace(seen, fields={**seen.fields, **STRANGE}) if self.switches.strange_answers else seen

    def _not_ahead(self, after: int) -> None:
        if after > self._truth.seq:
            raise Refusal(416, "That number is ahead of anything here")

    def version(self, row: Row) -> str:
        """The version of `row` as the CRM serves it: a number, or merely the stamp."""
        return str(row.version) if self.switches.row_version else f"{row.stamp:.6f}"

    def _slice(self, user: str, scope: str | None, rows: list[Row], limit: int) -> Slice:
        page = rows[:limit]
        shown = [self._served(user, row) for row in page if self._shown(user, scope, row)]
        tells = self.switches.deletes is Finds.IN_STREAM and len(shown) < len(page)
        left = [row for row in page if not self._shown(user, scope, row)] if tells else []
        return Slice(shown, left, len(rows) > limit, page[0] if page else None, page[-1] if page else None)
