"""Goods, clause by clause: what docs/spec.md promises of B1, B4 and B9, played over HTTP."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import httpx
import pytest

from tests.cases.town import Town


def tree(town: Town) -> list[str]:
    """Three levels of categories."""
    parent, path = None, []
    for name in ("服装", "上装", "T恤"):
        parent = town.staff.call("catalog.save_category", name=f"{name} {secrets.token_hex(3)}",
                                 parent_id=parent)["category_id"]
        path.append(parent)
    return path


def listed(town: Town, category_id: str, price_fen: int, **more) -> str:
    saved = town.staff.call(
        "catalog.save_product", title="案例T恤", category_id=category_id, **more,
        media={"carousel": ["https://mall.example/case.png"]},
        skus=[{"sku_code": f"case-{secrets.token_hex(6)}", "price_fen": price_fen}])
    town.staff.call("catalog.publish_products", spu_ids=[saved["spu_id"]])
    return saved["spu_id"]


def upload(town: Town, text: str) -> str:
    """A CSV where an import finds it."""
    form = town.staff.call("catalog.issue_upload_url", content_type="text/csv")
    content = text.encode("utf-8-sig")
    httpx.post(form["url"], data=form["fields"], files={"file": ("goods.csv", content)}).raise_for_status()
    return form["key"]


def cards(town: Town, **ask) -> list[str]:
    return [each["spu_id"] for each in town.mall.call("catalog.list_products", **ask)["items"]]


@pytest.mark.clause("B1", "navigation in at most 3 steps", "catalog.save_category")
def test_a_fourth_level_is_refused_and_each_level_leads_to_the_product(town: Town):
    path = tree(town)
    spu_id = listed(town, path[2], 9_900)
    assert [cards(town, category_id=each) for each in path] == [[spu_id]] * 3
    refused = town.refusal(lambda: town.staff.call("catalog.save_category", name="第四级", parent_id=path[2]))
    assert refused[0] == 422


@pytest.mark.clause("B1", "breadcrumbs", "catalog.get_product")
def test_breadcrumbs_are_told_by_name(town: Town):
    path = tree(town)
    spu_id = listed(town, path[2], 9_900)
    way = town.mall.call("catalog.get_product", spu_id=spu_id)["breadcrumbs"]
    assert [each["category_id"] for each in way] == path
    assert [each["name"].split()[0] for each in way] == ["服装", "上装", "T恤"]
    assert town.mall.call("catalog.list_products", category_id=path[1])["breadcrumbs"] == way[:2]


@pytest.mark.clause("B1", "tags, filters", "catalog.list_products")
def test_a_category_is_narrowed_by_tag_and_price(town: Town):
    path = tree(town)
    cheap, dear = listed(town, path[2], 5_000, tags=["新品"]), listed(town, path[2], 15_000)
    assert cards(town, category_id=path[0], price_from_fen=10_000) == [dear]
    assert cards(town, category_id=path[0], price_to_fen=10_000) == [cheap]
    assert cards(town, category_id=path[0], tag="新品") == [cheap]
    refused = town.refusal(lambda: cards(town, price_from_fen=2, price_to_fen=1))
    assert refused == (400, "BAD_INPUT")


@pytest.mark.clause("B4", "batch list / unlist", "catalog.withdraw_products")
def test_many_are_listed_and_unlisted_at_once(town: Town):
    path = tree(town)
    spu_ids = [listed(town, path[2], 1_000 + number) for number in range(3)]
    town.staff.call("catalog.withdraw_products", spu_ids=spu_ids)
    assert cards(town, category_id=path[2]) == []
    town.staff.call("catalog.publish_products", spu_ids=spu_ids)
    assert sorted(cards(town, category_id=path[2])) == sorted(spu_ids)


@pytest.mark.clause("B4", "CSV/Excel import with a per-row error report", "catalog.import_products")
def test_prices_of_many_by_file_with_each_wrong_row_told(town: Town):
    sku_id = town.shelf(price_fen=9_900)
    row = next(each for each in town.staff.call("stock.list_stock", spu_id=town.spus[sku_id])["items"])
    key = upload(town, f"SKU编码,售价,库存增减\n{row['sku_code']},88.00,5\nnobody,1,\n")
    run = f"imp-{secrets.token_hex(6)}"
    answers = [town.staff.call("catalog.import_products", import_id=run, object_key=key) for _ in range(2)]
    assert answers[0] == answers[1]
    assert (answers[0]["state"], answers[0]["updated"]) == ("PARTLY", 1)
    assert [(each["row"], each["code"]) for each in answers[0]["errors"]] == [(3, "SKU_UNKNOWN")]
    page = town.mall.call("catalog.get_product", spu_id=town.spus[sku_id])
    assert page["skus"][0]["price_fen"] == 8_800


@pytest.mark.clause("B4", "timed listing", "catalog.publish_products", "catalog.publish_timed_products")
def test_goods_are_listed_when_their_time_comes(town: Town):
    path = tree(town)
    spu_id = listed(town, path[2], 9_900)
    town.staff.call("catalog.withdraw_products", spu_ids=[spu_id])
    now = datetime.fromisoformat(town.mall.http.get("/_local/clock").json()["data"]["now"])
    town.staff.call("catalog.publish_products", spu_ids=[spu_id], list_at=(now + timedelta(minutes=5)).isoformat())
    town.mall.tick("catalog.publish_timed_products")
    assert cards(town, category_id=path[2]) == []
    town.later(6)
    town.mall.tick("catalog.publish_timed_products")
    assert cards(town, category_id=path[2]) == [spu_id]


@pytest.mark.clause("B4", "export", "catalog.export_products", "catalog.import_products")
def test_what_was_exported_comes_in_again_and_changes_nothing(town: Town):
    sku_id = town.shelf(price_fen=9_900)
    exported = town.staff.call("catalog.export_products", kind="csv")
    text = town.http.get(exported["url"]).content.decode("utf-8-sig")
    head, *rows = text.splitlines()
    mine = [row for row in rows if town.spus[sku_id] in row]
    assert exported["rows"] >= len(rows) >= 1 and len(mine) == 1
    again = town.staff.call("catalog.import_products", import_id=f"imp-{secrets.token_hex(6)}",
                            object_key=upload(town, "\n".join([head, *mine])))
    assert (again["state"], again["unchanged"], again["updated"], again["errors"]) == ("DONE", 1, 0, [])


@pytest.mark.clause("B4", "copy product", "catalog.copy_product")
def test_a_copy_is_a_draft_of_its_own(town: Town):
    path = tree(town)
    spu_id = listed(town, path[2], 9_900)
    copied = town.staff.call("catalog.copy_product", spu_id=spu_id)["spu_id"]
    assert cards(town, category_id=path[2]) == [spu_id] and copied != spu_id


@pytest.mark.clause("B9", "least quantity and multiples, per-person limit (ever, per day), for which level",
                    "catalog.save_product", "pricing.quote_checkout", "orders.place_order")
def test_goods_are_bought_by_their_rules_at_every_door(town: Town):
    buyer, category = town.someone(), tree(town)[-1]

    def code(rules: dict, quantity: int) -> str:
        saved = town.staff.call(
            "catalog.save_product", title="限量", category_id=category,
            media={"carousel": ["https://mall.example/case.png"]},
            skus=[{"sku_code": f"case-{secrets.token_hex(6)}", "price_fen": 9_900, "purchase_rules": rules}])
        town.staff.call("stock.adjust_stock", sku_id=saved["sku_ids"][0], delta=9, reason="入库",
                        reference=secrets.token_hex(6))
        town.staff.call("catalog.publish_products", spu_ids=[saved["spu_id"]])
        lines = [{"sku_id": saved["sku_ids"][0], "quantity": quantity}]
        refusals = {town.refusal(lambda action=action: buyer.call(action, lines=lines))
                    for action in ("pricing.quote_checkout", "orders.place_order")}
        assert len(refusals) == 1
        [(status, found)] = refusals
        assert status == 422
        return found

    assert code({"least": 3}, 2) == "BELOW_LEAST"
    assert code({"multiple": 2}, 3) == "NOT_A_MULTIPLE"
    assert code({"most_ever": 2}, 3) == code({"most_per_day": 2}, 3) == "OVER_LIMIT"
    assert code({"levels": ["vip"]}, 1) == "NOT_FOR_YOUR_LEVEL"
