"""What a record says, in a few characters: for its version, where the stamps of a CRM are too coarse or stand still."""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

from companion.connectors.base import Upsert

_in_order: Final = msgspec.json.Encoder(order="sorted")


def digest(upsert: Upsert) -> str:
    """Sixteen hex digits; the same for the same fields, links, people and facts beside them."""
    contents = (upsert.fields, upsert.links, upsert.people, upsert.extra)
    return hashlib.blake2s(_in_order.encode(contents), digest_size=8).hexdigest()
