"""Takes the pictures that were asked for and writes them as files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from PySide6.QtGui import QImage

from tests.shots.scenes import Scene, every
from tests.shots.stage import in_language, staged, take

MARTA = "Marta Ferreira"


class Shot(NamedTuple):
    """One picture; `name` is '<scene>-<theme>-<scale>'."""

    name: str
    image: QImage


def play(
    scene: Scene, themes: tuple[str, ...], scales: tuple[int, ...], language: str = "en", text_size: int = 100
) -> Iterator[Shot]:
    """Plays a scene once and takes its pictures."""
    chosen = in_language(scene.chosen, language)
    if text_size != 100:
        chosen = replace(chosen, text_size=text_size)
    with staged(chosen, empty=scene.empty, size=scene.window) as stage:
        if not scene.empty:
            stage.person(MARTA)
        scene.play(stage)
        for theme in themes:
            for scale in scales:
                image = take(stage.shown, "dark" if theme == "dark" else "light", scale / 100)
                yield Shot(f"{scene.name}-{theme}-{scale}", image)


def run(chosen: argparse.Namespace) -> int:
    """Does what the command line says."""
    scenes = [each for each in every().values() if _wanted(each.name, chosen.only)]
    if chosen.list:
        say("\n".join(each.name for each in scenes))
        return 0
    out: Path = chosen.out
    out.mkdir(parents=True, exist_ok=True)
    themes, scales = tuple(chosen.theme or ("light", "dark")), tuple(chosen.scale or (100, 200))
    if not scenes:
        say("No scene is called so; --list names them all")
        return 2
    for scene in scenes:
        for shot in play(scene, themes, scales, chosen.language, chosen.text_size):
            shot.image.save(str(out / f"{shot.name}.png"))
        say(scene.name)
    return 0


def _wanted(name: str, only: list[str]) -> bool:
    return not only or any(name == each or name.startswith(f"{each}-") for each in only)


def say(words: str) -> None:
    """A line for whoever runs it."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
