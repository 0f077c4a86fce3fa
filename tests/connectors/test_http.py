"""The shared HTTP client against a real server on loopback that behaves badly."""

from __future__ import annotations

import contextlib
import gzip
import os
import resource
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from companion.connectors import payload
from companion.connectors.base import Misconfigured, RateLimited, SignInNeeded, Unreachable
from companion.connectors.http import Client, Doubtful, Timeouts, require_safe, signing_in, tidy_address
from companion.connectors.trouble import BadAddress
from tests.connectors.loopback import answer, serving

QUICK = Timeouts(connect=2.0, packet=0.3, whole=2.0)
HTML = answer(b"<html>Welcome to the hotel</html>", kind="text/html")


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(time.monotonic, timeouts=QUICK) as made:
        yield made


def test_an_answer_brings_status_body_and_the_servers_own_clock(client: Client) -> None:
    raw = answer(b'{"name": "\xc3\x85sa"}', headers=("Date: Sat, 21 Nov 2026 21:13:52 GMT", "X-Left: 7"))
    with serving(lambda _: raw) as server:
        got = client.read("GET", server.url("/x"), params={"q": "a b"}, headers={"Authorization": "key"})
    assert got.ok
    assert got.json() == {"name": "Åsa"}
    assert got.headers["x-left"] == "7"
    assert got.date == datetime(2026, 11, 21, 21, 13, 52, tzinfo=UTC).timestamp()
    assert b"GET /x?q=a+b HTTP/1.1" in server.asked[0] or b"GET /x?q=a%20b HTTP/1.1" in server.asked[0]


@pytest.mark.parametrize(
    "status", ["404 Not Found", "409 Conflict", "422 Unprocessable", "500 Broken", "403 Forbidden"]
)
def test_a_refusal_in_json_comes_back_for_the_connector_to_judge(client: Client, status: str) -> None:
    with serving(lambda _: answer(b'{"why": "no"}', status=status)) as server:
        assert client.read("GET", server.url()).json() == {"why": "no"}
        assert not client.write("POST", server.url(), json={}).ok


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(HTML, id="a sign-in page with status 200"),
        pytest.param(answer(b""), id="an empty 200"),
        pytest.param(answer(b"ok", kind="text/plain"), id="another content type"),
        pytest.param(answer(b"<html>", status="500 Broken", kind="text/html"), id="a broken server"),
        pytest.param(answer(b'{"a":1}', status="502 Bad Gateway"), id="a gateway in between"),
        pytest.param(answer(b'{"a":1}', status="503 Down"), id="maintenance without a word on how long"),
        pytest.param(answer(b'{"a":1}', status="408 Too Slow"), id="a gateway that waited too long for us"),
        pytest.param(answer(b'{"a": "some text"}')[:-4], id="a body cut short"),
        pytest.param(answer(gzip.compress(b'{"a":1}')[:-9], headers=("Content-Encoding: gzip",)), id="gzip cut short"),
        pytest.param(answer(b'{"a":1}', headers=("Content-Encoding: gzip",)), id="not gzip at all"),
        pytest.param(answer(b'{"a":1}', headers=("Content-Encoding: br",)), id="an unknown packing"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", id="not HTTP"),
        pytest.param(b"", id="the connection closes"),
        pytest.param(None, id="silence"),
    ],
)
def test_trouble_is_unreachable_for_a_read_and_doubt_for_a_write(client: Client, raw: bytes | None) -> None:
    with serving(lambda _: raw) as server:
        with pytest.raises(Unreachable):
            client.read("GET", server.url())
        with pytest.raises(Doubtful):
            client.write("POST", server.url(), json={"a": 1})


def test_json_that_is_none_is_found_when_it_is_read(client: Client) -> None:
    with serving(lambda _: answer(b'{"a": ')) as server:
        with pytest.raises(Unreachable):
            client.read("GET", server.url()).json()
        with pytest.raises(Doubtful):
            client.write("POST", server.url(), json={}).json()


