"""What of an order a refund is wanted for (退款范围): the words of the three actions that ask, quote and start one."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mall.app.fields import Id, Input, PositiveFen, Quantity


class RefundLine(Input):
    line_id: Id
    quantity: Quantity


class AmountBack(Input):
    """So much of what was paid, and the buyer keeps the goods. `line_ids`: of these goods alone."""

    kind: Literal["PRICE_DIFFERENCE", "FREIGHT", "COMPENSATION"]
    amount_fen: PositiveFen
    line_ids: list[Id] | None = Field(None, min_length=1, max_length=50)
