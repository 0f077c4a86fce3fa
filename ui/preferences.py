"""What the rep chose for herself on this computer: kept when it changes, and taking effect at once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from companion import settings
from ui.theme.theme import Theme
from ui.widgets.animate import Motion


class Preferences(QObject):
    """The settings of one window. `moved` is told after each change, when theme, text and motion have followed."""

    moved = Signal()

    def __init__(self, chosen: settings.Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chosen = chosen

    def choose(self, **changed: object) -> None:
        """Keeps choices of the rep's and lets them take effect."""
        self.chosen = replace(self.chosen, **changed)  # type: ignore[arg-type]
        settings.save(settings.default_file(), self.chosen)
        self.apply()

    def apply(self) -> None:
        """Lets what is chosen take effect."""
        theme = Theme.current()
        theme.set_mode(self.chosen.theme)
        theme.set_text_scale(self.chosen.text_size)
        Motion.reduced = self.chosen.reduce_motion or Motion.system
        self.moved.emit()

    def toggle_density(self) -> None:
        """Comfortable rows, or compact ones."""
        self.choose(density="comfortable" if self.chosen.density == "compact" else "compact")

    def toggle_motion(self) -> None:
        """Things move, or just change."""
        self.choose(reduce_motion=not self.chosen.reduce_motion)

    def scale(self, by: int) -> None:
        """Larger or smaller text, in percent."""
        low, high = settings.BOUNDS["text_size"]
        self.choose(text_size=max(low, min(high, self.chosen.text_size + by)))
