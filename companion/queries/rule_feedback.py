"""What the rep answered to a rule's reasons lately: how often they were hidden, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final, NamedTuple

from companion.database import Rows
from companion.domain.language import trn

DAYS: Final = 30


class Feedback(NamedTuple):
    """Answers of the last 30 days; `whys` counts them by code: 'hidden', 'wrong', 'done', 'not_now', 'never'."""

    times: int
    whys: Mapping[str, int]

    @property
    def hidden(self) -> int:
        """How often a reason was hidden; one that was done already was not."""
        return self.times - self.whys.get("done", 0)

    @property
    def words(self) -> str:
        """'You hid reasons of this rule 3 times in 30 days'; '' while you never did."""
        if not self.hidden:
            return ""
        return trn(
            "You hid a reason of this rule {n} time in {days} days",
            "You hid reasons of this rule {n} times in {days} days",
            self.hidden,
            days=DAYS,
        )


def feedback(rows: Rows, rule_id: str, now: dt.datetime) -> Feedback:
    """What was answered to one rule's reasons; `now` is aware."""
    return of_rules(rows, now).get(rule_id, Feedback(0, {}))


def of_rules(rows: Rows, now: dt.datetime) -> dict[str, Feedback]:
    """The same of every rule that had an answer, by the rule's id."""
    since = int(now.timestamp()) - DAYS * 86_400
    found = rows.all(
        "SELECT rule_id, coalesce(why, 'hidden'), sum(coalesce(times, 1)) FROM hidden_reasons WHERE made_at > ?"
        " AND rule_id NOT LIKE 'promise %' "
        "GROUP BY 1, 2 ORDER BY 1, 2",
        (since,),
    )
    whys: dict[str, dict[str, int]] = {}
    for rule_id, why, times in found:
        whys.setdefault(rule_id, {})[why] = times
    return {rule_id: Feedback(sum(each.values()), each) for rule_id, each in whys.items()}
