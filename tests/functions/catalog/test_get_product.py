"""catalog.get_product (spec B5)."""

from datetime import timedelta

from mall.kit.schema import DEFAULT_SELLER
from mall.tables.marketing import coupon_templates, group_buys

from tests.support import seed
from tests.support.shop import Shop, refused


def _coupon(shop: Shop, title: str, *, scope=None, claimed: int = 0, channel: str = "CENTRE") -> None:
    document = {"threshold_fen": 10_000, "off_fen": 1_000, "percent": 100, "cap_fen": None, "stack_group": "",
                "scope": scope or {"kind": "all", "ids": []}}
    shop.database.run(lambda tx: tx.insert(
        coupon_templates, template_id=f"cpt_{title}", seller_id=DEFAULT_SELLER, kind="full_reduction", title=title,
        document=document, channel=channel, quota=5, claimed=claimed, per_member=1,
        claim_from=shop.now - timedelta(days=1), claim_until=shop.now + timedelta(days=1), valid_from=None,
        valid_until=None, valid_days=7, state="ACTIVE", created_at=shop.now))


def _group_buy(shop: Shop, spu_id: str, sku_id: str, *, state: str = "ACTIVE") -> None:
    shop.database.run(lambda tx: tx.insert(
        group_buys, group_buy_id=f"gby_{state}", seller_id=DEFAULT_SELLER, spu_id=spu_id, title="三人团", size=3,
        open_hours=48, per_member=1, prices={sku_id: 6_900}, leader_prices={}, state=state,
        starts_at=shop.now - timedelta(days=1), ends_at=shop.now + timedelta(days=1), created_at=shop.now))


def test_one_call_holds_all_that_the_page_shows(shop: Shop):
    path = seed.category(shop, "上衣", parent_path=seed.category(shop, "服装"))
    seed.freight_template(shop, first_fee_fen=800, free_from_fen=9_900, is_default=True)
    goods = seed.product(shop, title="T恤", skus=2, stock=3, price_fen=9_900, price_tiers=((3, 9_000),),
                         category_path=path, sold=12, weight_grams=250)
    promotion_id = seed.promotion(shop, title="满减", steps=((30_000, 5_000), (50_000, 10_000)))
    seed.promotion(shop, title="别的类目", scope={"kind": "categories", "ids": ["cat_OTHER"]})
    seed.promotion(shop, title="结束了", state="ENDED")
    seed.promotion(shop, title="别家的", seller_id="sel_OTHER")
    _coupon(shop, "mine", scope={"kind": "goods", "ids": [goods.spu_id]})
    _coupon(shop, "others", scope={"kind": "goods", "ids": ["spu_OTHER"]})
    _coupon(shop, "gone", claimed=5)
    _coupon(shop, "secret", channel="CODE")
    _group_buy(shop, goods.spu_id, goods.sku_id)
    _group_buy(shop, goods.spu_id, goods.sku_id, state="ENDED")
    page = shop.call("catalog.get_product", spu_id=goods.spu_id)
    assert (page["title"], page["sold"], page["category_path"], page["specs"]) == (
        "T恤", 12, list(path), [{"name": "款式", "values": ["款式1", "款式2"]}])
    assert [sku["sku_id"] for sku in page["skus"]] == goods.sku_ids
    assert page["skus"][0] == {
        "sku_id": goods.sku_id, "spec_values": ["款式1"], "price_fen": 9_900, "your_price_fen": 9_900,
        "your_price_rule": "base", "price_tiers": [[3, 9_000]], "weight_grams": 250, "picture_url": None,
        "stock": "FEW_LEFT", "available": 3, "stock_sentence": "仅剩 3 件", "purchase_rule": ""}
    assert [(each["promotion_id"], each["offer"]) for each in page["promotions"]] == [
        (promotion_id, "满300.00减50.00，满500.00减100.00")]
    assert [(each["title"], each["offer"]) for each in page["coupons"]] == [("mine", "满100.00元减10.00元")]
    assert [(each["group_buy_id"], each["size"], each["prices"]) for each in page["group_buys"]] == [
        ("gby_ACTIVE", 3, {goods.sku_id: 6_900})]
    assert page["freight_sentence"] == "运费 8.00 元起，满 99.00 元包邮"
    assert page["share"] == {"title": "T恤", "picture_url": "https://img.mall.example/public/1.png",
                             "path": f"/pages/product/index?spu_id={goods.spu_id}"}


def test_each_buyer_sees_the_price_of_the_own_level(shop: Shop):
    goods = seed.product(shop, price_fen=10_000, member_price_fen=9_300)

    def price(caller) -> tuple[int, str]:
        sku = caller.call("catalog.get_product", spu_id=goods.spu_id)["skus"][0]
        return sku["your_price_fen"], sku["your_price_rule"]

    assert price(shop.nobody) == (10_000, "base")
    assert price(shop.member()) == (10_000, "base")
    assert price(shop.member(level="vip")) == (9_300, "member_price")
    assert price(shop.member(level="black_gold")) == (8_800, "member_percent")


def test_stock_is_told_in_words_and_capped(shop: Shop):
    def stock(quantity: int) -> tuple[str, int, str]:
        page = shop.call("catalog.get_product", spu_id=seed.product(shop, stock=quantity).spu_id)
        sku = page["skus"][0]
        return sku["stock"], sku["available"], sku["stock_sentence"]

    assert stock(0) == ("SOLD_OUT", 0, "已售罄")
    assert stock(10) == ("FEW_LEFT", 10, "仅剩 10 件")
    assert stock(11) == stock(5_000) == ("IN_STOCK", 10, "有货")


def test_freight_is_told_for_virtual_and_free_goods(shop: Shop):
    def sentence(**more) -> str:
        return shop.call("catalog.get_product", spu_id=seed.product(shop, **more).spu_id)["freight_sentence"]

    assert sentence() == "包邮"
    assert sentence(is_virtual=True) == "无需物流"
    assert sentence(freight_template_id=seed.freight_template(shop, first_fee_fen=0)) == "包邮"
    assert sentence(freight_template_id=seed.freight_template(shop, first_fee_fen=1_200)) == "运费 12.00 元起"


def test_what_is_not_listed_is_not_there(shop: Shop):
    for state in ("DRAFT", "UNLISTED"):
        with refused("PRODUCT_NOT_FOUND", status=404):
            shop.call("catalog.get_product", spu_id=seed.product(shop, state=state).spu_id)
    with refused("PRODUCT_NOT_FOUND", status=404):
        shop.call("catalog.get_product", spu_id="spu_NOWHERE")


def test_the_page_takes_two_round_trips_on_a_server(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    member.call("catalog.get_product", spu_id=goods.spu_id)
    link = shop.database.link()
    trips, statements = link.round_trips, link.statements
    member.call("catalog.get_product", spu_id=goods.spu_id)
    assert link.statements - statements == 10  # who asks, the settings, and eight of the page
    assert link.round_trips - trips == (2 if shop.database.kind == "mysql" else 10)
