"""List my addresses (收货地址), the default first, phones masked."""

from mall.app import Ctx, Nothing, Output, query
from mall.domains.members import rules, store


class Address(Output):
    address_id: str
    version: int  # to be sent back with a change
    name: str
    phone: str  # masked: 138****1111
    province: str
    city: str
    district: str  # empty in the cities that have none (东莞, 中山 ...)
    detail: str
    is_default: bool


class Addresses(Output):
    addresses: list[Address]
    limit: int


@query("members.list_addresses", allow="member")
def list_addresses(ctx: Ctx, cmd: Nothing) -> Addresses:
    """Spec A2."""
    rows = store.list_addresses(ctx.tx, ctx.me.member_id)
    shown = [Address(address_id=row.address_id, version=row.version, name=row.name,
                     phone=rules.mask_phone(row.phone), province=row.province, city=row.city, district=row.district,
                     detail=row.detail, is_default=row.is_default) for row in rows]
    return Addresses(addresses=shown, limit=ctx.settings.address_limit)
