"""payments.receive_payment_notice (spec E5): what is not WeChat's word changes nothing."""

from tests.house.samples import read_sample
from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Shop


def test_a_notice_that_nobody_signed_is_refused(shop: Shop, paying: Paying):
    trade.place(shop, shop.member(), seed.product(shop).sku_id)
    event = read_sample("payments/receive_payment_notice")["event"]
    before = shop.snapshot()
    for body in (event["body"], "", "<xml/>"):
        answer = shop.send("payments.receive_payment_notice", {**event, "body": body})
        assert answer["statusCode"] == 401
        assert '"FAIL"' in answer["body"]
    assert shop.snapshot() == before
