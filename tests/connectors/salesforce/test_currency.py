"""What money is in, in an org that has one currency and no field for its name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from companion.connectors.salesforce.currency import of_locale
from companion.domain.records import Kind
from tests.connectors.contract import drain
from tests.connectors.salesforce.bench import SalesforceBench


@pytest.fixture
def bench() -> Iterator[SalesforceBench]:
    """A fresh org."""
    bench = SalesforceBench()
    yield bench
    bench.close()


@pytest.mark.parametrize(
    ("locale", "currency"),
    [("en_GB", "GBP"), ("de_DE_EURO", "EUR"), ("fr_CH", "CHF"), ("en_US", "USD"), ("zh_Hant_TW", "TWD"), ("eo", "USD")],
)
def test_without_a_name_for_it_the_currency_is_that_of_the_orgs_country(
    bench: SalesforceBench, locale: str, currency: str
) -> None:
    del bench.org.objects["Organization"]["DefaultCurrencyIsoCode"]
    bench.org.rows["Organization"][bench.org.org_id]["DefaultLocaleSidKey"] = locale

    connector = bench.connector()

    assert connector.describe().currency == currency
    assert {each.fields["currency"] for each in drain(connector, Kind.DEAL).upserts.values()} == {currency}


def test_a_name_that_is_told_goes_before_any_country(bench: SalesforceBench) -> None:
    row = bench.org.rows["Organization"][bench.org.org_id]
    row |= {"DefaultCurrencyIsoCode": "SEK", "DefaultLocaleSidKey": "en_GB"}

    assert bench.connector().describe().currency == "SEK"


@pytest.mark.parametrize("odd", [None, 7, "", "en", "en_", "_", "en_us", "en_XX", ["en_GB"]])
def test_a_locale_that_names_no_country_tells_nothing(odd: object) -> None:
    assert of_locale(odd) is None
