"""Marketing (营销): coupons, group buys, points."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mall.app.settings.chapter import RISKY, Chapter


class Marketing(Chapter):
    coupons_combine: bool = Field(
        True, description="Whether coupons may be used together with full reductions (D2).")
    coupon_remind_days: int = Field(3, ge=1, le=30, description="Days before expiry to remind of a coupon (D4).")
    code_tries: int = Field(
        20, ge=3, le=1_000, description="Coupon codes that one member may try in a window (D4).")
    group_hours: int = Field(48, ge=1, le=168, description="Hours a group stays open, unless the activity says (F1).")
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
