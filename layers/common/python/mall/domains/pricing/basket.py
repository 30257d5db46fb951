"""What goes into a price (询价): plain frozen values, already loaded, nothing to look up.

Money is integer fen, weights are grams, times are aware UTC. A wrong value is a fault of the
loader, not of the buyer: it raises ValueError when it is made. Spec D2, D3, D4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from mall.domains.pricing.stacking import StackingPolicy


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise ValueError(sentence)


class ScopeKind(str, Enum):
    ALL = "all"
    GOODS = "goods"  # ids are SPU ids
    CATEGORIES = "categories"  # ids are category ids of any level


class CouponKind(str, Enum):
    FULL_REDUCTION = "full_reduction"  # 满减券: off_fen from threshold_fen
    DISCOUNT = "discount"  # 折扣券: percent, at most cap_fen off
    NO_THRESHOLD = "no_threshold"  # 无门槛券: off_fen, threshold ignored
    FREE_SHIPPING = "free_shipping"  # 包邮券: the freight, at most cap_fen of it


class RuleKind(str, Enum):
    """What may move a price."""

    LIMITED_TIME = "limited_time"  # 限时折扣, 限时价
    HOOK = "hook"  # 引流品
    NTH_PIECE = "nth_piece"  # 第二件半价, 买三免一
    MEMBER_DAY = "member_day"  # 会员日
    FULL_REDUCTION = "full_reduction"  # 满减
    ADD_ON = "add_on"  # 加价购
    GIFT = "gift"  # 满赠
    GOODS_COUPON = "goods_coupon"
    FREE_SHIPPING_COUPON = "free_shipping_coupon"
    FREE_FREIGHT = "free_freight"  # the freight template's own threshold (满额包邮)
    POINTS = "points"
    BALANCE = "balance"
    PRICE_CHANGE = "price_change"  # a person of the staff took it off before it was paid (改价)


class UnitRule(str, Enum):
    """Where the price of one piece comes from."""

    BASE = "base"
    TIER = "tier"
    MEMBER_PRICE = "member_price"
    MEMBER_PERCENT = "member_percent"
    LIMITED_TIME = "limited_time"  # 限时折扣
    HOOK = "hook"  # 引流品
    KIND = "group"  # the kind's own; the word is older than the second kind that has one


class FreightBy(str, Enum):
    PIECE = "piece"
    WEIGHT = "weight"  # units are grams


@dataclass(frozen=True, slots=True)
class Scope:
    """The lines a rule is about. `seller_id` None means every seller (a rule of the platform)."""

    kind: ScopeKind = ScopeKind.ALL
    ids: frozenset[str] = frozenset()
    seller_id: str | None = None

    def indexes(self, lines: Sequence[Line]) -> Sequence[int]:
        """Which of the lines are covered."""
        seller_id, ids = self.seller_id, self.ids
        own: Sequence[int] = range(len(lines))
        if seller_id is not None:
            own = [index for index in own if lines[index].seller_id == seller_id]
        if self.kind is ScopeKind.ALL:
            return own
        if self.kind is ScopeKind.GOODS:
            return [index for index in own if lines[index].spu_id in ids]
        return [index for index in own if not ids.isdisjoint(lines[index].category_ids)]

    def covers(self, line: Line) -> bool:
        return bool(self.indexes((line,)))


@dataclass(frozen=True, slots=True)
class Tier:
    """A quantity price (阶梯价): `price_fen` each from `min_quantity` of the SKU on."""

    min_quantity: int
    price_fen: int

    def __post_init__(self) -> None:
        _require(self.min_quantity >= 1 and self.price_fen >= 0, "a tier is out of range")


@dataclass(frozen=True, slots=True)
class Offer:
    """A unit price that something beside the goods themselves offers to a line. `exclusive`: the kind of the order
    demands it, and no other is open; it is never above the base price. `most`: for so many pieces, of all lines
    with the same rule and source together; the others pay the next lowest."""

    rule: UnitRule
    unit_fen: int
    source_id: str = ""
    title: str = ""
    exclusive: bool = False
    most: int | None = None

    def __post_init__(self) -> None:
        _require(self.unit_fen >= 0 and (self.most is None or self.most >= 1), "an offer is out of range")


@dataclass(frozen=True, slots=True)
class Line:
    """Some pieces of one SKU; a SKU may stand on several lines. `offers`: unit prices beside those of the goods."""

    line_id: str
    sku_id: str
    spu_id: str
    seller_id: str
    quantity: int
    price_fen: int
    category_ids: tuple[str, ...] = ()  # the path, top first
    tiers: tuple[Tier, ...] = ()
    member_price_fen: int | None = None  # None: this buyer has none
    member_percent: int | None = None  # 95 is 95 percent of price_fen (九五折)
    offers: tuple[Offer, ...] = ()
    weight_grams: int = 0  # of one piece
    is_virtual: bool = False  # never freight
    freight_template_id: str | None = None  # None: free of freight (包邮)
    parcel: str = ""  # in which of the purchase it goes; nothing where there is only one

    def __post_init__(self) -> None:
        _require(self.quantity >= 1 and self.price_fen >= 0 and self.weight_grams >= 0
                 and (self.member_price_fen or 0) >= 0 and 0 <= (self.member_percent or 0) <= 100,
                 "a line is out of range")


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon in the buyer's hand, unused. Valid while `valid_from <= now < valid_until`.

    Two coupons of one slot (goods, free shipping) and one `stack_group` never combine; how many
    groups may combine says the policy.
    """

    coupon_id: str
    template_id: str
    title: str
    kind: CouponKind
    valid_from: datetime
    valid_until: datetime
    threshold_fen: int = 0
    off_fen: int = 0
    percent: int = 100  # of a discount: 90 leaves 90 percent (九折)
    cap_fen: int | None = None  # None: no cap
    scope: Scope = Scope()
    stack_group: str = ""
    giver: str = ""  # the seller whose it is

    def __post_init__(self) -> None:
        _require(self.threshold_fen >= 0 and self.off_fen >= 0, "a coupon's amounts are not negative")
        _require(0 <= self.percent <= 100, "a coupon's percent is within 0..100")
        _require(self.cap_fen is None or self.cap_fen >= 0, "a coupon's cap is not negative")


