"""A computer's home with one real profile in it: encrypted, durable, opened by a passphrase, copied between runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from companion import bootstrap
from companion.actions.desk import Desk
from companion.bootstrap import Account, Core
from companion.connectors.base import Connector, Description
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.wire import straight
from companion.credentials import PassphraseVault
from companion.domain.records import Kind
from tests.rig.remote_connector import RemoteConnector, RemoteCrm, loopback_client

PASSPHRASE = "a horse in the rig"
VAULT = PassphraseVault(PASSPHRASE, seconds=0.0, memory_kib=8)
USER = "U1"
PLAYED = frozenset({Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY})
"""The kinds that change in a run; the others are read once, when the template is made."""


class _Narrow:
    """What is played alone: a cycle takes half the requests."""

    def describe(self) -> Description:
        from msgspec.structs import replace as told

        found: Description = super().describe()  # type: ignore[misc]
        return told(found, kinds={kind: facts for kind, facts in found.kinds.items() if kind in PLAYED})


class NearConnector(_Narrow, DemoConnector):
    """To a CRM in this process."""


class FarConnector(_Narrow, RemoteConnector):
    """To a CRM in another process."""


def far_connector(url: str) -> FarConnector:
    """The way to the CRM served at `url`."""
    return FarConnector(RemoteCrm(loopback_client(), url), USER, straight)


class Home:
    """A folder that stands for the whole computer: profile, settings and whatever is kept beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def profile(self) -> Path:
        """Where the profile is, as a real start finds it."""
        return self.folder / "data" / "Companion" / "profiles" / "default"

    @property
    def _places(self) -> dict[str, str]:
        return {f"XDG_{name}_HOME": str(self.folder / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}

    def move_in(self) -> None:
        """From now on this process takes the folder for its home."""
        os.environ.update(self._places)

    @contextmanager
    def lived_in(self) -> Iterator[None]:
        """While the block runs, this process takes the folder for its home."""
        before = {name: os.environ.get(name) for name in self._places}
        self.move_in()
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    def make(self, crm: DemoCrm) -> None:
        """A profile whose first sync is done."""
        with self.lived_in():
            core = self.open(DemoConnector(crm, USER))
            bootstrap.sync_once(core)
            core.close()

    def open(self, connector: Connector) -> Core:
        """Opens the profile as the app does, or makes it where there is none. Call it while the home is lived in."""
        if bootstrap.has_book(self.profile):
            core = bootstrap.open_profile(self.profile, VAULT)
        else:
            core = bootstrap.create_profile(self.profile, VAULT, Account("demo"), "no secret")
        core._connector = connector
        return core

    def copy_to(self, folder: Path) -> Home:
        """The same home elsewhere, in place of what was there."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return Home(folder)


def hasty(core: Core) -> Desk:
    """The desk, whose ops may leave at once."""
    return replace(core.desk(), hold_s=0)


def workroom() -> Path:
    """A new folder, in memory where there is such a thing."""
    import tempfile

    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="rig-", dir=memory if memory.is_dir() else None))
