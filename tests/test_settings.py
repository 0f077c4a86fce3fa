"""The settings survive a restart, and no file of settings, however broken, stops Companion."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import settings
from companion.settings import BOUNDS, Settings

CHOSEN = Settings(
    theme="dark",
    language="de",
    density="compact",
    text_size=150,
    reduce_motion=True,
    single_keys="with-ctrl",
    keep_running=True,
    notifications=False,
    notification_words="count",
    meeting_minutes=15,
    quiet_from=18,
    quiet_until=8,
    poll_minutes=15,
    morning_hour=7,
    lock_minutes=15,
    proxy="http://proxy.example:3128",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def test_without_a_file_everything_is_the_default_and_no_file_is_made(file: Path) -> None:
    assert settings.load(file) == Settings()
    assert not file.exists()


def test_what_was_chosen_is_there_after_a_restart(file: Path) -> None:
    settings.save(file, CHOSEN)
    assert settings.load(file) == CHOSEN
    assert all(getattr(CHOSEN, field.name) != field.default for field in fields(Settings)), "each setting is tried"


def test_saving_again_replaces_and_leaves_nothing_else_behind(file: Path) -> None:
    settings.save(file, CHOSEN)
    settings.save(file, replace(CHOSEN, theme="light"))
    assert settings.load(file).theme == "light"
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    "damage",
    [b"theme = ", b"\x00\xff\xfe", b"\xef\xbb\xbf\xff", b"[" * 50_000, b"a=" + b"[" * 5000, b"x" * 70_000],
    ids=["cut", "binary", "broken utf-8", "brackets", "deep", "large"],
)
def test_a_damaged_file_is_set_aside_and_the_defaults_hold(
    file: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    file.write_bytes(damage)
    with caplog.at_level(logging.WARNING):
        assert settings.load(file) == Settings()
    assert "damaged" in caplog.text
    assert not file.exists()
    assert file.with_name("settings.toml.damaged").read_bytes() == damage


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", '"pink"'),
        ("theme", "7"),
        ("density", "[1]"),
        ("text_size", "79"),
        ("text_size", "true"),
        ("text_size", '"100"'),
        ("poll_minutes", "0"),
        ("poll_minutes", "99999999999999999999"),
        ("morning_hour", "8.5"),
        ("keep_running", "1"),
        ("notifications", "1979-05-27"),
    ],
)
def test_a_value_that_is_not_allowed_is_the_default_and_the_others_stay(file: Path, name: str, value: str) -> None:
    file.parent.mkdir()
    file.write_text(f"{name} = {value}\nreduce_motion = true\n", "utf-8")
    assert settings.load(file) == Settings(reduce_motion=True)


def test_what_a_newer_version_wrote_survives_an_older_one(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('wallpaper = "the \\"sea\\" 🌊"\n"a b" = "\\u0007"\n[table]\n', "utf-8")
    settings.save(file, CHOSEN)
    assert tomllib.loads(file.read_text("utf-8"))["wallpaper"] == 'the "sea" 🌊'
    assert settings.load(file) == CHOSEN


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_not_be_written_keeps_the_old_settings(file: Path) -> None:
    settings.save(file, CHOSEN)
    file.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(OSError, match="ermission"):
        settings.save(file, Settings())
    file.parent.chmod(stat.S_IRWXU)
    assert settings.load(file) == CHOSEN


def test_a_failed_save_leaves_the_old_settings_and_no_rubbish(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.save(file, CHOSEN)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        settings.save(file, Settings())
    assert settings.load(file) == CHOSEN
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


def test_a_folder_in_place_of_the_file_is_no_crash(file: Path) -> None:
    file.mkdir(parents=True)
    assert settings.load(file) == Settings()


ANY = st.fixed_dictionaries(
    {},
    optional={
        "theme": st.sampled_from(["system", "light", "dark"]),
        "single_keys": st.sampled_from(["on", "with-ctrl", "off"]),
        "keep_running": st.booleans(),
        **{name: st.integers(lowest, highest) for name, (lowest, highest) in BOUNDS.items()},
    },
)


@given(chosen=ANY)
def test_every_allowed_choice_survives(tmp_path_factory: pytest.TempPathFactory, chosen: dict[str, Any]) -> None:
    file = tmp_path_factory.mktemp("settings") / "settings.toml"
    settings.save(file, Settings(**chosen))
    assert settings.load(file) == Settings(**chosen)


def test_reading_settings_brings_no_library_along() -> None:
    code = (
        "import sys, companion.settings; print({'platformdirs', 'httpx', 'sqlalchemy', 'PySide6'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert run.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("chosen", "system", "spoken"),
    [
        ("system", ["de-AT", "en-GB"], "de"),
        ("system", ["pl_PL", "fr_FR"], "fr"),
        ("system", ["C"], "en"),
        ("system", [], "en"),
        ("es", ["de_DE"], "es"),
        ("klingon", ["de_DE"], "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_first_of_the_systems_that_is_spoken_here(
    chosen: str, system: list[str], spoken: str
) -> None:
    assert settings.language_of(chosen, system) == spoken
