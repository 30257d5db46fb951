"""pricing.adjust_order_price (spec E11): the open payment is closed at WeChat first, then the price changes."""

import pytest
from mall.domains.pricing.rules import from_json
from mall.flows.ops import audit
from mall.kit.outbox import outbox_events
from mall.tables.people import audit_entries
from mall.tables.trade import order_events, order_lines, orders, payments, refunds

from tests.functions.staff.two_people import two_people
from tests.journeys.quiet import books_hold, kept_fen, settle_down, stock_of
from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Caller, Refused, Shop, refused


def placed(shop: Shop, member: Caller, **more) -> str:
    """Two pieces of 100.00 and one of 50.00, freight 8.00: to pay 258.00."""
    seed.freight_template(shop, first_fee_fen=800, is_default=True)
    big, small = seed.product(shop, price_fen=10_000, stock=5), seed.product(shop, price_fen=5_000, stock=5)
    return member.call("orders.place_order", key="k1", address_id=seed.address(shop, member), lines=[
        {"sku_id": big.sku_id, "quantity": 2}, {"sku_id": small.sku_id, "quantity": 1}], **more)["order_no"]


def adjust(staff: Caller, order_no: str, seen_pay_fen: int = 25_800, **wanted):
    return staff.call("pricing.adjust_order_price", order_no=order_no, seen_pay_fen=seen_pay_fen, reason="老客户",
                      **wanted)


def start(member: Caller, order_no: str):
    return member.call("payments.start_payment", order_no=order_no)


def books_balance(shop: Shop) -> None:
    assert shop.database.read(audit.audit) == []


def test_goods_for_less_and_freight_waived(shop: Shop):
    member, staff = shop.member(), shop.staff("pricing.*")
    order_no = placed(shop, member)
    assert adjust(staff, order_no, goods_fen=20_000, freight_fen=0) == {
        "order_no": order_no, "state": "UNPAID", "goods_fen": 20_000, "freight_fen": 0, "pay_fen": 20_000}
    order, = shop.rows(orders)
    assert (order.state, order.goods_fen, order.discount_fen, order.freight_fen, order.pay_fen) == (
        "UNPAID", 25_000, 5_000, 0, 20_000)
    assert sorted(row.pay_fen for row in shop.rows(order_lines)) == [4_000, 16_000]
    assert [(each.kind.value, each.part.value, each.amount_fen) for each in from_json(order.price).adjustments] == [
        ("price_change", "goods", 5_000), ("price_change", "freight", 800)]
    told = shop.rows(order_events, move="change_price")
    assert [(row.from_state, row.to_state, row.actor, row.reason) for row in told] == [
        ("UNPAID", "UNPAID", f"staff {staff.subject_id}", "258.00 元改为 200.00 元：老客户")]
    event, = shop.rows(outbox_events, kind="orders.order_price_changed")
    assert event.payload == {"order_no": order_no, "member_id": member.subject_id, "before_fen": 25_800,
                             "pay_fen": 20_000}
    entry, = shop.rows(audit_entries)
    assert (entry.action, entry.actor_id, entry.target) == (
        "pricing.adjust_order_price", staff.subject_id, {
            "order_no": order_no, "before": {"pay_fen": 25_800, "freight_fen": 800},
            "after": {"pay_fen": 20_000, "freight_fen": 0}})
    books_balance(shop)


def test_the_buyer_and_the_staff_see_it(shop: Shop):
    member, staff = shop.member(), shop.staff()
    order_no = placed(shop, member)
    assert staff.call("orders.view_order", order_no=order_no)["buttons"] == ["adjust_order_price", "close_order"]
    adjust(staff, order_no, goods_fen=24_000)
    page = member.call("orders.get_order", order_no=order_no)["order"]
    assert page["price"]["pay_fen"] == 24_800
    assert page["price"]["discounts"] == [{"kind": "price_change", "title": "商家改价", "amount_fen": 1_000}]
    assert [step["words"] for step in page["timeline"]] == ["提交订单", "商家已修改价格"]
    assert member.call("pricing.explain_price", order_no=order_no)["explanation"]["pay_fen"] == 24_800


