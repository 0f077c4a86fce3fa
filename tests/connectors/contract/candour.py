"""What a bench can't show is said by name and with a reason, and is true."""

from __future__ import annotations

from tests.connectors.contract.bench import HOOKS, VERBS, Bench
from tests.connectors.contract.part import Part


class Candour(Part):
    """Looks at `CANT` itself."""

    def test_what_this_bench_cannot_show_is_known_and_true(self, bench: Bench) -> None:
        for what, why in self.CANT.items():
            assert len(why.split()) > 2, f"say why it can't show {what!r}"
            assert what.split()[0] in (*HOOKS, *VERBS), f"there is no hook {what!r}"
            if what in HOOKS and not callable(getattr(bench, what, None)):
                assert getattr(bench, what, None) is None, f"CANT says that it lacks {what!r}, but it is there"
