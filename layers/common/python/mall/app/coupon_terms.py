"""What a coupon gives (优惠券内容): the words of the actions that save one and that try one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mall.app.fields import Count, Fen, Id, Input, Line, Percent, Quantity


class CouponScope(Input):
    kind: Literal["all", "goods", "categories"] = "all"
    ids: list[Id] = Field(default=[], max_length=200)  # SPU ids or category ids


class CouponTerms(Input):
    threshold_fen: Fen = 0
    off_fen: Fen = 0
    percent: Percent = 100  # 90 leaves 90 percent (九折)
    cap_fen: Fen | None = None  # of a discount or of the freight; none: no cap
    scope: CouponScope = CouponScope()
    stack_group: Annotated[Line, Field(max_length=32)] = ""  # coupons of one group never combine


class CouponGives(Input):
    kind: Literal["full_reduction", "discount", "no_threshold", "free_shipping"]
    terms: CouponTerms


class CouponDraft(CouponGives):
    """As coupons.save_coupon takes it, of what a price hangs on; its windows lie ahead."""

    quota: Count | None = None  # of a rehearsal; absent: as many as are needed
    per_member: Quantity = 1
