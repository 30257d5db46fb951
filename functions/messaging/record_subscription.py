"""Record which messages the buyer just allowed (记录订阅授权): one more of each, as WeChat counts them."""

from mall.app import Ctx, Input, Output, command, harmless
from mall.domains.messaging import store
from mall.domains.messaging.rules import TemplateNotSet
from mall.domains.messaging.tells import Template
from mall.flows.reach import send_messages
from pydantic import Field


class RecordSubscription(Input):
    accepted: list[Template] = Field(min_length=1, max_length=3)  # what wx.requestSubscribeMessage may ask for


class Remaining(Output):
    remaining: dict[str, int]  # of every template the member ever allowed


@command("messaging.record_subscription", allow="member", repeat=harmless("WeChat itself counts what it lets through"),
         errors=(TemplateNotSet,))
def record_subscription(ctx: Ctx, cmd: RecordSubscription) -> Remaining:
    """Spec I1. `accepted` are our names of the templates with the answer "accept". Where WeChat's own push tells it
    (consents_by_push), what clients say is not counted beside it. Raises TemplateNotSet."""
    known = send_messages.set_up(ctx.tx, ctx.settings.templates)
    for template in sorted(set(cmd.accepted)):
        if template.value not in known:
            raise TemplateNotSet(field="accepted", template=template.value)
        if not ctx.settings.consents_by_push:
            store.record_consent(ctx.tx, ctx.me.member_id, template.value, ctx.now)
    return Remaining(remaining=store.consents_of(ctx.tx, ctx.me.member_id))
