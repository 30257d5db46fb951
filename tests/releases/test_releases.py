"""What the last two releases wrote, and what the next may write, is read by every action, to the fen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from mall.app import registry
from mall.flows.ops import audit
from mall.kit import clock
from mall.kit.db import Json
from mall.kit.outbox import outbox_deliveries, outbox_events
from mall.kit.sealed import SealedJson
from mall.tables import load_all
from mall.tables.trade import order_lines, orders, refunds

from tests.releases import rows
from tests.support import trade
from tests.support.shop import Caller, Refused, Shop

pytestmark = pytest.mark.spec("L4")

RELEASES = rows.releases()
QUERIES = [action for action in registry.load().values() if action.kind == "query"]
BY_THE_MINUTE = ("ops.check_health",)  # its figures are of the moment


@pytest.fixture
def bare(shop: Shop) -> Iterator[Shop]:
    """No row at all; the clock goes back afterwards."""
    yield shop
    clock.move_ahead(timedelta(0))


def opened(shop: Shop, release: str, *, more: bool = False) -> dict[str, Any]:
    """The shop as the release left it, an hour ago; what is to be known of it."""
    frozen = rows.read(release)
    rows.load(shop.database, rows.with_more_fields(frozen) if more else frozen)
    shop.now_ahead = datetime.fromisoformat(frozen["about"]["at"]) + timedelta(minutes=10) - clock.wall()
    clock.move_ahead(shop.now_ahead)
    if more:
        rows.widen_sealed(shop.database)
    return frozen["about"]


def asked(about: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What each query is asked, where it does not go without an input."""
    every = [{"order_no": order_no} for order_no in about["orders"].values()]
    member = [{"member_id": about["buyer"]}]
    return {
        "catalog.get_product": [{"spu_id": about["spu_id"]}], "catalog.open_product": [{"spu_id": about["spu_id"]}],
        "group_buys.list_joinable_groups": [{"spu_id": about["spu_id"]}],
        "group_buys.view_group": [{"group_id": about["group"]}],
        "ledger.list_entries": every, "members.begin_web_sign_in": [], "members.parse_address": [],
        "members.show_member_growth": member, "points.show_member_points": member,
        "wallets.show_member_wallet": member,
        "ops.trace_order": every, "orders.get_order": every, "orders.view_order": every, "pricing.explain_price": every,
        "refunds.quote_refund": [{"order_no": about["orders"][name]} for name in ("paid", "shipped", "by_balance")],
        "pricing.quote_checkout": [{"lines": [{"sku_id": about["plain"], "quantity": 2}], "delivery": "PICKUP"}],
        "coupons.list_my_coupons": [{"tab": tab} for tab in ("usable", "used", "expired")],
        "staff.verify_audit_log": [{"day": about["at"][:10]}],
        "stock.list_stock_entries": [{"sku_id": about["plain"]}],
    }


def callers(shop: Shop, about: dict[str, Any]) -> dict[str, Caller]:
    """Those who are in the rows, signed in anew."""
    return {"member": shop._session(about["buyer"], about["openid"], "小红"),
            "staff": shop._session(about["first"], "", "店员"), "second": shop._session(about["second"], "", "店员"),
            "anyone": shop.nobody}


def answers(shop: Shop, about: dict[str, Any]) -> dict[str, Any]:
    about = {**about, "group": shop.rows(orders, order_no=about["orders"]["group"])[0].group_id}
    people, inputs = callers(shop, about), asked(about)
    return {f"{query.name} {given}": answer(people[query.allow], query.name, given)
            for query in QUERIES if query.name not in BY_THE_MINUTE for given in inputs.get(query.name, [{}])}


def answer(caller: Caller, action: str, given: dict[str, Any]) -> Any:
    try:
        return rows.without_marks(caller.call(action, **given))
    except Refused as refusal:
        assert not given and refusal.status < 500, f"{action}: {refusal}"  # it wants an input that nobody named here
        return refusal.code


@pytest.mark.parametrize("release", RELEASES)
def test_every_query_answers_the_same_over_documents_with_more_fields(
        bare: Shop, release: str, sqlite_template, tmp_path_factory: pytest.TempPathFactory):
    about = opened(bare, release)
    plain = answers(bare, about)
    for table in reversed(load_all().sorted_tables):
        bare.database.run(lambda tx, table=table: tx.change(table.delete()))
    opened(bare, release, more=True)
    assert answers(bare, about) == plain


def approve_or_ask_anew(first: Caller, second: Caller, change_id: str, **refund: Any) -> None:
    """What waits for a second person; from before actions were replayed it cannot be carried out any more."""
    try:
        second.call("staff.approve_sensitive_change", change_id=change_id)
    except Refused as refusal:
        assert refusal.code == "CHANGE_OUTDATED"
        second.call("staff.reject_sensitive_change", change_id=change_id, reason="请重新提交")
        anew = first.call("refunds.start_refund", **refund)["change_id"]
        second.call("staff.approve_sensitive_change", change_id=anew)


