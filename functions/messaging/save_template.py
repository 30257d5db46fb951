"""Say which template of the merchant's a message goes out by, and what stands in its fields (消息模板字段映射)."""

from typing import Annotated

from mall.app import Ctx, Input, Key, Line, Output, Version, command, seen
from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.messaging import templates
from mall.domains.messaging.rules import case_about
from mall.domains.messaging.tells import MOST_FIELDS, Channel, Field, FieldUnfit, Template, check_fields
from mall.kit.errors import ChangedMeanwhile
from mall.kit.scope import PlatformOnly, check_platform
from pydantic import Field as Bounded
from pydantic import StringConstraints

FieldKey = Annotated[str, StringConstraints(max_length=32, pattern=r"^[a-z_]+[0-9]{1,2}$")]  # thing1, amount2


class TemplateField(Input):
    key: FieldKey  # as WeChat's console shows it
    value: Key | None = None  # one of those that messaging.list_own_templates offers
    text: Line | None = None  # or always the same words


class SaveTemplate(Input):
    channel: Channel = Channel.SUBSCRIBE  # TEMPLATE: of the service account
    template: Template
    version: Version | None = None  # of a change: the version that was read
    template_id: Key  # WeChat's
    fields: list[TemplateField] = Bounded(min_length=1, max_length=MOST_FIELDS)
    active: bool = True  # false: messages of this kind are not sent


class TemplateSaved(Output):
    version: int


@command("messaging.save_template", allow="staff", repeat=seen("version"),
         errors=(PlatformOnly, FieldUnfit, ChangedMeanwhile))
def save_template(ctx: Ctx, cmd: SaveTemplate) -> TemplateSaved:
    """Spec I1. Templates belong to the platform. Each field is checked against WeChat's kinds of value. It also holds
    for messages that wait, and ends the case about the template. Raises PlatformOnly, FieldUnfit, ChangedMeanwhile."""
    check_platform(ctx.seller_id)
    fields = [Field(each.key, each.value, each.text) for each in cmd.fields]
    check_fields(cmd.template, fields)
    version = templates.save(
        ctx.tx, cmd.channel, cmd.template.value, ctx.seen(cmd.version), template_id=cmd.template_id, active=cmd.active,
        fields=[each.model_dump(exclude_none=True) for each in cmd.fields])
    about = case_about(cmd.channel, cmd.template.value)
    cases.resolve_about(ctx.tx, CaseKind.MESSAGE_TEMPLATE_WRONG.value, about, "模板已重新保存", ctx.now)
    return TemplateSaved(version=version)
