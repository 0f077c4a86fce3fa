"""Whether words that could be a date are meant as one, judged by their neighbours: "last thu", "thu?", "call tom"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from companion.domain.date_days import Days
from companion.domain.date_tokens import Line
from companion.domain.date_words import DateWords

_NOT_PAST = ("need", "feed", "speed", "indeed", "red", "hundred", "proceed", "embed")
# How many words back a verb or a "no" still speaks of the date.
_REACH = 5
_BEHIND = 4
_RANGES = ("-", "–", "by", "to", "until", "till", "around")
_BREAKS = ("to", "will", "and", "then", "for", "call", "try", "email", "check", "book", "by")
_JOINTS = ("or", "and", "to", "/", "-", "–", "&", "till", "until", ",")


def tells_of_the_past(verb: str, words: DateWords) -> bool:
    """Whether the grammar's name of a verb reports what was, so that a weekday beside it is hardly one to come."""
    if verb in words.planned:
        return False
    return verb in words.past_verbs or (len(verb) > 4 and verb.endswith("ed") and verb not in _NOT_PAST)


class Phrase(Protocol):
    """What is judged: where the words end and whether they are clear in themselves."""

    @property
    def end(self) -> int: ...
    @property
    def sure(self) -> bool: ...


class Context:
    """Judges the date phrases of one line."""

    def __init__(self, line: Line, days: Days, words: DateWords) -> None:
        self.line, self.days, self.words = line, days, words

    def judge(self, first: int, phrase: Phrase) -> bool | None:
        """Whether the phrase is sure, or None when it is no date to come at all."""
        if self._part_of_another_word(first, phrase.end) or self._past_or_name(first, phrase.end):
            return None
        return phrase.sure and not self._doubtful(first, phrase.end)

    def alternatives(self, places: Sequence[tuple[int, int]]) -> set[int]:
        """Which of the dates (first token, token behind) are joined to another: "thu or fri", "mon-wed"."""
        joined: set[int] = set()
        for n in range(1, len(places)):
            between = range(places[n - 1][1], places[n][0])
            if len(between) <= 2 and all(self.line.key(i) in _JOINTS for i in between):
                joined |= {n - 1, n}
        return joined

    def _part_of_another_word(self, first: int, end: int) -> bool:
        line, before, after = self.line, self.line[first - 1], self.line[end]
        if line[first].glued:
            if before.kind in ("word", "number") or before.key in ("@", "#", "_", "$", "€", "£", "\\", "&", "+"):
                return True
            if before.key in (".", ":", "'", "’") and before.glued and line[first - 2].kind in ("word", "number"):
                return True
            if before.key in ("-", "+") and not before.glued and line[first].kind == "number":
                return True  # "-3d"
        if after.glued:
            if after.kind in ("word", "number", "opaque") or after.key in ("@", "_", "%", "\\", "&", "°"):
                return True
            glued_on = line[end + 1].glued
            if after.key in (".", "'", "’") and glued_on and line[end + 1].kind in ("word", "number"):
                return True
            if after.key == ":" and glued_on and line[end + 1].kind == "number":
                return True
        return False

    def _past_or_name(self, first: int, end: int) -> bool:
        line, words = self.line, self.words
        before, after = line.key(first - 1), line.key(end)
        article = before in ("the", "on", "onthe", "this", "in")
        if before in words.past or (article and line.key(first - 2) in words.past) or after in words.ago:
            return True
        named_day = line.key(end - 1) in self.days.names.weekdays
        if after in words.firms or (after == "&" and line[end + 1].raw[:1].isupper()):
            return True  # "Morgen GmbH"
        if named_day and self.days.names.numbers.get(before) == 1:
            return True  # "one friday a month"
        if named_day and (after == "of" or (line.key(first) in self.days.names.weekdays and before in words.feasts)):
            return True
        if self._told(first, end, article):
            return True
        return self._name_or_word(first, end, before)

    def _name_or_word(self, first: int, end: int, before: str) -> bool:
        """Whether the weekday is somebody's name or an ordinary word: "Herr Freitag", "la mer", "so 10 Leute"."""
        line, words, said = self.line, self.words, self.line[first].said
        alone, weekday = end == first + 1, line.key(first) in self.days.names.weekdays
        titled = before in words.titles or (before == "." and line.key(first - 2) in words.titles)
        if titled and weekday:
            return True
        if weekday and said in words.titles_with_dot and line.key(first + 1) == "." and line[first + 1].glued:
            return line[first + 2].raw[:1].isupper()
        if said in words.shaky and not self._stands_firm(first, end, before):
            return True
        if alone and said in words.double_meaning:
            known = before in (*words.subjects, "of", "onthe") or before.startswith("~")
            return line.plain_word(end) or known
        if alone and said in words.also_a_name:
            return line[first].raw[:1].isupper() or self.days.read(end) is not None
        return said in words.also_a_name and line[first].raw[:1].isupper()

    def _stands_firm(self, first: int, end: int, before: str) -> bool:
        """Whether a little word is a weekday after all: "am So", "so 29.11.", "Messe So"; not "so 10 Leute"."""
        words, line = self.words, self.line
        if before in ("on", "onthe", "by", *words.this, *words.next) or end >= first + 3 or len(line) == end - first:
            return True
        return line[first].raw[:1].isupper() and line.plain_word(first - 1)

    def _told(self, first: int, end: int, article: bool) -> bool:
        """Whether a verb beside the date says that it was: "met thu", "was out mon", "am Montag angerufen"."""
        line, words = self.line, self.words
        if any(line.key(i) in words.ahead for i in range(max(first - 2 * _REACH, 0), first)):
            return False
        for i in range(end, end + _BEHIND):
            if not line.plain_word(i) or line.key(i) in words.ahead or line.key(i) in _BREAKS:
                break
            if line.key(i) in words.told_behind:
                return True
        if tells_of_the_past(line.key(first - 1 - article), words):
            return True
        return self._breath_begins_in_the_past(first - 1)

    def _breath_begins_in_the_past(self, at: int) -> bool:
        """Whether the words before, back to a comma or the start, begin with a verb of the past and plan nothing."""
        verb = ""
        for i in range(at, max(at - _REACH, -1), -1):
            key = self.line.key(i)
            if not self.line.plain_word(i):
                break
            if key in _BREAKS or key in self.words.deeds or key in self.words.planned or key in self.words.doubts:
                return False
            if key not in self.words.subjects:
                verb = key
        return verb in self.words.past_verbs

    def _doubtful(self, first: int, end: int) -> bool:
        line, words = self.line, self.words
        at = first - 1
        if any(line[i].said in words.two_readings for i in range(first, end)) or self._away(first):
            return True
        if line.key(at) in _RANGES and line.number(at - 1) is not None:
            return True  # "von 9 bis 17 Uhr"
        mid_sentence = line.plain_word(at) and line.key(at) not in words.leads
        if words.small_weekdays and mid_sentence and self._is_capital_weekday(first):
            return True  # "Robinson et Vendredi"
        if line.key(at) in words.habits and end == first + 1 and line.key(first) in self.days.names.weekdays:
            return True
        if line.key(at) in (*words.doubts, "of") or line.key(end) in ("?", "or", "ish"):
            return True
        if (
            line[first].said in words.also_a_name
            and (end == first + 1 or line.plain_word(at))
            and end < first + 3
            and len(line) > end - first
        ):
            return True
        if self._may_be_a_thing(first, end):
            return True
        term = line.key(first).startswith("eo") and line.key(at) in self.days.names.units
        if term and line.number(at - 1) is not None:
            return True  # "30 jours fin de mois" is a term of payment
        if line.key(end) in (*words.zones, "each", "every") or self._like_a_firm(first, end):
            return True
        glued_sign = line[end].glued and line.key(end) in ("-", "–", "/") and line[end + 1].glued
        inner_sign = line[first].glued and line.key(at) in ("-", "–", "/") and line[at].glued
        if glued_sign or inner_sign:
            return True
        at -= line.key(at) in ("on", "onthe", "at", "this", "the")
        if line.key(at) in words.doubts or tells_of_the_past(line.key(at), words):
            return True
        return self._denied_or_told(at)

    def _denied_or_told(self, at: int) -> bool:
        """Whether a few words back, in the same breath, something was or was not: "was out mon", "can't do thu"."""
        for i in range(at, max(at - _REACH, -1), -1):
            key = self.line.key(i).replace("’", "'")
            if key in _BREAKS or key in self.words.deeds:
                return self.line.key(i - 1).replace("’", "'") in self.words.negations
            if key in self.words.negations or key in self.words.past_verbs:
                return True
            if not self.line.plain_word(i):
                return False
        return False

    def _is_capital_weekday(self, first: int) -> bool:
        token = self.line[first]
        return token.key in self.days.names.weekdays and token.key != token.said and token.raw[:1].isupper()

    def _may_be_a_thing(self, first: int, end: int) -> bool:
        """Whether the word behind may make it a thing's name: "monday is our CRM", "eom report", "mi casa"."""
        line, words, after = self.line, self.words, self.line.key(end)
        if after == "." and line[end].glued and line[end + 1].raw.islower():
            after = line.key(end + 1)  # "Sa. ist er nie da"
        if after in ("is", "as", "was", "are"):
            return True
        common = line[first].said in words.little or line.key(first).startswith("eo") or line.key(first) in words.noon
        short = end == first + 1 and common
        known = (*words.goes_on, *words.deeds, *words.occasions, *words.at, *words.leads, *words.ahead)
        return short and line.plain_word(end) and after not in known and not after.startswith("~")

    def _away(self, first: int) -> bool:
        """Whether the same breath says that somebody is away, so that the date is when she is back."""
        near = range(max(first - 2 * _REACH, 0), min(first + 2 * _REACH, len(self.line)))
        gone = [i for i in near if self.line.key(i) in self.words.away]
        return any(
            all(self.line.key(j) not in (",", ";", ".") for j in range(min(i, first), max(i, first))) for i in gone
        )

    def _like_a_firm(self, first: int, end: int) -> bool:
        """ "Friday Motors" and "Mon Repos" are names, as are most capitals that follow a capital."""
        pair = self.line[first], self.line[end]
        named = end == first + 1 and pair[0].key in self.days.names.weekdays
        return named and all(token.kind == "word" and token.raw[:1].isupper() for token in pair)
