"""An id of the right form that nobody has is refused by the name of its field, and nothing changes: an offer on goods
that do not exist, a note to no order, a receiver who is none."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from mall.app.actions import Action
from mall.kit.ids import new_id

from tests.security.shapes import fitting
from tests.security.test_other_peoples_things import (  # noqa: F401
    _item, _paths, answered, callers, same_but_for, things, town,
)
from tests.security.town import Town, actions
from tests.support import sellers
from tests.support.shop import Caller

pytestmark = pytest.mark.spec("J6")

ENDS = ("_id", "_no", "_ids", "_nos")
NOT_AN_ID = {  # by its name it looks like one of ours
    "fulfilment.ship_orders parcels.[].tracking_no": "the carrier's number",
    "fulfilment.correct_parcel tracking_no": "the same",
    "fulfilment.withdraw_parcel tracking_no": "the same",
    "fulfilment.correct_parcel seen_tracking_no": "the same, as it was seen",
    "messaging.save_template template_id": "WeChat's",
    "risk.unblock_member block_id": "which block was seen: another one is refused in its own test",
    "invoices.request_invoice tax_no": "the buyer's number at the tax office",
    "catalog.import_products import_id": "chosen by the client, so that the same file sent again is one import",
    **{f"sellers.{name} licence_no": "of a paper" for name in ("apply_to_sell", "add_seller", "save_seller")},
    "pricing.quote_checkout group_id": "means nothing without group_buy_id, with which it is tried below",
    "orders.place_order group_id": "the same",
    "pricing.quote_checkout joins_id": "the same of activity_id",
    "orders.place_order joins_id": "the same",
}
FINDS_NOTHING = {  # it answers 200 and changes nothing: what is asked for has none of it
    "catalog.list_categories seller_id", "catalog.list_products category_id", "catalog.list_products seller_id",
    "catalog.list_shelf spu_ids", "coupons.list_coupon_templates template_id",
    "promotions.list_promotions promotion_id",
    "group_buys.list_group_buys group_buy_id", "group_buys.list_joinable_groups spu_id",
    "members.search_members member_id", *(f"orders.search_orders {name}" for name in (
        "order_no", "sku_id", "member_id", "payment_no", "transaction_id", "tracking_no")),
    "sellers.list_sellers order_no", "staff.list_audit_log actor_id", "stock.list_stock spu_id",
    "stock.list_stock_entries sku_id",
    "carts.drop_cart_items sku_ids",  # what is not in the cart is out of it
    "pricing.quote_checkout coupon_ids",  # told what applies: not this one; an order with it is refused
    "orders.export_orders sku_id",  # a file of no orders
}
EACH_BY_ITSELF = {  # of several, the one that is wrong is told in the answer and the others are done
    "catalog.publish_products spu_ids", "catalog.withdraw_products spu_ids",
    "fulfilment.ship_orders parcels.[].order_no", "fulfilment.ship_orders parcels.[].lines.[].line_id",
    "coupons.issue_coupons member_ids",
}
OF_THE_SHOP = {"PLATFORM_ONLY"}  # asked again by the platform's own staff


def ids_in(action: Action) -> Iterator[tuple[str, ...]]:
    schema = action.input.model_json_schema()
    for path in dict.fromkeys(_paths(schema, schema.get("$defs", {}), ())):
        if path[-1].endswith(ENDS) or path[-1] == "ids":
            yield path


CASES = [(action, path) for action in actions() if action.input for path in ids_in(action)
         if f"{action.name} {'.'.join(path)}" not in NOT_AN_ID]
ELSE: dict[str, dict[str, Any]] = {  # what the rest of an input says, so that it is the id on which it hangs
    "coupons.save_coupon terms.scope.ids": {"terms": {"off_fen": 500, "scope": {"kind": "goods"}}},
    "promotions.save_promotion scope.ids": {"scope": {"kind": "categories"}},
    "sellers.list_sellers order_no": {"name": None, "state": None},
    **{f"{name} {path}": more for name in (
        "promotions.save_promotion", "pricing.simulate_promotion", "pricing.rehearse_promotion",
        "pricing.start_rehearsal") for path, more in {
            "goods.[].sku_id": {"kind": "hook", "steps": None},
            "gifts.[].sku_id": {"kind": "gift", "threshold_fen": 1, "steps": None}}.items()},
    **{f"{name} scope.ids": {"kind": "full_reduction", "steps": [{"threshold_fen": 2, "off_fen": 1}],
                             "scope": {"kind": "goods"}}
       for name in ("pricing.simulate_promotion", "pricing.rehearse_promotion", "pricing.start_rehearsal")},
}


@pytest.fixture(scope="module")
def people(town: Town, things: dict, callers: dict[str, Caller]) -> dict[str, Caller]:  # noqa: F811
    """The callers with the platform's own staff, and a coupon and goods of those who call."""
    window = things["own"]["promotions.save_promotion"]
    coupon = callers["staff"].call(
        "coupons.save_coupon", kind="no_threshold", title="券", terms={"off_fen": 500}, channel="STAFF", quota=30,
        per_member=2, claim_from=window["starts_at"], claim_until=window["ends_at"], valid_days=10)
    sku_id = things["own"]["group_buys.save_group_buy"]["prices"][0]["sku_id"]
    group = {"lines": things["own"]["orders.place_order"]["lines"], "group_buy_id": things["group_buy_id"][0]}
    things["own"] |= {
        "coupons.issue_coupons": {"template_id": coupon["template_id"]},
        "coupons.make_code_batch": {"template_id": coupon["template_id"]},
        "orders.change_address": {"address_id": things["own"]["orders.place_order"]["address_id"]},
        "orders.quote_address": {"address_id": things["own"]["orders.place_order"]["address_id"]},
        "refunds.ask_refund": {"order_no": things["own"]["refunds.start_refund"]["order_no"]},
        **{f"stock.{name}": {"sku_id": sku_id} for name in ("adjust_stock", "set_safe_level")},
        "stock.transfer_stock": things["own"]["stock.transfer_stock"] | {"sku_id": sku_id}}
    things["group"] = things["own"]["orders.place_order"] | group
    boss = town.shop.staff()
    tea = sellers.open_shop(town.shop, platform=boss)
    things["own"]["sellers.save_seller"] = {"seller_id": tea.seller_id, "version": 1, "licence_no": sellers.LICENCE}
    licence = {"number": "310106DAC0001", "issuer": "上海市商务委员会", "valid_until": "2099-12-31"}
    boss.call("staff.save_settings", version=0, changes={"stored_value_licence": licence})
    town.keep()
    return {**callers, "anyone": town.shop.nobody, "boss": boss}


