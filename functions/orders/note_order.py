"""What staff want to remember of an order (商家备注); an empty text takes it away."""

from mall.app import Ctx, Id, Input, Line, Output, command, harmless
from mall.domains.orders import store as orders


class NoteOrder(Input):
    order_no: Id
    note: Line


class OrderNoted(Output):
    order_no: str


@command("orders.note_order", allow="staff", repeat=harmless("says how it shall be"))
def note_order(ctx: Ctx, cmd: NoteOrder) -> OrderNoted:
    """Spec E11. Buyers never see it. Raises OrderNotFound."""
    orders.note(ctx.tx, cmd.order_no, ctx.seller_id, cmd.note)
    return OrderNoted(order_no=cmd.order_no)
