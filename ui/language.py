"""The window's words: what `self.tr` says comes out of the same catalogue as the core's sentences."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from companion import catalogues
from companion.domain import language

MIRRORED: Final = "mirrored"
"""The made-up language from right to left, for tests of the layout."""
_QTS: Final = frozenset({"QGuiApplication", "QShortcut"})
"""Where Qt asks for the direction by a word of its own, and for the names of keys."""
_RIGHT_TO_LEFT: Final = frozenset({MIRRORED})


class Words(QTranslator):
    """Looks up in the catalogue that is spoken. The context is no part of the key: one sentence, one translation."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        if not text or context in _QTS:
            return None  # type: ignore[return-value]  # a null QString: the next translator is asked
        said = language.tr(text)
        return said if said != text else None  # type: ignore[return-value]


_installed: list[QTranslator] = []


def speak(code: str, app: QApplication) -> None:
    """From now on the whole app in this language (its two letters), from right to left where it is read so.

    Before the first window: what stands on a screen is not said again.
    """
    while _installed:
        app.removeTranslator(_installed.pop())
    made_up = code in (catalogues.PSEUDO, MIRRORED)
    catalogues.speak(catalogues.PSEUDO if made_up else code, twelve=code == "en" and _twelve())
    right = code in _RIGHT_TO_LEFT
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if right else Qt.LayoutDirection.LeftToRight)
    QLocale.setDefault(QLocale("en" if made_up else code) if made_up or code != "en" else QLocale.system())
    if code == "en":
        return
    own = QTranslator(app)  # Qt's own words: the menu of a text field
    if not made_up and own.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        _install(own, app)
    _install(Words(app), app)


def system_languages() -> list[str]:
    """The languages that the rep set up in the system, the best first."""
    return list(QLocale.system().uiLanguages())


def _twelve() -> bool:
    """Whether the system asks for a clock of twelve hours, as it is usual in the United States."""
    system = QLocale.system()
    in_states = system.territory() == QLocale.Country.UnitedStates
    return in_states and "a" in system.timeFormat(QLocale.FormatType.ShortFormat).lower()


def _install(translator: QTranslator, app: QApplication) -> None:
    if app.installTranslator(translator):
        _installed.append(translator)
