"""Send an order elsewhere before it goes out (修改收货地址): decided under its lock, as shipping is, so that one of the
two wins (spec A2, E11).

What the freight is to the old and to the new address, by the templates of today, is told before it is agreed to; nobody
is charged and nothing is paid back. A buyer cannot make the parcel dearer by himself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.members import store as members
from mall.domains.members.levels import free_freight_of
from mall.domains.orders import store as orders
from mall.domains.orders.rules import (
    ADDRESS_OPEN, RECEIVER, AddressChanged, AddressFixed, Delivery, FreightDiffers, FreightWouldRise, OrderNotFound,
)
from mall.domains.pricing import rules as pricing
from mall.domains.pricing import store
from mall.kit.db import Tx
from mall.kit.divisions import read
from mall.kit.money import yuan

AFTER_FREIGHT = (pricing.RuleKind.GOODS_COUPON, pricing.RuleKind.POINTS, pricing.RuleKind.BALANCE,
                 pricing.RuleKind.PRICE_CHANGE)  # what is taken off the goods when the freight is told
Address = dict[str, str]  # name, phone, province, city, district, detail


@dataclass(frozen=True)
class Wanted:
    """`version`, `difference_fen`: as they were shown to who asks. `may_rise`: whether more freight may be."""

    version: int
    difference_fen: int
    may_rise: bool


@dataclass(frozen=True)
class Changed:
    version: int
    freight_before_fen: int
    freight_after_fen: int

    @property
    def difference_fen(self) -> int:
        return self.freight_after_fen - self.freight_before_fen


def change(tx: Tx, order_no: str, is_own: Callable[[Any], bool], new_address: Callable[[Address], Address],
           wanted: Wanted, settings: Any, *, actor: str, now: datetime) -> Changed:
    """`new_address`: from the one before. The same address again changes nothing. Raises OrderNotFound, AddressFixed,
    AddressChanged, NotDeliverable, FreightDiffers, FreightWouldRise, and what `new_address` raises."""
    order = _open(orders.lock_whole(tx, order_no), is_own)
    if order.address_version != wanted.version:
        raise AddressChanged(field="version", version=order.address_version)
    lines, before = _all_at_home(tx, order), _address_of(order)
    after = new_address(before)
    freight = _freight(tx, order, lines, settings, before, after, now)
    difference_fen = freight[1] - freight[0]
    if difference_fen > 0 and not wanted.may_rise:
        raise FreightWouldRise(**_told(*freight))
    if difference_fen != wanted.difference_fen:
        raise FreightDiffers(field="seen_difference_fen", **_told(*freight))
    if after == before:
        return Changed(order.address_version, *freight)
    version = orders.change_address(tx, order, after, freight_fens=freight, actor=actor, now=now,
                                    otherwise=AddressChanged())
    orders.record(tx, order, "change_address", actor=actor, reason=_reason(after, difference_fen), now=now)
    return Changed(version, *freight)


def quote(tx: Tx, order_no: str, is_own: Callable[[Any], bool], new_address: Callable[[Address], Address],
          settings: Any, now: datetime) -> Changed:
    """What `change` would tell now: the version of the address as it stands, and both freights; nothing is written.
    Raises OrderNotFound, AddressFixed, NotDeliverable, and what `new_address` raises."""
    order = _open(orders.find(tx, order_no), is_own)
    lines, before = _all_at_home(tx, order), _address_of(order)
    return Changed(order.address_version, *_freight(tx, order, lines, settings, before, new_address(before), now))


def _open(order: Any | None, is_own: Callable[[Any], bool]) -> Any:
    """An order of the one who asks that may go elsewhere. Raises OrderNotFound, AddressFixed."""
    if order is None or not is_own(order):
        raise OrderNotFound()
    if order.state not in ADDRESS_OPEN or order.delivery != Delivery.EXPRESS.value:
        raise AddressFixed.of(order)
    return order


def _all_at_home(tx: Tx, order: Any) -> list[Any]:
    """The order's lines, of which nothing has gone out. Raises AddressFixed."""
    lines = orders.lines(tx, order.order_no)
    if any(line.shipped_quantity for line in lines):
        raise AddressFixed("订单的部分商品已经发出，不能再修改收货地址", state=order.state)
    return lines


def _address_of(order: Any) -> Address:
    """Where it goes as yet; nowhere, for a kind of order whose address is told later."""
    return {name: (order.address or {}).get(name, "") for name in RECEIVER}


def _told(before_fen: int, after_fen: int) -> dict[str, int]:
    return {"before_fen": before_fen, "after_fen": after_fen, "difference_fen": after_fen - before_fen}


def _reason(address: dict[str, str], difference_fen: int) -> str:
    """What the timeline says: the place, never who lives there."""
    place = f"新地址在{address['province']}{address['city']}{address['district']}"
    if not difference_fen:
        return place
    return f"{place}，运费{'多' if difference_fen > 0 else '少'} {yuan(abs(difference_fen))} 元，未另行收退"


def _freight(tx: Tx, order: Any, lines: list[Any], settings: Any, before: dict[str, str], after: dict[str, str],
             now: datetime) -> tuple[int, int]:
    """What the freight of the whole order is to both addresses; gifts go along without. Raises NotDeliverable for the
    new one."""
    carried = [line for line in lines if not line.is_gift]
    sku_ids = sorted({line.sku_id for line in carried})
    skus, templates = tx.fetch(store.ask_skus(sku_ids), store.ask_freight(sku_ids))
    level = members.read_profile(tx, order.member_id).level
    default, quote = store.default_freight_of(templates), pricing.from_json(order.price, lines)
    by_id = {row.sku_id: row for row in skus}
    priced = tuple(store.line_of(by_id[line.sku_id], line_id=line.line_id, quantity=line.quantity, member_percent=100,
                                 default_freight=default) for line in carried if line.sku_id in by_id)
    amounts = [_after_promotions(quote, line.line_id) for line in priced]

    def to(address: dict[str, str]) -> Any:
        region = pricing.Region(*read(address["province"], address["city"], address["district"]))
        basket = pricing.Basket(lines=priced, now=now, region=region, freight_templates=store.freight_templates_of(
            templates), free_freight_for=free_freight_of(settings.member_levels, level))
        return pricing.charge_freight(basket, priced, amounts)

    there = to(after)
    if there.undeliverable:
        raise pricing.NotDeliverable(field="address_id", line_ids=[each.line_id for each in there.undeliverable])
    here = to(before) if before["province"] else None
    return sum(here.by_line) if here and not here.undeliverable else quote.freight_fen, sum(there.by_line)


def _after_promotions(quote: pricing.Quote, line_id: str) -> int:
    """What free freight looks at: the goods after promotions and before coupons, as they were bought."""
    line = quote.line(line_id)
    off_fen = sum(fen for each, fen in quote.shares_of(line_id)
                  if each.part is pricing.Part.GOODS and each.kind not in AFTER_FREIGHT)
    return line.gross_fen - off_fen if line else 0
