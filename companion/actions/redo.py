"""Do again what was undone last: as it was done, or, where a colleague was there meanwhile, not without saying so.

What undo kept from leaving leaves after all; where the CRM has been told the opposite, it is told again. A field that
does not hold what the rep saw when changing it is left alone. A new act ends the possibility.

Not done again, as they are no acts: a draft (it is what stands in the line; nothing was saved), and the answers to
conflict cards, refused changes, notices and sweeps. An answer lets the sync go on with it at once, on what the CRM held
at that moment. What it set by an act (another value, a record made again) goes back and forth; the card stays answered.
"""

from __future__ import annotations

from companion.actions.desk import Desk, Done
from companion.database import Rows, Write
from companion.domain.language import tr
from companion.store import redoing
from companion.store.edits import Gesture
from companion.store.redoing import NotYet, Undone


def redo(desk: Desk) -> Done | None:
    """Does the act again that was undone last. None when there is none."""
    try:
        return _redo(desk)
    except NotYet:
        return Done(tr("Not done again yet: the CRM is just being told. Try again in a moment"), "")


def next_redo(rows: Rows) -> str | None:
    """What the next redo would do again, in the words that its toast said; None without anything."""
    found = redoing.next_to_redo(rows)
    return found.words if found else None


def _redo(desk: Desk) -> Done | None:
    now = desk.clock()
    with desk.database.write() as write:
        act = redoing.next_to_redo(write)
        if act is None:
            return None
        gesture = Gesture(
            desk.new_id(), int(now.timestamp()), act.words, desk.new_id, desk.tenant, desk.user_id, desk.hold_s
        )
        gesture.took_place_at = act.made_at
        left = _all_ops(write, gesture, act)
        refused = bool(act.ops) and left == len(act.ops)
        if refused:
            redoing.give_up(write, act)
        else:
            redoing.redo_local(write, act.local)
            redoing.mark_redone(write, act, gesture)
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return Done(_said(act.words, refused=refused, some=left > 0), "" if refused else gesture.id)


def _all_ops(write: Write, gesture: Gesture, act: Undone) -> float:
    """Does each op again; returns how many did not come about: one half for an op of which only a part did."""
    renamed: dict[str, str] = {}
    left = 0.0
    for kept in act.ops:
        stays = redoing.redo_op(write, gesture, kept, renamed)
        left += 1 if stays is None else 0.5 if stays else 0
    return left


def _said(words: str, *, refused: bool, some: bool) -> str:
    if refused:
        return tr("Not done again: {what}. It was changed meanwhile", what=words)
    if some:
        return tr("Done again: {what}. What was changed meanwhile stays", what=words)
    return tr("Done again: {what}", what=words)
