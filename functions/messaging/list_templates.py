"""List the message templates (订阅消息模板) for which the client can ask the buyer's consent."""

from mall.app import Ctx, Output, query
from mall.flows.reach import send_messages


class MessageTemplate(Output):
    name: str  # ours, for messaging.record_subscription
    template_id: str  # WeChat's, for wx.requestSubscribeMessage


class MessageTemplates(Output):
    templates: list[MessageTemplate]


@query("messaging.list_templates", allow="anyone")
def list_templates(ctx: Ctx) -> MessageTemplates:
    """Spec I1. Only those that the merchant has set up."""
    known = send_messages.set_up(ctx.tx, ctx.settings.templates)
    return MessageTemplates(templates=[
        MessageTemplate(name=name, template_id=mapped.template_id) for name, mapped in known.items()])
