"""Every list and search, with every filter, every timer with nothing to do and every slice of the audit's keys reads a
page and not the table: by the plan of SQLite, and on MariaDB by the rows that it has touched. Asked as staff, as a
seller who has nothing, as a member, by page and at the end."""

from __future__ import annotations


from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from mall.app import registry
from mall.domains.catalog.listing import NARROW
from mall.domains.insight.rules import MOST_DAYS
from mall.flows.ops import audit
from mall.kit import invariants
from mall.kit.schema import metadata
from mall.kit.zone import day_of
from mall.tables.people import staff
from sqlalchemy import update

from tests.lists.past import MANY, fill, no
from tests.support import wallet
from tests.support.shop import Caller, Shop

pytestmark = pytest.mark.spec("L3")

ACTIONS = registry.load()
MOST_TOUCHED = 700  # a page of twenty with what is joined to it, of several states; a third of a table
WITHIN = NARROW + MOST_TOUCHED  # first it is seen whether there are few or many
FILTERS = {"category_id", "tag", "price_from_fen", "price_to_fen"}
STEPS_OF_A_ROW = 30  # of SQLite's machine
SMALL = ("categories", "roles", "staff", "shop_settings", "freight_templates")
BY_TITLE = 2 * MANY + MOST_TOUCHED  # a keyword looks at titles, five thousand at most
OLD_DAY = {"placed_from": "2026-05-01T00:00:00+08:00", "placed_until": "2026-05-02T00:00:00+08:00"}

