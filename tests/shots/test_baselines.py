"""Every screen and state looks as it did when somebody last agreed with it, and the comparing finds what does not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from tests.shots import baselines
from tests.shots.scenes import every
from tests.shots.surroundings import ROOT
from tests.ui.gallery import GALLERY

Grab = Callable[..., QImage]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is wrong with each picture, by its name; drawn once, in a process of its own as the fonts demand."""
    out = ROOT / "out" / "shots"
    (out / "report.json").unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.shots", "--check", "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert (out / "report.json").exists(), done.stderr[-3000:]
    found: dict[str, str] = json.loads((out / "report.json").read_text("utf-8"))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(every()))
def test_each_screen_looks_as_it_was_agreed(name: str, report: dict[str, str]) -> None:
    mine = {shot: words for shot, words in report.items() if shot.rsplit("-", 2)[0] == name}

    assert mine, f"{name} was not drawn"
    skipped = [words for words in mine.values() if words.startswith("skip")]
    if skipped:
        pytest.skip(f"{skipped[0]}. Look at the new ones, then ./packaging/shots --accept")
    assert {shot: words for shot, words in mine.items() if words} == {}


def test_no_baseline_is_left_of_a_scene_that_is_gone() -> None:
    kept = {file.stem.rsplit("-", 2)[0] for file in baselines.FOLDER.glob("*.png")}

    assert kept <= set(every())


def test_the_baselines_stay_small() -> None:
    assert sum(file.stat().st_size for file in baselines.FOLDER.glob("*.png")) < 6_000_000


# The comparing itself ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def picture(theme: object, grab: Grab, qtbot: object) -> Callable[[str], QImage]:
    """A picture of a widget of the gallery."""

    def taken(name: str) -> QImage:
        widget: QWidget = GALLERY[name]()
        qtbot.addWidget(widget)  # type: ignore[attr-defined]
        widget.resize(500, 300)
        widget.show()
        QApplication.processEvents()
        return grab(widget)

    return taken


def changed(image: QImage, box: QRect, colour: str = "#B0251B") -> QImage:
    """The picture with a box painted over it."""
    other = image.copy()
    painter = QPainter(other)
    painter.fillRect(box, QColor(colour))
    painter.end()
    return other


@pytest.mark.parametrize("name", ["today", "history", "toast", "strip"])
def test_the_same_picture_is_the_same_though_it_is_kept_in_few_colours(
    name: str, picture: Callable[[str], QImage], tmp_path: Path
) -> None:
    image = picture(name)

    baselines.keep(name, image, {}, tmp_path)
    kept = baselines.read(name, tmp_path)

    assert kept is not None
    assert kept.image.colorCount() <= baselines.COLOURS
    assert baselines.difference(image, kept, {}) == 0.0


def test_one_pixel_in_a_thousand_may_differ_and_no_more(picture: Callable[[str], QImage], tmp_path: Path) -> None:
    image = picture("today")
    baselines.keep("today", image, {}, tmp_path)
    kept = baselines.read("today", tmp_path)
    assert kept is not None

    for side, fits in ((12, True), (13, False)):
        share = baselines.difference(changed(image, QRect(100, 200, side, side)), kept, {})
        assert (share <= baselines.TOLERANCE) == fits, share


def test_a_state_keeps_only_what_differs_from_its_screen(picture: Callable[[str], QImage], tmp_path: Path) -> None:
    screen = picture("today")
    state = changed(screen, QRect(40, 60, 100, 50))

    baselines.keep("state", state, {"today": screen}, tmp_path)
    kept = baselines.read("state", tmp_path)

    assert kept is not None
    assert kept.base == "today"
    assert QRect(40, 60, 100, 50).contains(kept.box)
    assert baselines.difference(state, kept, {"today": screen}) == 0.0


@pytest.mark.parametrize("box", [QRect(40, 60, 30, 30), QRect(300, 200, 30, 30)])
def test_a_change_inside_or_outside_of_what_a_state_keeps_is_found(
    box: QRect, picture: Callable[[str], QImage], tmp_path: Path
) -> None:
    screen = picture("today")
    state = changed(screen, QRect(40, 60, 100, 50))
    baselines.keep("state", state, {"today": screen}, tmp_path)
    kept = baselines.read("state", tmp_path)
    assert kept is not None

    assert baselines.difference(changed(state, box, "#1A6B42"), kept, {"today": screen}) > baselines.TOLERANCE


def test_another_size_is_another_picture(picture: Callable[[str], QImage], tmp_path: Path) -> None:
    image = picture("today")
    baselines.keep("today", image, {}, tmp_path)
    kept = baselines.read("today", tmp_path)
    assert kept is not None

    assert baselines.difference(image.copy(0, 0, 499, 300), kept, {}) == 1.0
    assert baselines.beside(image, kept).width() == 2 * 500 + 8
