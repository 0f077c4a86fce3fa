"""Tokens that are renewed: in time, one at a time, on the disk before they are used, across threads and processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion import rescue
from companion.connectors.base import ConnectorError, RateLimited, SignInNeeded, Unreachable
from companion.connectors.grant import Grant
from companion.connectors.http import Client
from companion.connectors.renewing import renewal
from companion.connectors.tokens import Fixed, Held, Keeper, Signed, Tokens
from companion.database import Database, DatabaseProblem, create_database
from companion.domain.file_problems import DiskFull
from companion.kept_tokens import LOCK, KeptTokens, as_kept, from_kept
from companion.lock_file import Taken, locked
from companion.rescue import BOOK
from companion.store import meta
from companion.store.migrations import migrate
from tests.connectors.fake_server import FakeServer, Reply, Request, serving
from tests.connectors.fake_sign_in import FakeSignIn
from tests.connectors.renewer import KEY, REQUESTS, THREADS

ROOT = Path(__file__).parents[2]
NOW = 1_795_000_000.0


@pytest.fixture
def crm() -> FakeSignIn:
    return FakeSignIn()


@pytest.fixture
def server(crm: FakeSignIn) -> Iterator[FakeServer]:
    with serving(crm, lambda: NOW) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path, crm: FakeSignIn) -> Path:
    """A profile whose book was signed in just now."""
    made = create_database(tmp_path / BOOK, KEY)
    migrate(made)
    with made.write() as write:
        meta.put(write, "secret", as_kept(Tokens(*crm.sign_in())))
    made.close()
    rescue.open_book(tmp_path, KEY, int(NOW)).close()
    return tmp_path


@pytest.fixture
def book(folder: Path) -> Iterator[Database]:
    database = rescue.open_book(folder, KEY, int(NOW))
    yield database
    database.close()


def kept(folder: Path) -> Tokens:
    """What the file says, to whoever opens it now."""
    database = Database(folder / BOOK, KEY)
    try:
        with database.read() as rows:
            return from_kept(meta.get(rows, "secret"))
    finally:
        database.close()


def keeper_of(book: Database) -> KeptTokens:
    return KeptTokens(book, book.path.parent, time.monotonic)


class Caller:
    """A client in the rep's name; `wall` is the computer's clock."""

    def __init__(self, keeper: Keeper, crm: FakeSignIn, server: FakeServer, **grant: object) -> None:
        self.wall = NOW
        self.http = Client(time.monotonic)
        self.grant: Grant = crm.grant(server.url, **grant)
        self.renew = renewal(self.http, self.grant, lambda: self.wall)
        self.signed = Signed(self.http, keeper, self.renew, lambda: self.wall)
        self.url = server.url

    def ask(self) -> object:
        return self.signed.read("GET", f"{self.url}/me").json()

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()


def asks_for_token(request: Request) -> bool:
    return request.path == "/token"


# In time ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_token_that_ends_within_a_minute_is_renewed_before_it_is_used(crm: FakeSignIn, server: FakeServer) -> None:
    access, refresh = crm.sign_in()
    with Caller(Held(Tokens(access, refresh, expires_at=NOW + 59)), crm, server) as caller:
        caller.ask()

    assert [request.path for request in server.asked] == ["/token", "/me"]


def test_one_that_lives_longer_is_used_as_it_is(crm: FakeSignIn, server: FakeServer) -> None:
    access, refresh = crm.sign_in()
    with Caller(Held(Tokens(access, refresh, expires_at=NOW + 61)), crm, server) as caller:
        caller.ask()

    assert [request.path for request in server.asked] == ["/me"]


def test_one_that_ended_early_is_renewed_after_the_first_401(crm: FakeSignIn, server: FakeServer) -> None:
    held = Held(Tokens(*crm.sign_in()))
    crm.expire()
    with Caller(held, crm, server) as caller:
        assert caller.ask() == {"name": "Ana"}

    assert [request.path for request in server.asked] == ["/me", "/token", "/me"]


def test_a_401_after_renewing_ends_in_signing_in_and_not_in_a_circle(crm: FakeSignIn, server: FakeServer) -> None:
    held = Held(Tokens(*crm.sign_in()))
    server.fail(when=lambda request: request.path == "/me", instead=Reply(401, {}), times=99)
    with Caller(held, crm, server) as caller, pytest.raises(SignInNeeded):
        caller.ask()

    assert [request.path for request in server.asked] == ["/me", "/token", "/me"]


@pytest.mark.parametrize("life", [1, 5, 20, 59, 60, 90, 119])
def test_a_token_of_a_short_life_is_not_renewed_with_each_request(
    crm: FakeSignIn, server: FakeServer, life: int
) -> None:
    crm.life_s = life
    held = Held(Tokens(*crm.sign_in(), expires_at=NOW))
    with Caller(held, crm, server) as caller:
        for _ in range(5):
            caller.ask()

        assert crm.renewals == 1
        caller.wall += life
        caller.ask()
        assert crm.renewals == 2


@pytest.mark.parametrize("life", [None, "soon", "", -5, 0, True, 1e300, "nan", "inf", [3600], {"s": 1}])
def test_a_life_that_is_not_told_is_not_made_up(crm: FakeSignIn, server: FakeServer, life: object) -> None:
    crm.life_s = life
    with Caller(Held(Tokens(*crm.sign_in())), crm, server) as caller:
        fresh = caller.renew(Tokens(*crm.sign_in()))

    assert fresh.expires_at is None


def test_a_life_in_words_is_understood(crm: FakeSignIn, server: FakeServer) -> None:
    crm.life_s = "3600"
    with Caller(Held(Tokens("")), crm, server) as caller:
        assert caller.renew(Tokens(*crm.sign_in())).expires_at == NOW + 3600


@pytest.mark.parametrize("jump", [-3650 * 86_400, -86_400, 86_400, 3650 * 86_400])
def test_a_clock_that_jumps_costs_one_renewal_and_no_storm(crm: FakeSignIn, server: FakeServer, jump: float) -> None:
    held = Held(Tokens(*crm.sign_in(), expires_at=NOW + 1800))
    with Caller(held, crm, server) as caller:
        caller.wall += jump
        for _ in range(20):
            caller.ask()

    assert crm.renewals <= 1


# What a renewal brings, and how it fails ────────────────────────────────────────────────────────────────────────────


def test_a_crm_that_does_not_rotate_leaves_the_refresh_token_as_it_is(crm: FakeSignIn, server: FakeServer) -> None:
    crm.rotates = False
    access, refresh = crm.sign_in()
    with Caller(Held(Tokens("")), crm, server) as caller:
        fresh = caller.renew(Tokens(access, refresh, url="https://eu.crm.example"))

    assert fresh.access != access
    assert (fresh.refresh, fresh.url) == (refresh, "https://eu.crm.example")


def test_an_org_that_moved_is_followed_within_the_crms_own_hosts(crm: FakeSignIn, server: FakeServer) -> None:
    crm.more = {"instance_url": "https://eu9.crm.example"}
    with Caller(Held(Tokens("")), crm, server, url_field="instance_url", hosts=(".crm.example",)) as caller:
        assert caller.renew(Tokens(*crm.sign_in(), url="https://eu1.crm.example")).url == "https://eu9.crm.example"
        crm.more = {"instance_url": "https://evil.example"}
        with pytest.raises(SignInNeeded):
            caller.renew(Tokens(*crm.sign_in()))


def test_the_apps_secret_goes_along_and_stays(crm: FakeSignIn, server: FakeServer) -> None:
    crm.secret = "app-secret"
    with Caller(Held(Tokens("")), crm, server) as caller:
        fresh = caller.renew(Tokens(*crm.sign_in(), client_secret="app-secret"))

    assert fresh.client_secret == "app-secret"


def test_a_network_that_fails_is_no_reason_to_sign_in_again(crm: FakeSignIn, server: FakeServer) -> None:
    with Caller(Held(Tokens("")), crm, server) as caller:
        server.close()
        with pytest.raises(Unreachable):
            caller.renew(Tokens(*crm.sign_in()))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, {"error": "server_error"}),
        Reply(502, b"<h1>bad gateway</h1>", kind="text/html"),
        Reply(503, {"error": "temporarily_unavailable"}),
        Reply(400, {"error": "temporarily_unavailable"}),
        Reply(400, b"<h1>proxy</h1>", kind="text/html"),
        Reply(403, b"<h1>sign in to the hotel</h1>", kind="text/html"),
        Reply(200, b"<h1>sign in to the hotel</h1>", kind="text/html"),
        Reply(404, {"error": "x"}),
        Reply(302, b"", {"Location": "https://login.example/"}),
    ],
    ids=lambda reply: f"{reply.status}-{str(reply.body)[:20]}",
)
def test_what_is_no_word_of_the_crm_itself_is_unreachable(crm: FakeSignIn, server: FakeServer, reply: Reply) -> None:
    server.fail(when=asks_for_token, instead=reply)
    with Caller(Held(Tokens("")), crm, server) as caller, pytest.raises(Unreachable):
        caller.renew(Tokens(*crm.sign_in()))


def test_an_answer_that_was_lost_or_cut_is_unreachable(crm: FakeSignIn, server: FakeServer) -> None:
    with Caller(Held(Tokens("")), crm, server) as caller:
        for fault in ({"lose": True}, {"cut": True}):
            server.fail(when=asks_for_token, **fault)
            with pytest.raises(Unreachable):
                caller.renew(Tokens(*crm.sign_in()))


def test_a_pause_that_is_asked_for_is_kept(crm: FakeSignIn, server: FakeServer) -> None:
    server.fail(when=asks_for_token, instead=Reply(429, {}, {"Retry-After": "77"}))
    with Caller(Held(Tokens("")), crm, server) as caller, pytest.raises(RateLimited) as caught:
        caller.renew(Tokens(*crm.sign_in()))

    assert caught.value.after_s == 77


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400, {"error": "invalid_grant", "error_description": "expired access/refresh token"}),
        Reply(400, {"error": "inactive_user"}),
        Reply(400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"}),
        Reply(401, {"error": "invalid_client"}),
        Reply(403, {"error": "Bad_OAuth_Token"}),
        Reply(200, {"error": "invalid_grant"}),
    ],
    ids=lambda reply: f"{reply.status}-{str(reply.body)[:40]}",
)
def test_a_crm_that_no_longer_knows_us_asks_for_a_person(crm: FakeSignIn, server: FakeServer, reply: Reply) -> None:
    server.fail(when=asks_for_token, instead=reply)
    with Caller(Held(Tokens("")), crm, server) as caller, pytest.raises(SignInNeeded) as caught:
        caller.renew(Tokens(*crm.sign_in()))

    assert caught.value.title == "Sign in again to sync"
    assert "safe" in caught.value.advice


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_refresh_token_is_never_sent_on_to_another_place(crm: FakeSignIn, server: FakeServer, status: int) -> None:
    with serving(FakeSignIn(), lambda: NOW) as elsewhere:
        server.fail(when=asks_for_token, instead=Reply(status, b"", {"Location": f"{elsewhere.url}/token"}))
        with Caller(Held(Tokens("")), crm, server) as caller, pytest.raises(Unreachable):
            caller.renew(Tokens(*crm.sign_in()))

        assert elsewhere.asked == []


@pytest.mark.parametrize("keeper", [Fixed("typed"), Held("typed")])
def test_a_typed_key_is_never_renewed(crm: FakeSignIn, server: FakeServer, keeper: Keeper) -> None:
    with Caller(keeper, crm, server) as caller, pytest.raises(SignInNeeded):
        caller.ask()

    assert [request.path for request in server.asked] == ["/me"]


def test_tokens_never_stand_in_words() -> None:
    tokens = Tokens("acc", "ref", 5.0, "https://x.example", "sec")

    for told in (repr(tokens), str(tokens), f"{tokens}", repr([tokens]), repr(Held(tokens)), repr(Fixed("acc"))):
        assert not any(secret in told for secret in ("acc'", "ref", "sec"))


# What the file keeps ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "tokens", [Tokens("a"), Tokens("a", "b"), Tokens("a", "b", 1_795_000_000.5, "https://x.example", "s")]
)
def test_tokens_come_back_as_they_were_kept(tokens: Tokens) -> None:
    assert from_kept(json.loads(json.dumps(as_kept(tokens)))) == tokens


def test_a_key_of_an_older_book_is_all_of_its_tokens() -> None:
    assert from_kept("an api key") == Tokens("an api key")
    assert as_kept("an api key") == "an api key"


def test_what_a_newer_companion_kept_besides_is_no_obstacle() -> None:
    assert from_kept({"access": "a", "refresh": "b", "scope": "api"}) == Tokens("a", "b")


# On the disk before it is used ──────────────────────────────────────────────────────────────────────────────────────


def test_what_was_renewed_is_on_the_disk_when_the_crm_first_sees_it(
    crm: FakeSignIn, server: FakeServer, folder: Path, book: Database
) -> None:
    seen: list[tuple[str, Tokens]] = []

    def look(request: Request) -> bool:
        if request.path == "/me":
            seen.append((request.headers["authorization"].removeprefix("Bearer "), kept(folder)))
        return False

    server.fail(when=look)
    crm.expire()
    with Caller(keeper_of(book), crm, server) as caller:
        caller.ask()

    used, on_disk = seen[-1]
    assert on_disk.access == used


def test_a_disk_that_refuses_keeps_the_new_token_from_being_used_and_loses_nothing(
    crm: FakeSignIn, server: FakeServer, folder: Path, book: Database
) -> None:
    def full(write: object) -> None:
        raise DiskFull("no space")

    crm.expire()
    book.before_commit.append(full)
    with Caller(keeper_of(book), crm, server) as caller:
        for _ in range(3):
            with pytest.raises(DatabaseProblem):
                caller.ask()
        assert crm.renewals == 1
        used = [request.headers["authorization"] for request in server.asked if request.path == "/me"]
        assert len(set(used)) == 1, "only the old one was ever used"

        book.before_commit.remove(full)
        assert caller.ask() == {"name": "Ana"}

    assert crm.renewals == 1
    assert kept(folder).access in crm.alive


def test_who_signed_in_anew_meanwhile_is_not_overwritten(
    crm: FakeSignIn, server: FakeServer, folder: Path, book: Database
) -> None:
    anew = Tokens(*crm.sign_in())

    def by_hand() -> None:
        with book.write() as write:
            meta.put(write, "secret", as_kept(anew))

    keeper = keeper_of(book)
    crm.hooked = by_hand
    with Caller(keeper, crm, server) as caller:
        assert keeper.renewed(keeper.now(), caller.renew) == anew

    assert kept(folder) == anew


# One at a time ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_twenty_threads_that_meet_a_401_renew_once(crm: FakeSignIn, server: FakeServer, book: Database) -> None:
    crm.expire()
    keeper = keeper_of(book)
    told: list[object] = []
    together = threading.Barrier(20)

    def run() -> None:
        with Caller(keeper, crm, server) as caller:
            together.wait()
            told.append(caller.ask())

    threads = [threading.Thread(target=run) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert told == [{"name": "Ana"}] * 20
    assert crm.renewals == 1


class Process:
    """A process of `renewer`."""

    def __init__(self, what: str, folder: Path, server: FakeServer) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.connectors.renewer", what, str(folder), server.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def reaches(self, words: str) -> None:
        assert self.popen.stdout is not None
        assert self.popen.stdout.readline().decode().strip() == words

    def goes_on(self) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.write(b"\n")
        self.popen.stdin.flush()

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait(30)
        for stream in (self.popen.stdin, self.popen.stdout):
            assert stream is not None
            stream.close()


def test_two_processes_that_meet_one_401_after_another_never_use_a_token_twice(
    crm: FakeSignIn, server: FakeServer, folder: Path
) -> None:
    asked = 0

    def now_and_then(request: Request) -> bool:
        nonlocal asked
        asked += request.path == "/me"
        if request.path == "/me" and asked % 5 == 0:
            crm.expire()
        return False

    server.fail(when=now_and_then)
    with Process("works", folder, server) as one, Process("works", folder, server) as other:
        for each in (one, other):
            each.reaches("ready")
        for each in (one, other):
            each.goes_on()
        for each in (one, other):
            each.reaches("refused 0")

    assert crm.renewals >= 2 * THREADS * REQUESTS // 10
    assert len(crm.families) == 1, "a token that is used twice ends its family"
    assert kept(folder).refresh == next(iter(crm.families.values()))[-1]


def test_who_waits_for_another_process_takes_what_that_one_brought(
    crm: FakeSignIn, server: FakeServer, folder: Path, book: Database
) -> None:
    crm.expire()
    keeper, told = keeper_of(book), []
    with Process("holds", folder, server) as other, Caller(keeper, crm, server) as caller:
        other.reaches("holding")
        waiting = threading.Thread(target=lambda: told.append(caller.ask()))
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        assert crm.renewals == 0
        other.goes_on()
        other.reaches("kept")
        waiting.join(10)

    assert told == [{"name": "Ana"}]
    assert crm.renewals == 1


@pytest.mark.parametrize("grace", [0, 1])
def test_killed_between_the_answer_and_the_commit_the_book_is_whole(
    crm: FakeSignIn, server: FakeServer, folder: Path, grace: int
) -> None:
    crm.grace = grace
    before = kept(folder)
    with Process("stops", folder, server) as process:
        process.reaches("answered")
        process.popen.send_signal(signal.SIGKILL)
        process.popen.wait(30)

    assert crm.renewals == 1
    database = rescue.open_book(folder, KEY, int(NOW))
    keeper = KeptTokens(database, folder, time.monotonic)
    assert keeper.now() == before
    crm.expire()
    with Caller(keeper, crm, server) as caller:
        started = time.monotonic()
        if grace:
            assert caller.ask() == {"name": "Ana"}
        else:
            with pytest.raises(SignInNeeded) as caught:
                caller.ask()
            assert "safe" in caught.value.advice
        assert time.monotonic() - started < 5, "the lock of the dead is free at once"
    database.close()


# The lock ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_waits_too_long_hears_that_another_has_it(tmp_path: Path, folder: Path, book: Database) -> None:
    clock = [0.0]

    def pause(seconds: float) -> None:
        clock[0] += seconds

    keeper = KeptTokens(book, folder, lambda: clock[0], pause)
    with locked(folder / LOCK, 0, lambda: 0.0, pause):
        with pytest.raises(Taken), locked(folder / LOCK, 1, lambda: clock[0], pause):
            pass
        with pytest.raises(Unreachable):
            keeper.renewed(keeper.now(), lambda stale: stale)

    assert keeper.renewed(keeper.now(), lambda stale: Tokens("new", "new")) == Tokens("new", "new")


def test_a_renewal_that_fails_lets_the_next_one_try(folder: Path, book: Database) -> None:
    keeper = keeper_of(book)

    def fails(stale: Tokens) -> Tokens:
        raise ConnectorError("no")

    with pytest.raises(ConnectorError):
        keeper.renewed(keeper.now(), fails)

    assert keeper.renewed(keeper.now(), lambda stale: Tokens("new", "new")).access == "new"


def test_the_lock_is_for_its_owner_alone_and_holds_nothing(folder: Path, book: Database) -> None:
    keeper_of(book).renewed(Tokens("another"), lambda stale: stale)

    assert (folder / LOCK).stat().st_mode & 0o077 == 0
    assert (folder / LOCK).read_bytes() == b""
