"""What WeChat pushes to the mall: written down once, and what follows from it in the same transaction (spec I1, G3).

Consents as WeChat itself counts them, who follows the service account, the warning that an order was not shipped in
time; what else comes is kept for those who need it later (customer service, content checks), and answered alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.messaging import push_store, pushes, store
from mall.domains.messaging.pushes import AlreadyHeard, Note
from mall.domains.orders.rules import OrderState
from mall.flows.reach import send_messages
from mall.kit import clock
from mall.kit.db import Tx

SUCCESS = "success"


def receive(ctx: Any) -> str:
    """What WeChat wants to hear. Raises PushRejected, PushUnreadable, PushIncomplete."""
    push, incoming = ctx.world.wechat_push, ctx.incoming
    if incoming.method == "GET":
        return push.verify(incoming.query, clock.wall())
    pushed = push.open(incoming.query, incoming.body, clock.wall())
    appid = pushed.appid or _appid_of(ctx)
    note = pushes.note_of(appid, pushed.message)
    ctx.figures[f"push.{note.kind if note.kind in pushes.KNOWN else 'other'}"] = 1
    try:
        ctx.transact(_hear, appid, note, ctx.settings, ctx.now)
    except AlreadyHeard:
        ctx.figures["again"] = 1
    return SUCCESS


def _appid_of(ctx: Any) -> str:
    """Of a plain push, which names none: the service account where its address in the console says so."""
    of_service = ctx.incoming.query.get("account") == "service"
    return ctx.world.deployment.require("wechat_web_appid" if of_service else "wechat_appid")


def _hear(tx: Tx, appid: str, note: Note, settings: Any, now: datetime) -> None:
    push_store.keep(tx, appid, note, now)
    effect = _EFFECTS.get(note.kind)
    if effect is not None:
        effect(tx, appid, note, settings, now)


def _followed(tx: Tx, appid: str, note: Note, settings: Any, now: datetime) -> None:
    person = push_store.person(tx, appid, note.openid)
    push_store.follow(tx, appid, note.openid, person.unionid if person else None, scene=pushes.scene_of(note.document),
                      at=note.happened_at)


def _left(tx: Tx, appid: str, note: Note, settings: Any, now: datetime) -> None:
    push_store.leave(tx, appid, note.openid, note.happened_at)


def _answered(tx: Tx, appid: str, note: Note, settings: Any, now: datetime) -> None:
    """One more of what was allowed, where the push is what counts; none any more of what was switched off."""
    person = push_store.person(tx, appid, note.openid)
    if person is None:
        return
    known = {mapped.template_id: name for name, mapped in send_messages.set_up(tx, settings.templates).items()}
    if note.kind == pushes.POPUP and settings.consents_by_push:
        for template_id in pushes.allowed(note.document):
            if template_id in known:
                store.record_consent(tx, person.member_id, known[template_id], now)
    elif note.kind == pushes.CHANGE:
        for template_id in pushes.forbidden(note.document):
            if template_id in known:
                store.forget_consents(tx, person.member_id, known[template_id], now)


def _not_shipped(tx: Tx, appid: str, note: Note, settings: Any, now: datetime) -> None:
    """WeChat warns 48 hours after the payment: the money of an order that stays unshipped is held back."""
    for order in push_store.orders_in(tx, note.subject or "", OrderState.TO_SHIP.value):
        cases.open_case(tx, kind=CaseKind.SHIPPING_OVERDUE, reference=order.order_no, seller_id=order.seller_id,
                        sentence=f"微信提醒：订单 {order.order_no} 付款已超过 48 小时仍未发货",
                        next_step="尽快发货并录入运单号（fulfilment.ship_orders），否则货款不会结算",
                        data={"order_no": order.order_no, "payment_no": note.subject}, now=now)


_EFFECTS: dict[str, Callable[..., None]] = {
    pushes.FOLLOW: _followed, pushes.UNFOLLOW: _left, pushes.POPUP: _answered, pushes.CHANGE: _answered,
    pushes.REMIND_SHIPPING: _not_shipped,
}
