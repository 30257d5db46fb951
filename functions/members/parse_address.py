"""Read a pasted address (地址识别): name, phone, province, city, district and the rest."""

from typing import Annotated

from mall.app import Ctx, Input, Line, Output, in_form, query
from mall.domains.members import address_text
from mall.domains.members.rules import pasted


class ParseAddress(Input):
    text: Annotated[Line, in_form(pasted)]


class AddressRead(Output):
    name: str
    phone: str
    province: str
    city: str
    district: str
    detail: str
    missing: list[str]  # what was not found, for the buyer to fill in


@query("members.parse_address", allow="member")
def parse_address(ctx: Ctx, cmd: ParseAddress) -> AddressRead:
    """Spec A2. Rules only: nothing is sent anywhere and nothing is stored."""
    found = address_text.parse_address(cmd.text)
    parts = {"name": found.name, "phone": found.phone, "province": found.province, "city": found.city,
             "district": found.district, "detail": found.detail}
    return AddressRead(**parts, missing=[part for part, value in parts.items() if not value])
