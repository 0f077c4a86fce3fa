"""What reps write for a date, phrase by phrase, and what it must mean on Tuesday 24 November 2026 at 9:05."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from companion.domain import dates

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 11, 24, 9, 5, tzinfo=BERLIN)

# phrase | the words read as a date | the date | its time
SURE = """
thu half past 10 | thu half past 10 | 2026-11-26 | 10:30
quarter to 11 on thu | quarter to 11 on thu | 2026-11-26 | 10:45
thu between 10 and 11 | thu between 10 and 11 | 2026-11-26 | 10:00
in two weeks time | in two weeks time | 2026-12-08 |
fri after lunch | fri after lunch | 2026-11-27 | 14:00
today | today | 2026-11-24 |
tmr | tmr | 2026-11-25 |
tom | tom | 2026-11-25 |
tomorrow | tomorrow | 2026-11-25 |
Call her tomorrow | tomorrow | 2026-11-25 |
day after tomorrow | day after tomorrow | 2026-11-26 |
the day after tomorrow | the day after tomorrow | 2026-11-26 |
thu | thu | 2026-11-26 |
Thursday | Thursday | 2026-11-26 |
THURS | THURS | 2026-11-26 |
thu 10 | thu 10 | 2026-11-26 | 10:00
thursday 10:30 | thursday 10:30 | 2026-11-26 | 10:30
thu at 10 | thu at 10 | 2026-11-26 | 10:00
thu @ 10:30 | thu @ 10:30 | 2026-11-26 | 10:30
thu 10.30 | thu 10.30 | 2026-11-26 | 10:30
thu 1030 | thu 1030 | 2026-11-26 | 10:30
thu 10-11 | thu 10-11 | 2026-11-26 | 10:00
thu 10:30-11:30 | thu 10:30-11:30 | 2026-11-26 | 10:30
thu 3-4pm | thu 3-4pm | 2026-11-26 | 15:00
thu 11-1pm | thu 11-1pm | 2026-11-26 | 11:00
a week from thursday | a week from thursday | 2026-12-03 |
two days after 27 nov | two days after 27 nov | 2026-11-29 |
thu, 10:30 | thu, 10:30 | 2026-11-26 | 10:30
thu 10 o'clock | thu 10 o'clock | 2026-11-26 | 10:00
tue | tue | 2026-12-01 |
tuesday | tuesday | 2026-12-01 |
mon | mon | 2026-11-30 |
mon 9am | mon 9am | 2026-11-30 | 09:00
next mon | next mon | 2026-11-30 |
next monday 14:00 | next monday 14:00 | 2026-11-30 | 14:00
this fri | this fri | 2026-11-27 |
this Friday at noon | this Friday at noon | 2026-11-27 | 12:00
fri 12 noon | fri 12 noon | 2026-11-27 | 12:00
wed 3pm | wed 3pm | 2026-11-25 | 15:00
wed 3 p.m. | wed 3 p.m. | 2026-11-25 | 15:00
wed 12am | wed 12am | 2026-11-25 | 00:00
wed 12pm | wed 12pm | 2026-11-25 | 12:00
sat | sat | 2026-11-28 |
sun 11:00 | sun 11:00 | 2026-11-29 | 11:00
fri 13 | fri 13 | 2026-11-27 | 13:00
thu next week | thu next week | 2026-12-03 |
next week thu | next week thu | 2026-12-03 |
next week on wed 9am | next week on wed 9am | 2026-12-02 | 09:00
+3d | +3d | 2026-11-27 |
3d | 3d | 2026-11-27 |
2w | 2w | 2026-12-08 |
+1w | +1w | 2026-12-01 |
+1m | +1m | 2026-12-24 |
+2 weeks | +2 weeks | 2026-12-08 |
in 3 days | in 3 days | 2026-11-27 |
in three days | in three days | 2026-11-27 |
in a week | in a week | 2026-12-01 |
in two weeks | in two weeks | 2026-12-08 |
in a couple of weeks | in a couple of weeks | 2026-12-08 |
in a month | in a month | 2026-12-24 |
in 1 year | in 1 year | 2027-11-24 |
two weeks from now | two weeks from now | 2026-12-08 |
3 days from today | 3 days from today | 2026-11-27 |
in 3 working days | in 3 working days | 2026-11-27 |
in 5 business days | in 5 business days | 2026-12-01 |
in 2 hours | in 2 hours | 2026-11-24 | 11:05
in 30 min | in 30 min | 2026-11-24 | 09:35
+2h | +2h | 2026-11-24 | 11:05
27 nov | 27 nov | 2026-11-27 |
27. nov | 27. nov | 2026-11-27 |
27th nov | 27th nov | 2026-11-27 |
27th of November | 27th of November | 2026-11-27 |
nov 27 | nov 27 | 2026-11-27 |
Nov 27th | Nov 27th | 2026-11-27 |
Nov. 27 | Nov. 27 | 2026-11-27 |
November 27, 2026 | November 27, 2026 | 2026-11-27 |
27 nov 2026 | 27 nov 2026 | 2026-11-27 |
24 nov | 24 nov | 2026-11-24 |
15 jan | 15 jan | 2027-01-15 |
15 jan 28 | 15 jan 28 | 2028-01-15 |
5 may | 5 may | 2027-05-05 |
sept 3 2027 | sept 3 2027 | 2027-09-03 |
27.11. | 27.11. | 2026-11-27 |
27.11.2026 | 27.11.2026 | 2026-11-27 |
27.11.26 | 27.11.26 | 2026-11-27 |
27/11 | 27/11 | 2026-11-27 |
27/11/2026 | 27/11/2026 | 2026-11-27 |
2026-11-27 | 2026-11-27 | 2026-11-27 |
27-11-2026 | 27-11-2026 | 2026-11-27 |
2026-11-27 14:30 | 2026-11-27 14:30 | 2026-11-27 | 14:30
on the 27th | the 27th | 2026-11-27 |
by the 30th | the 30th | 2026-11-30 |
fri 27 | fri 27 | 2026-11-27 |
fri 27th | fri 27th | 2026-11-27 |
fri 27 nov | fri 27 nov | 2026-11-27 |
Fri, 27 Nov 9:15 | Fri, 27 Nov 9:15 | 2026-11-27 | 09:15
friday the 27th | friday the 27th | 2026-11-27 |
eod | eod | 2026-11-24 |
eod thu | eod thu | 2026-11-26 |
thu eod | thu eod | 2026-11-26 |
eow | eow | 2026-11-27 |
eom | eom | 2026-11-30 |
eoq | eoq | 2026-12-31 |
eoy | eoy | 2026-12-31 |
end of week | end of week | 2026-11-27 |
end of the week | end of the week | 2026-11-27 |
end of next week | end of next week | 2026-12-04 |
end of month | end of month | 2026-11-30 |
month end | month end | 2026-11-30 |
end of next month | end of next month | 2026-12-31 |
end of the quarter | end of the quarter | 2026-12-31 |
end of january | end of january | 2027-01-31 |
end of feb | end of feb | 2027-02-28 |
10:30 | 10:30 | 2026-11-24 | 10:30
3pm | 3pm | 2026-11-24 | 15:00
at 3pm | at 3pm | 2026-11-24 | 15:00
3:15 pm | 3:15 pm | 2026-11-24 | 15:15
noon | noon | 2026-11-24 | 12:00
this afternoon | this afternoon | 2026-11-24 | 14:00
tonight | tonight | 2026-11-24 | 18:00
this evening | this evening | 2026-11-24 | 18:00
fri afternoon 3pm | fri afternoon 3pm | 2026-11-27 | 15:00
thu evening at 7 | thu evening at 7 | 2026-11-26 | 19:00
thu evening 7:30 | thu evening 7:30 | 2026-11-26 | 19:30
mon morning 9:30 | mon morning 9:30 | 2026-11-30 | 09:30
tmrw am | tmrw am | 2026-11-25 | 09:00
thu night | thu night | 2026-11-26 | 18:00
in a fortnight | in a fortnight | 2026-12-08 |
27-nov-2026 | 27-nov-2026 | 2026-11-27 |
27-nov | 27-nov | 2026-11-27 |
27nov | 27nov | 2026-11-27 |
confirmed for thu 10 | thu 10 | 2026-11-26 | 10:00
pushed to thu | thu | 2026-11-26 |
was busy, call thu | thu | 2026-11-26 |
no answer try thu | thu | 2026-11-26 |
send revised quote thu 10 | thu 10 | 2026-11-26 | 10:00
by 3.12. | 3.12. | 2026-12-03 |
on 1/1 | 1/1 | 2027-01-01 |
tomorrow morning | tomorrow morning | 2026-11-25 | 09:00
thu afternoon | thu afternoon | 2026-11-26 | 14:00
thu in the morning | thu in the morning | 2026-11-26 | 09:00
tmr 14:00 | tmr 14:00 | 2026-11-25 | 14:00
today 16:00 | today 16:00 | 2026-11-24 | 16:00
27 nov 9:15 | 27 nov 9:15 | 2026-11-27 | 09:15
nov 27 10 | nov 27 10 | 2026-11-27 | 10:00
27.11. 9:15 | 27.11. 9:15 | 2026-11-27 | 09:15
10:30 thu | 10:30 thu | 2026-11-26 | 10:30
3pm tomorrow | 3pm tomorrow | 2026-11-25 | 15:00
at 10 on thu | at 10 on thu | 2026-11-26 | 10:00
noon on friday | noon on friday | 2026-11-27 | 12:00
in 3 days at 10:00 | in 3 days at 10:00 | 2026-11-27 | 10:00
thu 10 about pricing | thu 10 | 2026-11-26 | 10:00
thu 10 send quote | thu 10 | 2026-11-26 | 10:00
thu call about pricing | thu | 2026-11-26 |
(thu 10) | thu 10 | 2026-11-26 | 10:00
Wants 12 months, send revised quote thu 10 | thu 10 | 2026-11-26 | 10:00
send quote by thu. | thu | 2026-11-26 |
quote,thu 10 | thu 10 | 2026-11-26 | 10:00
thu 10 seats | thu | 2026-11-26 |
send thu 12 month contract | thu | 2026-11-26 |
thu 10k order | thu | 2026-11-26 |
thu 10% off | thu | 2026-11-26 |
thu 10,000 units | thu | 2026-11-26 |
call tom thu | thu | 2026-11-26 |
reschedule thursday's demo to 27 nov | 27 nov | 2026-11-27 |
"""

GUESSES = """
thu half 10 | thu half 10 | 2026-11-26 | 10:30
thu 3 | thu 3 | 2026-11-26 | 15:00
thu 21 | thu 21 | 2026-11-26 | 21:00
thu 17 | thu 17 | 2026-11-26 | 17:00
thu 10 demo licence | thu 10 | 2026-11-26 | 10:00
tue 10 | tue 10 | 2026-12-01 | 10:00
next fri | next fri | 2026-12-04 |
next week | next week | 2026-11-30 |
next month | next month | 2026-12-01 |
thu25 | thu25 | 2026-11-25 |
monday week | monday week | 2026-12-07 |
thu after next | thu after next | 2026-12-03 |
mon in two weeks | mon in two weeks | 2026-12-07 |
9am | 9am | 2026-11-25 | 09:00
8:30 | 8:30 | 2026-11-25 | 08:30
today 8:00 | today 8:00 | 2026-11-24 | 08:00
3:30 | 3:30 | 2026-11-24 | 15:30
call at 10 | at 10 | 2026-11-24 | 10:00
afternoon | afternoon | 2026-11-24 | 14:00
20 nov | 20 nov | 2027-11-20 |
29 feb | 29 feb | 2028-02-29 |
2026-11-01 | 2026-11-01 | 2026-11-01 |
3/4 | 3/4 | 2027-04-03 |
thu 27 nov | thu 27 nov | 2026-11-27 |
fri 28 | fri 28 | 2026-11-28 |
the 27th | the 27th | 2026-11-27 |
monday 3.12. | monday 3.12. | 2026-12-03 |
see 3.4. | 3.4. | 2027-04-03 |
renewal 1/1 | 1/1 | 2027-01-01 |
won't decide thu | thu | 2026-11-26 |
no call thu | thu | 2026-11-26 |
a week on thu | a week on thu | 2026-12-03 |
a week today | a week today | 2026-12-01 |
today week | today week | 2026-12-01 |
at 10am CET | at 10am | 2026-11-24 | 10:00
thu each week | thu | 2026-11-26 |
Mon Repos Hotel | Mon | 2026-11-30 |
3d printing | 3d | 2026-11-27 |
maybe thu | thu | 2026-11-26 |
thu? | thu | 2026-11-26 |
not before thu | thu | 2026-11-26 |
after 27 nov | 27 nov | 2026-11-27 |
call tom 10 | tom 10 | 2026-11-25 | 10:00
ask tom | tom | 2026-11-25 |
"""

NO_DATE = """
Half a thought
half an hour
half of 12 seats
half 10 seats
was out mon
met thu
emailed on mon
thursdayish
last thu
last thursday 10:00
yesterday
3 days ago
since monday
every friday
wants 12 months
12 months
3 weeks trial
10 seats
24/7 support
1/2 price
version 10.11.2
10.30
room 101
12m
24h
version 3.12.
clause 14.2. applies
16/9 screens
1/1 meeting
weekly thu
31 nov
30 feb
32.12.
25:00
10:75
13pm
we sat with the CFO
sun and wind
may
they may sign
march
all of them marched
Monday.com
thu@example.com
https://example.com/thu/27-11-2026
Tom is away
ask Tom
Black Friday
first monday of december
"thu 10"
said “call me thu 10” and left
the 2nd option
their 4th call
a week from lunch
€12m
-3d
#10
today's price
+99999d
in 999999999999 days
2026-13-01
2026-11-27T10:30:00Z
10.0.0.1
"""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


@pytest.mark.parametrize("row", rows(SURE), ids=lambda r: r[0])
def test_a_clear_phrase_is_read_and_sure(row: list[str]) -> None:
    phrase, words, day, time = (*row, "")[:4]
    (found,) = dates.find(phrase, NOW)
    assert phrase[found.start : found.end] == words
    assert (found.date.isoformat(), found.time and found.time.isoformat("minutes")) == (day, time or None)
    assert found.sure


@pytest.mark.parametrize("row", rows(GUESSES), ids=lambda r: r[0])
def test_a_phrase_with_a_second_reading_is_a_guess(row: list[str]) -> None:
    phrase, words, day, time = (*row, "")[:4]
    (found,) = dates.find(phrase, NOW)
    assert phrase[found.start : found.end] == words
    assert (found.date.isoformat(), found.time and found.time.isoformat("minutes")) == (day, time or None)
    assert not found.sure


@pytest.mark.parametrize("phrase", NO_DATE.strip().splitlines())
def test_words_that_only_look_like_a_date_are_left_alone(phrase: str) -> None:
    assert dates.find(phrase, NOW) == ()