def test_a_write_that_could_not_connect_surely_did_not_happen(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(BadAddress) as caught:
        client.write("POST", f"http://127.0.0.1:{port}/", json={})
    assert "Nothing answers at 127.0.0.1" in caught.value.title


def test_a_bomb_ends_at_the_cap_and_not_in_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bomb = answer(gzip.compress(bytes(300 * 1024 * 1024)), headers=("Content-Encoding: gzip",))
    assert len(bomb) < 400_000
    with Client(time.monotonic, timeouts=Timeouts(packet=5)) as client, serving(lambda _: bomb) as server:
        with pytest.raises(Unreachable, match="larger"):
            client.read("GET", server.url())
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    # The bomb itself was made in this process: 300 MiB; beyond it no more than the cap twice.
    assert grown_kib < (300 + 140) * 1024


@pytest.mark.parametrize("drips", ["headers", "body", "gzip"])
def test_an_answer_that_drips_for_ever_is_given_up(drips: str) -> None:
    body = gzip.compress(os.urandom(4000)) if drips == "gzip" else b'{"a": "' + b"x" * 4000 + b'"}'
    head, _, _ = answer(body, headers=("Content-Encoding: gzip",) if drips == "gzip" else ()).partition(body)
    start = 8 if drips == "headers" else len(head)
    whole = head + body
    pieces = [whole[:start], *(whole[at : at + 1] for at in range(start, len(whole)))]
    limits = Timeouts(connect=2.0, packet=2.0, whole=0.4)
    with Client(time.monotonic, timeouts=limits) as client, serving(lambda _: pieces) as server:
        for call, error in ((client.read, Unreachable), (client.write, Doubtful)):
            began = time.monotonic()
            with pytest.raises(error):
                call("POST", server.url())
            assert time.monotonic() - began < 1.5


def test_an_answer_that_comes_twice_is_not_taken_for_the_next_one(client: Client) -> None:
    def told(request: bytes) -> bytes:
        body = b'"' + request.split()[1] + b'"'
        return answer(body).replace(b"Connection: close\r\n", b"") * 2

    with serving(told, keeps=True) as server:
        assert [client.read("GET", server.url(f"/{n}")).json() for n in range(5)] == [f"/{n}" for n in range(5)]
        assert [client.write("POST", server.url(f"/{n}")).json() for n in range(5)] == [f"/{n}" for n in range(5)]


def test_headers_without_end_are_given_up(client: Client) -> None:
    for count, size in ((1, 70_000), (20, 4_000), (40_000, 40)):
        headers = tuple(f"X-{n}: {'a' * size}" for n in range(count))
        with serving(lambda _, given=headers: answer(headers=given)) as server:  # type: ignore[misc]
            with pytest.raises(Unreachable):
                client.read("GET", server.url())


def test_how_far_the_servers_clock_is_ahead_is_measured() -> None:
    served = datetime(2026, 11, 21, 21, 13, 52, tzinfo=UTC)
    dated = "Date: Sat, 21 Nov 2026 21:13:52 GMT"
    with Client(time.monotonic, timeouts=QUICK, wall=lambda: served.timestamp() - 3600) as client:
        assert client.server_skew_s is None
        for raw in (HTML, answer(headers=("Date: soon",)), answer(headers=(dated, "Age: 10"))):
            with serving(lambda _, given=raw: given) as server, contextlib.suppress(Unreachable):  # type: ignore[misc]
                client.read("GET", server.url())
            assert client.server_skew_s is None
        with serving(lambda _: answer(headers=(dated,))) as server:
            client.read("GET", server.url())
        assert client.server_skew_s == 3600.0


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        ("429 Slow Down", ("Retry-After: 17",), 17.0),
        ("503 Down", ("Retry-After: 120",), 120.0),
        ("429 Slow Down", (), 60.0),
        ("429 Slow Down", ("Retry-After: 99999999999999",), 86400.0),
        ("429 Slow Down", ("Retry-After: soon",), 60.0),
        ("477 Migration in Progress", ("Retry-After: 3600",), 3600.0),
        ("477 Migration in Progress", (), 60.0),
        (
            "503 Down",
            ("Date: Sat, 21 Nov 2026 21:00:00 GMT", "Retry-After: Sat, 21 Nov 2026 21:00:30 GMT"),
            30.0,
        ),
    ],
)
def test_a_server_that_asks_for_a_pause_gets_it(
    client: Client, status: str, headers: tuple[str, ...], wait: float
) -> None:
    with serving(lambda _: answer(b"later", status=status, kind="text/html", headers=headers)) as server:
        for call in (client.read, client.write):
            with pytest.raises(RateLimited) as caught:
                call("POST", server.url())
            assert caught.value.after_s == wait


def test_401_asks_for_a_new_sign_in(client: Client) -> None:
    with serving(lambda _: answer(b"", status="401 No", kind="text/plain")) as server:
        for call in (client.read, client.write):
            with pytest.raises(SignInNeeded):
                call("POST", server.url())


