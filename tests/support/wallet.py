"""Stored value as tests need it: a shop with its filing recorded, and members who own some.

    wallet.open(shop)
    member = wallet.owner(shop, 5_000)
    order_no = wallet.paid_order(shop, member, goods.sku_id, balance_fen=2_000)
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from mall.domains.payments import store as payments
from mall.domains.wallets import store
from mall.flows.ops import audit
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import shop_settings

from tests.support import trade
from tests.support.shop import APPID, Caller, Shop

LICENCE = {"number": "310106DAC0001", "issuer": "上海市商务委员会", "valid_until": "2099-12-31"}


def open(shop: Shop, **more: Any) -> None:
    """The merchant has recorded its filing; `more` settings beside it."""
    document = json.dumps({"stored_value_licence": LICENCE, **more})
    shop.database.run(lambda tx: tx.insert(shop_settings, seller_id=DEFAULT_SELLER, document=document, version=1,
                                           changed_at=shop.now))


def prepaid(shop: Shop, member: Caller, amount_fen: int) -> str:
    """A top-up that WeChat knows and nobody has paid yet; its payment's number."""
    payment_no = new_id("pay")

    def write(tx: Any) -> None:
        store.lock(tx, member.subject_id)
        payments.create(tx, {
            "payment_no": payment_no, "checkout_id": member.subject_id, "member_id": member.subject_id,
            "channel": "jsapi", "state": "PREPAID", "amount_fen": amount_fen, "refunded_fen": 0,
            "openid": member.openid, "appid": APPID, "prepay_id": f"wx{payment_no}", "code_url": None, "h5_url": None,
            "transaction_id": None, "active_key": member.subject_id, "asked": 0,
            "ask_at": shop.now + timedelta(minutes=1), "expires_at": shop.now + timedelta(minutes=30),
            "created_at": shop.now, "paid_at": None}, [])

    shop.database.run(write)
    return payment_no


def top_up(shop: Shop, member: Caller, amount_fen: int) -> str:
    payment_no = prepaid(shop, member, amount_fen)
    assert trade.settle(shop, payment_no) == "settled"
    return payment_no


def owner(shop: Shop, amount_fen: int, name: str = "小红") -> Caller:
    """A member who has topped up so much."""
    member = shop.member(name)
    top_up(shop, member, amount_fen)
    return member


def paid_order(shop: Shop, member: Caller, sku_id: str, quantity: int = 1, *, balance_fen: int, **wanted: Any) -> str:
    """An order that is paid: the balance first, then WeChat for what is left."""
    wanted = {"delivery": "PICKUP", **wanted}
    return trade.paid_order(shop, member, sku_id, quantity, balance_fen=balance_fen, **wanted)


def owed(shop: Shop, member: Caller) -> tuple[int, int]:
    """(free, held) of the member's wallet."""
    found = shop.database.read(lambda tx: store.owed(tx, member.subject_id))
    return found.free_fen, found.held_fen


def findings(shop: Shop) -> list[str]:
    return shop.database.read(audit.audit)
