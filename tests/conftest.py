"""What holds for every test: no file of the person who runs them is touched, and chance can be replayed."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# The same examples on every machine; `--hypothesis-profile=search` looks for new ones.
settings.register_profile("replay", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("replay")

# A failure in the contract's own asserts is told as in a test's.
pytest.register_assert_rewrite("tests.connectors.contract")


@pytest.fixture(scope="session", autouse=True)
def _a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        # A stray keyring of the desktop is never asked, and a widget is never drawn on the screen.
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        if "QT_QPA_PLATFORM" not in os.environ:
            patch.setenv("QT_QPA_PLATFORM", "offscreen")
        yield


@pytest.fixture(scope="module", autouse=True)
def _rings_of_the_window_end_on_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the application: an object of Qt which another thread collects takes the process down."""
    of_the_window = request.path.relative_to(request.config.rootpath).parts[1] in ("ui", "journeys", "shots")
    if not of_the_window:
        gc.enable()
    else:
        gc.disable()
    yield
    if of_the_window:
        gc.collect()
