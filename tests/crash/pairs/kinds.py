"""Two callers at once on an order of every kind (`tests/kinds/examples.py`), in every order of their steps."""

from __future__ import annotations

from collections.abc import Callable

from tests.crash.pairs.kept import PAIRS, Pair
from tests.crash.pairs.words import notice, refund, wanting
from tests.crash.scenarios.kinds import opened, waiting
from tests.crash.scenarios.words import call, thumb
from tests.crash.town import Town
from tests.kinds.examples import EXAMPLES, Example


def _cancel_x_notice(town: Town, example: Example) -> Pair:
    member, goods, of_kind = opened(town, example)
    order_no, payment_no = thumb(town, member, goods.sku_id, **of_kind)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no), notice(town, payment_no)))


def _order_x_order(town: Town, example: Example) -> Pair:
    member, goods, of_kind = opened(town, example)
    return Pair((wanting(town, member, goods.sku_id, **of_kind),
                 wanting(town, town.shop.member("小刚"), goods.sku_id, **of_kind)))


def _refund_x_refund(town: Town, example: Example) -> Pair:
    member, goods, of_kind = opened(town, example)
    order_no = waiting(town, member, goods, of_kind)
    return Pair((refund(town, order_no), refund(town, order_no)))


BOTH: dict[str, Callable[[Town, Example], Pair]] = {
    "cancel_x_notice": _cancel_x_notice, "order_x_order": _order_x_order, "refund_x_refund": _refund_x_refund}

for _kind, _example in EXAMPLES.items():
    for _name, _prepare in BOTH.items():
        PAIRS[f"{_name}_of_{_kind}"] = lambda town, prepare=_prepare, of=_example: prepare(town, of)
