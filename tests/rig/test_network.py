"""L7 in the size of every full check: each trouble of a network, at endpoints and bytes, and how soon it is over."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from companion.connectors import http
from companion.connectors.base import Unreachable
from companion.domain.ops import OpState
from companion.store.outbox import QueuedOp
from companion.sync.doubts import Doubts
from tests.rig.campaign import campaign
from tests.rig.fault_proxy import FaultProxy
from tests.rig.fresh import fresh_seed
from tests.rig.network import MOST_S, Network
from tests.rig.tally import Tally
from tests.rig.trouble_on_the_way import Fault, Trouble

# Connections are torn in every way there is: which side lets go of a socket last is not what is asked here.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def _torn_connections_go_with_the_test_that_tore_them() -> Iterator[None]:
    yield
    gc.collect()


def test_no_trouble_of_a_network_loses_or_doubles_a_change() -> None:
    tally = campaign("L7", 2 * len(Trouble), seed=1)
    assert tally.clean, tally.words


def test_nor_does_one_that_was_never_tried_before() -> None:
    seed = fresh_seed()
    tally = campaign("L7", 20, seed)
    assert tally.clean, f"seed {seed}: {tally.words}"


def test_two_hundred_changes_leave_soon_after_each_trouble() -> None:
    network, tally = Network("drain"), Tally("L7:drain")
    for number, trouble in enumerate(Trouble):
        try:
            network.attack(number)
        except AssertionError as error:
            tally.ran(number, error)
        else:
            tally.ran(number, None)
            assert network.drained_s[trouble] <= MOST_S
    network.close()
    assert tally.clean, tally.words


def test_the_layer_finds_a_client_that_calls_doubt_unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_in_doubt", lambda why, writes: Unreachable(why))
    assert campaign("L7", 30, seed=3).doubled


def test_the_layer_finds_an_engine_that_sends_what_is_in_doubt_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def again(self: Doubts, op: QueuedOp) -> None:
        self.push.move(op, OpState.PENDING, "again")

    monkeypatch.setattr(Doubts, "settle", again)
    assert campaign("L7", 30, seed=3).doubled


def test_the_proxy_can_be_set_and_healed_again_and_again() -> None:
    with FaultProxy(1) as proxy:
        proxy.with_tls()
        ports = (proxy.port, proxy.tls_port)
        for trouble in Trouble:
            proxy.fault = Fault(trouble)
            proxy.fault = None
        assert (proxy.port, proxy.tls_port) == ports
