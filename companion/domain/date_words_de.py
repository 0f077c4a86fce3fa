"""What German says for the words of dates: heute, nächsten Mo, in 2 Wochen, 27.11., halb elf."""

from __future__ import annotations

from typing import Final

from companion.domain.date_phrases import phrases
from companion.domain.date_words import DateWords

_WEEKDAYS: Final = {
    "monday": "montag", "tuesday": "dienstag", "wednesday": "mittwoch", "thursday": "donnerstag",
    "friday": "freitag", "saturday": "samstag, sonnabend", "sunday": "sonntag",
}  # fmt: skip
_SHORT: Final = {
    "monday": "mo", "tuesday": "di", "wednesday": "mi", "thursday": "do", "friday": "fr", "saturday": "sa",
    "sunday": "so",
}  # fmt: skip
_PARTS: Final = {
    "morning": "morgen vormittag früh", "noon": "mittag", "afternoon": "nachmittag", "evening": "abend",
}  # fmt: skip

_TABLE: Final = {
    **{name: f"{_WEEKDAYS[name]}, {_SHORT[name]}" for name in _WEEKDAYS},
    **{
        f"{day} {part}": ", ".join(
            f"{whole.strip()}{named}" for whole in _WEEKDAYS[day].split(",") for named in _PARTS[part].split()
        )
        for day in _WEEKDAYS
        for part in _PARTS
    },
    "january": "januar, jänner, jan", "february": "februar, feber, feb", "march": "märz, mär, mrz",
    "april": "april, apr", "may": "mai", "june": "juni, jun", "july": "juli, jul", "august": "august, aug",
    "september": "september, sep, sept", "october": "oktober, okt", "november": "november, nov",
    "december": "dezember, dez",
    "today": "heute, heut, heute noch, noch heute", "tomorrow": "morgen, mrg, mrgn", "overmorrow": "übermorgen, ümo",
    "yesterday": "gestern, vorgestern", "tonight": "heute abend, heut abend, heute nacht",
    "noon": "mittag, mittags, zu mittag, am mittag",
    "morning": "vormittag, früh, in der früh, am vormittag, am morgen, früh am morgen",
    "tomorrow morning": "morgen früh, morgen vormittag, morgen vormittags",
    "afternoon": "nachmittag, am nachmittag, nachm, nach dem mittag, nach dem mittagessen, nach mittag",
    "evening": "abend, am abend",
    "am": "vormittags, morgens", "pm": "nachmittags", "evenings": "abends",
    "this": "diesen, diese, dieser, dieses, diesem", "coming": "kommenden, kommende, kommender, kommendem",
    "next": "nächsten, nächste, nächster, nächstes, nächstem, nä",
    "afternext": "übernächsten, übernächste, übernächster",
    "eod": "tagesende, ende des tages, feierabend, dienstschluss",
    "eow": "ende der woche, ende woche, ende dieser woche, wochenschluss",
    "eom": "monatsende, ende des monats, ende monat, ende dieses monats, ende diesen monats, ultimo",
    "eoq": "quartalsende, ende des quartals, ende quartal, ende dieses quartals",
    "eoy": "jahresende, ende des jahres, ende jahr, ende dieses jahres",
    "end": "ende", "start": "anfang", "mid": "mitte",
    "day": "tag, tage, tagen, tags", "week": "woche, wochen", "month": "monat, monate, monaten, monats",
    "quarter": "quartal, quartale, quartalen, quartals", "year": "jahr, jahre, jahren, jahres",
    "hour": "stunde, stunden, std", "minute": "minuten",
    "working days": "werktage, werktagen, arbeitstage, arbeitstagen", "working day": "werktag, arbeitstag",
    "calweek": "kw, kalenderwoche",
    "one": "ein, eine, einer, einem, einen", "two": "zwei, zwo", "three": "drei, dreien", "four": "vier",
    "five": "fünf", "six": "sechs", "seven": "sieben", "eight": "acht", "nine": "neun", "ten": "zehn", "eleven": "elf",
    "twelve": "zwölf", "fourteen": "vierzehn", "a couple of": "ein paar, paar",
    "in": "in", "within": "innerhalb von, innerhalb, binnen, in den nächsten, in spätestens",
    "from now": "ab jetzt, ab heute",
    "at": "um, um ca, um circa", "around": "gegen, so gegen, ca, circa, etwa, ungefähr", "o'clock": "uhr",
    "between": "zwischen, zw, zw.", "half_to": "halb", "quarter_past": "viertel nach, viertel über",
    "quarter_to": "viertel vor",
    "three_quarters_to": "dreiviertel",
    "onthe": "am, den, zum", "by": "bis, bis zum, bis zur, bis spätestens, spätestens, bis am, bis einschließlich",
    "the": "der, die, das, dem", "of": "von, des", "for": "für", "on": "auf",
    "last": "letzten, letzte, letzter, letztes, letztem, vergangenen, vergangene, vergangener,"
    " vorigen, vorige, voriger",
    "since": "seit, seitdem", "every": "jeden, jede, jeder, jedes, alle, allen",
    "or": "oder, bzw, beziehungsweise",
    "maybe": "vielleicht, evtl, eventuell, ggf, womöglich, wahrscheinlich, vermutlich, ungefähr",
    "before": "vor, vor dem, vorm", "after": "nach, nach dem", "from": "ab, ab dem, vom", "if": "falls, wenn, sofern",
    "not": "nicht, kein, keine, keinen, keiner, nie, niemals, ohne, weder, do not",
    "was": (
        "war, waren, hatte, hatten, traf, trafen, sprach, sprachen, rief, schrieb, kam, kamen, ging, gab, fand, sagte,"
        " meinte, bekam, lief, schickte, bestätigte, wurde, wurden"
    ),
    "gone": (
        "getroffen, angerufen, geschickt, verschickt, zugeschickt, gesendet, gesprochen, besprochen, telefoniert,"
        " gemailt, geschrieben, gesehen,"
        " unterschrieben, unterzeichnet, gemeldet, bekommen, erhalten, erreicht, besucht,"
        " abgelehnt, zugesagt, abgesagt, gekündigt, gewesen, geklärt, vorgestellt, gezeigt, gehört, probiert, versucht,"
        " zurückgerufen, nachgefasst, gekauft, bestellt, verloren, entschieden, kennengelernt, gefragt, gesagt, gehabt,"
        " gekommen, gegangen, gestartet, angekommen, eingegangen, verlängert, erledigt"
    ),
    "will": "wird, werden, werde, muss, müssen, soll, sollen, möchte, könnte, würde, kann, können",
    "booked": (
        "bestätigt, vereinbart, ausgemacht, geplant, gebucht, verschoben, verlegt, verabredet, angesetzt, terminiert,"
        " zugesichert, versprochen"
    ),
    "away": "urlaub, krank, abwesend, verreist, elternzeit, dienstreise, unterwegs, außer haus, nicht da",
    "send": (
        "schicken, schick, schicke, senden, sende, anrufen, rufen, mailen, nachfassen, nachhaken, melden, zurückrufen,"
        " vorbereiten, klären, prüfen, besprechen, telefonieren, treffen, fragen, abstimmen, vereinbaren, nochmal,"
        " nochmals, erneut, wieder, kontaktieren, versuchen, probieren, liefern, erstellen, vorstellen, zeigen, planen,"
        " einladen, erinnern, bestellen, besuchen, machen, holen, bringen, schreiben, ansprechen, nachfragen"
    ),
    "meeting": (
        "termin, besprechung, telefonat, rückruf, anruf, angebot, vertrag, präsentation, gespräch, mittagessen, messe,"
        " besuch, vorführung, schulung, unterlagen, abendessen, frühstück, kaffee, telko, videocall, jour fixe"
    ),
    "then": "dann, danach, anschließend, nächster schritt, nächste schritte, als nächstes, zu tun",
    "and": "und, sowie", "with": "mit, m", "because": "wegen, weil, da", "about": "zu, über, bzgl, betreffs, bezüglich",
    "to": "an, zur", "version": "punkt, ziffer, kapitel, artikel, absatz, abs, art, raum, zimmer, stand, ausgabe, §",
    "mr": "heißt, firma, herr, herrn, hr, frau, fräulein", "prof": "professor",
    "i": "ich, wir, sie, er", "is": "ist, sind", "percent": "prozent",
    "~": (
        "guten morgen, guten abend, guten tag, am ende, wochenende, do it, do you, do we, do they,"
        " do i, do so, do - it, tag der, die frühere"
    ),
}  # fmt: skip

GERMAN: Final = DateWords(
    spoken=phrases(
        _TABLE,
        glued={"t": "d", "tg": "d", "wo": "w", "uhr": "o'clock"},
        forgotten="an am so do was not die man hat made rang will war also old bald point est et ct pt sat mar no",
        umlauts=True,
    ),
    day_first=True,
    dotted=True,
    double_meaning=("may", "march", "second"),
    also_a_name=("tom",),
    shaky=("so",),
    titles_with_dot=("fr",),
    two_readings=("nacht", "so gegen", "so um", "dreiviertel", "half"),
    little=("mo", "di", "mi", "do", "fr", "sa", "so"),
    verb_last=True,
    no_slips=("morgan", "sorgen", "montage", "mongtag", "borgen", "freitag"),
    tries=("do 10", "26. nov"),
)
