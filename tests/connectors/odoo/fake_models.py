"""The models of the fake Odoo: their fields with Odoo's types, what points where, and what a new record begins with."""

from __future__ import annotations

from typing import Any, Final


def _fields(**kinds: str) -> dict[str, str]:
    found = {
        "id": "integer",
        "create_uid": "many2one",
        "write_uid": "many2one",
        "create_date": "datetime",
        "write_date": "datetime",
    }
    return found | {name: kind for kind, names in kinds.items() for name in names.split()}


TYPES: Final[dict[str, dict[str, str]]] = {
    "res.users": _fields(char="name login email lang", boolean="active share", many2one="partner_id company_id"),
    "res.company": _fields(char="name", many2one="partner_id currency_id"),
    "res.currency": _fields(char="name"),
    "res.country": _fields(char="name"),
    "res.partner.industry": _fields(char="name"),
    "res.partner.category": _fields(char="name"),
    "res.partner": _fields(
        char="name email phone function street zip city website type tz email_normalized",
        boolean="is_company active is_blacklisted",
        many2one="parent_id commercial_partner_id user_id country_id industry_id",
        many2many="category_id",
        one2many="opportunity_ids child_ids",
    ),
    "crm.tag": _fields(char="name"),
    "crm.stage": _fields(char="name", integer="sequence", boolean="is_won"),
    "crm.team": _fields(char="name"),
    "crm.lost.reason": _fields(char="name", boolean="active"),
    "crm.lead": _fields(
        char="name contact_name partner_name email_from phone function city",
        html="description",
        selection="type won_status",
        boolean="active",
        float="probability",
        monetary="expected_revenue",
        date="date_deadline",
        datetime="date_last_stage_update date_closed date_open",
        many2one="partner_id company_currency stage_id team_id user_id lost_reason_id source_id medium_id campaign_id",
        many2many="tag_ids",
    ),
    "mail.activity.type": _fields(char="name category icon", boolean="active", integer="sequence"),
    "mail.activity": _fields(
        char="res_model summary",
        text="feedback",
        html="note",
        boolean="active",
        date="date_deadline date_done",
        many2one="activity_type_id user_id res_model_id calendar_event_id",
        many2one_reference="res_id",
    ),
    "mail.message": _fields(
        char="model message_type subject email_from message_id",
        html="body",
        datetime="date",
        many2one="subtype_id mail_activity_type_id author_id",
        many2one_reference="res_id",
        many2many="partner_ids notified_partner_ids attachment_ids",
    ),
    "calendar.event": _fields(
        char="name location privacy",
        html="description",
        datetime="start stop",
        boolean="allday active",
        many2one="opportunity_id user_id",
        many2many="partner_ids",
    ),
}
MODELS: Final = tuple(TYPES)

ONE: Final[dict[tuple[str, str], str]] = {
    ("res.users", "partner_id"): "res.partner",
    ("res.users", "company_id"): "res.company",
    ("res.company", "partner_id"): "res.partner",
    ("res.company", "currency_id"): "res.currency",
    ("res.partner", "parent_id"): "res.partner",
    ("res.partner", "commercial_partner_id"): "res.partner",
    ("res.partner", "country_id"): "res.country",
    ("res.partner", "industry_id"): "res.partner.industry",
    ("crm.lead", "partner_id"): "res.partner",
    ("crm.lead", "company_currency"): "res.currency",
    ("crm.lead", "stage_id"): "crm.stage",
    ("crm.lead", "team_id"): "crm.team",
    ("crm.lead", "lost_reason_id"): "crm.lost.reason",
    ("mail.activity", "activity_type_id"): "mail.activity.type",
    ("mail.message", "mail_activity_type_id"): "mail.activity.type",
    ("mail.message", "author_id"): "res.partner",
    ("calendar.event", "opportunity_id"): "crm.lead",
} | {(model, "user_id"): "res.users" for model, fields in TYPES.items() if "user_id" in fields} | {
    (model, each): "res.users" for model in TYPES for each in ("create_uid", "write_uid")
}  # fmt: skip

REVERSE: Final[dict[str, tuple[str, str]]] = {
    "opportunity_ids": ("crm.lead", "partner_id"),
    "child_ids": ("res.partner", "parent_id"),
}

NAMED_BY: Final = {"mail.activity": "summary"}

DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "res.partner": {"active": True, "is_company": False, "type": "contact"},
    "crm.lead": {
        "active": True, "type": "opportunity", "stage_id": 1, "probability": 10.0, "won_status": "pending",
        "expected_revenue": 0.0, "company_currency": 1,
    },
    "mail.activity": {"active": True},
    "mail.message": {"message_type": "comment"},
    "calendar.event": {"active": True},
}  # fmt: skip
