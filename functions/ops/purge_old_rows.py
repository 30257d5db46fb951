"""Drop what is kept only for a while (清理过期数据): idempotency keys, delivered events, ended sessions."""

from mall.app import Ctx, Load, limits, timer
from mall.domains.messaging import push_store
from mall.domains.rehearsals import store as rehearsals
from mall.domains.rehearsals.rules import KEPT
from mall.domains.staff import store as staff
from mall.domains.staff.rules import KNOWN_FOR
from mall.flows.each import in_turns
from mall.flows.ops.purge import what_is_old


@timer("ops.purge_old_rows", every_minutes=60, load=Load("rows that were kept long enough", item_ms=0.3))
def purge_old_rows(ctx: Ctx) -> dict[str, int]:
    """Spec L3. Counted tries after two days, keys after 30 days, events 14 days after delivery, sessions 30 days after
    their end, networks from which nobody of the staff tried to sign in for 30 days, what WeChat pushed after 180 days,
    rehearsals 90 days after their end. Orders, money and the ledger are never dropped."""
    return in_turns(ctx, what_is_old(ctx.now, tries=(limits.forget_before, limits.KEPT),
                                     networks=(staff.forget_networks, KNOWN_FOR),
                                     rehearsals=(rehearsals.forget_before, KEPT),
                                     pushes=(push_store.forget_before, push_store.KEPT)))
