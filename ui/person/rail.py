"""The rail of a page: what to know, the deals, the people, where they came from, and the details that are filled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from companion.domain.language import trn
from companion.domain.records import Kind
from companion.queries.details import EditableField
from ui.person.contact_row import ContactRow
from ui.person.deal_card import DealCard
from ui.person.details_editor import DetailsEditor
from ui.person.details_viewmodel import DetailsViewModel
from ui.person.page_look import ContactLook, PageLook
from ui.person.promise_list import PromiseList
from ui.person.scroll_column import Part, ScrollColumn
from ui.person.thread_note import ThreadNote
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.button import LinkButton
from ui.widgets.fact_list import FactList
from ui.widgets.labelled_line import LabelledLine
from ui.widgets.pane import Pane
from ui.widgets.section_head import SectionHead
from ui.widgets.sides import set_margins
from ui.widgets.tab_order import follow_layout
from ui.widgets.text_block import Span

WIDTH: Final = 336
_MOST_PEOPLE: Final = 12
_LINE: Final = 25


class Rail(Pane):
    """Every fact opens its entry in the history beside it; a person or deal opens their page."""

    opened_evidence = Signal(object, str)
    """Kind and local id."""
    opened = Signal(object)
    """Subject."""
    step_wanted = Signal(str)
    """A deal's id."""
    contact_wanted = Signal(str)
    """What rests on one contact: the words of the next step that finds a second."""

    details_left = Signal()
    """The details were edited: the focus may go back."""

    def __init__(self, details: DetailsViewModel, parent: QWidget | None = None) -> None:
        super().__init__("subtle", ("start",), parent)
        self.setFixedWidth(fonts.px(WIDTH))
        self._look: PageLook | None = None
        self._can_edit = False
        self._facts = FactList()
        self._facts.opened.connect(self._fact)
        self._before = Part(0, SectionHead(self.tr("Before you call")), 5, self._facts)
        self.promises = PromiseList()
        self.promises.opened.connect(self._promise)
        self._promised = Part(0, SectionHead(self.tr("Promises")), 5, self.promises)
        self._deals = _Stack(12)
        self._cards: list[DealCard] = []
        self._people_head = SectionHead("")
        self._people = _Stack(0)
        self._thread = ThreadNote()
        self._thread.chosen.connect(self._find_contact)
        self._contacts: list[ContactRow] = []
        self._all_people = False
        self._more_people = LinkButton("", tint="text2", role="meta")
        self._more_people.clicked.connect(self._want_all_people)
        self._people_part = Part(0, self._people_head, 4, self._thread, self._people, self._more_people)
        self._marketing = _Stack(0)
        self._marketing_labels: tuple[str, ...] = ()
        self._marketing_lines: list[LabelledLine] = []
        self._marketing_part = Part(0, SectionHead(self.tr("Marketing")), 5, self._marketing)
        self._details = _Stack(0)
        self._model = details
        self._edit = LinkButton(self.tr("Edit"), tint="text2", role="meta", at_end=True)
        self._edit.clicked.connect(self.toggle_details)
        self._editor = DetailsEditor(self._save_detail)
        self._editor.left.connect(self._end_details)
        self._editor.hide()
        head = SectionHead(self.tr("Details"), end=self._edit)
        self._details_part = Part(0, head, 5, self._details, self._editor)
        self._scroll = ScrollColumn(self.tr("About"), (24, 20, 24, 24))
        self._scroll.column.setSpacing(fonts.px(19))
        self._scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        set_margins(whole, 1, 0, 0, 0)
        whole.addWidget(self._scroll)

    def set_look(self, look: PageLook) -> None:
        """Shows what is known; parts with nothing in them are gone."""
        moved = self._look is None or self._look.subject.id != look.subject.id
        before, self._look = self._look, look
        if moved:
            self._close_details()
        elif self.is_editing:
            self._editor.show_fields(self._model.fields(look.subject))
        if before == look:
            return
        self._order(look)
        self._facts.set_facts([(fact.text, fact.source) for fact in look.facts])
        self._before.setVisible(bool(look.facts))
        self.promises.set_promises(look.promises)
        self._promised.setVisible(bool(look.promises))
        self._show_deals(look)
        self._people_head.set_title(look.people_title)
        self._people_head.set_note(look.people_note)
        self._all_people = self._all_people and not moved
        self._show_people(look)
        self._thread.set_look(look.thread)
        self._people_part.setVisible(bool(look.people or look.thread))
        self._show_marketing(look)
        self._details.fill([_line(*each) for each in look.details])
        self._details.setVisible(bool(look.details) and not self.is_editing)
        self._can_edit = not look.gone
        self._edit.setVisible(self._can_edit)
        self._details_part.setVisible(bool(look.details) or self._can_edit)
        follow_layout(self)
        if moved:
            self._scroll.to_top()

    # Editing the details ────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_editing(self) -> bool:
        """Whether the details are lines to type in."""
        return not self._editor.isHidden()

    def toggle_details(self) -> None:
        """Shows every field to be edited in its place, the empty ones too; once more, only what is filled."""
        if self.is_editing:
            self._end_details()
        elif self._look is not None and self._can_edit:
            self._editor.show_fields(self._model.fields(self._look.subject))
            self._details.hide()
            self._editor.show()
            follow_layout(self)
            self._edit.setText(self.tr("Done"))
            self._edit.updateGeometry()
            self._editor.begin()
            QTimer.singleShot(0, self._scroll_to_details)  # once they have their room

    def _scroll_to_details(self) -> None:
        self._scroll.verticalScrollBar().setValue(self._details_part.y() - fonts.px(20))

    def _end_details(self) -> None:
        self._close_details()
        self.details_left.emit()

    def _close_details(self) -> None:
        self._editor.hide()
        self._edit.setText(self.tr("Edit"))
        self._edit.updateGeometry()
        self._details.setVisible(bool(self._look and self._look.details))

    def _save_detail(self, field: EditableField, typed: str) -> str:
        return self._model.save(self._look.subject, field, typed) if self._look is not None else ""

    def _order(self, look: PageLook) -> None:
        first, second = (self._promised, self._before, self._deals), (self._people_part,)
        parts: tuple[QWidget, ...] = (*second, *first) if look.people_first else (*first, *second)
        column = self._scroll.column
        for place, part in enumerate((*parts, self._marketing_part, self._details_part)):
            if column.indexOf(part) != place:
                # By removeWidget alone: an item taken out by takeAt lives on and keeps the new one's sizes stale.
                column.removeWidget(part)
                column.insertWidget(place, part)

    def _show_deals(self, look: PageLook) -> None:
        """One card a deal; those that are here are used again, as making one costs more than showing it."""
        while len(self._cards) < len(look.deals):
            self._cards.append(self._card(len(self._cards)))
        self._cards = self._cards[: max(1, len(look.deals))]
        for card, deal in zip(self._cards, look.deals, strict=False):
            card.set_deal(deal)
        self._deals.fill(self._cards)
        self._deals.setVisible(bool(look.deals))

    def _card(self, number: int) -> DealCard:
        card = DealCard()
        card.opened.connect(lambda: self._open_deal(number))
        card.step_opened.connect(lambda step_id: self.opened_evidence.emit(Kind.ACTIVITY, step_id))
        card.step_wanted.connect(self.step_wanted)
        return card

    def _show_people(self, look: PageLook) -> None:
        """The most influential; the others after one more press. Rows that are here are used again."""
        count = len(look.people) if self._all_people else min(len(look.people), _MOST_PEOPLE)
        while len(self._contacts) < count:
            self._contacts.append(self._contact(len(self._contacts), look.people[len(self._contacts)]))
        del self._contacts[count:]
        for row, contact in zip(self._contacts, look.people, strict=False):
            row.set_look(contact)
        self._people.fill(self._contacts)
        self._more_people.setVisible(len(look.people) > count)
        self._more_people.setText(trn("{n} more", "{n} more", len(look.people) - count))

    def _contact(self, number: int, look: ContactLook) -> ContactRow:
        row = ContactRow(look)
        row.clicked.connect(lambda: self._open_person(number))
        return row

    def _want_all_people(self) -> None:
        self._all_people = True
        if self._look is not None:
            self._show_people(self._look)
            self._contacts[_MOST_PEOPLE].setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_marketing(self, look: PageLook) -> None:
        labels = tuple(each.label for each in look.marketing)
        if labels != self._marketing_labels:
            self._marketing_labels = labels
            self._marketing_lines = [LabelledLine(label, height=_LINE) for label in labels]
            self._marketing.fill(self._marketing_lines)
        for line, shown in zip(self._marketing_lines, look.marketing, strict=True):
            line.set_value(shown.value if shown.known else (Span(shown.value, "meta", "text3"),))
        self._marketing_part.setVisible(bool(look.marketing))

    def _open_deal(self, number: int) -> None:
        if self._look is not None and number < len(self._look.deals):
            deal, subject = self._look.deals[number], self._look.subject
            self.opened.emit(Subject(Kind.DEAL, deal.id, deal.name, subject.person_id, deal.id, deal.name))

    def _open_person(self, number: int) -> None:
        if self._look is not None and number < len(self._look.people):
            contact = self._look.people[number]
            self.opened.emit(Subject(Kind.PERSON, contact.id, contact.name, contact.id))

    def _promise(self, number: int) -> None:
        if self._look is not None and number < len(self._look.promises):
            promise = self._look.promises[number]
            self.opened_evidence.emit(promise.kind, promise.id)

    def _find_contact(self) -> None:
        look = self._look
        if look is not None and look.thread is not None:
            self.contact_wanted.emit(look.thread.verb)

    def _fact(self, number: int) -> None:
        if self._look is not None and number < len(self._look.facts):
            fact = self._look.facts[number]
            self.opened_evidence.emit(fact.kind, fact.id)


class _Stack(QWidget):
    """Widgets under each other, filled anew."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(fonts.px(spacing))
        self._shown: tuple[QWidget, ...] = ()

    def fill(self, widgets: Sequence[QWidget]) -> None:
        """Replaces everything; a widget that is here already stays."""
        for widget in self._shown:
            if widget not in widgets:
                self._column.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        for widget in widgets:
            if widget not in self._shown:
                self._column.addWidget(widget)
                # Left to the layout it would be shown one turn later, under a head that stands alone till then.
                widget.show()
        self._shown = tuple(widgets)
        self.setVisible(bool(widgets))


def _line(label: str, value: str | Sequence[Span]) -> QWidget:
    return LabelledLine(label, value, height=_LINE)
