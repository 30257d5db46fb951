"""Trade (交易): the shop, its carts and its orders."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from mall.app.fields import SHOWS, in_form
from mall.app.settings.chapter import Chapter
from mall.domains.sellers.rules import licence_of
from mall.kit import text
from mall.kit.credit_code import is_credit_code


def _real_licence(told: str) -> str:
    if told and not is_credit_code(told):
        raise ValueError("its check letter is another")
    return told


class Trade(Chapter):
    shop_name: Annotated[str, SHOWS, in_form(text.line)] = Field(
        "好物商城", min_length=1, max_length=32, pattern=text.ONE_LINE,
        description="Name shown to buyers and in messages.")
    shop_licence_no: Annotated[str, in_form(licence_of), AfterValidator(_real_licence)] = Field(
        "", max_length=18, pattern=r"^([0-9A-Z]{18})?$",
        description="Business licence of the platform's own shop (统一社会信用代码), shown to buyers; empty: none yet"
        " (E13).")
    cart_item_limit: int = Field(100, ge=1, le=200, description="Most different SKUs in one cart.")
    pay_within_minutes: int = Field(30, ge=5, le=1440, description="Minutes an unpaid order is kept (E4).")
    unpaid_orders_most: int = Field(
        20, ge=1, le=100_000, description="Most checkouts of one member that wait for payment at a time (E1).")
    receive_after_days: int = Field(
        10, ge=1, le=60, description="Days after shipping until an order counts as received (E4).")
