"""Which rules combine (叠加规则), as a table that staff edit. Spec D2; docs/pricing.md prints the usual one.

A rule belongs to a group, named as its kind. A group of prices says what one piece costs, so it closes the *lines* that
have its price to the groups that it does not combine with; two groups of offers or coupons that do not combine stand
apart for the whole *order*, and the engine takes the cheaper way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

MAX_STACKED_COUPONS = 3  # of one slot; bounds the search for the best set
KIND = "group"  # the price of the order's kind; shops' tables have the word from before the second kind
PRICES = ("limited_time", "hook", KIND)
OPTIONAL = ("limited_time", "hook")  # a price that a buyer is better off without, where it closes more than it saves
OFFERS = ("nth_piece", "add_on", "member_day", "full_reduction", "gift")  # in the order in which they are taken off
COUPONS = ("goods_coupon", "free_shipping_coupon")
POINTS = "points"
Pair = frozenset[str]


def pair(one: str, other: str) -> Pair:
    return frozenset((one, other))


APART = frozenset(
    [pair(KIND, each) for each in (*OFFERS, *COUPONS, POINTS)]
    + [pair("hook", each) for each in (*OFFERS, "goods_coupon")])


@dataclass(frozen=True)
class StackingPolicy:
    """`order`: of the groups of offers. `several`: groups of which a line may take part in more than one rule. `apart`:
    the pairs that do not combine."""

    order: tuple[str, ...] = OFFERS
    several: frozenset[str] = frozenset()
    apart: frozenset[Pair] = APART
    goods_coupons: int = 1
    free_shipping_coupons: int = 1

    def __post_init__(self) -> None:
        for count in (self.goods_coupons, self.free_shipping_coupons):
            if not 0 <= count <= MAX_STACKED_COUPONS:
                raise ValueError("too many coupons to stack")

    def closes(self, price: str, group: str) -> bool:
        """Whether a line at this price takes no part in the group."""
        return pair(price, group) in self.apart


@lru_cache(maxsize=256)
def closed_to(policy: StackingPolicy, group: str) -> frozenset[str]:
    """The prices whose lines take no part in the group."""
    return frozenset(price for price in PRICES if policy.closes(price, group))


@lru_cache(maxsize=256)
def choices(policy: StackingPolicy, present: frozenset[str]) -> tuple[frozenset[str], ...]:
    """The groups that stand back, in every way that may be the cheapest: of what stands apart one side, and of prices
    that close something each once with it and once without. Ways that use fewer coupons come first."""
    later = [group for group in (*policy.order, *COUPONS) if group in present]
    conflicts = [each for each in policy.apart if each <= set(later)]
    prices = [price for price in OPTIONAL if price in present and any(policy.closes(price, each) for each in later)]
    ways = []
    for of_offers in _standing_back(later, conflicts):
        for size in range(len(prices) + 1):
            ways += [of_offers | frozenset(without) for without in combinations(prices, size)]
    return tuple(ways)


def _standing_back(groups: Sequence[str], conflicts: Sequence[Pair]) -> list[frozenset[str]]:
    """The least sets without which no conflict is left."""
    found: list[frozenset[str]] = []
    concerned = [group for group in groups if any(group in each for each in conflicts)]
    for size in range(len(concerned) + 1):
        for back in map(frozenset, combinations(concerned, size)):
            if all(each & back for each in conflicts) and not any(less <= back for less in found):
                found.append(back)
    return sorted(found, key=lambda back: ([each not in back for each in COUPONS], sorted(back)))


def read(table: Mapping[str, Any] | None) -> StackingPolicy:
    """The policy of a table {rows: [{group, not_with, several}], goods_coupons, free_shipping_coupons}; a group without
    a row is as usual, also towards those that have one, and one that a newer release brought is passed over."""
    if table is None:
        return StackingPolicy()
    rows = {row["group"]: row for row in table["rows"] if row["group"] in _KNOWN}
    apart = {each for each in APART if not each <= set(rows)}
    apart |= {pair(group, other) for group, row in rows.items() for other in row["not_with"] if other in _KNOWN}
    named = iter([group for group in rows if group in OFFERS])
    return StackingPolicy(
        order=tuple(next(named) if group in rows else group for group in OFFERS),
        several=frozenset(group for group, row in rows.items() if row["several"]), apart=frozenset(apart),
        goods_coupons=table["goods_coupons"], free_shipping_coupons=table["free_shipping_coupons"])


def check(table: Mapping[str, Any]) -> None:
    """Before it is saved. Raises ValueError unless each group is known, has one row, and stands apart from known others
    alone: not a price from a price, of which the lowest counts anyway, nor points from what is no price."""
    groups = [row["group"] for row in table["rows"]]
    for row in table["rows"]:
        group, others = row["group"], set(row["not_with"])
        prices_meet = group in PRICES and others & set(PRICES)
        points_meet = others - set(PRICES) if group == POINTS else POINTS in others and group not in PRICES
        if (group not in _KNOWN or groups.count(group) > 1 or not others <= _KNOWN - {group}
                or prices_meet or points_meet or (row["several"] and group not in OFFERS)):
            raise ValueError(f"the row of {group!r} is unclear")


def checked(table: Mapping[str, Any]) -> StackingPolicy:
    """Raises ValueError as `check`."""
    check(table)
    return read(table)


def as_table(policy: StackingPolicy) -> dict[str, Any]:
    """What `read` reads: every pair stands in the row of its price, else in that of the earlier group."""
    rows, told = [], set()
    for group in (*PRICES, *policy.order, *COUPONS, POINTS):
        own = sorted((each for each in policy.apart if group in each and each not in told), key=sorted)
        told.update(own)
        rows.append({"group": group, "not_with": sorted(next(iter(each - {group})) for each in own),
                     "several": group in policy.several})
    return {"rows": rows, "goods_coupons": policy.goods_coupons,
            "free_shipping_coupons": policy.free_shipping_coupons}


_KNOWN = frozenset((*PRICES, *OFFERS, *COUPONS, POINTS))
