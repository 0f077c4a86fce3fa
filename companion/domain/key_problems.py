"""Why the encrypted book could not be opened, in words for the rep."""

from __future__ import annotations

from typing import Final

from companion.domain.language import said, tr

SHORTEST_PASSPHRASE: Final = 8


class KeyProblem(Exception):
    """Why the encrypted book could not be opened. `str(problem)` is for the log; `title` and `advice` for the rep.

    KeyProblem
    ├── KeyringLocked       wait and try again: the rep dismissed the prompt, or has not signed in to the desktop yet
    ├── KeyringFailed       the keyring could not be used; nothing was changed
    ├── KeyMissing          the keyring answers, but does not hold our key (any more)
    ├── WrongKey            the key or passphrase at hand does not open this profile
    ├── KeyFileDamaged      key.json is missing or can't be read
    ├── KeyExists           there is a key.json already: it is never overwritten
    ├── LeaseEnded          the CRM has not known the user for too long: it must be asked once
    └── WeakPassphrase      too short to protect anything
    """

    title = said("Your book could not be opened")
    advice = said("It is untouched on this computer.")

    def __init__(self, why: str = "") -> None:
        super().__init__(why or self.title)


class KeyringLocked(KeyProblem):
    """The keyring is there but locked."""

    title = said("Your system’s keyring is locked")
    advice = said("Unlock it and try again. Your book is untouched.")


class KeyringFailed(KeyProblem):
    """The keyring did not do what it was asked."""

    title = said("Your system’s keyring can’t be used now")
    advice = said("Start the keyring service of your desktop and try again. Your book is untouched.")


class KeyMissing(KeyProblem):
    """The keyring holds no key of this profile."""

    title = said("The key of your book is not in your system’s keyring")
    advice = said(
        "Your book is untouched, and so is what has not been sent yet. Sign in to the desktop as the user "
        "who set Companion up, or bring the entry “Companion” back from a backup of the keyring."
    )


class WrongKey(KeyProblem):
    """The key does not fit."""

    title = said("This key does not open your book")
    advice = said(
        "Your book is untouched. Check the passphrase, or whether the keyring was restored from another computer."
    )


class KeyFileDamaged(KeyProblem):
    """`key.json` is not there or not what we wrote."""

    title = said("The key file of your book is damaged")
    advice = said("Your book is untouched. Bring key.json back from a backup of the profile’s folder.")


class KeyExists(KeyProblem, FileExistsError):
    """A profile has its key already."""

    title = said("This profile has a key already")
    advice = said("Nothing was changed. Open it, or sign out first.")


class WeakPassphrase(KeyProblem):
    """The passphrase is too short."""

    title = said("This passphrase is too short")
    advice = said("Nothing was changed. Take at least 8 characters; four random words are good.")


class LeaseEnded(KeyProblem):
    """The book was away from the CRM for too long. `refused`: the CRM was reached and did not accept the key.

    `way` is how its account signs in, as `Account.way`; `code`: the CRM asks for the code of a second factor.
    """

    title = said("Connect once to open your book")
    advice = said(
        "Companion has not reached the CRM for {days} days, so it keeps your customers closed until it does. "
        "What you logged is safe and waits. Go online and try again."
    )

    def __init__(self, days: int, *, refused: bool = False, way: str = "", code: bool = False) -> None:
        super().__init__(f"{days} days without the CRM")
        self.refused, self.way, self.code = refused, way, code
        self.advice = type(self).advice.format(days=days)
        if refused:
            self.title = tr("Sign in to open your book")
            self.advice = tr("The CRM no longer accepts the key that Companion has. What you logged is safe and waits.")
