"""The demo shop (演示店铺): filled through the shop's own actions, as its owner would with the console.

`make run` runs this once. Each call carries a key of its own, so that a run that was cut short is taken up
again without anything twice. Prints the owner's name and password, which are shown this once.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mall.app import front_desk, identity, registry
from mall.app.deployment import Deployment
from mall.app.front_desk import House
from mall.kit import clock

from infra.local import demo_pictures
from infra.local.owner import OwnerExists, make_owner
from infra.local.settings import read_settings
from infra.local.shapes import make_event
from infra.local.wire import Request

OWNER = "owner"
CATEGORIES = {  # three levels
    "食品饮料": {"咖啡茶饮": ["咖啡豆", "茶叶"], "休闲零食": ["坚果", "糕点"]},
    "家居生活": {"厨房用品": ["杯具", "刀具"], "家纺": ["毛巾"]},
    "数码配件": {"手机配件": ["数据线", "充电器"]},
    "服饰": {"上衣": ["T恤"]},
    "虚拟商品": {"会员卡券": ["视频会员"]},
}
# title, subtitle, category, picture (shape, hue), tags, description, SKUs
# SKU: spec values, price, member price, tiers, grams, units
PRODUCTS: list[dict[str, Any]] = [
    {"code": "COFFEE", "title": "云南小粒咖啡豆", "subtitle": "中深烘焙，现磨香浓", "category": "咖啡豆",
     "picture": ("bag", 25), "tags": ["热销", "新品"], "specs": {"净含量": ["250克", "500克"]},
     "skus": [(["250克"], 4900, 4500, [(3, 4200)], 300, 120), (["500克"], 8900, 8200, [], 560, 80)]},
    {"code": "TEA", "title": "武夷山大红袍", "subtitle": "岩骨花香，礼盒装", "category": "茶叶",
     "picture": ("box", 5), "tags": ["送礼"], "specs": {"包装": ["尝鲜装", "礼盒装"]},
     "skus": [(["尝鲜装"], 3900, None, [], 150, 200), (["礼盒装"], 29900, 26800, [], 900, 30)]},
    {"code": "NUTS", "title": "每日坚果混合装", "subtitle": "七种坚果，30 袋一个月", "category": "坚果",
     "picture": ("nuts", 35), "tags": ["热销"], "specs": {},
     "skus": [([], 9900, 9400, [(2, 9200), (5, 8800)], 750, 150)]},
    {"code": "CAKE", "title": "桂花绿豆糕", "subtitle": "冰箱冷藏口感更佳", "category": "糕点",
     "picture": ("box", 95), "tags": ["时令"], "specs": {"口味": ["桂花", "红豆", "抹茶"]},
     "skus": [(["桂花"], 2900, None, [], 320, 60), (["红豆"], 2900, None, [], 320, 60),
              (["抹茶"], 3200, None, [], 320, 3)]},
    {"code": "CUP", "title": "手作陶瓷马克杯", "subtitle": "每一只釉色都不同", "category": "杯具",
     "picture": ("cup", 200), "tags": ["送礼"], "specs": {"颜色": ["青", "白", "墨"]},
     "skus": [(["青"], 6900, 6500, [], 420, 40), (["白"], 6900, 6500, [], 420, 40), (["墨"], 7900, 7300, [], 420, 5)]},
    {"code": "KNIFE", "title": "厨房三德刀", "subtitle": "大马士革纹钢", "category": "刀具",
     "picture": ("bottle", 220), "tags": [], "specs": {}, "skus": [([], 25900, 23900, [], 380, 25)]},
    {"code": "TOWEL", "title": "新疆长绒棉毛巾", "subtitle": "一条吸水，两条省心", "category": "毛巾",
     "picture": ("towel", 165), "tags": ["热销"], "specs": {"颜色": ["米", "灰"]},
     "skus": [(["米"], 1990, None, [(4, 1690)], 110, 300), (["灰"], 1990, None, [(4, 1690)], 110, 300)]},
    {"code": "CABLE", "title": "编织快充数据线", "subtitle": "100W，两米", "category": "数据线",
     "picture": ("cable", 260), "tags": ["热销"], "specs": {"长度": ["1米", "2米"]},
     "skus": [(["1米"], 1990, 1790, [], 40, 500), (["2米"], 2990, 2690, [], 70, 500)]},
    {"code": "CHARGER", "title": "氮化镓充电器 65W", "subtitle": "三口同充", "category": "充电器",
     "picture": ("box", 280), "tags": ["新品"], "specs": {}, "skus": [([], 12900, 11900, [], 130, 90)]},
    {"code": "SHIRT", "title": "重磅纯棉T恤", "subtitle": "260 克，不透不皱", "category": "T恤",
     "picture": ("shirt", 320), "tags": ["新品"], "specs": {"颜色": ["白", "黑"], "尺码": ["M", "L", "XL"]},
     "skus": [([colour, size], 7900, 7500, [], 260, 50) for colour in ("白", "黑") for size in ("M", "L", "XL")]},
    {"code": "VIDEO", "title": "视频会员月卡", "subtitle": "付款后自动发卡密", "category": "视频会员",
     "picture": ("card", 140), "tags": ["虚拟"], "specs": {}, "virtual": True,
     "skus": [([], 1500, None, [], 0, 40)]},
    {"code": "LAST", "title": "限量手冲壶", "subtitle": "只有一件，先到先得", "category": "咖啡豆",
     "picture": ("bottle", 45), "tags": ["限量"], "specs": {}, "skus": [([], 39900, None, [], 800, 1)]},
]


class Owner:
    """Calls actions through the front desk, signed, as AWS's function URL would hand them over."""

    def __init__(self, house: House, password: str):
        self.house, self.session = house, {}
        self.session = self.call("staff.sign_in_staff", username=OWNER, password=password)

    def call(self, action: str, key: str = "", **given: Any) -> dict[str, Any]:
        body = json.dumps(given, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", **({"idempotency-key": key} if key else {})}
        if self.session:
            stamp, nonce = str(int(clock.wall().timestamp())), secrets.token_hex(12)
            headers |= {
                "authorization": f"Bearer {self.session['token']}", "x-mall-timestamp": stamp, "x-mall-nonce": nonce,
                "x-mall-signature": identity.signature(self.session["session_key"], action, stamp, nonce, key, body)}
        declared = registry.load()[action]
        request = Request("POST", f"/api/{action.replace('.', '/')}", "", headers, body, "127.0.0.1")
        answer = json.loads(front_desk.handle(declared, *make_event("aws", request, declared), self.house)["body"])
        if not answer["ok"]:
            raise SystemExit(f"{action} {key}: {answer['error']}")
        return answer["data"]


def main() -> int:
    settings = read_settings()
    house = House(Deployment.from_environment())
    password = _make_owner(house)
    with _log_into(settings.folder / "logs" / "demo_shop.log"):
        counts = fill(Owner(house, password), json.loads((settings.folder / "wechat_api" / "app.json").read_text()))
    house.database.close()
    print(", ".join(f"{number} {name}" for name, number in counts.items()))
    print(f"\n  The shop's owner: {OWNER}, password: {password}   (not shown again; make owner ARGS=--reset)")
    return 0


def fill(owner: Owner, app: dict[str, Any]) -> dict[str, int]:
    """Everything a shop needs to sell; how many of each."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    _save_settings(owner, app)
    freight = _save_freight(owner)
    categories = _save_categories(owner)
    products = {product["code"]: _save_product(owner, product, categories) for product in PRODUCTS}
    owner.call("catalog.publish_products", "demo-publish", spu_ids=[spu_id for spu_id, _ in products.values()])
    coupons = _save_coupons(owner, products, today)
    groups = _save_group_buys(owner, products, today)
    promotions = _save_promotions(owner, products, today)
    return {"categories": len(categories), "products": len(products), "coupons": coupons, "group buys": groups,
            "promotions": promotions, "freight templates": freight}


def _save_settings(owner: Owner, app: dict[str, Any]) -> None:
    version = owner.call("staff.show_settings")["version"]
    changes = {"shop_name": "好物商城", "templates": {t["name"]: t["template_id"] for t in app["templates"]}}
    owner.call("staff.save_settings", version=version, changes=changes)


def _save_freight(owner: Owner) -> int:
    near = {"first_units": 1000, "first_fee_fen": 800, "next_units": 1000, "next_fee_fen": 200, "free_from_fen": 9900}
    far = {"places": ["新疆维吾尔自治区", "西藏自治区", "内蒙古自治区"], "first_units": 1000, "first_fee_fen": 1800,
           "next_units": 1000, "next_fee_fen": 1200}
    owner.call("pricing.save_freight_template", "demo-freight", name="快递 满99包邮", by="weight", rates=[near, far],
               undeliverable=["台湾省", "香港特别行政区", "澳门特别行政区"], is_default=True)
    return 1


def _save_categories(owner: Owner) -> dict[str, str]:
    """Their ids by name."""
    ids: dict[str, str] = {}

    def save(name: str, parent: str | None, position: int) -> None:
        given = {"parent_id": ids[parent]} if parent else {}
        ids[name] = owner.call("catalog.save_category", f"demo-category-{len(ids)}", name=name, position=position,
                               **given)["category_id"]

    for first, (top, middles) in enumerate(CATEGORIES.items()):
        save(top, None, first)
        for second, (middle, leaves) in enumerate(middles.items()):
            save(middle, top, second)
            for third, leaf in enumerate(leaves):
                save(leaf, middle, third)
    return ids


def _save_product(owner: Owner, product: dict[str, Any], categories: dict[str, str]) -> tuple[str, list[str]]:
    """(SPU id, SKU ids), with pictures in the object store and units in the warehouse."""
    code = product["code"]
    skus = [{
        "sku_code": f"{code}-{number}", "spec_values": values, "price_fen": price, "member_price_fen": member_price,
        "price_tiers": [{"min_quantity": least, "price_fen": fen} for least, fen in tiers], "weight_grams": grams,
        "commission_percent": 5,
    } for number, (values, price, member_price, tiers, grams, _) in enumerate(product["skus"], start=1)]
    saved = owner.call(
        "catalog.save_product", f"demo-product-{code}", title=product["title"], subtitle=product["subtitle"],
        category_id=categories[product["category"]], media={"carousel": _upload_pictures(owner, product)},
        specs=[{"name": name, "values": values} for name, values in product["specs"].items()], skus=skus,
        tags=product["tags"], description=f"{product['title']}：{product['subtitle']}。演示商品，并不真的出售。",
        is_virtual=product.get("virtual", False))
    for sku_id, sku, (*_, units) in zip(saved["sku_ids"], skus, product["skus"], strict=True):
        _receive_units(owner, sku_id, sku["sku_code"], units, is_virtual=product.get("virtual", False))
    return saved["spu_id"], saved["sku_ids"]


def _upload_pictures(owner: Owner, product: dict[str, Any]) -> list[str]:
    shape, hue = product["picture"]
    storage, links = owner.house.world.door("storage"), []
    for number, turn in enumerate((0, 30), start=1):
        name = f"demo-picture-{product['code']}-{number}"
        form = owner.call("catalog.issue_upload_url", name, content_type="image/png")
        storage.put(form["fields"]["key"], demo_pictures.draw(shape, hue + turn), "image/png")
        links.append(owner.call("catalog.finish_upload", upload_id=form["upload_id"])["public_url"])
    return links


def _receive_units(owner: Owner, sku_id: str, sku_code: str, units: int, *, is_virtual: bool) -> None:
    reference = f"demo-{sku_code}"
    if is_virtual:
        codes = [f"DEMO-{sku_code}-{number:04d}" for number in range(1, units + 1)]
        owner.call("catalog.save_virtual_codes", reference, sku_id=sku_id, codes=codes, reference=reference)
        return
    owner.call("stock.adjust_stock", reference, sku_id=sku_id, delta=units, reason="演示入库", reference=reference)
    owner.call("stock.set_safe_level", f"{reference}-safe", sku_id=sku_id, version=1, safe_level=min(5, units))


def _save_coupons(owner: Owner, products: dict[str, tuple[str, list[str]]], today: datetime) -> int:
    window = {"claim_from": today.isoformat(), "claim_until": (today + timedelta(days=365)).isoformat(),
              "valid_days": 30}
    coffee = {"kind": "goods", "ids": [products["COFFEE"][0]]}
    coupons = [
        {"kind": "full_reduction", "title": "满100减20", "channel": "CENTRE", "quota": 1000, "per_member": 2,
         "terms": {"threshold_fen": 10000, "off_fen": 2000}},
        {"kind": "discount", "title": "咖啡九折券", "channel": "CENTRE", "quota": 500, "per_member": 1,
         "terms": {"percent": 90, "cap_fen": 3000, "scope": coffee}},
        {"kind": "no_threshold", "title": "新人5元无门槛", "channel": "CENTRE", "quota": 1000, "per_member": 1,
         "terms": {"off_fen": 500}},
        {"kind": "free_shipping", "title": "包邮券", "channel": "CENTRE", "quota": 300, "per_member": 1, "terms": {}},
    ]
    for number, coupon in enumerate(coupons, start=1):
        owner.call("coupons.save_coupon", f"demo-coupon-{number}", **coupon, **window)
    return len(coupons)


def _save_group_buys(owner: Owner, products: dict[str, tuple[str, list[str]]], today: datetime) -> int:
    window = {"starts_at": today.isoformat(), "ends_at": (today + timedelta(days=365)).isoformat()}
    for code, title, size, prices in (("NUTS", "坚果三人团", 3, [7900]), ("CABLE", "数据线双人团", 2, [1490, 2190])):
        spu_id, sku_ids = products[code]
        owner.call("group_buys.save_group_buy", f"demo-group-{code}", spu_id=spu_id, title=title, size=size,
                   per_member=2, **window, prices=[{"sku_id": sku_id, "price_fen": fen}
                                                   for sku_id, fen in zip(sku_ids, prices, strict=True)])
    return 2


def _save_promotions(owner: Owner, products: dict[str, tuple[str, list[str]]], today: datetime) -> int:
    window = {"starts_at": today.isoformat(), "ends_at": (today + timedelta(days=365)).isoformat()}
    promotions = [
        {"title": "全场满减", "steps": [{"threshold_fen": 20000, "off_fen": 1500},
                                        {"threshold_fen": 30000, "off_fen": 5000}]},
        {"title": "毛巾每满60减10", "steps": [{"threshold_fen": 6000, "off_fen": 1000}], "repeats": True,
         "priority": 10, "scope": {"kind": "goods", "ids": [products["TOWEL"][0]]}},
    ]
    for number, promotion in enumerate(promotions, start=1):
        owner.call("promotions.save_promotion", f"demo-promotion-{number}", **promotion, **window)
    return len(promotions)


def _make_owner(house: House) -> str:
    """The first owner; after a run that was cut short, a new password for it."""
    try:
        return make_owner(house.database, OWNER)
    except OwnerExists:
        return make_owner(house.database, OWNER, reset=True)


@contextmanager
def _log_into(path: Path) -> Iterator[None]:
    """The front desk writes a line per call; here they would bury what a person should read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = sys.stdout
    with path.open("a", encoding="utf-8") as sys.stdout:
        try:
            yield
        finally:
            sys.stdout = shown


if __name__ == "__main__":
    sys.exit(main())
