"""What decisions, wishes, limits, dates, money and greetings look like in a note, in four languages.

Regular expressions over text without accents and capitals; each is a list of alternatives.
"""

from __future__ import annotations

from typing import Final, NamedTuple

_EN_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DE_MONTH: Final = r"(?:jan|janner|feb|marz|apr|mai|jun|jul|aug|sep|okt|nov|dez)[a-z]*"
_FR_MONTH: Final = r"(?:janv|fevr|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec)[a-z]*"
_ES_MONTH: Final = r"(?:ene|feb|mar|abr|may|jun|jul|ago|sep|set|oct|nov|dic)[a-z]*"


class NoteWords(NamedTuple):
    """One language's alternatives. `chatter` begins a sentence that says nothing."""

    decision: str
    wish: str
    limit: str
    date: str
    money: str
    chatter: str


ENGLISH: Final = NoteWords(
    decision=r"decides?|decided|decision|board|signs?|signed|approv\w+|budget|procurement|legal|contract|tender",
    wish=(r"wants?|needs?|asked|asks|prefers?|would like|wishes|insists?|hopes|expects?|must|looks? for|interested in"),
    limit=(
        r"can['’]?t|cannot|won['’]?t|not before|no \w+ before|before the|until|unless|only if|deadline|at the latest"
    ),
    date=(
        rf"\d{{1,2}}(?:st|nd|rd|th)?\s+{_EN_MONTH}|{_EN_MONTH}\s+\d{{1,2}}|the \d{{1,2}}(?:st|nd|rd|th)"
        r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|q[1-4]|january|february|april|june|july|august|september|october"
        r"|november|december|next (?:week|month|year)|\d+[- ](?:day|week|month|year|seat|user|licence)s?"
        r"|\d{4}-\d{2}-\d{2}"
    ),
    money=r"[€$£]\s?\d+|\d+ ?[€$£]|\d+\s?k|price|cost|discount",
    chatter=(r"hi|hello|dear|hey|thanks?|thank you|best|kind regards|regards|cheers|sorry|>|--|on .{5,60} wrote"),
)

GERMAN: Final = NoteWords(
    decision=(
        r"entscheid\w*|entschied\w*|vorstand|gremium|geschaftsfuhrung|unterschr\w+|unterzeichn\w+|freigabe|genehmig\w+"
        r"|budget|einkauf|rechtsabteilung|vertrag\w*|ausschreibung"
    ),
    wish=(
        r"will|wollen|wollte\w*|mochte\w*|moechte\w*|braucht|brauchen|benotig\w+|bevorzug\w+|wunsch\w*|erwart\w+|hofft"
        r"|hoffen|muss|mussen|besteht auf|sucht|interessiert an|bittet um|fragt nach"
    ),
    limit=(
        r"kann nicht|konnen nicht|geht nicht|nicht vor|kein\w* \w+ vor|vor dem|bis (?:ende|zum|mitte|anfang)"
        r"|erst (?:ab|nach|wenn|im)|sofern|nur wenn|frist|spatestens"
    ),
    date=(
        rf"\d{{1,2}}\.?\s*{_DE_MONTH}|\d{{1,2}}\.\d{{1,2}}\.|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
        r"|kw \d{1,2}|januar|februar|juni|juli|oktober|dezember|nachste\w* (?:woche|monat|jahr|quartal)"
        r"|\d+[- ](?:tag|woche|monat|jahr|platz|platze|nutzer|lizenz|fahrzeug)\w*"
    ),
    money=r"preis\w*|kosten|rabatt|nachlass|\d+ ?euro|\d+\s?(?:tsd|mio)",
    chatter=(
        r"hallo|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte\w*|danke|vielen dank|(?:viele|beste|liebe) grusse"
        r"|mit freundlichen|mfg|lg|vg|gruss|am .{5,60} schrieb"
    ),
)

FRENCH: Final = NoteWords(
    decision=(
        r"decid\w+|decision|comite|conseil d'administration|direction|sign(?:e|er|es|ent|ature)|valid\w+|budget|achats"
        r"|juridique|contrat|appel d'offres"
    ),
    wish=(
        r"veut|veulent|voudrai\w*|souhait\w+|demand\w+|(?:a|ont) besoin|prefer\w+|attend\w*|exige\w*|doit|doivent"
        r"|esper\w+|cherche\w*|interessee?s? par"
    ),
    limit=(
        r"ne peu\w+ pas|peu(?:t|vent) pas|pas avant|pas de \w+ avant|avant (?:le|la|fin)|jusqu'\w+|sauf si|seulement si"
        r"|date limite|delai|au plus tard"
    ),
    date=(
        rf"\d{{1,2}}(?:er)?\s+{_FR_MONTH}|\d{{1,2}}/\d{{1,2}}|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|[tq][1-4]"
        r"|janvier|fevrier|avril|juin|juillet|octobre|decembre|(?:semaine|mois|annee) prochaine?"
        r"|\d+ (?:jour|semaine|mois|an|poste|utilisateur|licence|vehicule)s?"
    ),
    money=r"prix|cout\w*|remise|tarif\w*|\d+ ?euros",
    chatter=(r"bonjour|bonsoir|cher|chere|merci|cordialement|bien a vous|bonne journee|salutations|le .{5,60} a ecrit"),
)

SPANISH: Final = NoteWords(
    decision=(
        r"decid\w+|decision|consejo|comite|direccion|firm(?:a|an|ar|aran|o|aron)|aprob\w+|aprueb\w+|presupuesto|compras"
        r"|juridico|legal|contrato|licitacion|concurso"
    ),
    wish=(
        r"quier\w+|querria\w*|necesit\w+|pide\w*|pidio|pidieron|prefier\w+|espera\w*|exig\w+|debe\w*|busca\w*|desea\w*"
        r"|le gustaria|interesad[oa]s? en"
    ),
    limit=(
        r"no puede\w*|no antes|sin \w+ (?:antes|hasta)|antes de\w*|hasta|salvo que|solo si|fecha limite|plazo"
        r"|a mas tardar"
    ),
    date=(
        rf"\d{{1,2}} (?:de )?{_ES_MONTH}|\d{{1,2}}/\d{{1,2}}|lunes|martes|miercoles|jueves|viernes|sabado|domingo"
        r"|[tq][1-4]|enero|febrero|abril|junio|julio|octubre|diciembre|(?:semana|mes|ano) que viene"
        r"|proxim[oa] (?:semana|mes|ano)|\d+ (?:dia|semana|mes|ano|puesto|usuario|licencia|vehiculo)\w*"
    ),
    money=r"precio\w*|coste\w*|descuento|tarifa\w*|\d+ ?euros",
    chatter=(
        r"hola|buenos dias|buenas (?:tardes|noches)|estimad[oa]|gracias|muchas gracias|(?:un )?saludos?|atentamente"
        r"|el .{5,60} escribio"
    ),
)

LANGUAGES: Final = {"de": GERMAN, "fr": FRENCH, "es": SPANISH}