def test_a_redirect_on_the_same_host_is_followed_for_a_read_only(client: Client) -> None:
    def script(request: bytes) -> bytes:
        if b" /old" in request:
            return answer(b"", status="302 Found", headers=("Location: /new",))
        return answer(b"[1]")

    with serving(script) as server:
        assert client.read("GET", server.url("/old")).json() == [1]
        with pytest.raises(BadAddress):
            client.read("POST", server.url("/old"))
        with pytest.raises(Doubtful):
            client.write("POST", server.url("/old"))


@pytest.mark.parametrize(
    "target", ["http://localhost:{}/", "http://example.invalid/{}", "//example.invalid/{}", "http:/x{}"]
)
def test_a_redirect_to_another_host_takes_no_key_along(client: Client, target: str) -> None:
    with serving(lambda _: answer()) as other:
        away = answer(b"", status="302 Found", headers=(f"Location: {target.format(other.port)}",))
        with serving(lambda _: away) as server:
            with pytest.raises(BadAddress) as caught:
                client.read("GET", server.url(), headers={"Authorization": "key"})
        assert other.asked == []
    assert "sends us somewhere else" in caught.value.title or "circle" in str(caught.value)


def test_a_redirect_in_a_circle_ends(client: Client) -> None:
    with serving(lambda _: answer(b"", status="302 Found", headers=("Location: /again",))) as server:
        with pytest.raises(BadAddress, match="circle"):
            client.read("GET", server.url())
    assert len(server.asked) == 4


def test_no_cookie_is_ever_sent_back(client: Client) -> None:
    with serving(lambda _: answer(headers=("Set-Cookie: session=abc",))) as server:
        client.read("GET", server.url())
        client.read("GET", server.url())
    assert b"session" not in server.asked[1]


def test_the_environments_proxy_and_netrc_are_not_used(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login spy password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with serving(lambda _: answer(b"[1]")) as rogue, serving(lambda _: answer(b"[2]")) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, rogue.url())
        with Client(time.monotonic) as fresh:
            assert fresh.read("GET", server.url()).json() == [2]
    assert rogue.asked == []
    assert b"uthorization" not in server.asked[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.com/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "ftp://127.0.0.1/",
        "https://user:secret@crm.example.com/",
        "https:///path",
        "crm.example.com",
        "https://[::1/",
        "https://crm.example.com:port/",
        "",
    ],
)
def test_an_unsafe_address_is_refused_before_anything_is_sent(client: Client, url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        client.write("POST", url, json={})
    assert "secret" not in f"{caught.value} {caught.value.title} {caught.value.advice}"


@pytest.mark.parametrize(
    "url", ["http://127.9.9.9:1/", "http://[::1]:8000/", "http://localhost/", "https://a.example/"]
)
def test_https_and_this_very_computer_are_safe(url: str) -> None:
    require_safe(url)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" crm.example.com ", "https://crm.example.com"),
        ("crm.example.com:8443/odoo/", "https://crm.example.com:8443/odoo"),
        ("https://crm.example.com/", "https://crm.example.com"),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000/", "http://127.0.0.1:8000"),
    ],
)
def test_what_a_person_types_becomes_an_address(typed: str, address: str) -> None:
    assert tidy_address(typed) == address


