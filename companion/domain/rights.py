"""What is open to a rep in the CRM, in words: each kind that she works with, and what it means where it is less."""

from __future__ import annotations

from companion.domain.finding import Finding
from companion.domain.language import tr
from companion.domain.records import Kind
from companion.domain.trial import Right

WORKED_WITH = (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY, Kind.ENGAGEMENT)
"""The kinds of which a rep hears, in the order of telling."""


def kind_words(kind: Kind) -> str:
    """'Companies', and so on."""
    return {
        Kind.COMPANY: tr("Companies"),
        Kind.PERSON: tr("People"),
        Kind.DEAL: tr("Deals"),
        Kind.ACTIVITY: tr("Calls, emails, meetings, notes and tasks"),
        Kind.ENGAGEMENT: tr("Marketing touches"),
    }[kind]


def right_words(right: Right) -> str:
    """'Read and write', and so on."""
    return {
        Right.WRITE: tr("Read and write"),
        Right.READ: tr("Read only"),
        Right.NONE: tr("Not open to you"),
    }[right]


def right_finding(kind: Kind, right: Right) -> Finding:
    """Whether a right is enough to work with, and what is lost where it is not. Nobody writes marketing touches."""
    if kind is Kind.ENGAGEMENT or right is Right.WRITE:
        return Finding(True, kind_words(kind))
    if right is Right.READ:
        return Finding(False, kind_words(kind), tr("What you change here would be refused there."))
    return Finding(False, kind_words(kind), tr("You work without them. Ask your administrator for the right."))
