"""A company's proxy, where it is the only way to the CRM: named in the settings, and asked for nothing but a tunnel."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme

from companion import bootstrap, settings
from companion.connectors.base import ConnectorError, Unreachable
from companion.connectors.http import Client, Timeouts
from companion.connectors.reach import Means, reach
from companion.connectors.tokens import Held
from companion.core import make_connector
from companion.domain.account import Account
from tests.connectors.loopback import answer, serving

QUICK = Timeouts(connect=3, packet=3, whole=10)


@dataclass
class Proxy:
    """A proxy that leads every tunnel to the same server, as an office's firewall lets nobody out but it."""

    port: int
    leads_to: int
    says: str = "200 Connection established"
    asked: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def office(leads_to: int, says: str = "200 Connection established") -> Iterator[Proxy]:
    """An office whose proxy serves until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = Proxy(listener.getsockname()[1], leads_to, says)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_tunnel, args=(connection, proxy), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield proxy
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _tunnel(ours: socket.socket, proxy: Proxy) -> None:
    with ours, contextlib.suppress(OSError):
        head = b""
        while b"\r\n\r\n" not in head and (part := ours.recv(4096)):
            head += part
        proxy.asked.append(head)
        ours.sendall(f"HTTP/1.1 {proxy.says}\r\n\r\n".encode())
        if not proxy.says.startswith("200"):
            return
        with socket.create_connection(("127.0.0.1", proxy.leads_to)) as theirs:
            back = threading.Thread(target=_pour, args=(theirs, ours), daemon=True)
            back.start()
            _pour(ours, theirs)
            back.join(5)


def _pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextlib.contextmanager
def crm(authority: trustme.CA, body: bytes = b'{"a": 1}') -> Iterator[int]:
    """A CRM called crm.example, which no name server here knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("crm.example").configure_cert(context)
    with serving(lambda _: answer(body), context=context) as place:
        yield place.port


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_crm_behind_the_proxy_is_reached_and_the_proxy_reads_nothing(authority: trustme.CA) -> None:
    with crm(authority) as port, office(port) as proxy:
        with Client(time.monotonic, context=trusting(authority), proxy=proxy.url, timeouts=QUICK) as client:
            told = client.read("GET", "https://crm.example/people", headers={"Authorization": "Bearer canary"}).json()
            client.write("POST", "https://crm.example/notes", json={"body": "canary"})

    assert told == {"a": 1}
    assert all(each.startswith(b"CONNECT crm.example:443 ") for each in proxy.asked)
    assert b"canary" not in b"".join(proxy.asked)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_what_lies_on_this_computer_never_goes_by_the_proxy(host: str) -> None:
    with office(9) as proxy, serving(lambda _: answer(b"[1]"), host=host) as here:
        with Client(time.monotonic, proxy=proxy.url, timeouts=QUICK) as client:
            assert client.read("GET", here.url()).json() == [1]
    assert proxy.asked == []


def test_a_proxy_that_lets_nothing_through_is_told_as_that_and_nothing_was_sent(authority: trustme.CA) -> None:
    with office(9, "407 Proxy Authentication Required") as proxy:
        with Client(time.monotonic, context=trusting(authority), proxy=proxy.url, timeouts=QUICK) as client:
            with pytest.raises(Unreachable) as caught:
                client.write("POST", "https://crm.example/notes", json={"body": "canary"})
        assert caught.value.title == "The proxy does not let Companion through"
        assert "canary" not in b"".join(proxy.asked).decode()
    with Client(time.monotonic, context=trusting(authority), proxy=proxy.url, timeouts=QUICK) as client:
        with pytest.raises(Unreachable) as caught:
            client.write("POST", "https://crm.example/notes", json={})
    assert caught.value.title == "Nothing answers at 127.0.0.1", "it is the proxy that is not there"


def test_the_doctor_tells_the_way_by_the_proxy(authority: trustme.CA) -> None:
    with crm(authority) as port, office(port) as proxy:
        found = list(reach("https://crm.example", means(authority, proxy.url)))

    assert [each.what for each in found if not each.well] == []
    told = "\n".join(each.what for each in found)
    assert f"Companion goes by the proxy {proxy.url}, as your settings say" in told
    assert "The server answers (HTTP 200)" in told


def test_the_doctor_tells_a_proxy_that_refuses_and_one_that_is_not_there(authority: trustme.CA) -> None:
    with office(9, "403 Forbidden") as proxy:
        refused = list(reach("https://crm.example", means(authority, proxy.url)))
    gone = list(reach("https://crm.example", means(authority, proxy.url)))

    assert [each.what for each in refused if not each.well] == ["The proxy does not let Companion through"]
    assert [each.what for each in gone if not each.well] == ["Nothing answers at 127.0.0.1"]


def means(authority: trustme.CA, proxy: str) -> Means:
    return Means(time.monotonic, time.time, lambda: trusting(authority), dict, 3.0, proxy)


# From the settings ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The rep's own file of settings."""
    monkeypatch.setattr(settings, "default_file", lambda: tmp_path / "settings.toml")
    return tmp_path / "settings.toml"


def test_all_that_speaks_to_a_crm_goes_by_the_proxy_of_the_settings(chosen: Path) -> None:
    with office(9, "403 Forbidden") as proxy:
        settings.save(chosen, settings.Settings(proxy=proxy.url))
        connector = make_connector(Account("hubspot", "https://crm.example", "", "", "key"), Held("a-key"))
        with contextlib.closing(connector), pytest.raises(ConnectorError):
            connector.describe()
        with bootstrap._clocks().client() as client, pytest.raises(ConnectorError):
            client.read("GET", "https://crm.example/")
    assert [each.split(b" ")[1] for each in proxy.asked] == [b"crm.example:443"] * 2


def test_without_a_choice_companion_goes_straight(chosen: Path) -> None:
    assert settings.way_out() is None
    assert bootstrap._clocks().proxy is None


@pytest.mark.parametrize(
    "proxy",
    ["http://ana:secret@proxy.example:3128", "socks5://proxy.example", "proxy.example:3128", "http://", "http://a b"],
)
def test_a_proxy_with_a_password_or_of_another_kind_is_none(chosen: Path, proxy: str) -> None:
    chosen.write_text(f'proxy = "{proxy}"\n', "utf-8")
    assert settings.way_out() is None
