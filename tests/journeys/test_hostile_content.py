"""A book full of traps, looked at on every screen: it is text, nothing is opened, nobody is called, nothing breaks."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QTextEdit, QWidget

from companion import bootstrap
from companion.bootstrap import Core
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.domain.records import Kind
from tests.journeys.canary import Canary
from tests.journeys.rep import Rep
from tests.journeys.window import Clock, opened

SLOWEST_S = 6.0


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    """Watches while the test runs."""
    made = Canary(tmp_path_factory.mktemp("canary"))
    yield made
    made.close()


def traps(canary: Canary) -> list[str]:
    """Texts that would do harm if they were taken for anything but text."""
    file, url = canary.file.as_uri(), canary.url
    return [
        f'<img src="{file}"><b>Bold</b> Fellow',
        f'<img src="{url}"> Remote',
        f'<table background="{file}"><tr><td>Cell</table>',
        f"<script>fetch('{url}')</script><style>@import url('{url}');</style>Script",
        f"![picture]({file}) [link](javascript:alert(1)) Mark",
        f'<a href="{file}" style="background:url({url})">Anchor</a>',
        "\u202egnitirw desreveR\u2066 isolated",
        "Nul\0in\x07side\x1b[31m",
        "M" * 1_000_000,
        "Lone \ud800 surrogate \udfff",
        "Stack" + "\u0301" * 10_000,
        "\\\\evil.example\\share\\x.png",
        "100% %1 %n {who} {deal} &amp; && &File",
        "Line\nfeed\r\n\u2028and\u2029paragraph\ttab",
        "\u200b\u200d\ufeff",
        "محمد بن سلمان",
        "👩‍👩‍👧‍👦" * 300,
    ]


NUMBERS = ("javascript:alert(1)", "*#06#", "tel:*21*900#", "+49;phone-context=evil", "../../etc/passwd", "0" * 5000)
ADDRESSES = (
    "a@b.example?attach=/etc/passwd",
    "javascript:alert(1)",
    'x"@y.example',
    "a@b.example\r\nBcc: all@b.example",
    '<img src="file:///etc/hostname">@b.example',
)


def poisoned(clock: Clock, canary: Canary) -> Core:
    """The demo book after colleagues wrote traps into the CRM, brought here by sync like everything else."""
    core = bootstrap.demo_book(clock)
    connector = core.connector()
    assert isinstance(connector, DemoConnector)
    crm = connector._crm
    assert isinstance(crm, DemoCrm)
    with core.database.read() as rows:
        people = rows.all(
            """SELECT p.remote_id, c.remote_id, d.remote_id FROM scores AS s JOIN people AS p ON p.id = s.person_id
               LEFT JOIN companies AS c ON c.id = p.company_id LEFT JOIN deals AS d ON d.id = s.deal_id"""
        )
        history = rows.all(
            """SELECT a.remote_id FROM activities AS a JOIN scores AS s ON s.person_id = a.person_id
               WHERE a.remote_id IS NOT NULL ORDER BY a.at DESC LIMIT 300"""
        )
    texts = traps(canary)
    for number, (person, company, deal) in enumerate(people):
        text = texts[number % len(texts)]
        crm.edit(
            "U2",
            Kind.PERSON,
            person,
            name=text,
            role=text,
            city=text,
            best_time=text,
            phone=NUMBERS[number % len(NUMBERS)],
            mobile=NUMBERS[(number + 1) % len(NUMBERS)],
            email=ADDRESSES[number % len(ADDRESSES)],
        )
        if company:
            crm.edit("U2", Kind.COMPANY, company, name=text, website=canary.file.as_uri(), city=text, industry=text)
        if deal:
            crm.edit("U2", Kind.DEAL, deal, name=text)
    for number, (activity,) in enumerate(history):
        text = texts[number % len(texts)]
        crm.edit("U2", Kind.ACTIVITY, activity, subject=text, body=text)
    return core


def test_the_canary_sings(canary: Canary) -> None:
    canary.caught()
    canary.file.read_bytes()
    with pytest.raises(OSError):
        urllib.request.urlopen(canary.url, timeout=5)
    time.sleep(0.05)
    assert len(canary.caught()) >= 2
    assert canary.caught() == []


WAYS = ("C", "O", "T", "S", "D", "X", "Ctrl+K")


@pytest.mark.slow
def test_traps_are_shown_as_text_on_every_screen(qapp: QApplication, canary: Canary) -> None:
    core = poisoned(Clock(), canary)
    bootstrap.sync_once(core)
    with core.database.read() as rows:
        assert rows.value("SELECT count(*) FROM poison") == 0
    canary.caught()
    with opened(qapp, core) as rep:
        look_at_everything(rep)
        time.sleep(0.05)
        assert canary.caught() == []


def look_at_everything(rep: Rep) -> None:
    """Each person of the list, with everything that can be opened over the row."""
    subjects = rep.app.today.subjects()
    assert len(subjects) > 10
    for number, subject in enumerate(subjects):
        began = time.monotonic()
        rep.choose(subject.id)
        is_plain(rep, "the list and the brief")
        for keys in (WAYS[number % len(WAYS)], WAYS[(number + 3) % len(WAYS)]):
            rep.press(keys)
            is_plain(rep, keys)
            rep.press("Escape")
        assert time.monotonic() - began < SLOWEST_S, subject.name[:40]
    for typed in ("<img", "MMMM", "%n", "*", '"', "\\\\evil", "a OR b NEAR"):
        rep.press("Ctrl+K")
        rep.type(typed)
        is_plain(rep, f"the palette after {typed}")
        rep.press("Escape")
    for place in ("Ctrl+2", "Ctrl+3", "Ctrl+4", "Ctrl+Shift+W", "Ctrl+Shift+M"):
        rep.press(place)
        is_plain(rep, place)
    rep.press("Ctrl+1")
    for subject in subjects:
        rep.choose(subject.id)
        rep.press("N")
        is_plain(rep, "the toast")
        rep.press("Ctrl+Z")
        rep.choose(subject.id)
        rep.press("Return")
        is_plain(rep, "the person's page")
        rep.press("Ctrl+1")


def is_plain(rep: Rep, where: str) -> None:
    """Everything that is shown paints, speaks, and takes nothing for markup."""
    window = rep.app.window
    assert not window.grab().isNull()
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QLabel):
            assert widget.textFormat() == Qt.TextFormat.PlainText, (where, widget.text()[:60])
        if isinstance(widget, QTextEdit):
            assert type(widget).loadResource is not QTextEdit.loadResource, where
        tip = widget.toolTip()
        # Our own wrapping apart, what a tooltip could take for markup is escaped.
        assert "<" not in tip.removeprefix("<qt>").removesuffix("</qt>"), (where, tip[:60])
        for told in (widget.whatsThis(), widget.statusTip()):
            assert told == "", where
        if isinstance(widget, QAbstractButton):
            assert len(widget.text()) < 2_000, where
    spoken(window)


def spoken(window: QWidget) -> None:
    """What a screen reader would be handed can be encoded, and is no megabyte."""
    waiting: list[QAccessibleInterface | None] = [QAccessible.queryAccessibleInterface(window)]
    while waiting:
        node = waiting.pop()
        if not node or node.state().invisible:
            continue
        name = node.text(QAccessible.Text.Name)
        name.encode()
        assert len(name) < 20_000
        waiting += [node.child(i) for i in range(min(node.childCount(), 40))]
