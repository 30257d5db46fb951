"""A group buy (拼团): cheaper for so many people together; who has paid waits until the group is full (spec F1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from mall.domains.group_buys import rules, store
from mall.domains.group_buys.rules import GroupBuyNotRunning, GroupCause, GroupOver
from mall.domains.orders.rules import OrderLapsed
from mall.flows.kinds.kind import After, Asked, Kind, Messages, Paid, Question, Terms
from mall.kit.db import Tx
from mall.kit.errors import MallError


class Seat(NamedTuple):
    """What an order is about to take: in `group`, or in one that it opens."""

    activity: Any
    group: Any | None


class Group(Kind):
    name, words, waiting = "GROUP", "拼团", "待成团"
    steps = {
        "pay_and_wait": "付款成功，等待成团", "go_on": "拼团成功", "go_on_and_deliver": "拼团成功，已自动发货",
        "pay_into_group": "付款成功，等待成团", "complete_group": "拼团成功",  # as they were written before
        "complete_group_and_deliver": "拼团成功，已自动发货",
    }
    reasons = {GroupCause.FAILED.value: "拼团未成功"}
    offers = "group_buys"
    owned = {"groups.leader_id": "moved", "group_seats.member_id": "moved",
             "group_seats.active_key": "moved; of two seats in one group one has it"}

    # its price

    def ask(self, asked: Asked) -> Sequence[Question]:
        return store.ask_activity(asked.activity_id), store.ask_group(asked.joins_id or "")

    def terms(self, asked: Asked, rows: Sequence[list[Any]], quantities: Mapping[str, int], settings: Any,
              now: datetime) -> Terms:
        """Raises GroupBuyNotRunning."""
        activities, groups = rows
        activity, group = activities[0] if activities else None, groups[0] if groups else None
        _check_running(asked, activity, quantities, now)
        if asked.joins_id is not None and not (group and group.group_buy_id == asked.activity_id):
            raise GroupBuyNotRunning("该团不存在或不属于此活动，请返回商品页查看", field=asked.called[1])
        [sku_id] = quantities
        price_fen = activity.prices[sku_id]
        if asked.joins_id is None:
            price_fen = activity.leader_prices.get(sku_id, price_fen)
        return Terms(unit_fen={sku_id: price_fen}, splits=False, found=Seat(activity, group))

    # placed

    def columns(self, terms: Terms, new_id: Callable[[str], str], now: datetime) -> dict[str, Any]:
        """Raises GroupOver, GroupFull."""
        if terms.found.group is None:
            return {"group_id": new_id("grp")}
        rules.check_joinable(terms.found.group, now)
        return {"group_id": terms.found.group.group_id}

    def hold(self, tx: Tx, order: Mapping[str, Any], terms: Terms, now: datetime) -> None:
        """A seat. Raises AlreadyInGroup, GroupFull, GroupBuyNotRunning."""
        seat = {"group_id": order["group_id"], "order_no": order["order_no"], "member_id": order["member_id"]}
        if terms.found.group is None:
            store.open_group(tx, activity=terms.found.activity, now=now, **seat)
        else:
            store.take_seat(tx, now=now, **seat)

    # paid

    def ask_payable(self, order: Any) -> Sequence[Question]:
        return (store.ask_group(order.group_id),)

    def payable_until(self, order: Any, rows: Sequence[list[Any]]) -> datetime:
        """A group that is over takes no money."""
        return min([order.expires_at, *(group.expires_at for group in rows[0])])

    def lapsed(self) -> MallError:
        return OrderLapsed("该团已到期，不能再支付，请参加其他团或自己开团")

    def paid(self, tx: Tx, order: Any, now: datetime) -> Paid:
        seat = store.pay_seat(tx, order.order_no, now)
        if seat != "succeeded":
            return Paid(After.WAIT if seat == "waiting" else After.OVER)
        others = [each for each in store.paid_order_nos(tx, order.group_id) if each != order.order_no]
        return Paid(After.GO_ON, also=sorted(others))

    def over(self) -> MallError:
        return GroupOver()

    # ended

    def closed(self, tx: Tx, order: Any, now: datetime) -> None:
        store.release_seat(tx, order.order_no, now)

    def given_back(self, tx: Tx, order: Any, decided: Any, now: datetime) -> None:
        if decided.closes:
            store.refund_seat(tx, order.order_no, now)

    # what people see

    def not_to_ship(self) -> str:
        return "订单正在等待成团，成团后才能发货"

    def says(self, tx: Tx, order: Any, now: datetime) -> str:
        found = tx.fetch(store.ask_group(order.group_id))[0]
        return rules.headline(found[0], now) if found else ""

    def messages(self) -> Messages:
        from mall.flows.kinds import group_messages  # for those who tell, and not for every order

        return group_messages.MESSAGES

    def ask_offers(self, spu_id: str, now: datetime) -> Question:
        return store.ask_offers(spu_id, now)

    # beside its orders

    def check_single_price(self, tx: Tx, spu_id: str, price_fen: Mapping[str, int], now: datetime) -> None:
        """Groups that are open after their activity ended, and an activity that is saved at the same moment, are kept
        by the price itself: a group never pays more than one alone. Raises NotAboveGroupPrice."""
        from mall.domains.group_buys import activities

        for activity in activities.running_of(tx, spu_id, now):
            rules.check_above(activity, price_fen)

    def check_purchase_rules(self, tx: Tx, spu_id: str, fits: Callable[[str, int], bool], now: datetime) -> None:
        """Raises NothingForAGroup."""
        from mall.domains.group_buys import activities

        for activity in activities.running_of(tx, spu_id, now):
            rules.check_quantities(activity, fits)

    def change_owner(self, tx: Tx, ended_id: str, member_id: str, order_nos: Sequence[str]) -> None:
        from mall.domains.group_buys import merging

        merging.change_owner(tx, ended_id, member_id, list(order_nos))

    def audits(self) -> Sequence[Any]:
        from mall.domains.group_buys import audit

        return (audit,)

    def about(self, order: Any) -> str | None:
        return order.group_id

    def trace(self, tx: Tx, order: Any) -> Sequence[tuple[str, datetime, str, dict[str, Any]]]:
        return [("seat", row.changed_at, row.group_id, {"state": row.state, "is_leader": bool(row.is_leader)})
                for row in store.seats_of_order(tx, order.order_no)]


def _check_running(asked: Asked, activity: Any | None, quantities: Mapping[str, int], now: datetime) -> None:
    """It runs for this very SKU. Its last moment stops new groups; one that is open may be joined until its own.
    Raises GroupBuyNotRunning."""
    runs = (activity and activity.state == "ACTIVE" and activity.starts_at <= now
            and (now < activity.ends_at or asked.joins_id is not None))
    if not runs:
        raise GroupBuyNotRunning(rules.why_not_running(activity, now), field=asked.called[0])
    if len(quantities) != 1 or not set(quantities) <= set(activity.prices):
        raise GroupBuyNotRunning("拼团订单只能包含一种参加该活动的商品", field="lines")
    if sum(quantities.values()) > activity.per_member:
        raise GroupBuyNotRunning(f"每单最多购买 {activity.per_member} 件", field="lines", most=activity.per_member)


KIND = Group()
