"""An Odoo that a day is spent on: what a colleague prepares there, sees in its chatter, and counts."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from companion.connectors.odoo.sign_in import Account
from companion.domain.records import Kind
from tests.connectors.odoo.live import NAMES, LiveColleague

COLLEAGUE: Final = ("COMPANION_ODOO_COLLEAGUE_USER", "COMPANION_ODOO_COLLEAGUE_KEY")
COMMANDS: Final = ("COMPANION_ODOO_STOP", "COMPANION_ODOO_START")
"""Optional: shell commands that stop and start the server. Without them the line to it is cut instead."""

NO_MAIL: Final = {"mail_activity_quick_update": True, "mail_auto_subscribe_no_notify": True}
EVERYTHING: Final = {"active_test": False}
CHANGES: Final = (b"/load ", b"/write ", b"/create ", b"/unlink ", b"/action_")
SAID: Final = ["model", "res_id", "body", "date", "author_id", "mail_activity_type_id", "create_uid"]


def missing() -> list[str]:
    """The variables that are not set."""
    return [name for name in (*NAMES, *COLLEAGUE) if not os.environ.get(name)]


def changes_something(request: bytes) -> bool:
    """Whether a request over JSON-2 would change something."""
    line = request.partition(b"\r\n")[0]
    return line.startswith(b"POST /json/2/") and any(method in line for method in CHANGES)


@dataclass(frozen=True)
class Family:
    """A company, its person, and a deal of the rep's about her: remote ids."""

    name: str
    company: int
    person: int
    deal: int


class Asking:
    """A user of the server who asks by plain calls."""

    def __init__(self, login: str, key: str) -> None:
        self.url, self.database = os.environ[NAMES[0]].rstrip("/"), os.environ[NAMES[1]]
        self.odoo = LiveColleague(Account(self.url, self.database, login), key)

    def find(self, model: str, domain: list[Any], fields: list[str]) -> list[dict[str, Any]]:
        """Rows, put away or not, oldest first."""
        found = self.odoo.call(model, "search_read", domain=domain, fields=fields, order="id", context=dict(EVERYTHING))
        return [dict(row) for row in found]

    def ids(self, model: str, domain: list[Any]) -> list[int]:
        """The ids of those that are not put away, as a search in Odoo's own screens finds them."""
        return [int(each) for each in self.odoo.call(model, "search", domain=domain)]

    def close(self) -> None:
        """Ends the connection."""
        self.odoo.close()


class Census(Asking):
    """How many of each kind there are for the rep."""

    def counts(self) -> Mapping[Kind, int]:
        """Counted by Odoo's own searches.

        Those who work there are no customers: the partners of its users and of its own companies are not counted.
        """
        staff = {row["partner_id"][0] for row in self.find("res.users", [["share", "=", False]], ["partner_id"])}
        ours = {row["partner_id"][0] for row in self.find("res.company", [], ["partner_id"])}
        companies = set(self.ids("res.partner", [["is_company", "=", True]]))
        people = set(self.ids("res.partner", [["is_company", "=", False], ["type", "in", ["contact", False]]]))
        deals = set(self.ids("crm.lead", [])) | set(
            self.ids("crm.lead", [["active", "=", False], ["won_status", "=", "lost"]])
        )
        leads = self.find(
            "crm.lead", [["id", "in", sorted(deals)]], ["partner_id", "contact_name", "email_from", "phone"]
        )
        alone = [row for row in leads if not row["partner_id"] and any(list(row.values())[2:])]
        outside = [["id", "not in", sorted(staff | ours)]]
        partners = self.ids("res.partner", outside)
        return {
            Kind.USER: len(self.find("res.users", [["share", "=", False]], ["login"])),
            Kind.STAGE: len(self.ids("crm.stage", [])),
            Kind.LOSS_REASON: len(self.ids("crm.lost.reason", [])),
            Kind.COMPANY: len(companies - ours - staff),
            Kind.PERSON: len(people - staff - ours) + len(alone),
            Kind.DEAL: len(deals),
            Kind.ACTIVITY: self._activities("crm.lead", sorted(deals))
            + self._activities("res.partner", partners)
            + self._meetings(staff | ours),
            Kind.ENGAGEMENT: self._engagements(),
        }

    def _activities(self, model: str, documents: list[int]) -> int:
        """What is said and planned on documents. A person's copy of what is on the deal already counts once."""
        told = [
            "|",
            ["message_type", "in", ["comment", "email", "email_outgoing"]],
            ["mail_activity_type_id", "!=", False],
            ["message_type", "!=", "user_notification"],
        ]
        rows = self.find(
            "mail.message",
            [*told, ["model", "=", model], ["res_id", "in", documents]],
            ["body", "attachment_ids", "message_id"],
        )
        alive = [row for row in rows if row["body"] or row["attachment_ids"]]
        copies = [row for row in alive if str(row["message_id"]).endswith(".copy@companion>")]
        steps = self.odoo.call(
            "mail.activity",
            "search",
            domain=[["res_model", "=", model], ["res_id", "in", documents], ["calendar_event_id", "=", False]],
            context=dict(EVERYTHING),
        )
        return len(alive) - len(copies) + len(steps)

    def _meetings(self, ours: set[int]) -> int:
        rows = self.odoo.call("calendar.event", "search_read", domain=[], fields=["partner_ids", "opportunity_id"])
        return sum(1 for row in rows if row["opportunity_id"] or set(row["partner_ids"]) - ours)

    def _engagements(self) -> int:
        times = ["sent_datetime", "open_datetime", "links_click_datetime", "reply_datetime"]
        rows = self.find("mailing.trace", [["trace_type", "=", "mail"]], ["trace_status", *times])
        unsent = ("outgoing", "process", "pending", "error", "bounce", "cancel")
        sent = sum(1 for row in rows if row["sent_datetime"] and row["trace_status"] not in unsent)
        return sent + sum(1 for row in rows for name in times[1:] if row[name])


