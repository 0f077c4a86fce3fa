"""What went wrong, in words for the rep: what happened and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from companion.domain.language import tr


@dataclass(frozen=True, slots=True)
class Problem:
    """`title` says what happened, `advice` what it means and what to do. Neither holds contents of records."""

    title: str
    advice: str = ""

    def spoken(self) -> Problem:
        """The same in the rep's language, where it stands in a table as the code has it."""
        return Problem(tr(self.title), tr(self.advice))


class CannotConnect(Exception):
    """Connecting a CRM did not work and nothing was stored. `problem` is for the rep.

    `field` is what the rep must look at: 'url', 'database', 'user', 'secret', 'client_id', 'client_secret', 'code'
    (of the second factor), 'passphrase', 'keyring', or '' for none of them.
    """

    def __init__(self, problem: Problem, field: str = "") -> None:
        super().__init__(problem.title)
        self.problem = problem
        self.field = field
