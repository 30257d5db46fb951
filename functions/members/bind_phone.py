"""Bind the phone (绑定手机号) that WeChat vouches for, by the code of `getPhoneNumber`."""

from mall.app import Code, Ctx, Input, Output, harmless, remote
from mall.domains.members import rules, store


class BindPhone(Input):
    code: Code


class PhoneBound(Output):
    phone: str  # masked


@remote("members.bind_phone", allow="member", repeat=harmless("says how it shall be"), uses=["wechat_api"])
def bind_phone(ctx: Ctx, cmd: BindPhone) -> PhoneBound:
    """Spec A1. Raises BadLoginCode for a used or unknown code, BadInput for a number from abroad."""
    phone = rules.phone_of(ctx.world.wechat_api.phone_number(cmd.code))
    ctx.transact(store.save_phone, ctx.me.member_id, phone)
    return PhoneBound(phone=rules.mask_phone(phone))
