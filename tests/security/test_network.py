"""S-20 to S-26: what the way to a CRM must keep, with the product's own trust store and no bypass.

Certificates' words, redirects, caps on headers and dripping answers: `tests/connectors/test_http.py`.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import ssl
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from companion.connectors.base import Misconfigured, Unreachable
from companion.connectors.http import BODY_CAP, Client, Timeouts
from companion.connectors.trouble import BadAddress
from companion.domain.records import Kind
from companion.store import records
from tests.connectors.loopback import answer, serving
from tests.rig.crm_server import Office, Served
from tests.rig.distant_office import Way
from tests.rig.trouble_on_the_way import Fault, Trouble

QUICK = Timeouts(connect=5.0, packet=5.0, whole=10.0)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def store(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operating system's trust store, with a company's own authority in it."""
    file = tmp_path / "store.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


@pytest.fixture
def client(store: Path) -> Iterator[Client]:
    with Client(time.monotonic, timeouts=QUICK) as made:
        yield made


def serve(cert: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    return context


def signed(folder: Path, authority: trustme.CA | None, bits: int) -> ssl.SSLContext:
    """A server with an RSA key of so many bits, signed by `authority` or by itself."""
    key = rsa.generate_private_key(65537, bits)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    issuer, signer = name, key
    if authority is not None:
        issuer = x509.load_pem_x509_certificate(authority.cert_pem.bytes()).subject
        signer = load_pem_private_key(authority.private_key_pem.bytes(), None)  # type: ignore[assignment]
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder(issuer, name, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    file = folder / f"{bits}.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + cert.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(file)
    return context


def is_refused(client: Client, context: ssl.SSLContext) -> None:
    with serving(lambda _: answer(b"[1]"), context=context, host="localhost") as server:
        with pytest.raises(BadAddress):
            client.write("POST", server.url(), json={"secret": 1})
        with pytest.raises(BadAddress):
            client.read("GET", server.url(), headers={"Authorization": "key"})
    assert server.asked == []


class TestCertificatesAndVersions:
    """S-20 and S-21."""

    def test_a_companys_own_authority_in_the_store_is_trusted(self, client: Client, authority: trustme.CA) -> None:
        context = serve(authority.issue_cert("localhost"))
        with serving(lambda _: answer(b"[1]"), context=context, host="localhost") as server:
            assert client.read("GET", server.url()).json() == [1]

    @pytest.mark.parametrize("wrong", ["expired", "not yet valid", "another host", "unknown authority", "no name"])
    def test_a_wrong_certificate_is_refused(self, client: Client, authority: trustme.CA, wrong: str) -> None:
        now = datetime.now(UTC)
        day = timedelta(days=1)
        cert = {
            "expired": lambda: authority.issue_cert("localhost", not_before=now - 9 * day, not_after=now - day),
            "not yet valid": lambda: authority.issue_cert("localhost", not_before=now + day, not_after=now + 9 * day),
            "another host": lambda: authority.issue_cert("localhost.example.com"),
            "unknown authority": lambda: trustme.CA().issue_cert("localhost"),
            "no name": lambda: authority.issue_cert("127.0.0.2", common_name="localhost"),
        }[wrong]()
        is_refused(client, serve(cert))

    def test_a_self_signed_one_is_refused(self, client: Client, tmp_path: Path) -> None:
        is_refused(client, signed(tmp_path, None, 2048))

    def test_a_weak_key_is_refused_though_its_authority_is_trusted(
        self, client: Client, authority: trustme.CA, tmp_path: Path
    ) -> None:
        is_refused(client, signed(tmp_path, authority, 1024))

    def test_the_same_with_a_strong_key_is_not(self, client: Client, authority: trustme.CA, tmp_path: Path) -> None:
        context = signed(tmp_path, authority, 2048)
        with serving(lambda _: answer(b"[1]"), context=context, host="localhost") as server:
            assert client.read("GET", server.url()).json() == [1]

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
    def test_an_old_tls_is_refused(self, client: Client, authority: trustme.CA, version: ssl.TLSVersion) -> None:
        context = serve(authority.issue_cert("localhost"))
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, version
        is_refused(client, context)

    def test_tls_1_2_is_enough(self, client: Client, authority: trustme.CA) -> None:
        context = serve(authority.issue_cert("localhost"))
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with serving(lambda _: answer(b"[1]"), context=context, host="localhost") as server:
            assert client.read("GET", server.url()).json() == [1]

    def test_the_keys_of_a_talk_are_written_nowhere(
        self, store: Path, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
        context = serve(authority.issue_cert("localhost"))
        with serving(lambda _: answer(b"[1]"), context=context, host="localhost") as server:
            with Client(time.monotonic, timeouts=QUICK) as client:
                assert client.read("GET", server.url()).ok
        assert not (tmp_path / "keys").exists()


class TestProxies:
    """S-22."""

    def test_a_rogue_proxy_of_the_environment_is_not_asked(
        self, store: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        context = serve(authority.issue_cert("localhost"))
        with serving(lambda _: answer()) as rogue:
            for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, rogue.url(""))
            with serving(lambda _: answer(b"[2]"), context=context, host="localhost") as server:
                with Client(time.monotonic, timeouts=QUICK) as client:
                    assert client.read("GET", server.url()).json() == [2]
        assert rogue.asked == []

    def test_a_proxy_that_always_wants_a_password_is_asked_once(self, store: Path) -> None:
        no = answer(b"", status="407 Proxy Authentication Required", headers=("Proxy-Authenticate: Basic",))
        with serving(lambda _: no) as proxy:
            set_up = f"http://rep:secret@127.0.0.1:{proxy.port}"
            with Client(time.monotonic, proxy=set_up, timeouts=QUICK) as client:
                with pytest.raises(Unreachable) as caught:
                    client.write("POST", "https://crm.example.com/", json={"body": "the note"})
        assert len(proxy.asked) == 1
        assert proxy.asked[0].startswith(b"CONNECT crm.example.com:443 ")
        assert b"the note" not in proxy.asked[0]
        assert b"proxy-authorization: basic" in proxy.asked[0].lower()
        assert "secret" not in f"{caught.value} {caught.value.title} {caught.value.advice}"


class TestNoDowngrade:
    """S-23."""

    @pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Again", "308 For ever"])
    def test_a_redirect_from_https_to_http_is_not_followed(
        self, client: Client, authority: trustme.CA, status: str
    ) -> None:
        context = serve(authority.issue_cert("localhost"))
        with serving(lambda _: answer(b"[1]"), host="localhost") as plain:
            away = answer(b"", status=status, headers=(f"Location: {plain.url()}",))
            with serving(lambda _: away, context=context, host="localhost") as server:
                with pytest.raises(BadAddress):
                    client.read("GET", server.url(), headers={"Authorization": "key"})
        assert plain.asked == []

    def test_http_to_any_other_computer_is_refused_before_it_is_even_looked_up(self, client: Client) -> None:
        for url in ("http://crm.example.com/", "http://192.0.2.7/", "http://[2001:db8::1]/", "http://2130706433/"):
            with pytest.raises(Misconfigured):
                client.read("GET", url)


_UNPACKS = """
import sys, time
from pathlib import Path
from companion.connectors.base import Unreachable
from companion.connectors.http import Client, Timeouts
with Client(time.monotonic, timeouts=Timeouts(packet=30)) as client:
    try:
        client.read("GET", sys.argv[1])
    except Unreachable as error:
        # Not ru_maxrss: that of the process which started this one counts there too.
        print(error, Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_a_bomb_takes_no_more_memory_than_its_cap() -> None:
    bomb = answer(gzip.compress(bytes(300 * 1024 * 1024), 9), headers=("Content-Encoding: gzip",))
    assert len(bomb) < 400_000
    with serving(lambda _: bomb) as server:
        done = subprocess.run(
            [sys.executable, "-c", _UNPACKS, server.url()], capture_output=True, text=True, check=True, timeout=60
        )
    words, _, kib = done.stdout.strip().rpartition(" ")
    assert f"larger than {BODY_CAP}" in words
    assert int(kib) < 200 * 1024, f"{int(kib) // 1024} MiB"


@pytest.mark.parametrize("trouble", [Trouble.PORTAL_PAGE, Trouble.PORTAL_AWAY, Trouble.PORTAL_511])
def test_a_captive_portal_changes_nothing_in_the_book(trouble: Trouble, tmp_path: Path) -> None:
    """S-25."""
    way = Way()
    try:
        world = way.world(tmp_path, "odoo-like")
        world.rep_calls()
        before = {kind: [world.record(kind, each) for each in living(world, kind)] for kind in Kind}
        way.proxy.fault = Fault(trouble)
        for _ in range(3):
            world.engine.hurry()
            status = world.sync(apart_s=30 * 3600)
            assert status.problem is not None
            assert not status.all_synced
        assert {kind: [world.record(kind, each) for each in living(world, kind)] for kind in Kind} == before
        way.proxy.fault = None
        world.settle()
        world.judge_at_rest()
        world.close()
    finally:
        way.close()


def living(world: object, kind: Kind) -> list[str]:
    with world.database.read() as rows:  # type: ignore[attr-defined]
        return sorted(records.living(rows, kind).values())


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace to see every connection")
def test_a_process_that_syncs_calls_nobody_but_its_crm(tmp_path: Path) -> None:
    """S-26: no telemetry, no name looked up, nobody else called; the window has its own test of this kind."""
    log = tmp_path / "connects"
    with Served(Office()) as crm:
        command = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(log)]
        command += [sys.executable, "-m", "tests.rig.clock_life", str(tmp_path), crm.url]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as life:
            assert life.stdin is not None
            assert life.stdout is not None
            for words in ([["synced"]] * 100, [["call", "hello", 0], ["wake"]], [["how"]] * 40):
                for each in words:
                    life.stdin.write(json.dumps(each) + "\n")
                    life.stdin.flush()
                    told = json.loads(life.stdout.readline())
                    if told is True or (each == ["how"] and told[0] == 0):
                        break
                    time.sleep(0.3)
            life.stdin.close()
            assert life.wait(60) == 0
        port = crm.port
    text = log.read_text()
    called = set(re.findall(r"sin6?_port=htons\((\d+)\).*?(?:inet_addr\(\"|AF_INET6, \")([0-9a-f.:]+)\"", text))
    assert called == {(str(port), "127.0.0.1")}
