"""Marketing (营销): coupons, group buys, points."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from mall.app.settings.chapter import RISKY, SELLERS, Chapter
from mall.domains.pricing.stacking import MAX_STACKED_COUPONS


class StackingRow(TypedDict):
    """A group of price rules (叠加规则), see `domains.pricing.stacking`."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    group: Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$")]
    not_with: Annotated[list[Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$")]], Field(max_length=20)]
    several: bool


class Stacking(TypedDict):
    """What a newer release put into a stored table is passed over; what is saved has known groups alone."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    rows: Annotated[list[StackingRow], Field(max_length=20)]
    goods_coupons: Annotated[int, Field(ge=0, le=MAX_STACKED_COUPONS)]
    free_shipping_coupons: Annotated[int, Field(ge=0, le=MAX_STACKED_COUPONS)]


class Marketing(Chapter):
    coupons_combine: bool = Field(
        True, json_schema_extra=RISKY, description="Whether coupons may be used together with full reductions (D2).")
    coupon_remind_days: int = Field(3, ge=1, le=30, description="Days before expiry to remind of a coupon (D4).")
    code_tries: int = Field(
        20, ge=3, le=1_000, description="Coupon codes that one member may try in a window (D4).")
    group_hours: int = Field(
        48, ge=1, le=168, json_schema_extra=SELLERS,
        description="Hours a group stays open, unless the activity says (F1).")
    points_per_yuan: int = Field(
        1, ge=0, le=1_000, json_schema_extra=RISKY, description="Points that a yuan paid for goods earns, of orders"
        " placed from now on; 0: none are earned. A hundred points take a yuan off (A4, docs/points.md).")
    points_days: int = Field(
        365, ge=1, le=1_825, json_schema_extra=RISKY,
        description="Days from receipt or sign-in until points expire (A4).")
    points_grace_days: int = Field(
        7, ge=0, le=365, json_schema_extra=RISKY,
        description="Days that points given back with a refund live at the least, whenever they would expire; at most"
        " points_days (A4).")
    points_most_percent: int = Field(
        50, ge=0, le=100, json_schema_extra=RISKY,
        description="Most percent of an order's goods, all discounts taken off, that points pay; 0: none (A4).")
    points_with_group_price: bool = Field(
        False, json_schema_extra=RISKY, description="Whether points may pay for goods at a group price (A4, F1).")
    check_in_points: Annotated[list[Annotated[int, Field(ge=0, le=10_000)]], Field(max_length=31)] = Field(
        default_factory=lambda: [5, 5, 5, 5, 5, 5, 20], json_schema_extra=RISKY,
        description="Points of the first, second ... day in a row that a member signs in; after the last it begins"
        " anew; none: there is no daily sign-in (A4).")
    stacking: Stacking | None = Field(
        None, json_schema_extra=RISKY, description="Which price rules combine: a row for each group with those that it"
        " does not combine with, in the order in which they are taken off, whether one line takes several of the group,"
        " and how many coupons there may be. With it coupons_combine and points_with_group_price say nothing (D2,"
        " docs/pricing.md).")
