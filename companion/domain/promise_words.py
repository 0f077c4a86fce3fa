"""How promises sound in German, French and Spanish: who writes promises, others promise us, and what is owed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple


class PromiseWords(NamedTuple):
    """One language's alternatives over text without accents and capitals.

    `first`: the writer promises. `third`: somebody promises us. `none`: nobody promises anything. `giving`: verbs of
    what is owed, anywhere in a next step.
    """

    first: str
    third: str
    none: str
    giving: str


_SPOKEN: Final = {
    "de": PromiseWords(
        first=(
            r"(?:ich|wir) (?:werde\w* |kann |konnen )?(?:schick\w+|send\w+|mail\w+|melde\w*|reich\w+|lass\w+|bring\w+"
            r"|erstell\w+|klar\w+|pruf\w+|besorg\w+|liefer\w+|bereit\w+|ruf\w+|leit\w+|stell\w+|ubersend\w+)"
            r"|(?:schicke|sende|maile|melde|reiche|lasse|bringe|klare|rufe|leite) (?:ich|ihnen|dir|euch|mich)"
            r"|(?:schicken|senden|melden) wir|(?:sie|du) (?:bekommen|erhalten|bekommst) (?:von (?:mir|uns) )?"
        ),
        third=(
            r"(?:er|sie|{names}) (?:schickt|sendet|meldet|liefert|reicht|bringt|klart|gibt|unterschreibt|ruft)\b"
            r"|(?:hat|haben) (?:uns|mir) \w+ ?\w* ?(?:zugesagt|versprochen)|schickt (?:uns|mir)"
            r"|sagt (?:uns|mir) bescheid"
        ),
        none=r"nicht|kein\w*|nie|niemand|wenn (?:ich|wir|er|sie)|falls",
        giving=(
            r"schicken|senden|zusenden|zuschicken|nachreichen|liefern|vorbereiten|beantworten|antworten|bestatigen"
            r"|erstellen|weiterleiten|schreiben|anbieten|schick\w*|sende"
        ),
    ),
    "fr": PromiseWords(
        first=(
            r"(?:je|on|nous) (?:vais |allons |va )?(?:vous |te |t'|lui |leur |le |la |les )*(?:enverr\w+|envoi\w+"
            r"|envoy\w+|transm\w+|rappell\w+|rappel\w+|revien\w+|reviendr\w+|prepar\w+"
            r"|confirm\w+|fais|ferai|ferons|donn\w+|appell\w+)"
            r"|j'(?:envoie|enverrai|appelle|appellerai)"
        ),
        third=(
            r"(?:il|elle|ils|elles|{names}) (?:va |vont |doit |nous |me |m')+(?:\w+ )?(?:envoyer|envoie|rappeler"
            r"|rappelle|transmettre|confirmer|confirme|renvoyer|signer)|(?:a|ont) promis"
        ),
        none=r"pas|jamais|aucun\w*|personne|si (?:je|nous|il|elle|on)",
        giving=r"envoyer|envoie\w*|transmettre|preparer|repondre|confirmer|fournir|livrer|rediger|proposer|ecrire",
    ),
    "es": PromiseWords(
        first=(
            r"(?:te|le|les|os|se lo|se la) (?:voy a )?(?:envi\w+|mand\w+|llam\w+|pas\w+|confirm\w+|prepar\w+|digo|dire)"
            r"|(?:enviare|enviaremos|mandare|mandaremos|llamare|llamaremos|confirmare|confirmaremos|preparare)"
            r"|(?:voy|vamos) a (?:enviar|mandar|llamar|preparar|confirmar|pasar)\w*"
        ),
        third=(
            r"(?:el|ella|ellos|{names}) (?:nos |me )(?:envia|manda|llama|confirma|enviara|mandara|llamara"
            r"|confirmara)\w*"
            r"|(?:nos|me) (?:enviara|mandara|llamara|confirmara)n?|(?:ha|han) prometido|prometio|prometieron"
        ),
        none=r"no|nunca|nadie|si (?:yo|nosotros|ellos)",
        giving=r"enviar\w*|mandar\w*|preparar|responder|contestar|confirmar|entregar|escribir|ofrecer|reenviar|envio",
    ),
}
_GIVING: Final = ("send", "share", "prepare", "answer", "get back", "forward", "provide", "write", "quote", "offer")


@lru_cache(maxsize=8)
def spoken_by(language: str) -> PromiseWords | None:
    """The words of a language by its two letters; None for English, whose sentences are looked at more closely."""
    return _SPOKEN.get(language)


def gives(step: str, language: str) -> bool:
    """Whether a next step, without accents and capitals, is something that the rep owes: 'send revised quote'."""
    words = _SPOKEN.get(language)
    if step.startswith((*_GIVING, "confirm")):
        return True
    return words is not None and re.search(rf"(?<!\w)(?:{words.giving})(?!\w)", step) is not None
