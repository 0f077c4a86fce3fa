"""What a team agrees on: stages, fields, log buttons, rules, loss reasons and quick picks; read strictly from data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeVar

from companion.domain import workspace_fields
from companion.domain.field_map import NOTHING, FieldMap
from companion.domain.language import tr
from companion.domain.reasons import FACTS
from companion.domain.rules import Rule, decode_rule
from companion.domain.signals import ANCHORED, Agreed

RECORDS: Final = ("call", "email", "meeting", "note")


class WorkspaceProblem(Exception):
    """The agreed set-up can't be used; `problems` says why, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class NextStepPlan(NamedTuple):
    """A next step that a button or outcome fills in: its words, after how many working days, and at which hour.

    `at` is 'HH:MM' in local time or None for no hour.
    """

    words: str
    workdays: int
    at: str | None = None


class Outcome(NamedTuple):
    """A chip of a log button. `stage` is the name of the stage that the deal moves to, shown before saving."""

    code: str
    label: str
    tone: str | None = None
    next_step: NextStepPlan | None = None
    stage: str | None = None
    asks_loss_reason: bool = False


class LogButton(NamedTuple):
    """A named bundle: what it records and what follows. `retries` is the plan of tries after no answer, by attempt."""

    code: str
    label: str
    key: str
    icon: str
    records: str
    done_words: str
    direction: str | None = None
    outcome: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    retries: tuple[NextStepPlan, ...] = ()
    next_words: str = "next"

    def retry(self, attempt: int) -> NextStepPlan | None:
        """The plan after the given try (from 1); the last one repeats."""
        return self.retries[min(attempt, len(self.retries)) - 1] if self.retries else None


class StageNote(NamedTuple):
    """What a stage means and how long it usually takes, by its name; asked fields are asked on entering it."""

    name: str
    means: str = ""
    usual_days: int | None = None
    asks: tuple[str, ...] = ()


class FieldNote(NamedTuple):
    """A field that is shown, and the decision it serves."""

    kind: str
    field: str
    label: str
    decision: str
    reader: str = ""


class QuickPick(NamedTuple):
    """One of the choices behind a key, as date words that the date grammar reads: 'tomorrow', '+3d'."""

    key: str
    label: str
    words: str


@dataclass(frozen=True)
class Workspace:
    """All of it. `source` is the decoded JSON, from which a changed workspace is made."""

    version: int
    rules: tuple[Rule, ...]
    buttons: tuple[LogButton, ...]
    stages: tuple[StageNote, ...]
    fields: tuple[FieldNote, ...]
    loss_reasons: tuple[str, ...]
    promise_words: tuple[str, ...]
    proposal_words: tuple[str, ...]
    callback_words: tuple[str, ...]
    trial_fields: tuple[str, ...]
    topics: tuple[tuple[str, tuple[str, ...]], ...]
    snooze_picks: tuple[QuickPick, ...]
    close_date_picks: tuple[QuickPick, ...]
    park_picks: tuple[QuickPick, ...] = ()
    park_reasons: tuple[str, ...] = ()
    field_map: FieldMap = NOTHING
    source: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def button(self, code: str) -> LogButton | None:
        """The log button with this code."""
        return next((button for button in self.buttons if button.code == code), None)

    def outcome(self, code: str | None) -> tuple[LogButton, Outcome | None] | None:
        """The button, and the chip, that an activity's outcome code stands for."""
        return self._outcomes.get(code or "")

    def stage_note(self, name: str | None) -> StageNote | None:
        """What was agreed about the stage of this name; case does not matter."""
        return self._stages.get((name or "").casefold())

    @cached_property
    def anchored(self) -> bool:
        """Whether every rule that is on speaks of something open or fresh, so that the others can be left alone."""
        return all(any(each.signal in ANCHORED for each in rule.when) for rule in self.rules if rule.on)

    @cached_property
    def _outcomes(self) -> dict[str, tuple[LogButton, Outcome | None]]:
        known: dict[str, tuple[LogButton, Outcome | None]] = {}
        for button in self.buttons:
            for code in (button.code, button.outcome):
                if code:
                    known.setdefault(code, (button, None))
            for chip in button.outcomes:
                known.setdefault(chip.code, (button, chip))
        return known

    @cached_property
    def _stages(self) -> dict[str, StageNote]:
        return {note.name.casefold(): note for note in self.stages}

    def agreed(self, norms: Mapping[str, int]) -> Agreed:
        """What signals depend on; `norms` are days a stage takes by the stage's id, out of our own history."""

        def usual_days(stage_id: str | None, name: str | None) -> int | None:
            own = norms.get(stage_id or "")
            note = self.stage_note(name)
            return own if own is not None else note.usual_days if note else None

        return Agreed(
            self.proposal_words,
            self.callback_words,
            self.topics,
            usual_days,
            tuple(f.lower() for f in self.trial_fields),
        )