class TestCertificates:
    """TLS is verified, always; the words tell which of the usual mistakes it is."""

    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @staticmethod
    def serve(cert: trustme.LeafCert) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        cert.configure_cert(context)
        return context

    @staticmethod
    def trusting(authority: trustme.CA) -> ssl.SSLContext:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        return context

    def words(self, authority: trustme.CA, cert: trustme.LeafCert, trusted: trustme.CA | None = None) -> str:
        client = Client(time.monotonic, context=self.trusting(trusted or authority))
        with client, serving(lambda _: answer(), context=self.serve(cert), host="localhost") as server:
            with pytest.raises(Misconfigured) as caught, signing_in():
                client.write("POST", server.url(), json={})
            with pytest.raises(Unreachable):
                client.read("GET", server.url())
        assert server.asked == []
        return f"{caught.value.title}. {caught.value.advice}"

    def test_a_good_certificate_is_good(self, authority: trustme.CA) -> None:
        context = self.serve(authority.issue_cert("localhost"))
        client = Client(time.monotonic, context=self.trusting(authority))
        with client, serving(lambda _: answer(b"[1]"), context=context, host="localhost") as server:
            assert client.read("GET", server.url()).json() == [1]

    def test_an_expired_one_is_refused(self, authority: trustme.CA) -> None:
        cert = authority.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1))
        assert "has expired" in self.words(authority, cert)

    def test_one_that_is_not_valid_yet_is_refused(self, authority: trustme.CA) -> None:
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        cert = authority.issue_cert("localhost", not_before=tomorrow, not_after=tomorrow + timedelta(days=9))
        assert "date and time" in self.words(authority, cert)

    def test_one_for_another_host_is_refused(self, authority: trustme.CA) -> None:
        assert "not for localhost" in self.words(authority, authority.issue_cert("other.example"))

    def test_one_of_an_unknown_authority_is_refused(self, authority: trustme.CA) -> None:
        assert "does not trust localhost" in self.words(authority, authority.issue_cert("localhost"), trustme.CA())

    def test_the_operating_systems_store_does_not_know_a_made_up_authority(self, authority: trustme.CA) -> None:
        context = self.serve(authority.issue_cert("localhost"))
        with Client(time.monotonic) as client, serving(lambda _: answer(), context=context, host="localhost") as server:
            with pytest.raises(BadAddress, match="certificate refused"):
                client.read("GET", server.url())

    def test_a_server_without_tls_is_named(self) -> None:
        with Client(time.monotonic) as client, serving(lambda _: b"HTTP/1.1 400 Bad\r\n\r\n") as server:
            with pytest.raises(BadAddress, match="no TLS") as caught:
                client.read("GET", server.url().replace("http:", "https:"))
        assert "safe connection" in caught.value.title

    def test_no_keys_are_logged(self, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
        context = self.serve(authority.issue_cert("localhost"))
        with Client(time.monotonic) as client, serving(lambda _: answer(), context=context, host="localhost") as server:
            with pytest.raises(BadAddress):
                client.read("GET", server.url())
        assert not (tmp_path / "keys").exists() or (tmp_path / "keys").read_bytes() == b""


def test_a_name_that_does_not_exist_is_told_in_words() -> None:
    from companion.connectors.trouble import while_connecting

    error = ConnectionError()
    error.__cause__ = socket.gaierror(-2, "Name or service not known")
    told = while_connecting(error, "https://crm.exmaple.com/rpc/")
    assert told.title == "There is no computer called crm.exmaple.com"
    assert "online" in told.advice


class TestPayload:
    """Hostile JSON."""

    @pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 300 + b"]" * 300, b"{", b"", b"\xff"])
    def test_nonsense_is_unreadable_and_no_crash(self, body: bytes) -> None:
        with pytest.raises(payload.Unreadable):
            payload.decode(body)

    def test_what_is_nested_within_reason_is_read(self) -> None:
        assert payload.decode(b"[" * 150 + b"]" * 150)

    @pytest.mark.parametrize(
        "bad",
        [rb'"\ud800"', b"NaN", b"-Infinity", b"1e999", b"1" * 30, b'"\xed\xa0\x80"', rb'{"\udfff": 1}', rb'["\ud83d"]'],
    )
    def test_one_unsound_record_does_not_take_its_page_along(self, bad: bytes) -> None:
        page = payload.decode(b'[{"id": 1, "name": "Ada"}, {"id": 2, "name": ' + bad + b"}]")
        assert isinstance(page, list)
        good, poisoned = page
        assert payload.unsound(good) is None
        assert payload.unsound(poisoned)

    def test_an_integer_of_a_million_digits_is_unreadable(self) -> None:
        try:
            value = payload.decode(b"9" * 1_000_000)
        except payload.Unreadable:
            return
        assert payload.unsound(value)

    @pytest.mark.parametrize("text", ["Åsa", "👩‍💻", "שלום", "\u202eabc", "a\0b", "x" * 32_000])
    def test_every_sound_text_survives_there_and_back(self, text: str) -> None:
        assert payload.decode(payload.encode({"t": [text]})) == {"t": [text]}
        assert payload.unsound(text) is None

    def test_what_no_server_can_store_goes_out_as_a_question_mark(self) -> None:
        assert payload.decode(payload.encode({"a": ["x\ud800y"]})) == {"a": ["x\ufffdy"]}
        assert payload.clean("x\ud800\0y 😀") == "x\ufffdy 😀"
