"""The merchant's message templates: which is set up how, and what each message can tell (消息模板设置)."""

from mall.app import Ctx, Nothing, Output, query
from mall.domains.messaging import days, templates
from mall.domains.messaging.rules import fields_of
from mall.domains.messaging.tells import TOLD, USUAL, Channel, Field, Template
from mall.kit.scope import PlatformOnly, check_platform


class TemplateField(Output):
    key: str
    value: str | None
    text: str | None


class OwnTemplate(Output):
    template: str
    version: int | None  # to be sent back with a change; None: not saved yet
    template_id: str | None  # None: not set up
    fields: list[TemplateField]  # the usual ones where none were saved
    active: bool
    offers: dict[str, str]  # what this message can tell, with its kind: text word code fen moment count
    sent_today: int
    dropped_today: int  # at the day's limits (message_member_day_most, message_day_most)


class OwnTemplates(Output):
    items: list[OwnTemplate]  # of subscribe messages
    service_items: list[OwnTemplate]  # of the service account's template messages


@query("messaging.list_own_templates", allow="staff", errors=(PlatformOnly,))
def list_own_templates(ctx: Ctx, ask: Nothing) -> OwnTemplates:
    """Spec I1. One of each kind; they belong to the platform. Raises PlatformOnly."""
    check_platform(ctx.seller_id)
    today = {(row.channel, row.template): row for row in days.of_day(ctx.tx, ctx.now)}

    def shown(channel: Channel, named: dict[str, str]) -> list[OwnTemplate]:
        saved = {row.template: row for row in templates.every(ctx.tx, channel)}
        return [_shown(each, saved.get(each.value), named, today.get((channel.value, each.value)))
                for each in Template]

    return OwnTemplates(items=shown(Channel.SUBSCRIBE, ctx.settings.templates),
                        service_items=shown(Channel.TEMPLATE, {}))


def _shown(template: Template, row, named: dict[str, str], today) -> OwnTemplate:
    fields: tuple[Field, ...] = fields_of(row.fields) if row else USUAL[template]
    return OwnTemplate(
        template=template.value, version=row.version if row else None,
        template_id=row.template_id if row else named.get(template.value),
        fields=[TemplateField(key=each.key, value=each.value, text=each.text) for each in fields],
        active=row.active if row else template.value in named,
        offers={name: told.value for name, told in TOLD[template].items()},
        sent_today=today.sent if today else 0, dropped_today=today.dropped if today else 0)
