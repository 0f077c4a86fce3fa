"""What people write and say in the book: whole small conversations, so that an answer fits its question.

`{first}` is the person, `{deal}` what the talk is about, both in lower case where they stand in the middle.
"""

from __future__ import annotations

from typing import Final

THREADS: Final[tuple[tuple[str, str, str, str], ...]] = (
    (
        "Times for a first look",
        "Hello {first}, two times would suit me for a first look at {deal}: Tuesday at ten or Thursday after lunch.",
        "Thursday after lunch works. I’ll bring the person who plans our shifts.",
        "Good, the invitation is on its way. We need 40 minutes.",
    ),
    (
        "Summary of our call",
        "Thank you for the time today. In short: 14 users, one site, go live after the stock count.",
        "That is right, except that we are 16 by now. The rest stands.",
        "Noted, 16 it is. I changed it in the summary.",
    ),
    (
        "Question about {deal}",
        "Hello {first}, before I write anything: do your teams share one calendar or has each its own?",
        "Each has its own, which is half of our trouble. Could yours merge them?",
        "It can, and it keeps who owns what. I’ll show it when we meet.",
    ),
    (
        "Single sign-on",
        "Attached is the page on single sign-on that your IT asked about.",
        "Our IT is happy with it. They want to know where the data is kept.",
        "Frankfurt and Stockholm, never outside the EU. The page on that is attached.",
    ),
    (
        "References near you",
        "Two customers of your size are glad to talk: one in Leeds, one in Hamburg.",
        "We’d like to talk to the one in Hamburg, they have the same ERP.",
        "I’ll put you in touch this afternoon.",
    ),
    (
        "Numbers for {deal}",
        "Here are the numbers for 12 and for 24 months, with and without the support plan.",
        "Thanks. The 24 months look fair. Our finance asks for yearly billing.",
        "Yearly billing is fine. The new version is attached.",
    ),
    (
        "What the pilot showed",
        "The pilot ends with 31 of 34 tasks closed in time. The three late ones waited for a part.",
        "Our warehouse lead was pleased. She wants the scanners next.",
        "Then let us plan the scanners for the new quarter.",
    ),
    (
        "Contract, reviewed",
        "Our lawyer took your two changes as they are. Only the notice period is still open.",
        "Three months' notice is what we can live with.",
        "Three months, agreed. The clean copy is attached.",
    ),
    (
        "Training dates",
        "We can train the two teams in one day, or over two mornings.",
        "Two mornings, please, somebody has to mind the desk.",
        "Booked: both mornings, from half past eight.",
    ),
    (
        "Your invoice",
        "The invoice for this year is on its way. The purchase number is on it this time.",
        "Found it, thank you. Next time please to the finance address as well.",
        "Done, finance gets a copy from now on.",
    ),
    (
        "After the visit",
        "Thank you for showing us the floor. The label printer by gate 4 is what we’d solve first.",
        "Gate 4 it is. What would you need from us to begin?",
        "One week of your orders as a file, nothing else. I wrote down how.",
    ),
    (
        "Import of the old list",
        "Your list came through: 2,140 rows, 61 of them twice.",
        "That sounds like us. Can you leave out those that closed?",
        "Left out. 1,803 remain, have a look before Friday.",
    ),
    (
        "New colleague on your side",
        "Hello {first}, I hear that you have help now. Shall I invite both of you to the monthly call?",
        "Yes please, she takes over the reports from next month.",
        "Both are invited. I’ll keep ten minutes for the reports.",
    ),
    (
        "Opening hours in the app",
        "The opening hours can now differ by branch, as you asked in spring.",
        "Finally! Does it know the public holidays as well?",
        "It does, by region. Nothing to set up on your side.",
    ),
)
"""Subject, our message, their answer, our last word."""

CALLS: Final[tuple[tuple[str, str], ...]] = (
    ("interested", "Likes the planner, worries about the move of the old data. Wants to see an import."),
    ("interested", "Budget is set for the new year. Asked who else uses {deal} in the region."),
    ("interested", "Short call from the car. Keen, will bring the depot lead next time."),
    ("interested", "Went through the open points. Nothing left but the start date."),
    ("connected", "Checked in. Everything runs, two new starters need seats next month."),
    ("connected", "Talked about the audit in spring; we send the report they need."),
    ("connected", "The new ERP is late, which moves {deal} by some weeks. No harm done."),
    ("connected", "Happy with support. Praised the answer on the printer trouble."),
    ("wants_changes", "Wants fewer seats to begin with and an option to grow."),
    ("wants_changes", "Asks for quarterly billing and a shorter notice period."),
    ("not_now", "Too busy with the stock count. Wants to hear from us after it."),
    ("not_now", "New boss next month; decisions wait until then."),
)
"""Outcome and note of calls that were answered."""

MEETINGS: Final[tuple[tuple[str, int, str], ...]] = (
    ("Demo", 45, "Showed the week view with their own data. The mobile part got the most questions."),
    ("First meeting", 30, "Met the team. Planning is done on a whiteboard and in three spreadsheets."),
    ("Site visit", 90, "Walked through receiving and dispatch. Labels are typed twice, that is the pain."),
    ("Security review", 60, "Their IT went through backups, sign-on and deletion. Two papers to follow."),
    ("Quarterly review", 60, "Usage is up in both branches. They want the report by region."),
    ("Kick-off", 60, "Agreed who does what until go-live. Training comes first."),
)

NOTES: Final[tuple[tuple[str, str], ...]] = (
    ("How they buy", "Everything above 20k goes to the board, which meets on the last Friday of the month."),
    ("Who is who", "The finance director signs, the depot lead decides. IT has a veto on sign-on."),
    ("Competitor", "They looked at a cheaper tool in spring; it could not do two sites."),
    ("Good to know", "On leave in the last week of July. Prefers mail before nine."),
    ("Set-up", "Two depots, one calendar each, shifts from five to one and from one to nine."),
    ("From the fair", "Met at the stand, talked about printers and night shifts for half an hour."),
)

STEPS: Final = (
    "Send the summary",
    "Walk through the numbers",
    "Call about the start date",
    "Send two references",
    "Check in after the pilot",
    "Send the contract",
    "Ask about the budget",
    "Agree on training dates",
)
"""Next steps."""

TOUCHES: Final[tuple[tuple[str, str], ...]] = (
    ("email_sent", "Newsletter: planning in peak season"),
    ("email_opened", "Newsletter: planning in peak season"),
    ("email_sent", "Case study: two depots, one plan"),
    ("email_opened", "Case study: two depots, one plan"),
    ("email_clicked", "Case study: two depots, one plan"),
    ("webinar", "Webinar “Winter capacity”"),
    ("campaign", "Autumn fair, invitation"),
    ("form", "Downloaded the buyer’s checklist"),
    ("page_read", "Read the page on integrations"),
)
"""Marketing touches of the calm kind."""

SOURCES: Final = ("Webinar", "Fair", "Web form", "Referral", "Newsletter", "Cold call", "Partner")
CAMPAIGNS: Final = ("Winter capacity", "Autumn fair", "Two depots, one plan", "Spring checklist", None)
JOURNEYS: Final = ("Aware", "Interested", "Comparing", "Customer")
LOST_NOTES: Final = (
    "Stayed with the spreadsheet for another year.",
    "Took the cheaper tool; the second site comes later.",
    "Project stopped, the budget went into the new building.",
    "Could not wait for the interface to their ERP.",
)
