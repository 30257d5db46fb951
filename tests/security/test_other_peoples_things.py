"""Another's id answers exactly as an id that does not exist: the same code, status and data, nothing touched.

Generated: every place in every action's input that takes the id of a thing of one member (or of one seller,
for staff) is filled with a real thing of somebody else, and with an id of the same shape that nobody has.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mall.domains.stock.warehouses import MAIN_WAREHOUSE
from mall.app.actions import Action
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.accounts import differences, invoices
from mall.tables.goods import uploads
from mall.tables.marketing import coupons, promotions
from mall.tables.people import roles, sensitive_changes, staff
from mall.tables.settlements import share_lines, shares
from mall.tables.trade import cases, order_lines, payments, refund_requests, refunds

from tests.security.shapes import fitting
from tests.security.test_authorization_matrix import _hire
from tests.security.town import Town, actions, row
from tests.support import seed, trade
from tests.support.shop import Caller

pytestmark = pytest.mark.spec("J6")

# what belongs to one person or one seller, by the name of the field
MEMBERS_OWN = ("order_no", "address_id", "coupon_ids", "request_id", "invoice_id", "upload_id",
               "evidence_ids", "licence_upload_id")
SELLERS_OWN = ("spu_id", "spu_ids", "sku_id", "category_id", "parent_id", "freight_template_id", "template_id",
               "order_no", "event_id", "case_id", "promotion_id", "refund_no", "role_id", "staff_id", "group_buy_id",
               "warehouse_id", "actor_id", "change_id", "member_id", "line_id", "invoice_id", "difference_id",
               "share_no", "request_id", "payment_no", "transaction_id", "rehearsal_id", "upload_id",
               "file_upload_id", "licence_upload_id")
PUBLIC = {  # a thing of one seller that the action shows to everybody, or that stays a name of no thing
    "ops.replay_parked_event.event_id",
    "messaging.save_template.template_id",
}


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(sqlite_template, tmp_path_factory.mktemp("others"))


@pytest.fixture(scope="module")
def things(town: Town) -> dict[str, list[str]]:
    """One or more real things for each name of a field, all of the victim and of the default seller."""
    shop = town.shop
    goods, victim = seed.product(shop, skus=2), shop.member("别人")
    unpaid = trade.place(shop, victim, goods.sku_id)["order_no"]
    paid, shipped = (trade.paid_order(shop, victim, goods.sku_id) for _ in range(2))
    trade.ship(shop, shipped)
    role_id, staff_id, case_id, refund_no, coupon_id, group_buy_id = (
        new_id(prefix) for prefix in ("rol", "stf", "cas", "ref", "cpn", "gby"))
    share_no = new_id("shr")
    upload_id, checked = new_id("upl"), {purpose: new_id("upl") for purpose in ("EVIDENCE", "LICENCE", "PAPER")}
    invoice_ids, difference_id = {"REQUESTED": new_id("inv"), "RED_DUE": new_id("inv")}, new_id("dif")
    owner = shop.staff()
    template_id = owner.call(
        "coupons.save_coupon", kind="no_threshold", title="券", terms={"off_fen": 500}, channel="CENTRE", quota=30,
        per_member=2, claim_from=shop.now, claim_until=shop.now.replace(year=shop.now.year + 1),
        valid_days=10)["template_id"]
    group_buy_id = owner.call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="团", size=3, open_hours=2, starts_at=shop.now,
        prices=[{"sku_id": sku_id, "price_fen": 900} for sku_id in goods.sku_ids],
        ends_at=shop.now.replace(year=shop.now.year + 1))["group_buy_id"]

    rehearsal_id = owner.call(
        "pricing.start_rehearsal", placed_from=shop.now - timedelta(days=9), placed_until=shop.now)["rehearsal_id"]

    def write(tx: Any) -> None:
        tx.insert(coupons, coupon_id=coupon_id, template_id=template_id, seller_id=DEFAULT_SELLER,
                  member_id=victim.subject_id, state="USABLE", order_no=None, valid_from=shop.now,
                  valid_until=shop.now.replace(year=shop.now.year + 1), reminded=False, created_at=shop.now,
                  used_at=None)
        tx.insert(roles, role_id=role_id, seller_id=DEFAULT_SELLER, name="客服", permissions=["orders.*"],
                  created_at=shop.now)
        tx.insert(staff, staff_id=staff_id, seller_id=DEFAULT_SELLER, username="u", display_name="店员",
                  password_hash="-", role_id=role_id, active=True, failed_sign_ins=0, locked_until=None,
                  created_at=shop.now)
        tx.insert(cases, case_id=case_id, seller_id=DEFAULT_SELLER, kind="X", reference="r", state="OPEN", sentence="s",
                  next_step="n", data={}, note="", created_at=shop.now, resolved_at=None)
        tx.insert(sensitive_changes, **row(
            sensitive_changes, shop.now, change_id="sch_1", seller_id=DEFAULT_SELLER, kind="SETTINGS", state="PENDING",
            expires_at=shop.now + timedelta(days=300)))
        tx.insert(refunds, **row(
            refunds, shop.now, refund_no=refund_no, payment_no=trade.order(shop, paid).payment_no, order_no=paid,
            member_id=victim.subject_id, state="FAILED", amount_fen=1))
        for state, invoice_id in invoice_ids.items():
            tx.insert(invoices, **row(
                invoices, shop.now, invoice_id=invoice_id, seller_id=DEFAULT_SELLER, member_id=victim.subject_id,
                order_no=shipped, state=state, amount_fen=1, red_due_fen=1, title="某公司", red_letters=[]))
        tx.insert(refund_requests, **row(
            refund_requests, shop.now, request_id="rrq_1", order_no=paid, seller_id=DEFAULT_SELLER,
            member_id=victim.subject_id, state="OPEN", kind="GOODS", wanted={}, reason="OTHER", active_key=paid))
        tx.insert(shares, **row(
            shares, shop.now, share_no=share_no, wechat_share_no=share_no, order_no=paid, seller_id=DEFAULT_SELLER,
            state="FAILED"))
        tx.insert(share_lines, **row(share_lines, shop.now, share_no=share_no, state="CLOSED", amount_fen=1))
        tx.insert(uploads, **row(uploads, shop.now, upload_id=upload_id, owner_id=victim.subject_id,
                                 seller_id=DEFAULT_SELLER, purpose="REVIEW", content_type="image/png", state="ISSUED"))
        for purpose, whose in (("EVIDENCE", victim), ("LICENCE", victim), ("PAPER", owner)):
            tx.insert(uploads, **row(uploads, shop.now, upload_id=checked[purpose], owner_id=whose.subject_id,
                                     seller_id=DEFAULT_SELLER, purpose=purpose, content_type="image/png",
                                     state="CHECKED"))
        tx.insert(differences, **row(
            differences, shop.now, difference_id=difference_id, seller_id=DEFAULT_SELLER, state="OPEN"))

    town.database.run(write)
    category = seed.category(shop)[-1]
    found = {
        "payment_no": [row.payment_no for row in shop.rows(payments)],
        "transaction_id": [row.transaction_id for row in shop.rows(payments) if row.transaction_id],
        "order_no": [unpaid, paid, shipped], "address_id": [seed.address(shop, victim)], "coupon_ids": [coupon_id],
        "spu_id": [goods.spu_id], "spu_ids": [goods.spu_id], "sku_id": goods.sku_ids[:1], "category_id": [category],
        "parent_id": [category], "freight_template_id": [seed.freight_template(shop)], "template_id": [template_id],
        "case_id": [case_id], "promotion_id": [seed.promotion(shop)], "refund_no": [refund_no], "role_id": [role_id],
        "staff_id": [staff_id], "group_buy_id": [group_buy_id], "actor_id": [owner.subject_id],
        "event_id": ["evt_1"], "warehouse_id": [seed.warehouse(shop)], "change_id": ["sch_1"],
        "member_id": [victim.subject_id],
        "invoice_id": list(invoice_ids.values()), "request_id": ["rrq_1"],
        "difference_id": [difference_id], "share_no": [share_no], "rehearsal_id": [rehearsal_id],
        "upload_id": [upload_id], "evidence_ids": [checked["EVIDENCE"]], "file_upload_id": [checked["PAPER"]],
        "licence_upload_id": [checked["LICENCE"], checked["PAPER"]],
        "line_id": [line.line_id for line in shop.rows(order_lines, order_no=paid)],
    }
    assert town.shop.rows(promotions) != []
    town.goods = goods
    return found


@pytest.fixture(scope="module")
def callers(town: Town, things: dict) -> dict[str, Caller]:
    me, foreign = town.shop.member("小红"), _hire(town, ["*"], "sel_other")
    things["own"] = _own(town, me, foreign, things)
    town.keep()
    return {"member": me, "staff": foreign}


def _own(town: Town, me: Caller, foreign: Caller, things: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    """What the rest of an input must say of the caller's own, so that the foreign id is what it hangs on."""
    shop, now = town.shop, town.shop.now
    window = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(days=9)).isoformat()}
    own_goods, own_category = seed.product(shop, seller_id="sel_other"), seed.category(shop, seller_id="sel_other")
    basket = {"lines": [{"sku_id": things["sku_id"][0], "quantity": 1}], "delivery": "EXPRESS",
              "address_id": seed.address(shop, me)}
    own_order = {"order_no": trade.paid_order(shop, me, own_goods.sku_id)}
    own_line = {"lines": [{"sku_id": own_goods.sku_id, "quantity": 1}]}
    past = {"placed_from": (now - timedelta(days=9)).isoformat(), "placed_until": window["ends_at"]}
    own_role = shop.rows(staff, staff_id=foreign.subject_id)[0].role_id
    return {
        "refunds.quote_refund": own_order, "refunds.start_refund": own_order,
        "orders.place_order": basket, "pricing.quote_checkout": basket,
        "catalog.save_product": {"category_id": own_category[-1], "version": 1},
        "coupons.save_coupon": {
            "kind": "no_threshold", "terms": {"off_fen": 500}, "valid_days": 10, "claim_from": now.isoformat(),
            "claim_until": window["ends_at"]},
        "group_buys.save_group_buy": {
            **window, "spu_id": own_goods.spu_id, "prices": [{"sku_id": own_goods.sku_id, "price_fen": 1}]},
        "promotions.save_promotion": {**window, "steps": [{"threshold_fen": 2, "off_fen": 1}]},
        "promotions.save_promotion goods": {**window, "kind": "hook"},
        "promotions.save_promotion gifts": {**window, "kind": "gift", "threshold_fen": 1},
        "pricing.simulate_promotion goods": {**own_line, "kind": "hook"},
        "pricing.simulate_promotion gifts": {**own_line, "kind": "gift", "threshold_fen": 1},
        **{f"pricing.{name} goods": {**past, "kind": "hook"} for name in ("rehearse_promotion", "start_rehearsal")},
        **{f"pricing.{name} gifts": {**past, "kind": "gift", "threshold_fen": 1}
           for name in ("rehearse_promotion", "start_rehearsal")},
        "pricing.simulate_promotion": own_line, "pricing.rehearse_promotion": past, "pricing.start_rehearsal": past,
        "staff.save_role": {"permissions": ["orders.*"]},
        "pricing.adjust_order_price": {"freight_fen": 0},
        "staff.save_staff": {"role_id": own_role}, "stock.transfer_stock": {
            "from_warehouse_id": MAIN_WAREHOUSE, "to_warehouse_id": seed.warehouse(shop, seller_id="sel_other")},
    }


