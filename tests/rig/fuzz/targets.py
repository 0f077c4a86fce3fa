"""Every decoder and parser that meets what others wrote, by name: what is fuzzed, and from which seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final, Protocol


class Target(Protocol):
    """Called with bytes again and again. What it lets through, beside an AssertionError of its own, is a finding."""

    seeds: Sequence[bytes]

    def __call__(self, data: bytes) -> None:
        """One input."""


ANSWERS: Final[Mapping[str, str]] = {
    "odoo_pull": "tests.rig.fuzz.odoo:Pull",
    "odoo_push": "tests.rig.fuzz.odoo:Push",
    "tryton_pull": "tests.rig.fuzz.tryton:Pull",
    "tryton_push": "tests.rig.fuzz.tryton:Push",
    "espocrm": "tests.rig.fuzz.espocrm:EspoCrm",
    "hubspot": "tests.rig.fuzz.hubspot:HubSpot",
    "salesforce": "tests.rig.fuzz.salesforce:Salesforce",
    "rows": "tests.rig.fuzz.told:Rows",
    "marks": "tests.rig.fuzz.told:Marks",
    "sign_in": "tests.rig.fuzz.signing_in:Answers",
    "browser": "tests.rig.fuzz.signing_in:Browser",
    "http": "tests.rig.fuzz.wire:Http",
    "json": "tests.rig.fuzz.wire:Json",
    "cursors": "tests.rig.fuzz.wire:Cursors",
    "chatter": "tests.rig.fuzz.wire:Chatter",
}
"""What a CRM answers."""

TEXTS: Final[Mapping[str, str]] = {
    "log_line": "tests.rig.fuzz.words:Typed",
    "quick_log": "tests.rig.fuzz.words:QuickLog",
    "names": "tests.rig.fuzz.words:Names",
    "notes": "tests.rig.fuzz.words:Notes",
    "search": "tests.rig.fuzz.stored:Search",
    "outbox": "tests.rig.fuzz.stored:Outbox",
    "workspace": "tests.rig.fuzz.stored:AgreedFile",
    "settings": "tests.rig.fuzz.stored:SettingsFile",
    "key": "tests.rig.fuzz.stored:KeyFile",
    "journal": "tests.rig.fuzz.journal:JournalFile",
    "instance": "tests.rig.fuzz.outside:Messages",
    "links": "tests.rig.fuzz.outside:Links",
}
"""What reps type, files hold and other processes say."""

GROUPS: Final[Mapping[str, Mapping[str, str]]] = {"answers": ANSWERS, "texts": TEXTS}
TARGETS: Final[dict[str, str]] = {**ANSWERS, **TEXTS}


def target(name: str) -> Target:
    """A target, ready to be called. Imports what it attacks: an instrumented import counts its branches."""
    module, _, made = TARGETS[name].partition(":")
    found: Target = getattr(import_module(module), made)()
    return found
