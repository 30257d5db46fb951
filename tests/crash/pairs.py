"""Towns in which two callers want the same order, stock, coupon or seat at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.crash.scenarios import (
    asked_invoice,
    asking,
    at_the_anniversary,
    basics,
    by_hand,
    call,
    closed_refund,
    codes,
    coupon_template,
    day_of_trade,
    due_refund,
    earned,
    express,
    give_back,
    group_buy,
    group_of,
    half_shared,
    issued_invoice,
    merging,
    noted,
    on_its_way,
    own_invoice,
    paid,
    place,
    pointed,
    promotions_on,
    relay,
    sealed_rows,
    shipped,
    start,
    started,
    taken_away,
    templates,
    thumb,
    thumb_of_top_up,
    timer,
    told_of_share,
    topped_up,
    trusting,
    two_accounts,
    two_dear_orders,
    two_lines,
    two_people,
    vip,
)
from tests.crash.town import WEBHOOKS, Play, Town
from mall.tables.settlements import shares
from mall.tables.trade import order_lines, payments, refunds
from tests.support import seed, trade


@dataclass(frozen=True)
class Pair:
    plays: tuple[Play, Play]
    apart: tuple[str, ...] = ()  # columns that tell who came first, and not more
    late: float = 0  # minutes by which the second one's clock is ahead: it came when the time was over


PAIRS: dict[str, Callable[[Town], Pair]] = {}


def pair(prepare: Callable[[Town], Pair]) -> Callable[[Town], Pair]:
    PAIRS[prepare.__name__.strip("_")] = prepare
    return prepare


def notice(town: Town, payment_no: str, what: str = "payment") -> Play:
    """WeChat tells of this number, once."""
    import json

    told = town.books.find("notice", f"{what} {payment_no}")
    return lambda: town.shop.send(WEBHOOKS[what], {"body": json.dumps(told), "headers": {}, "httpMethod": "POST",
                                                   "path": "/", "queryString": {}})


def refund(town: Town, order_no: str, *pieces: tuple[str, int]) -> Play:
    """Of the whole order, or of these lines and quantities."""
    lines = {"lines": [{"line_id": line_id, "quantity": quantity} for line_id, quantity in pieces]} if pieces else {}
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了", **lines)


def wanting(town: Town, member: Any, sku_id: str, **more: Any) -> Play:
    lines = [{"sku_id": sku_id, "quantity": 1}]
    return call(town, member, "orders.place_order", delivery="PICKUP", lines=lines, **more)


@pair
def cancel_x_notice(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, payment_no = thumb(town, member, goods.sku_id)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no), notice(town, payment_no)))


@pair
def cancel_x_notice_with_stored_value(town: Town) -> Pair:
    member, goods = topped_up(town)
    order_no, payment_no = thumb(town, member, goods.sku_id, balance_fen=1_000)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no), notice(town, payment_no)))


@pair
def order_x_order_by_stored_value(town: Town) -> Pair:
    member, goods = topped_up(town, 5_000)
    return Pair(tuple(wanting(town, member, sku_id, balance_fen=4_900) for sku_id in goods.sku_ids))


@pair
def order_x_order_by_points(town: Town) -> Pair:
    member, goods = pointed(town)
    return Pair(tuple(wanting(town, member, sku_id, points=900) for sku_id in goods.sku_ids))


@pair
def order_x_order_for_whom_points_suffice(town: Town) -> Pair:
    member, goods = pointed(town)
    return Pair(tuple(wanting(town, member, sku_id, points=400) for sku_id in goods.sku_ids))


@pair
def cancel_x_notice_with_points(town: Town) -> Pair:
    member, goods = pointed(town)
    order_no, payment_no = thumb(town, member, goods.sku_id, points=700)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no), notice(town, payment_no)))


@pair
def cancel_x_order_by_points(town: Town) -> Pair:
    member, goods = pointed(town)
    order_no = place(town, member, goods.sku_id, points=700)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no),
                 wanting(town, member, goods.sku_ids[1], points=300)))


@pair
def refund_x_order_by_points(town: Town) -> Pair:
    member, goods = pointed(town)
    order_no = earned(town, member, goods.sku_id, points=700)
    return Pair((refund(town, order_no), wanting(town, member, goods.sku_ids[1], points=300)))


@pair
def refund_x_refund_of_points(town: Town) -> Pair:
    member, goods = pointed(town)
    first, second = (earned(town, member, sku_id, points=450) for sku_id in goods.sku_ids)
    return Pair((refund(town, first), refund(town, second)))


@pair
def receipt_x_refund_that_makes_a_debt(town: Town) -> Pair:
    member, goods = basics(town)
    first = earned(town, member, goods.sku_id)
    paid(town, member, goods.sku_id, points=49)
    second = paid(town, member, goods.sku_id, **express(town, member))
    trade.ship(town.shop, second)
    return Pair((call(town, member, "orders.confirm_receipt", order_no=second), refund(town, first)))


@pair
def check_in_x_check_in(town: Town) -> Pair:
    member, _ = basics(town)
    return Pair(tuple(call(town, member, "points.check_in_daily") for _ in range(2)))


@pair
def expiry_of_points_x_order(town: Town) -> Pair:
    member, goods = pointed(town)
    town.move(20 * 24 * 60 - 10)
    return Pair((wanting(town, member, goods.sku_id, points=900), timer(town, "points.expire_points")), late=15)


@pair
def expiry_of_points_x_refund(town: Town) -> Pair:
    member, goods = pointed(town)
    order_no = paid(town, member, goods.sku_id, points=200)
    town.move(20 * 24 * 60 + 10)
    return Pair((refund(town, order_no), timer(town, "points.expire_points")))


@pair
def cancel_x_cancel(town: Town) -> Pair:
    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    order_no, _ = started(town, member, goods.sku_id, coupon_ids=[coupon])
    staff = call(town, town.shop.staff(), "orders.close_order", order_no=order_no, reason="缺货")
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no), staff))


@pair
def expiry_x_notice(town: Town) -> Pair:
    member, goods = basics(town)
    _, payment_no = thumb(town, member, goods.sku_id)
    return Pair((notice(town, payment_no), timer(town, "orders.close_unpaid_orders")), late=31)


@pair
def expiry_x_start_payment(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    asked = call(town, member, "payments.start_payment", order_no=order_no)
    return Pair((asked, timer(town, "orders.close_unpaid_orders")), late=31)


@pair
def cancel_x_start_payment(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no),
                 call(town, member, "payments.start_payment", order_no=order_no)))


@pair
def start_payment_x_start_payment(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    return Pair((call(town, member, "payments.start_payment", order_no=order_no),
                 call(town, member, "payments.start_payment", order_no=order_no, channel="native")))


def repriced(town: Town, order_no: str, goods_fen: int, **more: Any) -> Play:
    return call(town, town.shop.staff(), "pricing.adjust_order_price", order_no=order_no, goods_fen=goods_fen,
                seen_pay_fen=4_900, reason="老客户优惠", **more)


@pair
def price_change_x_pay(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, payment_no = started(town, member, goods.sku_id)

    def pay() -> Any:
        """The buyer's thumb, if WeChat still takes it, and its notice."""
        return notice(town, payment_no)() if town.books.pay(payment_no) else None

    return Pair((repriced(town, order_no, 4_000), pay))


