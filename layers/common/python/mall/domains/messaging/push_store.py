"""What WeChat's message push told us, and who follows the service account, in the database (spec I1, I6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from mall.domains.messaging.pushes import AlreadyHeard, Note
from mall.kit.db import Instant, Tx, among
from mall.kit.ids import new_id
from mall.tables.reach import followers, push_notes
from mall.tables.people import member_identities, members
from mall.tables.trade import orders, payments

BATCH = 500
KEPT = timedelta(days=180)  # what people wrote to the shop, too

_PERSON = (
    select(func.coalesce(members.c.merged_into, member_identities.c.member_id).label("member_id"), members.c.unionid)
    .join_from(member_identities, members, members.c.member_id == member_identities.c.member_id)
    .where(member_identities.c.appid == bindparam("appid"), member_identities.c.openid == bindparam("openid"))
)
_NEWER = (followers.c.appid == bindparam("of_appid"), followers.c.openid == bindparam("of_openid"),
          followers.c.told_at <= bindparam("at"))
_FOLLOWS = (
    update(followers)
    .where(*_NEWER)
    .values(following=True, followed_at=bindparam("at", type_=Instant()), told_at=bindparam("at", type_=Instant()),
            scene=bindparam("from_scene"), unionid=func.coalesce(followers.c.unionid, bindparam("learned")),
            ask_unionid_at=bindparam("ask_at", type_=Instant()))
)
_LEAVES = update(followers).where(*_NEWER).values(following=False, told_at=bindparam("at", type_=Instant()))
_ORDERS = (
    select(orders.c.order_no, orders.c.seller_id)
    .join_from(payments, orders, orders.c.checkout_id == payments.c.checkout_id)
    .where(payments.c.payment_no == bindparam("payment_no"), orders.c.payment_no == bindparam("payment_no"),
           orders.c.state == bindparam("state"))
    .order_by(orders.c.order_no)
)
_OLD = (
    select(push_notes.c.push_id)
    .where(push_notes.c.created_at < bindparam("before"))
    .order_by(push_notes.c.created_at)
    .limit(BATCH)
)
_FORGET = delete(push_notes).where(push_notes.c.push_id.in_(among("push_ids")))


def keep(tx: Tx, appid: str, note: Note, now: datetime) -> None:
    """Write it down. The transaction ends in AlreadyHeard when it was heard before, or is at this moment."""
    tx.insert(push_notes, push_id=new_id("psh"), once_key=note.once_key, appid=appid, kind=note.kind,
              openid=note.openid[:64], subject=note.subject, document=note.document, happened_at=note.happened_at,
              created_at=now, duplicate=AlreadyHeard())


def person(tx: Tx, appid: str, openid: str) -> Any | None:
    """The member behind an openid, as who he is by now, with his unionid."""
    return tx.one(_PERSON, appid=appid, openid=openid)


def follow(tx: Tx, appid: str, openid: str, unionid: str | None, *, scene: str, at: datetime) -> None:
    """Somebody follows, for the first time or anew; whose unionid the event does not lead to, WeChat is asked about
    (messaging.learn_followers). What is older than what we know changes nothing."""
    ask_at = None if unionid else at
    tx.insert_if_absent(followers, appid=appid, openid=openid, unionid=unionid, following=True, first_followed_at=at,
                        followed_at=at, told_at=at, scene=scene, ask_unionid_at=ask_at)
    tx.write(_FOLLOWS, of_appid=appid, of_openid=openid, at=at, from_scene=scene, learned=unionid, ask_at=ask_at)


def leave(tx: Tx, appid: str, openid: str, at: datetime) -> None:
    """Somebody follows no longer."""
    tx.insert_if_absent(followers, appid=appid, openid=openid, unionid=None, following=False, first_followed_at=at,
                        followed_at=at, told_at=at, scene="", ask_unionid_at=None)
    tx.write(_LEAVES, of_appid=appid, of_openid=openid, at=at)


def orders_in(tx: Tx, payment_no: str, state: str) -> list[Any]:
    """The orders that a payment settled and that are in the state."""
    return tx.all(_ORDERS, payment_no=payment_no, state=state)


def forget_before(tx: Tx, before: datetime) -> int:
    """Drop one batch of old notes; returns how many."""
    old = [row.push_id for row in tx.all(_OLD, before=before)]
    return tx.change(_FORGET, push_ids=old) if old else 0
