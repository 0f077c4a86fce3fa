"""Where the columns of the pipeline stand at a width; head, rows and the editor in a cell share it."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QRectF

from ui.theme import fonts

EDGE: Final = 24
"""From the page's side to the text; the row's ground stands out by half of it."""
_DESIGNED: Final = 1104
_DEAL, _STEP, _TOUCH = 330, 232, 92
_STEP_FLOOR: Final = 100
_STEP_WISH: Final = 160
TRACK: Final = 64
"""A stage's track, with the room behind it."""


class _Widths(NamedTuple):
    """Pixels at 100 %: what a deal's name has at least, the columns, and what stands between amount and stage."""

    name: int
    amount: int
    gap: int
    stage: int
    close: int


_ROOMY: Final = _Widths(name=200, amount=90, gap=25, stage=172, close=115)
_WITHOUT_TRACK: Final = _ROOMY._replace(stage=_ROOMY.stage - TRACK)
_SNUG: Final = _Widths(name=182, amount=78, gap=14, stage=86, close=86)


class Columns(NamedTuple):
    """Places along a row laid out left to right."""

    deal: QRectF
    amount: QRectF
    stage: QRectF
    close: QRectF
    step: QRectF
    touch: QRectF


def columns(row: QRectF) -> Columns:
    """The columns within `row`, which is as wide as the page: deal and next step share what is left or missing.

    Where the next step would be cut, the stage's track goes; where even a name would be, the last touch. With text so
    large that there were no next step left, all columns are as narrow as what stands in them.
    """
    with_track = _laid_out(row, _ROOMY)
    if with_track.step.width() >= _STEP_WISH * fonts.scale():
        return with_track
    tighter = (_laid_out(row, widths) for widths in (_WITHOUT_TRACK, _SNUG))
    return next((each for each in tighter if each.step.width() > 0), with_track)


def shows_track(found: Columns) -> bool:
    """Whether a stage's place among the stages is drawn before its name: not where the next step needs the room."""
    return found.stage.width() > (_ROOMY.stage - TRACK / 2) * fonts.scale()


def _laid_out(row: QRectF, at: _Widths) -> Columns:
    scale = fonts.scale()
    fixed = EDGE * 1.5 + (at.amount + at.gap + at.stage + at.close) * scale
    room = row.width() - fixed
    touch = _TOUCH * scale if room >= (at.name + _STEP_FLOOR + _TOUCH) * scale else 0.0
    deal = max(at.name * scale, _DEAL * scale + (row.width() - _DESIGNED * scale) * 0.6)
    step = room - touch - deal
    if step < _STEP_FLOOR * scale:
        deal, step = room - touch, 0.0
    left = row.left() + EDGE
    places = []
    for width, gap in ((deal, 0), (at.amount * scale, at.gap), (at.stage * scale, 0), (at.close * scale, 0)):
        places.append(QRectF(left, row.top(), width, row.height()))
        left += width + gap * scale
    places.append(QRectF(left, row.top(), max(0.0, step - 12), row.height()))
    left += step
    places.append(QRectF(left, row.top(), touch, row.height()))
    return Columns(*places)
