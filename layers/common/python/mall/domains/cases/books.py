"""What must hold between stock, orders and payments, piece by piece (`kit/invariants.py`). Spec E9, B3, E6.

The subjects that other domains' rules are about too stand here: orders, payments, refunds.
"""

from __future__ import annotations


from sqlalchemy import and_, bindparam, case, exists, func, or_, select, union_all

from mall.kit.db import Tx, among
from mall.kit.ids import id_at
from mall.kit.invariants import Feed, Rule, Subject, following
from mall.tables.goods import skus, stock_entries, stock_items
from mall.tables.people import refund_days
from mall.tables.trade import (
    instalments, order_events, order_lines, orders, payment_lines, payments, refund_lines, refunds, shipment_lines,
    shipments,
)

i, e, o, p, r = stock_items.c, stock_entries.c, orders.c, payments.c, refunds.c
line, part, oev, day, held = order_lines.c, payment_lines.c, order_events.c, refund_days.c, shipment_lines.c
inst = instalments.c
PAID_STATES, TO_PAY = ("GROUPING", "TO_SHIP", "SHIPPED", "RECEIVED"), ("UNPAID", "PART_PAID")


# stock

_ledger = (
    select(e.sku_id, e.warehouse_id, func.sum(e.available_change).label("available"),
           func.sum(e.held_change).label("held"))
    .where(e.sku_id.in_(among("keys")))
    .group_by(e.sku_id, e.warehouse_id)
    .subquery()
)
_of_ledger = and_(_ledger.c.sku_id == i.sku_id, _ledger.c.warehouse_id == i.warehouse_id)
_entered, _entered_held = _ledger.c.available, _ledger.c.held
_STOCK_LEDGER = (  # one pass over the SKU's entries: the dearest of all rules, and so the only one that reads them
    select(_ledger.c.sku_id, _ledger.c.warehouse_id, i.available, i.held, _entered.label("entries_available"),
           _entered_held.label("entries_held"))
    .join_from(_ledger, stock_items, _of_ledger, isouter=True)
    .where(or_(func.coalesce(i.available, 0) != _entered, func.coalesce(i.held, 0) != _entered_held,
               i.available < 0, i.held < 0))
)
_STOCK_UNENTERED = (
    select(i.sku_id, i.warehouse_id, i.available, i.held)
    .where(i.sku_id.in_(among("keys")), or_(i.available != 0, i.held != 0),
           ~exists(select(e.entry_id).where(e.sku_id == i.sku_id, e.warehouse_id == i.warehouse_id)))
)
_promised = (
    select(line.sku_id, line.warehouse_id, func.sum(line.quantity).label("quantity"))
    .join_from(order_lines, orders, line.order_no == o.order_no)
    .where(o.state.in_(TO_PAY), line.sku_id.in_(among("keys")))
    .group_by(line.sku_id, line.warehouse_id)
    .subquery()
)
_STOCK_HELD = (
    select(i.sku_id, i.warehouse_id, i.held, func.coalesce(_promised.c.quantity, 0).label("promised"))
    .join_from(stock_items, _promised,
               and_(_promised.c.sku_id == i.sku_id, _promised.c.warehouse_id == i.warehouse_id), isouter=True)
    .where(i.sku_id.in_(among("keys")), i.held != func.coalesce(_promised.c.quantity, 0))
)

# each order and its stock: held while it is to be paid, nothing after closing unpaid, sold once paid

_ordered = (
    select(line.order_no, func.sum(line.quantity).label("quantity"), func.sum(line.pay_fen).label("pay_fen"))
    .where(line.order_no.in_(among("keys")))
    .group_by(line.order_no)
    .subquery()
)
_moved = (
    select(e.reference, func.sum(e.available_change).label("available"), func.sum(e.held_change).label("held"))
    .where(e.reference.in_(among("keys")), e.kind.in_(("HOLD", "RELEASE", "COMMIT")))
    .group_by(e.reference)
    .subquery()
)
_never_paid = and_(o.state == "CLOSED", o.paid_at.is_(None))
_quantity = func.coalesce(_ordered.c.quantity, 0)
_ORDER_STOCK = (
    select(o.order_no, o.state, _quantity.label("quantity"), func.coalesce(_moved.c.available, 0).label("available"),
           func.coalesce(_moved.c.held, 0).label("held"))
    .join_from(orders, _ordered, _ordered.c.order_no == o.order_no, isouter=True)
    .join(_moved, _moved.c.reference == o.order_no, isouter=True)
    .where(o.order_no.in_(among("keys")), or_(
        func.coalesce(_moved.c.held, 0) != case((o.state.in_(TO_PAY), _quantity), else_=0),
        func.coalesce(_moved.c.available, 0) != case((_never_paid, 0), else_=-_quantity)))
)

