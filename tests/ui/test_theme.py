"""The theme switches live, and every pair of colours that carries words can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication, QWidget

from ui.theme import fonts, icons
from ui.theme.resources import RESOURCES
from ui.theme.theme import Theme
from ui.theme.tokens import DARK, TONE_SOFT, TONE_TEXT, Token

GROUNDS: dict[Token, tuple[Token, ...]] = {
    "text": ("surface", "subtle", "window", "hover", "selected", "selected_inactive", "button", "nav_selected"),
    "text2": ("surface", "subtle", "window", "hover", "selected", "selected_inactive", "tag", "segment"),
    "text3": ("surface", "subtle", "window", "hover", "selected", "selected_inactive", "sunken"),
    "accent_text": ("surface", "subtle", "accent_soft", "selected", "hover"),
    "warn": ("surface", "warn_soft", "selected", "selected_inactive", "hover"),
    "bad": ("surface", "bad_soft", "selected", "selected_inactive", "hover"),
    "good": ("surface", "good_soft", "hover"),
    "on_accent": ("accent", "accent_hover", "accent_pressed"),
    "toast_text": ("toast",),
    "toast_accent": ("toast",),
    "toast_muted": ("toast_key",),
}


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2, 1 to 21."""

    def luminance(colour: QColor) -> float:
        parts = [colour.redF(), colour.greenF(), colour.blueF()]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_words_stand_out_from_every_ground_that_they_stand_on(each_theme: Theme) -> None:
    weak = [
        (ink, ground, round(contrast(each_theme.color(ink), each_theme.color(ground)), 2))
        for ink, grounds in GROUNDS.items()
        for ground in grounds
        if contrast(each_theme.color(ink), each_theme.color(ground)) < 4.5
    ]

    assert weak == []


def test_tones_and_avatars_can_be_read_on_their_own_tints(each_theme: Theme) -> None:
    pairs = [(each_theme.color(TONE_SOFT[tone]), each_theme.color(TONE_TEXT[tone])) for tone in TONE_TEXT]
    pairs += [each_theme.avatar(number) for number in range(8)]

    assert min(contrast(ground, ink) for ground, ink in pairs) >= 4.5


def test_marks_and_the_focus_ring_stand_out_three_to_one(each_theme: Theme) -> None:
    for mark in ("control", "focus", "accent", "warn_dot"):
        assert contrast(each_theme.color(mark), each_theme.color("surface")) >= 3, mark


def test_a_switch_reaches_the_palette_and_says_so_once(theme: Theme, qapp: QApplication) -> None:
    told: list[bool] = []
    theme.changed.connect(lambda: told.append(theme.is_dark))

    theme.set_mode("dark")
    theme.set_mode("dark")

    assert told == [True]
    assert qapp.palette().window().color() == theme.color("window")
    assert theme.color("window").lightness() < 60


def test_a_larger_text_size_makes_fonts_and_widgets_larger(theme: Theme, qtbot: object) -> None:
    from ui.widgets.button import Button

    button = Button("Save", keys="↵")
    small = button.sizeHint()

    theme.set_text_scale(150)

    assert fonts.font("body").pixelSize() == 20
    assert button.sizeHint().width() > small.width() * 1.3
    assert button.sizeHint().height() == 48


@pytest.mark.parametrize(("role", "weight"), [("body", 400), ("label", 500), ("strong", 600)])
def test_each_weight_is_a_face_of_inter_of_its_own(theme: Theme, role: str, weight: int) -> None:
    found = QFontInfo(fonts.font(role))  # type: ignore[arg-type]

    assert (found.family(), found.weight()) == ("Inter", weight)


def test_digits_have_one_width_where_columns_need_it(theme: Theme) -> None:
    tabular = fonts.metrics("body", tabular=True)

    assert tabular.horizontalAdvance("1111") == tabular.horizontalAdvance("0000")
    assert fonts.metrics("body").horizontalAdvance("1111") != fonts.metrics("body").horizontalAdvance("0000")


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_an_icon_has_the_pixels_of_its_screen(theme: Theme, ratio: float) -> None:
    drawn = icons.pixmap("phone", 16, "text", ratio)

    assert drawn.devicePixelRatio() == ratio
    assert drawn.size() == QSize(round(16 * ratio), round(16 * ratio))


def test_an_icon_takes_the_colour_of_its_token_in_either_theme(each_theme: Theme) -> None:
    image = icons.pixmap("check", 32, "good", 1.0).toImage()

    inks = {
        image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255
    }
    assert each_theme.color("good").name() in inks


def test_every_icon_of_the_set_draws_something(theme: Theme) -> None:
    empty = []
    for path in sorted((RESOURCES / "icons").glob("*.svg")):
        image = icons.pixmap(path.stem, 16, "text", 1.0).toImage()
        if not any(image.pixelColor(x, y).alpha() for x in range(16) for y in range(16)):
            empty.append(path.stem)

    assert empty == []


def test_an_unknown_icon_is_a_dot_and_no_error(theme: Theme) -> None:
    assert not icons.pixmap("no-such-icon", 16, "text", 1.0).isNull()


def test_no_colour_is_written_down_outside_the_tokens() -> None:
    literal = re.compile(r"""["']#[0-9A-Fa-f]{3,8}["']|QColor\(\s*\d""")
    ui = Path(__file__).parents[2] / "ui"

    found = [
        f"{path.relative_to(ui)}: {line.strip()}"
        for path in ui.rglob("*.py")
        if path.name != "tokens.py"
        for line in path.read_text("utf-8").splitlines()
        if literal.search(line)
    ]

    assert found == []


@pytest.mark.parametrize(("accent", "taken"), [("#8A1C7C", True), ("#0B6E4F", True), ("#FFD60A", False)])
def test_the_systems_accent_is_followed_where_it_can_be_read(accent: str, taken: bool, theme: Theme) -> None:
    theme.follow_accent(QColor(accent))

    assert (theme.color("accent") == QColor(accent)) == taken
    pairs: list[tuple[Token, Token]] = [
        ("text3", "selected"),
        ("text2", "selected"),
        ("accent_text", "surface"),
        ("on_accent", "accent"),
        ("accent_text", "accent_soft"),
    ]
    for words, ground in pairs:
        assert contrast(theme.color(words), theme.color(ground)) >= 4.5, (words, ground)
    theme.set_mode("dark")
    assert theme.color("accent").name() == DARK["accent"].lower()
    theme.follow_accent(None)


def test_a_widget_repaints_in_the_new_colours_without_being_told(theme: Theme, grab: object, qtbot: object) -> None:
    from ui.widgets.card import Card

    card: QWidget = Card()
    card.resize(80, 40)
    before = grab(card).pixelColor(40, 20)  # type: ignore[operator]

    theme.set_mode("dark")

    after = grab(card).pixelColor(40, 20)  # type: ignore[operator]
    assert (before, after) == (QColor("white"), theme.color("surface"))
