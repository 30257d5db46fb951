"""The floor (下限): the same four actions as somebody would write them by hand, on the bare driver.

The same statements in the same round trips, the same checks of token, signature and notice, and the
arithmetic of these very goods in a few lines: one full reduction, freight by piece, no coupons, no
groups. No models, no explanations of what did not apply, no log line, no registry: what the house costs
beyond this is the price of the house. What exactly is done and left out stands in docs/bench.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from datetime import datetime, timedelta, timezone
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.drivers import Driver
from bench.floor_page import page
from bench.floor_sql import (
    ADDRESS, ANSWERED, CHECKOUT_LINES, CHECKOUT_ORDERS, COUPONS, FREIGHT, LEDGER, LISTED, LISTED_CATEGORIES,
    LISTED_COUPONS, LISTED_FREIGHT, LISTED_GROUPS, LISTED_PROMOTIONS, LISTED_SKUS, LISTED_STOCK, MEMBER, MINE, ORDER,
    ORDER_EVENT, ORDER_LINE, OUTBOX, PAID, PAYMENT, PLACE, POINTS_TERMS, POINT_LOTS, PROMOTIONS, REGISTER, REGISTERED,
    SELLER, SETTINGS, SKUS, STOCK, STOCK_ENTRY, STOCK_MOVE, TO_SHIP, UNPAID, USE_COUPONS,
)

FRESH_S = 300
MOST_UNPAID = 1_000_000  # the measured buyer has placed thousands


class Rejected(Exception):
    """A token, a signature, an input or a row that does not fit."""


class SoldOut(Rejected):
    """No warehouse has as many."""


class Floor:
    """The four actions over one driver."""

    def __init__(self, driver: Driver, session_secret: str, merchant: dict[str, Any]):
        self.driver, self.secret = driver, session_secret.encode()
        self.merchant = merchant
        with open(merchant["public_key_file"], "rb") as file:
            self.platform_key = serialization.load_pem_public_key(file.read())
        self.cipher = AESGCM(merchant["apiv3_key"].encode())

    def place_order(self, event: dict[str, Any]) -> dict[str, Any]:
        driver, now = self.driver, datetime.now(timezone.utc)
        session_id, subject_id, nonce, body = self._signed(event, "orders.place_order", now)
        asked = json.loads(body)
        wanted = _wanted(asked)
        mine, key_hash = secrets.token_hex(8), self._key_hash(event, subject_id)
        payload_hash = hmac.digest(self.secret, body, "sha256").hex()
        known, members, settings, _, unpaid = driver.begin(
            (REGISTER.format(ignore=driver.ignore), (key_hash, payload_hash, nonce, mine, None, driver.moment(now))),
            (REGISTERED.format(lock=driver.lock), (key_hash,)), (MEMBER, (session_id,)), (SETTINGS, (SELLER,)),
            (MINE.format(lock=driver.lock), (subject_id,)), (UNPAID, (subject_id,)))
        try:
            if known[0][3] != mine:
                if nonce in (known[0][2] or "").split() or known[0][1] != payload_hash:
                    raise Rejected("replay or other content")
                driver.rollback()
                return _answer(known[0][4])
            me = self._member(members, now)
            rules = json.loads(settings[0][0]) if settings else {}
            if unpaid[0][0] >= rules.get("unpaid_orders_most", MOST_UNPAID):
                raise Rejected("pay first")
            minutes = rules.get("pay_within_minutes", 30)
            priced = self._price(me, wanted, ADDRESS, asked.get("address_id"), now)
            answer, plain, hot = self._order(me, priced, asked, now, minutes)
        except Rejected:
            driver.rollback()
            raise
        driver.finish(*plain, (ANSWERED, (answer, key_hash), 1), *hot)
        return _answer(answer)

    def quote_checkout(self, event: dict[str, Any]) -> dict[str, Any]:
        now = datetime.now(timezone.utc)
        session_id, _, _, body = self._signed(event, "pricing.quote_checkout", now)
        asked = json.loads(body)
        members, _ = self.driver.ask((MEMBER, (session_id,)), (SETTINGS, (SELLER,)))
        priced = self._price(self._member(members, now), _wanted(asked), PLACE, asked.get("address_id"), now,
                             points=True)
        document = priced["document"]
        return _answer(json.dumps({
            "pay_fen": document["pay_fen"], "goods_fen": document["goods_fen"],
            "discount_fen": document["off_fen"], "freight_fen": document["freight_fen"], "coupon_ids": [],
            "short": [{"sku_id": row[0], "available": row[2]} for row in priced["stock"]
                      if row[2] < priced["wanted"][row[0]]],
            "needs_address": priced["address"] is None, "deliverable": True, "explanation": document,
        }, ensure_ascii=False))

    def get_product(self, event: dict[str, Any]) -> dict[str, Any]:
        driver, now = self.driver, datetime.now(timezone.utc)
        session_id, _, _, body = self._signed(event, "catalog.get_product", now)
        spu_id, at = json.loads(body)["spu_id"], driver.moment(now)
        members, _ = driver.ask((MEMBER, (session_id,)), (SETTINGS, (SELLER,)))
        self._member(members, now)
        found, skus, freight, stock, categories, promotions, coupons, groups = driver.ask(
            (LISTED, (spu_id,)), (LISTED_SKUS, (spu_id,)), (LISTED_FREIGHT, (spu_id,)), (LISTED_STOCK, (spu_id,)),
            (LISTED_CATEGORIES, (spu_id,)), (LISTED_PROMOTIONS, (spu_id, at, at)), (LISTED_COUPONS, (spu_id, at, at)),
            (LISTED_GROUPS, (spu_id, at, at)))
        if not found:
            raise Rejected("no such product")
        if coupons or groups:
            raise NotImplementedError("the measured goods have neither")
        shown = page(driver, found[0], skus, freight, dict(stock), categories, promotions)
        return _answer(json.dumps(shown, ensure_ascii=False))

    def receive_payment_notice(self, event: dict[str, Any]) -> dict[str, Any]:
        driver, now = self.driver, datetime.now(timezone.utc)
        told = self._opened(event, now)
        driver.ask((SETTINGS, (SELLER,)))
        if told["event_type"] != "TRANSACTION.SUCCESS":
            return _answer("{}")
        paid = told["resource"]
        [[payment]] = driver.ask((PAYMENT, (paid["out_trade_no"],)))
        amount_fen = paid["amount"]["total"]
        if (paid["trade_state"], amount_fen, paid["mchid"], paid["appid"], paid["amount"]["currency"]) != (
                "SUCCESS", payment[5], self.merchant["mchid"], payment[8], "CNY"):
            raise Rejected("not ours")
        driver.begin(None, (PAYMENT, (payment[0],)))
        orders, lines, [payment] = driver.ask(
            (CHECKOUT_ORDERS.format(lock=driver.lock), (payment[1],)), (CHECKOUT_LINES, (payment[1],)),
            (PAYMENT + driver.lock, (payment[0],)))
        if payment[4] == "PAID":
            driver.rollback()
            return _answer("{}")
        if sum(row[11] for row in orders) != amount_fen or any(row[6] != "UNPAID" for row in orders):
            raise NotImplementedError("money that goes back")
        paid_at = datetime.fromisoformat(paid["success_time"]).astimezone(timezone.utc)
        driver.finish(*self._settle(payment, orders[0], lines, paid, paid_at, now))
        return _answer('{"code":"SUCCESS","message":"成功"}')

    # parts

    def _signed(self, event: dict[str, Any], action: str, now: datetime) -> tuple[str, str, str, bytes]:
        headers, body = event["headers"], event["body"].encode()
        stem, _, mac = headers["authorization"].removeprefix("Bearer ").rpartition(".")
        if not hmac.compare_digest(mac, _mac(self.secret, stem)):
            raise Rejected("token")
        _, session_id, subject_id, expires_at = stem.split(".")
        stamp, nonce = headers["x-mall-timestamp"], headers["x-mall-nonce"]
        if int(expires_at) <= now.timestamp() or abs(now.timestamp() - int(stamp)) > FRESH_S:
            raise Rejected("old")
        key = _mac(self.secret, f"session key of {session_id}")
        text = "\n".join((action, stamp, nonce, headers.get("idempotency-key", ""), hashlib.sha256(body).hexdigest()))
        if not hmac.compare_digest(headers["x-mall-signature"], _mac(key.encode(), text)):
            raise Rejected("signature")
        return session_id, subject_id, nonce, body

    def _key_hash(self, event: dict[str, Any], subject_id: str) -> str:
        key = event["headers"]["idempotency-key"]
        return hashlib.sha256(f"{subject_id} orders.place_order\n{key}".encode()).hexdigest()

    def _member(self, rows: list[tuple], now: datetime) -> tuple:
        me = rows[0]
        if me[3] or me[10] is not None or self.driver.read_moment(me[9]) <= now.replace(tzinfo=None):
            raise Rejected("session")
        return me

    def _price(self, me: tuple, wanted: dict[str, int], address: str, address_id: str | None, now: datetime, *,
               points: bool = False) -> dict[str, Any]:
        driver, at, ids = self.driver, self.driver.moment(now), tuple(sorted(wanted))
        marks = ", ".join("?" * len(ids))
        *_, skus, stock, promotions, coupons, freight, addresses = driver.ask(
            *([(POINT_LOTS, (me[0], at))] if points else ()), (SKUS.format(marks=marks), ids),
            (STOCK.format(marks=marks), ids), (PROMOTIONS.format(marks=marks), (*ids, at, at)),
            (COUPONS, (me[0], at)), (FREIGHT.format(marks=marks), ids), (address, (me[0], address_id)))
        by_id = {row[0]: row for row in skus}
        if coupons or any(sku_id not in by_id or by_id[sku_id][11] != "LISTED" or by_id[sku_id][18] for sku_id in ids):
            raise Rejected("goods")
        address_row = next((row for row in addresses if row[0] == address_id), None)
        goods = [by_id[sku_id][3] * wanted[sku_id] for sku_id in ids]
        off, promotion = _reduction(promotions, sum(goods))
        fee, template = _freight(freight, sum(wanted.values()), sum(goods))
        offs, fees = _split(off, goods), _split(fee, [wanted[sku_id] for sku_id in ids])
        lines = [{"sku_id": sku_id, "spu_id": by_id[sku_id][1], "quantity": wanted[sku_id],
                  "unit_fen": by_id[sku_id][3], "off_fen": offs[i], "pay_fen": goods[i] - offs[i],
                  "freight_fen": fees[i]} for i, sku_id in enumerate(ids)]
        document = {"version": 1, "lines": lines, "goods_fen": sum(goods), "off_fen": off, "freight_fen": fee,
                    "pay_fen": sum(goods) - off + fee, "promotion_id": promotion, "freight_template_id": template}
        return {"wanted": wanted, "skus": by_id, "stock": stock, "address": address_row, "document": document}

    def _order(self, me: tuple, priced: dict[str, Any], asked: dict[str, Any], now: datetime,
               minutes: int) -> tuple[str, list, list]:
        """The answer, the plain writes, and the stock rows that go last."""
        at, actor, document = self.driver.moment(now), f"member {me[0]}", priced["document"]
        order_no, checkout_id = _id("ord"), _id("chk")
        expires_at = now + timedelta(minutes=minutes)
        address = dict(zip(("province", "city", "district", "is_default", "name", "phone", "detail"),
                           priced["address"][1:], strict=True))
        address.pop("is_default")
        pay_fen = document["pay_fen"]
        writes = [(ORDER, (order_no, checkout_id, SELLER, me[0], document["goods_fen"], document["off_fen"],
                           document["freight_fen"], pay_fen, POINTS_TERMS, _json(address),
                           _mac(self.secret, address["phone"]), _mac(self.secret, address["name"]), _json(document),
                           asked.get("note", ""), self.driver.moment(expires_at), at), None)]
        held, moved = [], []
        for line in document["lines"]:
            sku_id, quantity, sku = line["sku_id"], line["quantity"], priced["skus"][line["sku_id"]]
            warehouse = next((row[1] for row in priced["stock"] if row[0] == sku_id and row[2] >= quantity), None)
            if warehouse is None:
                raise SoldOut(sku_id)
            picture = sku[8] or json.loads(sku[15])["carousel"][0]
            writes.append((ORDER_LINE, (_id("lin"), order_no, sku[1], sku_id, warehouse, sku[10], sku[7], picture,
                                        sku[13], quantity, sku[3], line["pay_fen"]), None))
            held.append((STOCK_ENTRY, (_id("ste"), sku_id, warehouse, "HOLD", -quantity, quantity, order_no, actor, at),
                         None))
            moved.append((STOCK_MOVE, (-quantity, quantity, sku_id, warehouse, -quantity, quantity), 1))
        told = _json({"order_no": order_no, "member_id": me[0], "pay_fen": pay_fen})
        writes += [(ORDER_EVENT, (_id("oev"), order_no, "place", None, "UNPAID", actor, at), None), *held,
                   (OUTBOX, (_id("evt"), "orders.order_placed", told, _id("req"), at, at), None)]
        answer = _json({"order_no": order_no, "checkout_id": checkout_id, "group_id": None, "pay_fen": pay_fen,
                        "state": "UNPAID", "expires_at": expires_at.isoformat()})
        return answer, writes, moved

    def _opened(self, event: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Bare `cryptography`: RSA over timestamp, nonce and raw body, then AES-GCM. Raises InvalidSignature."""
        headers, body = event["headers"], event["body"]
        stamp = headers["wechatpay-timestamp"]
        if headers["wechatpay-serial"] != self.merchant["public_key_id"] or abs(
                now.timestamp() - int(stamp)) > FRESH_S:
            raise Rejected("serial or time")
        message = f"{stamp}\n{headers['wechatpay-nonce']}\n{body}\n".encode()
        self.platform_key.verify(base64.b64decode(headers["wechatpay-signature"]), message, padding.PKCS1v15(),
                                 hashes.SHA256())
        told = json.loads(body)
        sealed = told["resource"]
        plain = self.cipher.decrypt(sealed["nonce"].encode(), base64.b64decode(sealed["ciphertext"]),
                                    sealed["associated_data"].encode())
        return {**told, "resource": json.loads(plain)}

    def _settle(self, payment: tuple, order: tuple, lines: list[tuple], paid: dict[str, Any], paid_at: datetime,
                now: datetime) -> list:
        at, order_no = self.driver.moment(now), order[0]
        told = _json({"order_no": order_no, "payment_no": payment[0], "member_id": order[3], "paid_fen": order[11]})
        entries = [(STOCK_ENTRY, (_id("ste"), line[3], line[4], "COMMIT", 0, -line[9], order_no, "http", at), None)
                   for line in lines]
        moves = [(STOCK_MOVE, (0, -line[9], line[3], line[4], 0, -line[9]), 1)
                 for line in sorted(lines, key=lambda line: (line[3], line[4]))]
        return [(PAID, (payment[5], paid["transaction_id"], self.driver.moment(paid_at), payment[0]), 1),
                (USE_COUPONS, (at, order_no), None), *entries, (TO_SHIP, (payment[0], at, order_no), 1),
                (ORDER_EVENT, (_id("oev"), order_no, "pay", "UNPAID", "TO_SHIP", "http", at), None),
                (OUTBOX, (_id("evt"), "orders.order_paid", told, _id("req"), at, at), None),
                (LEDGER, (payment[0], 0, "wechat", payment[5], payment[0], at), None),
                (LEDGER, (payment[0], 1, f"order_funds/{order[2]}", -payment[5], order_no, at), None), *moves]