# orders and money

_ORDER_SUM = (
    select(o.order_no, o.pay_fen, o.freight_fen, func.coalesce(_ordered.c.pay_fen, 0).label("lines_fen"))
    .join_from(orders, _ordered, _ordered.c.order_no == o.order_no, isouter=True)
    .where(o.order_no.in_(among("keys")),
           or_(o.pay_fen != func.coalesce(_ordered.c.pay_fen, 0) + o.freight_fen,
               o.pay_fen != o.goods_fen - o.discount_fen + o.freight_fen))
)
_order_refunds = (
    select(r.order_no, func.sum(r.amount_fen + r.balance_fen).label("fen"),
           func.sum(r.balance_fen).label("balance_fen"))
    .where(r.order_no.in_(among("keys")))
    .group_by(r.order_no)
    .subquery()
)
_ORDER_REFUNDED = (
    select(o.order_no, o.state, o.pay_fen, o.refunded_fen, o.balance_fen, o.balance_refunded_fen,
           func.coalesce(_order_refunds.c.fen, 0).label("refunds_fen"))
    .join_from(orders, _order_refunds, _order_refunds.c.order_no == o.order_no, isouter=True)
    .where(o.order_no.in_(among("keys")), or_(
        o.refunded_fen != func.coalesce(_order_refunds.c.fen, 0), o.refunded_fen > o.pay_fen,
        o.balance_refunded_fen != func.coalesce(_order_refunds.c.balance_fen, 0),
        o.balance_refunded_fen > o.balance_fen,
        o.refunded_fen - o.balance_refunded_fen > o.pay_fen - o.balance_fen,
        and_(o.state == "CLOSED", o.paid_at.is_not(None), o.refunded_fen < o.pay_fen - o.freight_fen)))
)
_kept_line_fen = line.pay_fen - (  # what was paid for the pieces that are kept, as `money.share_of_pieces` has it
    2 * line.pay_fen * line.refunded_quantity + line.quantity) // (2 * line.quantity)
_PIECES_REFUNDED = (
    select(o.order_no, o.state, line.line_id, line.quantity, line.refunded_quantity, line.allowance_fen)
    .join_from(order_lines, orders, line.order_no == o.order_no)
    .where(o.order_no.in_(among("keys")), or_(
        line.refunded_quantity < 0, line.refunded_quantity > line.quantity,
        line.allowance_fen < 0, line.allowance_fen > _kept_line_fen,
        and_(o.paid_at.is_(None), line.refunded_quantity != 0),
        and_(o.state == "CLOSED", o.paid_at.is_not(None), line.refunded_quantity != line.quantity)))
)
_of_lines = (
    select(refund_lines.c.refund_no, func.sum(refund_lines.c.amount_fen).label("fen"),
           func.max(refund_lines.c.quantity).label("pieces"))
    .where(refund_lines.c.refund_no.in_(among("keys"))).group_by(refund_lines.c.refund_no)
    .subquery()
)
_for_lines = (  # the freight of pieces is their lines', of an amount it is no line's
    r.amount_fen + r.balance_fen - case((func.coalesce(_of_lines.c.pieces, 0) == 0, r.freight_fen), else_=0))
_REFUND_LINES = (
    select(r.refund_no, r.order_no, _for_lines.label("fen"),
           func.coalesce(_of_lines.c.fen, 0).label("lines_fen"))
    .join_from(refunds, _of_lines, _of_lines.c.refund_no == r.refund_no, isouter=True)
    .where(r.refund_no.in_(among("keys")), r.order_no.is_not(None),
           r.cause != "BROKEN_OFF",  # of what no line was sold
           _for_lines != func.coalesce(_of_lines.c.fen, 0))
)
_by_wechat = o.pay_fen - o.balance_fen
_ORDER_PAID = (
    select(o.order_no, o.state, _by_wechat.label("pay_fen"), o.payment_no, p.state.label("payment_state"),
           part.amount_fen.label("part_fen"))
    .join_from(orders, payments, p.payment_no == o.payment_no, isouter=True)
    .join(payment_lines, and_(part.payment_no == o.payment_no, part.order_no == o.order_no), isouter=True)
    .where(o.order_no.in_(among("keys")), or_(
        and_(o.paid_at.is_not(None), _by_wechat > 0, o.instalments == 0,  # of parts `instalments.audit` says it
             or_(p.payment_no.is_(None), p.state != "PAID", part.amount_fen.is_(None), part.amount_fen != _by_wechat)),
        and_(o.paid_at.is_(None), o.payment_no.is_not(None))))
)
_ORDER_WAY = (
    select(o.order_no, o.state)
    .where(o.order_no.in_(among("keys")), or_(
        and_(o.state.in_(PAID_STATES), o.paid_at.is_(None)), and_(o.state.in_(TO_PAY), o.paid_at.is_not(None)),
        and_(o.paid_at.is_(None),
             or_(o.shipped_at.is_not(None), o.received_at.is_not(None),
                 exists(select(shipments.c.shipment_id).where(shipments.c.order_no == o.order_no))))))
)

