"""Apply to sell on the platform (商家入驻申请): a name for the shop, the business licence, who is to be called."""

from typing import Annotated

from mall.app import KEY, Ctx, Id, Input, Name, Output, Phone, command
from mall.app.seller_parts import LicenceNo
from mall.domains.sellers import rules, store
from mall.domains.uploads import store as uploads
from mall.domains.uploads.rules import Purpose
from pydantic import Field


class ApplyToSell(Input):
    name: Annotated[Name, Field(max_length=32)]  # of the shop, as buyers will read it
    licence_no: LicenceNo  # the unified social credit code
    licence_upload_id: Id | None = None  # a checked LICENCE of the member's own: a picture of it, or a PDF
    contact_name: Name
    contact_phone: Phone


class Applied(Output):
    seller_id: str
    state: str


@command("sellers.apply_to_sell", allow="member", repeat=KEY)
def apply_to_sell(ctx: Ctx, cmd: ApplyToSell) -> Applied:
    """Spec E13. The platform's staff decide (`sellers.decide_application`). Raises BadLicence, SellerNameTaken,
    TooManyApplications, NotChecked."""
    rules.check_licence(cmd.licence_no)
    rules.check_name(cmd.name, ctx.settings.shop_name)
    uploads.use_private(ctx.tx, {cmd.licence_upload_id: "licence_upload_id"}, Purpose.LICENCE, ctx.now,
                        owner_id=ctx.me.member_id)
    seller_id, state = ctx.new_id("sel"), rules.SellerState.PENDING
    store.add(ctx.tx, seller_id, state, cmd.model_dump(), commission=ctx.settings.seller_commission_per_ten_thousand,
              member_id=ctx.me.member_id, now=ctx.now)
    return Applied(seller_id=seller_id, state=state.value)