@dataclass(frozen=True, slots=True)
class Region:
    """Where the parcel goes, by the official full names as WeChat's address picker returns them."""

    province: str  # 广东省
    city: str  # 深圳市; of a municipality its own name again, 北京市
    district: str = ""
    unknown: str = ""  # what of a stored address no table of divisions has: province, city, district

    def places(self) -> tuple[str, ...]:
        """The keys under which a template may name this place, most exact first."""
        city = f"{self.province}/{self.city}"
        exact = (f"{city}/{self.district}",) if self.district else ()
        return (*exact, city, self.province)


@dataclass(frozen=True, slots=True)
class FreightRate:
    """The fee for some places: keys "省", "省/市" or "省/市/区"; no places means everywhere else."""

    places: frozenset[str]
    first_units: int
    first_fee_fen: int
    next_units: int = 0  # 0: the first fee is flat
    next_fee_fen: int = 0
    free_from_fen: int | None = None  # free when the template's goods reach this
    free_from_pieces: int | None = None

    def __post_init__(self) -> None:
        _require(min(self.first_units, self.next_units) >= 0, "freight units are not negative")
        _require(min(self.first_fee_fen, self.next_fee_fen) >= 0, "freight fees are not negative")


@dataclass(frozen=True, slots=True)
class FreightTemplate:
    """How one seller charges freight. A place without a rate, or in `undeliverable`, gets nothing."""

    template_id: str
    title: str
    by: FreightBy
    rates: tuple[FreightRate, ...]
    undeliverable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Buyer:
    """What rules that are for some buyers look at."""

    level: str = ""
    is_new: bool = False  # nothing was ever paid
    taken: tuple[tuple[str, int], ...] = ()  # pieces that were bought before, by promotion id


@dataclass(frozen=True, slots=True)
class Basket:
    """All that decides a price. `chosen_coupon_ids` None lets the engine choose the best set."""

    lines: tuple[Line, ...]
    now: datetime
    region: Region | None = None  # None: nothing is shipped (pick-up, virtual)
    promotions: tuple[Any, ...] = ()  # that run now: values of the rules in `steps/`, each read by its own file
    buyer: Buyer = Buyer()
    coupons: tuple[Coupon, ...] = ()
    chosen_coupon_ids: tuple[str, ...] | None = None
    freight_templates: tuple[FreightTemplate, ...] = ()
    charged: tuple[Any, ...] | None = None  # quote.FreightCharge: a freight that is known; None: by the templates
    free_freight_for: str = ""  # the buyer's level, when its members pay no freight (会员包邮)
    policy: StackingPolicy = StackingPolicy()
    points_to_use: int = 0
    points_per_yuan: int = 100
    points_cap_percent: int = 100  # of the goods after all discounts
    balance_to_use_fen: int = 0

    def __post_init__(self) -> None:
        _require(len({line.line_id for line in self.lines}) == len(self.lines), "a line id twice")
        _require(len({c.coupon_id for c in self.coupons}) == len(self.coupons), "a coupon id twice")
        _require(self.points_to_use >= 0 and self.balance_to_use_fen >= 0 and self.points_per_yuan >= 1
                 and 0 <= self.points_cap_percent <= 100, "points or balance are out of range")
