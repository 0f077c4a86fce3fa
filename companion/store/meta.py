"""Single facts about this copy of the book: whose it is, which CRM it belongs to, how sync is set up."""

from __future__ import annotations

import json
from typing import Any

from companion.database import Rows, Write


def get(rows: Rows, key: str) -> Any:
    """The value under `key` as it was set, None when it was not."""
    found = text(rows, key)
    return None if found is None else json.loads(found)


def text(rows: Rows, key: str) -> str | None:
    """The same as JSON: for what is large, read often and changes rarely."""
    found: str | None = rows.value("SELECT value FROM meta WHERE key = ?", (key,))
    return found


def me(rows: Rows) -> str | None:
    """The local id of the signed-in user; None until the first sync has read the users."""
    found: str | None = get(rows, "me")
    return found


def learn_me(write: Write) -> None:
    """Finds the signed-in user among the users that were read. The sync keeps whose account it is under 'account'."""
    account = get(write, "account")
    if account is not None:
        found = write.value("SELECT id FROM users WHERE remote_id = ?", (account[2],))
        if found is not None:
            put(write, "me", found)


def put(write: Write, key: str, value: Any) -> None:
    """Keeps a JSON-like value under `key`."""
    write.text(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, json.dumps(value)),
    )


def forget(write: Write, key: str) -> None:
    """Nothing is set under `key` any more."""
    write.text("DELETE FROM meta WHERE key = ?", (key,))
