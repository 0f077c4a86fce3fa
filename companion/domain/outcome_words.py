"""What reps say for the log buttons that every team begins with, in four languages: "no contesta", "nicht erreicht"."""

from __future__ import annotations

from typing import Final

_SAID: Final[dict[str, dict[str, str]]] = {
    "no_answer": {
        "en": "na, no reply, not there, didn't answer, didnt answer, no pickup, didn't pick up, not reached, not in",
        "de": (
            "nicht erreicht, keine Antwort, niemand da, geht nicht ran, ging nicht ran, nicht rangegangen, nicht da,"
            " nicht abgenommen, hebt nicht ab, keiner da, n.e."
        ),
        "fr": (
            "pas de réponse, sans réponse, ne répond pas, pas répondu, n'a pas répondu, pas joint, injoignable, absent,"
            " absente, personne, pas joignable, ne décroche pas"
        ),
        "es": (
            "no contesta, no contestó, sin respuesta, no responde, no respondió, no está, no coge, no lo coge,"
            " no coge el teléfono, ilocalizable"
        ),
    },
    "voicemail": {
        "en": "vm, left voicemail, left a voicemail, left vm, left message, left a message",
        "de": "Mailbox, AB, Anrufbeantworter, auf Mailbox, auf AB, auf die Mailbox gesprochen, Sprachnachricht",
        "fr": "répondeur, messagerie, message vocal, laissé message, laissé un message, boîte vocale, message laissé",
        "es": "buzón, buzón de voz, contestador, dejé mensaje, dejé un mensaje, mensaje de voz, mensaje en el buzón",
    },
    "connected": {
        "en": "spoke, talked, called, reached, spoke with, spoke to, talked to",
        "de": "erreicht, gesprochen, telefoniert, angerufen, am Telefon, Telefonat",
        "fr": "joint, jointe, parlé, appelé, eu au téléphone, au téléphone, échangé, eu en ligne, eue au téléphone",
        "es": "contactado, hablé, hablado, hablamos, llamé, contestó, contactada, localizado, atendió, al teléfono",
    },
    "emailed": {
        "en": "email, mailed, mail, wrote, sent email, sent mail",
        "de": "gemailt, Mail geschickt, E-Mail geschickt, geschrieben, Mail, E-Mail, per Mail, angeschrieben",
        "fr": "mail envoyé, email envoyé, écrit, envoyé mail, envoyé un mail, mail, e-mail, courriel",
        "es": "correo, correo enviado, escribí, envié correo, envié un correo, mail, email, mandé correo, mandé mail",
    },
    "met": {
        "en": "meeting, visited, saw",
        "de": "getroffen, besucht, Termin gehabt, Treffen, Besuch, vor Ort",
        "fr": "vu, vue, rencontré, rencontrée, visite, rdv fait, visité, en rdv",
        "es": "vi a, visité, reunido, reunida, visita, reunión, nos reunimos, nos vimos",
    },
    "note": {"en": "remember", "de": "Notiz, merken", "fr": "note, à noter", "es": "nota, apuntar"},
}


def wordings(button: str, language: str) -> tuple[str, ...]:
    """What is said for a button, by its code: in that language (two letters) and in English; () for a team's own."""
    said = _SAID.get(button, {})
    both = [said.get("en", ""), said.get(language, "") if language != "en" else ""]
    return tuple(dict.fromkeys(each.strip() for text in both for each in text.split(",") if each.strip()))