@pair
def price_change_x_notice(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, payment_no = thumb(town, member, goods.sku_id)
    return Pair((repriced(town, order_no, 4_000), notice(town, payment_no)))


@pair
def price_change_x_start_payment(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    return Pair((repriced(town, order_no, 4_000), call(town, member, "payments.start_payment", order_no=order_no)))


@pair
def price_change_x_cancel(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return Pair((repriced(town, order_no, 4_000), call(town, member, "orders.cancel_order", order_no=order_no)))


@pair
def price_change_to_nothing_x_expiry(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return Pair((repriced(town, order_no, 0), timer(town, "orders.close_unpaid_orders")), late=31)


@pair
def price_change_x_price_change(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return Pair((repriced(town, order_no, 4_000), repriced(town, order_no, 3_000)))


@pair
def notice_x_query(town: Town) -> Pair:
    member, goods = basics(town)
    _, payment_no = thumb(town, member, goods.sku_id)
    return Pair((notice(town, payment_no), timer(town, "payments.query_stuck_payments")), late=5)


@pair
def notice_x_notice_of_two_payments(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    first, second = start(town, member, order_no, "native"), start(town, member, order_no)
    closed = town.books.find("payment", first)
    town.books.keep("payment", first, {**closed, "state": "NOTPAY"})  # seen: money after a close
    assert town.books.pay(first) and town.books.pay(second)
    return Pair((notice(town, first), notice(town, second)))


@pair
def refund_x_refund(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    return Pair((refund(town, order_no), refund(town, order_no)))


@pair
def refund_x_refund_of_the_same_piece(town: Town) -> Pair:
    order_no, (first, _) = two_lines(town)
    refund(town, order_no, (first, 1))()
    return Pair((refund(town, order_no, (first, 1)), refund(town, order_no, (first, 1))))


@pair
def refund_x_refund_of_two_lines(town: Town) -> Pair:
    order_no, (first, second) = two_lines(town)
    return Pair((refund(town, order_no, (first, 2)), refund(town, order_no, (second, 1))))


@pair
def refund_x_refund_at_the_limit_of_a_day(town: Town) -> Pair:
    owner = two_people(town, refund_approval_limit_fen=5_000, refund_day_limit_fen=5_000)
    member, goods = basics(town)
    return Pair(tuple(call(town, owner, "refunds.start_refund", order_no=paid(town, member, sku_id), reason="不要了")
                      for sku_id in goods.sku_ids[:2]))


@pair
def refund_of_a_piece_x_refund_of_all(town: Town) -> Pair:
    order_no, (first, _) = two_lines(town)
    return Pair((refund(town, order_no, (first, 1)), refund(town, order_no)))


def amount(town: Town, order_no: str, amount_fen: int, kind: str = "COMPENSATION") -> Play:
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="补偿",
                by_amount={"kind": kind, "amount_fen": amount_fen})


@pair
def amount_x_amount(town: Town) -> Pair:
    order_no, _ = two_lines(town)
    return Pair((amount(town, order_no, 30_000), amount(town, order_no, 20_000, "PRICE_DIFFERENCE")))


@pair
def amount_x_refund_of_a_piece(town: Town) -> Pair:
    order_no, (first, _) = two_lines(town)
    return Pair((amount(town, order_no, 1_001), refund(town, order_no, (first, 1))))


@pair
def amount_x_refund_of_all(town: Town) -> Pair:
    order_no, _ = two_lines(town)
    return Pair((amount(town, order_no, 1_001), refund(town, order_no)))


@pair
def amount_x_check_off(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    code = trade.order(town.shop, order_no).pickup_code
    return Pair((amount(town, order_no, 1_001), call(town, town.shop.staff(), "fulfilment.check_off_pickup",
                                                     code=code)))


@pair
def amount_x_ship(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    return Pair((amount(town, order_no, 1_001), parcel(town, order_no, "78900000000001")))


@pair
def accept_x_withdraw(town: Town) -> Pair:
    member, _, request_id = asking(town)
    return Pair((call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=True),
                 call(town, member, "refunds.withdraw_request", request_id=request_id)))


@pair
def accept_x_refund(town: Town) -> Pair:
    _, order_no, request_id = asking(town)
    return Pair((call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=True),
                 refund(town, order_no)))


@pair
def accept_x_refuse(town: Town) -> Pair:
    _, _, request_id = asking(town)
    return Pair(tuple(call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=accept,
                           answer="不") for accept in (True, False)))


@pair
def ask_x_refund(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    return Pair((call(town, member, "refunds.ask_refund", order_no=order_no, reason="OTHER"), refund(town, order_no)))


@pair
def correct_invoice_x_record(town: Town) -> Pair:
    member, invoice_id = own_invoice(town)
    fen = member.call("invoices.list_my_invoices")["items"][0]["amount_fen"]
    return Pair((call(town, member, "invoices.correct_request", invoice_id=invoice_id, version=1, title_kind="PERSONAL",
                      title="李四"),
                 call(town, town.shop.staff(), "invoices.record_invoice", invoice_id=invoice_id,
                      number="26440000000000000001", issued_on="2025-11-21", amount_fen=fen)))


@pair
def cancel_invoice_x_refuse(town: Town) -> Pair:
    member, invoice_id = own_invoice(town)
    return Pair((call(town, member, "invoices.cancel_request", invoice_id=invoice_id),
                 call(town, town.shop.staff(), "invoices.refuse_request", invoice_id=invoice_id, reason="抬头不对")))


@pair
def ship_x_refund(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    return Pair((parcel(town, order_no, "78900000000001"), refund(town, order_no)))


def parcel(town: Town, order_no: str, tracking_no: str) -> Play:
    return call(town, town.shop.staff(), "fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": tracking_no}])


@pair
def ship_x_ship(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    return Pair((parcel(town, order_no, "78900000000001"), parcel(town, order_no, "78900000000002")))


@pair
def check_off_x_refund(town: Town) -> Pair:
    from mall.tables.trade import orders

    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    seed.address(town.shop, member)  # the keys are there, as after a deployment: the stored answer is sealed
    code = town.shop.rows(orders, order_no=order_no)[0].pickup_code
    return Pair((call(town, town.shop.staff(), "fulfilment.check_off_pickup", code=code), refund(town, order_no)))


@pair
def check_off_x_flash_refund(town: Town) -> Pair:
    from mall.tables.trade import orders

    member, goods = basics(town)
    trusting(town)
    order_no = paid(town, member, goods.sku_id)
    seed.address(town.shop, member)
    code = town.shop.rows(orders, order_no=order_no)[0].pickup_code
    return Pair((call(town, town.shop.staff(), "fulfilment.check_off_pickup", code=code),
                 call(town, member, "refunds.request_flash_refund", order_no=order_no)))


@pair
def confirm_x_finish(town: Town) -> Pair:
    member, order_no = shipped(town)
    return Pair((call(town, member, "orders.confirm_receipt", order_no=order_no),
                 timer(town, "orders.finish_delivered_orders")), late=11 * 24 * 60)


@pair
def confirm_x_refund(town: Town) -> Pair:
    member, order_no = shipped(town)
    return Pair((call(town, member, "orders.confirm_receipt", order_no=order_no), refund(town, order_no)))


@pair
def confirm_x_confirm_of_the_orders_that_make_a_vip(town: Town) -> Pair:
    member, order_nos = two_dear_orders(town)
    return Pair(tuple(call(town, member, "orders.confirm_receipt", order_no=order_no) for order_no in order_nos))


@pair
def confirm_x_refund_of_a_piece_received_before(town: Town) -> Pair:
    member, (first, second) = two_dear_orders(town)
    member.call("orders.confirm_receipt", order_no=first)
    line_id = town.shop.rows(order_lines, order_no=first)[0].line_id
    return Pair((call(town, member, "orders.confirm_receipt", order_no=second), refund(town, first, (line_id, 1))))


@pair
def confirm_x_yearly_review(town: Town) -> Pair:
    member, order_nos = vip(town)
    third = on_its_way(town, member, basics(town, price_fen=600_000)[1].sku_id)
    at_the_anniversary(town, *order_nos)
    return Pair((call(town, member, "orders.confirm_receipt", order_no=third),
                 timer(town, "members.review_levels_yearly")))


@pair
def yearly_review_x_yearly_review(town: Town) -> Pair:
    _, order_nos = vip(town)
    at_the_anniversary(town, *order_nos)
    return Pair((timer(town, "members.review_levels_yearly"), timer(town, "members.review_levels_yearly")))


@pair
def send_refund_x_send_refund(town: Town) -> Pair:
    due_refund(town)
    return Pair((timer(town, "refunds.send_due_refunds"), timer(town, "refunds.send_due_refunds")))


@pair
def refund_notice_x_query(town: Town) -> Pair:
    refund_no = due_refund(town)
    town.tick("refunds.send_due_refunds")
    town.books.finish_refunds()
    return Pair((notice(town, refund_no, "refund"), timer(town, "refunds.query_stuck_refunds")), late=5)


@pair
def send_refund_x_refund_notice(town: Town) -> Pair:
    refund_no = due_refund(town)
    done_at_wechat(town, refund_no)  # who sent it died before the answer
    return Pair((timer(town, "refunds.send_due_refunds"), notice(town, refund_no, "refund")))


def done_at_wechat(town: Town, refund_no: str) -> None:
    row = town.shop.rows(refunds, refund_no=refund_no)[0]
    door = town.shop.house.world.door("wechat_pay")
    door.refund(refund_no=refund_no, payment_no=row.payment_no, refund_fen=row.amount_fen)
    town.books.finish_refunds()


@pair
def retry_x_refund_notice(town: Town) -> Pair:
    refund_no = due_refund(town)
    taken_away(town, refund_no)
    town.tick("refunds.send_due_refunds")  # refused: it is FAILED here
    payment_no = town.shop.rows(refunds, refund_no=refund_no)[0].payment_no
    town.books.keep("payment", payment_no, {**town.books.find("payment", payment_no), "refunded_fen": 0})
    done_at_wechat(town, refund_no)  # and went through all the same
    retrying = call(town, town.shop.staff(), "refunds.retry_refund", refund_no=refund_no)
    return Pair((retrying, notice(town, refund_no, "refund")))


@pair
def by_hand_x_by_hand(town: Town) -> Pair:
    refund_no = closed_refund(town)
    return Pair((by_hand(town, refund_no), by_hand(town, refund_no)))


@pair
def by_hand_x_retry(town: Town) -> Pair:
    refund_no = closed_refund(town)
    retrying = call(town, town.shop.staff(), "refunds.retry_refund", refund_no=refund_no)
    return Pair((by_hand(town, refund_no), retrying))


@pair
def retry_share_x_retry_share(town: Town) -> Pair:
    _, retrying = half_shared(town)
    return Pair((retrying, half_shared_again(town)))


def half_shared_again(town: Town) -> Play:
    return call(town, town.shop.staff(), "settlements.retry_share", share_no=town.shop.rows(shares)[0].share_no)


@pair
def retry_share_x_refund(town: Town) -> Pair:
    order_no, retrying = half_shared(town)
    return Pair((retrying, refund(town, order_no)))


@pair
def retry_share_x_unfreeze(town: Town) -> Pair:
    _, retrying = half_shared(town)
    boss = town.shop.staff()
    case, = boss.call("ops.list_cases", state="OPEN")["items"]
    boss.call("ops.resolve_case", case_id=case["case_id"], note="已线下结清")
    return Pair((retrying, timer(town, "settlements.unfreeze_remainders")))


@pair
def share_notice_x_poll(town: Town) -> Pair:
    share_no = told_of_share(town)
    return Pair((notice(town, share_no), timer(town, "settlements.poll_sharing_results")))


@pair
def match_bills_x_late_notice(town: Town) -> Pair:
    day_of_trade(town)
    town.tick("reconciliation.pull_bills")
    late = next(each["payment_no"] for each in town.books.every("payment")
                if town.shop.rows(payments, payment_no=each["payment_no"])[0].state != "PAID")
    return Pair((timer(town, "reconciliation.match_bills"), notice(town, late)))


@pair
def pull_day_x_pull_day(town: Town) -> Pair:
    day = day_of_trade(town).isoformat()
    return Pair((call(town, town.shop.staff(), "reconciliation.pull_day", day=day),
                 call(town, town.shop.staff(), "reconciliation.pull_day", day=day)))


@pair
def match_bills_x_match_bills(town: Town) -> Pair:
    day_of_trade(town)
    town.tick("reconciliation.pull_bills")
    return Pair((timer(town, "reconciliation.match_bills"), timer(town, "reconciliation.match_bills")))


@pair
def request_invoice_x_refund(town: Town) -> Pair:
    member, order_no = shipped(town)
    asking = call(town, member, "invoices.request_invoice", order_no=order_no, title_kind="PERSONAL", title="张三")
    return Pair((asking, refund(town, order_no)))


@pair
def record_invoice_x_redden(town: Town) -> Pair:
    order_no, asked = asked_invoice(town)
    give_back(town, order_no)
    recording = call(town, town.shop.staff(), "invoices.record_invoice", invoice_id=asked["invoice_id"],
                     number="26440000000000000001", issued_on="2025-11-21", amount_fen=asked["amount_fen"])
    return Pair((recording, relay(town)))


@pair
def red_letter_x_red_letter(town: Town) -> Pair:
    order_no, asked = issued_invoice(town)
    give_back(town, order_no)
    town.tick("ops.relay_outbox")
    return Pair(tuple(call(town, town.shop.staff(), "invoices.record_red_letter", invoice_id=asked["invoice_id"],
                           number="R1", issued_on="2025-11-22", amount_fen=asked["amount_fen"]) for _ in range(2)))


@pair
def chain_audit_log_x_save(town: Town) -> Pair:
    noted(town)
    _, goods = basics(town)
    saving = call(town, town.shop.staff(), "stock.adjust_stock", sku_id=goods.sku_id, delta=1, reason="盘点",
                  reference="count-9")
    return Pair((saving, timer(town, "staff.chain_audit_log")), late=2)


@pair
def chain_audit_log_x_chain_audit_log(town: Town) -> Pair:
    noted(town)
    return Pair((timer(town, "staff.chain_audit_log"), timer(town, "staff.chain_audit_log")))


@pair
def rotate_x_rotate(town: Town) -> Pair:
    sealed_rows(town)
    return Pair((timer(town, "privacy.rotate_data_key"), timer(town, "privacy.rotate_data_key")))


@pair
def seal_anew_x_save_address(town: Town) -> Pair:
    sealed_rows(town)
    town.tick("privacy.rotate_data_key")
    town.move(121)
    member = town.shop.member()
    address_id = seed.address(town.shop, member)
    saving = call(town, member, "members.save_address", address_id=address_id, version=1, name="李四",
                  phone="13900000000", province="广东省", city="深圳市", district="南山区",
                  detail="科技园 2 号", is_default=True)
    return Pair((timer(town, "privacy.rotate_data_key"), saving))


@pair
def join_x_expiry(town: Town) -> Pair:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    town.move(118)
    joining = wanting(town, member, goods.sku_id, group_buy_id=activity, group_id=group_of(town, first))
    return Pair((joining, timer(town, "group_buys.fail_expired_groups")), late=5)


@pair
def last_seat_paid_x_expiry(town: Town) -> Pair:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    town.move(118)
    _, payment_no = thumb(town, member, goods.sku_id, group_buy_id=activity, group_id=group_of(town, first))
    return Pair((notice(town, payment_no), timer(town, "group_buys.fail_expired_groups")), late=5)


@pair
def join_x_join_the_last_seat(town: Town) -> Pair:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    joined = {"group_buy_id": activity, "group_id": group_of(town, first)}
    return Pair((wanting(town, member, goods.sku_id, **joined),
                 wanting(town, town.shop.member("小刚"), goods.sku_id, **joined)))


@pair
def cancel_seat_x_expiry(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id, group_buy_id=group_buy(town, goods))
    town.move(20)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no),
                 timer(town, "group_buys.fail_expired_groups")), late=101,
                apart=("seats_taken",))  # of a failed group: how many were taken at that moment


@pair
def seat_refund_x_last_seat_paid(town: Town) -> Pair:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    _, payment_no = thumb(town, member, goods.sku_id, group_buy_id=activity, group_id=group_of(town, first))
    return Pair((refund(town, first), notice(town, payment_no)))


@pair
def claim_x_claim_the_last_coupon(town: Town) -> Pair:
    template_id = coupon_template(town, quota=1)
    return Pair(tuple(call(town, town.shop.member(name), "coupons.claim_coupon", template_id=template_id)
                      for name in ("小红", "小明")))


@pair
def redeem_x_redeem_one_code(town: Town) -> Pair:
    template_id = coupon_template(town, channel="CODE")
    code = town.shop.staff().call("coupons.make_code_batch", template_id=template_id, count=1)["codes"][0]
    return Pair(tuple(call(town, town.shop.member(name), "coupons.redeem_code", code=code)
                      for name in ("小红", "小明")))


@pair
def place_x_place_the_last_piece(town: Town) -> Pair:
    member, goods = basics(town, stock=1)
    return Pair((wanting(town, member, goods.sku_id), wanting(town, town.shop.member("小明"), goods.sku_id)))


@pair
def place_x_place_with_one_coupon(town: Town) -> Pair:
    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    return Pair((wanting(town, member, goods.sku_ids[0], coupon_ids=[coupon]),
                 call(town, member, "orders.place_order", delivery="PICKUP", coupon_ids=[coupon],
                      lines=[{"sku_id": goods.sku_ids[0], "quantity": 1}])))


@pair
def place_x_place_in_opposite_order(town: Town) -> Pair:
    member, goods = basics(town)
    there = [{"sku_id": sku_id, "quantity": 1} for sku_id in goods.sku_ids]
    return Pair((call(town, member, "orders.place_order", delivery="PICKUP", lines=there),
                 call(town, town.shop.member("小明"), "orders.place_order", delivery="PICKUP", lines=there[::-1])))


@pair
def cancel_x_place_the_last_piece(town: Town) -> Pair:
    member, goods = basics(town, stock=1)
    order_no, _ = started(town, member, goods.sku_id)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no),
                 wanting(town, town.shop.member("小明"), goods.sku_id)))


