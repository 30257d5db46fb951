"""Show whom to call at a seller (查看商家联系人), whole; the audit log keeps who looked."""

from mall.app import Ctx, Id, Input, Output, command, harmless
from mall.domains.sellers import store
from mall.kit.scope import PlatformOnly, check_platform


class RevealContact(Input):
    seller_id: Id


class ContactRevealed(Output):
    name: str
    phone: str


@command("sellers.reveal_contact", allow="staff", repeat=harmless("one more look, and it stands in the log too"),
         sealed_answer=True, errors=(PlatformOnly,))
def reveal_contact(ctx: Ctx, cmd: RevealContact) -> ContactRevealed:
    """Spec E13, A6, J4. Raises PlatformOnly, SellerNotFound."""
    check_platform(ctx.seller_id)
    row = store.find(ctx.tx, cmd.seller_id)
    ctx.looked_at("contact", seller_id=cmd.seller_id)
    return ContactRevealed(name=row.contact_name, phone=row.contact_phone)
