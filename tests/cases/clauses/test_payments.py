"""Orders and payments, clause by clause: E1, E3, E4 and E5 as a buyer, an H5 page and WeChat itself would play them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import pytest

from infra.local.client import Person
from tests.cases.platform import Sent, WeChatPay
from tests.cases.town import Town


def unpaid(town: Town, who: Person, sku_id: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return town.order(who, sku_id, quantity, **{"delivery": "PICKUP", **more})


def begun(town: Town, who: Person, **more: Any) -> tuple[str, str]:
    """An order and its payment that WeChat knows, and nobody has paid: (order_no, payment_no)."""
    order_no = unpaid(town, who, town.shelf())["order_no"]
    return order_no, who.call("payments.start_payment", order_no=order_no, **more)["payment_no"]


def steps(who: Person, order_no: str) -> list[tuple[str, str, str]]:
    timeline = who.call("orders.get_order", order_no=order_no)["order"]["timeline"]
    return [(each["move"], each["state"], each["who"]) for each in timeline]


# E1


@pytest.mark.clause("E1", "one-click", "orders.place_order")
def test_one_click_makes_an_order_of_what_was_seen(town: Town):
    buyer, sku_id = town.someone(), town.shelf(9_900, 5)
    placed = unpaid(town, buyer, sku_id, 2, expected_pay_fen=19_800)
    assert (placed["state"], placed["pay_fen"], town.stock(sku_id)) == ("UNPAID", 19_800, (3, 2))


@pytest.mark.clause("E1", "cart", "orders.place_order", "carts.view_cart")
def test_what_is_ordered_out_of_the_cart_leaves_it(town: Town):
    buyer, ordered, left = town.someone(), town.shelf(), town.shelf()
    for sku_id in (ordered, left):
        buyer.call("carts.put_cart_item", sku_id=sku_id, quantity=1)
    unpaid(town, buyer, ordered, from_cart=True)
    assert [each["sku_id"] for each in buyer.call("carts.view_cart")["items"]] == [left]


@pytest.mark.clause("E1", "group", "orders.place_order", "group_buys.view_group")
def test_an_order_opens_a_group_and_another_joins_it(town: Town):
    sku_id = town.shelf(9_900, 5)
    activity = town.group_buy(town.spus[sku_id], sku_id, 5_900)
    first = unpaid(town, town.someone(), sku_id, group_buy_id=activity)
    second = unpaid(town, town.someone(), sku_id, group_buy_id=activity, group_id=first["group_id"])
    assert (first["pay_fen"], second["pay_fen"], second["group_id"]) == (5_900, 5_900, first["group_id"])


@pytest.mark.clause("E1", "points", "orders.place_order", "points.check_in_daily")
def test_points_pay_a_part_and_are_held(town: Town):
    buyer, sku_id = town.someone(), town.shelf(1_000)
    buyer.call("points.check_in_daily")
    had = buyer.call("points.list_point_entries")["points"]
    placed = unpaid(town, buyer, sku_id, points=5)
    assert (placed["points_used"], placed["pay_fen"]) == (5, 995)
    assert buyer.call("points.list_point_entries")["points"] == had - 5


@pytest.mark.clause("E1", "idempotent", "orders.place_order")
def test_a_click_sent_again_is_the_order_that_was_made(town: Town):
    buyer, sku_id, key = town.someone(), town.shelf(stock=9), secrets.token_hex(8)
    wanted = {"lines": [{"sku_id": sku_id, "quantity": 1}], "delivery": "PICKUP"}
    first, again = (town.call(buyer, "orders.place_order", key, **wanted) for _ in range(2))
    assert (again, town.stock(sku_id)) == (first, (8, 1))


@pytest.mark.clause("E1", "price re-checked on the server, changed price is told not charged", "orders.place_order")
def test_a_price_that_changed_is_told_and_nothing_is_held(town: Town):
    buyer, sku_id = town.someone(), town.shelf(9_900)
    refused = town.refusal(lambda: unpaid(town, buyer, sku_id, expected_pay_fen=8_800))
    assert (refused, town.stock(sku_id)) == ((409, "PRICE_CHANGED"), (10, 0))
    assert buyer.call("orders.count_order_tabs")["counts"]["all"] == 0


@pytest.mark.clause("E1", "stock reserved, coupon and points held", "orders.place_order", "orders.cancel_order")
def test_what_an_order_holds_is_nobody_elses_until_it_is_given_back(town: Town):
    buyer, sku_id = town.someone(), town.shelf(12_000, 1)
    template_id = town.coupon("满100减20", 10_000, 2_000, town.spus[sku_id])
    coupon_id = buyer.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    buyer.call("points.check_in_daily")
    had = buyer.call("points.list_point_entries")["points"]
    order_no = unpaid(town, buyer, sku_id, coupon_ids=[coupon_id], points=5)["order_no"]
    assert town.refusal(lambda: unpaid(town, town.someone(), sku_id)) == (422, "OUT_OF_STOCK")
    other = town.shelf(12_000)
    assert town.refusal(lambda: unpaid(town, buyer, other, coupon_ids=[coupon_id]))[1] == "COUPON_NOT_USABLE"
    assert buyer.call("points.list_point_entries")["points"] == had - 5
    buyer.call("orders.cancel_order", order_no=order_no)
    assert (town.stock(sku_id), buyer.call("points.list_point_entries")["points"]) == ((1, 0), had)
    unpaid(town, buyer, sku_id, coupon_ids=[coupon_id], points=5)


@pytest.mark.clause("E1", "all or nothing", "orders.place_order")
def test_one_line_that_is_short_holds_nothing_of_the_others(town: Town):
    buyer, plenty, short = town.someone(), town.shelf(stock=9), town.shelf(stock=1)
    lines = [{"sku_id": plenty, "quantity": 1}, {"sku_id": short, "quantity": 2}]
    assert town.refusal(lambda: buyer.call("orders.place_order", lines=lines, delivery="PICKUP"))[1] == "OUT_OF_STOCK"
    assert (town.stock(plenty), town.stock(short)) == ((9, 0), (1, 0))


@pytest.mark.clause("E1", "unpaid orders of one member are bounded", "orders.place_order", "staff.save_settings")
def test_a_member_does_not_hold_the_shelf_by_orders_that_nobody_pays(town: Town):
    sku_id = town.shelf(stock=99)
    most = town.staff.call("staff.show_settings")["settings"]["unpaid_orders_most"]
    buyer = town.someone()
    placed = [unpaid(town, buyer, sku_id)["order_no"] for _ in range(most - 2)]
    answers = town.at_once(*[lambda: unpaid(town, buyer, sku_id)["order_no"]] * 5)
    assert sorted(each.startswith("ord_") for each in answers) == [False] * 3 + [True] * 2
    assert {each for each in answers if not each.startswith("ord_")} == {"TOO_MANY_UNPAID"}
    assert town.stock(sku_id) == (99 - most, most)
    buyer.call("orders.cancel_order", order_no=placed[0])
    unpaid(town, buyer, sku_id)


# E3


@pytest.mark.clause("E3", "unpaid, to ship, shipped, received", "fulfilment.ship_orders", "orders.confirm_receipt",
                    "orders.get_order")
def test_an_order_goes_its_way_and_every_step_is_on_its_timeline(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    placed, _ = town.paid(buyer, sku_id, delivery="EXPRESS")
    order_no = placed["order_no"]
    town.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": f"78{secrets.randbelow(10**12):012d}"}])
    buyer.call("orders.confirm_receipt", order_no=order_no)
    assert steps(buyer, order_no) == [
        ("place", "UNPAID", "member"), ("pay", "TO_SHIP", "system"), ("ship", "SHIPPED", "staff"),
        ("receive", "RECEIVED", "member")]


@pytest.mark.clause("E3", "forming a group", "orders.get_order")
def test_a_paid_order_waits_while_its_group_forms(town: Town):
    buyer, sku_id = town.someone(), town.shelf(9_900, 5)
    activity = town.group_buy(town.spus[sku_id], sku_id, 5_900)
    order_no = unpaid(town, buyer, sku_id, group_buy_id=activity)["order_no"]
    town.pay(buyer, order_no)
    town.until("the group forms", lambda: town.state(buyer, order_no), "GROUPING")
    assert steps(buyer, order_no) == [("place", "UNPAID", "member"), ("pay_and_wait", "GROUPING", "system")]


@pytest.mark.clause("E3", "every change recorded (who, why, when): the visible timeline", "orders.close_order",
                    "orders.get_order")
def test_the_buyer_sees_who_closed_the_order_and_why_and_when(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    order_no = unpaid(town, buyer, sku_id)["order_no"]
    town.staff.call("orders.close_order", order_no=order_no, reason="门店盘点")
    last = buyer.call("orders.get_order", order_no=order_no)["order"]["timeline"][-1]
    assert (last["move"], last["who"], last["reason"]) == ("close_unpaid", "staff", "门店盘点")
    assert datetime.fromisoformat(last["at"]).tzinfo is not None


@pytest.mark.clause("E3", "illegal changes are refused", "orders.confirm_receipt", "payments.start_payment",
                    "pricing.adjust_order_price", "refunds.start_refund")
def test_what_may_not_follow_is_refused_and_leaves_the_order_where_it_is(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    placed, _ = town.paid(buyer, sku_id)
    waits = unpaid(town, buyer, sku_id)["order_no"]
    paid, before = placed["order_no"], (steps(buyer, placed["order_no"]), steps(buyer, waits))
    for code, work in {
        "ILLEGAL_MOVE": lambda: buyer.call("orders.confirm_receipt", order_no=paid),  # nothing was sent
        "NOTHING_TO_PAY": lambda: buyer.call("payments.start_payment", order_no=paid),
        "ORDER_NOT_UNPAID": lambda: town.staff.call("pricing.adjust_order_price", order_no=paid, goods_fen=1,
                                                    seen_pay_fen=9_900, reason="改价"),
    }.items():
        status, told = town.refusal(work)
        assert (told, status in (409, 422)) == (code, True)
    assert town.refusal(lambda: town.refund(waits)) == (409, "ILLEGAL_MOVE")
    assert town.refusal(lambda: buyer.call("orders.confirm_receipt", order_no=waits)) == (409, "ILLEGAL_MOVE")
    assert (steps(buyer, paid), steps(buyer, waits)) == before


@pytest.mark.clause("E3", "illegal changes are refused: a paid order is not cancelled or closed", "orders.cancel_order",
                    "orders.close_order")
def test_a_paid_order_is_not_cancelled_and_the_answer_says_where_it_is(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    placed, payment_no = town.paid(buyer, sku_id)
    before = steps(buyer, placed["order_no"])
    assert buyer.call("orders.cancel_order", order_no=placed["order_no"])["state"] == "TO_SHIP"
    closed = town.staff.call("orders.close_order", order_no=placed["order_no"], reason="误操作")
    assert closed["state"] == "TO_SHIP"
    assert (steps(buyer, placed["order_no"]), town.refunded_fen(payment_no)) == (before, 0)


# E4


@pytest.mark.clause("E4", "unpaid orders close after 30 min and give everything back", "orders.close_unpaid_orders")
def test_after_thirty_minutes_everything_is_back(town: Town):
    buyer, sku_id = town.someone(), town.shelf(12_000, 3)
    template_id = town.coupon("满100减20", 10_000, 2_000, town.spus[sku_id])
    coupon_id = buyer.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    placed = unpaid(town, buyer, sku_id, coupon_ids=[coupon_id])
    payment_no = buyer.call("payments.start_payment", order_no=placed["order_no"])["payment_no"]
    town.later(29)
    town.mall.tick("orders.close_unpaid_orders")
    assert (town.state(buyer, placed["order_no"]), town.stock(sku_id)) == ("UNPAID", (2, 1))
    town.later(2)
    town.mall.tick("orders.close_unpaid_orders")
    town.until("it closes", lambda: town.state(buyer, placed["order_no"]), "CLOSED")
    assert (town.stock(sku_id), town.at_wechat(payment_no)["state"]) == ((3, 0), "CLOSED")
    unpaid(town, buyer, sku_id, coupon_ids=[coupon_id])


@pytest.mark.clause("E4", "auto-receive after 10 days", "orders.finish_delivered_orders")
def test_a_parcel_counts_as_received_after_ten_days(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    placed, _ = town.paid(buyer, sku_id, delivery="EXPRESS")
    town.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": placed["order_no"], "carrier": "ZTO", "tracking_no": f"79{secrets.randbelow(10**12):012d}"}])
    town.later(10 * 24 * 60 - 5)
    town.mall.tick("orders.finish_delivered_orders")
    assert town.state(buyer, placed["order_no"]) == "SHIPPED"
    town.later(10)
    town.mall.tick("orders.finish_delivered_orders")
    town.until("it is received", lambda: town.state(buyer, placed["order_no"]), "RECEIVED")


@pytest.mark.clause("E4", "a payment that lands after closing is refunded in full, automatically",
                    "payments.receive_payment_notice", "refunds.send_due_refunds")
def test_money_that_comes_after_the_close_goes_back_in_full(town: Town):
    buyer = town.someone()
    order_no, payment_no = begun(town, buyer)
    town.later(31)
    town.mall.tick("orders.close_unpaid_orders")
    town.until("it closes", lambda: town.state(buyer, order_no), "CLOSED")
    town.fault(at="pay", do="pay_after_close", order=payment_no)
    town.thumb(payment_no)

    def back() -> int:
        town.settle_refunds()
        return town.refunded_fen(payment_no)

    town.until("every fen is back", back, 9_900)
    assert (town.state(buyer, order_no), town.cases(payment_no)) == ("CLOSED", ["LATE_PAYMENT"])


# E5


@pytest.mark.clause("E5", "JSAPI", "payments.start_payment")
@pytest.mark.parametrize("where", ["mini program", "service account"])
def test_a_buyer_pays_by_jsapi_in_either_app_with_its_own_pair(town: Town, where: str):
    name = f"case-{secrets.token_hex(6)}"
    buyer = town.mall.sign_in(name) if where == "mini program" else town.mall.sign_in_web(name)
    order_no = unpaid(town, buyer, town.shelf())["order_no"]
    started = buyer.call("payments.start_payment", order_no=order_no)
    assert set(started["request_payment"]) == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}
    made = town.wechat_pay.get(f"/_sim/orders/{started['payment_no']}").json()
    person, = [each for each in town.wechat.get("/_sim/people").json()["people"] if each["person"] == name]
    openid = person["openid" if where == "mini program" else "web_openid"]
    assert (made["appid"], made["openid"]) == (started["request_payment"]["appId"], openid)
    town.thumb(started["payment_no"])
    town.until("it is paid", lambda: town.state(buyer, order_no), "TO_SHIP")


@pytest.mark.clause("E5", "Native, H5", "payments.start_payment")
@pytest.mark.parametrize(("channel", "shown", "begins"), [
    ("native", "code_url", "weixin://wxpay/"), ("h5", "h5_url", "http")])
def test_a_buyer_pays_by_a_code_or_a_page(town: Town, channel: str, shown: str, begins: str):
    buyer = town.mall.sign_in_web(f"case-{secrets.token_hex(6)}")
    order_no = unpaid(town, buyer, town.shelf())["order_no"]
    started = buyer.call("payments.start_payment", order_no=order_no, channel=channel)
    assert started[shown].startswith(begins)
    town.thumb(started["payment_no"])
    town.until("it is paid", lambda: town.state(buyer, order_no), "TO_SHIP")


@pytest.mark.clause("E5", "signature of every notification verified", "payments.receive_payment_notice")
def test_a_notice_whose_signature_does_not_hold_is_refused(town: Town):
    wechat, buyer = WeChatPay(town), town.someone()
    order_no, payment_no = begun(town, buyer)
    true = wechat.sign(wechat.told(payment_no))
    forged = [
        wechat.send(true, **{"Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + true.headers["Wechatpay-Signature"]}),
        wechat.send(true, **{"Wechatpay-Nonce": "0" * 32}), wechat.send(true, **{"Wechatpay-Serial": "1" * 40}),
        wechat.send(true, **{"Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}),
        wechat.send(Sent(true.body + b" ", true.headers)), wechat.send(Sent(true.body, {}))]
    assert {answer.status_code for answer in forged} == {401}
    assert town.state(buyer, order_no) == "UNPAID"


@pytest.mark.clause("E5", "signature of every notification verified, by the public key and by the platform certificate",
                    "payments.receive_payment_notice", "/_sim/keys")
@pytest.mark.parametrize("by_public_key", [0, 100])
def test_a_notice_by_either_of_the_merchants_keys_is_believed(town: Town, by_public_key: int):
    town.wechat_pay.put("/_sim/keys", json={"notices_by_public_key": by_public_key}).raise_for_status()
    try:
        placed, payment_no = town.paid(town.someone(), town.shelf())
    finally:
        town.wechat_pay.put("/_sim/keys", json={"notices_by_public_key": None}).raise_for_status()
    sent = [each for each in town.wechat_pay.get("/_sim/notifications").json()["notifications"]
            if each["out_trade_no"] == payment_no]
    assert placed["pay_fen"] == 9_900 and [each["state"] for each in sent] == ["DELIVERED"]


@pytest.mark.clause("E5", "amount and merchant checked", "payments.receive_payment_notice")
@pytest.mark.parametrize("changed", [
    {"mchid": "1900009999"}, {"appid": "wx0000000000000000"}, {"amount": {"total": 1, "currency": "CNY"}},
    {"amount": {"total": 9_900, "currency": "USD"}}, {"trade_state": "CLOSED"}])
def test_a_notice_of_another_merchant_app_or_amount_pays_nothing_and_is_a_case(town: Town, changed: dict[str, Any]):
    wechat, buyer = WeChatPay(town), town.someone()
    order_no, payment_no = begun(town, buyer)
    answer = wechat.send(wechat.sign({**wechat.told(payment_no), **changed}))
    assert (answer.status_code, answer.json()["code"]) == (422, "FAIL")
    assert (town.state(buyer, order_no), town.cases(payment_no)) == ("UNPAID", ["NOTICE_MISMATCH"])


@pytest.mark.clause("E5", "replay refused", "payments.receive_payment_notice")
def test_a_notice_of_long_ago_is_refused_and_one_of_just_now_changes_nothing(town: Town):
    wechat, buyer, sku_id = WeChatPay(town), town.someone(), town.shelf()
    placed, payment_no = town.paid(buyer, sku_id)
    before = steps(buyer, placed["order_no"])
    told = wechat.told(payment_no)
    assert wechat.send(wechat.sign(told, age_s=301)).status_code == 401
    again = wechat.sign(told)
    assert {wechat.send(again).status_code for _ in range(3)} <= {200, 204}
    assert (steps(buyer, placed["order_no"]), town.stock(sku_id)) == (before, (9, 0))
    assert (town.refunded_fen(payment_no), town.cases(payment_no)) == (0, [])


@pytest.mark.clause("E5", "a lost notification is found by query", "payments.query_stuck_payments")
def test_a_payment_that_nobody_told_is_found_by_asking(town: Town):
    buyer = town.someone()
    order_no, payment_no = begun(town, buyer)
    town.fault(at="notice", do="lose", times=None, order=payment_no)
    town.thumb(payment_no)
    town.later(2)
    town.mall.tick("payments.query_stuck_payments")
    town.until("it is paid", lambda: town.state(buyer, order_no), "TO_SHIP")


@pytest.mark.clause("E5", "duplicates and reordering change nothing", "payments.receive_payment_notice")
def test_notices_that_come_twice_or_in_another_order_settle_each_payment_once(town: Town):
    wechat, buyer = WeChatPay(town), town.someone()
    first, second = begun(town, buyer), begun(town, buyer)
    for _, payment_no in (first, second):
        town.fault(at="notice", do="lose", times=None, order=payment_no)
        town.thumb(payment_no)
    late, early = (wechat.sign(wechat.told(payment_no)) for _, payment_no in (first, second))
    assert [wechat.send(each).status_code for each in (early, late, early, late)] == [200] * 4
    for order_no, payment_no in (first, second):
        assert [move for move, _, _ in steps(buyer, order_no)] == ["place", "pay"]
        assert (town.refunded_fen(payment_no), town.cases(payment_no)) == (0, [])
