"""A form to upload one picture, video, PDF or import file straight to object storage (直传表单)."""

from typing import Annotated, Literal

from mall.app import Ctx, Input, harmless, remote
from mall.app.upload_parts import UploadForm
from mall.domains.uploads.rules import KINDS, USUAL, Purpose, of
from mall.flows.goods import uploads
from pydantic import Field


class IssueUploadUrl(Input):
    content_type: Annotated[Literal[tuple(KINDS)], Field(description="In which it is kept; decides the size limit.")]
    purpose: Literal[tuple(of("staff"))] | None = None  # none: PRODUCT, PAPER or IMPORT, by the type


@remote("catalog.issue_upload_url", allow="staff", repeat=harmless("one more address to upload to"), uses=["storage"])
def issue_upload_url(ctx: Ctx, cmd: IssueUploadUrl) -> UploadForm:
    """Spec B2 B4, docs/uploads.md. The form is good for this key, this type and this size, for ten minutes; what was
    uploaded is used after catalog.finish_upload. Raises TypeNotTaken, TooManyTries."""
    purpose = Purpose(cmd.purpose) if cmd.purpose else USUAL[KINDS[cmd.content_type].sort]
    form = uploads.issue(ctx, purpose, cmd.content_type, ctx.staff.staff_id, ctx.seller_id)
    return UploadForm.model_validate(form, from_attributes=True)