LISTS: dict[str, list[dict[str, Any]]] = {
    "catalog.list_products": [
        *({"sort": sort, **more} for sort in ("newest", "price_low", "price_high", "most_sold") for more in (
            {}, {"category_id": no("cat", 0)}, {"category_id": no("cat", 1)}, {"tag": "热卖"}, {"tag": "新品"},
            {"seller_id": "<own>"}, {"category_id": no("cat", 0), "tag": "新品"},
            {"price_from_fen": 1, "price_to_fen": 100_000_000})),
        {"keyword": "商品 77"}, {"keyword": "没有"}],
    "catalog.list_shelf": [
        {}, {"state": "UNLISTED"}, {"state": "DRAFT"}, {"keyword": "没有"}, {"spu_ids": [no("spu", 1), no("spu", 7)]}],
    "coupons.list_claimable_coupons": [{}],
    "coupons.list_coupon_templates": [  # of one alone it counts on, and reads what it counts
        {}, {"state": "ACTIVE"}, {"state": "ENDED"}, {"template_id": no("cpt", 2)}],
    "coupons.list_my_coupons": [{"tab": tab} for tab in ("usable", "used", "expired")],
    "fulfilment.list_to_ship": [{"delivery": "EXPRESS"}, {"delivery": "PICKUP"}],
    "group_buys.list_group_buys": [{}, {"state": "ACTIVE"}, {"state": "ENDED"}, {"group_buy_id": no("gby", 5)}],
    "invoices.list_invoices": [{}, {"state": "ISSUED"}, {"state": "RED_DUE"}],
    "invoices.list_my_invoices": [{}],
    "ledger.list_entries": [{"order_no": no("ord", 5)}, {"reference": no("pay", 5)}],
    "members.list_growth_entries": [{}],
    "members.search_members": [
        {}, {"member_id": "<member>"}, {"phone": "13900001234"}, {"nickname": "会员 77"}, {"nickname": "会员"},
        {"blocked": True}, {"level": "ordinary"}, {"level": "vip"},
        {"joined_from": OLD_DAY["placed_from"], "joined_until": OLD_DAY["placed_until"]},
        {"level": "ordinary", "joined_from": OLD_DAY["placed_from"], "joined_until": OLD_DAY["placed_until"]}],
    "members.show_member_growth": [{"member_id": "<member>"}],
    "ops.list_parked_events": [{}],
    "ops.list_cases": [{}, {"state": "OPEN"}, {"state": "RESOLVED"}],
    "orders.list_orders": [{}, *({"tab": tab} for tab in ("unpaid", "to_ship", "shipped", "finished", "closed"))],
    "orders.search_orders": [
        {}, OLD_DAY, {"order_no": no("ord", 5)}, {"phone": "13900001234"}, {"state": "SHIPPED"}, {"state": "UNPAID"},
        {"state": "RECEIVED", **OLD_DAY}, {"state": "SHIPPED", **OLD_DAY}, {"delivery": "PICKUP"},
        {"delivery": "EXPRESS"}, {"delivery": "PICKUP", **OLD_DAY}, {"delivery": "PICKUP", "state": "RECEIVED"},
        {"sku_id": no("sku", 0)}, {"sku_id": no("sku", 1)}, {"sku_id": no("sku", 0), **OLD_DAY},
        {"transaction_id": "5"}, {"payment_no": no("pay", 5)}, {"tracking_no": "NO-5"}, {"tracking_no": "NONE"},
        {"name": "买家5"}, {"name": "没有"}, {"member_id": "<member>"}, {"title": "商品"}, {"title": "没有"},
        {"title": "没有", "state": "SHIPPED"}, {"title": "没有", **OLD_DAY}, {"title": "商品", "sku_id": no("sku", 1)},
        *({**one, "state": "RECEIVED", "delivery": "EXPRESS", "title": "商品", **OLD_DAY} for one in (
            {"tracking_no": "NO-5"}, {"name": "买家5"}, {"phone": "13900001234"}, {"member_id": "<member>"},
            {"transaction_id": "5"}, {"payment_no": no("pay", 5), "name": "没有"}))],
    "points.list_point_entries": [{}],
    "points.show_member_points": [{"member_id": "<member>"}],
    "pricing.list_rehearsals": [{}, {"state": "RUNNING"}, {"state": "DONE"}],
    "promotions.list_promotions": [{}, {"state": "ACTIVE"}, {"state": "ENDED"}, {"promotion_id": no("prm", 5)}],
    "reconciliation.list_bills": [{}],
    "reconciliation.list_differences": [{}, {"state": "RESOLVED"}, {"kind": "FEE"}, {"day": "2026-01-05"}],
    "refunds.list_refunds": [{}, {"state": "DONE"}, {"state": "FAILED"}],
    "refunds.list_requests": [{}, {"state": "OPEN"}, {"state": "REFUSED"}],
    "sellers.list_my_applications": [{}],
    "sellers.list_sellers": [{}, {"state": "ACTIVE"}, {"name": "南山"}, {"order_no": no("ord", 5)}],
    "settlements.list_statements": [{}, {"state": "DONE"}, {"state": "FAILED"}],
    "staff.list_audit_log": [{}, {"actor_id": "stf_1"}, {"actor_id": "stf_2"}, {"action_name": "a.b"},
                             {"action_name": "c.d"}],
    "staff.list_sensitive_changes": [{}, {"state": "PENDING"}, {"state": "APPROVED"}],
    "stock.list_stock": [{}, {"spu_id": no("spu", 5)}, {"sku_code": "code-7"}],
    "stock.list_stock_alerts": [{}],
    "stock.list_stock_entries": [{"sku_id": no("sku", 0)}],
    "wallets.list_safeguarding_reports": [{}],
    "wallets.list_wallet_entries": [{}],
    "wallets.show_member_wallet": [{"member_id": "<member>"}],
}
NO_PAGES: dict[str, list[dict[str, Any]]] = {
    "catalog.list_categories": [{"seller_id": "<own>"}],
    "group_buys.list_joinable_groups": [{"spu_id": no("spu", 2)}],
    "orders.count_order_tabs": [{}],
    "members.view_member_center": [{}],
    "members.show_member": [{"member_id": "<member>"}],
    "insight.view_today": [{}],
    **{f"insight.chart_{of}": [{"from_day": "<a quarter before>", "until_day": "<today>"}]
       for of in ("takings", "refunds", "coupons", "sharing", "points")},
}
WHOLE_BY_NATURE = {  # what the docs name as such, and timers of which this past has something to do
    "sellers.show_statement", "ledger.list_balances", "ops.audit_invariants", "reconciliation.match_bills",
    "reconciliation.pull_bills", "pricing.rehearse_promotion", "ops.relay_outbox", "staff.chain_audit_log",
    "privacy.rotate_data_key", "ops.purge_old_rows",
    "wallets.report_safeguarding", "insight.sum_days"}


def test_every_list_is_looked_at_with_every_filter():
    for action in ACTIONS.values():
        fields = set(action.input.model_fields) if action.input and action.kind == "query" else set()
        if "cursor" not in fields or action.name in WHOLE_BY_NATURE:
            continue
        asked = {name for each in LISTS.get(action.name, []) for name in each}
        assert fields - {"cursor", "limit"} <= asked, action.name


