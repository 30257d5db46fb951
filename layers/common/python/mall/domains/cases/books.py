"""What must hold between stock, orders and payments, piece by piece (`kit/invariants.py`). Spec E9, B3, E6.

The subjects that other domains' rules are about too stand here: orders, payments, refunds.
"""

from __future__ import annotations


from sqlalchemy import and_, bindparam, case, exists, func, or_, select, union_all

from mall.kit.db import Tx, among
from mall.kit.ids import id_at
from mall.kit.invariants import Feed, Rule, Subject, following
from mall.tables.goods import skus, stock_entries, stock_items
from mall.tables.trade import (
    instalments, order_events, order_lines, orders, payment_lines, payments, refund_lines, refunds, shipment_lines,
    shipments,
)

PAID_STATES, TO_PAY = ("GROUPING", "TO_SHIP", "SHIPPED", "RECEIVED"), ("UNPAID", "PART_PAID")


# stock

_ledger = (
    select(stock_entries.c.sku_id, stock_entries.c.warehouse_id,
           func.sum(stock_entries.c.available_change).label("available"),
           func.sum(stock_entries.c.held_change).label("held"))
    .where(stock_entries.c.sku_id.in_(among("keys")))
    .group_by(stock_entries.c.sku_id, stock_entries.c.warehouse_id)
    .subquery()
)
_of_ledger = and_(_ledger.c.sku_id == stock_items.c.sku_id, _ledger.c.warehouse_id == stock_items.c.warehouse_id)
_entered, _entered_held = _ledger.c.available, _ledger.c.held
_STOCK_LEDGER = (  # one pass over the SKU's entries: the dearest of all rules, and so the only one that reads them
    select(_ledger.c.sku_id, _ledger.c.warehouse_id, stock_items.c.available, stock_items.c.held,
           _entered.label("entries_available"), _entered_held.label("entries_held"))
    .join_from(_ledger, stock_items, _of_ledger, isouter=True)
    .where(or_(func.coalesce(stock_items.c.available, 0) != _entered,
               func.coalesce(stock_items.c.held, 0) != _entered_held, stock_items.c.available < 0,
               stock_items.c.held < 0))
)
_STOCK_UNENTERED = (
    select(stock_items.c.sku_id, stock_items.c.warehouse_id, stock_items.c.available, stock_items.c.held)
    .where(stock_items.c.sku_id.in_(among("keys")), or_(stock_items.c.available != 0, stock_items.c.held != 0),
           ~exists(select(stock_entries.c.entry_id).where(stock_entries.c.sku_id == stock_items.c.sku_id,
                                                          stock_entries.c.warehouse_id == stock_items.c.warehouse_id)))
)
_promised = (
    select(order_lines.c.sku_id, order_lines.c.warehouse_id, func.sum(order_lines.c.quantity).label("quantity"))
    .join_from(order_lines, orders, order_lines.c.order_no == orders.c.order_no)
    .where(orders.c.state.in_(TO_PAY), order_lines.c.sku_id.in_(among("keys")))
    .group_by(order_lines.c.sku_id, order_lines.c.warehouse_id)
    .subquery()
)
_STOCK_HELD = (
    select(stock_items.c.sku_id, stock_items.c.warehouse_id, stock_items.c.held,
           func.coalesce(_promised.c.quantity, 0).label("promised"))
    .join_from(stock_items, _promised,
               and_(_promised.c.sku_id == stock_items.c.sku_id, _promised.c.warehouse_id == stock_items.c.warehouse_id),
               isouter=True)
    .where(stock_items.c.sku_id.in_(among("keys")), stock_items.c.held != func.coalesce(_promised.c.quantity, 0))
)

# each order and its stock: held while it is to be paid, nothing after closing unpaid, sold once paid

_ordered = (
    select(order_lines.c.order_no, func.sum(order_lines.c.quantity).label("quantity"),
           func.sum(order_lines.c.pay_fen).label("pay_fen"))
    .where(order_lines.c.order_no.in_(among("keys")))
    .group_by(order_lines.c.order_no)
    .subquery()
)
_moved = (
    select(stock_entries.c.reference, func.sum(stock_entries.c.available_change).label("available"),
           func.sum(stock_entries.c.held_change).label("held"))
    .where(stock_entries.c.reference.in_(among("keys")), stock_entries.c.kind.in_(("HOLD", "RELEASE", "COMMIT")))
    .group_by(stock_entries.c.reference)
    .subquery()
)
_never_paid = and_(orders.c.state == "CLOSED", orders.c.paid_at.is_(None))
_quantity = func.coalesce(_ordered.c.quantity, 0)
_ORDER_STOCK = (
    select(orders.c.order_no, orders.c.state, _quantity.label("quantity"),
           func.coalesce(_moved.c.available, 0).label("available"), func.coalesce(_moved.c.held, 0).label("held"))
    .join_from(orders, _ordered, _ordered.c.order_no == orders.c.order_no, isouter=True)
    .join(_moved, _moved.c.reference == orders.c.order_no, isouter=True)
    .where(orders.c.order_no.in_(among("keys")), or_(
        func.coalesce(_moved.c.held, 0) != case((orders.c.state.in_(TO_PAY), _quantity), else_=0),
        func.coalesce(_moved.c.available, 0) != case((_never_paid, 0), else_=-_quantity)))
)

