"""Members as the staff look for them (会员查询): each list is read from an index, a page at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, bindparam, case, func, or_, select, type_coerce

from mall.kit.db import Tx, fresh
from mall.tables.people import addresses, member_identities, members
from mall.tables.trade import orders

LAST_LETTER = "\U0010ffff"  # sorts behind every name that begins so
MOST_ORDERS = 1_000  # that are counted and summed up

_SHOWN = (members.c.member_id, members.c.nickname, members.c.avatar_url, members.c.phone, members.c.level,
          members.c.blocked, members.c.blocked_until, members.c.blocked_why, members.c.block_id, members.c.created_at)
_MEMBERS = select(*_SHOWN).where(members.c.merged_into.is_(None)).limit(bindparam("most"))
_ONE = select(members).where(members.c.member_id == bindparam("member_id"))
_IDENTITIES = (
    select(member_identities.c.appid, member_identities.c.openid, member_identities.c.created_at)
    .where(member_identities.c.member_id == bindparam("member_id"))
    .order_by(member_identities.c.created_at)
    .limit(bindparam("most"))
)
_ADDRESSES = (
    select(addresses)
    .where(addresses.c.member_id == bindparam("member_id"))
    .order_by(addresses.c.is_default.desc(), addresses.c.address_id.desc())
    .limit(bindparam("most"))
)
_latest = (
    select(orders.c.state, orders.c.pay_fen, orders.c.refunded_fen, orders.c.paid_at, orders.c.placed_at)
    .where(orders.c.member_id == bindparam("member_id"))
    .order_by(orders.c.order_no.desc())
    .limit(MOST_ORDERS)
    .subquery()
)
_of_paid = [func.coalesce(func.sum(case((_latest.c.paid_at.is_not(None), fen), else_=0)), 0)
            for fen in (_latest.c.pay_fen, _latest.c.refunded_fen)]
_BOUGHT = select(
    func.count().label("placed"), func.count(_latest.c.paid_at).label("paid"),
    _of_paid[0].label("paid_fen"), _of_paid[1].label("refunded_fen"),
    func.max(_latest.c.placed_at).label("last_at"),
).select_from(_latest)


def page(tx: Tx, wanted: dict[str, Any], after: str | None, most: int, now: datetime) -> list[Any]:
    """Members that match: by `member_id`, `phone` or the beginning of the `nickname`; the `blocked`, the first to be
    free first; or all, or those of a `level`, who joined in a time, the newest first. `after`: the last one shown."""
    if wanted["member_id"] is not None:
        return _ask(tx, members.c.member_id == wanted["member_id"], (), most)
    if wanted["phone"] is not None:
        hashes = tx.key_ring.digests("members.phone_hash", wanted["phone"])
        return _ask(tx,
                    and_(type_coerce(members.c.phone_hash, String).in_(hashes), members.c.member_id > (after or "")),
                    (members.c.member_id,), most)
    last = tx.one(_ONE, member_id=after) if after else None
    if wanted["nickname"] is not None:
        begins = and_(members.c.nickname >= wanted["nickname"], members.c.nickname < wanted["nickname"] + LAST_LETTER)
        return _ask(tx, and_(begins, _behind(members.c.nickname, last)), (members.c.nickname, members.c.member_id),
                    most)
    if wanted["blocked"]:
        stands = last if last is not None and last.blocked_until is not None else None
        return _ask(tx, and_(members.c.blocked_until > now, _behind(members.c.blocked_until, stands)),
                    (members.c.blocked_until, members.c.member_id), most)
    newest = (members.c.created_at.desc(), members.c.member_id.desc())
    return _ask(tx, and_(*_joined(wanted), _before(members.c.created_at, last)), newest, most)


def _ask(tx: Tx, matches: Any, order: tuple, most: int) -> list[Any]:
    return tx.all(fresh(_MEMBERS.where(matches).order_by(*order)), most=most)


def _joined(wanted: dict[str, Any]) -> list[Any]:
    found = {"level": lambda level: members.c.level == level, "joined_from": lambda at: members.c.created_at >= at,
             "joined_until": lambda at: members.c.created_at < at}
    return [found[name](wanted[name]) for name in found if wanted[name] is not None]


def _behind(column: Any, last: Any | None) -> Any:
    """Rows after `last`, in the order of `column`, then of ids."""
    if last is None:
        return members.c.member_id > ""
    value = getattr(last, column.name)
    return and_(column >= value, or_(column > value, members.c.member_id > last.member_id))


def _before(column: Any, last: Any | None) -> Any:
    if last is None:
        return members.c.member_id > ""
    value = getattr(last, column.name)
    return and_(column <= value, or_(column < value, members.c.member_id < last.member_id))


def ask_one(member_id: str) -> tuple[Any, dict[str, Any]]:
    return _ONE, {"member_id": member_id}


def ask_identities(member_id: str, most: int) -> tuple[Any, dict[str, Any]]:
    """The accounts at WeChat that lead to the member."""
    return _IDENTITIES, {"member_id": member_id, "most": most}


def ask_addresses(member_id: str, most: int) -> tuple[Any, dict[str, Any]]:
    return _ADDRESSES, {"member_id": member_id, "most": most}


def ask_bought(member_id: str) -> tuple[Any, dict[str, Any]]:
    """Of the last thousand orders: placed, paid, paid_fen, refunded_fen, last_at."""
    return _BOUGHT, {"member_id": member_id}
