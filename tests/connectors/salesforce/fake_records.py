"""The org in memory: its rows, what it refuses, and what it works out by itself."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from tests.connectors.salesforce.fake_asked import Asked, Refused, Row
from tests.connectors.salesforce.fake_schema import (
    LEAD_STATUSES,
    STAGES,
    TASK_STATUSES,
    Field,
    objects,
    owner_of,
    prefix,
)


def iso(seconds: float) -> str:
    """An instant as Salesforce writes it."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%S}.000+0000"


@dataclass
class Org(Asked):
    """Objects, rows, rules. `clock` is in seconds since 1970; `user` is who acts now."""

    clock: Callable[[], float]
    sandbox: bool = False
    objects: dict[str, dict[str, Field]] = field(default_factory=objects)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    user: str = ""
    hidden: set[str] = field(default_factory=set)
    rules: list[Callable[[str, Row, Row], None]] = field(default_factory=list)
    unseen: set[str] = field(default_factory=set)
    notes_stripped: bool = True

    def __post_init__(self) -> None:
        self._last = 0
        self.rows = {owner: {} for owner in self.objects}
        self.org_id = f"00D{'S' if self.sandbox else 'P'}00000000001AAA"
        for label, percent, closed, won in STAGES:
            order = len(self.rows["OpportunityStage"]) + 1
            self.put("OpportunityStage", ApiName=label, MasterLabel=label, SortOrder=order, IsActive=True,
                     IsClosed=closed, IsWon=won, DefaultProbability=percent)  # fmt: skip
        for number, (label, converted) in enumerate(LEAD_STATUSES, 1):
            self.put("LeadStatus", ApiName=label, MasterLabel=label, SortOrder=number, IsConverted=converted,
                     IsDefault=number == 1)  # fmt: skip
        for number, (label, closed) in enumerate(TASK_STATUSES, 1):
            self.put("TaskStatus", ApiName=label, MasterLabel=label, SortOrder=number, IsClosed=closed,
                     IsDefault=number == 1)  # fmt: skip
        self.rows["Organization"][self.org_id] = {
            "Id": self.org_id, "Name": "Acme Inc", "OrganizationType": "Enterprise Edition", "IsDeleted": False,
            "IsSandbox": self.sandbox, "InstanceName": "EU42", "DefaultCurrencyIsoCode": "EUR",
            "DefaultLocaleSidKey": "en_IE",
        }  # fmt: skip

    # Writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def put(self, owner: str, **values: Any) -> str:
        """Makes a row past all rules, as an administrator's import does."""
        row = self._blank(owner)
        row.update(values)
        self._derive(owner, row, {})
        self.rows[owner][row["Id"]] = row
        return str(row["Id"])

    def create(self, owner: str, values: Mapping[str, Any]) -> str:
        """Makes a row by the rules."""
        fields = self.fields(owner)
        self._writable(owner, values, "createable")
        row = self._blank(owner)
        row.update(self._coerced(fields, values))
        self._default(owner, row)
        missing = [name for name, known in fields.items() if "required" in known.words and row.get(name) in (None, "")]
        if missing:
            raise Refused(
                400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing
            )
        self._validate(owner, row, {})
        self._derive(owner, row, {})
        self.rows[owner][row["Id"]] = row
        self._after(owner, row)
        return str(row["Id"])

    def update(self, owner: str, remote_id: str, values: Mapping[str, Any]) -> None:
        """Changes a row by the rules."""
        fields = self.fields(owner)
        row = self.rows[owner].get(remote_id)
        if row is None or remote_id in self.unseen:
            raise Refused(
                404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + remote_id
            )
        if row["IsDeleted"]:
            raise Refused(404, "ENTITY_IS_DELETED", "entity is deleted")
        self._writable(owner, values, "updateable")
        before = dict(row)
        after = {**row, **self._coerced(fields, values)}
        empty = [n for n in values if "required" in fields[n].words and after.get(n) in (None, "")]
        if empty:
            raise Refused(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(empty)}]", empty)
        self._validate(owner, after, before)
        self._derive(owner, after, before)
        row.update(after)
        self.touch(row)
        if owner == "OpportunityContactRole":
            self._after(owner, row)

    def delete(self, owner: str, remote_id: str) -> None:
        """Puts a row into the recycle bin, and what hangs on it."""
        row = self.rows.get(owner, {}).get(remote_id)
        if row is None:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        if row["IsDeleted"]:
            raise Refused(404, "ENTITY_IS_DELETED", "entity is deleted")
        row["IsDeleted"] = True
        self.touch(row)
        for child, parent in _CASCADE.get(owner, ()):
            for each in list(self.rows[child].values()):
                if each.get(parent) == remote_id and not each["IsDeleted"]:
                    self.delete(child, each["Id"])

    def touch(self, row: Row) -> None:
        """Stamps a row."""
        row["SystemModstamp"] = row["LastModifiedDate"] = iso(self.clock())
        row["LastModifiedById"] = self.user or None

    def _blank(self, owner: str) -> Row:
        self._last += 1
        now = iso(self.clock())
        row: Row = dict.fromkeys(self.objects[owner])
        row.update({name: False for name, known in self.objects[owner].items() if known.type == "boolean"})
        row |= {"Id": f"{prefix(owner)}{self._last:012d}AAA", "IsDeleted": False, "CreatedById": self.user or None,
                "LastModifiedById": self.user or None, "CreatedDate": now, "LastModifiedDate": now,
                "SystemModstamp": now}  # fmt: skip
        return row

    def _writable(self, owner: str, values: Mapping[str, Any], how: str) -> None:
        fields = self.fields(owner)
        for name in values:
            if name not in fields:
                raise Refused(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {owner}")
            if not fields[name].told()[how]:
                raise Refused(
                    400,
                    "INVALID_FIELD_FOR_INSERT_UPDATE",
                    f"Unable to create/update fields: {name}. Please check the security settings of this field.",
                    [name],
                )

    def _coerced(self, fields: dict[str, Field], values: Mapping[str, Any]) -> Row:
        found: Row = {}
        for name, value in values.items():
            known = fields[name]
            if (
                isinstance(value, str)
                and known.length
                and known.type not in ("id", "reference")
                and len(value) > known.length
            ):
                raise Refused(
                    400,
                    "STRING_TOO_LONG",
                    f"{known.label}: data value too large: {value[:20]} (max length={known.length})",
                    [name],
                )
            if known.type == "date" and value is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
                raise Refused(
                    400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of date from VALUE_STRING value {value}"
                )
            if known.type == "datetime" and isinstance(value, str):
                value = iso(datetime.fromisoformat(value).timestamp())
            if (
                known.type == "reference"
                and value
                and (owner_of(str(value)) not in known.to or not self.there(str(value)))
            ):
                raise Refused(400, "INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {value}", [name])
            if isinstance(value, str) and known.type != "base64":
                value = value.replace("\0", "")
                if known.type != "textarea":
                    value = value.strip() or None
                value = value or None
            if isinstance(value, str) and known.type == "textarea":
                value = value.replace("\r\n", "\n").replace("\n", "\r\n")
            found[name] = value
        return found

    def there(self, remote_id: str) -> bool:
        """Whether a row lives."""
        row = self.rows.get(owner_of(remote_id) or "", {}).get(remote_id)
        return row is not None and not row["IsDeleted"]

    def _default(self, owner: str, row: Row) -> None:
        if "OwnerId" in self.objects[owner] and row.get("OwnerId") is None:
            row["OwnerId"] = self.user
        if owner == "Lead" and row.get("Status") is None:
            row["Status"] = LEAD_STATUSES[0][0]
        if owner == "Task":
            row["Status"] = row.get("Status") or "Not Started"
            row["Priority"] = row.get("Priority") or "Normal"
            row["TaskSubtype"] = row.get("TaskSubtype") or "Task"
        if owner == "Opportunity" and row.get("Probability") is None:
            row["Probability"] = next((percent for name, percent, *_ in STAGES if name == row.get("StageName")), None)
        if owner == "EmailMessage" and row.get("MessageDate") is None:
            row["MessageDate"] = row["CreatedDate"]

    def _validate(self, owner: str, row: Row, before: Row) -> None:
        for name, known in self.objects[owner].items():
            value = row.get(name)
            active = [each["value"] for each in known.choices if each["active"]]
            new = value is not None and value != before.get(name)
            if new and "restricted" in known.words and value not in active:
                words = f"{known.label}: bad value for restricted picklist field: {value}"
                raise Refused(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words, [name])
            if known.type == "email" and value and value != before.get(name) and "@" not in str(value):
                raise Refused(400, "INVALID_EMAIL_ADDRESS", f"{known.label}: invalid email address: {value}", [name])
        if owner == "Task" and owner_of(str(row.get("WhoId") or "")) == "Lead" and row.get("WhatId"):
            raise Refused(
                400,
                "FIELD_INTEGRITY_EXCEPTION",
                "Related To ID: Leads cannot be associated with other objects",
                ["WhatId"],
            )
        moved = before and row.get("Status") != before.get("Status")
        if owner == "Lead" and moved and dict(LEAD_STATUSES).get(str(row.get("Status"))):
            raise Refused(400, "INVALID_STATUS", "invalid convertedStatus: Use convertLead", ["Status"])
        if (
            owner == "Event"
            and row.get("StartDateTime")
            and row.get("EndDateTime")
            and row["EndDateTime"] < row["StartDateTime"]
        ):
            raise Refused(
                400, "FIELD_INTEGRITY_EXCEPTION", "End Date/Time must be after Start Date/Time", ["EndDateTime"]
            )
        for rule in self.rules:
            rule(owner, row, before)

    def _derive(self, owner: str, row: Row, before: Row) -> None:
        if owner in ("Contact", "Lead"):
            row["Name"] = " ".join(filter(None, (row.get("FirstName"), row.get("LastName"))))
        elif owner == "Opportunity":
            self._derive_deal(row, before)
        elif owner in ("Task", "Event"):
            row["AccountId"] = self._account_of(row)
            if owner == "Task":
                self._derive_task(row, before)
            elif row.get("StartDateTime") and row.get("EndDateTime"):
                start, end = (datetime.fromisoformat(row[name]) for name in ("StartDateTime", "EndDateTime"))
                row["DurationInMinutes"] = int((end - start).total_seconds() // 60)
                row["ActivityDate"] = row["StartDateTime"][:10]
            elif row.get("StartDateTime") and row.get("DurationInMinutes"):
                start = datetime.fromisoformat(row["StartDateTime"])
                row["EndDateTime"] = iso((start + timedelta(minutes=row["DurationInMinutes"])).timestamp())
        elif owner == "ContentNote":
            self._derive_note(row)
        elif owner == "CampaignMember":
            row["HasResponded"] = row.get("Status") == "Responded"
            if row["HasResponded"] and not row.get("FirstRespondedDate"):
                row["FirstRespondedDate"] = row["SystemModstamp"][:10]

    def _derive_deal(self, row: Row, before: Row) -> None:
        percent, closed, won = next(
            ((p, c, w) for name, p, c, w in STAGES if name == row.get("StageName")), (0, False, False)
        )
        row["IsClosed"], row["IsWon"] = closed, won
        if before and row.get("StageName") != before.get("StageName"):
            row["LastStageChangeDate"] = iso(self.clock())
            if row.get("Probability") == before.get("Probability"):
                row["Probability"] = percent

    def _derive_task(self, row: Row, before: Row) -> None:
        row["IsClosed"] = dict(TASK_STATUSES).get(str(row.get("Status")), False)
        if row["IsClosed"] and not before.get("IsClosed"):
            row["CompletedDateTime"] = iso(self.clock())
        elif not row["IsClosed"]:
            row["CompletedDateTime"] = None

    def _derive_note(self, row: Row) -> None:
        try:
            html = base64.b64decode(row.get("Content") or "", validate=True).decode()
        except ValueError as error:
            raise Refused(400, "JSON_PARSER_ERROR", "Content is not base64") from error
        if self.notes_stripped:
            html = re.sub(r"<script.*?</script>|[\r\n]|<!--.*?-->", "", html, flags=re.DOTALL)
        row["Content"] = base64.b64encode(html.encode()).decode()
        row["ContentSize"] = len(html.encode())
        row["TextPreview"] = unescape(re.sub(r"<[^>]*>", " ", html))[:255].strip()
        row["FileType"] = "SNOTE"

    def _account_of(self, row: Row) -> str | None:
        what, who = str(row.get("WhatId") or ""), str(row.get("WhoId") or "")
        if owner_of(what) == "Account":
            return what
        if owner_of(what) == "Opportunity":
            return self.rows["Opportunity"][what].get("AccountId")
        return self.rows["Contact"][who].get("AccountId") if owner_of(who) == "Contact" else None

    def _after(self, owner: str, row: Row) -> None:
        if owner == "Opportunity" and row.get("ContactId"):
            self.put("OpportunityContactRole", OpportunityId=row["Id"], ContactId=row["ContactId"], IsPrimary=True)
        if owner == "OpportunityContactRole" and row.get("IsPrimary"):
            for each in self.rows[owner].values():
                each["IsPrimary"] = each["IsPrimary"] and (each["OpportunityId"] != row["OpportunityId"] or each is row)
            self.rows["Opportunity"][row["OpportunityId"]]["ContactId"] = row["ContactId"]
        if owner == "ContentNote":
            self.put("ContentDocumentLink", ContentDocumentId=row["Id"], LinkedEntityId=row["OwnerId"], ShareType="I")


_CASCADE = {
    "Account": (("Contact", "AccountId"), ("Opportunity", "AccountId"), ("Task", "AccountId"), ("Event", "AccountId")),
    "Contact": (("Task", "WhoId"),),
    "ContentNote": (("ContentDocumentLink", "ContentDocumentId"),),
}
