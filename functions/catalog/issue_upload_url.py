"""A form to upload one picture, video or import file straight to object storage (直传表单)."""

from datetime import datetime
from typing import Annotated, Literal

from mall.app import Ctx, Input, Output, remote
from mall.domains.catalog.uploads import FORM_LASTS_S, KINDS, key_of
from mall.kit import clock
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


@remote("catalog.issue_upload_url", allow="staff", uses=["storage"])
def issue_upload_url(ctx: Ctx, cmd: IssueUploadUrl) -> UploadForm:
    """Spec B2 B4. The form is good for this key, this type and this size. No network. Signed by the wall
    clock, because the storage service judges by its own."""
    kind = KINDS[cmd.content_type]
    key = key_of(kind, ctx.seller_id, ctx.new_id("upl"))
    form = ctx.world.storage.issue_upload_form(key, cmd.content_type, kind.most_bytes, FORM_LASTS_S, clock.wall())
    public_url = ctx.world.storage.public_url(key) if key.startswith("public/") else None
    return UploadForm(url=form.url, fields=form.fields, key=key, public_url=public_url, most_bytes=kind.most_bytes,
                      expires_at=form.expires_at)
