"""Take a receiver out of profit sharing (移除分账接收方); what it was promised before stays its own."""

from typing import Any

from mall.app import Ctx, Id, Input, Output, harmless, remote
from mall.domains.settlements import store as settlements


class RemoveReceiver(Input):
    receiver_id: Id


class ReceiverRemoved(Output):
    receiver_id: str


@remote("settlements.remove_receiver", allow="staff", repeat=harmless("what is gone stays gone"), uses=["wechat_pay"],
        audits_itself=True)
def remove_receiver(ctx: Ctx, cmd: RemoveReceiver) -> ReceiverRemoved:
    """Spec E7. WeChat forgets it only when no other seller shares with the same account. Raises ReceiverNotFound,
    OutcomeUnknown (ask again)."""
    row, is_last = ctx.transact(_remove, ctx, cmd.receiver_id)
    if is_last:
        ctx.world.wechat_pay.remove_receiver(kind=row.kind, account=row.account)
    return ReceiverRemoved(receiver_id=cmd.receiver_id)


def _remove(tx: Any, ctx: Ctx, receiver_id: str) -> tuple[Any, bool]:
    row, is_last = settlements.remove_receiver(tx, receiver_id, ctx.seller_id, ctx.staff.display_name, ctx.now)
    shown = {"state": row.state, "per_ten_thousand": row.per_ten_thousand}
    ctx.audit(before=shown, after={**shown, "state": "REMOVED"}, receiver_id=receiver_id)
    return row, is_last
