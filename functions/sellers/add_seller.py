"""Make a seller by the platform's own staff (新增商家): it sells at once."""

from typing import Annotated

from mall.app import KEY, Ctx, Id, Input, Name, Output, Phone, command
from mall.app.seller_parts import LicenceNo
from mall.domains.sellers import rules, store
from mall.domains.uploads import store as uploads
from mall.domains.uploads.rules import Purpose
from mall.kit.scope import PlatformOnly, check_platform
from pydantic import Field


class AddSeller(Input):
    name: Annotated[Name, Field(max_length=32)]
    licence_no: LicenceNo
    licence_upload_id: Id | None = None  # a checked PAPER of the platform's: a picture of it, or a PDF
    contact_name: Name
    contact_phone: Phone


class SellerAdded(Output):
    seller_id: str
    state: str
    version: int
    commission_per_ten_thousand: int  # as the settings have it for a new one


@command("sellers.add_seller", allow="staff", repeat=KEY, errors=(PlatformOnly,))
def add_seller(ctx: Ctx, cmd: AddSeller) -> SellerAdded:
    """Spec E13. Its first accounts are made by whoever enters its shop (`sellers.enter_shop`). Raises PlatformOnly,
    BadLicence, SellerNameTaken, NotChecked."""
    check_platform(ctx.seller_id)
    rules.check_licence(cmd.licence_no)
    rules.check_name(cmd.name, ctx.settings.shop_name)
    uploads.use_private(ctx.tx, {cmd.licence_upload_id: "licence_upload_id"}, Purpose.PAPER, ctx.now,
                        seller_id=ctx.seller_id)
    seller_id, state = ctx.new_id("sel"), rules.SellerState.ACTIVE
    rate = ctx.settings.seller_commission_per_ten_thousand
    store.add(ctx.tx, seller_id, state, cmd.model_dump(), commission=rate, member_id=None, now=ctx.now)
    ctx.audit(before={}, after={"state": state, "commission_per_ten_thousand": rate}, seller_id=seller_id)
    return SellerAdded(seller_id=seller_id, state=state.value, version=1, commission_per_ten_thousand=rate)
