"""A promise is kept by one key: a call does not keep it."""

from __future__ import annotations

from tests.journeys.rep import Rep

DANIEL = "Daniel Osei"


def promises(rep: Rep) -> int:
    with rep.core.database.read() as rows:
        return int(
            rows.value(
                "SELECT count(*) FROM activities WHERE person_id = ? AND promise = 'mine' AND done = 0",
                (rep.id_of(DANIEL),),
            )
        )


def test_f_keeps_the_promise_and_undo_opens_it_again(rep: Rep) -> None:
    rep.choose(rep.id_of(DANIEL))
    before = promises(rep)
    assert before > 0

    rep.press("F")
    assert promises(rep) == before - 1
    assert rep.toast.startswith("Done: ")

    rep.press("Ctrl+Z")
    assert promises(rep) == before