def test_no_list_and_no_timer_reads_more_than_it_needs(shop: Shop):
    member = shop.member()
    fill(shop, member)
    wallet.open(shop, sharing_mode="on_receipt")
    boss, stranger = shop.staff(), shop.staff()
    stranger.name = "of a seller who has nothing"
    shop.database.run(lambda tx: tx.write(
        update(staff).where(staff.c.staff_id == stranger.subject_id).values(seller_id="sel_2")))
    look = Look(shop)
    for name, questions in {**LISTS, **NO_PAGES}.items():
        for given in questions:
            for who in {"staff": (boss, stranger), "member": (member,), "anyone": (shop.nobody,)}[ACTIONS[name].allow]:
                look.at(who, name, _named(given, who, member, stranger))
    for name, action in ACTIONS.items():
        if action.kind == "timer" and name not in WHOLE_BY_NATURE:
            with look.watched(name, MOST_TOUCHED):
                shop.tick(name)
    for subject in audit.SUBJECTS:
        with look.watched(f"the audit's next {subject.name}", MOST_TOUCHED + subject.at_once):
            shop.database.read(lambda tx, subject=subject: invariants.next_keys(tx, subject, ""))
    assert "\n".join(look.found) == ""


def _named(given: dict[str, Any], who: Caller, member: Caller, stranger: Caller) -> dict[str, Any]:
    seller = "sel_2" if who is stranger else "sel_00000000000000000000000001"
    today = day_of(member.shop.now)
    names = {"<member>": member.subject_id, "<own>": seller, "<today>": today.isoformat(),
             "<a quarter before>": (today - timedelta(days=MOST_DAYS - 1)).isoformat()}
    return {key: names.get(value, value) if isinstance(value, str) else value for key, value in given.items()}


class Look:
    """Calls actions and keeps what read too much."""

    def __init__(self, shop: Shop):
        self.shop, self.found = shop, []

    def at(self, who: Caller, name: str, given: dict[str, Any]) -> None:
        most = (BY_TITLE if {"keyword", "title"} & set(given) else
                WITHIN if FILTERS & set(given) else MOST_TOUCHED)
        try:
            with self.watched(f"{name} {given} {who.name}", most):
                answer = who.call(name, **given)
            if answer.get("next_cursor"):
                with self.watched(f"{name} {given}, second page", most):
                    who.call(name, cursor=answer["next_cursor"], **given)
        except Exception as problem:
            if getattr(problem, "code", "") not in ("PLATFORM_ONLY", "ORDER_NOT_FOUND", "MOVEMENT_NOT_FOUND"):
                self.found.append(f"{name} {given}: {problem}")

    @contextmanager
    def watched(self, what: str, most: int) -> Iterator[None]:
        watch = _plans if self.shop.database.kind == "sqlite" else _touched
        with watch(self.shop) as seen:
            yield
        self.found += [f"{what}: {problem}" for problem in seen(most)]


@contextmanager
def _touched(shop: Shop) -> Iterator[Any]:
    """How many rows MariaDB has read meanwhile, by index or without."""
    link, before = shop.database.link(), _handler_reads(shop)

    def seen(most: int) -> list[str]:
        assert shop.database.link() is link
        touched = _handler_reads(shop) - before
        return [f"{touched} rows read"] if touched > most else []

    yield seen


def _handler_reads(shop: Shop) -> int:
    cursor = shop.database.link()._cursor()
    cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
    return sum(int(value) for _, value in cursor.fetchall())


@contextmanager
def _plans(shop: Shop) -> Iterator[Any]:
    """What SQLite does meanwhile: its steps are few, and by its plans no table is walked from end to end."""
    connection, asked, ticks = shop.database.link()._connection, [], []
    connection.set_trace_callback(asked.append)
    connection.set_progress_handler(lambda: ticks.append(1), 100)

    def seen(most: int) -> list[str]:
        steps, statements = 100 * len(ticks), [each for each in asked if each.lstrip().upper().startswith("SELECT")]
        connection.set_trace_callback(None)
        connection.set_progress_handler(None, 0)
        plans = {row[3] for each in statements for row in connection.execute(f"EXPLAIN QUERY PLAN {each}")}
        walks = [step for step in plans if step.startswith("SCAN ") and "USING" not in step
                 and step.split()[1].strip('"') in metadata.tables and step.split()[1] not in SMALL]
        return walks + ([f"{steps} steps"] if steps > STEPS_OF_A_ROW * most else [])

    yield seen


