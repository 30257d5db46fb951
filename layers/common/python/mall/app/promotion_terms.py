"""What a promotion gives (活动内容): the words of the actions that save, try and rehearse one. Which fields a kind has,
its own file says (`domains/pricing/steps/`)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mall.app.coupon_terms import CouponDraft
from mall.app.fields import Fen, Id, Input, Moment, Name, Percent, PositiveFen, Quantity, in_order
from mall.app.settings.marketing import Stacking

Kind = Literal["full_reduction", "limited_time", "nth_piece", "member_day", "add_on", "gift", "hook"]
LevelKey = Annotated[str, Field(max_length=32, pattern=r"^[a-z][a-z0-9_]{0,31}$")]
PaidPercent = Annotated[int, Field(ge=0, le=99)]  # what is left to pay: 0 is for nothing


class Step(Input):
    threshold_fen: PositiveFen
    off_fen: PositiveFen


class Scope(Input):
    kind: Literal["all", "goods", "categories"] = "all"
    ids: list[Id] = Field([], max_length=200)  # SPU ids or category ids


class Good(Input):
    sku_id: Id
    price_fen: Fen


class GiftGood(Input):
    sku_id: Id
    quantity: Quantity = 1


class PromotionTerms(Input):
    kind: Kind = "full_reduction"
    scope: Scope | None = None  # which goods take part, or count; absent: all
    priority: Annotated[int, Field(ge=0, le=1_000)] | None = None  # the higher takes a line first
    repeats: bool | None = None  # every full threshold or every n-th piece counts (每满减)
    steps: list[Step] | None = Field(None, min_length=1, max_length=10)
    threshold_fen: PositiveFen | None = None  # of add_on and gift
    goods: list[Good] | None = Field(None, min_length=1, max_length=50)  # at a price of their own
    gifts: list[GiftGood] | None = Field(None, min_length=1, max_length=5)
    percent: PaidPercent | None = None  # what is paid: of the goods, or of the n-th piece
    nth: Annotated[int, Field(ge=2, le=20)] | None = None
    together: bool | None = None  # pieces of all goods are counted together, not of each SKU by themselves
    most: Annotated[int, Field(ge=1, le=99)] | None = None  # pieces of an order (add_on), of a person ever (hook)
    new_members_only: bool | None = None
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] | None = Field(None, min_length=1, max_length=7)  # 1: Monday
    levels: list[LevelKey] | None = Field(None, max_length=10)  # absent: of all levels

    @property
    def given(self) -> dict[str, Any]:
        """The fields that were filled in."""
        return self.model_dump(include=set(PromotionTerms.model_fields) - {"kind"}, exclude_none=True)


class DraftTerms(PromotionTerms):
    """A promotion that is only tried, or a coupon, or none: another table of what combines is tried alone."""

    kind: Kind | None = None
    title: Name = "试算"  # of the promotion, or of the coupon
    coupon: CouponDraft | None = None
    replaces: Id | None = None  # a promotion that would run no more
    stacking: Stacking | None = None  # absent: as it is in force


class RehearsedTerms(DraftTerms):
    """A draft over the orders that were placed in a past period."""

    placed_from: Moment
    placed_until: Moment
    least_percent: Percent = 50  # orders whose goods would cost less of their list price are counted

    _window = in_order("placed_from", "placed_until")
