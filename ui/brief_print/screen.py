"""The page that shows the sheet as it will be printed: Print, Save as PDF, and what that means for the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QPoint, QRectF, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from companion.domain.changes import Changes
from ui.brief_print.paper import PAPERS, Paper, pdf, print_on, size_of, usual
from ui.brief_print.sheet import Sheet
from ui.brief_print.typeset import Typesetter
from ui.brief_print.viewmodel import BriefPrintViewModel
from ui.links import open_folder
from ui.session import Session, Subject
from ui.theme import fonts
from ui.theme.tokens import LIGHT
from ui.widgets.button import Button, LinkButton
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.painting import box, is_rtl
from ui.widgets.pane import Pane
from ui.widgets.paragraph import Paragraph
from ui.widgets.scroll_bar import OverlayScrollBar
from ui.widgets.segmented import Segmented
from ui.widgets.sides import set_margins

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrintDialog

_KEPT: Final = "brief/paper"
_WIDEST: Final = 760
_GROUND: Final = 24


class Preview(QWidget):
    """The sheet in the size of the room that it has, white in either theme, as paper is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet: Sheet | None = None
        self._paper: Paper = "a4"
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_sheet(self, sheet: Sheet, paper: Paper) -> None:
        """Shows a sheet on a paper."""
        self._sheet, self._paper = sheet, paper
        self.setAccessibleName(sheet.name)
        self.setAccessibleDescription(sheet.spoken)
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        size = size_of(self._paper)
        return round(self._wide(width) * size.height() / size.width()) + 2 * _GROUND

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(560), self.heightForWidth(fonts.px(560)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._sheet is None:
            return
        painter = QPainter(self)
        size, wide = size_of(self._paper), self._wide(self.width())
        scale = wide / size.width()
        page = QRectF((self.width() - wide) / 2, _GROUND, wide, size.height() * scale)
        box(painter, page.adjusted(-1, -1, 1, 1), 2, QColor(LIGHT["surface"]), "border")
        painter.setClipRect(page)
        painter.translate(page.topLeft())
        painter.scale(scale, scale)
        Typesetter(self._sheet, size, is_rtl(self.layoutDirection())).draw(painter)

    def _wide(self, width: int) -> float:
        return min(width - 2 * _GROUND, fonts.px(_WIDEST))


class BriefPrintPage(Pane):
    """`back` when the rep is done here: also by Esc. The window's commands print and save, `keys` are their keycaps."""

    back = Signal()
    said = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None, keys: tuple[str, str] = ("", "")) -> None:
        super().__init__("surface", (), parent)
        self.model = BriefPrintViewModel(session, self)
        kept = QSettings().value(_KEPT)
        self.paper: Paper = cast("Paper", kept) if kept in PAPERS else usual()
        self.crumb = IconButton("chevron-left", self.tr("Back (Esc)"), self.tr("Back"))
        self._title = Label("", "title", elide=True)
        self.papers = Segmented([self.tr("A4"), self.tr("Letter")], self.tr("Paper"))
        self.papers.set_current(list(PAPERS).index(self.paper))
        self.save_button = Button(self.tr("Save as PDF"), icon="download", keys=keys[1])
        self.print_button = Button(self.tr("Print…"), variant="primary", icon="printer", keys=keys[0])
        self.outside = Paragraph(
            self.tr("A print or a PDF holds customer data outside Companion’s encrypted file."),
            role="meta",
            tint="text3",
        )
        self._where = Label("", "meta", "text2", elide=True)
        self.folder_link = LinkButton(self.tr("Open folder"))
        self.preview = Preview()
        self._dialog: QPrintDialog | None = None
        self._lay_out()
        self._connect()

    def show_brief(self, subject: Subject) -> bool:
        """Takes somebody's brief; False where they are not here."""
        return self.model.show(subject)

    def enter(self) -> None:
        """The rep came here."""
        self.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """Whose brief it is."""
        return self.model.subject

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        self.model.changed()

    def save(self) -> None:
        """The PDF, among the rep's documents."""
        if self.model.sheet is not None:
            self.model.save(pdf(self.model.sheet, self.paper, is_rtl(self.layoutDirection())))

    def print_now(self) -> None:
        """The system's own choice of printers; the window goes on meanwhile."""
        from PySide6.QtPrintSupport import QPrintDialog

        if self.model.sheet is None or self._dialog is not None:
            return
        # The dialog has a printer of its own: one of ours would have to outlive it.
        self._dialog = QPrintDialog(self)
        self._dialog.printer().setDocName("Companion")
        self._dialog.accepted.connect(self._print_on)
        self._dialog.finished.connect(self._dialog_gone)
        self._dialog.setModal(False)
        self._dialog.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back.emit()
        else:
            super().keyPressEvent(event)

    def _print_on(self) -> None:
        sheet = self.model.sheet
        if sheet is None or self._dialog is None:
            return
        done = print_on(self._dialog.printer(), sheet, is_rtl(self.layoutDirection()))
        self.said.emit(self.tr("Sent to the printer") if done else self.tr("The printer took nothing. Try another one"))

    def _dialog_gone(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _choose(self, number: int) -> None:
        self.paper = list(PAPERS)[number]
        QSettings().setValue(_KEPT, self.paper)
        self._loaded()

    def _loaded(self) -> None:
        sheet = self.model.sheet
        if sheet is None:
            return
        self._title.set_text(self.tr("Brief of %1").replace("%1", sheet.name))
        self.preview.set_sheet(sheet, self.paper)
        self._saved("")

    def _saved(self, words: str) -> None:
        self._where.set_text(words)
        self._saved_row.setVisible(bool(words))

    def _open_folder(self) -> None:
        if self.model.folder is not None:
            open_folder(self.model.folder)

    def _connect(self) -> None:
        self.crumb.clicked.connect(self.back)
        self.save_button.clicked.connect(self.save)
        self.print_button.clicked.connect(self.print_now)
        self.papers.chosen.connect(self._choose)
        self.folder_link.clicked.connect(self._open_folder)
        self.model.loaded.connect(self._loaded)
        self.model.saved.connect(self._saved)
        self.model.saved.connect(self.said)
        self.model.said.connect(self.said)

    def _lay_out(self) -> None:
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for widget in (self.papers, self.save_button, self.print_button):
            acts.addWidget(widget)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self._title, 1)
        top.addLayout(acts)
        self._saved_row = QWidget()
        saved = QHBoxLayout(self._saved_row)
        saved.setContentsMargins(0, 4, 0, 0)
        saved.addWidget(self._where)
        saved.addWidget(self.folder_link)
        saved.addStretch(1)
        self._saved_row.hide()
        head = QVBoxLayout()
        set_margins(head, 32, 11, 24, 14)
        head.setSpacing(6)
        head.addWidget(self.crumb, 0, Qt.AlignmentFlag.AlignLeading)
        head.addLayout(top)
        head.addWidget(self.outside)
        head.addWidget(self._saved_row)
        area = QScrollArea()
        area.setObjectName("pane")
        area.setAccessibleName(self.tr("The sheet"))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setWidget(self.preview)
        self.preview.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        OverlayScrollBar(area)
        ground = Pane("sunken", ("top",))
        inside = QVBoxLayout(ground)
        inside.setContentsMargins(0, 1, 0, 0)
        inside.addWidget(area)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(ground, 1)

    def row_here(self) -> tuple[QWidget, object]:
        """Where a popup about the subject belongs."""
        return self, QRectF(QPoint(32, 60), QSize(240, 24)).toRect()
