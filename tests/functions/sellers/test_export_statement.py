"""sellers.export_statement (spec E13)."""

import pytest
from mall.adapters.spreadsheets import Spreadsheets

from tests.functions.sellers.test_show_statement import fee, no_points, period, received
from tests.support import sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")


def test_each_order_a_row_and_the_sums_below_in_yuan(shop: Shop):
    tea, me, storage = sellers.open_shop(shop, commission=500), shop.member(), trade.storage(shop)
    no_points(tea.platform)
    order_no = received(shop, me, tea, 10_000)
    fee(shop, tea.seller_id, 60)
    answer = tea.staff.call("sellers.export_statement", **period(shop))
    assert (answer["orders"], answer["to_pay_fen"]) == (1, 9_440)
    [(key, content)] = storage.objects.items()
    assert key.startswith(f"exports/{tea.seller_id}/") and key in answer["url"]
    rows = Spreadsheets().read(content)
    assert rows[0] == ["完成时间", "项目", "订单号", "销售(元)", "退款(元)", "平台补贴(元)", "佣金(元)", "应结(元)"]
    assert rows[1][1:] == ["订单", order_no, "100.00", "0.00", "0.00", "5.00", "95.00"]
    assert [row[1] for row in rows[2:]] == ["微信手续费", "积分成本", "已分账", "线下退款", "合计"]
    assert rows[2][-1] == "-0.60" and rows[-1][3:] == ["100.00", "0.00", "0.00", "5.00", "94.40"]


def test_a_period_too_long_writes_nothing(shop: Shop):
    tea, storage = sellers.open_shop(shop), trade.storage(shop)
    with refused("BAD_PERIOD", field="until_day"):
        tea.staff.call("sellers.export_statement", from_day="2026-01-01", until_day="2026-12-31")
    assert storage.objects == {}