def test_an_open_prepay_is_closed_at_wechat_and_the_next_one_is_of_the_new_amount(shop: Shop, paying: Paying):
    member, staff = shop.member(), shop.staff()
    order_no = placed(shop, member)
    old = start(member, order_no)["payment_no"]
    adjust(staff, order_no, goods_fen=20_000)
    assert paying.order(old)["state"] == "CLOSED"
    new = start(member, order_no)
    assert (new["amount_fen"], paying.order(new["payment_no"])["total_fen"]) == (20_800, 20_800)
    paying.pay(new["payment_no"])
    paying.until(lambda: trade.order(shop, order_no).state == "TO_SHIP")
    assert {row.payment_no: (row.state, row.amount_fen) for row in shop.rows(payments)} == {
        old: ("CLOSED", 25_800), new["payment_no"]: ("PAID", 20_800)}
    books_hold(paying)


def test_a_payment_that_was_made_meanwhile_wins(shop: Shop, paying: Paying):
    member, staff = shop.member(), shop.staff()
    order_no = placed(shop, member)
    payment_no = start(member, order_no)["payment_no"]
    paying.faults({"at": "notice", "do": "lose", "order": payment_no, "times": None})
    paying.pay(payment_no)
    with refused("ORDER_NOT_UNPAID", status=422):
        adjust(staff, order_no, goods_fen=20_000)
    order, = shop.rows(orders)
    assert (order.state, order.payment_no, order.pay_fen, order.discount_fen) == ("TO_SHIP", payment_no, 25_800, 0)
    assert shop.rows(order_events, move="change_price") == []
    books_hold(paying)


def test_wechat_that_does_not_answer_changes_nothing(shop: Shop, paying: Paying):
    member, staff = shop.member(), shop.staff()
    order_no = placed(shop, member)
    payment_no = start(member, order_no)["payment_no"]
    paying.faults({"at": "close", "do": "500", "order": payment_no, "times": None})
    before = shop.snapshot("audit_entries")
    with pytest.raises(Refused) as refusal:
        adjust(staff, order_no, goods_fen=20_000)
    assert refusal.value.retryable
    assert shop.snapshot("audit_entries") == before
    paying.faults()
    assert adjust(staff, order_no, goods_fen=20_000)["pay_fen"] == 20_800


def test_nothing_left_to_pay_is_paid_at_once(shop: Shop, paying: Paying):
    member, staff = shop.member(), shop.staff()
    order_no = placed(shop, member)
    payment_no = start(member, order_no)["payment_no"]
    assert adjust(staff, order_no, goods_fen=0, freight_fen=0) == {
        "order_no": order_no, "state": "TO_SHIP", "goods_fen": 0, "freight_fen": 0, "pay_fen": 0}
    order, = shop.rows(orders)
    assert (order.state, order.payment_no, order.paid_at is not None) == ("TO_SHIP", None, True)
    assert (paying.order(payment_no)["state"], kept_fen(paying)) == ("CLOSED", 0)
    assert [row.move for row in shop.rows(order_events)] == ["place", "change_price", "pay"]
    books_hold(paying)
    before = shop.snapshot("audit_entries")
    assert adjust(staff, order_no, goods_fen=0, freight_fen=0)["state"] == "TO_SHIP"  # asked again
    with refused("ORDER_NOT_UNPAID", status=422):
        adjust(staff, order_no, 0, goods_fen=100)
    assert shop.snapshot("audit_entries") == before


def test_refunds_by_pieces_give_back_the_changed_price_and_no_fen_more(shop: Shop):
    member, staff = shop.member(), shop.staff()
    order_no = placed(shop, member)
    adjust(staff, order_no, goods_fen=20_001, freight_fen=799)
    trade.pay(shop, order_no)
    given = []
    for line in shop.rows(order_lines):
        for _ in range(line.quantity):
            given.append(staff.call("refunds.start_refund", order_no=order_no, reason="不要了",
                                    lines=[{"line_id": line.line_id, "quantity": 1}])["amount_fen"])
    assert (len(given), sum(given)) == (3, 20_800)
    assert (trade.order(shop, order_no).state, trade.order(shop, order_no).refunded_fen) == ("CLOSED", 20_800)
    books_balance(shop)


