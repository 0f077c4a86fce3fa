"""Whose records a pull reads, as search domains."""

from __future__ import annotations

from companion.connectors.base import Scope
from companion.connectors.odoo.session import Domain, Session


def _either(*conditions: Domain) -> Domain:
    """Any one of the conditions, in Odoo's prefix notation."""
    return ["|"] * (len(conditions) - 1) + list(conditions)


def people(session: Session, scope: Scope) -> Domain:
    """Contacts that are mine, or that stand in a deal of mine: in Odoo most contacts belong to nobody."""
    me = _me(scope)
    deals: list[Domain] = [["opportunity_ids.user_id", "=", me]] if _has_deals(session) else []
    return _either(["user_id", "=", me], *deals) if me is not None else []


def companies(session: Session, scope: Scope) -> Domain:
    """Companies that are mine, or where I have a contact or a deal."""
    me = _me(scope)
    if me is None:
        return []
    ways = ["opportunity_ids.user_id", "child_ids.opportunity_ids.user_id"] if _has_deals(session) else []
    return _either(*([way, "=", me] for way in ("user_id", "child_ids.user_id", *ways)))


def partners(session: Session, scope: Scope) -> Domain:
    """Both."""
    return [] if _me(scope) is None else ["|", *people(session, scope), *companies(session, scope)]


def leads(_: Session, scope: Scope) -> Domain:
    """Leads and opportunities that are mine."""
    me = _me(scope)
    return [] if me is None else [["user_id", "=", me]]


def meetings(session: Session, scope: Scope) -> Domain:
    """Meetings that I hold or take part in."""
    me = _me(scope)
    return [] if me is None else _either(["user_id", "=", me], ["partner_ids", "in", [session.me.partner]])


def entered(session: Session, since: str) -> Domain:
    """Partners that may have come into somebody's scope: their deal changed, which does not touch themselves."""
    ways = ["opportunity_ids.write_date", "child_ids.opportunity_ids.write_date"] if _has_deals(session) else []
    return _either(*([way, ">=", since] for way in ("write_date", *ways)))


def _me(scope: Scope) -> int | None:
    return None if scope.user_id is None else int(scope.user_id)


def _has_deals(session: Session) -> bool:
    """Whether a search may go through deals: to those who may not read them, Odoo refuses even that."""
    return "opportunity_ids" in session.fields("res.partner") and session.readable("crm.lead")
