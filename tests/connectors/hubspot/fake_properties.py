"""The properties that a new account of HubSpot has, as far as they matter here, and what values they take."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from companion.connectors.hubspot.outcomes import SHIPPED

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 65_536


@dataclass
class Property:
    """One property. `kind` is HubSpot's type; `options` are words by value, in order."""

    name: str
    kind: str = "string"
    label: str = ""
    options: dict[str, str] = field(default_factory=dict)
    read_only: bool = False
    calculated: bool = False
    unique: bool = False
    shipped: bool = True
    hidden_options: set[str] = field(default_factory=set)
    group: str = "information"

    @property
    def row(self) -> dict[str, Any]:
        fields = {"string": "text", "number": "number", "date": "date", "datetime": "date", "enumeration": "select"}
        options = [
            {"value": value, "label": label, "hidden": value in self.hidden_options, "displayOrder": place}
            for place, (value, label) in enumerate(self.options.items())
        ]
        return {
            "name": self.name, "label": self.label or self.name.replace("_", " ").capitalize(), "type": self.kind,
            "fieldType": fields.get(self.kind, "booleancheckbox"), "description": "", "groupName": self.group,
            "options": options, "hasUniqueValue": self.unique, "calculated": self.calculated, "hidden": False,
            "hubspotDefined": self.shipped, "externalOptions": False, "formField": True, "archived": False,
            "modificationMetadata": {
                "archivable": not self.shipped, "readOnlyDefinition": self.shipped, "readOnlyValue": self.read_only,
            },
        }  # fmt: skip


def properties_of(name: str) -> dict[str, Property]:
    """The properties of a type in a new account, by name."""
    told = (*_COMMON, *_OF.get(name, ()))
    return {each.name: each for each in (_copied(one) for one in told)}


def iso(at: float) -> str:
    """Seconds since 1970 as HubSpot tells them."""
    return f"{EPOCH + timedelta(milliseconds=round(at * 1000)):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def millis(text: str) -> int:
    """Milliseconds since 1970 of a moment as HubSpot takes it: ISO 8601, or the number itself."""
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return round((datetime.fromisoformat(text) - EPOCH) / timedelta(milliseconds=1))


def stored(known: Property, value: object) -> str | None:
    """The value as HubSpot keeps it. Raises ValueError with its words and its code."""
    text = "" if value is None else str(value)
    if text == "":
        return None
    if len(text) > LONGEST:
        raise ValueError(f"{known.name} is too long", "PROPERTY_VALUE_TOO_LONG")
    if known.kind == "enumeration" and known.name != "hs_timezone":
        if any(part not in known.options for part in text.split(";")):
            raise ValueError(f"{text} was not one of the allowed options", "INVALID_OPTION")
    elif known.kind == "number":
        try:
            float(text)
        except ValueError:
            raise ValueError(f"{text} was not a valid number.", "INVALID_NUMBER") from None
    elif known.kind == "datetime":
        try:
            return iso(millis(text) / 1000)
        except (ValueError, TypeError, OverflowError):
            raise ValueError(f"{text} was not a valid long.", "INVALID_LONG") from None
    elif known.kind == "date":
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError(f"{text} is not a date", "INVALID_DATE")
    elif known.name == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise ValueError(f"Email address {text} is invalid", "INVALID_EMAIL")
    return text


def words_of(faults: list[dict[str, Any]]) -> str:
    """How HubSpot tells what was wrong: a list as JSON within a sentence."""
    return f"Property values were not valid: {json.dumps(faults)}"


def _copied(one: Property) -> Property:
    return Property(
        one.name, one.kind, one.label, dict(one.options), one.read_only, one.calculated, one.unique, one.shipped
    )


def _texts(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name) for name in names)


def _moments(*names: str, fixed: bool = False) -> tuple[Property, ...]:
    return tuple(Property(name, "datetime", read_only=fixed) for name in names)


def _numbers(*names: str, fixed: bool = False) -> tuple[Property, ...]:
    return tuple(Property(name, "number", read_only=fixed) for name in names)


def _choice(name: str, fixed: bool = False, **options: str) -> Property:
    return Property(name, "enumeration", options=options, read_only=fixed)


