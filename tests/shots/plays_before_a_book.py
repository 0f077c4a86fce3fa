"""What stands before a book is open, or again when its key is wanted: connecting, unlocking, signing in again."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from companion.database import DatabaseProblem
from companion.domain.key_problems import LeaseEnded, WrongKey
from companion.domain.problems import CannotConnect, Problem
from tests.shots.scenes import scene
from tests.shots.stage import Stage, settle, wait_for
from ui.connect.again import AgainPage
from ui.connect.screen import ConnectPage
from ui.connect.unlock import UnlockPage
from ui.connect.viewmodel import ConnectViewModel, Form, Step
from ui.connect.viewmodel_unlock import UnlockViewModel


def _refuse(form: Form, wanted: object) -> object:
    raise CannotConnect(Problem("Nothing answers at crm.example", "Nothing was stored. Check what you typed."), "url")


def _connect(stage: Stage, why_no_keyring: str = "") -> ConnectViewModel:
    model = ConnectViewModel(_refuse, lambda: why_no_keyring, stage.app)
    stage.stand(ConnectPage(model))
    return model


@scene("connect")
def _(stage: Stage) -> None:
    _connect(stage)


@scene("connect-form", screen=True)
def _(stage: Stage) -> None:
    _connect(stage).choose("odoo")
    settle()


@scene("connect-passphrase", size=(960, 900))
def _(stage: Stage) -> None:
    model = _connect(stage, "This computer has no keyring that could hold the key of your book.")
    model.choose("tryton")
    wait_for(lambda: bool(model.no_keyring))
    settle()


@scene("connect-error")
def _(stage: Stage) -> None:
    model = _connect(stage)
    model.choose("odoo")
    typed = {"url": "https://crm.example", "user": "nora@example.com", "secret": "0123456789abcdef"}
    for field in stage.shown.findChildren(QLineEdit):
        field.setText(typed.get(field.objectName(), ""))
    stage.press("Return")
    wait_for(lambda: model.step is Step.SIGN_IN and model.problem is not None)
    settle()


@scene("connect-missing")
def _(stage: Stage) -> None:
    model = _connect(stage)
    model.choose("odoo")
    model.sign_in(Form("odoo", "https://crm.example"))
    settle()


def _wrong(typed: str) -> object:
    raise WrongKey


def _ended(typed: str) -> object:
    raise LeaseEnded(30, refused=True)


def _damaged(typed: str) -> object:
    raise DatabaseProblem("The file is damaged", "It is untouched on this computer.")


@scene("unlock")
def _(stage: Stage) -> None:
    stage.stand(UnlockPage(UnlockViewModel("passphrase", _wrong, stage.app)))


@scene("unlock-wrong")
def _(stage: Stage) -> None:
    model = UnlockViewModel("passphrase", _wrong, stage.app)
    stage.stand(UnlockPage(model))
    stage.type("incorrect horse")
    stage.press("Return")
    wait_for(lambda: not model.busy and model.problem is not None)
    settle()


@scene("unlock-new-key")
def _(stage: Stage) -> None:
    model = UnlockViewModel("passphrase", _ended, stage.app, sign_in=lambda passphrase, key: None)
    stage.stand(UnlockPage(model))
    stage.type("correct horse")
    stage.press("Return")
    wait_for(lambda: model.method == "sign in")
    settle()


@scene("unlock-keyring")
def _(stage: Stage) -> None:
    stage.stand(UnlockPage(UnlockViewModel("keyring", _wrong, stage.app)))


@scene("sign-in-again")
def _(stage: Stage) -> None:
    stage.app.show_page("sign_in", AgainPage(lambda secret: None))
