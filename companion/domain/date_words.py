"""The grammar's own words for dates, which are English; another language is a table of what it says for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from companion.domain.date_phrases import NO_PHRASES, Phrases, phrases

Words = tuple[str, ...]
Numbered = tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class DateWords:
    """What a rep may write for a day or a time; names run Monday to Sunday and January to December.

    `month_first` says how "3/4" is read (True: 4 March), `day_first` that it is never read so. Case never matters; a
    dot after a short name neither. `spoken` brings another language: its words become the ones below.
    """

    spoken: Phrases = NO_PHRASES
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
    day_first: bool = False
    dotted: bool = False
    """Whether "7.12." is the way to write a date, as in German."""
    next_is_coming: bool = False
    """Whether "next friday" is this week's, as the Spanish "el próximo viernes"."""

    today: Words = ("today",)
    tomorrow: Words = ("tomorrow", "tmr", "tmrw", "tom")
    overmorrow: Words = ("overmorrow",)
    tonight: Words = ("tonight",)
    noon: Words = ("noon", "midday")
    morning: Words = ("morning",)
    afternoon: Words = ("afternoon",)
    evening: Words = ("evening", "night", "evenings")
    am: Words = ("am",)
    pm: Words = ("pm", "evenings")
    oclock: Words = ("o'clock", "h")
    this: Words = ("this", "coming")
    next: Words = ("next",)
    after_next: Words = ("afternext",)
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
    calendar_week: Words = ("kw", "cw", "calweek")
    week_signs: Words = ("w", "wk")
    """What means a week by its number when it stands right before it: "W49"."""
    numbers: Numbered = (
        *(("a", 1), ("an", 1), ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6)),
        *(("seven", 7), ("eight", 8), ("nine", 9), ("ten", 10), ("eleven", 11), ("twelve", 12), ("fourteen", 14)),
        *(("fifteen", 15), ("twenty", 20), ("thirty", 30)),
    )

    # Words around a date that decide whether it is meant as one, and how surely.
    in_time: Words = ("in", "within")
    at: Words = ("at", "@", "around", "about", "~", "between")
    leads: Words = ("on", "onthe", "by", "at", "until", "till", "for", "due")
    past: Words = ("last", "past", "previous", "since", "yesterday", "every", "each", "weekly", "daily")
    ago: Words = ("ago", "earlier", "last")
    doubts: Words = (
        *("or", "not", "maybe", "perhaps", "probably", "possibly", "except", "unless", "before", "after", "from"),
        *("until", "till", "if"),
    )
    past_verbs: Words = (
        *("was", "were", "met", "spoke", "sent", "had", "came", "left", "saw", "said", "told", "got", "gave", "went"),
        *("rang", "wrote", "heard", "thought", "held", "did", "made", "took", "ran", "gone", "called", "emailed"),
        *("mailed", "phoned", "texted", "talked", "chatted", "visited", "asked", "wanted", "discussed", "replied"),
        *("answered", "reached", "tried", "showed", "presented", "followed", "chased", "pinged", "received", "missed"),
        *("cancelled", "canceled", "started", "finished", "won", "lost", "bought", "chose"),
    )
    told_behind: Words = ("gone",)
    """Participles that end a German sentence: "am Montag angerufen"."""
    ahead: Words = ("will", "must", "would", "shall")
    """With one of these the sentence speaks of what is to come, whatever its participles say."""
    planned: Words = (
        *("agreed", "booked", "confirmed", "scheduled", "planned", "moved", "pushed", "postponed", "rescheduled"),
        *("promised", "fixed", "arranged", "invited", "expected", "delayed"),
    )
    """Past in form, but what they set lies ahead: "agreed thu 10"."""
    negations: Words = (
        *("no", "not", "never", "without", "won't", "can't", "cannot", "don't", "doesn't", "isn't", "didn't"),
    )
    away: Words = ("holiday", "vacation", "away", "ooo", "sick", "absent")
    """Until when somebody is away is no day for a next step."""
    # A number behind these is a place in a document or a release, never a day.
    numbered: Words = (
        "version",
        "v",
        "item",
        "clause",
        "section",
        "chapter",
        "point",
        "no",
        "nr",
        "release",
        "python",
        "ver",
        "room",
        "ratio",
        "score",
        "par",
    )
    zones: Words = (
        *("utc", "gmt", "bst", "cet", "cest", "eet", "et", "est", "edt", "ct", "cst", "cdt", "pt", "pst", "pdt"),
    )
    feasts: Words = ("black", "good", "cyber", "giving", "easter", "ash", "super", "shrove", "whit")
    firms: Words = ("gmbh", "ag", "kg", "inc", "ltd", "llc", "sarl", "sas", "sl", "srl", "corp", "plc")
    """Behind a weekday these make it a company's name."""
    small_weekdays: bool = False
    """Whether weekdays are written small, so that a capital within a sentence is rather a name."""
    titles: Words = ("mr", "mrs", "ms", "dr", "prof")
    subjects: Words = ("i", "we", "they", "he", "she", "you", "who", "the", "has", "have", "had")
    # Also an ordinary word or a name, so the neighbours must confirm the date. Here as it is typed, without accents.
    double_meaning: Words = ("sat", "sun", "may", "march", "mar", "second")
    also_a_name: Words = ("tom",)
    little: Words = ()
    """Weekdays so short that a word which nobody knows behind them raises a doubt: "mi casa"."""
    shaky: Words = ()
    """Weekdays that are little words far more often, as the German "so": a whole date or time must follow."""
    titles_with_dot: Words = ()
    """Weekdays that are a title before a name when a dot follows: "Fr. Weber"."""
    two_readings: Words = ("half",)
    """Understood, but never sure."""
    habits: Words = ()
    """Articles that make a weekday every such day, as in the French "le lundi"."""
    # Verbs that can't be a counted thing: "thu 10 send quote" is ten o'clock, "thu 10 email addresses" may not be.
    deeds: Words = (
        *("ask", "bring", "chase", "confirm", "discuss", "follow", "forward", "get", "give", "introduce", "invite"),
        *("meet", "prepare", "remind", "resend", "reschedule", "send", "write"),
    )
    occasions: Words = ("call", "meeting", "demo", "review", "lunch", "visit", "kickoff", "workshop")
    """What has an hour: "thu 10 review"."""
    goes_on: Words = (
        *("about", "re", "with", "to", "for", "and", "then", "at", "in", "on", "by", "from", "if", "but", "so"),
        *("when", "because", "via", "as", "or", "after", "before", "once", "while", "until", "w"),
    )
    no_slips: Words = ()
    """Words that are one letter off a weekday's name and meant as they stand."""
    verb_last: bool = False
    """Whether what is to be done stands at the end: "Angebot schicken"."""
    lead_ins: Words = ("and", "then", "so", "todo", "next", "will", "i'll")
    """What may stand before a next step and says nothing."""
    tries: tuple[str, str] = ("thu 10", "26 nov")
    """Two dates as a rep of this language writes them, to be offered where none was found."""


