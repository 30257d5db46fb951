"""Unlist products (下架), at once or at a set time; at once also drops what was planned."""

from mall.app import Ctx, Id, Input, Output, Planned, command, harmless
from mall.flows.goods import shelf
from pydantic import Field


class WithdrawProducts(Input):
    spu_ids: list[Id] = Field(min_length=1, max_length=100)
    unlist_at: Planned | None = None  # none: at once


class Withdrawn(Output):
    results: list[shelf.Outcome]


@command("catalog.withdraw_products", allow="staff", repeat=harmless("says how it shall be"))
def withdraw_products(ctx: Ctx, cmd: WithdrawProducts) -> Withdrawn:
    """Spec B4. Codes in the results: PRODUCT_NOT_FOUND. Raises TimeIsPast."""
    outcomes = shelf.withdraw(ctx.tx, cmd.spu_ids, cmd.unlist_at, ctx.seller_id, ctx.staff.display_name, ctx.now)
    return Withdrawn(results=outcomes)
