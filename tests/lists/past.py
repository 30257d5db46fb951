"""A shop with a past: two thousand rows of everything that grows, nearly all of them finished and one seller's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mall.kit.idempotency import idempotency_keys
from mall.kit.ledger import ledger_entries
from mall.kit.outbox import outbox_events
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of
from mall.tables.accounts import bills, differences, invoices, safeguarding_reports
from mall.tables.goods import (
    categories, product_categories, product_tags, products, skus, stock_entries, stock_items,
)
from mall.tables.insight import insight_days
from mall.tables.marketing import coupon_templates, coupons, group_buys, group_seats, groups, promotions, rehearsals
from mall.tables.reach import messages
from mall.tables.people import audit_entries, growth_entries, level_changes, members, sensitive_changes, sessions, staff
from mall.tables.points import point_lots
from mall.tables.settlements import frozen_payments, shares
from mall.tables.trade import (
    cases, order_events, order_lines, orders, payment_lines, payments, refund_requests, refunds, shipments,
)

from tests.support import filled
from tests.support.shop import Caller, Shop

MANY = 2_000
MEMBER_HAS = 20  # orders
SELLER = {"seller_id": DEFAULT_SELLER}


def no(kind: str, number: int) -> str:
    """Ids that sort before those of today."""
    return f"{kind}_0{number:025}"


def fill(shop: Shop, member: Caller) -> None:
    """The member has the middle of it."""
    filled.add(shop, staff, [{"staff_id": "stf_1", **SELLER, "username": "stf_1"}])
    for table, make in _ROWS.items():
        for first in range(0, MANY, 500):
            filled.add(shop, table, [each for number in range(first, first + 500)
                                     for each in [make(shop, number, _member(number, member))] if each])
    link = shop.database.link()
    cursor = link._connection.cursor() if shop.database.kind == "sqlite" else link._cursor()
    for table in _ROWS:  # MariaDB would count by itself, a little later
        cursor.execute(f"ANALYZE {'' if shop.database.kind == 'sqlite' else 'TABLE '}{table.name}")
        cursor.fetchall()


def _member(number: int, member: Caller) -> str:
    middle = MANY // 2 <= number < MANY // 2 + MEMBER_HAS
    return member.subject_id if middle else no("mem", number // MEMBER_HAS)


def _at(shop: Shop, number: int) -> Any:
    return shop.now - timedelta(days=400) + timedelta(hours=4 * number)


def _order(shop: Shop, number: int, member_id: str) -> dict[str, Any]:
    at, state = _at(shop, number), ("CLOSED", "RECEIVED", "RECEIVED", "RECEIVED")[number % 4]
    return {"order_no": no("ord", number), "checkout_id": no("chk", number), **SELLER, "member_id": member_id,
            "kind": "NORMAL", "state": "SHIPPED" if number >= MANY - 50 else state, "delivery": "EXPRESS",
            "payment_no": no("pay", number), "receiver_phone_hash": f"13{number:09}",
            "receiver_name_hash": f"买家{number}", "unpaid_reminded": True,
            "points_terms": {}, "price": {}, "expires_at": at, "placed_at": at, "paid_at": at,
            "shipped_at": shop.now if number >= MANY - 50 else at, "received_at": at}


_ROWS: dict[Any, Any] = {
    members: lambda shop, n, m: {
        "member_id": no("mem", n), "level": "ordinary" if n % 4 else "vip", "nickname": f"会员 {n}",
        "phone_hash": f"13{n:09}", "created_at": _at(shop, n), "blocked": n % 2 == 0,
        "blocked_until": _at(shop, n) if n % 2 == 0 and n < MANY - 50 else None},
    sessions: lambda shop, n, m: {"session_id": no("ses", n), "subject_id": no("mem", n)},
    categories: lambda shop, n, m: n < 300 and {  # these do not grow with the orders
        "category_id": no("cat", n), **SELLER, "name": "类目", "depth": 1, "path": [no("cat", n)], "visible": True},
    products: lambda shop, n, m: {
        "spu_id": no("spu", n), **SELLER, "category_id": no("cat", n % 3), "category_path": [], "title": f"商品 {n}",
        "state": "LISTED" if n % 10 else "UNLISTED", "media": {"carousel": []}, "specs": [], "tags": [],
        "lowest_price_fen": 100 + n * 7_919 % 90_000, "sold": n * 104_729 % 5_000},
    product_categories: lambda shop, n, m: {"category_id": no("cat", 0 if n > 5 else 1), "spu_id": no("spu", n)},
    product_tags: lambda shop, n, m: {"tag": "热卖" if n > 5 else "新品", "spu_id": no("spu", n)},
    skus: lambda shop, n, m: {"sku_id": no("sku", n), "spu_id": no("spu", n), **SELLER, "sku_code": f"code-{n}",
                              "spec_values": [], "price_tiers": [], "active": True},
    stock_items: lambda shop, n, m: {"sku_id": no("sku", n), "warehouse_id": "whs_1", **SELLER, "available": 100},
    stock_entries: lambda shop, n, m: {"entry_id": no("ste", n), "sku_id": no("sku", 0), "reference": no("ord", n)},
    orders: _order,
    order_lines: lambda shop, n, m: {
        "line_id": no("lin", n), "order_no": no("ord", n), "sku_id": no("sku", 0), "spec_values": [],
        "title": f"商品 {n}"},
    order_events: lambda shop, n, m: {"event_id": no("oev", n), "order_no": no("ord", n)},
    payments: lambda shop, n, m: {
        "payment_no": no("pay", n), "checkout_id": no("chk", n), "member_id": m, "purpose": "ORDER", "state": "PAID",
        "paid_at": _at(shop, n), "transaction_id": str(n)},
    payment_lines: lambda shop, n, m: {"payment_no": no("pay", n), "order_no": no("ord", n)},
    refunds: lambda shop, n, m: {
        "refund_no": no("rfd", n), "wechat_refund_no": no("rfd", n), "payment_no": no("pay", n),
        "order_no": no("ord", n), **SELLER, "member_id": m, "state": "DONE", "once_key": no("rfd", n),
        "finished_at": _at(shop, n)},
    refund_requests: lambda shop, n, m: {
        "request_id": no("rrq", n), "order_no": no("ord", n), **SELLER, "member_id": m,
        "state": "REFUSED" if n % 2 else "ACCEPTED", "kind": "GOODS", "wanted": {}, "reason": "OTHER"},
    cases: lambda shop, n, m: {"case_id": no("cas", n), **SELLER, "kind": "k", "reference": str(n),
                               "state": "RESOLVED", "data": {}},
    shipments: lambda shop, n, m: {"shipment_id": no("shp", n), "order_no": no("ord", n), "report_state": "REPORTED",
                               "tracking_no": f"NO-{n}"},
    coupon_templates: lambda shop, n, m: {
        "template_id": no("cpt", n), **SELLER, "kind": "no_threshold",
        "document": {"off_fen": 1, "percent": 90, "cap_fen": None, "threshold_fen": 0, "scope": {"kind": "all"}},
        "channel": "CENTRE", "state": "ENDED" if n > 20 else "ACTIVE", "valid_days": 1},
    coupons: lambda shop, n, m: {
        "coupon_id": no("cpn", n), "template_id": no("cpt", 1), **SELLER, "member_id": m,
        "state": "USABLE" if n >= MANY - 50 else "EXPIRED" if n % 2 else "USED", "reminded": True,
        "valid_until": shop.now + timedelta(days=2)},
    group_buys: lambda shop, n, m: {"group_buy_id": no("gby", n), **SELLER, "spu_id": no("spu", 1 if n else 2),
                                    "state": "ENDED" if n else "ACTIVE", "prices": {}, "leader_prices": {},
                                    "ends_at": shop.now + timedelta(days=1)},
    groups: lambda shop, n, m: {
        "group_id": no("grp", n), "group_buy_id": no("gby", n % 40), **SELLER, "leader_id": no("mem", 0),
        "state": "SUCCEEDED" if n % 2 else "FAILED", "settled": True, "expires_at": _at(shop, n)},
    group_seats: lambda shop, n, m: {"order_no": no("ord", n), "group_id": no("grp", n), "state": "REFUNDED"},
    promotions: lambda shop, n, m: {"promotion_id": no("prm", n), **SELLER, "kind": "full_reduction", "document": {
        "steps": [], "scope": {"kind": "all"}}, "state": "ENDED"},
    rehearsals: lambda shop, n, m: {"rehearsal_id": no("reh", n), **SELLER, "state": "DONE" if n % 2 else "FAILED",
                                    "placed_from": _at(shop, 0), "placed_until": _at(shop, 9),
                                    "after_at": _at(shop, 9), "finished_at": _at(shop, n)},
    shares: lambda shop, n, m: {"share_no": no("shr", n), "wechat_share_no": no("shr", n), "order_no": no("ord", n),
                                "payment_no": no("pay", n), **SELLER, "state": "DONE" if n % 2 else "NOTHING"},
    frozen_payments: lambda shop, n, m: {"payment_no": no("pay", n), "unfreeze_no": no("unf", n),
                                          "state": "FROZEN" if n % 4 else "UNFROZEN",
                                          "share_at": shop.now + timedelta(days=1),
                                          "unfreeze_at": shop.now + timedelta(days=1)},
    messages: lambda shop, n, m: {"message_id": no("msg", n), "member_id": m, "once_key": str(n), "state": "SENT",
                                  "fields": {}},
    outbox_events: lambda shop, n, m: {"event_id": no("evt", n), "kind": "k", "payload": {},
                                       "state": "DONE" if n else "PENDING"},
    idempotency_keys: lambda shop, n, m: {"key_hash": f"{n:064}"},
    audit_entries: lambda shop, n, m: {"entry_id": no("aud", n), **SELLER, "actor_id": "stf_1", "action": "a.b",
                                       "target": {}, "created_at": shop.now},
    sensitive_changes: lambda shop, n, m: {"change_id": no("sch", n), **SELLER, "state": "APPROVED", "before": {},
                                           "after": {}, "payload": {}},
    differences: lambda shop, n, m: {"difference_id": no("dif", n), **SELLER, "day": f"2026-01-{1 + n % 28:02}",
                                     "kind": "AMOUNT", "subject": "PAYMENT", "state": "RESOLVED"},
    bills: lambda shop, n, m: {"bill_id": no("bil", n), **SELLER, "day": f"{2020 + n // 365}-{n % 365}",
                               "kind": "TRADE", "state": "MATCHED", "totals": {}},
    invoices: lambda shop, n, m: {
        "invoice_id": no("inv", n), **SELLER, "member_id": m, "order_no": no("ord", n), "state": "ISSUED",
        "number": str(n), "title_kind": "PERSONAL", "title": "个人", "red_letters": [], "issued_on": "2026-01-01",
        "issued_at": _at(shop, n)},
    safeguarding_reports: lambda shop, n, m: {"day": f"{2020 + n // 365}-{n % 365:03}"},
    insight_days: lambda shop, n, m: {**SELLER, "figure": "POINTS_OWED" if n % 2 else "TAKINGS", "amount": n,
                                      "day": (day_of(shop.now) - timedelta(days=(MANY - n + 1) // 2)).isoformat()},
    growth_entries: lambda shop, n, m: {"entry_id": no("grw", n), "reference": str(n), "member_id": m, "year": 1,
                                        "reason": "RECEIVED", "order_no": no("ord", n)},
    level_changes: lambda shop, n, m: {"change_id": no("lvc", n), "member_id": m},
    point_lots: lambda shop, n, m: {"lot_id": no("lot", n), "member_id": m, "source": str(n), "state": "EXPIRED",
                                    "expires_at": _at(shop, n)},
    ledger_entries: lambda shop, n, m: {
        "reference": str(n), "leg": 1, "account": f"points/{m}", "amount": -1, "reason": "POINTS_EARNED",
        "about": no("ord", n), "created_at": _at(shop, n)},
}
