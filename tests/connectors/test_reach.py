"""Why an address can't be reached, against real servers on loopback: each trouble has its own words and its own end."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import trustme

from companion.connectors.reach import Means, reach
from companion.domain.finding import Finding
from tests.connectors.loopback import Loopback, Script, answer, serving

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PAGE = answer(b"<h1>Hello</h1>", kind="text/html", headers=(f"Date: {format_datetime(NOW, usegmt=True)}",))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Halvorsen Test Authority")


def means(
    authority: trustme.CA | None = None, *, wall: datetime = NOW, proxies: Mapping[str, str] | None = None
) -> Means:
    """A computer that trusts `authority` alone, at a time of its own."""

    def trust() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if authority is not None:
            authority.configure_trust(context)
        return context

    return Means(time.monotonic, wall.timestamp, trust, lambda: proxies or {}, 3.0)


def looked(address: str, given: Means) -> list[Finding]:
    """All that was found."""
    return list(reach(address, given))


def troubles(found: list[Finding]) -> list[str]:
    return [each.what for each in found if not each.well]


def secure(leaf: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context


def at(script: Script | None = None, leaf: trustme.LeafCert | None = None) -> Callable[[Means], list[Finding]]:
    """Looks at a server with such a script and certificate."""

    def look(given: Means) -> list[Finding]:
        with serving(script or (lambda _: PAGE), context=secure(leaf) if leaf else None) as place:
            return looked(place.url(""), given)

    return look


def test_where_all_is_well_each_step_says_so_and_nothing_of_ours_is_sent(authority: trustme.CA) -> None:
    asked: list[Loopback] = []
    with serving(lambda _: PAGE, context=secure(authority.issue_cert("127.0.0.1"))) as place:
        asked.append(place)
        found = looked(place.url(""), means(authority))

    assert troubles(found) == []
    told = "\n".join(each.what for each in found)
    assert "127.0.0.1" in told
    assert "takes calls at port" in told
    assert "The connection is safe (TLSv1.3)." in told
    assert "issued by “Halvorsen Test Authority” for 127.0.0.1" in told
    assert "The server answers (HTTP 200)" in told
    assert "clock agrees" in told
    sent = b"".join(asked[0].asked).lower()
    assert b"authorization" not in sent
    assert b"cookie" not in sent


def test_the_systems_own_store_is_what_counts(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "store.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    given = Means(time.monotonic, NOW.timestamp, proxies=dict, within_s=3.0)

    assert troubles(at(leaf=authority.issue_cert("127.0.0.1"))(given)) == []
    assert troubles(at(leaf=trustme.CA().issue_cert("127.0.0.1"))(given)) == ["This computer does not trust 127.0.0.1"]


def test_a_certificate_that_has_expired(authority: trustme.CA) -> None:
    leaf = authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=2))

    found = at(leaf=leaf)(means(authority))

    assert troubles(found) == ["The certificate of 127.0.0.1 has expired"]
    assert "Ask whoever runs the CRM to renew it." in found[-1].advice
    assert "Halvorsen Test Authority" in found[-1].advice


def test_a_certificate_for_somebody_else(authority: trustme.CA) -> None:
    found = at(leaf=authority.issue_cert("other.example"))(means(authority))

    assert troubles(found) == ["The certificate there is not for 127.0.0.1"]
    assert "for other.example" in found[-1].advice


def test_a_certificate_of_an_authority_that_this_computer_does_not_know_is_told_by_its_issuer(
    authority: trustme.CA,
) -> None:
    scanner = trustme.CA(organization_name="Virus Scanner Root")

    found = at(leaf=scanner.issue_cert("127.0.0.1"))(means(authority))

    assert troubles(found) == ["This computer does not trust 127.0.0.1"]
    assert "“Virus Scanner Root”" in found[-1].advice


def test_a_certificate_that_ends_within_two_weeks_is_told_though_it_still_works(authority: trustme.CA) -> None:
    real = datetime.now(UTC)
    leaf = authority.issue_cert("127.0.0.1", not_after=real + timedelta(days=9))
    same = answer(headers=(f"Date: {format_datetime(real, usegmt=True)}",))

    found = at(lambda _: same, leaf)(means(authority, wall=real))

    assert [each for each in troubles(found) if "its certificate ends on" in each]
    assert any("The server answers" in each.what for each in found), "the look goes on"


def test_no_tls_where_https_was_asked_for(authority: trustme.CA) -> None:
    with serving(lambda _: PAGE) as place:
        found = looked(f"https://127.0.0.1:{place.port}", means(authority))

    assert len(troubles(found)) == 1
    assert "safe" in troubles(found)[0]


def test_a_port_that_nobody_listens_at() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    found = looked(f"https://127.0.0.1:{port}", means())

    assert troubles(found) == ["Nothing answers at 127.0.0.1"]


def test_a_name_that_nobody_knows() -> None:
    found = looked("https://no-such-crm.invalid", means())

    assert troubles(found) == ["There is no computer called no-such-crm.invalid"]
    assert "VPN" in found[0].advice
    assert len(found) == 1


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (timedelta(minutes=4), "4 minutes ahead of"),
        (timedelta(minutes=-1, seconds=-40), "2 minutes behind"),
        (timedelta(hours=-3), "3 hours behind"),
        (timedelta(days=2), "2 days ahead of"),
    ],
)
def test_a_clock_that_is_wrong(off: timedelta, words: str) -> None:
    found = at()(means(wall=NOW + off))

    assert [words in each for each in troubles(found)] == [True]


def test_an_answer_out_of_a_cache_tells_no_time() -> None:
    old = answer(headers=("Date: Sun, 01 Nov 2026 00:00:00 GMT", "Age: 1800000"))

    assert troubles(at(lambda _: old)(means())) == []


@pytest.mark.parametrize(
    ("raw", "well"),
    [
        (answer(status="401 Unauthorized"), True),
        (answer(status="404 Not Found"), True),
        (answer(status="429 Too Many", headers=("Retry-After: 30",)), True),
        (answer(b"<h1>Maintenance</h1>", status="503 Service Unavailable", kind="text/html"), False),
    ],
)
def test_any_answer_means_that_the_way_is_open_and_only_the_servers_own_trouble_is_told(raw: bytes, well: bool) -> None:
    found = at(lambda _: raw)(means())

    assert (troubles(found) == []) is well


def test_where_a_network_sends_us_to_its_own_page_that_is_told() -> None:
    away = answer(status="302 Found", headers=("Location: http://hotel.example/welcome",))

    assert any("on to hotel.example" in each.what for each in at(lambda _: away)(means()))


def test_a_server_that_hangs_up_is_unreachable() -> None:
    found = at(lambda _: b"")(means())

    assert len(troubles(found)) == 1


def test_a_proxy_is_told_without_its_password_and_blamed_only_where_the_straight_way_is_closed() -> None:
    proxies = {
        "https": "http://ana:canary-pw-5511@proxy.example:3128",
        "http": "http://ana:canary-pw-5511@proxy.example:3128",
    }

    works = at()(means(proxies=proxies))
    closed = looked("https://no-such-crm.invalid", means(proxies=proxies))

    assert troubles(works) == []
    assert any("proxy.example:3128" in each.what for each in works)
    assert "This computer has a proxy (proxy.example:3128), and Companion goes without it" in troubles(closed)
    assert 'write proxy = "http://proxy.example:3128" into' in "".join(each.advice for each in closed)
    assert "canary" not in repr(works + closed)


@pytest.mark.parametrize(
    "address", ["http://crm.example", "ftp://crm.example", "https://ana:secret@crm.example", "", "https://["]
)
def test_an_address_that_is_not_safe_is_told_and_never_tried(address: str) -> None:
    found = looked(address, means())

    assert len(found) == 1
    assert not found[0].well
    assert "secret" not in repr(found)


def test_hostile_words_in_a_certificate_stand_on_one_line(authority: trustme.CA) -> None:
    bad = trustme.CA(organization_name="Evil\u202e\ncorp" + "x" * 40)

    found = at(leaf=bad.issue_cert("127.0.0.1"))(means(authority))

    assert "\u202e" not in repr(found[-1].advice)
    assert "\n" not in found[-1].advice
