"""The detail page of the floor (`bench.floor`): what one answer holds, put together by hand."""

from __future__ import annotations

import json
from typing import Any

from bench.drivers import Driver


def page(driver: Driver, product: tuple, skus: list[tuple], freight: list[tuple], stock: dict[str, int],
         categories: list[tuple], promotions: list[tuple]) -> dict[str, Any]:
    media, rate = json.loads(product[5]), json.loads(freight[0][2])["rates"][0]
    shown = []
    for row in sorted(skus, key=lambda row: row[3]):
        left = stock.get(row[0], 0)
        shown.append({
            "sku_id": row[0], "spec_values": json.loads(row[3]), "price_fen": row[4], "your_price_fen": row[4],
            "your_price_rule": "base", "price_tiers": json.loads(row[6]), "weight_grams": row[7],
            "picture_url": row[8], "stock": "IN_STOCK" if left > 10 else "FEW_LEFT" if left > 0 else "SOLD_OUT",
            "available": min(left, 999), "stock_sentence": "有货" if left > 10 else f"仅剩 {left} 件"})
    running = []
    for row in promotions:
        steps = json.loads(row[3])["steps"]
        offer = "，".join(f"满{step['threshold_fen'] / 100:.2f}减{step['off_fen'] / 100:.2f}" for step in steps)
        running.append({"promotion_id": row[0], "title": row[2], "offer": offer,
                        "ends_at": driver.read_moment(row[4]).isoformat()})
    return {
        "spu_id": product[0], "seller_id": product[1], "title": product[3], "subtitle": product[4],
        "category_path": json.loads(product[2]),
        "categories": [{"category_id": row[0], "name": row[1]} for row in categories],
        "media": media, "specs": json.loads(product[6]),
        "tags": json.loads(product[7]), "description": product[8], "is_virtual": bool(product[9]),
        "sold": product[11], "skus": shown, "promotions": running, "coupons": [], "group_buys": [],
        "freight_sentence": f"运费 {rate['first_fee_fen'] / 100:.2f} 元起，满 {rate['free_from_fen'] / 100:.2f} 元包邮",
        "share": {"title": product[3], "picture_url": media["carousel"][0],
                  "path": f"/pages/product/index?spu_id={product[0]}"}}