def live_on(shop: Shop, about: dict[str, Any]) -> None:
    """What may happen to the orders of an older release: every reader that moves money."""
    people, order = callers(shop, about), about["orders"]
    first, second, buyer = people["staff"], people["second"], people["member"]
    approve_or_ask_anew(first, second, about["change"], order_no=order["paid"], reason="不要了", lines=[
        {"line_id": shop.rows(order_lines, order_no=order["paid"])[0].line_id, "quantity": 2}])
    left = shop.rows(order_lines, order_no=order["paid"])[0]
    first.call("refunds.start_refund", order_no=order["shipped"], reason="少件", lines=[
        {"line_id": shop.rows(order_lines, order_no=order["shipped"])[0].line_id, "quantity": 1}])
    assert (left.quantity, left.refunded_quantity) == (3, 2)
    first.call("refunds.start_refund", order_no=order["received"], reason="坏了")
    first.call("refunds.start_refund", order_no=order["by_balance"], reason="坏了")
    seen = trade.order(shop, order["unpaid"]).pay_fen
    first.call("pricing.adjust_order_price", order_no=order["unpaid"], goods_fen=14_000, seen_pay_fen=seen,
               reason="让利")
    trade.pay(shop, order["unpaid"], openid=buyer.openid)
    trade.ship(shop, order["unpaid"], tracking_no="78900000000009")
    trade.ship(shop, order["paid"], tracking_no="78900000000008")
    buyer.call("orders.confirm_receipt", key="r1", order_no=order["shipped"])
    buyer.call("orders.confirm_receipt", key="r2", order_no=order["paid"])
    storage = trade.storage(shop)
    first.call("orders.export_orders", placed_from=shop.now - timedelta(days=1), placed_until=shop.now)
    assert len(storage.objects) == 1
    first.call("catalog.copy_product", spu_id=about["spu_id"])
    first.call("staff.save_settings", version=1, changes={"shop_name": "新店"})
    shop.relay()


def money(shop: Shop, about: dict[str, Any]) -> dict[str, Any]:
    """Where every fen is, by names and not by ids."""
    names = {number: name for name, number in about["orders"].items()}
    return {
        "orders": sorted((names.get(row.order_no, "?"), row.state, row.pay_fen, row.refunded_fen,
                          row.balance_refunded_fen) for row in shop.rows(orders)),
        "refunds": sorted((names.get(row.order_no, "?"), row.amount_fen, row.balance_fen, row.state)
                          for row in shop.rows(refunds)),
        "settings": callers(shop, about)["staff"].call("staff.show_settings")["settings"],
        "findings": shop.database.read(audit.audit),
        "undelivered": [(row.listener, row.last_error) for row in shop.rows(outbox_deliveries)],
        "pending": [row.kind for row in shop.rows(outbox_events, state="PENDING")],
    }


@pytest.mark.parametrize("more", [False, True], ids=["as written", "with more fields"])
@pytest.mark.parametrize("release", RELEASES)
def test_what_a_release_wrote_lives_on_to_the_fen(bare: Shop, release: str, more: bool):
    about = opened(bare, release, more=more)
    live_on(bare, about)
    found = money(bare, about)
    assert (found["findings"], found["undelivered"], found["pending"]) == ([], [], [])
    assert (found["settings"]["shop_name"], found["settings"]["member_levels"][1]["percent"]) == ("新店", 95)
    assert found["refunds"] == REFUNDS
    assert [row for row in found["orders"] if row[0] in ("paid", "unpaid", "received", "by_balance")] == ORDERS


# Of three pieces at 94.05 (vip) less 20.00, 5.00 and 10.00 in points, freight 10.00: two give back 164.77 and 6.67.
REFUNDS = [("by_balance", 4_405, 5_000, "DUE"), ("paid", 17_144, 0, "DUE"), ("received", 9_405, 0, "DUE"),
           ("shipped", 9_405, 0, "DUE")]
ORDERS = [("by_balance", "CLOSED", 9_405, 9_405, 5_000), ("paid", "RECEIVED", 25_715, 17_144, 0),
          ("received", "CLOSED", 9_405, 9_405, 0), ("unpaid", "SHIPPED", 15_000, 0, 0)]


def test_every_kind_of_document_is_in_the_frozen_rows():
    """A column for documents that no release has frozen is one whose readers nobody has tried."""
    frozen = rows.read(RELEASES[-1])["rows"]
    columns = [(table.name, column.name) for table in load_all().tables.values() for column in table.columns
               if isinstance(column.type, (Json, SealedJson))]
    never = [f"{table}.{column}" for table, column in columns
             if not any(row.get(column) not in (None, "[]", "{}") for row in frozen.get(table, []))]
    assert set(never) <= EMPTY


EMPTY = {"sensitive_changes.payload", "warehouses.regions", "imports.row_errors", "imports.counts",
         "data_keys.progress", "rehearsals.asked", "rehearsals.found",
         "audit_positions.position", "skus.spec_names",
         "products.purchase_rules", "skus.purchase_rules", "service_templates.fields",
         "refund_requests.evidence"}  # the last release had none
