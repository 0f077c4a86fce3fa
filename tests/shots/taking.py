"""Takes the pictures that were asked for, writes them as files, and keeps or compares them."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from PySide6.QtGui import QImage

from tests.shots import baselines
from tests.shots.scenes import Scene, every
from tests.shots.stage import application, in_language, staged, take
from ui import language

MARTA = "Marta Ferreira"


class Shot(NamedTuple):
    """One picture; its name is '<scene>-<theme>-<scale>'."""

    scene: Scene
    theme: str
    scale: int
    image: QImage

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"{self.scene.name}-{self.theme}-{self.scale}"


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
                yield Shot(scene, theme, scale, image)


def run(chosen: argparse.Namespace) -> int:
    """Does what the command line says; the exit code."""
    scenes = _scenes(chosen.only, with_bases=chosen.accept or chosen.check)
    if chosen.list:
        say("\n".join(each.name for each in scenes))
        return 0
    if not scenes:
        say("No scene is called so; --list names them all")
        return 2
    themes, scales = tuple(chosen.theme or ("light", "dark")), tuple(chosen.scale or (100, 200))
    judge = _Judge(chosen.out)
    chosen.out.mkdir(parents=True, exist_ok=True)
    judged = chosen.accept or chosen.check
    language.speak(chosen.language, application())
    for scene in scenes:
        # A state is compared once; a screen in both themes and scales.
        drawn = (("light",), (100,)) if judged and not (scene.screen or scene.is_base) else (themes, scales)
        for shot in play(scene, *drawn, chosen.language, chosen.text_size):
            shot.image.save(str(chosen.out / f"{shot.name}.png"))
            if judged and (scene.screen or (shot.theme == "light" and shot.scale == 100)):
                judge.hear(shot, keeps=chosen.accept and _wanted(scene.name, chosen.only))
            elif judged:
                judge.note(shot)
        say(scene.name)
    if chosen.check:
        (chosen.out / "report.json").write_text(json.dumps(judge.found, indent=1), "utf-8")
    return judge.sum_up() if chosen.check else 0


class _Judge:
    """Keeps pictures as baselines, or tells which differ. Screens must come first: they are the states' bases."""

    def __init__(self, out: Path) -> None:
        self._diff = out / "diff"
        shutil.rmtree(self._diff, ignore_errors=True)
        self._bases: dict[tuple[str, int], dict[str, QImage]] = {}
        self.found: dict[str, str] = {}
        """What is wrong with each picture, by its name; '' where nothing is."""

    def hear(self, shot: Shot, *, keeps: bool) -> None:
        """One more picture."""
        bases = self._bases.setdefault((shot.theme, shot.scale), {})
        if keeps:
            baselines.keep(shot.name, shot.image, bases)
        else:
            self.found[shot.name] = self._problem(shot, bases)
        if shot.scene.is_base:
            bases[shot.scene.name] = shot.image

    def note(self, shot: Shot) -> None:
        """A picture that is only the base of others."""
        self._bases.setdefault((shot.theme, shot.scale), {})[shot.scene.name] = shot.image

    def _problem(self, shot: Shot, bases: dict[str, QImage]) -> str:
        kept = baselines.read(shot.name)
        if kept is None:
            return f"has no baseline: look at it, then ./packaging/shots --only {shot.scene.name} --accept"
        if kept.qt != baselines.qt_minor():
            return f"skip: its baseline was made with Qt {kept.qt}, this is {baselines.qt_minor()}"
        share = baselines.difference(shot.image, kept, bases)
        if share <= baselines.TOLERANCE:
            return ""
        self._diff.mkdir(parents=True, exist_ok=True)
        file = self._diff / f"{shot.name}.png"
        baselines.beside(shot.image, kept).save(str(file))
        return f"differs from its baseline in {share:.2%} of its pixels: before and now stand in {file}"

    def sum_up(self) -> int:
        """Says what was found; 1 where something differs."""
        wrong = {name: words for name, words in self.found.items() if words}
        for name, words in wrong.items():
            say(f"{name} {words}")
        say(f"{len(self.found) - len(wrong)} of {len(self.found)} pictures are as they were")
        return 1 if any(not words.startswith("skip") for words in wrong.values()) else 0


def _scenes(only: list[str], *, with_bases: bool) -> list[Scene]:
    """Those that were asked for, screens first; what is a state of them needs its base too."""
    scenes = sorted(every().values(), key=lambda each: (not each.is_base, each.name))
    return [each for each in scenes if _wanted(each.name, only) or (with_bases and each.is_base)]


def _wanted(name: str, only: list[str]) -> bool:
    return not only or any(name == each or name.startswith(f"{each}-") for each in only)


def say(words: str) -> None:
    """A line for whoever runs it."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
