"""What a picture depends on besides the code: fonts, zone, locale, the order of sets; fixed before Qt is loaded."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_HOME: Final = "COMPANION_SHOTS"
_FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <match target="font">
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
"""


def fixed(home: Path) -> dict[str, str]:
    """The environment for a process that takes pictures; what it keeps goes into `home`, which must exist.

    Only the bundled fonts can be found, and the machine's zone, language, theme and scale factor are not looked at.
    """
    config = home / "fonts.conf"
    config.write_text(_FONTS.format(fonts=ROOT / "resources" / "fonts", cache=home / "fonts"), "utf-8")
    ours = {
        "PYTHONHASHSEED": "0",
        "QT_QPA_PLATFORM": "offscreen",
        "FONTCONFIG_FILE": str(config),
        "TZ": "Europe/Oslo",
        "LC_ALL": "C.UTF-8",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")},
    }
    # A hash seed is only heard at the start of Python, and any setting of Qt's would show; a bus, too, would be asked
    # whether it can tell the rep, and its answer come before or after the picture.
    theirs = ("QT_", "XDG_", "LC_", "LANG", "DBUS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    return {**kept, **ours}


def enter(arguments: list[str]) -> Path:
    """Starts this program anew in the fixed environment; there it returns the folder that the caller throws away."""
    home = os.environ.get(_HOME)
    if home is None:
        made = Path(tempfile.mkdtemp(prefix="companion-shots-"))
        os.execve(sys.executable, [sys.executable, "-m", "tests.shots", *arguments], {**fixed(made), _HOME: str(made)})
    return Path(home)
