"""Tryton, an open-source business suite: parties, sale opportunities and notes through its JSON-RPC."""

from __future__ import annotations

from companion.connectors.tryton.connector import TrytonConnector

__all__ = ["TrytonConnector"]