def test_a_second_change_replaces_the_first_and_may_take_it_back(shop: Shop):
    staff = shop.staff()
    order_no = placed(shop, shop.member())
    first, = shop.rows(orders)
    adjust(staff, order_no, goods_fen=20_000)
    assert adjust(staff, order_no, 20_800, goods_fen=22_000, freight_fen=0)["pay_fen"] == 22_000
    assert adjust(staff, order_no, 22_000, goods_fen=25_000, freight_fen=800)["pay_fen"] == 25_800
    last, = shop.rows(orders)
    assert (last.price, last.discount_fen, last.freight_fen) == (first.price, 0, 800)
    books_balance(shop)


def test_asked_again_it_answers_the_same_and_changes_nothing(shop: Shop):
    staff = shop.staff()
    order_no = placed(shop, shop.member())
    answer = adjust(staff, order_no, goods_fen=20_000)
    before = shop.snapshot("audit_entries")
    assert adjust(staff, order_no, goods_fen=20_000) == answer
    assert shop.snapshot("audit_entries") == before


@pytest.mark.parametrize(("wanted", "code", "status", "field"), [
    ({"goods_fen": 25_001}, "ABOVE_OFFER", 422, "goods_fen"),
    ({"freight_fen": 801}, "ABOVE_OFFER", 422, "freight_fen"),
    ({"goods_fen": 20_000, "seen_pay_fen": 25_700}, "PRICE_CHANGED", 409, None),
    ({}, "BAD_INPUT", 400, "goods_fen"),
    ({"goods_fen": -1}, "BAD_INPUT", 400, "goods_fen"),
])
def test_a_refusal_changes_nothing_here_or_at_wechat(shop: Shop, paying: Paying, wanted, code, status, field):
    member, staff = shop.member(), shop.staff()
    order_no = placed(shop, member)
    payment_no = start(member, order_no)["payment_no"]
    before = shop.snapshot("audit_entries")
    with refused(code, status=status, field=field):
        adjust(staff, order_no, **{"seen_pay_fen": 25_800, **wanted})
    assert shop.snapshot("audit_entries") == before
    assert paying.order(payment_no)["state"] == "NOTPAY"


def test_only_an_unpaid_order_of_the_own_shop_by_who_may(shop: Shop):
    member, staff, clerk = shop.member(), shop.staff("pricing.*"), shop.staff("orders.*")
    theirs = trade.place(shop, member, seed.product(shop, seller_id="sel_OTHER").sku_id)["order_no"]
    paid = trade.paid_order(shop, member, seed.product(shop).sku_id)
    closed = trade.place(shop, member, seed.product(shop).sku_id)["order_no"]
    late = trade.place(shop, member, seed.product(shop).sku_id)["order_no"]
    member.call("orders.cancel_order", order_no=closed)
    shop.move(minutes=30)
    before = shop.snapshot("audit_entries")
    for order_no, code in ((theirs, "ORDER_NOT_FOUND"), ("ord_NONE", "ORDER_NOT_FOUND"), (paid, "ORDER_NOT_UNPAID"),
                           (closed, "ORDER_NOT_UNPAID"), (late, "ORDER_LAPSED")):
        with refused(code):
            adjust(staff, order_no, goods_fen=100)
    with refused("NOT_ALLOWED", status=403):
        adjust(clerk, late, goods_fen=100)
    with refused("NOT_SIGNED_IN", status=401):
        adjust(member, late, goods_fen=100)
    assert shop.snapshot("audit_entries") == before


def test_a_seat_whose_group_is_over_is_not_given_away(shop: Shop):
    goods = seed.product(shop, price_fen=9_900)
    group_buy_id = shop.staff().call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="团", size=2, open_hours=1, per_member=1,
        prices=[{"sku_id": goods.sku_id, "price_fen": 5_000}], starts_at=shop.now, ends_at=shop.now.replace(year=2099),
    )["group_buy_id"]
    opened = trade.paid_order(shop, shop.member(), goods.sku_id, delivery="PICKUP", group_buy_id=group_buy_id)
    shop.move(minutes=50)
    joined = trade.place(shop, shop.member("小明"), goods.sku_id, delivery="PICKUP", group_buy_id=group_buy_id,
                         group_id=trade.order(shop, opened).group_id)["order_no"]
    shop.move(minutes=11)
    staff = shop.staff()
    before = shop.snapshot("audit_entries")
    with refused("GROUP_OVER", status=422):
        adjust(staff, joined, 5_000, goods_fen=0)
    assert shop.snapshot("audit_entries") == before


