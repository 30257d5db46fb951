"""Which orders a checkout becomes (拆单): one for each seller and parcel (spec E13, G1; decision 0035).

A parcel is what one warehouse sends. What is virtual is in no parcel, and what is picked up lies wherever it lies: of
each a seller has one order. Decided before the price, since freight is by parcel; quotes and orders ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mall.domains.orders.rules import Delivery
from mall.domains.stock.warehouses import MAIN_WAREHOUSE, Line, nearest_first, spread

VIRTUAL, EXPRESS = Delivery.VIRTUAL.value, Delivery.EXPRESS.value


class Parcel(NamedTuple):
    """One order of a checkout. `warehouse_id`: who sends it; nothing where nothing is sent."""

    seller_id: str
    delivery: str
    warehouse_id: str = ""


class Place(NamedTuple):
    """In which order a line is, and where it is picked."""

    parcel: Parcel
    warehouse_id: str


@dataclass(frozen=True)
class Plan:
    """`bought` by SKU, `gifts` by line id; `short`: SKUs that no warehouse has whole, which stand somewhere all the
    same so that they can be priced."""

    bought: Mapping[str, Place]
    short: Sequence[str] = ()
    gifts: Mapping[str, Place] = field(default_factory=dict)

    def of(self, line: Any) -> Place:
        return self.gifts.get(line.line_id) or self.bought[line.sku_id]

    @property
    def names(self) -> dict[Parcel, str]:
        """What the price calls each parcel; one alone needs no name."""
        found = list(dict.fromkeys([place.parcel for place in self.bought.values()]))
        return {found[0]: ""} if len(found) == 1 else {each: str(number) for number, each in enumerate(found, start=1)}


def plan(skus: Mapping[str, Any], quantities: Mapping[str, int], stock: Mapping[str, Sequence[Any]],
         places: Sequence[str], delivery: str, *, splits: bool) -> Plan:
    """The orders of what is wanted. With `splits` false all of it is one, of the one seller that there is."""
    apart: dict[tuple[str, bool], list[Line]] = {}  # codes are in no parcel: where they lie draws no goods there
    for sku_id in sorted(quantities):
        own = skus[sku_id]
        apart.setdefault((own.seller_id, bool(own.is_virtual)), []).append(Line(sku_id, sku_id, quantities[sku_id]))
    bought, short = {}, []
    for (seller_id, is_virtual), lines in apart.items():
        rows = {line.sku_id: stock.get(line.sku_id, ()) for line in lines}
        found, missing = spread(lines, rows, places)
        short += [line.sku_id for line in missing]
        somewhere = next(iter([*found.values(), *nearest_first(rows, places)]), MAIN_WAREHOUSE)
        for line in lines:
            warehouse_id = found.get(line.line_id, somewhere)
            bought[line.sku_id] = Place(_parcel(seller_id, VIRTUAL if is_virtual else delivery, warehouse_id),
                                        warehouse_id)
    return Plan(bought if splits else _as_one(bought), short)


def with_gifts(planned: Plan, lines: Iterable[Any], quantities: Mapping[str, int],
               stock: Mapping[str, Sequence[Any]], places: Sequence[str]) -> Plan:
    """The gifts go with the goods of their seller that are sent or picked up: in the first parcel whose warehouse has
    them, else in the first one, and out of the nearest warehouse that has."""
    left = {(row.warehouse_id, sku_id): row.available for sku_id, rows in stock.items() for row in rows}
    for sku_id, place in planned.bought.items():
        left[place.warehouse_id, sku_id] = left.get((place.warehouse_id, sku_id), 0) - quantities[sku_id]
    gifts, short = {}, []
    for line in lines:
        own = [place for place in planned.bought.values()
               if place.parcel.seller_id == line.seller_id and place.parcel.delivery != VIRTUAL]
        near = [Place(own[0].parcel, each) for each in nearest_first({"": stock.get(line.sku_id, ())}, places)]
        found = next((each for each in [*own, *near]
                      if left.get((each.warehouse_id, line.sku_id), 0) >= line.quantity), None)
        if found is None:
            short.append(line.sku_id)
        gifts[line.line_id] = found = found or own[0]
        left[found.warehouse_id, line.sku_id] = left.get((found.warehouse_id, line.sku_id), 0) - line.quantity
    return Plan(planned.bought, [*planned.short, *short], gifts)


def _parcel(seller_id: str, delivery: str, warehouse_id: str) -> Parcel:
    return Parcel(seller_id, delivery, warehouse_id if delivery == EXPRESS else "")


def _as_one(bought: Mapping[str, Place]) -> dict[str, Place]:
    """All in the parcel of what is sent first, if anything is."""
    parcels = [place.parcel for place in bought.values()]
    one = next((each for each in parcels if each.delivery != VIRTUAL), parcels[0])
    return {sku_id: Place(one, place.warehouse_id) for sku_id, place in bought.items()}
