"""How a row of the pipeline looks, in words and tones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ui.theme.tokens import Tone


@dataclass(frozen=True, slots=True)
class PipelineLook:
    """The head of a group (count in `note`, sum in `amount`) or a deal."""

    kind: Literal["head", "deal"]
    title: str
    note: str = ""
    amount: str = ""
    stage: str = ""
    reached: int = 0
    of: int = 0
    close: str = ""
    close_tone: Tone = "none"
    step: str = ""
    step_tone: Tone = "none"
    step_day: str = ""
    """What `step` ends with, and keeps where it is cut."""
    touch: str = ""
    tone: Tone = "none"
    spoken: str = ""