@pair
def adjust_x_place(town: Town) -> Pair:
    member, goods = basics(town, stock=3)
    counted = call(town, town.shop.staff(), "stock.adjust_stock", sku_id=goods.sku_id, delta=-3, reason="盘点",
                   reference="count-1")
    return Pair((counted, wanting(town, member, goods.sku_id)))


@pair
def transfer_x_place(town: Town) -> Pair:
    member, goods = basics(town, stock=3)
    moved = call(town, town.shop.staff(), "stock.transfer_stock", sku_id=goods.sku_id, quantity=3, reason="补北仓",
                 from_warehouse_id="whs_00000000000000000000000001", to_warehouse_id="whs_NORTH", reference="move-1")
    return Pair((moved, wanting(town, member, goods.sku_id)))


@pair
def two_notices_want_the_last_code(town: Town) -> Pair:
    member, goods = basics(town, skus=1, is_virtual=True)
    codes(town, goods.sku_id, 1)
    (_, first), (_, second) = (thumb(town, member, goods.sku_id, delivery="VIRTUAL") for _ in range(2))
    return Pair((notice(town, first), notice(town, second)))


@pair
def sender_x_sender(town: Town) -> Pair:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    town.tick("ops.relay_outbox")
    return Pair((timer(town, "messaging.send_due_messages"), timer(town, "messaging.send_due_messages")))


