"""Save an address (保存收货地址): a new one, or all parts of one that I have."""

from mall.app import Ctx, Id, Input, Name, Output, Phone, Title, Version, command
from mall.domains.members import rules, store


class SaveAddress(Input):
    address_id: Id | None = None  # absent: a new address
    version: Version | None = None  # of a change: the version that was read
    name: Name
    phone: Phone | None = None  # absent in a change: stays as it is, for the client sees it masked only
    province: Name
    city: Name
    district: Name | None = None  # some cities have none (东莞, 中山 ...)
    detail: Title
    is_default: bool = False


class AddressSaved(Output):
    address_id: str
    version: int
    is_default: bool


@command("members.save_address", allow="member")
def save_address(ctx: Ctx, cmd: SaveAddress) -> AddressSaved:
    """Spec A2. The first address is the default; the default is moved, never taken away. Raises NotFound for
    an address that is not mine, AddressLimitReached when the book is full (`address_limit`), ChangedMeanwhile."""
    book = store.hold_addresses(ctx.tx, ctx.me.member_id)
    before = rules.pick(book, cmd.address_id) if cmd.address_id else None
    parts = {"name": cmd.name, "phone": rules.phone_to_keep(cmd.phone, before), "province": cmd.province,
             "city": cmd.city, "district": cmd.district or "", "detail": cmd.detail}
    if before:
        address_id = before.address_id
        version = store.change_address(ctx.tx, before, parts, ctx.seen(cmd.version))
    else:
        rules.check_room(book, ctx.settings.address_limit)
        address_id, version = ctx.new_id("adr"), 1
        store.add_address(ctx.tx, address_id, ctx.me.member_id, parts, ctx.now)
    default = rules.default_after_saving(book, address_id, cmd.is_default)
    store.set_default(ctx.tx, ctx.me.member_id, default)
    return AddressSaved(address_id=address_id, version=version, is_default=default == address_id)
