"""How far this computer's clock is from the CRM's, in words, and from when on that is worth a word."""

from __future__ import annotations

from typing import Final

from companion.domain.language import tr, trn

TOLERATED_S: Final = 90.0
"""Seconds that a clock may be off: a stamp is served in whole seconds, and an answer takes its time."""

_EARLIEST: Final = 1_577_836_800
_LATEST: Final = 4_102_444_800
"""The years 2020 and 2100: what a server tells of another time is no clock but a fault."""


def believed(server_time: float | None) -> float | None:
    """The server's time, in seconds since 1970; None where it tells none, or one that can't be (NaN among them)."""
    return server_time if server_time is not None and _EARLIEST <= server_time <= _LATEST else None


def is_off(skew_s: float | None) -> bool:
    """Whether the clocks differ by more than the way of an answer explains. `skew_s`: how far the CRM's is ahead."""
    return skew_s is not None and abs(skew_s) > TOLERATED_S


def skew_words(skew_s: float) -> str:
    """'This computer's clock is 4 minutes behind the CRM's.' `skew_s`: seconds that the CRM's clock is ahead."""
    minutes = round(abs(skew_s) / 60)
    behind = skew_s > 0
    if minutes < 120:
        return _minutes(minutes, behind)
    hours = round(minutes / 60)
    return _hours(hours, behind) if hours < 48 else _days(round(hours / 24), behind)


def skew_advice() -> str:
    """What to do about it."""
    return tr("Set the date and time of this computer right, or what you log stands at a wrong time.")


def _minutes(n: int, behind: bool) -> str:
    if behind:
        return trn(
            "This computer’s clock is {n} minute behind the CRM’s.",
            "This computer’s clock is {n} minutes behind the CRM’s.",
            n,
        )
    return trn(
        "This computer’s clock is {n} minute ahead of the CRM’s.",
        "This computer’s clock is {n} minutes ahead of the CRM’s.",
        n,
    )


def _hours(n: int, behind: bool) -> str:
    if behind:
        return trn(
            "This computer’s clock is {n} hour behind the CRM’s.",
            "This computer’s clock is {n} hours behind the CRM’s.",
            n,
        )
    return trn(
        "This computer’s clock is {n} hour ahead of the CRM’s.",
        "This computer’s clock is {n} hours ahead of the CRM’s.",
        n,
    )


def _days(n: int, behind: bool) -> str:
    if behind:
        return trn(
            "This computer’s clock is {n} day behind the CRM’s.",
            "This computer’s clock is {n} days behind the CRM’s.",
            n,
        )
    return trn(
        "This computer’s clock is {n} day ahead of the CRM’s.",
        "This computer’s clock is {n} days ahead of the CRM’s.",
        n,
    )
