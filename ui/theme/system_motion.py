"""Whether the system asks for less motion, as far as that can be told without waiting for long."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Final

_CLIENT_AREA_ANIMATION: Final = 0x1042
_PATIENCE_S: Final = 2.0


def asks_for_less() -> bool:
    """Read once at the start, away from the UI thread: on Linux a small program is asked. False where nobody says."""
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return _says(["defaults", "read", "com.apple.universalaccess", "reduceMotion"], "1")
    desktop = os.environ.get("XDG_CURRENT_DESKTOP", "").casefold()
    if "kde" in desktop:
        return _says(["kreadconfig6", "--group", "KDE", "--key", "AnimationDurationFactor"], "0")
    if desktop:
        return _says(["gsettings", "get", "org.gnome.desktop.interface", "enable-animations"], "false")
    return False


def _says(command: list[str], wanted: str) -> bool:
    program = shutil.which(command[0])
    if program is None:
        return False
    try:
        asked = subprocess.run(
            [program, *command[1:]], capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.stdout.strip() == wanted


def _windows() -> bool:
    import ctypes

    shown = ctypes.c_int(1)
    windll = getattr(ctypes, "windll", None)
    if windll is None or not windll.user32.SystemParametersInfoW(_CLIENT_AREA_ANIMATION, 0, ctypes.byref(shown), 0):
        return False
    return not shown.value
