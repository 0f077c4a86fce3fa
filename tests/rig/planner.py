"""The planner under attack: a base that two people changed, judged by the table of the rules written a second time.

One run is a small office on paper: a record, the changes of two reps queued over it in any order, each planned against
the record as it is then and applied as a CRM would store it, conflicts answered, until nothing is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final

from companion.connectors.demo.rules import normalise as stored
from companion.domain.collisions import DERIVED, group, plain
from companion.domain.records import FIELDS, LINKS, Kind, Value
from companion.sync.merge import Plan, plan
from tests.rig.oracle import ensure
from tests.rig.tally import Harm

ROUNDS: Final = 200
"""Plans after which two queues of six changes must have come to rest."""

_KINDS: Final = (Kind.DEAL, Kind.DEAL, Kind.PERSON, Kind.ACTIVITY, Kind.COMPANY)
_WORDS: Final = ("Ada", "ada ", "Ben", "", " ", "a\r\nb", "a\nb", "+43 (1) 22", "+43 1 22", "x@Y.z", "2026-12-24", None)
_NUMBERS: Final = (0, 1, 100, 100.0, True, False, None, 2**53)


class Planner:
    """Triples and queues. The option is not used."""

    def __init__(self, option: str = "") -> None:
        self.option = option

    def skip(self) -> str | None:
        """It runs anywhere."""
        return None

    def points(self) -> int | None:
        """Seeds never end."""
        return None

    def close(self) -> None:
        """Nothing is held."""

    def attack(self, seed: int) -> None:
        """One triple, and every twentieth time two queues."""
        rng = Random(seed)
        if seed % 20:
            _judge_triple(rng)
        else:
            _settle_queues(rng)


def _judge_triple(rng: Random) -> None:
    kind = rng.choice(_KINDS)
    seen = _record(rng, kind)
    values = _changed(rng, kind, seen)
    theirs = seen | _changed(rng, kind, seen)
    if rng.random() < 0.2:
        theirs = {name: value for name, value in theirs.items() if rng.random() < 0.8}
    own = _own(rng, theirs)
    as_one = rng.random() < 0.2
    made = plan(kind, values, {name: seen[name] for name in values}, theirs, own, as_one=as_one)
    _whole(values, made)
    _by_the_table(kind, values, seen, theirs, own, made, as_one)
    _together(kind, made, as_one)
    shuffled = _shuffled(rng, values)
    again = plan(kind, shuffled, _shuffled(rng, seen), _shuffled(rng, theirs), _shuffled(rng, own), as_one=as_one)
    ensure(again == made, Harm.STUCK, "the order of the fields decides")
    _echo(kind, values, theirs, made)


def _whole(values: Mapping[str, Value], made: Plan) -> None:
    """Each field has exactly one verdict."""
    parts = [made.write, made.done, frozenset(made.conflict)]
    ensure(frozenset().union(*parts) == values.keys(), Harm.LOST, f"a field without a verdict: {values} {made}")
    ensure(sum(map(len, parts)) == len(values), Harm.DOUBLED, f"a field with two verdicts: {values} {made}")


def _by_the_table(
    kind: Kind,
    values: Mapping[str, Value],
    seen: Mapping[str, Value],
    theirs: Mapping[str, Value],
    own: Mapping[str, Value],
    made: Plan,
    as_one: bool,
) -> None:
    """The table of the rules, row by row."""
    for name, mine in values.items():
        words = f"{kind}.{name}: base {seen[name]!r}, mine {mine!r}, theirs {theirs.get(name)!r}, own {own}: {made}"
        same = name in theirs and plain(kind, name, theirs[name]) == plain(kind, name, mine)
        untouched = name in theirs and plain(kind, name, theirs[name]) == plain(kind, name, seen[name])
        if same:
            ensure(name in made.done, Harm.STUCK, f"already there, and not done: {words}")
        elif name in made.done:
            ensure(False, Harm.LOST, f"called done, and not there: {words}")
        elif name in made.write and name in theirs and name not in DERIVED and not untouched:
            ours = any(group(kind, each) == group(kind, name) for each in own)
            ensure(ours, Harm.OVERWRITTEN_UNSEEN, f"overwrites what was not seen: {words}")
        elif name in made.conflict:
            ensure(made.conflict[name] == theirs.get(name), Harm.LOST, f"the card shows another value: {words}")
            drawn_in = as_one or any(group(kind, each) == group(kind, name) for each in made.conflict if each != name)
            ensure(drawn_in or not untouched, Harm.STUCK, f"a conflict about nothing: {words}")


def _together(kind: Kind, made: Plan, as_one: bool) -> None:
    """What belongs together is not torn apart, and no conflict is without a cause."""
    if as_one:
        ensure(not (made.write and made.conflict), Harm.LOST, f"a verb is torn apart: {made}")
        return
    torn = {group(kind, name) for name in made.write} & {group(kind, name) for name in made.conflict}
    ensure(not torn, Harm.LOST, f"{kind}: {torn} is torn apart: {made}")


def _echo(kind: Kind, values: Mapping[str, Value], theirs: Mapping[str, Value], made: Plan) -> None:
    """What was written and comes back as the CRM stores it is no change."""
    written = {name: values[name] for name in made.write}
    after = {**theirs, **{name: stored(name, value) for name, value in written.items()}}
    back = plan(kind, written, {name: theirs.get(name) for name in written}, after, {})
    ensure(back.done == made.write, Harm.STUCK, f"{kind}: a write collides with its own echo: {written} {back}")


def _settle_queues(rng: Random) -> None:
    """Two reps with queues of changes over one record: it comes to rest, and nobody overwrites what nobody saw."""
    kind = rng.choice(_KINDS)
    record = _record(rng, kind)
    queues = [_queue(rng, kind, record) for _ in range(2)]
    known = [_shown(record, queue) for queue in queues]
    for _ in range(ROUNDS):
        waiting = [number for number in (0, 1) if queues[number]]
        if not waiting:
            return
        rep = rng.choice(waiting)
        values, seen = queues[rep][0]
        made = plan(kind, values, seen, record, {})
        for name in made.write:
            was = [plain(kind, name, each[name]) for each in known[rep]]
            fair = name in DERIVED or plain(kind, name, record[name]) in was
            ensure(fair, Harm.OVERWRITTEN_UNSEEN, f"{kind}.{name}: {record[name]!r} was never seen by {rep}")
        record |= {name: stored(name, values[name]) for name in made.write}
        known[rep].append(dict(record) if not made.conflict else {**known[rep][-1], **_part(record, made.write)})
        if not made.conflict:
            queues[rep].pop(0)
        elif rng.random() < 0.5:
            # The rep has looked at the card and wants the own value after all.
            known[rep].append({**known[rep][-1], **made.conflict})
            left = {name: values[name] for name in made.conflict}
            queues[rep][0] = (left, dict(made.conflict))
        else:
            known[rep].append({**known[rep][-1], **made.conflict})
            queues[rep].pop(0)
    ensure(False, Harm.STUCK, f"{kind}: two queues never come to rest: {queues}")


def _shown(
    record: Mapping[str, Value], queue: list[tuple[dict[str, Value], dict[str, Value]]]
) -> list[dict[str, Value]]:
    """What stood on the rep's screen: the record, and each state that the rep's own changes made of it."""
    states = [dict(record)]
    for values, _ in queue:
        states.append({**states[-1], **values})
    return states


def _part(record: Mapping[str, Value], names: frozenset[str]) -> dict[str, Value]:
    return {name: record[name] for name in names}


def _queue(rng: Random, kind: Kind, record: Mapping[str, Value]) -> list[tuple[dict[str, Value], dict[str, Value]]]:
    """Changes one over the other; each has seen what the one before it made."""
    shown = dict(record)
    queue = []
    for _ in range(rng.randint(1, 6)):
        values = _changed(rng, kind, shown)
        queue.append((values, {name: shown[name] for name in values}))
        shown |= values
    return queue


def _record(rng: Random, kind: Kind) -> dict[str, Value]:
    names = rng.sample([*FIELDS[kind], *LINKS[kind]], 7)
    return {name: _value(rng, name) for name in names}


def _changed(rng: Random, kind: Kind, record: Mapping[str, Value]) -> dict[str, Value]:
    """New values for some of its fields; often ones that differ to a machine only."""
    names = rng.sample(sorted(record), rng.randint(1, 4))
    return {name: _near(rng, record[name]) if rng.random() < 0.3 else _value(rng, name) for name in names}


def _value(rng: Random, name: str) -> Value:
    numeric = name in ("amount", "probability", "is_lead", "done", "count") or name.endswith(("_at", "_s"))
    return rng.choice(_NUMBERS) if numeric else rng.choice(_WORDS)


def _near(rng: Random, value: Value) -> Value:
    if isinstance(value, str):
        return rng.choice((value, f" {value}", value.upper(), value.replace("\n", "\r\n")))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _own(rng: Random, theirs: Mapping[str, Value]) -> dict[str, Value]:
    """What the rep's own last write set, where the record is as it left it; mostly nothing."""
    if rng.random() < 0.7 or not theirs:
        return {}
    return {name: theirs[name] for name in rng.sample(sorted(theirs), min(2, len(theirs)))}


def _shuffled(rng: Random, values: Mapping[str, Value]) -> dict[str, Value]:
    names = list(values)
    rng.shuffle(names)
    return {name: values[name] for name in names}
