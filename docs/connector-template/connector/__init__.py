"""The connector to Acme. What is proven of it, and where, stands in README.md."""

from __future__ import annotations
