"""The words that dates are written with: weekday and month names from the rep's locale, the rest English first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

Words = tuple[str, ...]
Numbered = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class DateWords:
    """What a rep may write for a day or a time; names run Monday to Sunday and January to December.

    `month_first` says how "3/4" is read (True: 4 March). Case never matters; a dot after a short name neither.
    """

    weekdays_long: Words = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    weekdays_short: Words = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months_long: Words = (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    )
    months_short: Words = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    weekdays_other: Numbered = (("tues", 1), ("weds", 2), ("thur", 3), ("thurs", 3))
    months_other: Numbered = (("sept", 9),)
    month_first: bool = False

    today: Words = ("today",)
    tomorrow: Words = ("tomorrow", "tmr", "tmrw", "tom")
    yesterday: Words = ("yesterday",)
    tonight: Words = ("tonight",)
    noon: Words = ("noon", "midday")
    morning: Words = ("morning",)
    afternoon: Words = ("afternoon",)
    evening: Words = ("evening", "night")
    am: Words = ("am",)
    pm: Words = ("pm",)
    this: Words = ("this", "coming")
    next: Words = ("next",)
    end_of_day: Words = ("eod", "cob")
    end_of_week: Words = ("eow",)
    end_of_month: Words = ("eom",)
    end_of_quarter: Words = ("eoq",)
    end_of_year: Words = ("eoy",)
    days: Words = ("d", "day", "days")
    weeks: Words = ("w", "wk", "wks", "week", "weeks")
    fortnights: Words = ("fortnight", "fortnights")
    months: Words = ("m", "mo", "mth", "mths", "month", "months")
    quarters: Words = ("quarter", "quarters")
    years: Words = ("y", "yr", "yrs", "year", "years")
    hours: Words = ("h", "hr", "hrs", "hour", "hours")
    minutes: Words = ("min", "mins", "minute", "minutes")
    numbers: Numbered = (
        *(("a", 1), ("an", 1), ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6)),
        *(("seven", 7), ("eight", 8), ("nine", 9), ("ten", 10), ("eleven", 11), ("twelve", 12)),
    )

    # Words around a date that decide whether it is meant as one, and how surely.
    in_time: Words = ("in", "within")
    at: Words = ("at", "@", "around", "about", "~")
    leads: Words = ("on", "by", "at", "until", "till", "for", "due")
    past: Words = ("last", "past", "previous", "since", "yesterday", "every", "each", "weekly", "daily")
    ago: Words = ("ago", "earlier")
    doubts: Words = (
        *("or", "not", "maybe", "perhaps", "probably", "possibly", "except", "unless", "before", "after", "from"),
        *("until", "till", "if"),
    )
    past_verbs: Words = (
        *("was", "were", "met", "spoke", "sent", "had", "came", "left", "saw", "said", "told", "got", "gave", "went"),
        *("rang", "wrote", "heard", "thought", "held", "did", "made", "took", "ran"),
    )
    negations: Words = (
        "no",
        "not",
        "never",
        "without",
        "won't",
        "can't",
        "cannot",
        "don't",
        "doesn't",
        "isn't",
        "didn't",
    )
    # A number behind these is a place in a document or a release, never a day.
    numbered: Words = ("version", "v", "item", "clause", "section", "chapter", "point", "no", "nr", "release", "python")
    zones: Words = (
        "utc",
        "gmt",
        "bst",
        "cet",
        "cest",
        "eet",
        "et",
        "est",
        "edt",
        "ct",
        "cst",
        "cdt",
        "pt",
        "pst",
        "pdt",
    )
    feasts: Words = ("black", "good", "cyber", "giving", "easter", "ash", "super", "shrove", "whit")
    subjects: Words = ("i", "we", "they", "he", "she", "you", "who", "the", "has", "have", "had")
    # Also an ordinary word or a name, so the neighbours must confirm the date.
    double_meaning: Words = ("sat", "sun", "may", "march", "mar", "second")
    also_a_name: Words = ("tom",)
    # Verbs that can't be a counted thing: "thu 10 send quote" is ten o'clock, "thu 10 email addresses" may not be.
    deeds: Words = (
        *("ask", "bring", "chase", "confirm", "discuss", "follow", "forward", "get", "give", "introduce", "invite"),
        *("meet", "prepare", "remind", "resend", "reschedule", "send", "write"),
    )
    goes_on: Words = (
        *("about", "re", "with", "to", "for", "and", "then", "at", "in", "on", "by", "from", "if", "but", "so"),
        *("when", "because", "via", "as", "or", "after", "before", "once", "while", "until"),
    )


ENGLISH = DateWords()


def words_for(language: str) -> DateWords:
    """The words of a language by its two-letter code, English ones among them; English alone where it is not known."""
    return {"en": ENGLISH}.get(language[:2].casefold(), ENGLISH)


def localized(
    weekdays_long: Sequence[str],
    weekdays_short: Sequence[str],
    months_long: Sequence[str],
    months_short: Sequence[str],
    *,
    month_first: bool = False,
) -> DateWords:
    """The locale's own names (7 from Monday, 12 from January) next to the English ones.

    Raises ValueError when a list has another length, as the names would then stand for the wrong days.
    """
    if (len(weekdays_long), len(weekdays_short), len(months_long), len(months_short)) != (7, 7, 12, 12):
        raise ValueError("a locale has 7 weekdays and 12 months")
    english_days = _numbered(ENGLISH.weekdays_long, 0) + _numbered(ENGLISH.weekdays_short, 0)
    english_months = _numbered(ENGLISH.months_long, 1) + _numbered(ENGLISH.months_short, 1)
    return replace(
        ENGLISH,
        weekdays_long=tuple(weekdays_long),
        weekdays_short=tuple(weekdays_short),
        months_long=tuple(months_long),
        months_short=tuple(months_short),
        weekdays_other=ENGLISH.weekdays_other + english_days,
        months_other=ENGLISH.months_other + english_months,
        month_first=month_first,
    )


@dataclass(frozen=True)
class Names:
    """Weekdays (0 = Monday) and months (1 = January) by case-folded name; `clashing` names stand for several."""

    weekdays: dict[str, int]
    months: dict[str, int]
    units: dict[str, str]
    numbers: dict[str, int]
    clashing: frozenset[str]


@lru_cache(maxsize=8)
def names(words: DateWords) -> Names:
    """The look-up tables of `words`; the locale's names win over the extra ones."""
    day_lists = (words.weekdays_other, _numbered(words.weekdays_short, 0), _numbered(words.weekdays_long, 0))
    month_lists = (words.months_other, _numbered(words.months_short, 1), _numbered(words.months_long, 1))
    weekdays, months = _table(day_lists), _table(month_lists)
    clashing = (set(weekdays) & set(months)) | _several(day_lists) | _several(month_lists)
    units = {
        **dict.fromkeys(words.days, "day"),
        **dict.fromkeys(words.weeks, "week"),
        **dict.fromkeys(words.fortnights, "fortnight"),
        **dict.fromkeys(words.months, "month"),
        **dict.fromkeys(words.quarters, "quarter"),
        **dict.fromkeys(words.years, "year"),
        **dict.fromkeys(words.hours, "hour"),
        **dict.fromkeys(words.minutes, "minute"),
    }
    return Names(weekdays, months, units, dict(words.numbers), frozenset(clashing))


def _numbered(names: Sequence[str], first: int) -> Numbered:
    return tuple((name, number) for number, name in enumerate(names, first))


def _key(name: str) -> str:
    return name.casefold().strip(" .")


def _table(lists: Sequence[Numbered]) -> dict[str, int]:
    return {_key(name): number for pairs in lists for name, number in pairs if _key(name)}


def _several(lists: Sequence[Numbered]) -> set[str]:
    meanings: dict[str, set[int]] = {}
    for pairs in lists:
        for name, number in pairs:
            meanings.setdefault(_key(name), set()).add(number)
    return {name for name, numbers in meanings.items() if len(numbers) > 1}
