"""A rep's day in small, played once so that a warm process knows every module that it takes."""

from __future__ import annotations

import shutil

from companion.bootstrap import make_engine
from tests.rig.crm_server import Office
from tests.rig.homes import USER, Home, NearConnector, far_connector, workroom
from tests.rig.scenarios.acts import Rep


def run() -> None:
    """Against a CRM in this process, and once against none."""
    office, folder = Office(), workroom()
    try:
        home = Home(folder)
        home.make(office.crm)
        with home.lived_in():
            core = home.open(NearConnector(office.crm, USER))
            Rep(core, lambda told: None).logs_a_call("w1")
            make_engine(core).cycle()
            core._connector = far_connector("http://127.0.0.1:1")
            make_engine(core).cycle()
            core.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
