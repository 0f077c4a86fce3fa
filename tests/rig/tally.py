"""What an attack found: harm by its kind, how many runs were made, and the seeds that show it again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Harm(StrEnum):
    """What must never happen to a rep's work, whatever fails."""

    LOST = "lost"
    DOUBLED = "doubled"
    OVERWRITTEN_UNSEEN = "overwritten_unseen"
    STUCK = "stuck"
    CORRUPT_SENT = "corrupt_sent"


class Harmed(AssertionError):
    """An attack succeeded. `harm` says how, the message where."""

    def __init__(self, harm: Harm, message: str) -> None:
        super().__init__(f"{harm}: {message}")
        self.harm = harm


@dataclass
class Tally:
    """The sum of a campaign. `seconds` is its wall time; `failures` the seeds of runs that failed for any reason.

    `other` counts failures that no Harm names (a crash of the code under attack, a broken promise of another kind).
    """

    layer: str
    runs: int = 0
    lost: int = 0
    doubled: int = 0
    overwritten_unseen: int = 0
    stuck: int = 0
    corrupt_sent: int = 0
    other: int = 0
    seconds: float = 0.0
    failures: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """What each failure said, in one line."""
    skipped: str | None = None
    """Why this machine can't run the layer; None where it can."""

    def ran(self, seed: int, error: BaseException | None) -> None:
        """Adds one run."""
        self.runs += 1
        if error is None:
            return
        self.failures.append(seed)
        self.words.append(f"{seed}: {type(error).__name__}: {str(error)[:300]}".replace("\n", " "))
        name = str(error.harm) if isinstance(error, Harmed) else "other"
        setattr(self, name, getattr(self, name) + 1)

    @property
    def clean(self) -> bool:
        """Whether it was run and nothing happened."""
        return self.skipped is None and self.runs > 0 and not self.failures

    def told(self) -> dict[str, Any]:
        """As JSON-like values."""
        return {**asdict(self), "seconds": round(self.seconds, 1)}
