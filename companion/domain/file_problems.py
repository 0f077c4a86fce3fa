"""What can be wrong with the file of the book, in the rep's words."""

from __future__ import annotations

from companion.domain.language import said


class DatabaseProblem(Exception):
    """The cache file can't be used; `title` and `advice` are for the rep."""

    title = said("The local copy could not be opened")
    advice = said("Nothing was changed. Your file is where it was.")


class KeyRefused(DatabaseProblem):
    """The key does not open this file. The file is left as it is; a new one is never made over it."""

    title = said("The key does not fit the local copy")
    advice = said("The file was left untouched. Unlock your keyring, or restore the key, and start again.")


class NoSuchFile(DatabaseProblem):
    """There is no file at the path and nobody asked for a new one."""

    title = said("The local copy is missing")
    advice = said(
        "Bring its folder back from a backup, or connect again: what your CRM has is read anew. What was not sent yet "
        "was in this copy alone."
    )


class NotEncrypting(DatabaseProblem):
    """The driver that was loaded can't encrypt: it would write the book in the clear."""

    title = said("This installation can’t encrypt")
    advice = said("Install Companion again with its locked packages. Nothing was written.")


class NotDurable(DatabaseProblem):
    """The file system does not let SQLite keep what it says it keeps (a network drive, as a rule)."""

    title = said("Your book can’t be kept safely in this folder")
    advice = said(
        "Move it to a disk of this computer: a network or synced folder can lose what was saved. Nothing changed."
    )


class Damaged(DatabaseProblem):
    """A page of the file is not what was written there. The next start rescues what can be rescued."""

    title = said("The local copy is damaged")
    advice = said(
        "Close Companion and start it again: it saves your unsent changes and reads the rest from the CRM "
        "anew. What you typed just now was not saved; keep it until then."
    )


class DiskFull(DatabaseProblem):
    """There was no room for what was to be written; nothing of it was."""

    title = said("The disk of this computer is full")
    advice = said("This was not saved; what you typed is still here. Free some space, then save again.")


class DiskFailed(DatabaseProblem):
    """The disk refused a read or a write for another reason than room; nothing of the write was kept."""

    title = said("The disk of this computer could not be used")
    advice = said("This was not saved; what you typed is still here. Look whether the disk is connected and writable.")
