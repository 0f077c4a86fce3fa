"""What kind of CRM the embedded one plays: one switch for each way in which real CRMs differ."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from companion.connectors.base import Concurrency, Finds, Identity


class DemoSwitches(Struct, frozen=True):
    """The traits of the CRM; times are in seconds. The defaults are the best behaved CRM that there is.

    `precision_s` is what a modstamp is rounded down to. Every `late_every`-th change by a colleague becomes visible
    only `late_commit_s` after its stamp (0: none does). `search_lag_s` delays what a search finds; a read by id is
    never delayed. `shifting_pages` pages by position instead of by the last row seen. `partial_batch` handles only so
    many items of a batch and answers "locked" for the rest (0: all). `row_version` false serves the stamp as the
    version. `key_life_s` is how long an idempotency key is remembered, `feed_life_s` how long deletions are. `rate`
    allows so many requests in each `rate_window_s` (0: any), `daily_requests` so many on each day of the CRM's clock.
    `follows_merges` leads a link to a merged record on to the winner. `all_or_none` takes back a whole batch where one
    item is refused. `ids` numbers new records: 'letters' (P1001), 'numbers' (1001, in each kind anew) or 'opaque'.
    `token_life_s` is how long an access lasts (0: nobody signs in), and `rotates_tokens` makes the refresh token die
    with its first use. `strange_answers` adds fields to every record that nobody knows, of types that nobody expects.
    """

    changes: Finds = Finds.ROW_VERSION
    deletes: Finds = Finds.IN_STREAM
    identity: Identity = Identity.CLIENT_ID
    concurrency: Concurrency = Concurrency.ATOMIC
    precision_s: float = 0.001
    row_version: bool = True
    overlap_s: int = 120
    late_commit_s: float = 0.0
    late_every: int = 0
    search_lag_s: float = 0.0
    page: int = 500
    shifting_pages: bool = False
    batch: int = 20
    partial_batch: int = 0
    validation: bool = True
    refuse_duplicates: bool = False
    normalise: bool = True
    follows_merges: bool = True
    rate: int = 0
    rate_window_s: float = 10.0
    daily_requests: int = 0
    key_life_s: float = 24 * 3600.0
    feed_life_s: float = 30 * 24 * 3600.0
    all_or_none: bool = False
    ids: str = "letters"
    token_life_s: float = 0.0
    rotates_tokens: bool = False
    strange_answers: bool = False


SALESFORCE_LIKE: Final = DemoSwitches(
    changes=Finds.TIMESTAMP,
    deletes=Finds.FEED,
    identity=Identity.EXTERNAL_KEY,
    concurrency=Concurrency.ONE_SECOND,
    precision_s=1.0,
    row_version=False,
    overlap_s=300,
    feed_life_s=15 * 24 * 3600.0,
    ids="opaque",
)
HUBSPOT_LIKE: Final = DemoSwitches(
    changes=Finds.TIMESTAMP,
    deletes=Finds.FEED,
    identity=Identity.EXTERNAL_KEY,
    concurrency=Concurrency.CHECK_THEN_WRITE,
    row_version=False,
    overlap_s=600,
    search_lag_s=30.0,
    page=100,
    ids="numbers",
    strange_answers=True,
)
PIPEDRIVE_LIKE: Final = DemoSwitches(
    changes=Finds.TIMESTAMP,
    deletes=Finds.SWEEP,
    identity=Identity.MARKER,
    concurrency=Concurrency.CHECK_THEN_WRITE,
    precision_s=1.0,
    row_version=False,
    batch=1,
    follows_merges=False,
    ids="numbers",
)
DATAVERSE_LIKE: Final = DemoSwitches(
    changes=Finds.DELTA_TOKEN, feed_life_s=7 * 24 * 3600.0, page=5000, all_or_none=True, ids="opaque"
)
ODOO_LIKE: Final = DemoSwitches(
    changes=Finds.TIMESTAMP,
    deletes=Finds.SWEEP,
    identity=Identity.MARKER,
    concurrency=Concurrency.CHECK_THEN_WRITE,
    precision_s=1.0,
    row_version=False,
    overlap_s=300,
    page=1000,
    ids="numbers",
)
PROFILES: Final = {
    "the best": DemoSwitches(),
    "salesforce-like": SALESFORCE_LIKE,
    "hubspot-like": HUBSPOT_LIKE,
    "pipedrive-like": PIPEDRIVE_LIKE,
    "dataverse-like": DATAVERSE_LIKE,
    "odoo-like": ODOO_LIKE,
}
"""Switches set as those of well-known CRMs, by name, for suites that run over all of them."""
