"""One more thing that staff want to remember of an order (商家备注), beside who wrote it and when."""

from mall.app import KEY, Ctx, Id, Input, Note, Output, command
from mall.domains.orders import store as orders


class NoteOrder(Input):
    order_no: Id
    note: Note


class OrderNoted(Output):
    order_no: str


@command("orders.note_order", allow="staff", repeat=KEY)
def note_order(ctx: Ctx, cmd: NoteOrder) -> OrderNoted:
    """Spec E11. Buyers never see it. Raises OrderNotFound, TooManyNotes."""
    orders.add_note(ctx.tx, cmd.order_no, ctx.seller_id, cmd.note, who=ctx.staff.display_name, now=ctx.now)
    return OrderNoted(order_no=cmd.order_no)
