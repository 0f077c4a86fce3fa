"""How the whole window looks: legible in both themes, at any scale, usable when small, mirrored for who reads so."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from tests.journeys.rep import Rep
from tests.journeys.window import CALM, Clock, demo_copy, opened
from ui.pipeline.columns import columns
from ui.theme import fonts
from ui.widgets.label import Label

MARTA = "Marta Ferreira"
LEGIBLE = 4.5
SCREENS = {
    "today": [],
    "log sheet": ["C", "2"],
    "palette": ["Ctrl+K"],
    "date": ["D"],
    "person": ["Return"],
    "pipeline": ["Ctrl+2"],
    "people": ["Ctrl+3"],
    "waiting": ["Ctrl+Shift+W"],
    "settings": ["Ctrl+,"],
    "shortcuts": ["F1"],
}


@pytest.fixture
def rep(qapp: QApplication) -> Iterator[Rep]:
    """A rep at the window, over a copy of the demo book, with Marta selected."""
    with opened(qapp, demo_copy(Clock())) as working:
        working.choose(working.id_of(MARTA))
        yield working


def picture(window: QWidget, ratio: float = 1.0) -> QImage:
    """The window as it paints at a device pixel ratio."""
    image = QImage(round(window.width() * ratio), round(window.height() * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("magenta"))
    window.render(image)
    return image


def luminance(colour: QColor) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [colour.redF(), colour.greenF(), colour.blueF()]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    """Contrast ratio (WCAG 2.2) of two luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def ink_contrast(image: QImage, rect: QRect) -> float:
    """How the strongest ink in a part of the picture stands out from its commonest colour."""
    seen: Tally[int] = Tally()
    for y in range(max(0, rect.top()), min(image.height(), rect.bottom() + 1)):
        for x in range(max(0, rect.left()), min(image.width(), rect.right() + 1)):
            seen[image.pixel(x, y)] += 1
    if not seen:
        return 21.0
    ground = luminance(QColor(seen.most_common(1)[0][0]))
    return max(contrast(ground, luminance(QColor(each))) for each in seen)


def test_a_faint_word_would_be_found() -> None:
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    for x in range(10, 20):
        image.setPixelColor(x, 10, QColor("#8c877d"))

    assert ink_contrast(image, image.rect()) < LEGIBLE
    assert ink_contrast(image, QRect(0, 0, 5, 5)) == pytest.approx(1.0)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_word_stands_out_from_its_ground(qapp: QApplication, screen: str, mode: str) -> None:
    with opened(qapp, demo_copy(Clock()), replace(CALM, theme=mode)) as rep:  # type: ignore[arg-type]
        rep.choose(rep.id_of(MARTA))
        rep.press(*SCREENS[screen])
        image = picture(rep.app.window, 2.0)
        faint = []
        for label in rep.app.window.findChildren(QLabel):
            if not label.isVisible() or not label.text().strip() or not label.isEnabled():
                continue
            part = label.visibleRegion().boundingRect()
            spot = label.mapTo(rep.app.window, part.topLeft())
            # Of a line at the edge of what scrolls only a sliver of its letters shows.
            if part.height() < label.height() or covered(rep, label):
                continue
            ratio = ink_contrast(image, QRect(spot * 2, part.size() * 2))
            if ratio < LEGIBLE:
                faint.append(f"{label.text()[:40]!r}: {ratio:.2f}")
        assert faint == []