class Office(Asking):
    """The server as a colleague uses it, in her own name. `census` counts with the rep's rights."""

    def __init__(self) -> None:
        _, _, self.login, self.key = (os.environ[name] for name in NAMES)
        super().__init__(*(os.environ[name] for name in COLLEAGUE))
        self.census = Census(self.login, self.key)
        self.rep = self.find("res.users", [["login", "=", self.login]], ["name", "partner_id"])[0]

    def make_family(self, name: str, amount: int, step: str) -> Family:
        """A company, a person and a deal in the first stage, with a step planned for the rep since yesterday."""
        company = self._create("res.partner", name=f"{name.split()[-1]} Works", is_company=True)
        person = self._create("res.partner", name=name, parent_id=company, email=f"{name.split()[0]}@works.example")
        stage = self.find("crm.stage", [], ["sequence"])
        first = min(stage, key=lambda row: (row["sequence"], row["id"]))["id"]
        deal = self._create(
            "crm.lead",
            name=f"Deal of {name}",
            type="opportunity",
            partner_id=person,
            user_id=self.rep["id"],
            expected_revenue=amount,
            stage_id=first,
        )
        self.plan(deal, step, dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1))
        return Family(name, company, person, deal)

    def plan(self, deal: int, step: str, day: dt.date) -> None:
        """The colleague plans something for the rep, with the button 'Activity' on the deal."""
        types = self.find("mail.activity.type", [["category", "not in", ["phonecall", "meeting"]]], ["name"])
        todo = next((row["id"] for row in types if "do" in row["name"].casefold()), types[0]["id"])
        self.odoo.call(
            "crm.lead",
            "activity_schedule",
            [deal],
            activity_type_id=todo,
            summary=step,
            user_id=self.rep["id"],
            date_deadline=day.isoformat(),
            context=dict(NO_MAIL),
        )

    def edit(self, model: str, record: int, **values: object) -> None:
        """The colleague changes a record."""
        self.odoo.call(model, "write", [record], vals=values)

    def deal(self, number: int) -> dict[str, Any]:
        """A deal as the colleague sees it."""
        fields = ["name", "stage_id", "active", "won_status", "probability", "lost_reason_id", "expected_revenue"]
        return self.find("crm.lead", [["id", "=", number]], fields)[0]

    def said(self, words: str) -> list[dict[str, Any]]:
        """Every chatter message in the whole database with these words."""
        return self.find("mail.message", [["body", "ilike", words]], SAID)

    def planned(self, words: str) -> list[dict[str, Any]]:
        """Every planned activity with these words, done or not."""
        fields = ["res_model", "res_id", "summary", "date_deadline", "user_id", "active", "create_uid"]
        return self.find("mail.activity", [["summary", "ilike", words]], fields)

    def close(self) -> None:
        self.census.close()
        super().close()

    def _create(self, model: str, **values: object) -> int:
        return int(self.odoo.call(model, "create", vals_list=[values], context=dict(NO_MAIL))[0])


def stop_and_start() -> tuple[list[str], list[str]] | None:
    """The commands that stop and start the server, where they are given."""
    stop, start = (os.environ.get(name, "") for name in COMMANDS)
    return (["sh", "-c", stop], ["sh", "-c", start]) if stop and start else None


def run(command: list[str]) -> None:
    """Runs a command to its end; its output goes nowhere, since what it starts keeps it open."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