def with_id(action: Action, path: tuple[str, ...], value: str, own: dict[str, Any]) -> dict[str, Any]:
    """An input that fits, with `value` at the place."""
    named = ELSE.get(f"{action.name} {'.'.join(path)}", {})
    given = copy.deepcopy({**fitting(action.input.model_json_schema()), **own.get(action.name, {}), **named})
    at: Any = given
    for depth, (step, following) in enumerate(zip(path, (*path[1:], ""), strict=True)):
        if step == "[]":
            if not at:
                at.append(_item(action, path[:depth + 1]))
            at = at[0]
        elif following:
            at[step] = at.get(step) or ([] if following == "[]" else {})
            at = at[step]
        else:
            at[step] = [value] if step.endswith("s") else value
    return given


@pytest.mark.parametrize(("action", "path"), CASES, ids=lambda part: part.name if isinstance(part, Action) else
                         ".".join(part))
def test_an_id_that_nobody_has_is_refused_by_its_name_and_nothing_changes(
        town: Town, things: dict, people: dict[str, Caller], action: Action, path: tuple[str, ...]):  # noqa: F811
    what, nobodys = f"{action.name} {'.'.join(path)}", new_id("spu")
    given = with_id(action, path, nobodys, things["own"])
    (status, body), wrote = answered(town, people[action.allow], action, given)
    if not body["ok"] and body["error"]["code"] in OF_THE_SHOP:
        (status, body), wrote = answered(town, people["boss"], action, given)
    if what in FINDS_NOTHING:
        assert nobodys not in same_but_for(body, "")
        assert (status, wrote - {"audit_entries"}) in ((200, set()), (503, set()))  # there is no store for a file here
    elif what in EACH_BY_ITSELF:
        assert (status, wrote) == (200, {"audit_entries"})
        assert "NOT_FOUND" in str(body) or "UNKNOWN" in str(body), body
    else:
        assert 400 <= status < 500, body
        assert wrote <= {"attempts", "audit_entries"}  # a try is counted, a remote's call is noted
        assert (body["error"]["field"] or "").split(".")[0] in (path[0], path[-1]), body


@pytest.mark.parametrize("name", ["orders.place_order", "pricing.quote_checkout"])
def test_a_group_that_nobody_opened_is_not_joined(
        town: Town, things: dict, people: dict[str, Caller], name: str):  # noqa: F811
    action = next(each for each in actions() if each.name == name)
    (status, body), wrote = answered(town, people["member"], action, {**things["group"], "group_id": new_id("grp")})
    assert (status, wrote) == (422, set()), body
    assert body["error"]["field"] == "group_id"


def test_what_is_said_of_a_field_here_is_said_of_one_that_there_is():
    there = {f"{action.name} {'.'.join(path)}" for action in actions() if action.input for path in ids_in(action)}
    assert {*NOT_AN_ID, *FINDS_NOTHING, *EACH_BY_ITSELF, *ELSE} - there == set()
    assert len(CASES) >= 80
