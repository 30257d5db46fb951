"""Record which messages the buyer just allowed (记录订阅授权): one more of each, as WeChat counts them."""

from mall.app import Ctx, Input, Output, command, harmless
from mall.domains.messaging import store
from mall.domains.messaging.rules import Template, TemplateNotSet
from pydantic import Field


class RecordSubscription(Input):
    accepted: list[Template] = Field(min_length=1, max_length=3)  # what wx.requestSubscribeMessage may ask for


class Remaining(Output):
    remaining: dict[str, int]  # of every template the member ever allowed


@command("messaging.record_subscription", allow="member", repeat=harmless("WeChat itself counts what it lets through"),
         errors=(TemplateNotSet,))
def record_subscription(ctx: Ctx, cmd: RecordSubscription) -> Remaining:
    """Spec I1. `accepted` are our names of the templates with the answer "accept". Raises TemplateNotSet."""
    for template in sorted(set(cmd.accepted)):
        if template.value not in ctx.settings.templates:
            raise TemplateNotSet(field="accepted", template=template.value)
        store.record_consent(ctx.tx, ctx.me.member_id, template.value, ctx.now)
    return Remaining(remaining=store.consents_of(ctx.tx, ctx.me.member_id))
