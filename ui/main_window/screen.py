"""The window: menus, the sidebar, the place where the rep is, and the lane for the toast."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol, cast, runtime_checkable

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from ui.commands import MENUS, Command, Commands, Menu
from ui.main_window.menu_bar import MenuBar
from ui.main_window.mnemonics import with_mnemonics
from ui.main_window.sidebar import Sidebar
from ui.main_window.viewmodel import FrameViewModel
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.menu import Menu as PaintedMenu
from ui.widgets.toast import Toast
from ui.widgets.toast_lane import ToastLane

MINIMUM: Final = (960, 600)
START: Final = (1320, 840)
NARROW_BELOW: Final = 1180
_TOAST_ABOVE: Final = 20
_TOAST_EDGE: Final = 12


class Place(Protocol):
    """A page of the window."""

    def enter(self) -> None:
        """The rep came here: show what is so now and take the focus."""

    def subject(self) -> Subject | None:
        """Whom the next key is about."""


@runtime_checkable
class HasToastLane(Protocol):
    """A page that makes room for the toast."""

    lane: ToastLane


class MainWindow(QMainWindow):
    """Knows its places by the id of the command that goes there; a page that needs no command has its own id."""

    moved = Signal(str)
    closing = Signal()

    def __init__(self, commands: Commands, frame: FrameViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._frame = frame
        self._places: dict[str, QWidget] = {}
        self._sidebar_of: dict[str, str] = {}
        self._opened_from: set[str] = set()
        self._back: list[str] = []
        self._forward: list[str] = []
        self.here = ""
        self.stays: Callable[[], bool] | None = None
        """Whether closing only hides the window, as where a tray keeps it."""
        self.setMinimumSize(*MINIMUM)
        self.resize(*START)
        self.setWindowTitle("Companion")
        self.sidebar = Sidebar()
        self.sidebar.chosen.connect(commands.run)
        self.stack = QStackedWidget()
        self.middle = QWidget()
        row = QHBoxLayout(self.middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        right = QVBoxLayout()
        right.setSpacing(0)
        self._bars = QVBoxLayout()
        right.addLayout(self._bars)
        right.addWidget(self.stack, 1)
        row.addLayout(right, 1)
        self.setCentralWidget(self.middle)
        self.setMenuBar(MenuBar(self))
        # Not within the stack: of what stands there a screen reader sees the page alone.
        self.toast = Toast(self.middle)
        self.toast.undo.connect(lambda: commands.run("undo"))
        self.toast.gone.connect(self._leave_lane)
        self._lane: ToastLane | None = None
        frame.said.connect(self._say)
        frame.took_back.connect(self._say_undone)
        frame.counted.connect(self._count)
        frame.foot_moved.connect(self._show_foot)
        self._show_foot()

    # Places ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def add_bar(self, bar: QWidget) -> None:
        """Puts a bar above the pages; it takes room only while it is shown."""
        self._bars.addWidget(bar)

    def add_place(self, place_id: str, page: QWidget, *, opened_from: bool = False) -> None:
        """Adds a page, whose item of the sidebar is lit while the rep is there.

        One that is `opened_from` others has none: the place stays lit that it was opened from.
        """
        self._places[place_id] = page
        self._sidebar_of[place_id] = place_id
        if opened_from:
            self._opened_from.add(place_id)
        self.stack.addWidget(page)

    def replace_place(self, place_id: str, page: QWidget) -> None:
        """Adds a page in the place of the one that had its id; the sidebar leads to none of these, and none is lit."""
        before = self._places.pop(place_id, None)
        self.add_place(place_id, page)
        if before is not None:
            self.stack.removeWidget(before)
            before.deleteLater()

    def has_place(self, place_id: str) -> bool:
        """Whether the page was made."""
        return place_id in self._places

    def place(self, place_id: str) -> QWidget:
        """The page of a place that was made. Raises KeyError."""
        return self._places[place_id]

    def go(self, place_id: str, *, remember: bool = True) -> None:
        """Shows a page and gives it the focus."""
        if remember and self.here and self.here != place_id:
            self._back.append(self.here)
            self._forward.clear()
            if place_id in self._opened_from:
                self._sidebar_of[place_id] = self._sidebar_of[self.here]
        self.here = place_id
        page = self._places[place_id]
        self.stack.setCurrentWidget(page)
        self.sidebar.set_here(self._sidebar_of[place_id])
        cast("Place", page).enter()
        self._place_toast()
        self.moved.emit(place_id)

    def go_back(self) -> None:
        """To where the rep was before."""
        if self._back:
            self._forward.append(self.here)
            self.go(self._back.pop(), remember=False)

    def go_forward(self) -> None:
        """Takes a step back again."""
        if self._forward:
            self._back.append(self.here)
            self.go(self._forward.pop(), remember=False)

    def subject(self) -> Subject | None:
        """Whom the next key is about."""
        page = self._places.get(self.here)
        return cast("Place", page).subject() if page is not None else None

    # Menus ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def build_menus(self) -> None:
        """Puts every command into its menu: there is none that only the palette or a key knows."""
        titles: dict[Menu, str] = {
            "file": self.tr("&File"),
            "edit": self.tr("&Edit"),
            "view": self.tr("&View"),
            "go": self.tr("&Go"),
            "log": self.tr("&Log"),
            "window": self.tr("&Window"),
            "help": self.tr("&Help"),
        }
        self.menuBar().clear()
        named = dict(zip(MENUS, with_mnemonics([titles[name] for name in MENUS]), strict=True))
        menus = {name: PaintedMenu(named[name], self) for name in MENUS}
        for made in menus.values():
            self.menuBar().addMenu(made)
        for command, action in self._commands.all():
            _put(menus[command.menu], command, action)
            if command.scope == "window":
                self.addAction(action)
        for menu in menus.values():
            _give_letters(menu)
            menu.aboutToShow.connect(self._commands.grey_out)
            menu.aboutToShow.connect(partial(_give_letters, menu))
            menu.aboutToHide.connect(self._relight, Qt.ConnectionType.QueuedConnection)

    def _relight(self) -> None:
        # Queued: the action that closed the menu is triggered first.
        self._commands.light_up()

    # Events ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sidebar.set_narrow(event.size().width() < fonts.px(NARROW_BELOW))
        self._place_toast()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and self.centralWidget() is not None:
            self.sidebar.set_narrow(self.width() < fonts.px(NARROW_BELOW))
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.stays is not None and self.stays():
            event.ignore()
            self.hide()
            return
        self.closing.emit()
        super().closeEvent(event)

    def cycle_panes(self, step: int) -> None:
        """F6: the focus goes from the sidebar to the list to the brief and round again."""
        place = self._places[self.here]
        panes = [pane for pane in place.findChildren(QWidget, "pane") if pane.isVisible()]
        # Where no pane has anything to go to, the place itself may: a button beside an empty list.
        shown = [pane for pane in panes if _first_in(pane) is not None] or [place]
        shown.sort(key=lambda pane: pane.mapTo(self, QPoint()).x(), reverse=self.isRightToLeft())
        panes = [self.sidebar.finder, *shown]
        focus = QApplication.focusWidget()
        inside = [
            i for i, pane in enumerate(panes) if focus is pane or (focus is not None and pane.isAncestorOf(focus))
        ]
        _enter(panes[((inside[0] if inside else 0) + step) % len(panes)])

    def warn(self, words: str) -> None:
        """Says that something did not happen."""
        self.toast.say(words, icon="triangle-alert")
        self._place_toast()

    def _say(self, words: str, can_undo: bool) -> None:
        if can_undo:
            self.toast.say(words, undo=self.tr("Undo"), keys="Ctrl Z")
        else:
            # No check: most of these say that nothing was done, such as "No open deal here".
            self.toast.say(words, icon="info")
        self._place_toast()

    def _say_undone(self, words: str) -> None:
        self.toast.say(words, icon="undo-2")
        self._place_toast()

    def _leave_lane(self) -> None:
        """The page has its room back, also a page that the rep has left meanwhile."""
        left, self._lane = self._lane, None
        if left is not None:
            left.moved.disconnect(self._put_toast)
            left.close_up()

    def _place_toast(self) -> None:
        """In the page's lane, where it covers no row; at the bottom of a page that has none."""
        if not self.toast.isVisible():
            return
        page = self._places[self.here]
        lane = page.lane if isinstance(page, HasToastLane) else None
        if lane is not self._lane:
            self._leave_lane()
            self._lane = lane
            if lane is not None:
                lane.moved.connect(self._put_toast)
        if lane is not None:
            lane.open(self._toast_rect().height())
        self._put_toast()

    def _put_toast(self) -> None:
        self.toast.setGeometry(self._toast_rect())
        self.toast.raise_()

    def _toast_rect(self) -> QRect:
        """Where the toast stands; its words take a second line before they are cut."""
        lane = QRect((self._lane or self.stack).mapTo(self.middle, QPoint()), (self._lane or self.stack).size())
        inset, below = (self._lane.inset, self._lane.below) if self._lane else (24, fonts.px(_TOAST_ABOVE))
        size, end = self.toast.sizeHint(), lane.bottom() + 1 - below
        width = min(size.width(), lane.width() - 2 * _TOAST_EDGE)
        edge = inset if width <= lane.width() - inset - _TOAST_EDGE else _TOAST_EDGE
        left = lane.left() + edge if not self.isRightToLeft() else lane.right() + 1 - edge - width
        high = self.toast.high_at(width)
        return QRect(left, end - high, width, high)

    def _count(self) -> None:
        self.sidebar.set_count("go.today", self._frame.today_left)
        self.sidebar.set_count("go.pipeline", self._frame.open_deals)

    def _show_foot(self) -> None:
        words, icon = self._frame.foot
        self.sidebar.foot.set_state(words, icon)


def _enter(pane: QWidget) -> None:
    """Gives the focus to a pane, or to what comes first in it where the pane itself takes no keys."""
    target = _first_in(pane)
    if target is not None:
        target.setFocus(Qt.FocusReason.TabFocusReason)


def _first_in(pane: QWidget) -> QWidget | None:
    target: QWidget | None = pane
    while target is not None and not (_takes_keys(target) and (target is pane or pane.isAncestorOf(target))):
        target = target.nextInFocusChain()
        if target is pane:
            return None
    return target


def _takes_keys(widget: QWidget) -> bool:
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible() and widget.isEnabled()


def _give_letters(menu: QMenu) -> None:
    """Each line of a menu gets a letter of its own, also when its words have just changed."""
    actions = [action for action in menu.actions() if not action.isSeparator()]
    for action, text in zip(actions, with_mnemonics([action.text() for action in actions]), strict=True):
        action.setText(text)


def _put(menu: QMenu, command: Command, action: QAction) -> None:
    if command.starts_group:
        menu.addSeparator()
    menu.addAction(action)
