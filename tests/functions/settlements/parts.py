"""What the tests of profit sharing share: receivers, a paid order whose payment is frozen, time that passes."""

from __future__ import annotations

from typing import Any

from mall.flows.ops import audit
from mall.tables.trade import orders

from tests.functions.refunds.parts import place
from tests.support import seed
from tests.support.pay import Paying
from tests.support.shop import Shop

NOTHING = {"decided": 0, "nothing": 0, "elsewhere": 0, "SENT": 0, "DONE": 0, "FAILED": 0, "waiting": 0, "failed": 0}


def turn_on(shop: Shop, mode: str = "at_once", **settings: Any) -> None:
    staff = shop.staff()
    staff.call("staff.save_settings", version=staff.call("staff.show_settings")["version"],
               changes={"sharing_mode": mode, **settings})


def receiver(shop: Shop, account: str = "1900000201", per_ten_thousand: int = 1_500, **changes: Any) -> str:
    wanted = {"kind": "MERCHANT_ID", "account": account, "name": "广州市某某贸易有限公司",
              "label": f"供货商{account[-1]}", "relation": "SUPPLIER", "per_ten_thousand": per_ten_thousand, **changes}
    return shop.staff().call("settlements.save_receiver", **wanted)["receiver_id"]


def frozen_order(shop: Shop, paying: Paying, *, price_fen: int = 10_000, quantity: int = 1) -> tuple[str, str]:
    """An order paid two minutes ago at WeChat, its money frozen; its number and its payment's."""
    goods, member = seed.product(shop, price_fen=price_fen, stock=10), shop.member()
    order_no = place(shop, member, {goods.sku_id: quantity})["order_no"]
    payment_no = member.call("payments.start_payment", order_no=order_no)["payment_no"]
    paying.pay(payment_no)
    paying.until(lambda: shop.rows(orders, order_no=order_no)[0].state == "TO_SHIP")
    paying.move(minutes=2)
    return order_no, payment_no


def shared_order(shop: Shop, paying: Paying, **wanted: Any) -> tuple[str, str]:
    """As `frozen_order`, shared, and every receiver has its part."""
    order_no, payment_no = frozen_order(shop, paying, **wanted)
    assert shop.tick("settlements.share_finished_orders")["SENT"] == 1
    finish(shop, paying, payment_no)
    return order_no, payment_no


def finish(shop: Shop, paying: Paying, payment_no: str) -> None:
    """WeChat finishes what it works on, and we hear of it."""
    paying.until(lambda: all(share["state"] == "FINISHED" for share in paying.order(payment_no)["shares"]))
    paying.move(minutes=2)
    shop.tick("settlements.poll_sharing_results")


def differences(shop: Shop, paying: Paying, *payment_nos: str) -> list[str]:
    """What our books and WeChat's say otherwise of these payments, and what the audit finds."""
    kept = {"orders": [paying.order(payment_no) for payment_no in payment_nos]}
    return [*shop.database.read(lambda tx: audit.against_books(tx, kept)),
            *shop.staff().call("ops.run_audit")["findings"]]
