"""Two accounts turn out to be one person: one of them becomes the other, with all that it has (spec A1).

In one transaction, in the order of all locks: first whatever leads to the two accounts, so that no call of theirs is
under way and none begins; then orders, payments, refunds, what the orders' kinds keep; both members, by their ids;
growth, points, what only members have, coupons; the accounts of the ledger at last. Value moves by movements of the
ledger. What holds of each table stands in `HANDLED`, and a test finds a column that is not there. docs/membership.md;
decision 0013.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.carts import merging as carts
from mall.domains.coupons import merging as coupons
from mall.domains.invoices import merging as invoices
from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.members import growth, levels, merging
from mall.domains.members.levels import LevelReason, MemberLevelChanged, Standing
from mall.domains.messaging import merging as messaging
from mall.domains.orders import merging as orders
from mall.domains.payments import merging as payments
from mall.domains.points import merging as points
from mall.domains.promotions import merging as promotions
from mall.domains.refunds import merging as refunds
from mall.domains.sellers import merging as sellers
from mall.domains.uploads import merging as uploads
from mall.flows import kinds
from mall.kit.db import Tx
from mall.kit.outbox import emit

MOVED, STAYS = "moved", "stays"

HANDLED = {  # every column that holds a member's id: whether its rows change their owner
    "orders.member_id": MOVED,
    "payments.member_id": MOVED,
    "payments.checkout_id": f"{STAYS}: of a top-up the account that it was begun for",
    "payments.active_key": f"{STAYS}: as its checkout",
    "refunds.member_id": MOVED,
    "flash_refunds.member_id": MOVED,
    "refund_requests.member_id": MOVED,
    "invoices.member_id": MOVED,
    "sellers.member_id": MOVED,
    "uploads.owner_id": MOVED,
    "coupons.member_id": MOVED,
    "coupon_claims.member_id": f"{MOVED}, counts added",
    "promotion_takes.member_id": f"{MOVED}, counted together",
    "coupon_codes.member_id": f"{STAYS}: which account typed the code; its coupon is moved",
    "point_wallets.member_id": f"{MOVED}, debts added",
    "point_lots.member_id": f"{MOVED}, each with its own expiry",
    "point_uses.member_id": MOVED,
    "growth_entries.member_id": MOVED,
    "growth_years.member_id": f"{MOVED}, counted anew from the earlier joining",
    "level_changes.member_id": f"{STAYS}: how that account came to its level; a row of the other says what it got",
    "member_blocks.member_id": f"{MOVED}; the longer block stands",
    "addresses.member_id": f"{MOVED}, up to address_limit; the rest stays",
    "cart_items.member_id": f"{MOVED}, up to cart_item_limit; the rest stays",
    "message_consents.member_id": f"{MOVED}, numbers added",
    "messages.member_id": MOVED,
    "member_identities.member_id": MOVED,
    "sessions.subject_id": MOVED,
    "ledger_accounts.account": f"{MOVED} by movements; the empty accounts stay",
    "ledger_entries.account": f"{STAYS}: entries are never touched",
    "ledger_entries.reference": f"{STAYS}: entries are never touched",
    "members.member_id": f"{STAYS}, and says in merged_into whom it became",
    "members.merged_into": MOVED,
    **{column: how for kind in kinds.every() for column, how in kind.owned.items()},
}


def merge(tx: Tx, member_ids: tuple[str, str], unionid: str, settings: Any, *, actor: str, now: datetime) -> str:
    """One of the two becomes the other; the id that stays. Done again, as the whole transaction, when somebody signed
    in as one of them meanwhile."""
    fence = merging.raise_fence(tx, sorted(member_ids))
    member_id = merging.weigh(tx, member_ids)
    ended_id, = set(member_ids) - {member_id}
    order_nos = _move_trade(tx, ended_id, member_id)
    rows = merging.lock_both(tx, sorted(member_ids), fence)
    ended, staying = rows[ended_id], rows[member_id]
    _join_growth(tx, ended, staying, settings, actor=actor, now=now)
    merged = points.merge(tx, ended_id, member_id, order_nos, now)
    invoices.change_owner(tx, ended_id, member_id)
    sellers.change_owner(tx, ended_id, member_id)
    uploads.change_owner(tx, ended_id, member_id)
    messaging.change_owner(tx, ended_id, member_id)
    merging.merge_addresses(tx, ended_id, member_id, settings.address_limit)
    carts.merge(tx, ended_id, member_id, settings.cart_item_limit, now)
    coupons.change_owner(tx, ended_id, member_id)
    promotions.change_owner(tx, ended_id, member_id)
    merging.end(tx, ended, staying, unionid, now)
    _move_value(tx, ended_id, member_id, merged, now)
    return member_id


def _move_trade(tx: Tx, ended_id: str, member_id: str) -> list[str]:
    order_nos, checkout_ids = orders.change_owner(tx, ended_id, member_id)
    top_ups = merging.accounts_of(tx, ended_id)
    payment_nos = payments.change_owner(tx, ended_id, member_id, [*checkout_ids, *top_ups])
    refunds.change_owner(tx, ended_id, member_id, order_nos, payment_nos)
    for kind in kinds.every():
        kind.change_owner(tx, ended_id, member_id, order_nos)
    return order_nos


def _join_growth(tx: Tx, ended: Any, staying: Any, settings: Any, *, actor: str, now: datetime) -> None:
    """The higher of both levels, or the one above that both together have reached."""
    known, joined_at = settings.member_levels, min(ended.created_at, staying.created_at)
    years = merging.merge_growth(tx, sorted((ended.member_id, staying.member_id)), staying.member_id, joined_at)
    best = max((staying, ended), key=lambda row: levels.rank(known, row.level))  # of two alike the one that stays
    standing = Standing(staying.member_id, staying.level, joined_at, staying.level_review_at, years)
    grown = standing.growth(levels.year_of(joined_at, now))
    level = levels.upgrade(known, best.level, grown) or best.level
    if level != staying.level:
        review_at = levels.next_review(known, level, joined_at, now)
        growth.change_level(tx, standing, level, LevelReason.ACCOUNTS_MERGED, grown, review_at=review_at,
                            order_no=None, actor=actor, now=now)
        reason = LevelReason.ACCOUNTS_MERGED.value
        emit(tx, MemberLevelChanged(staying.member_id, staying.level, level, reason, None), now)


def _move_value(tx: Tx, ended_id: str, member_id: str, merged: points.Merged, now: datetime) -> None:
    """The ledger is told: points, their debt, stored value. Its accounts are locked last."""
    if merged.debt:
        ledger.post(tx, accounts.points_debt_merged(ended_id, member_id, merged.debt), now)
    ledger.carry_over(tx, ended_id, member_id, now)
    if merged.paid:
        credit = f"{ended_id}{accounts.MERGED}:{accounts.POINTS}"
        ledger.post(tx, accounts.points_debt_paid(credit, member_id, merged.paid, member_id), now)