_SOURCES = {"ORGANIC_SEARCH": "Organic search", "EMAIL_MARKETING": "Email marketing", "OFFLINE": "Offline sources"}
_COMMON = (
    Property("hs_object_id", "number", "Record ID", read_only=True, unique=True),
    *_moments("hs_lastmodifieddate", "hubspot_owner_assigneddate", fixed=True),
    *_texts("hubspot_owner_id"),
    Property("hs_updated_by_user_id", "number", read_only=True),
)
_MERGED = Property("hs_merged_object_ids", read_only=True)
_CREATED = Property("createdate", "datetime", "Create date", read_only=True)
_OF: dict[str, tuple[Property, ...]] = {
    "companies": (
        _CREATED, _MERGED, *_texts("name", "domain", "phone", "website", "city", "country", "state", "zip", "address"),
        _choice("industry", COMPUTER_SOFTWARE="Computer Software", MACHINERY="Machinery"),
    ),
    "contacts": (
        _CREATED, _MERGED, Property("lastmodifieddate", "datetime", read_only=True),
        *_texts("firstname", "lastname", "jobtitle", "phone", "mobilephone", "city", "company"),
        Property("email", label="Email", unique=True),
        _choice("hs_timezone"),
        _choice("lifecyclestage", lead="Lead", opportunity="Opportunity", customer="Customer"),
        _choice("hs_buying_role", DECISION_MAKER="Decision maker", CHAMPION="Champion", INFLUENCER="Influencer"),
        Property("hs_email_optout", "bool"),
        Property("hs_analytics_source", "enumeration", options=_SOURCES, read_only=True),
        *(Property(name, read_only=True) for name in (
            "hs_analytics_source_data_1", "hs_analytics_last_url", "hs_email_last_email_name",
            "recent_conversion_event_name",
        )),
        *_moments(
            "hs_email_last_send_date", "hs_email_last_open_date", "hs_email_last_click_date",
            "hs_email_last_reply_date", "recent_conversion_date", "hs_analytics_last_timestamp", fixed=True,
        ),
        *_numbers(
            "hs_email_delivered", "hs_email_open", "hs_email_click", "hs_email_replied", "num_conversion_events",
            "hs_analytics_num_page_views", fixed=True,
        ),
    ),
    "deals": (
        _CREATED, _MERGED, *_texts("dealname", "closed_lost_reason", "closed_won_reason", "description"),
        *_numbers("amount"), *_moments("closedate"),
        _choice("deal_currency_code", EUR="Euro", USD="US dollar"),
        Property("dealstage", "string"), Property("pipeline", "string"),
        Property("hs_analytics_source", "enumeration", options=_SOURCES, read_only=True),
        Property("hs_deal_stage_probability", "number", read_only=True, calculated=True),
        Property("hs_v2_date_entered_current_stage", "datetime", read_only=True, calculated=True),
    ),
    "leads": (
        *_texts("hs_lead_name", "hs_pipeline", "hs_pipeline_stage"), *_moments("hs_createdate", fixed=True),
        _choice("hs_lead_label", HOT="Hot", WARM="Warm", COLD="Cold"),
        _choice("hs_lead_type", NEW_BUSINESS="New business"),
        Property("hs_lead_source", "enumeration", options=_SOURCES, read_only=True),
        _choice("hs_lead_disqualification_reason", NOT_A_GOOD_FIT="Not a good fit", NO_RESPONSE="No response"),
        *(Property(name, "bool", read_only=True) for name in ("hs_lead_is_qualified", "hs_lead_is_disqualified")),
        Property("hs_v2_date_entered_current_stage", "datetime", read_only=True, calculated=True),
    ),
    "calls": (
        *_moments("hs_timestamp"), *_moments("hs_createdate", fixed=True),
        *_texts("hs_call_title", "hs_call_body", "hs_call_to_number"), *_numbers("hs_call_duration"),
        Property("hs_call_disposition", "enumeration", options={
            SHIPPED[code]: label for code, label in (
                ("busy", "Busy"), ("connected", "Connected"), ("left_message", "Left live message"),
                ("voicemail", "Left voicemail"), ("no_answer", "No answer"), ("wrong_number", "Wrong number"),
            )
        }),
        _choice("hs_call_direction", INBOUND="Inbound", OUTBOUND="Outbound"),
        _choice("hs_call_status", COMPLETED="Completed", SCHEDULED="Scheduled", QUEUED="Queued"),
    ),
    "meetings": (
        *_moments("hs_timestamp", "hs_meeting_start_time", "hs_meeting_end_time"),
        *_moments("hs_createdate", fixed=True),
        *_texts("hs_meeting_title", "hs_meeting_body", "hs_meeting_location"),
        _choice("hs_meeting_outcome", SCHEDULED="Scheduled", COMPLETED="Completed", RESCHEDULED="Rescheduled",
                NO_SHOW="No show", CANCELED="Canceled"),
    ),
    "emails": (
        *_moments("hs_timestamp"), *_moments("hs_createdate", fixed=True),
        *_texts("hs_email_subject", "hs_email_text", "hs_email_html"),
        _choice("hs_email_direction", EMAIL="Email", INCOMING_EMAIL="Incoming email", FORWARDED_EMAIL="Forwarded"),
        _choice("hs_email_status", SENT="Sent", FAILED="Failed", BOUNCED="Bounced"),
    ),
    "notes": (*_moments("hs_timestamp"), *_moments("hs_createdate", fixed=True), *_texts("hs_note_body")),
    "tasks": (
        *_moments("hs_timestamp"), *_moments("hs_createdate", "hs_task_completion_date", fixed=True),
        *_texts("hs_task_subject", "hs_task_body"),
        _choice("hs_task_status", NOT_STARTED="Not started", IN_PROGRESS="In progress", COMPLETED="Completed"),
        _choice("hs_task_type", TODO="To-do", CALL="Call", EMAIL="Email"),
    ),
}  # fmt: skip