_ENGLISH_SAYINGS: Final = {
    "overmorrow": "day after tomorrow, the day after tomorrow",
    "afternext week": "week after next, the week after next",
    "afternoon": "after lunch",
    "by": "at the latest, latest",
    "half_past": "half past",
    "quarter_past": "quarter past",
    "quarter_to": "quarter to",
    "mid": "mid-, mid, middle of, the middle of, in the middle of",
    "start": "start of, beginning of, early",
    "end": "end of, the end of",
    "then": "next step, next steps, to do",
    "calweek": "calendar week, cal week",
    "away": "on leave, on holiday, on vacation, out of office, off sick, is off, is out",
    "~": (
        "good morning, good afternoon, good evening, good night, end user, end users, end customer,"
        " end customers, in the end, late fee, late fees"
    ),
}

ENGLISH: Final = DateWords(spoken=phrases(_ENGLISH_SAYINGS))


@dataclass(frozen=True, eq=False)
class Names:
    """Weekdays (0 = Monday) and months (1 = January) by case-folded name; `clashing` names stand for several."""

    weekdays: dict[str, int]
    months: dict[str, int]
    units: dict[str, str]
    numbers: dict[str, int]
    clashing: frozenset[str]
    begin: frozenset[str]
    """Every word with which a date or a time may begin."""
    leading: frozenset[str]
    """Those of them that begin a date only with another such word, a number or a unit behind them."""


@lru_cache(maxsize=8)
def names(words: DateWords) -> Names:
    """The look-up tables of `words`."""
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
    numbers = dict(words.numbers)
    begin = frozenset((*weekdays, *months, *numbers, *_beginnings(words)))
    leading = frozenset((*numbers, *words.in_time, *words.at, *words.this, *words.next, "the", "onthe", "+", "s"))
    return Names(weekdays, months, units, numbers, frozenset(clashing), begin, leading)


def _beginnings(words: DateWords) -> Words:
    return (
        *(
            "+",
            "the",
            "onthe",
            "end",
            "late",
            "start",
            "mid",
            "month",
            "quarter",
            "year",
            "week",
            "half_past",
            "quarter_past",
        ),
        *("quarter_to", "half_to", "three_quarters_to", "half"),
        *(*words.today, *words.tomorrow, *words.overmorrow, *words.tonight, *words.noon, *words.morning),
        *(*words.afternoon, *words.evening, *words.this, *words.next, *words.after_next, *words.end_of_day),
        *(*words.end_of_week, *words.end_of_month, *words.end_of_quarter, *words.end_of_year, *words.in_time),
        *(*words.at, *words.calendar_week, *words.week_signs, "dayplus"),
    )


def _numbered(names: Sequence[str], first: int) -> Numbered:
    return tuple((name, number) for number, name in enumerate(names, first))


def _table(lists: Sequence[Numbered]) -> dict[str, int]:
    return {name.casefold(): number for pairs in lists for name, number in pairs}


def _several(lists: Sequence[Numbered]) -> set[str]:
    meanings: dict[str, set[int]] = {}
    for pairs in lists:
        for name, number in pairs:
            meanings.setdefault(name.casefold(), set()).add(number)
    return {name for name, numbers in meanings.items() if len(numbers) > 1}
