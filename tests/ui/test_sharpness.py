"""Lines, letters and icons at 100, 125, 150 and 200 %: on whole device pixels, never blurred or doubled."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from tests.journeys.window import CALM, Clock, demo_copy, opened
from tests.ui.test_look import SCREENS, picture
from ui.theme import icons
from ui.theme.theme import Theme
from ui.widgets.painting import draw_text, hairline

RATIOS = [1.0, 1.25, 1.5, 2.0]
SIDE = 60


def drawn(ratio: float, draw: Callable[[QPainter], object]) -> QImage:
    """A white picture of 60 x 60 logical pixels for a device of this ratio."""
    image = QImage(math.ceil(SIDE * ratio), math.ceil(SIDE * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    painter = QPainter(image)
    draw(painter)
    painter.end()
    return image


def rows(image: QImage) -> list[set[int]]:
    """The colours of each row of device pixels."""
    return [{image.pixel(x, y) for x in range(image.width())} for y in range(image.height())]


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("top", [0, 1, 2, 3, 7, 13])
def test_a_hairline_has_one_colour_and_as_many_rows_wherever_it_stands(ratio: float, top: int, theme: Theme) -> None:
    image = drawn(ratio, lambda painter: hairline(painter, 0, top, SIDE))

    inked = [each for each in rows(image) if each != {QColor("white").rgb()}]
    assert len(inked) == max(1, math.floor(ratio + 0.25))
    assert set.union(*inked) == {theme.color("hairline").rgb()}


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("shift", [0.0, 0.2, 0.45])
def test_an_icon_is_drawn_at_the_devices_own_pixels(ratio: float, shift: float, theme: Theme) -> None:
    image = drawn(ratio, lambda painter: icons.paint(painter, QRectF(10 + shift, 10 + shift, 16, 16), "phone", "text"))

    made = icons.pixmap("phone", 16, "text", ratio).copy()
    assert made.devicePixelRatio() == ratio
    paper = QImage(made.size(), QImage.Format.Format_RGB32)
    paper.fill(QColor("white"))
    painter = QPainter(paper)
    made.setDevicePixelRatio(1.0)
    painter.drawPixmap(0, 0, made)
    painter.end()
    left = [x for x in range(image.width()) if any(image.pixel(x, y) != 0xFFFFFFFF for y in range(image.height()))]
    own = [x for x in range(paper.width()) if any(paper.pixel(x, y) != 0xFFFFFFFF for y in range(paper.height()))]
    at = left[0] - own[0]
    assert image.copy(at, at, paper.width(), paper.height()).convertToFormat(paper.format()) == paper


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_line_of_words_stands_on_a_whole_row_wherever_its_widget_lies(ratio: float, theme: Theme) -> None:
    # The same words, moved by less than a row of the device, must be the same letters.
    def words(offset: float) -> QImage:
        def draw(painter: QPainter) -> None:
            painter.translate(0, offset)
            draw_text(painter, QRectF(2, 10, 56, 20), "HEFT", "strong", "text")

        return drawn(ratio, draw)

    ink = [[each for each in rows(words(offset / ratio)) if len(each) > 1] for offset in (0.0, 0.3, 0.7, 1.0)]
    assert ink[0]
    assert all(each == ink[0] for each in ink)


@pytest.mark.parametrize("ratio", RATIOS)
def test_no_icon_of_a_screen_is_one_that_was_stretched(
    ratio: float, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[float] = set()
    real = icons.pixmap

    def noted(name: str, size: int, tint: object, wanted: float) -> object:
        asked.add(wanted)
        return real(name, size, tint, wanted)  # type: ignore[arg-type]

    monkeypatch.setattr(icons, "pixmap", noted)
    with opened(qapp, demo_copy(Clock()), replace(CALM)) as rep:
        rep.choose(rep.id_of("Marta Ferreira"))
        for keys in SCREENS.values():
            rep.press("Ctrl+1", *keys)
            window: QWidget = rep.app.window
            asked.clear()
            picture(window, ratio)
            assert asked <= {ratio}, keys
            rep.press("Escape")