# at the same moment

def codes(answers) -> list[str]:
    return sorted(each.code if isinstance(each, Refused) else "ok" for each in answers)


def test_of_clerks_who_saw_the_same_price_one_changes_it(shop: Shop):
    order_no = placed(shop, shop.member())
    clerks = [shop.staff() for _ in range(5)]
    answers = shop.in_parallel(*[lambda clerk=clerk, n=n: adjust(clerk, order_no, goods_fen=20_000 - n)
                                 for n, clerk in enumerate(clerks)])
    assert codes(answers) == ["PRICE_CHANGED"] * 4 + ["ok"]
    done, = (each for each in answers if isinstance(each, dict))
    assert trade.order(shop, order_no).pay_fen == done["pay_fen"]
    assert len(shop.rows(order_events, move="change_price")) == 1
    books_balance(shop)


@pytest.mark.parametrize("turn", range(3))
def test_a_change_and_a_payment(shop: Shop, paying: Paying, turn):
    member, staff = shop.member(), shop.staff()
    goods = seed.product(shop, price_fen=10_000, stock=5)
    order_no = trade.place(shop, member, goods.sku_id, delivery="PICKUP")["order_no"]
    payment_no = start(member, order_no)["payment_no"]
    changed, thumb = shop.in_parallel(
        lambda: adjust(staff, order_no, 10_000, goods_fen=9_000),
        lambda: paying.client.post(f"/_sim/pay/{payment_no}", json={}).status_code)
    assert (codes([changed]), thumb) in ((["ok"], 409), (["ORDER_NOT_UNPAID"], 200))
    if thumb == 200:
        paying.until(lambda: trade.order(shop, order_no).state == "TO_SHIP")
    else:
        paying.pay(start(member, order_no)["payment_no"])
        paying.until(lambda: trade.order(shop, order_no).state == "TO_SHIP")
    assert trade.order(shop, order_no).pay_fen == (10_000 if thumb == 200 else 9_000)
    assert stock_of(shop, goods) == (4, 0)
    assert shop.rows(refunds) == []
    books_hold(paying)


@pytest.mark.parametrize("turn", range(3))
def test_a_change_and_the_start_of_a_payment(shop: Shop, paying: Paying, turn):
    member, staff = shop.member(), shop.staff()
    order_no = trade.place(shop, member, seed.product(shop, price_fen=10_000).sku_id, delivery="PICKUP")["order_no"]
    changed, started = shop.in_parallel(lambda: adjust(staff, order_no, 10_000, goods_fen=9_000),
                                        lambda: start(member, order_no))
    assert set(codes([changed, started])) <= {"ok", "PAYMENT_UNDER_WAY"}
    due_fen = trade.order(shop, order_no).pay_fen
    assert due_fen == (9_000 if isinstance(changed, dict) else 10_000)
    if isinstance(started, dict) and started["amount_fen"] != due_fen:  # it began before the change
        assert paying.order(started["payment_no"])["state"] == "CLOSED"
    again = start(member, order_no)
    assert again["amount_fen"] == due_fen
    paying.pay(again["payment_no"])
    paying.until(lambda: trade.order(shop, order_no).state == "TO_SHIP")
    assert shop.rows(refunds) == []
    books_hold(paying)


def prepaid_behind_the_close(shop: Shop, paying: Paying, member: Caller, order_no: str) -> list[dict]:
    """An intention that WeChat does not know yet; what closes it is overtaken by its prepay. The buyer's answers."""
    paying.faults({"at": "create", "do": "500"})
    with refused("PAY_OUTCOME_UNKNOWN"):
        start(member, order_no)
    close, answers = paying.adapter.close, []

    def overtaken(payment_no: str) -> str:
        outcome = close(payment_no)
        if not answers:
            answers.append(start(member, order_no))
        return outcome

    paying.adapter.close = overtaken
    return answers