# what went out: each piece in one parcel that was not withdrawn, and none that was refunded before

_held = (
    select(held.line_id, func.sum(held.quantity).label("pieces"))
    .join_from(shipment_lines, shipments, held.shipment_id == shipments.c.shipment_id)
    .where(held.order_no.in_(among("keys")), shipments.c.withdrawn_at.is_(None))
    .group_by(held.line_id)
    .subquery()
)
_in_parcels = func.coalesce(_held.c.pieces, 0)
_has_lines = exists(select(held.line_id).where(held.order_no == o.order_no))  # orders of before have none
_PIECES_SHIPPED = (
    select(o.order_no, o.state, line.line_id, line.quantity, line.shipped_quantity, line.cancelled_quantity,
           line.refunded_quantity, _in_parcels.label("pieces"))
    .join_from(orders, order_lines, line.order_no == o.order_no)
    .join(_held, _held.c.line_id == line.line_id, isouter=True)
    .where(o.order_no.in_(among("keys")), or_(
        line.shipped_quantity != _in_parcels, line.cancelled_quantity < 0,
        line.shipped_quantity + line.cancelled_quantity > line.quantity,
        line.cancelled_quantity > line.refunded_quantity,
        and_(_has_lines, or_(
            line.refunded_quantity - line.cancelled_quantity > line.shipped_quantity,
            and_(o.state.in_(("SHIPPED", "RECEIVED")),
                 line.shipped_quantity + line.cancelled_quantity != line.quantity)))))
)
_to_ship = (
    select(line.order_no, func.sum(line.quantity - line.shipped_quantity - line.cancelled_quantity).label("pieces"))
    .where(line.order_no.in_(among("keys")))
    .group_by(line.order_no)
    .subquery()
)
_NOTHING_TO_SHIP = (
    select(o.order_no)
    .join_from(orders, _to_ship, _to_ship.c.order_no == o.order_no)
    .where(o.order_no.in_(among("keys")), o.state == "TO_SHIP", _to_ship.c.pieces <= 0)
)

# payments: what came in is spent on orders or on its way back, to the fen

_payments_orders = (  # by the payments' own lines: what an order says of its payment has no index
    select(part.order_no).where(part.payment_no.in_(among("keys"))))
_part_fen = inst.amount_fen - case((inst.number == o.instalments, o.balance_fen), else_=0)
_spent = union_all(
    select(o.payment_no, _by_wechat.label("fen")).where(o.order_no.in_(_payments_orders), o.instalments == 0),
    select(inst.payment_no, _part_fen).join_from(instalments, orders, o.order_no == inst.order_no).where(
        inst.payment_no.in_(among("keys"))),
).subquery()
_settled = select(_spent.c.payment_no, func.sum(_spent.c.fen).label("fen")).group_by(_spent.c.payment_no).subquery()
_given_back = (
    select(r.payment_no, func.sum(r.amount_fen).label("fen"),
           func.sum(case((r.order_no.is_(None), r.amount_fen), else_=0)).label("unspent_fen"))
    .where(r.payment_no.in_(among("keys")))
    .group_by(r.payment_no)
    .subquery()
)
_PAYMENT = (
    select(p.payment_no, p.state, p.amount_fen, p.refunded_fen, func.coalesce(_settled.c.fen, 0).label("settled_fen"),
           func.coalesce(_given_back.c.fen, 0).label("refunds_fen"),
           func.coalesce(_given_back.c.unspent_fen, 0).label("unspent_fen"))
    .join_from(payments, _settled, _settled.c.payment_no == p.payment_no, isouter=True)
    .join(_given_back, _given_back.c.payment_no == p.payment_no, isouter=True)
    .where(p.payment_no.in_(among("keys")), or_(
        p.refunded_fen != func.coalesce(_given_back.c.fen, 0), p.refunded_fen > p.amount_fen,
        and_(p.purpose == "ORDER",  # the ledger's own audit looks at top-ups
             case((p.state == "PAID", p.amount_fen), else_=0)
             != func.coalesce(_settled.c.fen, 0) + func.coalesce(_given_back.c.unspent_fen, 0))))
)

