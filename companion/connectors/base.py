"""The contract between Companion and a CRM: frozen values, one Protocol, and the only errors a connector may raise.

A connector is synchronous and is called from one thread, the sync worker's. It keeps no state that matters: what must
outlive a crash is in the cursor that it hands out. The laws that every connector keeps (`tests/connectors/contract`
checks them): resumable, at least once, monotone, no ghost, one answer per op, idempotent, honest doubt.

    ConnectorError
    ├── Unreachable          nothing reached the CRM; wait and try again
    │   └── RateLimited      the CRM asks us to wait `after_s` seconds
    ├── SignInNeeded         the key or the session is no longer accepted
    │   └── SecondFactorNeeded   the password is right; a code is asked for besides
    ├── ScopeDenied          this user may not read this kind
    ├── CursorExpired        the cursor is too old; begin a full pass
    ├── Rewound              the cursor is ahead of the server: it was set back to an older state
    ├── ApiSunset            the server is too old or too new for this connector
    └── Misconfigured        a wrong address, database or certificate, found while signing in
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final, Protocol

from msgspec import Struct, field

from companion.domain.language import said, sentence
from companion.domain.records import Gone, Kind, Value

SAFE: Final = sentence("Your changes are safe on this computer.")
"""What the advice ends with in the middle of a sync; while a CRM is connected there are no changes yet."""


class ConnectorError(Exception):
    """What stops a sync cycle. `str(error)` is for the log; `title` and `advice` are for the rep."""

    title = said("The CRM could not be used")
    advice = said(SAFE)

    def __init__(self, why: str = "", *, title: str | None = None, advice: str | None = None) -> None:
        super().__init__(why)
        self.title = title or self.title
        self.advice = advice or self.advice


class Unreachable(ConnectorError):
    """The request surely did not take effect, or it was a read: it may be tried again without a thought."""

    title = said("The CRM can’t be reached")
    advice = said("Everything works here; changes are sent when it answers again.")


class RateLimited(Unreachable):
    """The CRM asks for a pause of `after_s` seconds before the next request.

    `body` is what it answered where it named no time: some say there which of their limits was reached.
    """

    title = said("The CRM asks for a pause")

    def __init__(self, why: str = "", *, after_s: float, body: bytes = b"") -> None:
        super().__init__(why)
        self.after_s, self.body = after_s, body


class SignInNeeded(ConnectorError):
    """The key, token or password is no longer accepted."""

    title = said("Sign in again to sync")
    advice = said("Your changes are safe on this computer and are sent after you sign in.")


class SecondFactorNeeded(SignInNeeded):
    """The password was accepted, and the CRM asks for the code of a second step; raised by `sign_in` alone."""

    title = said("The CRM asks for a code")
    advice = said("Type the code that it sent you or that your authenticator shows.")


class ScopeDenied(ConnectorError):
    """This user may not read this kind; the other kinds go on."""

    title = said("The CRM does not show you these records")


class CursorExpired(ConnectorError):
    """The stored cursor is beyond what the CRM remembers; the engine drops it and reads the kind afresh."""


class Rewound(ConnectorError):
    """The cursor lies ahead of anything the server has: its administrator restored it to an older state.

    What was acknowledged since may be gone there. The engine must look each of its own writes up before it sends more.
    """

    title = said("The CRM was set back to an older state")


class ApiSunset(ConnectorError):
    """The server speaks no version that this connector knows."""

    title = said("This version of the CRM is not supported")


class Misconfigured(ConnectorError):
    """The address, database, app or certificate is wrong: raised by `sign_in`, never in the middle of a sync.

    `about` is the field that the rep must look at, as `CannotConnect.field` names them.
    """

    title = said("That address does not lead to the CRM")

    def __init__(
        self, why: str = "", *, title: str | None = None, advice: str | None = None, about: str = "url"
    ) -> None:
        super().__init__(why, title=title, advice=advice)
        self.about = about


class Identity(StrEnum):
    """How a second send of the same create is recognised."""

    CLIENT_ID = "client id"
    EXTERNAL_KEY = "external key"
    IDEMPOTENCY_KEY = "idempotency header"
    MARKER = "marker and probe"
    NONE = "none"


class Concurrency(StrEnum):
    """How the CRM guards an update against one that it did not see."""

    ATOMIC = "atomic"
    ONE_SECOND = "one second"
    CHECK_THEN_WRITE = "check, then write"
    NONE = "none"


class Finds(StrEnum):
    """How changed or deleted records are found."""

    DELTA_TOKEN = "delta token"
    TIMESTAMP = "timestamp"
    ROW_VERSION = "row version"
    FULL_ONLY = "full pass only"
    IN_STREAM = "in the stream"
    FEED = "separate feed"
    SWEEP = "sweep of ids"


class KindFacts(Struct, frozen=True):
    """What a CRM can do with one kind. `overlap_s` is how far a pull reads back behind its cursor, in seconds.

    `key_life_s` is how long the CRM remembers a create's key, in seconds after the first send; None: for good. A create
    in doubt for longer must not be sent again by its key alone.
    """

    changes: Finds
    deletes: Finds
    create: Identity
    concurrency: Concurrency
    writable: bool
    page: int = 500
    batch: int = 1
    overlap_s: int = 120
    key_life_s: float | None = None


class Description(Struct, frozen=True):
    """Who we are signed in as, where, and what the CRM can do there.

    `tenant` names the database or org so that an op is never sent to another one; `user_id` is the remote id of the
    signed-in user. A kind that is missing from `kinds` does not exist there (a module that is not installed).
    `server_time` is the CRM's own clock as it answered, in seconds since 1970; None where it doesn't tell. `sunset` is
    the day on which the vendor ends this version of its interface, as YYYY-MM-DD; '' where none is announced. `poll_s`
    is how many seconds at least lie between two looks for news where the CRM counts calls; what the rep does leaves at
    once all the same.
    """

    vendor: str
    version: str
    tenant: str
    user_id: str
    user_name: str
    kinds: dict[Kind, KindFacts]
    currency: str = "EUR"
    notes: tuple[str, ...] = ()
    server_time: float | None = None
    sunset: str = ""
    poll_s: float = 0.0


class FieldFacts(Struct, frozen=True):
    """One field of the CRM as `schema()` tells it, by its canonical name where it has one.

    `readable` and `writable` are what the signed-in user may do with it. `choices` are the values that it takes, empty
    where any will do; they are the CRM's own, as an op's field carries them. `theirs` is the CRM's own name of the
    field; `custom` whether the company made it itself. A field that is none of ours is offered with an empty `name`.
    `filled` is the share, from 0 to 1, of some 200 recent records that have it; None where nobody counted. `holds` is
    'text', 'number', 'day', 'instant', 'choice' or 'truth'; '' where the CRM doesn't tell.
    """

    kind: Kind
    name: str
    label: str
    required: bool = False
    writable: bool = True
    choices: tuple[str, ...] = ()
    readable: bool = True
    theirs: str = ""
    custom: bool = False
    filled: float | None = None
    holds: str = ""


class Schema(Struct, frozen=True):
    """The fields that the CRM has. `rules_complete` is false where it may refuse for a rule nobody can read ahead."""

    fields: tuple[FieldFacts, ...] = ()
    rules_complete: bool = False


class Upsert(Struct, frozen=True, gc=False):
    """A record as the CRM has it now.

    `fields` uses the names of `companion.domain.records`; a field that is absent is unknown, not empty. `links` maps a
    link's name to a remote id or None. `people` are further participants or contacts as (remote id, role in words).
    `extra` holds what else is worth showing, by its label. `op_id` is the marker found on the record: the op made it.
    `version` is compared for equality only. `changed_by` is who wrote it last, a remote id of a user or a name,
    and `changed_at` when, in seconds since 1970 by the CRM's clock; None where the CRM doesn't tell.
    """

    kind: Kind
    remote_id: str
    version: str
    fields: dict[str, Value]
    links: dict[str, str | None] = field(default_factory=dict)
    people: tuple[tuple[str, str], ...] = ()
    extra: dict[str, str] = field(default_factory=dict)
    op_id: str | None = None
    changed_by: str | None = None
    changed_at: int | None = None


class Tombstone(Struct, frozen=True, gc=False):
    """A record that left the scope. `winner_id` is set where it was merged into another."""

    kind: Kind
    remote_id: str
    why: Gone
    winner_id: str | None = None


class Poison(Struct, frozen=True, gc=False):
    """A record that could not be understood: it stops itself, not the page. `why` is in words, without its contents."""

    kind: Kind
    remote_id: str
    why: str


class Page(Struct, frozen=True):
    """Part of a pull. `cursor` is where to go on after this page; `more` whether the pull goes on now.

    `total` is the CRM's own count of what this pull will bring, where it is cheap to know. `reset` is true on the first
    page of a full pass.
    """

    upserts: Sequence[Upsert]
    cursor: bytes
    gone: Sequence[Tombstone] = ()
    poison: Sequence[Poison] = ()
    more: bool = False
    total: int | None = None
    reset: bool = False


class Scope(Struct, frozen=True):
    """Whose records a pull reads: those of the user `user_id`, or with None all that the user may see."""

    user_id: str | None = None


class Action(StrEnum):
    """What an op does. WIN, LOSE and COMPLETE are verbs: several CRMs refuse them as plain field writes."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    WIN = "win"
    LOSE = "lose"
    COMPLETE = "complete"