# orders and money

_ORDER_SUM = (
    select(orders.c.order_no, orders.c.pay_fen, orders.c.freight_fen,
           func.coalesce(_ordered.c.pay_fen, 0).label("lines_fen"))
    .join_from(orders, _ordered, _ordered.c.order_no == orders.c.order_no, isouter=True)
    .where(orders.c.order_no.in_(among("keys")),
           or_(orders.c.pay_fen != func.coalesce(_ordered.c.pay_fen, 0) + orders.c.freight_fen,
               orders.c.pay_fen != orders.c.goods_fen - orders.c.discount_fen + orders.c.freight_fen))
)
_order_refunds = (
    select(refunds.c.order_no, func.sum(refunds.c.amount_fen + refunds.c.balance_fen).label("fen"),
           func.sum(refunds.c.balance_fen).label("balance_fen"))
    .where(refunds.c.order_no.in_(among("keys")))
    .group_by(refunds.c.order_no)
    .subquery()
)
_ORDER_REFUNDED = (
    select(orders.c.order_no, orders.c.state, orders.c.pay_fen, orders.c.refunded_fen, orders.c.balance_fen,
           orders.c.balance_refunded_fen, func.coalesce(_order_refunds.c.fen, 0).label("refunds_fen"))
    .join_from(orders, _order_refunds, _order_refunds.c.order_no == orders.c.order_no, isouter=True)
    .where(orders.c.order_no.in_(among("keys")),
           or_(orders.c.refunded_fen != func.coalesce(_order_refunds.c.fen, 0),
               orders.c.refunded_fen > orders.c.pay_fen,
               orders.c.balance_refunded_fen != func.coalesce(_order_refunds.c.balance_fen, 0),
               orders.c.balance_refunded_fen > orders.c.balance_fen,
               orders.c.refunded_fen - orders.c.balance_refunded_fen > orders.c.pay_fen - orders.c.balance_fen,
               and_(orders.c.state == "CLOSED", orders.c.paid_at.is_not(None),
                    orders.c.refunded_fen < orders.c.pay_fen - orders.c.freight_fen)))
)
# what was paid for the pieces that are kept, as `money.share_of_pieces` has it
_kept_line_fen = order_lines.c.pay_fen - (2 * order_lines.c.pay_fen * order_lines.c.refunded_quantity
                                          + order_lines.c.quantity) // (2 * order_lines.c.quantity)
_PIECES_REFUNDED = (
    select(orders.c.order_no, orders.c.state, order_lines.c.line_id, order_lines.c.quantity,
           order_lines.c.refunded_quantity, order_lines.c.allowance_fen)
    .join_from(order_lines, orders, order_lines.c.order_no == orders.c.order_no)
    .where(orders.c.order_no.in_(among("keys")),
           or_(order_lines.c.refunded_quantity < 0, order_lines.c.refunded_quantity > order_lines.c.quantity,
               order_lines.c.allowance_fen < 0, order_lines.c.allowance_fen > _kept_line_fen,
               and_(orders.c.paid_at.is_(None), order_lines.c.refunded_quantity != 0),
               and_(orders.c.state == "CLOSED", orders.c.paid_at.is_not(None),
                    order_lines.c.refunded_quantity != order_lines.c.quantity)))
)
_of_lines = (
    select(refund_lines.c.refund_no, func.sum(refund_lines.c.amount_fen).label("fen"),
           func.max(refund_lines.c.quantity).label("pieces"))
    .where(refund_lines.c.refund_no.in_(among("keys"))).group_by(refund_lines.c.refund_no)
    .subquery()
)
# the freight of pieces is their lines', of an amount it is no line's
_for_lines = (refunds.c.amount_fen + refunds.c.balance_fen - case(
                  (func.coalesce(_of_lines.c.pieces, 0) == 0, refunds.c.freight_fen), else_=0))
