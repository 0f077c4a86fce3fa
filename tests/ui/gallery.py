"""One of each widget, filled with invented people, for the tests that look at all of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QStyledItemDelegate, QWidget

from ui.widgets.avatar import Avatar
from ui.widgets.button import Button, LinkButton
from ui.widgets.card import Card
from ui.widgets.chip import Chip, Tag
from ui.widgets.fact_list import FactList
from ui.widgets.keycap import Keycap
from ui.widgets.label import Label
from ui.widgets.labelled_line import LabelledLine
from ui.widgets.line_editor import LineEditor
from ui.widgets.looks import RowRole, TimelineRowLook, TodayRowLook
from ui.widgets.nav_item import NavItem
from ui.widgets.painted_list import PaintedList
from ui.widgets.paragraph import Paragraph
from ui.widgets.progress import Progress
from ui.widgets.row_delegate import RowDelegate
from ui.widgets.section_head import SectionHead
from ui.widgets.segmented import Segmented
from ui.widgets.stage_track import StageTrack
from ui.widgets.strip import Strip
from ui.widgets.timeline_delegate import TimelineDelegate
from ui.widgets.toast import Toast

TODAY = (
    TodayRowLook("head", "Contact now", right_note="3", spoken="Contact now, 3 people"),
    TodayRowLook(
        "person",
        "Marta Ferreira",
        "Halvorsen Logistics",
        (("Proposal sent 6 days ago, no reply · ", "none"), ("closes Friday", "warn")),
        "mail-question-mark",
        "€48k",
        "Proposal",
        "MF",
        "person-1",
        "Marta Ferreira, Halvorsen Logistics, Proposal sent 6 days ago, no reply, closes Friday, €48k, Proposal",
    ),
    TodayRowLook(
        "person",
        "Tom Brandt",
        "Alder & Finch",
        (("Close date passed 3 days ago", "bad"), (" · no new date", "none")),
        "calendar-x-2",
        "€18k",
        "Negotiation",
        "TB",
        "person-2",
        "Tom Brandt, Alder & Finch, Close date passed 3 days ago, €18k, Negotiation",
    ),
    TodayRowLook("done", "Elena Petrova", "Left voicemail at 08:52 · trying again Thu", spoken="Elena Petrova, done"),
)

HISTORY = (
    TimelineRowLook("month", "November", spoken="November"),
    TimelineRowLook(
        "entry",
        "Call, 18 min",
        "phone-call",
        "Interested",
        "good",
        "Thu 12 Nov, 14:05",
        body="Board decides on 27 Nov. Wants a 12-month option next to the 24-month one.",
        spoken="Call, 18 min, Thu 12 Nov, Interested",
    ),
    TimelineRowLook("entry", "Marketing", "megaphone", when="Mon 9 Nov", body="Read the pricing page.", last=True),
)


class Rows(QAbstractListModel):
    """A model of finished looks."""

    def __init__(self, looks: tuple[TodayRowLook | TimelineRowLook, ...]) -> None:
        super().__init__()
        self._looks = looks

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return len(self._looks)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        look = self._looks[index.row()]
        return look if role == RowRole.LOOK else look.spoken if role == RowRole.SPOKEN else None


def rows(delegate: QStyledItemDelegate, looks: tuple[TodayRowLook | TimelineRowLook, ...], name: str) -> PaintedList:
    """A list that shows `looks`."""
    view = PaintedList(delegate, name)
    model = Rows(looks)
    model.setParent(view)
    view.setModel(model)
    view.setCurrentIndex(model.index(1))
    view.resize(500, 260)
    return view


def _strip() -> QWidget:
    strip = Strip()
    strip.set_reason("Proposal sent 6 days ago, no reply · ", "€48k closes Friday", "warn", "mail-question-mark")
    return strip


def _toast() -> QWidget:
    toast = Toast()
    toast.say("No answer, Daniel Osei. Next try tomorrow 10:00", undo="Undo", keys="Ctrl Z")
    return toast


def _facts() -> QWidget:
    facts = FactList()
    facts.set_facts([("Board decides on Friday 27 November", "Call, 12 Nov"), ("R&D decides", "Email, 16 Nov")])
    return facts


def _editor() -> QWidget:
    editor = LineEditor("Note and next step")
    editor.set_text("Wants 12 months, send revised quote thu 10")
    editor.set_spans([(36, 42)])
    return editor


def _chip() -> QWidget:
    chip = Chip("Wants changes", "2")
    chip.setChecked(True)
    return chip


def _card() -> QWidget:
    card = Card()
    card.column.addWidget(Label("Route planning rollout", "strong"))
    card.column.addWidget(Label("€48,000", "strong", tabular=True))
    return card


def _nav() -> QWidget:
    item = NavItem("Today", "sun", count="9")
    item.setChecked(True)
    return item


def _track() -> QWidget:
    track = StageTrack()
    track.set_stage(3, 5, "Proposal, 3 of 5")
    return track


def _progress() -> QWidget:
    bar = Progress("Done today")
    bar.set_done(2, 11)
    return bar


GALLERY: dict[str, Callable[[], QWidget]] = {
    "primary": lambda: Button("Call +47 55 12 40 18", variant="primary", icon="phone", keys="Space"),
    "normal": lambda: Button("Full history", keys="↵"),
    "quiet": lambda: Button("Snooze", variant="quiet", icon="alarm-clock", keys="S"),
    "link": lambda: LinkButton("Add one"),
    "keycap": lambda: Keycap("Ctrl K"),
    "label": lambda: Label("Marta Ferreira", "name"),
    "avatar": lambda: Avatar("Marta Ferreira", "person-1", 44),
    "track": _track,
    "paragraph": lambda: Paragraph("You emailed proposal v2 on Wed 18 Nov. Marta is taking it to the board."),
    "toast": _toast,
    "strip": _strip,
    "chip": _chip,
    "tag": lambda: Tag("Interested", "good"),
    "nav": _nav,
    "dot": lambda: NavItem("Went quiet", dot="warn_dot", count="5"),
    "head": lambda: SectionHead("People at Halvorsen", "3", "Edit"),
    "card": _card,
    "facts": _facts,
    "line": lambda: LabelledLine("Next step", "Send revised quote", keys="Tab", underlined=True),
    "editor": _editor,
    "progress": _progress,
    "segmented": lambda: Segmented(["Mine", "Team"], "Whose deals"),
    "today": lambda: rows(RowDelegate(), TODAY, "Today"),
    "compact": lambda: rows(RowDelegate(density="compact"), TODAY, "Today"),
    "history": lambda: rows(TimelineDelegate(), HISTORY, "History"),
}
