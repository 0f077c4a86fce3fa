"""One line of the table: what was measured, against what floor, and whether it keeps its bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`id` begins with the budget's number. `floor` is in the same `unit`, None where the bar is an absolute one.

    `ok` judges the rounded number that is shown, so that nobody reads "2x" beside "short of 2x".
    """

    id: str
    figure: float
    unit: str
    floor: float | None
    ratio: float | None
    bar: str
    ok: bool


def at_most(figure_id: str, figure: float, unit: str, limit: float) -> Figure:
    """A figure with an absolute bar."""
    shown = round(figure, 3)
    return Figure(figure_id, shown, unit, None, None, f"≤ {limit:g} {unit}", shown <= limit)


def at_least(figure_id: str, figure: float, unit: str, limit: float) -> Figure:
    """A figure of which more is better."""
    shown = round(figure, 3)
    return Figure(figure_id, shown, unit, None, None, f"≥ {limit:,g} {unit}", shown >= limit)


def over_floor(figure_id: str, figure: float, floor: float, unit: str, times: float) -> Figure:
    """A time against what the same work costs at least, in the same run."""
    ratio = round(figure / floor, 2)
    return Figure(figure_id, round(figure, 3), unit, round(floor, 3), ratio, f"≤ {times:g}x", ratio <= times)


def of_floor(figure_id: str, figure: float, floor: float, unit: str, share: float) -> Figure:
    """A rate against the rate of the bare parts, in the same run."""
    ratio = round(figure / floor, 2)
    return Figure(figure_id, round(figure), unit, round(floor), ratio, f"≥ {share:g}x", ratio >= share)


def as_table(figures: Sequence[Figure]) -> str:
    """The figures as text, in columns."""
    head = ("figure", "measured", "floor", "ratio", "bar", "")
    rows = [head, *(_cells(each) for each in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    return "\n".join(_line(row, widths) for row in rows)


def as_json(figures: Sequence[Figure]) -> list[dict[str, object]]:
    """The figures for a file."""
    return [asdict(each) for each in figures]


def _cells(each: Figure) -> tuple[str, ...]:
    floor = f"{each.floor:,g}" if each.floor is not None else ""
    ratio = f"{each.ratio:g}x" if each.ratio is not None else ""
    return each.id, f"{each.figure:,g} {each.unit}", floor, ratio, each.bar, "ok" if each.ok else "short"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:5], widths[1:5], strict=True))]
    return "  ".join([*cells, row[5]]).rstrip()
