"""A form to upload one picture or video straight to object storage (会员上传): a face, evidence, a review."""

from typing import Annotated, Literal

from mall.app import Ctx, Input, harmless, remote
from mall.app.upload_parts import UploadForm
from mall.domains.uploads.rules import KINDS, Purpose, of
from mall.flows.goods import uploads
from mall.kit.scope import PLATFORM
from pydantic import Field


class IssueMemberUploadUrl(Input):
    purpose: Literal[tuple(of("member"))]
    content_type: Annotated[Literal[tuple(KINDS)], Field(description="In which it is kept; decides the size limit.")]


@remote("members.issue_upload_url", allow="member", repeat=harmless("one more address to upload to"), uses=["storage"])
def issue_upload_url(ctx: Ctx, cmd: IssueMemberUploadUrl) -> UploadForm:
    """Spec A1 E6, docs/uploads.md. The form is good for this key, this type and this size, for ten minutes; what was
    uploaded is used after members.finish_upload. Raises TypeNotTaken, TooManyTries."""
    form = uploads.issue(ctx, Purpose(cmd.purpose), cmd.content_type, ctx.me.member_id, PLATFORM)
    return UploadForm.model_validate(form, from_attributes=True)
