"""From a sheet to a PDF or a printer: the same setting on either, one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QLocale, QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from ui.brief_print.sheet import Sheet
from ui.brief_print.typeset import TWIP, Typesetter

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

Paper = Literal["a4", "letter"]
PAPERS: Final[dict[Paper, QPageSize.PageSizeId]] = {
    "a4": QPageSize.PageSizeId.A4,
    "letter": QPageSize.PageSizeId.Letter,
}
_DOTS: Final = 1_200


def usual() -> Paper:
    """What printers hold where the rep is."""
    american = QLocale().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem
    return "letter" if american else "a4"


def size_of(paper: Paper) -> QSizeF:
    """The paper's size in twips."""
    return QPageSize(PAPERS[paper]).size(QPageSize.Unit.Point) * TWIP


def pdf(sheet: Sheet, paper: Paper, rtl: bool = False) -> bytes:
    """The sheet as a PDF of one page."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS)
    writer.setPageLayout(_layout(paper))
    writer.setTitle("Companion")
    writer.setCreator("Companion")
    painter = QPainter(writer)
    try:
        painter.scale(_DOTS / 72 / TWIP, _DOTS / 72 / TWIP)
        Typesetter(sheet, size_of(paper), rtl).draw(painter)
    finally:
        painter.end()
    buffer.close()
    return bytes(data.data())


def print_on(printer: QPrinter, sheet: Sheet, rtl: bool = False) -> bool:
    """Sets the sheet on whatever paper the printer holds; False when the printer takes nothing."""
    printer.setFullPage(True)
    painter = QPainter()
    if not painter.begin(printer):
        return False
    try:
        dots = printer.resolution()
        painter.scale(dots / 72 / TWIP, dots / 72 / TWIP)
        size = printer.pageLayout().fullRect(QPageLayout.Unit.Point).size() * TWIP
        Typesetter(sheet, size, rtl).draw(painter)
    finally:
        painter.end()
    return True


def _layout(paper: Paper) -> QPageLayout:
    return QPageLayout(QPageSize(PAPERS[paper]), QPageLayout.Orientation.Portrait, QMarginsF())
