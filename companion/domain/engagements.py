"""An engagement in words: what marketing sent, and what the person opened, read, filled in or attended."""

from __future__ import annotations

from typing import Final

from companion.domain.language import in_english, sentence, tr


def words_of(what: str, subject: str | None) -> str:
    """What the person or marketing did, as one sentence without a full stop: 'Read the pricing page'."""
    named = subject or ""
    plain = _PLAIN.get(what, "")
    if named.split(" ", 1)[0].lower() in _VERBS or not plain:
        return named or tr("Something from marketing")
    return tr(plain, what=with_article(named)).rstrip()


_PLAIN: Final = {
    "email_sent": sentence("Was sent {what}"),
    "email_opened": sentence("Opened {what}"),
    "email_clicked": sentence("Followed a link in {what}"),
    "page_read": sentence("Read {what}"),
    "form": sentence("Filled in {what}"),
    "webinar": sentence("Attended {what}"),
    "quote_opened": sentence("Opened your quote {what}"),
    "campaign": sentence("Is part of {what}"),
    "reply": sentence("Replied to {what}"),
}
_VERBS = frozenset(
    "read asked opened clicked attended joined filled downloaded replied requested registered signed visited "
    "watched subscribed started was followed received booked".split()
)


def with_article(named: str) -> str:
    """'Pricing page' as it stands in an English sentence: 'the pricing page'; as it is in other languages."""
    if not in_english():
        return named
    first = named.split(" ", 1)[0]
    if not named or first.lower() in ("the", "a", "an", "our", "your", "their") or not named.isascii() or '"' in named:
        return named
    if first[1:].islower() and " " in named and not named.istitle():
        return f"the {named[0].lower()}{named[1:]}"
    return named
