"""payments.start_payment (spec E5), against the payment simulator."""

from datetime import datetime, timedelta

import pytest
from mall.tables.marketing import groups
from mall.tables.trade import cases, payments

from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Caller, Shop, refused


@pytest.mark.parametrize(("channel", "shown"), [("jsapi", "request_payment"), ("native", "code_url"), ("h5", "h5_url")])
def test_each_channel_gives_the_client_what_it_needs(shop: Shop, paying: Paying, channel: str, shown: str):
    goods, member = seed.product(shop, price_fen=9_900), shop.member()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    started = member.call("payments.start_payment", order_no=order_no, channel=channel)
    row, = shop.rows(payments)
    assert (row.state, row.channel, row.amount_fen) == ("PREPAID", channel, 9_900)
    assert (started["payment_no"], started["amount_fen"]) == (row.payment_no, 9_900)
    assert [name for name in ("request_payment", "code_url", "h5_url") if started[name]] == [shown]
    assert paying.order(row.payment_no)["total_fen"] == 9_900


def test_an_order_that_cannot_be_paid_is_refused_and_wechat_hears_nothing(shop: Shop, paying: Paying):
    goods, member, other = seed.product(shop), shop.member(), shop.member("小明")
    unpaid = trade.place(shop, member, goods.sku_id)["order_no"]
    paid = trade.paid_order(shop, member, goods.sku_id)
    before, known = shop.snapshot(), len(paying.books()["orders"])
    for wrong in (unpaid, "ord_NONE"):
        with refused("ORDER_NOT_FOUND", status=404):
            other.call("payments.start_payment", order_no=wrong)
    with refused("NOTHING_TO_PAY", status=422):
        member.call("payments.start_payment", order_no=paid)
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("payments.start_payment", order_no=unpaid)
    with refused("BAD_INPUT", status=400, field="channel"):
        member.call("payments.start_payment", order_no=unpaid, channel="cash")
    paying.move(minutes=30)
    with refused("ORDER_LAPSED", status=422):
        member.call("payments.start_payment", order_no=unpaid)
    assert (shop.snapshot(), len(paying.books()["orders"])) == (before, known)


def test_a_buyer_who_comes_back_to_the_h5_page_gets_one_that_can_still_be_opened(shop: Shop, paying: Paying):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]

    def start() -> dict:
        return member.call("payments.start_payment", order_no=order_no, channel="h5")

    first = start()
    paying.move(minutes=4)
    assert start() == first
    paying.move(minutes=2)
    second = start()
    assert second["payment_no"] == first["payment_no"]
    assert second["h5_url"] != first["h5_url"]


def test_a_shop_that_wechat_takes_no_payment_for_has_one_case_for_each_reason(shop: Shop, paying: Paying):
    goods, member, other, staff = seed.product(shop), shop.member(), shop.member("小明"), shop.staff()
    numbers = {each.name: trade.place(shop, each, goods.sku_id)["order_no"] for each in (member, other)}

    def start(each: Caller, code: str) -> None:
        told = "PAY_MISCONFIGURED" if code == "NO_AUTH" else "PAY_REFUSED"
        paying.faults({"at": "create", "do": "refuse", "status": 403, "code": code, "times": None})
        with refused(told):
            each.call("payments.start_payment", order_no=numbers[each.name])

    for each in (member, other):
        start(each, "NO_AUTH")
    start(member, "RULE_LIMIT")
    no_auth, rule_limit = shop.rows(cases)
    assert [(row.kind, row.reference, row.state) for row in (no_auth, rule_limit)] == [
        ("PAYMENT_REFUSED", "NO_AUTH", "OPEN"), ("PAYMENT_REFUSED", "RULE_LIMIT", "OPEN")]
    assert no_auth.sentence == "微信支付拒绝受理付款（NO_AUTH），买家无法支付"
    staff.call("ops.resolve_case", case_id=no_auth.case_id, note="已开通权限")
    start(other, "NO_AUTH")
    assert [row.state for row in shop.rows(cases)] == ["OPEN", "OPEN"]
    paying.faults({"at": "create", "do": "429"})
    with refused("PAY_OUTCOME_UNKNOWN", status=503):
        other.call("payments.start_payment", order_no=numbers[other.name])
    assert len(shop.rows(cases)) == 2
    paying.faults()
    assert other.call("payments.start_payment", order_no=numbers[other.name])["amount_fen"] == 9_900


def test_the_prepay_of_a_seat_ends_with_its_group(shop: Shop, paying: Paying):
    goods, boss = seed.product(shop, price_fen=9_900), shop.staff("group_buys.*")
    saved = boss.call("group_buys.save_group_buy", spu_id=goods.spu_id, title="二人团", size=2, open_hours=1,
                      prices=[{"sku_id": goods.sku_id, "price_fen": 6_900}],
                      starts_at=shop.now - timedelta(days=1), ends_at=shop.now + timedelta(days=7))
    wanted = {"delivery": "PICKUP", "group_buy_id": saved["group_buy_id"]}
    opener, late = shop.member(), shop.member("小明")
    first = trade.place(shop, opener, goods.sku_id, **wanted)
    ends_at = shop.rows(groups)[0].expires_at
    own_end = trade.order(shop, first["order_no"]).expires_at
    assert moment(opener.call("payments.start_payment", order_no=first["order_no"])) == own_end < ends_at
    paying.move(minutes=50)
    second = trade.place(shop, late, goods.sku_id, group_id=first["group_id"], **wanted)
    assert trade.order(shop, second["order_no"]).expires_at > ends_at
    started = late.call("payments.start_payment", order_no=second["order_no"])
    assert moment(started) == ends_at
    assert [row.expires_at for row in shop.rows(payments, payment_no=started["payment_no"])] == [ends_at]
    paying.move(minutes=10, seconds=1)  # over, and no timer has come by
    before = shop.snapshot()
    with refused("ORDER_LAPSED", status=422):
        late.call("payments.start_payment", order_no=second["order_no"])
    assert shop.snapshot() == before


def moment(started: dict) -> datetime:
    return datetime.fromisoformat(started["expires_at"])
