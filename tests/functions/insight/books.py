"""Movements of the ledger at chosen moments, and their sums told by hand: what the charts have to equal."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.kit.ledger import Account, ledger_entries, open_account
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of

from tests.support.shop import Caller, Shop

OTHER = "sel_other"


def book(shop: Shop, movement: accounts.Movement, at: datetime) -> None:
    def post(tx: Tx) -> None:
        for each in movement.postings:
            if each.account.split("/")[0] in accounts.GUARDED:
                open_account(tx, Account(each.account, guarded=True))
        ledger.post(tx, movement, at)

    shop.database.run(post)


def some_days(shop: Shop, days: int, seed: int) -> None:
    """Until now, of two sellers; each day has a few movements of every kind that a chart sums up, and others."""
    dice, now = Random(seed), shop.now
    for number in range(days):
        for _ in range(dice.randint(0, 3)):
            at = now - timedelta(days=number, minutes=dice.randint(0, 1_000))
            for movement in _an_order(dice, dice.choice((DEFAULT_SELLER, OTHER))):
                book(shop, movement, at + timedelta(seconds=dice.randint(0, 600)))


def _an_order(dice: Random, seller_id: str) -> list[accounts.Movement]:
    number, member_id, fen = new_id("ord"), new_id("mem"), dice.randint(1, 99_999)
    order = SimpleNamespace(order_no=number, seller_id=seller_id, member_id=member_id,
                            received_at=dice.choice((None, "then")), state="TO_SHIP")
    made = [
        accounts.payment_received(new_id("pay"), [(number, seller_id, fen), (new_id("ord"), OTHER, 7)]),
        accounts.coupons_used(number, seller_id, dice.randint(1, 500)),
        accounts.order_ended(number, seller_id, fen),
        accounts.refund_decided(new_id("rfd"), fen // 3, 1, order),
        accounts.share_decided(new_id("shr"), new_id("shr"), fen // 2, number, seller_id),
        accounts.share_returned(new_id("srt"), fen // 5 + 1, number, seller_id),
        accounts.points_earned(number, seller_id, member_id, dice.randint(50, 900)),
        accounts.points_taken_back(order, dice.randint(1, 20), dice.randint(0, 3), "1"),
        accounts.points_expired(new_id("lot"), seller_id, member_id, dice.randint(1, 20), 0),
        accounts.fee_charged(new_id("pay"), 0, [(seller_id, 6)]),
        accounts.payment_unspent(new_id("pay"), 100),
    ]
    return [made[0], *(each for each in made[1:6] if dice.random() < 0.6), *made[6:]]


def sums(shop: Shop, seller_id: str) -> Counter[tuple[str, date]]:
    """Each figure of each day, added up entry by entry."""
    found: Counter[tuple[str, date]] = Counter()
    rows = shop.rows(ledger_entries)
    with_coupons = {row.about for row in rows if row.reason == "COUPONS_USED"}
    owner = "" if seller_id == DEFAULT_SELLER else "nobody's"
    for row in rows:
        day, reason, kind = day_of(row.created_at), row.reason, row.account.split("/")[0]
        if row.account in (f"order_funds/{seller_id}", f"receivable/{seller_id}"):
            if reason in ("PAYMENT_RECEIVED", "BALANCE_SPENT"):
                found["takings_fen", day] -= row.amount
                found["coupon_takings_fen", day] -= row.amount if row.about in with_coupons else 0
            if reason == "REFUND_DECIDED":
                found["refunds_fen", day] += row.amount
                found["refunds", day] += 1
        if row.account == f"coupon_cost/{seller_id}":
            found["cost_fen", day] += row.amount
            found["coupon_orders", day] += reason == "COUPONS_USED"
        if row.account == f"shared/{seller_id}":
            found["returned_fen" if reason == "SHARE_RETURNED" else "shared_fen", day] += (
                -row.amount if reason == "SHARE_RETURNED" else row.amount)
        if kind == "points" and not owner:
            found["points", day] -= row.amount
    return found


def chart(caller: Caller, action: str, from_day: date, until_day: date) -> list[dict[str, Any]]:
    return caller.call(f"insight.{action}", from_day=from_day.isoformat(), until_day=until_day.isoformat())["days"]
