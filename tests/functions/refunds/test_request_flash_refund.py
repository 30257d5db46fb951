"""refunds.request_flash_refund (spec E6)."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.orders import checkouts
from mall.domains.refunds.trust import Facts, FlashRefundRefused, Rule, check
from mall.flows.ops import audit
from mall.kit.ids import new_id
from mall.tables.trade import flash_refunds, order_lines, refunds, virtual_codes

from tests.support import seed, sellers, trade
from tests.support.shop import Caller, Refused, Shop, refused

ON = {"flash_refund_most_fen": 10_000, "flash_refund_finished_orders": 1, "flash_refund_member_days": 0}
NOW = datetime(2026, 11, 22, tzinfo=timezone.utc)


def turn_on(shop: Shop, **settings) -> None:
    shop.staff().call("staff.save_settings", version=0, changes=ON | settings)


def trusted(shop: Shop, name: str = "小红") -> Caller:
    """A member who has received one order."""
    member = shop.member(name)
    received(shop, member)
    return member


def received(shop: Shop, member: Caller) -> str:
    order_no = trade.paid_order(shop, member, seed.product(shop).sku_id)
    trade.ship(shop, order_no)
    member.call("orders.confirm_receipt", order_no=order_no)
    return order_no


def bought(shop: Shop, member: Caller, price_fen: int = 9_900, quantity: int = 1) -> str:
    return trade.paid_order(shop, member, seed.product(shop, price_fen=price_fen).sku_id, quantity, delivery="PICKUP")


def take_back(member: Caller, order_no: str) -> dict:
    return member.call("refunds.request_flash_refund", order_no=order_no)


def test_a_trusted_members_order_goes_back_at_once(shop: Shop):
    turn_on(shop)
    member = trusted(shop)
    order_no = bought(shop, member)
    assert member.call("orders.get_order", order_no=order_no)["buttons"] == ["ask_refund", "request_flash_refund"]
    answer = take_back(member, order_no)
    refund, = shop.rows(refunds)
    assert answer == {"refund_no": refund.refund_no, "amount_fen": 9_900}
    assert (refund.state, refund.cause, refund.amount_fen, refund.reason) == ("DUE", "FLASH", 9_900, "不想要了")
    assert (trade.order(shop, order_no).state, trade.order(shop, order_no).refunded_fen) == ("CLOSED", 9_900)
    assert [(row.order_no, row.amount_fen) for row in shop.rows(flash_refunds)] == [(order_no, 9_900)]
    assert shop.database.read(audit.audit) == []


@pytest.mark.parametrize("settings, reason, sentence", [
    ({"flash_refund_most_fen": 0}, "OFF", "本店未开通极速退款，请联系客服申请退款"),
    ({"flash_refund_member_days": 1}, "NEW_ACCOUNT", "注册满 1 天才能极速退款，请联系客服申请退款"),
    ({"flash_refund_finished_orders": 2}, "FEW_ORDERS", "完成 2 笔订单后才能极速退款，请联系客服申请退款"),
    ({"flash_refund_most_fen": 9_899}, "TOO_MUCH", "极速退款每笔最多 98.99 元，请联系客服申请退款"),
    ({"refund_approval_limit_fen": 9_000, "flash_refund_most_fen": 9_000}, "TOO_MUCH",
     "极速退款每笔最多 90.00 元，请联系客服申请退款")])
def test_each_part_of_the_rule_refuses_with_its_reason_and_changes_nothing(shop: Shop, settings, reason, sentence):
    turn_on(shop, **settings)
    member = trusted(shop)
    order_no = bought(shop, member)
    before = shop.snapshot()
    with refused("FLASH_REFUND_REFUSED", status=422) as caught:
        take_back(member, order_no)
    assert (caught[0].data, caught[0].message) == ({"reason": reason}, sentence)
    assert shop.snapshot() == before


def test_it_is_off_until_the_shop_turns_it_on(shop: Shop):
    member = trusted(shop)
    order_no = bought(shop, member)
    assert member.call("orders.get_order", order_no=order_no)["buttons"] == ["ask_refund"]
    with refused("FLASH_REFUND_REFUSED") as caught:
        take_back(member, order_no)
    assert caught[0].data == {"reason": "OFF"}


def test_two_at_the_same_moment_do_not_pass_the_limit_together(shop: Shop):
    turn_on(shop, flash_refund_times=1)
    member = trusted(shop)
    numbers = [bought(shop, member) for _ in range(3)]
    answers = shop.in_parallel(*[lambda order_no=order_no: take_back(member, order_no) for order_no in numbers])
    assert len([each for each in answers if isinstance(each, dict)]) == 1
    assert [each.data["reason"] for each in answers if isinstance(each, Refused)] == ["TOO_OFTEN"] * 2
    assert len(shop.rows(refunds)) == len(shop.rows(flash_refunds)) == 1


def test_the_same_order_twice_at_once_goes_back_once(shop: Shop):
    turn_on(shop)
    member = trusted(shop)
    order_no = bought(shop, member)
    answers = shop.in_parallel(*[lambda: take_back(member, order_no)] * 2)
    assert [each.code for each in answers if isinstance(each, Refused)] == ["ILLEGAL_MOVE"]
    assert [row.amount_fen for row in shop.rows(refunds)] == [9_900]


def test_the_count_begins_anew_after_thirty_days(shop: Shop):
    turn_on(shop, flash_refund_times=1)
    member = trusted(shop)
    take_back(member, bought(shop, member))
    again = bought(shop, member)
    shop.move(days=29, hours=23)
    with refused("FLASH_REFUND_REFUSED") as caught:
        take_back(member, again)
    assert caught[0].message == "最近 30 天已极速退款 1 次，请联系客服申请退款"
    shop.move(hours=1)
    assert take_back(member, again)["amount_fen"] == 9_900


def test_what_staff_gave_back_before_counts_against_what_one_person_may(shop: Shop):
    turn_on(shop, flash_refund_most_fen=25_000, refund_approval_limit_fen=25_000)
    member = trusted(shop)
    order_no = bought(shop, member, 9_000, 3)
    from mall.tables.trade import order_lines

    line, = shop.rows(order_lines, order_no=order_no)
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="少件",
                      lines=[{"line_id": line.line_id, "quantity": 1}])
    with refused("FLASH_REFUND_REFUSED") as caught:  # 180.00 are left, 160.00 are one person's
        take_back(member, order_no)
    assert caught[0].message == "极速退款每笔最多 160.00 元，请联系客服申请退款"


def test_what_is_shipped_unpaid_or_somebody_elses_is_refused(shop: Shop):
    turn_on(shop)
    member, other = trusted(shop), trusted(shop, "小明")
    shipped, theirs = trade.paid_order(shop, member, seed.product(shop).sku_id), bought(shop, other)
    trade.ship(shop, shipped)
    unpaid = trade.place(shop, member, seed.product(shop).sku_id)["order_no"]
    before = shop.snapshot()
    for order_no in (shipped, unpaid):
        with refused("ILLEGAL_MOVE", status=409):
            take_back(member, order_no)
    for order_no in (theirs, "ord_NONE"):
        with refused("ORDER_NOT_FOUND", status=404):
            take_back(member, order_no)
    assert shop.snapshot() == before


SMALL = st.integers(0, 40)


@given(st.builds(Rule, SMALL, SMALL, st.integers(1, 5), SMALL), SMALL, SMALL, SMALL, st.integers(0, 6),
       st.integers(-9, 40))
def test_it_is_decided_at_once_exactly_when_every_part_holds(rule, amount_fen, finished, days, recent, alone_fen):
    facts = Facts(amount_fen, finished, NOW - timedelta(days=days), recent, alone_fen)
    holds = (0 < amount_fen <= rule.most_fen and amount_fen <= alone_fen and finished >= rule.finished_orders
             and days >= rule.member_days and recent < rule.times)
    try:
        check(rule, facts, NOW)
    except FlashRefundRefused as refusal:
        assert not holds and refusal.message.endswith("请联系客服申请退款")
    else:
        assert holds


def test_an_order_whose_code_was_delivered_does_not_go_back_by_itself(shop: Shop):
    turn_on(shop)
    member, staff = trusted(shop), shop.staff()
    mug, song = seed.product(shop, price_fen=1_000), seed.product(shop, price_fen=5_000, is_virtual=True)
    codes(shop, song.sku_id, "A-1")
    order_no = trade.mixed_order(shop, member, mug.sku_id, song.sku_id, delivery="PICKUP")
    trade.pay(shop, order_no, openid=member.openid)
    line, = shop.rows(order_lines, sku_id=song.sku_id)
    assert (trade.order(shop, order_no).state, trade.codes(shop, order_no)) == ("TO_SHIP", ["A-1"])
    before = shop.snapshot()
    with refused("FLASH_REFUND_REFUSED", status=422) as caught:
        take_back(member, order_no)
    assert caught[0].data == {"reason": "DELIVERED"}
    assert caught[0].message == "订单中的卡密已经发出，请联系客服申请退款"
    assert shop.snapshot() == before
    staff.call("refunds.start_refund", order_no=order_no, reason="卡密未使用，协商退款",
               lines=[{"line_id": line.line_id, "quantity": 1}])
    assert take_back(member, order_no)["amount_fen"] == 1_000


def codes(shop: Shop, sku_id: str, *texts: str) -> None:
    for text in texts:
        shop.database.run(lambda tx, text=text: tx.insert(
            virtual_codes, code_id=new_id("vcd"), sku_id=sku_id, code=text, order_no=None, created_at=shop.now,
            delivered_at=None))


@pytest.mark.spec("E13")
def test_it_goes_by_the_limits_of_the_orders_seller(shop: Shop):
    tea = sellers.open_shop(shop)
    tea.platform.call("staff.save_settings", version=0, changes=ON)
    member = trusted(shop)
    goods = seed.product(shop, seller_id=tea.seller_id, price_fen=9_900)
    order_no = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    tea.staff.call("staff.save_settings", version=0, changes={"refund_approval_limit_fen": 9_000})
    before = shop.snapshot()
    with refused("FLASH_REFUND_REFUSED", status=422) as caught:
        take_back(member, order_no)
    assert caught[0].data == {"reason": "TOO_MUCH"}
    assert caught[0].message == "极速退款每笔最多 90.00 元，请联系客服申请退款"
    assert shop.snapshot() == before
    tea.staff.call("staff.save_settings", version=1, changes={"refund_approval_limit_fen": 9_900})
    assert take_back(member, order_no)["amount_fen"] == 9_900
    assert take_back(member, bought(shop, member, 10_000))["amount_fen"] == 10_000  # of the platform's own


@pytest.mark.spec("E13")
def test_a_seller_who_lets_nobody_refund_alone_has_no_flash_refunds(shop: Shop):
    tea = sellers.open_shop(shop)
    tea.platform.call("staff.save_settings", version=0, changes=ON)
    tea.staff.call("staff.save_settings", version=0, changes={"refund_approval_limit_fen": 0})
    assert tea.staff.call("staff.show_settings")["settings"]["flash_refund_most_fen"] == 0
    with refused("BAD_SETTING", field="refund_approval_limit_fen"):  # the platform, which said both, has to say both
        tea.platform.call("staff.save_settings", version=1, changes={"refund_approval_limit_fen": 0})
    member = trusted(shop)
    goods = seed.product(shop, seller_id=tea.seller_id, price_fen=9_900)
    order_no = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    with refused("FLASH_REFUND_REFUSED", status=422) as caught:
        take_back(member, order_no)
    assert caught[0].data == {"reason": "OFF"}
    assert member.call("orders.get_order", order_no=order_no)["buttons"] == ["ask_refund"]


def test_the_orders_beside_it_are_read_once(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    turn_on(shop)
    member = trusted(shop)
    order_no, asked = bought(shop, member), []
    ask = checkouts.ask_other_open
    monkeypatch.setattr(checkouts, "ask_other_open", lambda order: asked.append(order.order_no) or ask(order))
    take_back(member, order_no)
    assert asked == [order_no]
