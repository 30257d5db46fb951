"""Add codes to a virtual SKU (卡密入库): each code once, and one unit of stock for each."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Key, Output, command, seen
from mall.domains.catalog.fields import CARD_LENGTH
from mall.domains.stock import store as stock
from mall.flows.goods.virtual_codes import receive_codes
from pydantic import Field, StringConstraints

VirtualCode = Annotated[str, StringConstraints(min_length=1, max_length=CARD_LENGTH)]


class SaveVirtualCodes(Input):
    sku_id: Id
    codes: list[VirtualCode] = Field(min_length=1, max_length=500)
    reference: Key  # the batch's own number: received once


class CodesSaved(Output):
    added: int


@command("catalog.save_virtual_codes", allow="staff", repeat=seen("reference"))
def save_virtual_codes(ctx: Ctx, cmd: SaveVirtualCodes) -> CodesSaved:
    """Spec B2. Raises SkuNotOfProduct, NotVirtual, CodeRepeats, AlreadyMoved; then no code is added."""
    receive_codes(ctx.tx, cmd.sku_id, cmd.codes, seller_id=ctx.seller_id, reference=cmd.reference,
                  actor=ctx.staff.staff_id, now=ctx.now)
    available = stock.available_at(ctx.tx, cmd.sku_id, stock.MAIN_WAREHOUSE)
    ctx.audit(before={"available": available - len(cmd.codes)}, after={"available": available})
    return CodesSaved(added=len(cmd.codes))