SUBJECTS = (
    Subject("stock", following(i.sku_id, skus.c.sku_id), "sku_", at_once=10),
    Subject("orders", following(o.order_no), "ord_"),
    Subject("payments", following(p.payment_no), "pay_", {
        "orders": select(part.payment_no.label("key")).where(part.order_no.in_(among("keys"))).distinct()}),
    Subject("refunds", following(r.refund_no), "rfd_", {
        "orders": select(r.refund_no.label("key")).where(r.order_no.in_(among("keys"))),
        "payments": select(r.refund_no.label("key")).where(r.payment_no.in_(among("keys")))}),
)
FEEDS = (
    Feed("order_events", select(oev.event_id, oev.created_at, oev.order_no.label("orders"))
         .where(oev.event_id > bindparam("after_event_id")).order_by(oev.event_id).limit(bindparam("most")),
         ("event_id",), lambda moment: (id_at("oev", moment),)),
    Feed("stock_entries", select(e.entry_id, e.created_at, e.sku_id.label("stock"), e.reference.label("ids"))
         .where(e.entry_id > bindparam("after_entry_id")).order_by(e.entry_id).limit(bindparam("most")),
         ("entry_id",), lambda moment: (id_at("ste", moment),)),
)
RULES = (
    Rule("stock-entries", "stock", ("sku_id", "warehouse_id"),
         "stock of {sku_id} in {warehouse_id} is {available} and {held} held, its entries say {entries_available} and"
         " {entries_held}", _STOCK_LEDGER),
    Rule("stock-unentered", "stock", ("sku_id", "warehouse_id"),
         "stock of {sku_id} in {warehouse_id} is {available} and {held} held, and has no entry", _STOCK_UNENTERED),
    Rule("stock-held", "stock", ("sku_id", "warehouse_id"),
         "stock of {sku_id} in {warehouse_id} has {held} held, unpaid orders want {promised}", _STOCK_HELD),
    Rule("order-stock", "orders", ("order_no",),
         "order {order_no} is {state} with {quantity} pieces, its stock entries move {available} and {held} held",
         _ORDER_STOCK),
    Rule("order-sum", "orders", ("order_no",),
         "order {order_no} asks for {pay_fen} fen, its lines for {lines_fen} and freight {freight_fen}", _ORDER_SUM),
    Rule("order-refunded", "orders", ("order_no",),
         "order {order_no} is {state} with {refunded_fen} of {pay_fen} fen refunded, {balance_refunded_fen} of"
         " {balance_fen} into stored value, its refunds are {refunds_fen}", _ORDER_REFUNDED),
    Rule("order-pieces", "orders", ("order_no", "line_id"),
         "order {order_no} is {state} with {refunded_quantity} of {quantity} pieces of line {line_id} refunded, and"
         " {allowance_fen} fen for those that are kept",
         _PIECES_REFUNDED),
    Rule("order-parcels", "orders", ("order_no", "line_id"),
         "order {order_no} is {state} with {shipped_quantity} of {quantity} pieces of line {line_id} shipped, {pieces}"
         " in its parcels, and {cancelled_quantity} of {refunded_quantity} refunded before they went out",
         _PIECES_SHIPPED),
    Rule("order-owed", "orders", ("order_no",), "order {order_no} is to be shipped, and no piece of it is owed",
         _NOTHING_TO_SHIP),
    Rule("refund-lines", "refunds", ("refund_no",),
         "refund {refund_no} of order {order_no} has {fen} fen for its lines, they have {lines_fen}", _REFUND_LINES),
    Rule("order-paid", "orders", ("order_no",),
         "order {order_no} is {state} over {pay_fen} fen with payment {payment_no}, which is {payment_state} and gives"
         " it {part_fen}", _ORDER_PAID),
    Rule("order-way", "orders", ("order_no",),
         "order {order_no} is {state}, which does not fit when it was paid and shipped", _ORDER_WAY),
    Rule("payment-spent", "payments", ("payment_no",),
         "payment {payment_no} is {state} over {amount_fen} fen: {settled_fen} paid for orders, {unspent_fen} given"
         " back unspent, {refunded_fen} counted as refunded, refunds are {refunds_fen}", _PAYMENT),
)

_PAID = select(p.payment_no, p.transaction_id, p.amount_fen).where(p.state == "PAID").order_by(p.payment_no)
_REFUNDS = (
    select(r.refund_no, r.wechat_refund_no, r.payment_no, r.amount_fen, r.state, r.settled_how, r.settled_number)
    .where(r.amount_fen > 0)
    .order_by(r.refund_no)
)


def payments_and_refunds(tx: Tx) -> tuple[list, list]:
    """Every paid payment and every refund by WeChat, to be laid beside somebody else's books."""
    paid, back = tx.fetch((_PAID, {}), (_REFUNDS, {}))
    return paid, back