class Op(Struct, frozen=True):
    """One change to send.

    `id` is a UUIDv7 as 32 hex digits and the idempotency key; for a create it is also the record's local id. `fields`
    holds only what changed, `seen` what the rep saw in those fields and links. `links` are remote ids: the engine sends
    an op only when what it links to has one. `version` is the record's version that the engine has just read (None: not
    known). `at` is when the rep did it. `first_sent_at` is when it was first sent, None on the first attempt.
    """

    id: str
    kind: Kind
    action: Action
    remote_id: str | None
    fields: dict[str, Value]
    links: dict[str, str | None] = field(default_factory=dict)
    seen: dict[str, Value] = field(default_factory=dict)
    version: str | None = None
    at: int = 0
    first_sent_at: int | None = None


class Problem(Struct, frozen=True):
    """Why the CRM refused, in its own words; `field` is canonical if known; `existing_id` names a duplicate."""

    words: str
    field: str | None = None
    existing_id: str | None = None


class Applied(Struct, frozen=True):
    """The CRM has it. `version` is the record's version after the write, None where the CRM does not tell."""

    op_id: str
    remote_id: str
    version: str | None = None


class Conflict(Struct, frozen=True):
    """Somebody changed the record in between. `server` is how it is now, None when it is gone."""

    op_id: str
    server: Upsert | None


