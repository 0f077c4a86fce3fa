"""Inter and the system font: one function gives the font of each role of type."""

from __future__ import annotations

import sys
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QGuiApplication

from ui.theme.resources import RESOURCES
from ui.theme.tokens import LEADING, TYPE, TypeRole

FAMILY: Final = "Inter"
_FACES: Final = ("Regular", "Medium", "SemiBold", "Italic")
# What the platform shows when nobody touched its text size; 13 px of ours stand beside it.
_SYSTEM_POINTS: Final = {"win32": 9.0, "darwin": 13.0}

_WIDTHS_KEPT: Final = 4_000


class _State:
    """What the fonts depend on; one for the process, as the font database is."""

    def __init__(self) -> None:
        self.loaded: set[str] = set()
        self.inter = sys.platform not in _SYSTEM_POINTS
        self.system_scale = 1.0
        self.percent = 100
        self.made: dict[tuple[TypeRole, bool, int | None], QFont] = {}
        self.metrics: dict[tuple[TypeRole, bool, int | None], QFontMetricsF] = {}
        self.edition = 0
        self.widths: dict[tuple[TypeRole, bool, int | None, str], float] = {}


_state = _State()


def use_inter(wanted: bool) -> None:
    """Bundled Inter (the default on Linux) or the system's own font (the default on Windows and macOS)."""
    if wanted != _state.inter:
        _state.inter = wanted
        _forget()


def set_scale(percent: int) -> bool:
    """Set the rep's text size, clamped to 100 to 200; true when it changed."""
    clamped = max(100, min(200, percent))
    if clamped == _state.percent:
        return False
    _state.percent = clamped
    _forget()
    return True


def read_system_scale() -> None:
    """Take over how much larger than usual the system's text is, 1.0 to 2.0."""
    usual = _SYSTEM_POINTS.get(sys.platform)
    if usual is not None:
        now = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF() / usual
    else:
        now = QGuiApplication.primaryScreen().logicalDotsPerInch() / 96
    _state.system_scale = max(1.0, min(2.0, now))
    _forget()


def scale() -> float:
    """How much larger than the design everything that holds text is, 1.0 and up."""
    return _state.system_scale * _state.percent / 100


def px(value: float) -> int:
    """A length of the design, scaled with the text size."""
    return round(value * scale())


def edition() -> int:
    """Grows whenever what was laid out with these fonts is out of date."""
    return _state.edition


def leading() -> int:
    """Line height of a paragraph in logical pixels."""
    return px(LEADING)


def font(role: TypeRole, tabular: bool = False, size: int | None = None) -> QFont:
    """The font of `role`; `tabular` gives digits of one width, `size` (unscaled px) overrides the role's."""
    key = (role, tabular, size)
    made = _state.made.get(key)
    if made is None:
        made = _state.made[key] = _make(role, tabular, size)
    return made


def metrics(role: TypeRole, tabular: bool = False, size: int | None = None) -> QFontMetricsF:
    """The metrics of `font()` with the same arguments; kept, as they cost more than the painting."""
    key = (role, tabular, size)
    made = _state.metrics.get(key)
    if made is None:
        made = _state.metrics[key] = QFontMetricsF(font(role, tabular, size))
    return made


def width(line: str, role: TypeRole, tabular: bool = False, size: int | None = None) -> float:
    """Width of one line in logical pixels; kept, as a list measures the same words at each paint."""
    key = (role, tabular, size, line)
    found = _state.widths.get(key)
    if found is None:
        if len(_state.widths) >= _WIDTHS_KEPT:
            _state.widths.clear()
        found = _state.widths[key] = metrics(role, tabular, size).horizontalAdvance(line)
    return found


def _make(role: TypeRole, tabular: bool, size: int | None) -> QFont:
    style = TYPE[role]
    made = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    if _state.inter:
        _load("Italic" if style.italic else _face(style.weight))
        made = QFont(FAMILY)
        made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setPixelSize(px(size or style.px))
    made.setWeight(QFont.Weight(style.weight))
    made.setItalic(style.italic)
    if style.tracking:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, style.tracking * scale())
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def _face(weight: int) -> str:
    return "SemiBold" if weight >= 600 else "Medium" if weight >= 500 else "Regular"


def _load(face: str) -> None:
    # A face costs a millisecond or two; without Regular, Qt would call the first face loaded "Inter".
    wanted = {"Regular", face}
    for name in _FACES:
        if name in wanted and name not in _state.loaded:
            QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / f"Inter-{name}.ttf"))
            _state.loaded.add(name)


def _forget() -> None:
    _state.made.clear()
    _state.metrics.clear()
    _state.widths.clear()
    _state.edition += 1