def decode(text: str | bytes) -> Workspace:
    """A workspace from JSON text. Raises WorkspaceProblem with everything that is wrong, not only the first."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise WorkspaceProblem([f"The file is not JSON: {error}"]) from error
    except RecursionError as error:
        raise WorkspaceProblem(["The file is nested too deep"]) from error
    return from_data(data)


def from_data(data: Any) -> Workspace:
    """A workspace from decoded JSON. Raises WorkspaceProblem."""
    if not isinstance(data, Mapping):
        raise WorkspaceProblem(["The file must hold one workspace"])
    problems: list[str] = [f"Nobody knows “{key}”" for key in sorted(set(data) - _SECTIONS)]
    rules = []
    for i, each in enumerate(_list(data, "rules", problems)):
        rule, wrong = decode_rule(
            each, FACTS, f"Rule “{each.get('name', i + 1) if isinstance(each, Mapping) else i + 1}”"
        )
        problems += wrong
        rules += [rule] if rule else []
    buttons = _each(data, "buttons", _button, problems)
    workspace = Workspace(
        version=data.get("version", 0),
        rules=tuple(rules),
        buttons=buttons,
        stages=_each(data, "stages", _stage, problems),
        fields=_each(data, "fields", lambda d: FieldNote(**_spoken(d, "label", "decision")), problems),
        loss_reasons=_texts(data, "loss_reasons", problems),
        promise_words=_texts(data, "promise_words", problems),
        proposal_words=_texts(data, "proposal_words", problems),
        callback_words=_texts(data, "callback_words", problems),
        trial_fields=_texts(data, "trial_fields", problems),
        topics=_each(data, "topics", _topic, problems),
        snooze_picks=_each(data, "snooze_picks", lambda d: QuickPick(**_spoken(d, "label")), problems),
        close_date_picks=_each(data, "close_date_picks", lambda d: QuickPick(**_spoken(d, "label")), problems),
        park_picks=_each(data, "park_picks", lambda d: QuickPick(**_spoken(d, "label")), problems),
        park_reasons=_texts(data, "park_reasons", problems),
        field_map=workspace_fields.decode(data.get("field_map"), problems),
        source=data,
    )
    problems += _clashes(workspace)
    if problems:
        raise WorkspaceProblem(problems)
    return workspace


_SECTIONS: Final = frozenset(
    "version rules buttons stages fields loss_reasons promise_words proposal_words callback_words trial_fields topics "
    "snooze_picks close_date_picks park_picks park_reasons field_map".split()
)


def _list(data: Mapping[str, Any], key: str, problems: list[str]) -> list[Any]:
    value = data.get(key, [])
    if isinstance(value, list):
        return value
    problems.append(f"“{key}” must be a list")
    return []


def _texts(data: Mapping[str, Any], key: str, problems: list[str]) -> tuple[str, ...]:
    value = _list(data, key, problems)
    problems += [f"“{key}” holds “{each}”, which is no text" for each in value if not isinstance(each, str)]
    return tuple(each for each in value if isinstance(each, str))


def _each(
    data: Mapping[str, Any], key: str, make: Callable[[dict[str, Any]], Any], problems: list[str]
) -> tuple[Any, ...]:
    made = []
    for i, each in enumerate(_list(data, key, problems)):
        try:
            made.append(_plain(make(each)))
        except KeyError as error:
            problems.append(f"“{key}”, number {i + 1}: {error} is missing")
        except (TypeError, ValueError, AttributeError) as error:
            problems.append(f"“{key}”, number {i + 1}: {error}")
    return tuple(made)


Made = TypeVar("Made")

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "str | None": (str, type(None)),
    "int | None": (int, type(None)),
}


def _plain(made: Made) -> Made:
    """What was made, if each of its single values is of the kind that it says; JSON would let anything stand there."""
    for name, said in getattr(type(made), "__annotations__", {}).items():
        kinds = _KINDS.get(getattr(said, "__forward_arg__", said))
        if kinds is not None and not isinstance(getattr(made, name), kinds):
            raise ValueError(f"“{name}” can’t be {getattr(made, name)!r:.40}")
    return made


def _spoken(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """With these texts in the rep's language where they are the ones that ship; a team's own stand as written."""
    return {**data, **{name: tr(data[name]) for name in names if isinstance(data.get(name), str)}}


def _plan(data: Mapping[str, Any] | None) -> NextStepPlan | None:
    if data is None:
        return None
    if not isinstance(data["workdays"], int) or not 0 <= data["workdays"] <= 250:
        raise ValueError("a next step lies 0 to 250 working days ahead")
    return _plain(NextStepPlan(**_spoken(data, "words")))


def _outcome(data: Mapping[str, Any]) -> Outcome:
    return _plain(Outcome(**{**_spoken(data, "label"), "next_step": _plan(data.get("next_step"))}))


def _button(data: Mapping[str, Any]) -> LogButton:
    if data["records"] not in RECORDS:
        raise ValueError(f"a button records one of {', '.join(RECORDS)}, not “{data['records']}”")
    if len(data["key"]) != 1:
        raise ValueError("a button has one key")
    retries = tuple(plan for plan in map(_plan, data.get("retries", ())) if plan)
    data = _spoken(data, "label", "done_words", "next_words")
    return LogButton(**{**data, "outcomes": tuple(map(_outcome, data.get("outcomes", ()))), "retries": retries})


def _topic(data: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    if not isinstance(data["topic"], str) or not all(isinstance(each, str) for each in data["marks"]):
        raise ValueError("a topic and its marks are texts")
    return tr(data["topic"]), tuple(data["marks"])


def _stage(data: Mapping[str, Any]) -> StageNote:
    if not all(isinstance(each, str) for each in data.get("asks", ())):
        raise ValueError("what a stage asks for are names of fields")
    return StageNote(**{**_spoken(data, "means"), "asks": tuple(data.get("asks", ()))})


def _clashes(workspace: Workspace) -> list[str]:
    problems = []
    keys: dict[str, str] = {}
    for button in workspace.buttons:
        if button.key.upper() in keys:
            problems.append(f"{button.key.upper()} is used by {keys[button.key.upper()]}")
        keys[button.key.upper()] = button.label
    seen: set[str] = set()
    for rule in workspace.rules:
        if rule.id in seen:
            problems.append(f"Two rules have the id “{rule.id}”")
        seen.add(rule.id)
    return problems
