"""A form to upload one picture, video or import file straight to object storage (直传表单)."""

from datetime import datetime
from typing import Annotated, Literal

from mall.app import Ctx, Input, Output, harmless, remote
from mall.domains.catalog.uploads import KINDS
from mall.flows.goods.issue_upload import issue_form
from pydantic import Field


class IssueUploadUrl(Input):
    content_type: Annotated[Literal[tuple(KINDS)], Field(description="Decides the folder and the size limit.")]


class UploadForm(Output):
    url: str  # POST multipart: the fields, then the part named file
    fields: dict[str, str]
    key: str  # of catalog.import_products
    public_url: str | None  # of catalog.save_product's media
    most_bytes: int
    expires_at: datetime


@remote("catalog.issue_upload_url", allow="staff", repeat=harmless("one more address to upload to"), uses=["storage"])
def issue_upload_url(ctx: Ctx, cmd: IssueUploadUrl) -> UploadForm:
    """Spec B2 B4. The form is good for this key, this type and this size, for ten minutes."""
    return UploadForm.model_validate(issue_form(ctx, cmd.content_type), from_attributes=True)
