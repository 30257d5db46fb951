"""messaging.remind_unpaid_orders (spec I2)."""

from __future__ import annotations

from mall.domains.messaging.tells import Template
from mall.domains.messaging.values import moment
from mall.tables.reach import messages
from mall.tables.trade import orders
from sqlalchemy import update

from tests.support.shop import Shop

REMIND = "messaging.remind_unpaid_orders"


def test_ten_minutes_before_it_closes_the_buyer_is_reminded_once(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.ORDER_UNPAID, remaining=2)
    order_no = seeds.order(member, minutes=30)
    shop.move(minutes=19, seconds=50)
    assert shop.tick(REMIND) == {"reminded": 0}
    shop.move(seconds=10)
    assert shop.tick(REMIND) == {"reminded": 1}
    assert shop.tick(REMIND) == {"reminded": 0}
    [row] = shop.rows(messages)
    [order] = shop.rows(orders)
    assert order.unpaid_reminded is True or order.unpaid_reminded == 1
    assert (row.template, row.state, row.page) == (
        "order_unpaid", "PENDING", f"pages/order/order?order_no={order_no}")
    assert row.fields == {"character_string1": order_no, "thing2": "云南小粒咖啡豆等2件", "amount3": "¥12.30",
                          "time4": moment(order.expires_at), "thing5": "逾期订单将自动关闭"}


def test_paid_and_lapsed_orders_are_not_reminded_of(shop: Shop, seeds):
    member = shop.member()
    seeds.order(member, state="TO_SHIP", minutes=5)
    seeds.order(member, minutes=0)
    before = shop.snapshot()
    assert shop.tick(REMIND) == {"reminded": 0}
    assert shop.snapshot() == before


def test_two_timers_at_the_same_moment_remind_once(shop: Shop, seeds):
    member = shop.member()
    for _ in range(5):
        seeds.order(member, minutes=5)
    answers = shop.in_parallel(*[lambda: shop.tick(REMIND) for _ in range(3)])
    assert sum(answer["reminded"] for answer in answers) == 5
    assert [(row.state, row.problem) for row in shop.rows(messages)] == [("SKIPPED", "NO_CONSENT")] * 5


def test_orders_of_one_checkout_are_one_reminder_of_all_that_is_to_be_paid(shop: Shop, seeds):
    member = shop.member()
    seeds.consent(member, Template.ORDER_UNPAID, remaining=5)
    first, second, closed = (seeds.order(member, minutes=5) for _ in range(3))
    together(shop, first, second, closed)
    shop.database.run(lambda tx: tx.write(
        update(orders).where(orders.c.order_no == closed).values(state="CLOSED")))
    assert shop.tick(REMIND) == {"reminded": 1}
    assert shop.tick(REMIND) == {"reminded": 0}
    [row] = shop.rows(messages)
    assert (row.fields["character_string1"], row.page) == (first, "pages/orders/orders")
    assert (row.fields["thing2"], row.fields["amount3"]) == ("云南小粒咖啡豆等4件", "¥24.60")


def together(shop: Shop, *order_nos: str) -> None:
    shop.database.run(lambda tx: tx.write(
        update(orders).where(orders.c.order_no.in_(order_nos)).values(checkout_id="chk_1")))


def test_the_one_reminder_of_orders_placed_together_is_true_when_it_is_sent(shop: Shop, seeds, wechat):
    member = shop.member()
    seeds.consent(member, Template.ORDER_UNPAID, remaining=5)
    first, second = (seeds.order(member, minutes=5) for _ in range(2))
    together(shop, first, second)
    assert shop.tick(REMIND) == {"reminded": 1}
    shop.tick("messaging.send_due_messages")
    assert [(row.state, row.problem) for row in shop.rows(messages)] == [("SENT", None)]
    assert len(wechat.sent) == 1