_REFUND_LINES = (
    select(refunds.c.refund_no, refunds.c.order_no, _for_lines.label("fen"),
           func.coalesce(_of_lines.c.fen, 0).label("lines_fen"))
    .join_from(refunds, _of_lines, _of_lines.c.refund_no == refunds.c.refund_no, isouter=True)
    .where(refunds.c.refund_no.in_(among("keys")), refunds.c.order_no.is_not(None),
           refunds.c.cause.not_in(("BROKEN_OFF", "KEPT_BACK")),  # of what no line was sold
           _for_lines != func.coalesce(_of_lines.c.fen, 0))
)
_by_wechat = orders.c.pay_fen - orders.c.balance_fen
_ORDER_PAID = (
    select(orders.c.order_no, orders.c.state, _by_wechat.label("pay_fen"), orders.c.payment_no,
           payments.c.state.label("payment_state"), payment_lines.c.amount_fen.label("part_fen"))
    .join_from(orders, payments, payments.c.payment_no == orders.c.payment_no, isouter=True)
    .join(payment_lines,
          and_(payment_lines.c.payment_no == orders.c.payment_no, payment_lines.c.order_no == orders.c.order_no),
          isouter=True)
    .where(orders.c.order_no.in_(among("keys")), or_(
        # of parts `instalments.audit` says it
        and_(orders.c.paid_at.is_not(None), _by_wechat > 0, orders.c.instalments == 0,
             or_(payments.c.payment_no.is_(None), payments.c.state != "PAID", payment_lines.c.amount_fen.is_(None),
                 payment_lines.c.amount_fen != _by_wechat)),
        and_(orders.c.paid_at.is_(None), orders.c.payment_no.is_not(None))))
)
_ORDER_WAY = (
    select(orders.c.order_no, orders.c.state)
    .where(orders.c.order_no.in_(among("keys")), or_(
        and_(orders.c.state.in_(PAID_STATES), orders.c.paid_at.is_(None)),
        and_(orders.c.state.in_(TO_PAY), orders.c.paid_at.is_not(None)),
        and_(orders.c.paid_at.is_(None),
             or_(orders.c.shipped_at.is_not(None), orders.c.received_at.is_not(None),
                 exists(select(shipments.c.shipment_id).where(shipments.c.order_no == orders.c.order_no))))))
)

# what went out: each piece in one parcel that was not withdrawn, and none that was refunded before

_held = (
    select(shipment_lines.c.line_id, func.sum(shipment_lines.c.quantity).label("pieces"))
    .join_from(shipment_lines, shipments, shipment_lines.c.shipment_id == shipments.c.shipment_id)
    .where(shipment_lines.c.order_no.in_(among("keys")), shipments.c.withdrawn_at.is_(None))
    .group_by(shipment_lines.c.line_id)
    .subquery()
)
_in_parcels = func.coalesce(_held.c.pieces, 0)
# orders of before have none
_has_lines = exists(select(shipment_lines.c.line_id).where(shipment_lines.c.order_no == orders.c.order_no))
_PIECES_SHIPPED = (
    select(orders.c.order_no, orders.c.state, order_lines.c.line_id, order_lines.c.quantity,
           order_lines.c.shipped_quantity, order_lines.c.cancelled_quantity, order_lines.c.refunded_quantity,
           _in_parcels.label("pieces"))
    .join_from(orders, order_lines, order_lines.c.order_no == orders.c.order_no)
    .join(_held, _held.c.line_id == order_lines.c.line_id, isouter=True)
    .where(orders.c.order_no.in_(among("keys")), or_(
        order_lines.c.shipped_quantity != _in_parcels, order_lines.c.cancelled_quantity < 0,
        order_lines.c.shipped_quantity + order_lines.c.cancelled_quantity > order_lines.c.quantity,
        order_lines.c.cancelled_quantity > order_lines.c.refunded_quantity,
        and_(_has_lines, or_(
            order_lines.c.refunded_quantity - order_lines.c.cancelled_quantity > order_lines.c.shipped_quantity,
            and_(orders.c.state.in_(("SHIPPED", "RECEIVED")),
                 order_lines.c.shipped_quantity + order_lines.c.cancelled_quantity != order_lines.c.quantity)))))
)
_to_ship = (
    select(order_lines.c.order_no, func.sum(order_lines.c.quantity - order_lines.c.shipped_quantity
                                            - order_lines.c.cancelled_quantity).label("pieces"))
    .where(order_lines.c.order_no.in_(among("keys")))
    .group_by(order_lines.c.order_no)
    .subquery()
)
_NOTHING_TO_SHIP = (
    select(orders.c.order_no)
    .join_from(orders, _to_ship, _to_ship.c.order_no == orders.c.order_no)
    .where(orders.c.order_no.in_(among("keys")), orders.c.state == "TO_SHIP", _to_ship.c.pieces <= 0)
)

