"""What our kinds and fields are called on the page of fields, and how often one of the CRM's is filled."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from companion.domain.field_map import CrmField
from companion.domain.records import Kind


def _tr(text: str) -> str:
    return QCoreApplication.translate("Fields", text)


def kind(of: Kind) -> str:
    """The kind as a heading."""
    names = {
        Kind.DEAL: _tr("Deals"),
        Kind.PERSON: _tr("People"),
        Kind.COMPANY: _tr("Companies"),
        Kind.ACTIVITY: _tr("Calls and meetings"),
    }
    return names[of]


def field(name: str) -> str:
    """One of our fields."""
    names = {
        "amount": _tr("Amount"),
        "close_on": _tr("Close date"),
        "lost_note": _tr("Note on the loss"),
        "contract_ends_on": _tr("Contract ends"),
        "trial_ends_on": _tr("Trial ends"),
        "source": _tr("Source"),
        "medium": _tr("Medium"),
        "campaign": _tr("Campaign"),
        "role": _tr("Role"),
        "phone": _tr("Phone"),
        "mobile": _tr("Mobile"),
        "email": _tr("Email"),
        "city": _tr("City"),
        "time_zone": _tr("Time zone"),
        "best_time": _tr("Best time"),
        "journey": _tr("Journey"),
        "consent": _tr("Consent to marketing"),
        "buying_role": _tr("Buying role"),
        "website": _tr("Website"),
        "country": _tr("Country"),
        "industry": _tr("Industry"),
        "outcome": _tr("Outcome of a call"),
        "duration_s": _tr("Duration"),
        "promise": _tr("Promise"),
    }
    return names[name]


def how_filled(of: CrmField) -> str:
    """'filled in 62 %'; '' where nobody counted."""
    if of.filled is None:
        return ""
    return _tr("filled in %1 %").replace("%1", str(round(of.filled * 100)))


def where_filled(of: CrmField) -> str:
    """'Filled in 62 % of deals', or the kind alone."""
    if of.filled is None:
        return kind(of.kind)
    said = {
        Kind.DEAL: _tr("Filled in %1 % of deals"),
        Kind.PERSON: _tr("Filled in %1 % of people"),
        Kind.COMPANY: _tr("Filled in %1 % of companies"),
        Kind.ACTIVITY: _tr("Filled in %1 % of calls and meetings"),
    }
    return said[of.kind].replace("%1", str(round(of.filled * 100)))
