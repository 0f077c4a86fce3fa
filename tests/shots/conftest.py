"""The tests of the pictures share the theme and the camera of the tests of the window."""

from __future__ import annotations

from tests.ui.conftest import grab, pytest_configure, theme

__all__ = ["grab", "pytest_configure", "theme"]