def places(action: Action) -> Iterator[tuple[str, ...]]:
    """The paths in the action's input that take such an id: ("parcels", "[]", "order_no")."""
    if action.input is None or action.allow not in ("member", "staff"):
        return
    schema = action.input.model_json_schema()
    owned = MEMBERS_OWN if action.allow == "member" else SELLERS_OWN
    yield from (path for path in _paths(schema, schema.get("$defs", {}), ()) if path[-1] in owned
                and f"{action.name}.{path[-1]}" not in PUBLIC)


def _paths(schema: dict[str, Any], models: dict[str, Any], at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        schema = models[schema["$ref"].rpartition("/")[2]]
    for option in schema.get("anyOf", []):
        yield from _paths(option, models, at)
    if schema.get("type") == "array":
        yield from _paths(schema["items"], models, (*at, "[]"))
    for name, part in schema.get("properties", {}).items():
        yield (*at, name)
        yield from _paths(part, models, (*at, name))


def filled(action: Action, path: tuple[str, ...], value: str, known: dict[str, list[str]]) -> dict[str, Any]:
    """An input that fits, with `value` at the place."""
    given = fitting(action.input.model_json_schema(), every=False)
    at: Any = given
    for depth, (step, following) in enumerate(zip(path, (*path[1:], ""), strict=True)):
        if step == "[]":
            if not at:
                at.append(_item(action, path[:depth + 1]))
            at = at[0]
        elif not following:
            at[step] = [value] if step.endswith("s") and step != "parcels" else value
        else:
            at[step] = at.get(step) or []
            at = at[step]
    own = known["own"].get(f"{action.name} {path[0]}") or known["own"].get(action.name, {})
    return {**given, **{name: part for name, part in own.items() if name != path[0]}}


def _item(action: Action, path: tuple[str, ...]) -> Any:
    """One of the list whose place is `path`."""
    part = schema = action.input.model_json_schema()
    models = schema.get("$defs", {})
    for step in path:
        part = part["anyOf"][0] if "anyOf" in part else part
        part = models[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        part = part["items"] if step == "[]" else part["properties"][step]
    return fitting(part, models)


def answered(town: Town, caller: Caller, action: Action, given: dict[str, Any]) -> tuple[Any, set[str]]:
    """(status and answer without what is this call's own, tables changed); put back afterwards."""
    answer = town.shop.send(action.name, caller.event(action.name, given, secrets.token_hex(8)))
    body = json.loads(answer["body"])
    body.pop("request_id")
    changed = town.changed()
    return (answer["statusCode"], body), changed


def same_but_for(text: Any, value: str) -> str:
    """The answer with the id that was asked for blotted out: it may be told back to who sent it."""
    return json.dumps(text, ensure_ascii=False).replace(value, "<id>")


CASES = [(action, path) for action in actions() for path in places(action)]


@pytest.mark.parametrize(("action", "path"), CASES, ids=lambda part: part.name if isinstance(part, Action) else
                         ".".join(part))
def test_anothers_id_is_answered_as_one_that_nobody_has(
        town: Town, things: dict[str, list[str]], callers: dict[str, Caller], action: Action, path: tuple[str, ...]):
    for theirs in things[path[-1]]:
        prefix = theirs.partition("_")[0]
        nobodys = new_id(prefix) if "_" in theirs else "nowhere"
        caller = callers[action.allow]
        real, wrote = answered(town, caller, action, filled(action, path, theirs, things))
        absent, _ = answered(town, caller, action, filled(action, path, nobodys, things))
        assert same_but_for(real, theirs) == same_but_for(absent, nobodys)
        wrote = wrote - {"attempts"}  # a try is counted whatever becomes of it
        assert wrote <= ({"audit_entries"} if action.allow == "staff" else set()) or real[0] == 200, wrote
        assert real[0] != 400 or real[1]["error"]["code"] == "BAD_GROUP_PRICES", f"the id was not looked at: {real}"


def test_every_field_that_names_a_thing_is_known_here():
    """A new field that ends in _id or _no is either owned by somebody or said to be nobody's."""
    told = {*MEMBERS_OWN, *SELLERS_OWN, "group_id", "activity_id", "joins_id", "seller_id", "import_id",
            "tracking_no", "seen_tracking_no",
            "member_ids", "from_warehouse_id", "to_warehouse_id", "sku_ids", "tax_no", "receiver_id", "line_ids",
            "block_id", "licence_no"}
    names = {path[-1] for action in actions() if action.input for path in _paths(
        action.input.model_json_schema(), action.input.model_json_schema().get("$defs", {}), ())}
    assert {name for name in names if name.endswith(("_id", "_no", "_ids", "_nos"))} - told == set()
    assert len(CASES) >= 50
