"""What comes out of a price: every fen with its rule, its line and its share; every rule that did
not apply with its reason. It is stored with the order and drives the refunds. Spec D2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from mall.domains.pricing.basket import Line, RuleKind, UnitRule
from mall.kit.money import split


BARE = {"bare": True}  # of a field: left out of the stored document where it says nothing


class Part(str, Enum):
    """What an adjustment is taken off."""

    GOODS = "goods"
    FREIGHT = "freight"


class Reason(str, Enum):
    """Why a rule did not apply (or not further)."""

    NOT_LOWEST = "not_lowest"
    QUANTITY_SHORT = "quantity_short"
    GROUP_PRICE = "group_price"
    PIECES_TAKEN = "pieces_taken"
    OTHER_BUYERS = "other_buyers"
    NOT_TODAY = "not_today"
    OUT_OF_STOCK = "out_of_stock"
    OUT_OF_SCOPE = "out_of_scope"
    BELOW_THRESHOLD = "below_threshold"
    LINES_TAKEN = "lines_taken"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    SAVES_NOTHING = "saves_nothing"
    NOT_AS_GOOD = "not_as_good"
    NOT_CHOSEN = "not_chosen"
    NOT_HELD = "not_held"
    DOES_NOT_COMBINE = "does_not_combine"
    CAPPED = "capped"
    NOT_DELIVERED_THERE = "not_delivered_there"
    NO_FREIGHT_TEMPLATE = "no_freight_template"
    UNKNOWN_PLACE = "unknown_place"


@dataclass(frozen=True, slots=True)
class UnitOffer:
    """A unit price that stood open to a line. `reason` None: this one applied."""

    rule: UnitRule
    unit_fen: int
    reason: Reason | None = None
    sentence: str = ""
    missing_quantity: int = 0
    source_id: str = field(default="", metadata=BARE)  # the promotion, where one offers it
    title: str = field(default="", metadata=BARE)


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line's price. goods_pay_fen + freight_pay_fen over all lines is the quote's pay_fen."""

    line_id: str
    sku_id: str
    spu_id: str
    seller_id: str
    quantity: int
    list_unit_fen: int  # before any rule
    unit_fen: int
    unit_rule: UnitRule
    unit_offers: tuple[UnitOffer, ...]
    gross_fen: int  # unit_fen * quantity
    goods_pay_fen: int  # after every adjustment on goods
    freight_fen: int  # this line's share before adjustments
    freight_pay_fen: int  # after every adjustment on freight


@dataclass(frozen=True, slots=True)
class Share:
    line_id: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Pieces that a rule looked at and that are in another order of the same checkout: what they came to then, and what
    of it they got."""

    sku_id: str
    unit_fen: int
    quantity: int
    amount_fen: int
    off_fen: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An amount taken off, and how it lies on the lines; the shares add up to it exactly. `about`: the lines that the
    rule looked at, with `terms`, what it has to know of itself for a later refund; `elsewhere`: those of them that are
    in other orders. `given_by`: the seller who bears it, where it lies on goods of another (of the platform)."""

    kind: RuleKind
    part: Part
    source_id: str
    title: str
    amount_fen: int
    shares: tuple[Share, ...]
    steps: tuple[tuple[int, int], ...] = ()  # of a full reduction: (threshold_fen, off_fen), for a later refund
    repeats: bool = False
    about: tuple[str, ...] = field(default=(), metadata=BARE)
    terms: dict[str, Any] = field(default_factory=dict, metadata=BARE)
    elsewhere: tuple[Elsewhere, ...] = field(default=(), metadata=BARE)
    given_by: str = field(default="", metadata=BARE)


