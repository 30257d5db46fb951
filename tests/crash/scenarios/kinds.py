"""What can happen to any order happens to one of every kind (`tests/kinds/examples.py`): killed at each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.words import basics, call, paid, place, started, thumb
from tests.crash.town import Play, Town
from tests.kinds.examples import EXAMPLES, Example
from tests.support import seed
from tests.support.shop import Caller

PRICE_FEN = 3_900


def opened(town: Town, example: Example) -> tuple[Caller, seed.Seeded, dict[str, Any]]:
    """A buyer, goods, and what an order of the kind says beside them."""
    member, goods = basics(town)
    return member, goods, {"activity_id": example.opens(town.shop, goods, PRICE_FEN)}


def waiting(town: Town, member: Caller, goods: seed.Seeded, of_kind: dict[str, Any]) -> str:
    """One that is paid, and what it told is heard: what a group tells later depends on who is in it by then."""
    order_no = paid(town, member, goods.sku_id, **of_kind)
    town.tick("ops.relay_outbox")
    return order_no


def joining(town: Town, example: Example, minutes: float = 0) -> tuple[Caller, seed.Seeded, dict[str, Any]]:
    """The same so many minutes after another one was paid, beside which it is."""
    member, goods, of_kind = opened(town, example)
    waiting(town, town.shop.member("小明"), goods, of_kind)
    town.move(minutes)
    joins = {"joins_id": found[0]} if (found := example.joins(town.shop)) else {}
    return member, goods, of_kind | joins


def _placing(town: Town, example: Example) -> Play:
    member, goods, of_kind = opened(town, example)
    return call(town, member, "orders.place_order", delivery="PICKUP", **of_kind,
                lines=[{"sku_id": goods.sku_id, "quantity": 1}])


def _joining(town: Town, example: Example) -> Play:
    """Beside one that is paid and waits."""
    member, goods, of_kind = joining(town, example)
    return call(town, member, "orders.place_order", delivery="PICKUP", **of_kind,
                lines=[{"sku_id": goods.sku_id, "quantity": 1}])


def _cancelling(town: Town, example: Example) -> Play:
    member, goods, of_kind = opened(town, example)
    order_no, _ = started(town, member, goods.sku_id, **of_kind)
    return call(town, member, "orders.cancel_order", order_no=order_no)


def _starting(town: Town, example: Example) -> Play:
    member, goods, of_kind = opened(town, example)
    return call(town, member, "payments.start_payment", order_no=place(town, member, goods.sku_id, **of_kind))


def _paying(town: Town, example: Example) -> Play:
    member, goods, of_kind = opened(town, example)
    thumb(town, member, goods.sku_id, **of_kind)
    return lambda: town.tell_notices("payment")


def _paying_late(town: Town, example: Example) -> Play:
    """What it has joined is over before the notice comes, and its own time to pay is not."""
    member, goods, of_kind = joining(town, example, example.lasts - 10)
    thumb(town, member, goods.sku_id, **of_kind)
    town.move(11)
    return lambda: town.tell_notices("payment")


def _giving_away(town: Town, example: Example) -> Play:
    member, goods, of_kind = opened(town, example)
    order_no, _ = started(town, member, goods.sku_id, **of_kind)
    return call(town, town.shop.staff(), "pricing.adjust_order_price", order_no=order_no, goods_fen=0,
                seen_pay_fen=PRICE_FEN, reason="补发")


def _refunding(town: Town, example: Example) -> Play:
    member, goods, of_kind = opened(town, example)
    order_no = waiting(town, member, goods, of_kind)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了")


def _ending(town: Town, example: Example) -> Play:
    """One has paid, another one has not, and time is over."""
    member, goods, of_kind = joining(town, example, example.lasts - 10)
    started(town, member, goods.sku_id, **of_kind)
    town.move(11)
    for before in ("messaging.remind_unpaid_orders", "ops.relay_outbox"):  # who hears of what hangs on a lease's time
        town.tick(before)
    return lambda: town.tick(example.timer)


LIFE: dict[str, tuple[str, Callable[[Town, Example], Play]]] = {
    "placed": ("orders.place_order", _placing),
    "joined": ("orders.place_order", _joining),
    "cancelled": ("orders.cancel_order", _cancelling),
    "payment started": ("payments.start_payment", _starting),
    "paid": ("payments.receive_payment_notice", _paying),
    "paid when it is over": ("payments.receive_payment_notice", _paying_late),
    "given away": ("pricing.adjust_order_price", _giving_away),
    "refunded": ("refunds.start_refund", _refunding),
}

for _kind, _example in EXAMPLES.items():
    for _about, (_action, _prepare) in {**LIFE, "over": (_example.timer, _ending)}.items():
        scenario(_action, f"{_kind}, {_about}")(lambda town, prepare=_prepare, of=_example: prepare(town, of))
