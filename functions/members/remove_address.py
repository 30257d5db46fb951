"""Remove an address (删除收货地址); orders keep their own copy."""

from mall.app import Ctx, Id, Input, Output, command, harmless
from mall.domains.members import rules, store


class RemoveAddress(Input):
    address_id: Id


class AddressRemoved(Output):
    default_address_id: str | None  # what is the default now


@command("members.remove_address", allow="member", repeat=harmless("what is gone stays gone"))
def remove_address(ctx: Ctx, cmd: RemoveAddress) -> AddressRemoved:
    """Spec A2. When the default goes, the newest one left takes its place. Raises NotFound for an address
    that is not mine."""
    book = store.hold_addresses(ctx.tx, ctx.me.member_id)
    rules.pick(book, cmd.address_id)
    default = rules.default_after_removing(book, cmd.address_id)
    store.remove_address(ctx.tx, cmd.address_id, ctx.me.member_id)
    if default:
        store.set_default(ctx.tx, ctx.me.member_id, default)
    return AddressRemoved(default_address_id=default)
