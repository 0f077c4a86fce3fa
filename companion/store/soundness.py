"""Whether the file is what was written there: every page that is in use is read, and the trees are walked."""

from __future__ import annotations

from companion.database import Damaged, Database, problem_of


def trouble(database: Database) -> str | None:
    """What is wrong with the file, in SQLite's words; None where it is sound. May take seconds: not for the UI thread.

    It reads one state of the file through a connection of its own, so sync and the rep's work go on meanwhile.
    """
    try:
        with database.apart() as rows:
            found = [str(row[0]) for row in rows.all("PRAGMA quick_check(10)")]
    except Exception as error:
        if isinstance(error, Damaged) or isinstance(problem_of(error), Damaged):
            return str(error)
        raise
    return None if found == ["ok"] else "; ".join(found)
