"""Orders, payments, refunds, fulfilment.

One payment may cover several orders (split by seller and parcel, E13): payments and refunds hang on the
payment, with a line per order.
"""

from typing import Any

from mall.kit.documents import Shape, renamed
from mall.kit.schema import (
    Index, UniqueConstraint, count_column, fen_column, flag_column, id_column, json_column, keyed_hash_column,
    open_flag_column, sealed_column, sealed_json_column, seller_column, table, text_column, time_column,
)



def named_by_sku(price: dict[str, Any]) -> dict[str, Any] | None:
    """The price as version 1 has it, whose lines are named by their SKUs; None where a SKU stands on several lines."""
    plain = {name: value for name, value in price.items() if name not in ("version", "by_sku")}
    if price.get("by_sku"):
        return plain
    names = {line["line_id"]: line["sku_id"] for line in price.get("lines", ())}
    return renamed(plain, "line_id", names) if len(set(names.values())) == len(names) else None


POINTS_TERMS = Shape(defaults={"per_yuan": 0, "days": 365, "grace_days": 0})
ADDRESS = Shape(defaults=dict.fromkeys(("name", "phone", "province", "city", "district", "detail"), ""))
PRICE = Shape(version=2, upgrades={1: lambda price: {**price, "by_sku": True}}, older=named_by_sku, defaults={
    "adjustments": [], "freight_charges": [], "skipped": [], "undeliverable": [], "full_reduction_fen": 0,
    "goods_coupon_fen": 0, "freight_fen": 0, "freight_coupon_fen": 0, "points_fen": 0, "points_used": 0,
    "balance_fen": 0})
WANTED = Shape(defaults={"lines": None, "amount_fen": None, "line_ids": None})

