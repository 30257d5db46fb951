"""Guards of flows that only a rare order of things reaches: each of them played."""

from __future__ import annotations

from typing import Any

import pytest
from mall.adapters.wechat_pay import Prepay
from mall.app.settings import ShopSettings
from mall.domains.orders.rules import CloseReason
from mall.domains.payments import store as payments
from mall.domains.payments.rules import ask_next
from mall.domains.wallets.rules import Owed, WalletFull, check_top_up
from mall.flows.money import share_orders
from mall.flows.ops import audit
from mall.tables.settlements import shares
from mall.tables.trade import order_lines, refunds
from mall.tables.trade import payments as payment_rows
from sqlalchemy import update

from tests.functions.refunds.parts import start
from tests.functions.settlements.parts import frozen_order, receiver, turn_on
from tests.support import seed, trade, wallet
from tests.support.pay import Paying
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E9", "L3")


class Wechat:
    """WeChat at the outside edge: it closes what it is told to, and says what it was asked."""

    def __init__(self) -> None:
        self.closed, self.asked, self.meanwhile = [], [], lambda payment_no: None

    def prepay(self, **_: Any) -> Prepay:
        return Prepay(prepay_id="wx1")

    def client_parameters(self, prepay_id: str, now: Any, appid: str) -> dict[str, str]:
        return {}

    def close(self, payment_no: str) -> str:
        self.closed.append(payment_no)
        self.meanwhile(payment_no)
        return "closed"

    def query(self, payment_no: str) -> None:
        self.asked.append(payment_no)


@pytest.fixture
def wechat(shop: Shop) -> Wechat:
    found = Wechat()
    shop.house.world.put("wechat_pay", found)
    return found


def test_money_of_the_old_price_that_lands_after_a_price_change_goes_back(shop: Shop, wechat: Wechat):
    goods, member = seed.product(shop, price_fen=10_000), shop.member()
    placed = trade.place(shop, member, goods.sku_id)
    payment_no = trade.prepay(shop, placed["order_no"], openid=member.openid)
    shop.staff().call("pricing.adjust_order_price", key="k1", order_no=placed["order_no"], goods_fen=8_000,
                      seen_pay_fen=10_000, reason="老客户")
    assert wechat.closed == [payment_no]
    assert trade.settle(shop, payment_no) == "sent_back"
    assert [(row.cause, row.amount_fen) for row in shop.rows(refunds)] == [("WRONG_AMOUNT", 10_000)]
    assert (trade.order(shop, placed["order_no"]).state, trade.order(shop, placed["order_no"]).pay_fen) == (
        "UNPAID", 8_000)
    assert shop.database.read(audit.audit) == []


def test_an_order_whose_prepay_comes_while_wechat_closes_it_is_closed_again(shop: Shop, wechat: Wechat):
    """WeChat closes a number that it does not know yet, and makes the prepay all the same."""
    goods, member = seed.product(shop), shop.member()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    payment_no = trade.prepay(shop, order_no, openid=member.openid)
    shop.database.run(lambda tx: tx.write(update(payment_rows).values(state="CREATED", prepay_id=None)))
    states: list[str] = []

    def prepay_arrives(payment_no: str) -> None:
        states.append(trade.order(shop, order_no).state)
        shop.database.run(payments.keep_prepay, payment_no, prepay_id="wx-late", code_url=None, h5_url=None)

    wechat.meanwhile = prepay_arrives
    assert member.call("orders.cancel_order", key="k1", order_no=order_no)["state"] == "CLOSED"
    assert (wechat.closed, states) == ([payment_no, payment_no], ["UNPAID", "UNPAID"])
    assert [row.state for row in shop.rows(payment_rows)] == ["CLOSED"]
    assert trade.order(shop, order_no).close_reason == CloseReason.BUYER.value


def test_wechat_is_asked_twice_about_a_payment_that_it_has_closed_and_then_no_more(shop: Shop, wechat: Wechat):
    goods, member = seed.product(shop), shop.member()
    payment_no = trade.prepay(shop, trade.place(shop, member, goods.sku_id)["order_no"], openid=member.openid)
    shop.database.run(payments.mark_closed, payment_no, shop.now)
    for asked in (1, 2):
        shop.move(seconds=ask_next(6, shop.now).timestamp() - shop.now.timestamp() + 60)
        shop.tick("payments.query_stuck_payments")
        assert (wechat.asked, shop.rows(payment_rows)[0].asked) == ([payment_no] * asked, asked)
    shop.move(days=2)
    shop.tick("payments.query_stuck_payments")
    shop.move(days=2)
    shop.tick("payments.query_stuck_payments")
    assert wechat.asked == [payment_no] * 2
    assert shop.rows(payment_rows)[0].ask_at is None


def test_stored_value_that_is_held_for_an_order_takes_room_in_the_wallet(shop: Shop):
    settings = ShopSettings(stored_value_licence=wallet.LICENCE, wallet_most_fen=100_000, top_up_least_fen=1_000,
                            top_up_most_fen=100_000)
    check_top_up(30_000, Owed(free_fen=40_000, held_fen=30_000), settings, shop.now)
    with pytest.raises(WalletFull) as refusal:
        check_top_up(30_001, Owed(free_fen=40_000, held_fen=30_000), settings, shop.now)
    assert refusal.value.data == {"most_fen": 30_000}


def test_no_share_is_decided_beside_a_refund_that_has_not_arrived(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    order_no, _ = frozen_order(shop, paying, quantity=2)
    settings = trade.settings(shop)
    start(shop.staff(), shop.rows(order_lines, order_no=order_no)[0], 1, key="k1")
    before = shop.snapshot()
    assert shop.database.run(share_orders.decide, order_no, settings, shop.now) == "elsewhere"
    assert shop.snapshot() == before
    shop.database.run(lambda tx: tx.write(update(refunds).values(state="DONE")))  # it has arrived
    assert shop.database.run(share_orders.decide, order_no, settings, shop.now) == "DUE"
    assert [(row.net_fen, row.amount_fen) for row in shop.rows(shares)] == [(10_000, 1_500)]
