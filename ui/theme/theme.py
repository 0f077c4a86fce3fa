"""Light and dark: which scheme is on, its colours, and the palette that Fusion paints with."""

from __future__ import annotations

import sys
from typing import Final, Literal

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from ui.theme import fonts
from ui.theme.accent import with_accent
from ui.theme.tokens import DARK, DARK_AVATARS, LIGHT, LIGHT_AVATARS, Colours, Token

Mode = Literal["system", "light", "dark"]

_SCHEMES: Final = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}

_PALETTE: Final[tuple[tuple[QPalette.ColorRole, Token], ...]] = (
    (QPalette.ColorRole.Window, "window"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Base, "surface"),
    (QPalette.ColorRole.AlternateBase, "subtle"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.BrightText, "bad"),
    (QPalette.ColorRole.PlaceholderText, "text3"),
    (QPalette.ColorRole.Button, "button"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.Highlight, "accent"),
    (QPalette.ColorRole.HighlightedText, "on_accent"),
    (QPalette.ColorRole.Accent, "accent"),
    (QPalette.ColorRole.Link, "accent_text"),
    (QPalette.ColorRole.LinkVisited, "accent_text"),
    (QPalette.ColorRole.ToolTipBase, "toast"),
    (QPalette.ColorRole.ToolTipText, "toast_text"),
    (QPalette.ColorRole.Light, "surface"),
    (QPalette.ColorRole.Midlight, "subtle"),
    (QPalette.ColorRole.Mid, "border"),
    (QPalette.ColorRole.Dark, "control"),
    (QPalette.ColorRole.Shadow, "shadow"),
)
_FADED: Final = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
    QPalette.ColorRole.PlaceholderText,
)


class Theme(QObject):
    """The one source of colours while the app runs; read `Theme.current()` in a paint event, never keep a colour.

    A switch reaches every widget as a palette change, so a widget that paints with `color()` follows without
    connecting anything. `changed` comes after the palette and the fonts are in place, in the UI thread.
    """

    changed = Signal()

    _current: Theme | None = None

    def __init__(self, mode: Mode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode: Mode = mode
        self._app: QApplication | None = None
        self._colours: Colours = LIGHT
        self._dark = False
        self._accent: QColor | None = None
        self._made: dict[str, QColor] = {}
        self._choose()
        Theme._current = self

    @classmethod
    def current(cls) -> Theme:
        """The theme made last; makes one that follows the system when there is none."""
        return cls._current or cls()

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def is_dark(self) -> bool:
        return self._dark

    @property
    def colours(self) -> Colours:
        return self._colours

    def set_mode(self, mode: Mode) -> None:
        """Follow the system, or stay light or dark whatever the system says."""
        if mode != self._mode:
            self._mode = mode
            self._switch()

    def set_text_scale(self, percent: int) -> None:
        """The rep's own text size, 100 to 200 % of the system's."""
        if fonts.set_scale(percent):
            self._switch()

    def color(self, token: Token) -> QColor:
        """The colour of `token` now; treat it as read-only, it is shared."""
        made = self._made.get(token)
        if made is None:
            wanted: Token = "control" if token == "border" and _wants_contrast() else token
            made = self._made[token] = QColor(self._colours[wanted])
        return made

    def avatar(self, index: int) -> tuple[QColor, QColor]:
        """Disc and letters of the avatar tint number `index`; wraps around."""
        pairs = DARK_AVATARS if self.is_dark else LIGHT_AVATARS
        disc, letters = pairs[index % len(pairs)]
        return self._hex(disc), self._hex(letters)

    def palette(self) -> QPalette:
        """The palette for Fusion; disabled text is the quietest text colour."""
        palette = QPalette()
        for role, token in _PALETTE:
            palette.setColor(role, self.color(token))
        for role in _FADED:
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("control"))
        palette.setColor(QPalette.ColorGroup.Inactive, QPalette.ColorRole.Highlight, self.color("accent"))
        return palette

    def follow_accent(self, accent: QColor | None) -> None:
        """Takes the system's accent in place of ours, where it is legible in the scheme that is on; None: ours."""
        self._accent = accent
        self._switch()

    def apply(self, app: QApplication) -> None:
        """Dress `app`: Fusion, palette, font; from now on a change of the system's scheme is followed."""
        first, self._app = self._app is None, app
        if app.style().name() != "fusion":
            app.setStyle(QStyleFactory.create("Fusion"))
        if first:
            if sys.platform in ("win32", "darwin"):
                self._accent = app.palette().color(QPalette.ColorRole.Accent)  # before it is ours
            app.styleHints().colorSchemeChanged.connect(self._system_changed)
            fonts.read_system_scale()
        self._switch()

    def _hex(self, value: str) -> QColor:
        made = self._made.get(value)
        if made is None:
            made = self._made[value] = QColor(value)
        return made

    def _choose(self) -> None:
        self._dark = self._mode == "dark" or (self._mode == "system" and _system_is_dark())
        ours = DARK if self._dark else LIGHT
        self._colours = ours if self._accent is None else with_accent(ours, self._accent)
        self._made.clear()

    def _system_changed(self) -> None:
        if self._mode == "system":
            self._switch()

    def _switch(self) -> None:
        if self._app is not None and sys.platform in ("win32", "darwin"):
            # Title bars and native dialogs follow only this; our own painting does not need it.
            self._app.styleHints().setColorScheme(_SCHEMES[self._mode])
        self._choose()
        if self._app is not None:
            self._app.setPalette(self.palette())
            self._app.setFont(fonts.font("body"))
            _tell_all()
        self.changed.emit()


def color(token: Token) -> QColor:
    """The colour of `token` in the current theme."""
    return Theme.current().color(token)


def _tell_all() -> None:
    # Widgets that took a font of their own do not hear of a new application font, yet their sizes depend on it.
    for widget in QApplication.allWidgets():
        if shiboken6.isValid(widget):  # one of them may end another
            QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _wants_contrast() -> bool:
    hints = QGuiApplication.styleHints()  # held: the binding drops what accessibility() gives with it
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
