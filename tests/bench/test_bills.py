"""The bench of large bills comes to its end: the bills that it makes are read, and a small day of them is matched."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from bench import bills
from mall.domains.reconciliation.bill_text import measure_bill
from mall.domains.reconciliation.rules import BillKind
from mall.kit import clock

from tests.support import mariadb

pytestmark = pytest.mark.spec("E10")
DAY = (datetime.now(clock.SHANGHAI) - timedelta(days=1)).date()


def test_the_bills_add_up_to_their_own_summaries():
    trade, fund = bills.trade_bill(DAY, 3).split("\r\n"), bills.fund_bill(DAY, 3).split("\r\n")
    assert measure_bill(BillKind.TRADE, trade).totals == {
        "payments": 3, "payments_fen": 5_997, "refunds": 0, "refunds_fen": 0, "fee_fen": 36}
    assert measure_bill(BillKind.FUND, fund).totals == {"rows": 6, "in_fen": 5_997, "out_fen": 36}


def test_a_day_of_them_is_pulled_and_matched(capfd: pytest.CaptureFixture):
    server = mariadb.server()
    if server is None:
        pytest.skip("no MariaDB on this machine")
    assert bills.measure(server, DAY, 40) == 0
    assert "120 rows stored" in capfd.readouterr().out
