"""Every widget, in both themes, at every scale and both directions: paints, fits, has a name, goes away."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.gallery import GALLERY
from ui.theme.theme import Theme

Grab = Callable[..., QImage]


def shown(name: str, qtbot: object) -> QWidget:
    widget = GALLERY[name]()
    qtbot.addWidget(widget)  # type: ignore[attr-defined]
    if name not in ("today", "compact", "history"):
        widget.resize(widget.sizeHint())
    widget.show()
    QApplication.processEvents()
    return widget


def colours(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("name", GALLERY)
def test_each_widget_paints_in_both_themes(
    name: str, ratio: float, each_theme: Theme, grab: Grab, qtbot: object, tmp_path: Path
) -> None:
    widget = shown(name, qtbot)

    image = grab(widget, ratio)

    assert image.save(str(tmp_path / f"{name}-{each_theme.mode}-{ratio}.png"))
    assert len(colours(image)) > 2


@pytest.mark.parametrize(
    "name", sorted(set(GALLERY) - {"avatar", "track", "progress", "card", "today", "compact", "history"})
)
def test_no_letter_touches_the_edge_of_its_widget(name: str, theme: Theme, grab: Grab, qtbot: object) -> None:
    # The size hint must hold all the words: ink on the outermost column would be a cut letter.
    widget = shown(name, qtbot)
    ink = theme.color("text").rgb()

    image = grab(widget)

    for x in (0, image.width() - 1):
        assert ink not in {image.pixel(x, y) for y in range(image.height())}


@pytest.mark.parametrize("name", GALLERY)
def test_each_widget_has_a_name_for_screen_readers(name: str, theme: Theme, qtbot: object) -> None:
    widget = shown(name, qtbot)

    for part in [widget, *widget.findChildren(QWidget)]:
        if part.focusPolicy() != Qt.FocusPolicy.NoFocus and part.isVisible() and part.focusProxy() is None:
            heard = QAccessible.queryAccessibleInterface(part)
            owner = part.parentWidget()
            words = heard.text(QAccessible.Text.Name) or (owner.accessibleName() if owner else "")
            assert words, f"{type(part).__name__} in {name}"


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("name", GALLERY)
def test_each_widget_grows_with_the_text_size(name: str, percent: int, theme: Theme, grab: Grab, qtbot: object) -> None:
    before = GALLERY[name]()
    qtbot.addWidget(before)  # type: ignore[attr-defined]
    height = before.sizeHint().height()

    theme.set_text_scale(percent)
    widget = shown(name, qtbot)

    assert widget.sizeHint().height() >= height
    assert len(colours(grab(widget))) > 2


@pytest.mark.parametrize("name", ["nav", "chip", "primary", "line", "facts", "strip", "today", "compact", "history"])
def test_each_widget_mirrors_where_text_runs_from_right_to_left(
    name: str, theme: Theme, grab: Grab, qtbot: object
) -> None:
    def weight(image: QImage, ground: int, left: bool) -> int:
        half = image.width() // 2
        columns = range(half) if left else range(image.width() - half, image.width())
        return sum(image.pixel(x, y) != ground for x in columns for y in range(image.height()))

    widget = shown(name, qtbot)
    usual = grab(widget)
    widget.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()
    turned = grab(widget)

    # As much ink as stood in one half now stands in the other, letters apart, which never turn round.
    ground = usual.pixel(usual.width() // 2, usual.height() - 2)
    there, here = weight(usual, ground, left=True), weight(turned, ground, left=False)
    assert usual != turned
    assert abs(there - here) <= 0.12 * max(there, here) + 30


def test_widgets_go_when_they_are_dropped(theme: Theme, qtbot: object) -> None:
    left = []
    for name, make in GALLERY.items():
        for _ in range(20):
            widget = make()
            theme.set_mode("dark" if theme.mode == "light" else "light")
            watch = weakref.ref(widget)
            widget.deleteLater()
            del widget
        QApplication.sendPostedEvents(None, 52)  # DeferredDelete
        QApplication.processEvents()
        gc.collect()
        if watch() is not None:
            left.append(name)

    assert left == []
