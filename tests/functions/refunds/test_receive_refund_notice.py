"""refunds.receive_refund_notice (spec E6): what is not WeChat's word changes nothing."""

from tests.house.samples import read_sample
from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Shop


def test_a_notice_that_nobody_signed_is_refused(shop: Shop, paying: Paying):
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    event = read_sample("refunds/receive_refund_notice")["event"]
    before = shop.snapshot()
    for body in (event["body"], "", "<xml/>"):
        answer = shop.send("refunds.receive_refund_notice", {**event, "body": body})
        assert answer["statusCode"] == 401
        assert '"FAIL"' in answer["body"]
    assert shop.snapshot() == before
