"""Where the columns of the pipeline stand at a width; head, rows and the editor in a cell share it."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QRectF

from ui.theme import fonts

EDGE: Final = 24
"""From the page's side to the text; the row's ground stands out by half of it."""
_DESIGNED: Final = 1104
_DEAL, _AMOUNT, _STAGE, _CLOSE, _STEP, _TOUCH = 330, 90, 172, 115, 232, 92
_GAP: Final = 25
_NAME: Final = 200
_STEP_FLOOR: Final = 100


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

    Where even a name would be cut, the last touch goes, then the next step: both are on the deal's page.
    """
    scale = fonts.scale()
    fixed = EDGE * 1.5 + (_AMOUNT + _GAP + _STAGE + _CLOSE) * scale
    room = row.width() - fixed
    touch = _TOUCH * scale if room >= (_NAME + _STEP_FLOOR + _TOUCH) * scale else 0.0
    deal = max(_NAME * scale, _DEAL * scale + (row.width() - _DESIGNED * scale) * 0.6)
    step = room - touch - deal
    if step < _STEP_FLOOR * scale:
        deal, step = room - touch, 0.0
    left = row.left() + EDGE
    places = []
    for width, gap in ((deal, 0.0), (_AMOUNT * scale, _GAP * scale), (_STAGE * scale, 0.0), (_CLOSE * scale, 0.0)):
        places.append(QRectF(left, row.top(), width, row.height()))
        left += width + gap
    places.append(QRectF(left, row.top(), max(0.0, step - 12), row.height()))
    left += step
    places.append(QRectF(left, row.top(), touch, row.height()))
    return Columns(*places)
