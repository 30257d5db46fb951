"""Change what is known of a seller (编辑商家): name, licence, contact, and which receiver of shares it is."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Name, Output, Phone, Version, command, harmless
from mall.app.seller_parts import LicenceNo
from mall.domains.sellers import rules, store
from mall.domains.settlements import store as settlements
from mall.domains.uploads import store as uploads
from mall.domains.uploads.rules import Purpose
from mall.kit.scope import PlatformOnly, check_platform
from pydantic import Field


class SaveSeller(Input):
    seller_id: Id
    version: Version
    name: Annotated[Name, Field(max_length=32)]
    licence_no: LicenceNo
    licence_upload_id: Id | None = None  # a checked PAPER of the platform's; absent: as before
    contact_name: Name | None = None  # absent: as before
    contact_phone: Phone | None = None
    receiver_id: Id | None = None  # of the seller's receivers; none: nothing is shared with the seller itself


class SellerSaved(Output):
    seller_id: str
    version: int


@command("sellers.save_seller", allow="staff", repeat=harmless("says how it shall be"), errors=(PlatformOnly,))
def save_seller(ctx: Ctx, cmd: SaveSeller) -> SellerSaved:
    """Spec E13. The receiver is one of the seller's own, made in its shop by `settlements.save_receiver`. Raises
    PlatformOnly, SellerNotFound, BadLicence, SellerNameTaken, ReceiverNotFound, SellerChanged, NotChecked."""
    check_platform(ctx.seller_id)
    row = store.lock(ctx.tx, cmd.seller_id)
    rules.check_licence(cmd.licence_no)
    rules.check_name(cmd.name, ctx.settings.shop_name)
    uploads.use_private(ctx.tx, {cmd.licence_upload_id: "licence_upload_id"}, Purpose.PAPER, ctx.now,
                        seller_id=ctx.seller_id)
    if cmd.receiver_id is not None:
        settlements.receiver(ctx.tx, cmd.receiver_id, cmd.seller_id)
    told = {"name": cmd.name, "licence_no": cmd.licence_no, "contact_name": cmd.contact_name or row.contact_name,
            "licence_upload_id": cmd.licence_upload_id or row.licence_upload_id,
            "contact_phone": cmd.contact_phone or row.contact_phone, "receiver_id": cmd.receiver_id}
    version = store.change(ctx.tx, row, ctx.seen(cmd.version), told)
    shown = ("name", "licence_no", "licence_upload_id", "receiver_id")
    ctx.audit(before={name: getattr(row, name) for name in shown}, after={name: told[name] for name in shown})
    return SellerSaved(seller_id=cmd.seller_id, version=version)
