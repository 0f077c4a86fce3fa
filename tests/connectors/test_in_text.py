"""What a CRM has no field for goes into the text in words and comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.connectors import in_text, payload
from companion.domain.records import Value

ALL = ("outcome", "duration_s", "direction", "due_at", "promise", "lost_note", "loss_reason", "contract_ends_on")
TEXTS = st.text(max_size=40).map(payload.clean) | st.sampled_from(
    ["[Companion]", "[Companion · Outcome: busy]\nx", "a · b", "] ", '"quoted"', "no answer", "No_Answer", "\r\nx", " "]
)


def test_a_colleague_reads_what_a_call_came_to_and_how_long_it_took() -> None:
    text = in_text.put("Back on Thursday.", {"outcome": "no_answer", "duration_s": 200}, ("outcome", "duration_s"))

    assert text == "[Companion · Outcome: no answer · Duration: 3 min 20 s]\nBack on Thursday."
    assert in_text.taken(text) == ("Back on Thursday.", {"outcome": "no_answer", "duration_s": 200})


@given(
    TEXTS,
    st.fixed_dictionaries(
        {},
        optional={
            "outcome": TEXTS,
            "duration_s": st.integers(0, 10**9),
            "direction": st.sampled_from(["in", "out", "sideways"]),
            "due_at": st.integers(0, 4 * 10**9),
            "promise": st.sampled_from(["mine", "theirs", None]),
            "lost_note": TEXTS,
            "loss_reason": TEXTS,
            "contract_ends_on": st.just("2027-01-31"),
        },
    ),
)
def test_whatever_is_put_into_the_text_comes_back_letter_by_letter(body: str, fields: dict[str, Value]) -> None:
    told = {name: value for name, value in fields.items() if value not in (None, "")}

    assert in_text.taken(in_text.put(body, fields, ALL)) == (body, told)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[urgent] please call",
        "[Companion] shared a file",
        "[Companion · Outcome: busy] and then",
        "[Companion · Outcome: busy · Weather: fine]\nx",
        "[Companion · Duration: a while]\nx",
        "[Companion · Outcome: busy",
        "[Companion · Outcome: busy] as ever]",
        "[Companion · Outcome: busy · Outcome: busy]",
        "x\n[Companion · Outcome: busy]",
        "[Companion · Due at: 2026-13-45 99:00:00 UTC]\nx",
        '[Companion · Outcome: "busy]\nx',
    ],
)
def test_text_that_is_not_our_line_stays_text(text: str) -> None:
    assert in_text.taken(text) == (text, {})


def test_what_a_colleague_changes_in_the_line_is_changed() -> None:
    assert in_text.taken("[Companion · Outcome: Left a message · Duration: 4 min]\nx") == (
        "x",
        {"outcome": "left_a_message", "duration_s": 240},
    )


def test_another_text_leaves_the_line_and_another_outcome_leaves_the_text() -> None:
    before = "[Companion · Outcome: no answer · Duration: 20 s]\nBack on Thursday."

    assert in_text.put_anew(before, {"body": "Back on Friday."}, ("outcome",)) == (
        "[Companion · Outcome: no answer · Duration: 20 s]\nBack on Friday."
    )
    assert in_text.put_anew(before, {"outcome": "connected", "duration_s": None}, ("outcome", "duration_s")) == (
        "[Companion · Outcome: connected]\nBack on Thursday."
    )
    assert in_text.put_anew(before, {"outcome": None, "duration_s": None}, ()) == "Back on Thursday."


def test_a_hostile_line_takes_no_time() -> None:
    text = "[Companion" + ' · Outcome: "' * 20_001 + "]"

    assert in_text.taken(text) == (text, {})
