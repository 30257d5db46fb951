"""Save an address (保存收货地址): a new one, or all parts of one that I have."""

import re
from typing import Annotated

from mall.app import Ctx, Id, Input, Name, Output, Phone, Title, Version, command, harmless
from mall.domains.members import rules, store
from pydantic import StringConstraints, WrapValidator

MASKED = re.compile(r"1[3-9][0-9]\*{4}[0-9]{4}")
PhoneAsShown = Annotated[Phone, WrapValidator(
    lambda given, check: given if isinstance(given, str) and MASKED.fullmatch(given) else check(given))]
District = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]


class SaveAddress(Input):
    address_id: Id | None = None  # absent: a new address
    version: Version | None = None  # of a change: the version that was read
    name: Name
    phone: PhoneAsShown | None = None  # absent or masked in a change: stays as it is
    province: Name
    city: Name
    district: District | None = None  # "" or absent in the cities that have none (东莞, 中山 ...)
    detail: Title
    is_default: bool = False


class AddressSaved(Output):
    address_id: str
    version: int
    is_default: bool


@command("members.save_address", allow="member",
         repeat=harmless("gives nobody anything; its owner sees it twice and removes one"))
def save_address(ctx: Ctx, cmd: SaveAddress) -> AddressSaved:
    """Spec A2. Province, city and district are kept by their official names, however they are written. The first
    address is the default; the default is moved, never taken away. Raises UnknownDivision (with `suggestions`),
    NotFound for an address that is not mine, AddressLimitReached when the book is full (`address_limit`),
    ChangedMeanwhile."""
    book = store.hold_addresses(ctx.tx, ctx.me.member_id)
    before = rules.pick(book, cmd.address_id) if cmd.address_id else None
    parts = {"name": cmd.name, "phone": rules.phone_to_keep(cmd.phone, before), "detail": cmd.detail,
             **rules.place_of(cmd.province, cmd.city, cmd.district or "")}
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