@dataclass(frozen=True, slots=True)
class FreightCharge:
    """What one freight template charges for a parcel. `waived`: its own threshold made it free, or the buyer's level,
    which the title names then."""

    template_id: str
    title: str
    units: int  # pieces or grams
    fee_fen: int
    waived: bool
    shares: tuple[Share, ...]
    parcel: str = field(default="", metadata=BARE)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A rule that gave nothing, or could give more: buying `missing_fen` (or `missing_quantity`
    pieces) more makes it save `saves_fen`. The add-on hint (凑单) of the cart, D1."""

    kind: RuleKind
    source_id: str
    title: str
    reason: Reason
    sentence: str
    missing_fen: int = 0
    missing_quantity: int = 0
    saves_fen: int = 0
    was_chosen: bool = False  # the buyer asked for this coupon by name


@dataclass(frozen=True, slots=True)
class Undeliverable:
    line_id: str
    reason: Reason
    sentence: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The price and its explanation. Lines, adjustments and the rest stand in a fixed order that
    does not depend on the basket's.

    pay_fen = goods_fen - full_reduction_fen - promotion_fen - goods_coupon_fen
              + freight_fen - freight_coupon_fen - points_fen - balance_fen
              - what staff took off later (`price_changes.py`)
    """

    lines: tuple[QuoteLine, ...]
    adjustments: tuple[Adjustment, ...]
    freight_charges: tuple[FreightCharge, ...]
    skipped: tuple[Skipped, ...]
    undeliverable: tuple[Undeliverable, ...]
    list_fen: int  # before any rule, without freight
    goods_fen: int  # after unit prices
    full_reduction_fen: int
    goods_coupon_fen: int
    freight_fen: int
    freight_coupon_fen: int
    points_fen: int
    points_used: int
    balance_fen: int
    pay_fen: int
    promotion_fen: int = 0  # what other promotions than full reductions took off the goods

    @property
    def discount_fen(self) -> int:
        """What rules took off the goods after their unit prices."""
        return self.full_reduction_fen + self.promotion_fen + self.goods_coupon_fen + self.points_fen

    @property
    def coupon_ids(self) -> tuple[str, ...]:
        """The coupons this price uses up."""
        kinds = (RuleKind.GOODS_COUPON, RuleKind.FREE_SHIPPING_COUPON)
        return tuple(each.source_id for each in self.adjustments if each.kind in kinds)

    def line(self, line_id: str) -> QuoteLine | None:
        return next((each for each in self.lines if each.line_id == line_id), None)

    def shares_of(self, line_id: str) -> tuple[tuple[Adjustment, int], ...]:
        """Each adjustment on this line and how much of it the line bears."""
        return tuple(
            (adjustment, share.amount_fen)
            for adjustment in self.adjustments
            for share in adjustment.shares
            if share.line_id == line_id
        )


def take_off(
    amount_fen: int,
    remaining: list[int],
    indexes: Sequence[int],
    lines: Sequence[Line | QuoteLine],
    *,
    kind: RuleKind,
    part: Part,
    source_id: str,
    title: str,
    parts: Sequence[int] | None = None,
    **more: Any,
) -> Adjustment:
    """Take the amount off `remaining` at `indexes`, in proportion to what is left there.

    The amount is at most what is left, so that no line falls below zero. `parts`: where the rule itself says how the
    amount lies on them.
    """
    if parts is None:
        parts = split(amount_fen, [remaining[index] for index in indexes])
    for index, share_fen in zip(indexes, parts, strict=True):
        remaining[index] -= share_fen
    shares = shares_over(parts, indexes, lines)
    return Adjustment(kind, part, source_id, title, amount_fen, shares, **more)


def borne_by(giver: str, indexes: Sequence[int], lines: Sequence[Line]) -> str:
    """The giver of a rule, where these lines are not all the giver's own."""
    return giver if giver and any([lines[index].seller_id != giver for index in indexes]) else ""


def shares_over(parts: Sequence[int], indexes: Sequence[int], lines: Sequence[Line]) -> tuple[Share, ...]:
    """The parts that are not zero, by line."""
    return tuple([Share(lines[index].line_id, part) for index, part in zip(indexes, parts, strict=True) if part])


_TOLD = frozenset((  # what has a sum of its own, or is no promotion
    RuleKind.FULL_REDUCTION, RuleKind.GOODS_COUPON, RuleKind.FREE_SHIPPING_COUPON, RuleKind.POINTS, RuleKind.BALANCE,
    RuleKind.PRICE_CHANGE))


def totalled(
    lines: tuple[QuoteLine, ...],
    adjustments: tuple[Adjustment, ...],
    freight_charges: tuple[FreightCharge, ...],
    skipped: tuple[Skipped, ...],
    undeliverable: tuple[Undeliverable, ...],
    points_used: int,
) -> Quote:
    """The quote with its sums."""
    list_fen = goods_fen = freight_fen = pay_fen = 0
    for line in lines:
        list_fen += line.list_unit_fen * line.quantity
        goods_fen += line.gross_fen
        freight_fen += line.freight_fen
        pay_fen += line.goods_pay_fen + line.freight_pay_fen
    off: dict[RuleKind, int] = {}
    for each in adjustments:
        off[each.kind] = off.get(each.kind, 0) + each.amount_fen

    def off_fen(kind: RuleKind) -> int:
        return off.get(kind, 0)

    return Quote(
        lines=lines,
        adjustments=adjustments,
        freight_charges=freight_charges,
        skipped=skipped,
        undeliverable=undeliverable,
        list_fen=list_fen,
        goods_fen=goods_fen,
        full_reduction_fen=off_fen(RuleKind.FULL_REDUCTION),
        goods_coupon_fen=off_fen(RuleKind.GOODS_COUPON),
        freight_fen=freight_fen,
        freight_coupon_fen=off_fen(RuleKind.FREE_SHIPPING_COUPON),
        points_fen=off_fen(RuleKind.POINTS),
        points_used=points_used,
        balance_fen=off_fen(RuleKind.BALANCE),
        pay_fen=pay_fen,
        promotion_fen=sum([fen for kind, fen in off.items() if kind not in _TOLD]),
    )