# payments: what came in is spent on orders or on its way back, to the fen

_payments_orders = (  # by the payments' own lines: what an order says of its payment has no index
    select(payment_lines.c.order_no).where(payment_lines.c.payment_no.in_(among("keys"))))
_part_fen = instalments.c.amount_fen - case((instalments.c.number == orders.c.instalments, orders.c.balance_fen),
                                            else_=0)
_spent = union_all(
    select(orders.c.payment_no, _by_wechat.label("fen"))
    .where(orders.c.order_no.in_(_payments_orders), orders.c.instalments == 0),
    select(instalments.c.payment_no, _part_fen)
    .join_from(instalments, orders, orders.c.order_no == instalments.c.order_no)
    .where(instalments.c.payment_no.in_(among("keys"))),
).subquery()
_settled = select(_spent.c.payment_no, func.sum(_spent.c.fen).label("fen")).group_by(_spent.c.payment_no).subquery()
_given_back = (
    select(refunds.c.payment_no, func.sum(refunds.c.amount_fen).label("fen"),
           func.sum(case((refunds.c.order_no.is_(None), refunds.c.amount_fen), else_=0)).label("unspent_fen"))
    .where(refunds.c.payment_no.in_(among("keys")))
    .group_by(refunds.c.payment_no)
    .subquery()
)
_PAYMENT = (
    select(payments.c.payment_no, payments.c.state, payments.c.amount_fen, payments.c.refunded_fen,
           func.coalesce(_settled.c.fen, 0).label("settled_fen"),
           func.coalesce(_given_back.c.fen, 0).label("refunds_fen"),
           func.coalesce(_given_back.c.unspent_fen, 0).label("unspent_fen"))
    .join_from(payments, _settled, _settled.c.payment_no == payments.c.payment_no, isouter=True)
    .join(_given_back, _given_back.c.payment_no == payments.c.payment_no, isouter=True)
    .where(payments.c.payment_no.in_(among("keys")), or_(
        payments.c.refunded_fen != func.coalesce(_given_back.c.fen, 0), payments.c.refunded_fen > payments.c.amount_fen,
        and_(payments.c.purpose == "ORDER",  # the ledger's own audit looks at top-ups
             case((payments.c.state == "PAID", payments.c.amount_fen), else_=0)
             != func.coalesce(_settled.c.fen, 0) + func.coalesce(_given_back.c.unspent_fen, 0))))
)

SUBJECTS = (
    Subject("stock", following(stock_items.c.sku_id, skus.c.sku_id), "sku_", at_once=10),
    Subject("orders", following(orders.c.order_no), "ord_"),
    Subject("payments", following(payments.c.payment_no), "pay_", {
                "orders": select(payment_lines.c.payment_no.label("key")).where(
                    payment_lines.c.order_no.in_(among("keys"))).distinct()}),
    Subject("refunds", following(refunds.c.refund_no), "rfd_", {
        "orders": select(refunds.c.refund_no.label("key")).where(refunds.c.order_no.in_(among("keys"))),
        "payments": select(refunds.c.refund_no.label("key")).where(refunds.c.payment_no.in_(among("keys")))}),
)
FEEDS = (
    Feed("order_events",
         select(order_events.c.event_id, order_events.c.created_at, order_events.c.order_no.label("orders"))
         .where(order_events.c.event_id > bindparam("after_event_id"))
         .order_by(order_events.c.event_id)
         .limit(bindparam("most")), ("event_id",), lambda moment: (id_at("oev", moment),)),
    Feed("stock_entries",
         select(stock_entries.c.entry_id, stock_entries.c.created_at, stock_entries.c.sku_id.label("stock"),
                stock_entries.c.reference.label("ids")).where(
             stock_entries.c.entry_id > bindparam("after_entry_id")).order_by(
             stock_entries.c.entry_id).limit(bindparam("most")), ("entry_id",), lambda moment: (id_at("ste", moment),)),
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

_PAID = (
    select(payments.c.payment_no, payments.c.transaction_id, payments.c.amount_fen)
    .where(payments.c.state == "PAID")
    .order_by(payments.c.payment_no)
)
_REFUNDS = (
    select(refunds.c.refund_no, refunds.c.wechat_refund_no, refunds.c.payment_no, refunds.c.amount_fen, refunds.c.state,
           refunds.c.settled_how, refunds.c.settled_number)
    .where(refunds.c.amount_fen > 0)
    .order_by(refunds.c.refund_no)
)


def payments_and_refunds(tx: Tx) -> tuple[list, list]:
    """Every paid payment and every refund by WeChat, to be laid beside somebody else's books."""
    paid, back = tx.fetch((_PAID, {}), (_REFUNDS, {}))
    return paid, back