def test_a_close_that_the_prepay_overtakes_is_done_again_before_the_price_changes(shop: Shop, paying: Paying):
    member, staff = shop.member(), shop.staff()
    order_no = trade.place(shop, member, seed.product(shop, price_fen=10_000).sku_id, delivery="PICKUP")["order_no"]
    answers = prepaid_behind_the_close(shop, paying, member, order_no)
    assert adjust(staff, order_no, 10_000, goods_fen=9_000)["pay_fen"] == 9_000
    assert answers[0]["amount_fen"] == 10_000
    assert paying.order(answers[0]["payment_no"])["state"] == "CLOSED"
    assert start(member, order_no)["amount_fen"] == 9_000


def test_an_order_is_not_closed_over_a_prepay_that_came_while_wechat_closed_it(shop: Shop, paying: Paying):
    member = shop.member()
    order_no = trade.place(shop, member, seed.product(shop, price_fen=10_000).sku_id, delivery="PICKUP")["order_no"]
    answers = prepaid_behind_the_close(shop, paying, member, order_no)
    assert member.call("orders.cancel_order", order_no=order_no)["state"] == "CLOSED"
    assert paying.order(answers[0]["payment_no"])["state"] == "CLOSED"  # nobody can pay for the closed order
    assert [row.state for row in shop.rows(payments)] == ["CLOSED"]


@pytest.mark.parametrize("goods_fen", [9_000, 0])
def test_a_change_and_a_cancel(shop: Shop, paying: Paying, goods_fen):
    member, staff = shop.member(), shop.staff()
    goods = seed.product(shop, price_fen=10_000, stock=5)
    order_no = trade.place(shop, member, goods.sku_id, delivery="PICKUP")["order_no"]
    start(member, order_no)
    changed, cancelled = shop.in_parallel(lambda: adjust(staff, order_no, 10_000, goods_fen=goods_fen),
                                          lambda: member.call("orders.cancel_order", order_no=order_no))
    assert codes([cancelled]) == ["ok"]
    assert codes([changed]) in (["ok"], ["ORDER_NOT_UNPAID"])
    given_away = goods_fen == 0 and isinstance(changed, dict)
    assert trade.order(shop, order_no).state == cancelled["state"] == ("TO_SHIP" if given_away else "CLOSED")
    assert stock_of(shop, goods) == ((4, 0) if given_away else (5, 0))
    settle_down(paying)
    books_hold(paying)


def test_a_price_that_waits_for_a_second_person_leaves_the_open_payment_alone(shop: Shop, paying: Paying):
    member = shop.member()
    order_no = placed(shop, member)
    first, second = two_people(shop, refund_approval_limit_fen=0)
    payment_no = start(member, order_no)["payment_no"]
    asked = adjust(first, order_no, goods_fen=20_000, freight_fen=0)
    assert (asked["state"], asked["value_fen"], asked["says"]) == (
        "WAITS", 5_800, f"订单 {order_no} 应付由 258.00 元改为 200.00 元")
    assert [(row.payment_no, row.state) for row in shop.rows(payments)] == [(payment_no, "PREPAID")]
    answer = second.call("staff.approve_sensitive_change", change_id=asked["change_id"])
    assert (answer["result"]["pay_fen"], shop.rows(orders)[0].pay_fen) == (20_000, 20_000)
    assert [row.state for row in shop.rows(payments)] == ["CLOSED"]
    books_balance(shop)


def test_a_price_that_was_paid_before_its_approval_is_not_changed(shop: Shop):
    member = shop.member()
    order_no = placed(shop, member)
    first, second = two_people(shop, refund_approval_limit_fen=0)
    change_id = adjust(first, order_no, goods_fen=20_000)["change_id"]
    trade.pay(shop, order_no)
    before = shop.snapshot()
    with refused("ORDER_NOT_UNPAID", status=422):
        second.call("staff.approve_sensitive_change", change_id=change_id)
    assert shop.snapshot() == before
