"""The seller's receivers of profit sharing (分账接收方列表) and their ratios."""

from mall.app import Ctx, Output, query
from mall.domains.settlements import store as settlements


class Receiver(Output):
    receiver_id: str
    version: int  # to be sent back with a change
    state: str  # SAVING: WeChat has not confirmed it, save it again
    kind: str
    account: str
    label: str
    relation: str
    per_ten_thousand: int


class Receivers(Output):
    items: list[Receiver]


@query("settlements.list_receivers", allow="staff")
def list_receivers(ctx: Ctx) -> Receivers:
    """Spec E7. At most fifty."""
    return Receivers(items=[Receiver.model_validate(row, from_attributes=True)
                            for row in settlements.receivers(ctx.tx, ctx.seller_id)])