class Rejected(Struct, frozen=True):
    """The CRM will not take it as it is; a person must act."""

    op_id: str
    problems: tuple[Problem, ...]


class RetryLater(Struct, frozen=True):
    """It surely did not take effect; try again after `after_s` seconds (None: by our own back-off)."""

    op_id: str
    why: str
    after_s: float | None = None


class Unknown(Struct, frozen=True):
    """It may have taken effect: no definite answer came back.

    `answered` is true where the CRM itself said that it failed (a 500): then it is not the network, and a change on
    which that happens again and again is shown to the rep.
    """

    op_id: str
    why: str
    answered: bool = False


Result = Applied | Conflict | Rejected | RetryLater | Unknown


class Budget(Struct, frozen=True):
    """What is left of the rate limits: requests and when they return, in seconds. None: the CRM doesn't say."""

    left: int | None = None
    resets_in_s: float | None = None


class Connector(Protocol):
    """A CRM. Every method may raise the errors above; `push` answers per op and raises only before anything is sent."""

    def describe(self) -> Description:
        """Signs in if need be and tells what is there. The first call of a session."""

    def schema(self) -> Schema:
        """The CRM's fields; cheap enough for once a day."""

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page after `cursor`; None begins a full pass. Tombstones may come with any page."""

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """All remote ids in scope, for the sweep. Must raise rather than end early."""

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now, strongly consistent; a missing one is simply not in the answer."""

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """Sends the ops in order; exactly one result per op, in order."""

    def find_by_op(self, op: Op) -> str | None:
        """The remote id of what `op` created, if it landed; None if it surely did not. Raises when it can't tell."""

    def budget(self) -> Budget:
        """What is left of the rate limits."""

    def close(self) -> None:
        """Lets go of connections."""