@pair
def relay_x_relay(town: Town) -> Pair:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    return Pair((timer(town, "ops.relay_outbox"), timer(town, "ops.relay_outbox")))


@pair
def end_promotion_x_place(town: Town) -> Pair:
    member, goods = basics(town)
    promotion_id = seed.promotion(town.shop, steps=((4_000, 300),))
    ended = call(town, town.shop.staff(), "promotions.end_promotion", promotion_id=promotion_id)
    return Pair((ended, wanting(town, member, goods.sku_id)))


@pair
def two_orders_of_one_member_for_the_one_piece_of_a_hook(town: Town) -> Pair:
    member, goods = basics(town)
    promotions_on(town, *goods.sku_ids)
    return Pair((wanting(town, member, goods.sku_ids[0]), wanting(town, member, goods.sku_ids[0])))


@pair
def two_members_for_the_last_gift(town: Town) -> Pair:
    member, goods = basics(town, stock=2)
    other = seed.product(town.shop, price_fen=9_900, stock=20)
    promotions_on(town, *goods.sku_ids)
    return Pair((wanting(town, member, other.sku_id), wanting(town, town.shop.member("小明"), other.sku_id)))


# two accounts become one, beside what either of them does


@pair
def merge_x_order_of_the_ended_account(town: Town) -> Pair:
    mini, _, goods = two_accounts(town)
    return Pair((merging(town, mini), wanting(town, mini, goods.sku_ids[1], balance_fen=2_000, points=200)))


@pair
def merge_x_order_of_the_staying_account(town: Town) -> Pair:
    mini, web, goods = two_accounts(town)
    return Pair((merging(town, mini), wanting(town, web, goods.sku_ids[1], balance_fen=2_000, points=200)))


@pair
def merge_x_top_up_notice(town: Town) -> Pair:
    mini, _, _ = two_accounts(town)
    payment_no = thumb_of_top_up(town, mini, 2_000)
    return Pair((merging(town, mini), notice(town, payment_no)))


@pair
def merge_x_refund(town: Town) -> Pair:
    mini, _, goods = two_accounts(town)
    order_no = paid(town, mini, goods.sku_id, balance_fen=1_500, points=50)
    return Pair((merging(town, mini), refund(town, order_no)))


@pair
def merge_x_check_in(town: Town) -> Pair:
    mini, _, _ = two_accounts(town)
    return Pair((merging(town, mini), call(town, mini, "points.check_in_daily")))


@pair
def merge_x_merge(town: Town) -> Pair:
    mini, _, _ = two_accounts(town)
    return Pair((merging(town, mini), merging(town, mini)))
