"""Members as the staff look for them (会员查询): each list is read from an index, a page at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, bindparam, case, func, or_, select, type_coerce

from mall.kit.db import Tx, fresh
from mall.tables.people import addresses, member_identities, members
from mall.tables.trade import orders

m, i, a, o = members.c, member_identities.c, addresses.c, orders.c

LAST_LETTER = "\U0010ffff"  # sorts behind every name that begins so
MOST_ORDERS = 1_000  # that are counted and summed up

_SHOWN = (m.member_id, m.nickname, m.avatar_url, m.phone, m.level, m.blocked, m.blocked_until, m.blocked_why,
          m.block_id, m.created_at)
_MEMBERS = select(*_SHOWN).where(m.merged_into.is_(None)).limit(bindparam("most"))
_ONE = select(members).where(m.member_id == bindparam("member_id"))
_IDENTITIES = (
    select(i.appid, i.openid, i.created_at).where(i.member_id == bindparam("member_id")).order_by(i.created_at)
    .limit(bindparam("most"))
)
_ADDRESSES = (
    select(addresses).where(a.member_id == bindparam("member_id")).order_by(a.is_default.desc(), a.address_id.desc())
    .limit(bindparam("most"))
)
_latest = (
    select(o.state, o.pay_fen, o.refunded_fen, o.paid_at, o.placed_at)
    .where(o.member_id == bindparam("member_id")).order_by(o.order_no.desc()).limit(MOST_ORDERS).subquery()
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
        return _ask(tx, m.member_id == wanted["member_id"], (), most)
    if wanted["phone"] is not None:
        hashes = tx.key_ring.digests("members.phone_hash", wanted["phone"])
        return _ask(tx, and_(type_coerce(m.phone_hash, String).in_(hashes), m.member_id > (after or "")),
                    (m.member_id,), most)
    last = tx.one(_ONE, member_id=after) if after else None
    if wanted["nickname"] is not None:
        begins = and_(m.nickname >= wanted["nickname"], m.nickname < wanted["nickname"] + LAST_LETTER)
        return _ask(tx, and_(begins, _behind(m.nickname, last)), (m.nickname, m.member_id), most)
    if wanted["blocked"]:
        stands = last if last is not None and last.blocked_until is not None else None
        return _ask(tx, and_(m.blocked_until > now, _behind(m.blocked_until, stands)),
                    (m.blocked_until, m.member_id), most)
    newest = (m.created_at.desc(), m.member_id.desc())
    return _ask(tx, and_(*_joined(wanted), _before(m.created_at, last)), newest, most)


def _ask(tx: Tx, matches: Any, order: tuple, most: int) -> list[Any]:
    return tx.all(fresh(_MEMBERS.where(matches).order_by(*order)), most=most)


def _joined(wanted: dict[str, Any]) -> list[Any]:
    found = {"level": lambda level: m.level == level, "joined_from": lambda at: m.created_at >= at,
             "joined_until": lambda at: m.created_at < at}
    return [found[name](wanted[name]) for name in found if wanted[name] is not None]


def _behind(column: Any, last: Any | None) -> Any:
    """Rows after `last`, in the order of `column`, then of ids."""
    if last is None:
        return m.member_id > ""
    value = getattr(last, column.name)
    return and_(column >= value, or_(column > value, m.member_id > last.member_id))


def _before(column: Any, last: Any | None) -> Any:
    if last is None:
        return m.member_id > ""
    value = getattr(last, column.name)
    return and_(column <= value, or_(column < value, m.member_id < last.member_id))


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
