"""`packaging/translate`: catalogues brought up to date, or only checked."""

from __future__ import annotations

import sys

from tests.languages.catalogues import check, update


def main(arguments: list[str]) -> int:
    """Returns 1 where something is left to translate."""
    left = check() if "--check" in arguments else update()
    sys.stdout.writelines(f"{line}\n" for line in left)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
