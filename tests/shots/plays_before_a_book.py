"""What stands before a book is open, or again when its key is wanted: connecting, unlocking, signing in again."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QLineEdit

from companion import bootstrap
from companion.closed_copy import ClosedCopy, InUse
from companion.connectors.base import SignInNeeded
from companion.connectors.shown_certificate import ShownCertificate
from companion.database import DatabaseProblem
from companion.domain.account import Account
from companion.domain.finding import Finding
from companion.domain.key_problems import KeyMissing, LeaseEnded, WrongKey
from companion.domain.language import tr
from companion.domain.problems import CannotConnect, Problem
from companion.domain.records import Kind
from companion.domain.rights import WORKED_WITH, right_finding, right_words
from companion.domain.skew import skew_advice, skew_words
from companion.domain.trial import Right, Trial
from tests.journeys.window import MORNING
from tests.shots.scenes import scene
from tests.shots.stage import Stage, settle, wait_for
from ui.connect.again import AgainPage
from ui.connect.checkup import CheckupPage
from ui.connect.missing import MissingPage
from ui.connect.screen import ConnectPage
from ui.connect.unlock import UnlockPage
from ui.connect.viewmodel import ConnectViewModel, Form, Step, Trip, TryOut
from ui.connect.viewmodel_again import AgainViewModel
from ui.connect.viewmodel_checkup import CheckupViewModel
from ui.connect.viewmodel_missing import MissingViewModel
from ui.connect.viewmodel_set_aside import ReopenViewModel, SetAsideViewModel
from ui.connect.viewmodel_unlock import UnlockViewModel


def _refuse(form: Form, trip: Trip) -> Trial:
    raise CannotConnect(Problem("Nothing answers at crm.example", "Nothing was stored. Check what you typed."), "url")


def _store(form: Form, trial: Trial, wanted: object) -> object:
    raise CannotConnect(Problem("Your system’s keyring is locked", "Unlock it, then try again."), "keyring")


def _back_to(connector: str) -> tuple[str, ...]:
    return bootstrap.return_addresses(Account(connector, way="browser"))


def _connect(stage: Stage, why_no_keyring: str = "", try_out: TryOut = _refuse) -> ConnectViewModel:
    model = ConnectViewModel(try_out, _store, lambda: why_no_keyring, stage.app, _back_to)
    stage.stand(ConnectPage(model))
    return model


def _fill(stage: Stage, **typed: str) -> None:
    for field in stage.shown.findChildren(QLineEdit):
        field.setText(typed.get(field.objectName(), ""))


def _lets_in(account: Account, **different: object) -> TryOut:
    """A CRM that opens everything, and what is `different` there."""
    told: dict[str, object] = {
        "account": account,
        "secret": "",
        "vendor": account.connector,
        "tenant": "",
        "user_id": "7",
        "user_name": "Nora Lindqvist",
        "version": "19.0",
        "rights": dict.fromkeys(WORKED_WITH, Right.WRITE) | {Kind.ENGAGEMENT: Right.READ},
        "skew_s": 0.4,
    }
    trial = Trial(**{**told, **different})  # type: ignore[arg-type]
    return lambda form, trip: trial


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
    _fill(stage, url="https://crm.example", user="nora@example.com", secret="0123456789abcdef")
    stage.press("Return")
    wait_for(lambda: model.step is Step.SIGN_IN and model.problem is not None)
    settle()


@scene("connect-espocrm")
def _(stage: Stage) -> None:
    _connect(stage).choose("espocrm")
    settle()


@scene("connect-espocrm-key")
def _(stage: Stage) -> None:
    model = _connect(stage)
    model.choose("espocrm")
    model.choose_way(1)
    settle()


@scene("connect-code")
def _(stage: Stage) -> None:
    def ask(form: Form, trip: Trip) -> Trial:
        words = Problem("EspoCRM asks for a code", "Your authenticator app shows it.")
        raise CannotConnect(words, "code")

    model = _connect(stage, try_out=ask)
    model.choose("espocrm")
    _fill(stage, url="https://crm.example", user="nora", secret="correct horse")
    stage.press("Return")
    wait_for(lambda: bool(model.asks_code))
    settle()


@scene("connect-hubspot")
def _(stage: Stage) -> None:
    _connect(stage).choose("hubspot")
    settle()


@scene("connect-hubspot-browser")
def _(stage: Stage) -> None:
    model = _connect(stage)
    model.choose("hubspot")
    model.choose_way(1)
    wait_for(lambda: any(model.returns.values()))
    settle()


@scene("connect-salesforce")
def _(stage: Stage) -> None:
    model = _connect(stage)
    model.choose("salesforce")
    wait_for(lambda: any(model.returns.values()))
    settle()


def _browser(stage: Stage) -> ConnectViewModel:
    def go(form: Form, trip: Trip) -> Trial:
        trip.open_browser("https://company.my.salesforce.com/services/oauth2/authorize")
        while trip.wanted():
            time.sleep(0.01)
        raise CannotConnect(Problem("Cancelled"))

    model = _connect(stage, try_out=go)
    model.choose("salesforce")
    model.sign_in(Form("salesforce", "https://company.my.salesforce.com", client_id="3MVG9"))
    wait_for(lambda: model.step is Step.BROWSER)
    settle()
    return model


@scene("connect-browser")
def _(stage: Stage) -> None:
    _browser(stage)


@scene("connect-browser-missing")
def _(stage: Stage) -> None:
    _browser(stage).browser_failed()
    settle()


def _report(stage: Stage, try_out: TryOut, form: Form) -> None:
    model = _connect(stage, try_out=try_out)
    model.choose(form.connector)
    model.sign_in(form)
    wait_for(lambda: model.step is Step.REPORT)
    settle()


@scene("connect-report", screen=True)
def _(stage: Stage) -> None:
    account = Account("odoo", "https://crm.halvorsen.example", "sales", "nora@halvorsen.example")
    form = Form("odoo", "https://crm.halvorsen.example", "sales", "nora@halvorsen.example", "key")
    _report(stage, _lets_in(account), form)


@scene("connect-report-troubled", size=(960, 900))
def _(stage: Stage) -> None:
    rights = {
        Kind.COMPANY: Right.WRITE,
        Kind.PERSON: Right.WRITE,
        Kind.DEAL: Right.READ,
        Kind.ACTIVITY: Right.NONE,
        Kind.ENGAGEMENT: Right.NONE,
    }
    notes = ("Marketing events need the Enterprise edition: no page views.",)
    shown = _lets_in(
        Account("hubspot", "", "", "nora@halvorsen.example", "key"),
        version="2026-09",
        rights=rights,
        notes=notes,
        skew_s=260.0,
        sunset="2028-03-31",
    )
    _report(stage, shown, Form("hubspot", user="nora@halvorsen.example", secret="pat", whole_team=False))


@scene("connect-missing")
def _(stage: Stage) -> None:
    model = _connect(stage)
    model.choose("odoo")
    model.sign_in(Form("odoo", "https://crm.example"))
    settle()


def _wrong(typed: str) -> object:
    raise WrongKey


def _missing(typed: str) -> object:
    raise KeyMissing


def _ended(typed: str) -> object:
    raise LeaseEnded(30, refused=True)


def _damaged(typed: str) -> object:
    raise DatabaseProblem("The file is damaged", "It is untouched on this computer.")


@scene("unlock")
def _(stage: Stage) -> None:
    aside = _lost(stage, by_passphrase=True)
    stage.stand(UnlockPage(UnlockViewModel("passphrase", _wrong, stage.app, aside=aside)))


@scene("unlock-wrong")
def _(stage: Stage) -> None:
    model = UnlockViewModel("passphrase", _wrong, stage.app, aside=_lost(stage, by_passphrase=True))
    stage.stand(UnlockPage(model))
    stage.type("incorrect horse")
    stage.press("Return")
    wait_for(lambda: not model.busy and model.problem is not None)
    settle()


@scene("unlock-new-key")
def _(stage: Stage) -> None:
    model = UnlockViewModel("passphrase", _ended, stage.app, sign_in=lambda passphrase, key, code, trip: None)
    stage.stand(UnlockPage(model))
    stage.type("correct horse")
    stage.press("Return")
    wait_for(lambda: model.method == "sign in")
    settle()


@scene("unlock-keyring")
def _(stage: Stage) -> None:
    stage.stand(UnlockPage(UnlockViewModel("keyring", _wrong, stage.app)))


_PROFILE = Path("/home/nora/.local/share/Companion/profiles/default")


def _lost(stage: Stage, *, by_passphrase: bool) -> SetAsideViewModel:
    return SetAsideViewModel(_PROFILE, MORNING.date, stage.app, by_passphrase=by_passphrase)


@scene("missing", screen=True)
def _(stage: Stage) -> None:
    model = MissingViewModel(_PROFILE, MORNING.date, stage.app)
    stage.stand(MissingPage(model))
    stage.press("Return")


@scene("unlock-forgot", screen=True)
def _(stage: Stage) -> None:
    aside = _lost(stage, by_passphrase=True)
    page = UnlockPage(UnlockViewModel("passphrase", _wrong, stage.app, aside=aside))
    stage.stand(page)
    page.lost.click()
    settle()


@scene("unlock-forgot-in-use")
def _(stage: Stage) -> None:
    aside = _lost(stage, by_passphrase=True)
    page = UnlockPage(UnlockViewModel("passphrase", _wrong, stage.app, aside=aside))
    stage.stand(page)
    page.lost.click()
    aside.problem = Problem(InUse.title, InUse.advice)
    aside.moved.emit()
    settle()


@scene("unlock-key-lost")
def _(stage: Stage) -> None:
    model = UnlockViewModel("keyring", _missing, stage.app, aside=_lost(stage, by_passphrase=False))
    page = UnlockPage(model)
    stage.stand(page)
    model.attempt()
    wait_for(lambda: model.problem is not None)
    page.lost.click()
    settle()


@scene("connect-closed-copy")
def _(stage: Stage) -> None:
    copy = ClosedCopy(_PROFILE.with_name("default.closed-2026-11-22"), dt.date(2026, 11, 22))
    closed = ReopenViewModel(_PROFILE, copy, MORNING.date(), stage.app)
    stage.stand(ConnectPage(ConnectViewModel(_refuse, _store, lambda: "", stage.app, _back_to), closed=closed))


def _nothing(secret: str, code: str, trip: Trip) -> None:
    """Signs in at once."""


def _ask(secret: str, code: str, trip: Trip) -> None:
    raise CannotConnect(Problem("EspoCRM asks for a code", "Your authenticator app shows it."), "code")


def _send_to_browser(secret: str, code: str, trip: Trip) -> None:
    trip.open_browser("https://company.my.salesforce.com/services/oauth2/authorize")
    while trip.wanted():
        time.sleep(0.01)


@scene("sign-in-again")
def _(stage: Stage) -> None:
    stage.app.show_page("sign_in", AgainPage(AgainViewModel("odoo", "", _nothing)))


@scene("sign-in-again-code")
def _(stage: Stage) -> None:
    model = AgainViewModel("espocrm", "password", _ask, stage.app)
    stage.app.show_page("sign_in", AgainPage(model))
    model.sign_in("correct horse")
    wait_for(lambda: bool(model.asks_code))
    settle()


@scene("sign-in-again-browser")
def _(stage: Stage) -> None:
    stage.app.show_page("sign_in", AgainPage(AgainViewModel("salesforce", "browser", _nothing, stage.app)))
    settle()


@scene("sign-in-again-browser-waiting")
def _(stage: Stage) -> None:
    model = AgainViewModel("salesforce", "browser", _send_to_browser, stage.app)
    stage.app.show_page("sign_in", AgainPage(model))
    model.sign_in()
    wait_for(lambda: model.in_browser)
    settle()


# The connection's test ──────────────────────────────────────────────────────────────────────────────────────────────

_HOST = "crm.halvorsen.example"


def _way() -> tuple[Finding, ...]:
    shown = ShownCertificate("R11", (_HOST,), dt.date(2027, 2, 3)).words
    return (
        Finding(True, tr("The name {host} is known: {places}", host=_HOST, places="203.0.113.20")),
        Finding(True, tr("{host} takes calls at port {port}, after {ms} ms", host=_HOST, port=443, ms=21)),
        Finding(True, f"{tr('The connection is safe ({protocol}).', protocol='TLSv1.3')} {shown}"),
        Finding(True, tr("The server answers (HTTP {status}), after {ms} ms", status=200, ms=84)),
    )


def _let_in() -> tuple[Finding, ...]:
    rights = dict.fromkeys(WORKED_WITH, Right.WRITE) | {Kind.ENGAGEMENT: Right.READ}
    return (
        Finding(True, tr("This computer’s clock agrees with the server’s")),
        Finding(True, tr("The CRM accepts the key")),
        Finding(True, tr("It is {crm} {version}, which Companion speaks with", crm="Odoo", version="19.0")),
        *(Finding(True, f"{right_finding(kind, right).what}: {right_words(right)}") for kind, right in rights.items()),
    )


def _kept_out() -> tuple[Finding, ...]:
    return (
        Finding(False, skew_words(260.0), skew_advice()),
        Finding(False, tr("The CRM does not accept the key"), SignInNeeded.advice, wants_sign_in=True),
    )


def _checkup(stage: Stage, found: tuple[Finding, ...], *, ends: bool = True) -> None:
    def look(tell: Callable[[Finding], None], wanted: Callable[[], bool]) -> None:
        for each in found:
            tell(each)
        while not ends and wanted():
            time.sleep(0.01)

    account = Account("odoo", f"https://{_HOST}", "sales", "nora@halvorsen.example")
    model = CheckupViewModel(look, account.words, stage.app)
    stage.app.show_page("connection", CheckupPage(model))
    wait_for(lambda: len(model.findings) == len(found) and model.busy is not ends)
    settle()


@scene("connection", screen=True)
def _(stage: Stage) -> None:
    _checkup(stage, (*_way(), *_let_in()))


@scene("connection-troubled")
def _(stage: Stage) -> None:
    _checkup(stage, (*_way(), *_kept_out()))


@scene("connection-looking")
def _(stage: Stage) -> None:
    _checkup(stage, _way()[:3], ends=False)
