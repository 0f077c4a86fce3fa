"""Tryton's own server program, with one thing made cheap: a password, which it else takes 0.2 s of processor to check.

Each test signs in anew, so half of what a server did under test was hashing.
"""

from __future__ import annotations

import sys

import argon2

# Read as defaults when Tryton makes its hasher: before it is imported.
argon2.DEFAULT_TIME_COST, argon2.DEFAULT_MEMORY_COST, argon2.DEFAULT_PARALLELISM = 1, 8, 1

if __name__ == "__main__":
    from trytond.cli import main

    sys.exit(main())
