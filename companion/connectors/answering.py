"""One answer for each op: what trouble on the way means for an op, and for those that come after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from companion.connectors import strange
from companion.connectors.base import (
    ConnectorError,
    Op,
    Problem,
    RateLimited,
    Rejected,
    Result,
    RetryLater,
    ScopeDenied,
    Unknown,
    Unreachable,
)
from companion.connectors.http import Doubtful


def answered(op: Op, send: Callable[[Op], Result]) -> Result:
    """What `send` answers, or what its trouble means for the op.

    Raises what stops a cycle (SignInNeeded, ApiSunset): then nothing of the op was sent.
    """
    try:
        return send(op)
    except Doubtful as doubt:
        return Unknown(op.id, str(doubt))
    except ScopeDenied as error:
        return Rejected(op.id, (Problem(error.title),))
    except RateLimited as error:
        return RetryLater(op.id, str(error), error.after_s)
    except Unreachable as error:
        return RetryLater(op.id, str(error))
    except strange.SHAPE as error:
        return Unknown(op.id, strange.why(error))


def one_by_one(ops: Sequence[Op], send: Callable[[Op], Result]) -> list[Result]:
    """The answers in order, for a CRM that takes one op at a time."""
    return in_groups(([op] for op in ops), lambda group: [answered(group[0], send)])


def in_groups(groups: Iterable[Sequence[Op]], send: Callable[[Sequence[Op]], Sequence[Result]]) -> list[Result]:
    """The answers in order, for a CRM that takes several ops at a time.

    What stops a cycle is raised only where nothing was sent before; else the rest is not sent at all.
    """
    results: list[Result] = []
    stopped: ConnectorError | None = None
    for group in groups:
        try:
            results += send(group) if stopped is None else ()
        except ConnectorError as error:
            if not results:
                raise
            stopped = error
        if stopped is not None:
            pause = stopped.after_s if isinstance(stopped, RateLimited) else None
            results += [RetryLater(op.id, str(stopped), pause) for op in group]
    return results


def together(ops: Sequence[Op], key: Callable[[Op], str | tuple[object, ...]], most: int) -> Iterator[list[Op]]:
    """The ops in order: those of one key that follow each other together, `most` at the most; without a key, alone."""
    for known, group in groupby(ops, key):
        some = list(group)
        size = most if known else 1
        yield from (some[at : at + size] for at in range(0, len(some), size))