def covered(rep: Rep, widget: QWidget) -> bool:
    """Whether something floats over the widget."""
    middle = widget.mapTo(rep.app.window, widget.rect().center())
    top = rep.app.window.childAt(middle)
    return top is not None and top is not widget and not widget.isAncestorOf(top) and not top.isAncestorOf(widget)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_painted_rows_stand_out_from_their_ground(qapp: QApplication, mode: str) -> None:
    with opened(qapp, demo_copy(Clock()), replace(CALM, theme=mode)) as rep:  # type: ignore[arg-type]
        rep.choose(rep.id_of(MARTA))
        view, image = rep.app.page.list, picture(rep.app.window, 2.0)
        for row in range(rep.app.today.rowCount()):
            rect = view.visualRect(view.model().index(row, 0))
            if not view.viewport().rect().contains(rect):
                continue
            top = view.viewport().mapTo(rep.app.window, rect.topLeft())
            half = rect.height() // 2 if rect.height() > 50 else rect.height()
            for line in range(0, rect.height(), half):
                part = QRect(top + QPoint(60, line + 4), rect.size()).adjusted(0, 0, -160, half - rect.height() - 8)
                assert ink_contrast(image, QRect(part.topLeft() * 2, part.size() * 2)) >= LEGIBLE, (row, line)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_screen_paints_at_every_scale(qapp: QApplication, mode: str, ratio: float) -> None:
    with opened(qapp, demo_copy(Clock()), replace(CALM, theme=mode)) as rep:  # type: ignore[arg-type]
        for keys in SCREENS.values():
            rep.press("Ctrl+1")
            rep.choose(rep.id_of(MARTA))
            rep.press(*keys)
            image = picture(rep.app.window, ratio)
            corners = [image.pixelColor(x, y) for x in (1, image.width() - 2) for y in (1, image.height() - 2)]
            assert QColor("magenta") not in corners, "a corner was left unpainted"
            dark = luminance(image.pixelColor(image.width() - 8, image.height() // 2)) < 0.2
            assert dark == (mode == "dark") or keys == SCREENS["palette"]
            rep.press("Escape")


def test_switching_the_theme_reaches_every_screen_that_was_open(rep: Rep) -> None:
    from ui.theme.theme import Theme

    for keys in SCREENS.values():
        rep.press("Ctrl+1")
        rep.choose(rep.id_of(MARTA))
        rep.press(*keys, "Escape")
    Theme.current().set_mode("dark")
    QApplication.processEvents()
    for keys in SCREENS.values():
        rep.press("Ctrl+1")
        rep.choose(rep.id_of(MARTA))
        rep.press(*keys)
        image = picture(rep.app.window)
        light = sum(luminance(image.pixelColor(x, y)) > 0.5 for x in range(0, 1300, 10) for y in range(0, 830, 10))
        assert light < 130 * 83 * 0.06, "something stayed light"
        rep.press("Escape")


@pytest.mark.parametrize("screen", SCREENS)
def test_the_smallest_window_keeps_everything_inside_and_in_reach(rep: Rep, screen: str) -> None:
    rep.app.window.resize(960, 600)
    for _ in range(3):  # the splitter settles when its contents have
        QApplication.processEvents()
    assert (rep.app.window.width(), rep.app.window.height()) == (960, 600)

    rep.press(*SCREENS[screen])

    focus = rep.focus
    assert focus is not None
    assert focus.isVisible()
    assert rep.app.window.rect().contains(QRect(focus.mapTo(rep.app.window, QPoint()), focus.size()))
    page = rep.app.window.stack.currentWidget()
    assert page is not None
    assert page.width() <= rep.app.window.width() - rep.app.window.sidebar.width()
    for button in rep.app.bar.buttons.values():
        if button.isVisible():
            assert not button.visibleRegion().isEmpty(), (button.text(), button.geometry())
            assert button.visibleRegion().boundingRect().width() >= button.width() - 1, button.text()
    if screen == "log sheet":
        for needed in (rep.app.sheet.line, rep.app.sheet.save, rep.app.sheet.save_next):
            assert needed.visibleRegion().boundingRect() == needed.rect()
    if screen == "today":
        view = rep.app.page.list
        whole = [
            row
            for row in range(rep.app.today.rowCount())
            if view.viewport().rect().contains(view.visualRect(view.model().index(row, 0)))
        ]
        assert len(whole) >= 5


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_larger_text_is_not_cut(qapp: QApplication, percent: int) -> None:
    with opened(qapp, demo_copy(Clock()), replace(CALM, text_size=percent)) as rep:
        rep.app.window.resize(1600, 1100)
        for screen in ("today", "log sheet", "pipeline", "waiting", "settings", "shortcuts"):
            rep.press("Ctrl+1")
            rep.choose(rep.id_of(MARTA))
            rep.press(*SCREENS[screen])
            QApplication.processEvents()
            cut = [
                label.text()
                for label in rep.app.window.findChildren(Label)
                if label.isVisible() and not label._elide and label.sizeHint().width() > label.width() + 1
            ]
            assert cut == [], screen
            rep.press("Escape")


def test_names_are_whole_before_they_have_200_pixels(qapp: QApplication) -> None:
    for percent, width in ((100, 960), (150, 1320), (200, 1320)):
        scale = percent / 100
        row = QRectF(0, 0, width - 56 * scale, 40 * scale)
        fonts.set_scale(percent)
        assert columns(row).deal.width() >= min(200 * scale, row.width() * 0.3), (percent, width)
        assert columns(row).touch.right() <= row.right()
    fonts.set_scale(100)


def test_from_right_to_left_everything_is_mirrored(qapp: QApplication) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        with opened(qapp, demo_copy(Clock())) as rep:
            rep.choose(rep.id_of(MARTA))
            window = rep.app.window
            sidebar = window.sidebar.mapTo(window, QPoint()).x()
            row_list = rep.app.page.list.mapTo(window, QPoint()).x()
            brief = rep.app.brief.mapTo(window, QPoint()).x()
            assert sidebar > row_list > brief
            image = picture(window)
            view = rep.app.page.list
            rect = view.visualRect(view.model().index(rep.app.today.row_of(rep.id_of(MARTA)), 0))
            top = view.viewport().mapTo(window, rect.topLeft())
            avatar = QRect(top.x() + rect.width() - 24 - 34, top.y() + 12, 34, 34)
            other = QRect(top.x() + 24, top.y() + 12, 34, 34)
            assert ink_contrast(image, avatar) > LEGIBLE
            assert len(colours(image, avatar)) > 8
            assert len(colours(image, avatar)) != len(colours(image, other))
            rep.press("C")
            rep.type("wants more, call thu")
            rep.press("Return")
            assert rep.toast.startswith("Connected, Marta Ferreira.")
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def colours(image: QImage, rect: QRect) -> set[int]:
    """The colours in a part of the picture."""
    return {image.pixel(x, y) for x in range(rect.left(), rect.right()) for y in range(rect.top(), rect.bottom())}
