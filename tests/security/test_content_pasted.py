"""What is pasted is plain text, and what is dragged in stays outside (S-39)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from companion import bootstrap
from companion.domain.trial import Trial
from companion.settings import Settings
from tests.journeys.canary import Canary
from tests.journeys.window import CALM, Clock, demo_copy, opened
from ui.connect.screen import ConnectPage
from ui.connect.unlock import UnlockPage
from ui.connect.viewmodel import ConnectViewModel, Form, Trip
from ui.connect.viewmodel_unlock import UnlockViewModel
from ui.theme.theme import Theme

FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit)
Text = QLineEdit | QPlainTextEdit


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    """A file and a port that nobody has a reason to touch."""
    made = Canary(tmp_path)
    yield made
    made.close()


def rich(canary: Canary) -> QMimeData:
    """What a browser puts on the clipboard: markup with pictures, a picture, a file, and the words."""
    data = QMimeData()
    data.setHtml(f'<b>Bold</b><img src="{canary.file.as_uri()}"><img src="{canary.url}">')
    data.setUrls([QUrl(canary.file.as_uri()), QUrl(canary.url)])
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    data.setImageData(image)
    data.setText("Bold <b>words</b>")
    return data


def text_fields(top: QWidget) -> list[Text]:
    """Every place of a window to type in."""
    found = [each for kind in FIELDS for each in top.findChildren(kind)]
    assert not any(isinstance(each, QTextEdit) for each in found), "a field that takes markup"
    return [each for each in found if isinstance(each, QLineEdit | QPlainTextEdit)]


def _never(form: Form, trip: Trip) -> Trial:
    raise AssertionError("nobody signs in here")


def said(field: Text) -> str:
    """What stands in it."""
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


def is_pasted_plain(field: Text, canary: Canary) -> None:
    """The words arrive letter by letter, the rest does not."""
    field.setEnabled(True)
    field.clear()
    QGuiApplication.clipboard().setMimeData(rich(canary))
    field.paste()
    QApplication.processEvents()
    room = field.maxLength() if isinstance(field, QLineEdit) else None
    assert said(field) == "Bold <b>words</b>"[:room], field


def is_not_dropped(widget: QWidget, canary: Canary) -> None:
    """Nothing that is dragged over it is taken."""
    data = rich(canary)
    enter = QDragEnterEvent(
        QPoint(2, 2), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    enter.ignore()
    before = said(widget) if isinstance(widget, QLineEdit | QPlainTextEdit) else ""
    assert not widget.acceptDrops(), widget
    QApplication.sendEvent(widget, enter)
    drop = QDropEvent(
        QPointF(2, 2), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    drop.ignore()
    if not enter.isAccepted():
        return
    QApplication.sendEvent(widget, drop)
    assert before == (said(widget) if isinstance(widget, QLineEdit | QPlainTextEdit) else "")


@pytest.mark.slow
def test_every_field_of_the_window_takes_words_alone(qapp: QApplication, canary: Canary) -> None:
    with opened(qapp, demo_copy(Clock()), CALM) as rep:
        window = rep.app.window
        for keys in ("Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4", "Ctrl+Shift+W"):
            rep.press(keys)
        rep.press("Ctrl+1")
        subject = rep.app.today.subjects()[0]
        rep.choose(subject.id)
        rep.press("C")
        rep.press("Escape")
        rep.press("S")
        rep.press("Escape")
        rep.press("Ctrl+K")
        rep.press("Escape")
        rep.choose(subject.id)
        rep.press("Return")
        rep.press("Ctrl+F")
        canary.caught()
        fields = text_fields(window)
        for field in fields:
            is_pasted_plain(field, canary)
            field.clear()
        for widget in window.findChildren(QWidget):
            is_not_dropped(widget, canary)
        QGuiApplication.clipboard().clear()
        assert canary.caught() == []
        assert len(fields) >= 3, "the window has more places to type in than this"


def test_the_fields_before_there_is_a_book_do_so_too(qapp: QApplication, canary: Canary) -> None:
    Theme(Settings().theme).apply(qapp)
    pages: list[QWidget] = [
        ConnectPage(ConnectViewModel(_never, lambda form, trial, wanted: None, bootstrap.why_no_keyring)),
        UnlockPage(UnlockViewModel("passphrase", lambda typed: None)),
    ]
    canary.caught()
    for page in pages:
        for field in text_fields(page):
            is_pasted_plain(field, canary)
        for widget in page.findChildren(QWidget):
            is_not_dropped(widget, canary)
        page.deleteLater()
    QGuiApplication.clipboard().clear()
    assert canary.caught() == []
