"""What the contract's suite has to know of EspoCRM: which fields it can lose, and what can't be shown, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from companion.domain.records import Kind
from tests.connectors.contract import ConnectorContract


class OnEspoCrm(ConnectorContract):
    """The whole contract; inherited by the classes that run it."""

    DEMANDED = (Kind.DEAL, "source", "Email")
    RETIRED = (Kind.COMPANY, "industry", "Software")
    CANT: ClassVar[Mapping[str, str]] = {
        "dependent": "EspoCRM checks choices that depend on another field in its own screens only",
        "quota": "EspoCRM counts no calls",
        "result_cap": "a search has no end but the page's",
        "partial_batches": "EspoCRM has no requests with several records",
        "shuffled_answers": "EspoCRM has no requests with several records",
        "expire": "a token that ended can only be made anew with the password, which is not kept",
        "renewals": "tokens are not renewed, so there is nothing to count",
        "archive": "EspoCRM archives none of these records",
    }
