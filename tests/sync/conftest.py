"""An office for each test, its file in memory where the machine has such a place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sync.world import World


@pytest.fixture
def office() -> Iterator[Callable[..., World]]:
    """Makes worlds; `synced` (by default) they have read the CRM once."""
    worlds: list[World] = []
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:

        def make(*, synced: bool = True, **options: Any) -> World:
            place = Path(folder) / str(len(worlds))
            place.mkdir()
            world = World(place, **options)
            worlds.append(world)
            if synced:
                world.sync()
            return world

        yield make
        for world in worlds:
            world.database.close()
