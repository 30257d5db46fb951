"""What exists and is saved as a whole is saved over the version that was read, or not at all: nobody takes back what a
colleague has just changed and he never saw."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from mall.app import registry
from mall.kit.schema import metadata
from mall.tables.people import staff as staff_rows
from sqlalchemy import update

from tests.support import seed
from tests.support.sellers import TOLD
from tests.support.shop import Caller, Refused, Shop, refused

ACTIONS = registry.load()
WRITERS = {name: action for name, action in ACTIONS.items()
           if action.kind in ("command", "remote") and re.match(r"(save|set|update|change|edit)_", name.split(".")[1])}
NO_DOCUMENT = {  # changes something that exists and takes no version, and why
    "staff.change_password": "proves the old one",
    "catalog.save_virtual_codes": "only adds",
}


def test_every_action_that_saves_a_document_takes_the_version_that_was_read():
    without = sorted(name for name, action in WRITERS.items()
                     if "version" not in action.input.model_fields and name not in NO_DOCUMENT)
    assert without == []


@pytest.mark.parametrize("name", sorted(set(WRITERS) - set(NO_DOCUMENT)))
def test_and_the_version_is_shown_by_a_page_of_the_same_domain(name: str):
    domain = name.split(".")[0]
    shown = [each for each, action in ACTIONS.items() if action.kind == "query" and each.startswith(f"{domain}.")
             and '"version"' in str(action.output.model_json_schema()).replace("'", '"')]
    assert shown, f"no query of {domain} shows a version"


def test_every_table_with_a_version_says_who_or_when():
    for table in metadata.tables.values():
        if "version" in table.c and table.name != "outbox_events":
            assert "changed_at" in table.c, table.name


# each document, as two colleagues save it

EVERYWHERE = {"first_units": 1, "first_fee_fen": 1_000}


def role(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    saved = one.call("staff.save_role", name="客服", permissions=["orders.*"])
    return "staff.save_role", saved, {"role_id": saved["role_id"], "name": "客服", "permissions": ["stock.*"]}


def person(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    role_id = one.call("staff.save_role", name="客服", permissions=["orders.*"])["role_id"]
    saved = one.call("staff.save_staff", username="lily", password="a-long-password", display_name="莉莉",
                     role_id=role_id)
    return "staff.save_staff", saved, {"staff_id": saved["staff_id"], "display_name": "丽丽", "role_id": role_id}


def freight(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    wanted = {"name": "标准", "by": "piece", "rates": [EVERYWHERE], "is_default": True}
    saved = one.call("pricing.save_freight_template", **wanted)
    return "pricing.save_freight_template", saved, {**wanted, "freight_template_id": saved["freight_template_id"],
                                                    "undeliverable": ["西藏自治区"]}


def category(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    saved = one.call("catalog.save_category", name="服装")
    return "catalog.save_category", saved, {"category_id": saved["category_id"], "name": "衣服"}


def promotion(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    wanted = {"title": "满减", "steps": [{"threshold_fen": 10_000, "off_fen": 1_000}], "starts_at": shop.now,
              "ends_at": shop.now + timedelta(days=3)}
    saved = one.call("promotions.save_promotion", **wanted)
    return "promotions.save_promotion", saved, {**wanted, "promotion_id": saved["promotion_id"], "title": "大促"}


def coupon(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    wanted = {"kind": "full_reduction", "title": "券", "terms": {"threshold_fen": 5_000, "off_fen": 1_000},
              "channel": "CENTRE", "quota": 10, "per_member": 1, "claim_from": shop.now,
              "claim_until": shop.now + timedelta(days=3), "valid_days": 30}
    saved = one.call("coupons.save_coupon", **wanted)
    return "coupons.save_coupon", saved, {**wanted, "template_id": saved["template_id"], "quota": 20}


def group_buy(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    goods = seed.product(shop, price_fen=5_000)
    wanted = {"spu_id": goods.spu_id, "title": "团", "size": 2, "open_hours": 24, "starts_at": shop.now,
              "ends_at": shop.now + timedelta(days=3), "prices": [{"sku_id": goods.sku_id, "price_fen": 3_000}]}
    saved = one.call("group_buys.save_group_buy", **wanted)
    return "group_buys.save_group_buy", saved, {**wanted, "group_buy_id": saved["group_buy_id"], "title": "新团"}


def safe_level(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    goods = seed.product(shop)
    return "stock.set_safe_level", one.call("stock.list_stock")["items"][0], {"sku_id": goods.sku_id, "safe_level": 5}


def settings(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    return ("staff.save_settings", one.call("staff.save_settings", version=0, changes={"address_limit": 10}),
            {"changes": {"address_limit": 12}})


def product(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    category_id = one.call("catalog.save_category", name="服装")["category_id"]
    wanted = {"title": "T恤", "category_id": category_id, "skus": [{"sku_code": "T-1", "price_fen": 9_900}]}
    saved = one.call("catalog.save_product", **wanted)
    return "catalog.save_product", saved, {**wanted, "spu_id": saved["spu_id"], "title": "长袖T恤"}


def message_template(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    wanted = {"template": "order_paid", "template_id": "wx-1", "fields": [{"key": "thing1", "value": "goods"}]}
    return "messaging.save_template", one.call("messaging.save_template", **wanted), {**wanted, "template_id": "wx-2"}


def warehouse(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    saved = one.call("stock.save_warehouse", name="华南仓")
    return "stock.save_warehouse", saved, {"warehouse_id": saved["warehouse_id"], "name": "华南一仓"}


def seller(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    saved = one.call("sellers.add_seller", **TOLD)
    return "sellers.save_seller", saved, {"seller_id": saved["seller_id"], **TOLD, "name": "南山茶庄"}


def commission(shop: Shop, one: Caller) -> tuple[str, dict, dict]:
    saved = one.call("sellers.add_seller", **TOLD)
    return "sellers.set_commission", saved, {"seller_id": saved["seller_id"], "commission_per_ten_thousand": 300}


DOCUMENTS: list[Callable[..., tuple[str, dict, dict]]] = [
    role, person, freight, category, promotion, coupon, group_buy, safe_level, settings, product,
    message_template, warehouse, seller, commission]
ALWAYS_THERE = ("stock.set_safe_level", "staff.save_settings", "sellers.save_seller", "sellers.set_commission")
CODES = {"staff.save_settings": "SETTINGS_CHANGED", "catalog.save_product": "PRODUCT_CHANGED",
         "sellers.save_seller": "SELLER_CHANGED", "sellers.set_commission": "SELLER_CHANGED"}
ELSEWHERE = {  # saved by two in a test of its own
    "members.save_address": "test_a_member_is_told_when_and_not_who",
    "members.update_profile": "test_a_member_is_told_when_and_not_who",
    "orders.change_address": "tests/functions/orders/test_change_address.py",
    "settlements.save_receiver": "tests/functions/settlements/test_save_receiver.py",
}


def colleague(shop: Shop, name: str) -> Caller:
    found = shop.staff()
    shop.database.run(lambda tx: tx.write(update(staff_rows).where(
        staff_rows.c.staff_id == found.subject_id).values(display_name=name)))
    return found


@pytest.mark.parametrize("make", DOCUMENTS, ids=lambda make: make.__name__)
def test_who_saves_over_what_a_colleague_has_changed_is_told_who_and_when(shop: Shop, make: Any):
    first, second = colleague(shop, "王姐"), colleague(shop, "小李")
    action, read, wanted = make(shop, second)
    shop.move(minutes=5)
    saved = first.call(action, version=read["version"], **wanted)
    assert saved["version"] == read["version"] + 1
    before = shop.snapshot()
    for seen in (read["version"], read["version"] + 7):
        with refused(CODES.get(action, "CHANGED_MEANWHILE"), status=409, field="version") as caught:
            second.call(action, version=seen, **wanted)
        assert caught[0].data["changed_by"] == "王姐" and caught[0].message.startswith("王姐已于")
        assert caught[0].data["version"] == saved["version"] and caught[0].data["changed_at"]
    if action not in ALWAYS_THERE:  # which take one always
        with refused("BAD_INPUT", status=400, field="version"):
            second.call(action, **wanted)
    assert shop.snapshot() == before
    assert second.call(action, version=saved["version"], **wanted)["version"] == saved["version"] + 1


@pytest.mark.parametrize("make", DOCUMENTS, ids=lambda make: make.__name__)
def test_of_two_who_save_at_the_same_moment_one_does(shop: Shop, make: Any):
    first, second = colleague(shop, "王姐"), colleague(shop, "小李")
    action, read, wanted = make(shop, first)
    answers = shop.in_parallel(*[lambda who=who: who.call(action, version=read["version"], **wanted)
                                 for who in (first, second)])
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "dict"], answers
    assert next(answer for answer in answers if isinstance(answer, Refused)).status == 409


def test_no_document_is_saved_by_two_untried():
    """A new one stands in DOCUMENTS, or says where it is tried."""
    tried = {name for name in WRITERS for make in DOCUMENTS if f'"{name}"' in inspect.getsource(make)}
    assert tried | set(ELSEWHERE) == set(WRITERS) - set(NO_DOCUMENT)


def test_a_member_is_told_when_and_not_who(shop: Shop):
    member, parts = shop.member(), {"name": "张三", "phone": "13800001111", "province": "浙江省", "city": "杭州市",
                                    "district": "西湖区", "detail": "文三路1号"}
    saved = member.call("members.save_address", **parts)
    shown = member.call("members.list_addresses")["addresses"][0]
    assert shown["version"] == saved["version"] == 1
    member.call("members.save_address", **parts | {"address_id": saved["address_id"], "version": 1, "name": "李四"})
    before = shop.snapshot()
    with refused("CHANGED_MEANWHILE", status=409, field="version") as caught:
        member.call("members.save_address", **parts | {"address_id": saved["address_id"], "version": 1})
    assert caught[0].data["changed_by"] is None and "修改过" in caught[0].message
    with refused("BAD_INPUT", status=400, field="version"):
        member.call("members.save_address", **parts | {"address_id": saved["address_id"]})
    assert shop.snapshot() == before
    version = member.call("members.view_profile")["version"]
    assert member.call("members.update_profile", version=version, nickname="红红")["version"] == version + 1
    with refused("CHANGED_MEANWHILE", status=409, field="version"):
        member.call("members.update_profile", version=version, nickname="绿绿")


def test_a_new_default_changes_the_old_one_and_who_edits_that_is_told(shop: Shop):
    first, second = colleague(shop, "王姐"), colleague(shop, "小李")
    action, read, wanted = freight(shop, second)
    first.call(action, name="偏远", by="piece", rates=[EVERYWHERE], is_default=True)
    with refused("CHANGED_MEANWHILE", status=409) as caught:
        second.call(action, version=read["version"], **wanted)
    assert caught[0].data["changed_by"] == "王姐"
