"""How a language writes days, numbers and money: small tables, so that nothing large is read to say 'Fri 27 Nov'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple


class Manner(NamedTuple):
    """One language's way. Names begin with Monday and January.

    `told_weekday` and `told_date` follow a word such as 'by', 'since' or 'closes'; `on_weekday` and `on_date` follow a
    verb. `lowers`: whether a word taken into a
    sentence loses its capital (German nouns keep theirs). `twelve`: whether the clock has twelve hours.
    """

    weekdays: tuple[str, ...]
    weekdays_short: tuple[str, ...]
    months: tuple[str, ...]
    months_short: tuple[str, ...]
    decimal: str
    group: str
    date: str
    date_and_year: str
    dated: str
    whole_date: str
    month_and_year: str
    told_weekday: str
    told_date: str
    on_weekday: str
    on_date: str
    money: str
    thousands: str
    millions: str
    lowers: bool = True
    twelve: bool = False


ENGLISH: Final = Manner(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    weekdays_short=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=tuple("January February March April May June July August September October November December".split()),
    months_short=tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()),
    decimal=".",
    group=",",
    date="{day} {month}",
    date_and_year="{day} {month} {year}",
    dated="{weekday} {date}",
    whole_date="{weekday} {day} {month}",
    month_and_year="{month} {year}",
    told_weekday="{weekday}",
    told_date="{date}",
    on_weekday="on {weekday}",
    on_date="on {date}",
    money="{symbol}{number}",
    thousands="{number}k",
    millions="{number}m",
)

GERMAN: Final = Manner(
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    weekdays_short=("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
    months=tuple("Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()),
    months_short=tuple("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.".split()),
    decimal=",",
    group=".",
    date="{day}. {month}",
    date_and_year="{day}. {month} {year}",
    dated="{weekday}, {date}",
    whole_date="{weekday}, {day}. {month}",
    month_and_year="{month} {year}",
    told_weekday="{weekday}",
    told_date="{date}",
    on_weekday="am {weekday}",
    on_date="am {date}",
    money="{number}\xa0{symbol}",
    thousands="{number}\xa0Tsd.",
    millions="{number}\xa0Mio.",
    lowers=False,
)

FRENCH: Final = Manner(
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    weekdays_short=("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    months=tuple("janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()),
    months_short=tuple("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()),
    decimal=",",
    group="\u202f",
    date="{day} {month}",
    date_and_year="{day} {month} {year}",
    dated="{weekday} {date}",
    whole_date="{weekday} {day} {month}",
    month_and_year="{month} {year}",
    told_weekday="{weekday}",
    told_date="le {date}",
    on_weekday="{weekday}",
    on_date="le {date}",
    money="{number}\xa0{symbol}",
    thousands="{number}\xa0k",
    millions="{number}\xa0M",
)

SPANISH: Final = Manner(
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    weekdays_short=("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
    months=tuple("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()),
    months_short=tuple("ene feb mar abr may jun jul ago sept oct nov dic".split()),
    decimal=",",
    group=".",
    date="{day} {month}",
    date_and_year="{day} {month} {year}",
    dated="{weekday}, {date}",
    whole_date="{weekday}, {day} de {month}",
    month_and_year="{month} de {year}",
    told_weekday="el {weekday}",
    told_date="el {date}",
    on_weekday="el {weekday}",
    on_date="el {date}",
    money="{number}\xa0{symbol}",
    thousands="{number}\xa0mil",
    millions="{number}\xa0M",
)

MANNERS: Final[Mapping[str, Manner]] = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}


def dressed(manner: Manner, dress: Callable[[str], str]) -> Manner:
    """The same manner with `dress` put on every name and phrase: what a made-up language looks like."""
    return manner._replace(
        weekdays=tuple(map(dress, manner.weekdays)),
        weekdays_short=tuple(map(dress, manner.weekdays_short)),
        months=tuple(map(dress, manner.months)),
        months_short=tuple(map(dress, manner.months_short)),
        on_weekday=dress(manner.on_weekday),
        on_date=dress(manner.on_date),
    )
