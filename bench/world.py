"""The shop that is measured: real goods, members, orders and signed notices, on a database of its own.

Every run makes its databases anew in `.test/bench`, next to the tests' (durable: `synchronous=FULL`,
`innodb_flush_log_at_trx_commit=1`). The house and the floor beside it never share a database file.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from mall.app.front_desk import House
from mall.kit.db import Database
from mall.kit.schema import DEFAULT_SELLER
from mall.tables import load_all
from mall.tables.people import shop_settings
from sqlalchemy import create_engine

from infra.local import mariadb
from infra.local.simulators.wechat_pay import ensure_merchant
from infra.local.simulators.wechat_pay.keys import load_keys
from infra.local.simulators.wechat_pay.signing import platform_headers, seal, wire_json
from tests.support import seed, trade
from tests.support.shop import APPID, Caller, Shop, open_shop

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / ".test" / "bench"
PLENTY = 100_000_000


@dataclass
class World:
    """A shop with two products, a full reduction, freight, and one member with an address."""

    shop: Shop
    member: Caller
    address_id: str
    goods: list[seed.Seeded]
    merchant: dict[str, Any]

    @property
    def house(self) -> House:
        return self.shop.house

    @property
    def link(self) -> Any:
        return self.shop.database.link()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [{"sku_id": self.goods[0].sku_id, "quantity": 2}, {"sku_id": self.goods[1].sku_id, "quantity": 1}]

    def place_event(self) -> dict[str, Any]:
        given = {"lines": self.lines, "address_id": self.address_id, "note": "请放门口"}
        return self.member.event("orders.place_order", given, key=secrets.token_hex(12))

    def quote_event(self) -> dict[str, Any]:
        return self.member.event("pricing.quote_checkout", {"lines": self.lines, "address_id": self.address_id})

    def product_event(self) -> dict[str, Any]:
        return self.member.event("catalog.get_product", {"spu_id": self.goods[0].spu_id})

    def notice_event(self) -> dict[str, Any]:
        """A true, signed and sealed notice of an order that waits to be paid."""
        placed = self.shop.answer_of(self.shop.send("orders.place_order", self.place_event()))
        payment_no = trade.prepay(self.shop, placed["order_no"], openid=self.member.openid)
        return signed_notice(self.merchant, payment_no, placed["pay_fen"], self.member.openid)


def make_world(url: str) -> World:
    """Tables and goods in the empty database of this URL."""
    engine = create_engine(url)
    load_all().create_all(engine)
    engine.dispose()
    folder = FOLDER / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    shop = open_shop(Database(url), folder)
    merchant = open_pay(shop, folder)
    member = shop.member("小红")
    shop.database.run(lambda tx: tx.insert(  # one buyer for thousands of orders that nobody pays
        shop_settings, seller_id=DEFAULT_SELLER, version=1, changed_at=shop.now,
        document='{"unpaid_orders_most": 100000}'))
    goods = fill(shop)
    return World(shop, member, seed.address(shop, member, is_default=True), goods, merchant)


def fill(shop: Shop) -> list[seed.Seeded]:
    """What every measured checkout buys: two T-shirts and a mug, 199 fen off from 30 yuan, freight by piece."""
    seed.freight_template(shop, first_fee_fen=600, free_from_fen=50_000, is_default=True)
    seed.promotion(shop, steps=((30_00, 1_99),))
    return [seed.product(shop, title="纯棉T恤", price_fen=9_900, stock=PLENTY, skus=3),
            seed.product(shop, title="马克杯", price_fen=3_500, stock=PLENTY)]


def open_pay(shop: Shop, folder: Path) -> dict[str, Any]:
    """The merchant of the payment simulator, in the shop's secrets and deployment: real RSA, real AES-GCM."""
    merchant = ensure_merchant(FOLDER / "wechat_pay", appids=[APPID])
    (folder / "wechat_pay_private_key").write_text(Path(merchant["private_key_file"]).read_text())
    (folder / "wechat_pay_public_key").write_text(Path(merchant["public_key_file"]).read_text())
    (folder / "wechat_pay_apiv3_key").write_text(merchant["apiv3_key"])
    shop.house.deployment = shop.house.world.deployment = dataclasses.replace(
        shop.house.deployment, wechat_pay_mchid=merchant["mchid"], wechat_pay_serial=merchant["cert_serial_no"],
        wechat_pay_public_key_id=merchant["public_key_id"])
    return merchant


def signed_notice(merchant: dict[str, Any], payment_no: str, amount_fen: int, openid: str) -> dict[str, Any]:
    """The HTTP event of a payment notice as WeChat Pay v3 sends it, in public-key mode."""
    keys = _keys(merchant["private_key_file"])
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    resource = {
        "mchid": merchant["mchid"], "appid": APPID, "out_trade_no": payment_no,
        "transaction_id": f"42000{payment_no[-20:]}", "trade_type": "JSAPI", "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功", "bank_type": "OTHERS", "attach": "", "success_time": now,
        "payer": {"openid": openid},
        "amount": {"total": amount_fen, "payer_total": amount_fen, "currency": "CNY", "payer_currency": "CNY"},
    }
    body = wire_json({"id": secrets.token_hex(16), "create_time": now, "resource_type": "encrypt-resource",
                      "event_type": "TRANSACTION.SUCCESS", "summary": "支付成功",
                      "resource": {"original_type": "transaction", **seal(keys, wire_json(resource), "transaction")}})
    headers = platform_headers(keys.public_key_mode, body)
    return {"version": "2.0", "rawPath": "/webhooks/wechat-pay/payment",
            "headers": {name.lower(): value for name, value in headers.items()},
            "requestContext": {"http": {"method": "POST", "sourceIp": "203.0.113.9"}},
            "body": body.decode(), "isBase64Encoded": False}


@functools.lru_cache(maxsize=4)
def _keys(private_key_file: str) -> Any:
    return load_keys(json.loads((Path(private_key_file).parent / "merchant.json").read_text()))


# databases

def start() -> None:
    shutil.rmtree(FOLDER / "sqlite", ignore_errors=True)
    (FOLDER / "sqlite").mkdir(parents=True)


def stop() -> None:
    """Ends what a run leaves running: the bench's own MariaDB."""
    if running := mariadb.status(FOLDER / "mariadb"):
        running.stop()


@functools.cache
def server() -> mariadb.Server | None:
    """A MariaDB of the bench alone; None, with a loud line, where it cannot be had."""
    return mariadb.start(FOLDER / "mariadb") if mariadb.ensure_installed() else None


def empty_database(kind: str, name: str) -> str:
    """The URL of an empty database: kind is "sqlite" or "mariadb"."""
    if kind == "sqlite":
        path = FOLDER / "sqlite" / f"{name}.db"
        for each in path.parent.glob(f"{name}.db*"):
            each.unlink()
        return f"sqlite:///{path}"
    with server().connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS bench_{name}")
        cursor.execute(f"CREATE DATABASE bench_{name}")
    return server().database_url(f"bench_{name}")


def table(rows: list[list[str]]) -> str:
    """Markdown that lines up, so that a screen shows it as well as a page."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    return "\n".join([line(rows[0]), "|" + "|".join("-" * (width + 2) for width in widths) + "|",
                      *[line(row) for row in rows[1:]]])