orders = table(
    "orders",
    id_column("order_no", key=True),
    id_column("checkout_id"),  # orders placed by one click are paid together
    id_column("seller_id"),
    id_column("member_id"),
    text_column("kind", 16),  # NORMAL, GROUP
    id_column("group_id", optional=True),
    text_column("state", 16),
    text_column("delivery", 16),  # EXPRESS PICKUP VIRTUAL
    fen_column("goods_fen"),
    fen_column("discount_fen"),
    fen_column("freight_fen"),
    fen_column("pay_fen"),
    fen_column("balance_fen"),  # the part of it that the buyer's stored value pays; WeChat gets the rest
    fen_column("refunded_fen"),
    fen_column("balance_refunded_fen"),  # the part of it that went back into stored value
    fen_column("points_used"),  # a hundred take a yuan off; in discount_fen
    count_column("commission_per_ten_thousand", default="0"),  # what the platform keeps of it, as it was then
    json_column("points_terms", shape=POINTS_TERMS),  # what its buyer was promised: {per_yuan, days, grace_days}
    sealed_json_column("orders.address", ADDRESS, optional=True),  # its own copy; of a pick-up: who comes
    count_column("address_version", default="1"),  # how often it was written
    keyed_hash_column("orders.receiver_phone_hash", optional=True),  # what the desk finds it by
    keyed_hash_column("orders.receiver_name_hash", optional=True),
    json_column("price", shape=PRICE),  # the stored explanation, which drives refunds
    text_column("buyer_note", 255),
    text_column("staff_note", 255),  # the last of its order_notes, for lists
    text_column("pickup_code", 16, optional=True),
    count_column("instalments", default="0"),  # how many parts it is paid in (分期); 0: at once, without rows of them
    id_column("payment_no", optional=True),  # the payment that settled it; in parts the last one's
    text_column("close_reason", 64, optional=True),
    flag_column("unpaid_reminded"),
    time_column("expires_at"),
    time_column("close_at", optional=True),  # when to try again to close it; None: not tried yet
    time_column("placed_at"),
    time_column("paid_at", optional=True),
    time_column("shipped_at", optional=True),
    time_column("received_at", optional=True),
    time_column("closed_at", optional=True),
    Index("ix_orders_member_id", "member_id", "order_no"),
    Index("ix_orders_member_state", "member_id", "state", "order_no"),
    Index("ix_orders_seller_member", "seller_id", "member_id", "order_no"),
    Index("ix_orders_seller_placed_at", "seller_id", "placed_at", "order_no"),
    Index("ix_orders_placed_at", "placed_at", "order_no"),
    Index("ix_orders_seller_state", "seller_id", "state", "placed_at", "order_no"),
    Index("ix_orders_seller_state_delivery", "seller_id", "state", "delivery", "placed_at", "order_no"),
    Index("ix_orders_receiver_phone_hash", "seller_id", "receiver_phone_hash", "placed_at", "order_no"),
    Index("ix_orders_receiver_name_hash", "seller_id", "receiver_name_hash", "placed_at", "order_no"),
    Index("ix_orders_state_expires_at", "state", "expires_at"),
    Index("ix_orders_state_shipped_at", "state", "shipped_at"),
    Index("ix_orders_paid_at", "paid_at", "seller_id"),
    Index("ix_orders_checkout_id", "checkout_id"),
    Index("ix_orders_group_id", "group_id"),
    UniqueConstraint("pickup_code", name="uq_orders_pickup_code"),
)
order_lines = table(
    "order_lines",
    id_column("line_id", key=True),
    id_column("order_no"),
    id_column("spu_id"),
    id_column("sku_id"),
    id_column("warehouse_id"),
    text_column("title", 128),
    json_column("spec_values"),
    text_column("picture_url", 512, optional=True),
    flag_column("is_virtual"),
    count_column("quantity"),
    fen_column("unit_fen"),
    fen_column("pay_fen"),  # what the buyer pays for this line's goods, its share of every discount taken off
    count_column("refunded_quantity"),
    fen_column("allowance_fen", default="0"),  # given back by amount (折让) for its pieces that the buyer keeps
    json_column("delivered_codes", optional=True),  # of virtual goods: ids of sealed_codes, or the codes as of old
    count_column("shipped_quantity", default="0"),  # pieces in its parcels, those that were withdrawn left out
    count_column("cancelled_quantity", default="0"),  # pieces refunded before they went out, of refunded_quantity
    open_flag_column("is_gift"),  # it came with the others for nothing (满赠)
    Index("ix_order_lines_order_no", "order_no"),
    Index("ix_order_lines_sku_id", "sku_id", "order_no"),
)
order_events = table(  # the visible timeline: who, what, why, when
    "order_events",
    id_column("event_id", key=True),
    id_column("order_no"),
    text_column("move", 32),
    text_column("from_state", 16, optional=True),
    text_column("to_state", 16),
    text_column("actor", 80),
    text_column("reason", 255),
    time_column("created_at"),
    Index("ix_order_events_order_no", "order_no", "event_id"),
)
order_notes = table(  # what staff want to remember of an order; only ever added to
    "order_notes",
    id_column("note_id", key=True),
    id_column("order_no"),
    text_column("note", 255),
    text_column("written_by", 64),  # as colleagues know them
    time_column("created_at"),
    Index("ix_order_notes_order_no", "order_no", "note_id"),
)
order_addresses = table(  # where an order was to go before its address was changed; only ever added to
    "order_addresses",
    id_column("change_id", key=True),
    id_column("order_no"),
    count_column("address_version"),  # the one that this was
    sealed_json_column("order_addresses.address", ADDRESS),
    fen_column("freight_before_fen"),  # as the templates had it when it was changed
    fen_column("freight_after_fen"),
    text_column("changed_by", 80),
    time_column("created_at"),
    UniqueConstraint("order_no", "address_version", name="uq_order_addresses_order_no_version"),
)
instalments = table(  # the parts of an order that is paid in several (定金、尾款); they add up to its price
    "instalments",
    id_column("order_no", key=True),
    count_column("number", key=True),  # 1, 2 ...: the last is what the others leave
    text_column("name", 16),  # deposit, balance: as its kind calls it
    text_column("words", 16),  # 定金, 尾款
    fen_column("amount_fen"),  # of the last, stored value pays the order's balance_fen
    time_column("opens_at"),
    time_column("closes_at"),
    flag_column("forfeits"),  # kept when its buyer does not pay a later one
    flag_column("back_first"),  # of a refund it gives back before the others
    text_column("state", 16),  # UNPAID PAID CLOSED KEPT RETURNED
    id_column("payment_no", optional=True),
    time_column("paid_at", optional=True),
    Index("ix_instalments_payment_no", "payment_no"),
)
payments = table(
    "payments",
    id_column("payment_no", key=True),  # WeChat's out_trade_no
    id_column("checkout_id"),  # of a top-up the member: one wallet each
    id_column("member_id"),
    text_column("purpose", 16),  # ORDER, TOP_UP
    count_column("part", default="0"),  # which part of the order it is for; 0: all that its orders cost
    text_column("channel", 16),  # jsapi native h5
    text_column("state", 16),
    fen_column("amount_fen"),
    fen_column("refunded_fen"),  # asked for or done, never above amount_fen
    text_column("openid", 64, optional=True),
    text_column("appid", 64),
    text_column("prepay_id", 128, optional=True),
    text_column("code_url", 512, optional=True),
    text_column("h5_url", 1024, optional=True),
    text_column("transaction_id", 64, optional=True),
    text_column("active_key", 80, optional=True),  # the checkout while this payment may still be paid
    count_column("asked"),  # how often WeChat was asked about it
    time_column("ask_at", optional=True),  # when to ask next
    time_column("refund_sent_at", optional=True),  # WeChat takes one refund of a payment a minute
    time_column("expires_at"),
    time_column("created_at"),
    time_column("paid_at", optional=True),
    UniqueConstraint("active_key", name="uq_payments_active_key"),
    UniqueConstraint("transaction_id", name="uq_payments_transaction_id"),
    Index("ix_payments_state_ask_at", "state", "ask_at"),
    Index("ix_payments_checkout_id", "checkout_id"),
    Index("ix_payments_paid_at", "paid_at"),
)
payment_lines = table(
    "payment_lines",
    id_column("payment_no", key=True),
    id_column("order_no", key=True),
    fen_column("amount_fen"),
    Index("ix_payment_lines_order_no", "order_no"),
)
refunds = table(
    "refunds",
    id_column("refund_no", key=True),
    text_column("wechat_refund_no", 64),  # out_refund_no of the present try, see domains/refunds/rules.py
    id_column("payment_no", optional=True),  # None: of an order that was paid by stored value alone
    id_column("order_no", optional=True),
    seller_column(),  # of the order, or of what its payment was for; a top-up's is the platform
    id_column("member_id"),
    text_column("state", 16),
    text_column("cause", 32),
    text_column("kind", 24, default="GOODS"),  # what it gives back for: GOODS PRICE_DIFFERENCE FREIGHT COMPENSATION
    text_column("reason", 80),
    fen_column("amount_fen"),  # by WeChat
    fen_column("balance_fen"),  # into the buyer's stored value, at once; the refund is both together
    fen_column("freight_fen"),  # the part of both that is freight
    text_column("once_key", 160),  # what this refund is for: the same thing is refunded once
    text_column("wechat_refund_id", 64, optional=True),
    text_column("problem", 255, optional=True),  # what staff read when it does not go through
    text_column("settled_how", 16, optional=True),  # WECHAT_PLATFORM BANK_TRANSFER: staff settled it by hand
    text_column("settled_number", 64, optional=True),  # the platform's refund number, or the bank's reference
    text_column("settled_note", 255, optional=True),
    count_column("attempts"),
    time_column("send_at", optional=True),  # when to send or to ask next
    time_column("created_at"),
    time_column("finished_at", optional=True),
    UniqueConstraint("once_key", name="uq_refunds_once_key"),
    UniqueConstraint("wechat_refund_no", name="uq_refunds_wechat_refund_no"),
    UniqueConstraint("settled_number", "settled_how", name="uq_refunds_settled_number"),
    Index("ix_refunds_seller_state", "seller_id", "state", "refund_no"),
    Index("ix_refunds_state_send_at", "state", "send_at"),
    Index("ix_refunds_finished_at", "finished_at"),
    Index("ix_refunds_created_at", "created_at"),
    Index("ix_refunds_payment_no", "payment_no"),
    Index("ix_refunds_order_no", "order_no"),
)
refund_lines = table(
    "refund_lines",
    id_column("refund_no", key=True),
    id_column("line_id", key=True),
    count_column("quantity"),  # 0: an amount, and the buyer keeps the pieces
    fen_column("amount_fen"),
)
refund_requests = table(  # what buyers asked for, and what became of it
    "refund_requests",
    id_column("request_id", key=True),
    id_column("order_no"),
    id_column("seller_id"),
    id_column("member_id"),
    text_column("state", 16),  # OPEN ACCEPTED REFUSED WITHDRAWN OVERTAKEN
    text_column("kind", 24),  # as of refunds
    json_column("wanted", shape=WANTED),
    fen_column("asked_fen"),  # what it would have given back when it was asked for
    text_column("reason", 24),
    text_column("note", 255),  # the buyer's own words
    json_column("evidence", optional=True),  # ids of uploads that show it; None in old rows
    text_column("answer", 255, optional=True),  # the shop's, which the buyer reads
    id_column("refund_no", optional=True),  # what ended it, if that gave money back
    text_column("active_key", 64, optional=True),  # the order while it is open: one each
    time_column("asked_at"),
    time_column("ended_at", optional=True),
    UniqueConstraint("active_key", name="uq_refund_requests_active_key"),
    Index("ix_refund_requests_order_no", "order_no", "request_id"),
    Index("ix_refund_requests_seller_state", "seller_id", "state", "request_id"),
    Index("ix_refund_requests_member_id", "member_id"),
)
flash_refunds = table(  # which orders went back by the rule for trusted members, however they were paid
    "flash_refunds",
    id_column("order_no", key=True),
    id_column("member_id"),
    fen_column("amount_fen"),
    time_column("created_at"),
    Index("ix_flash_refunds_member_id", "member_id", "created_at"),
)
cases = table(  # what a person has to look at: late payments, amounts that differ, refunds that fail
    "cases",
    id_column("case_id", key=True),
    id_column("seller_id"),
    text_column("kind", 32),
    text_column("reference", 64),
    text_column("state", 16),  # OPEN, RESOLVED
    text_column("sentence", 255),
    text_column("next_step", 255),
    json_column("data"),
    text_column("note", 255),
    time_column("created_at"),
    time_column("resolved_at", optional=True),
    UniqueConstraint("kind", "reference", name="uq_cases_kind_reference"),
    Index("ix_cases_state", "state", "case_id"),
    Index("ix_cases_seller_state", "seller_id", "state", "case_id"),
)
shipments = table(  # the parcels of an order (包裹); what is picked up or delivered as a code is one, without a number
    "shipments",
    id_column("shipment_id", key=True),
    id_column("order_no"),
    count_column("parcel", default="1"),  # of its order: 1, 2 ...
    text_column("delivery", 16),
    text_column("carrier", 32, optional=True),
    text_column("tracking_no", 64, optional=True),
    text_column("report_state", 16),  # PENDING REPORTED NOT_NEEDED FAILED: the shipping report to WeChat
    count_column("report_attempts"),
    time_column("report_at", optional=True),
    text_column("report_problem", 255, optional=True),
    count_column("corrections", default="0"),  # how often carrier or number was put right
    time_column("corrected_at", optional=True),
    count_column("reports", default="0"),  # how many that say "all has gone out" WeChat took; two of a payment
    time_column("told_at", optional=True),  # when WeChat last took it
    flag_column("told_wrong", default="0"),  # WeChat lists it in part under another number, or though it was withdrawn
    time_column("created_at"),
    time_column("withdrawn_at", optional=True),  # it did not go out after all
    text_column("withdrawn_by", 80, optional=True),
    UniqueConstraint("order_no", "parcel", name="uq_shipments_order_no_parcel"),
    Index("ix_shipments_report_state", "report_state", "report_at"),
    Index("ix_shipments_tracking_no", "tracking_no", "order_no"),
)
shipment_lines = table(  # which pieces a parcel holds; kept when it is withdrawn
    "shipment_lines",
    id_column("shipment_id", key=True),
    id_column("line_id", key=True),
    id_column("warehouse_id", key=True),  # they were taken from
    id_column("order_no"),
    count_column("quantity"),
    Index("ix_shipment_lines_order_no", "order_no"),
)
shipment_changes = table(  # the carrier and number that a parcel was told under before they were put right
    "shipment_changes",
    id_column("change_id", key=True),
    id_column("shipment_id"),
    id_column("order_no"),
    count_column("correction"),  # 1, 2 ...
    text_column("carrier", 32, optional=True),
    text_column("tracking_no", 64, optional=True),
    text_column("changed_by", 80),
    time_column("created_at"),
    UniqueConstraint("shipment_id", "correction", name="uq_shipment_changes_shipment_id_correction"),
    Index("ix_shipment_changes_order_no", "order_no", "change_id"),
)
sealed_codes = table(  # the stock of codes behind a virtual SKU (卡密), and which order has each
    "sealed_codes",
    id_column("code_id", key=True),
    id_column("sku_id"),
    sealed_column("sealed_codes.code", 255),
    keyed_hash_column("sealed_codes.code_hash"),  # a SKU has each code once
    id_column("order_no", optional=True),
    time_column("created_at"),
    time_column("delivered_at", optional=True),
    UniqueConstraint("sku_id", "code_hash", name="uq_sealed_codes_sku_id_code_hash"),
    Index("ix_sealed_codes_sku_id", "sku_id", "order_no", "code_id"),
    Index("ix_sealed_codes_order_no", "order_no"),
)
virtual_codes = table(  # codes from before they were sealed: read on, and moved there (catalog.seal_old_codes)
    "virtual_codes",
    id_column("code_id", key=True),
    id_column("sku_id"),
    text_column("code", 255),
    id_column("order_no", optional=True),
    time_column("created_at"),
    time_column("delivered_at", optional=True),
    UniqueConstraint("sku_id", "code", name="uq_virtual_codes_sku_id_code"),
    Index("ix_virtual_codes_sku_id", "sku_id", "order_no", "code_id"),
    Index("ix_virtual_codes_order_no", "order_no"),
)