def _wanted(asked: dict[str, Any]) -> dict[str, int]:
    lines = asked["lines"]
    if not 0 < len(lines) <= 50:
        raise Rejected("lines")
    wanted: dict[str, int] = {}
    for line in lines:
        if type(line["quantity"]) is not int or not 0 < line["quantity"] < 10_000:
            raise Rejected("quantity")
        wanted[line["sku_id"]] = wanted.get(line["sku_id"], 0) + line["quantity"]
    return wanted


def _reduction(promotions: list[tuple], goods_fen: int) -> tuple[int, str | None]:
    """The best step of the best promotion that reaches its threshold."""
    best, name = 0, None
    for row in promotions:
        for step in json.loads(row[3])["steps"]:
            if goods_fen >= step["threshold_fen"] and step["off_fen"] > best:
                best, name = step["off_fen"], row[0]
    return best, name


def _freight(templates: list[tuple], pieces: int, goods_fen: int) -> tuple[int, str | None]:
    for row in templates:
        if row[3]:
            rate = json.loads(row[2])["rates"][0]
            if rate["free_from_fen"] is not None and goods_fen >= rate["free_from_fen"]:
                return 0, row[0]
            more = max(0, pieces - rate["first_units"])
            steps = -(-more // rate["next_units"]) if rate["next_units"] else 0
            return rate["first_fee_fen"] + steps * rate["next_fee_fen"], row[0]
    return 0, None


def _split(total: int, weights: list[int]) -> list[int]:
    """By largest remainder."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    rest = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in rest[:total - sum(parts)]:
        parts[i] += 1
    return parts


def _answer(data: str) -> dict[str, Any]:
    return {"isBase64Encoded": False, "statusCode": 200, "headers": {"Content-Type": "application/json"},
            "body": f'{{"ok":true,"data":{data}}}'}


def _id(prefix: str) -> str:
    return f"{prefix}_{time.time_ns() // 1_000_000:012X}{secrets.token_hex(7).upper()}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _mac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
