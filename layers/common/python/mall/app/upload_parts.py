"""What the actions of uploads take and give, the staff's as the members'."""

from datetime import datetime

from mall.app.fields import Id, Input, Output


class UploadForm(Output):
    upload_id: str  # of finish_upload, after the upload
    purpose: str
    url: str  # POST multipart: the fields, then the part named file
    fields: dict[str, str]
    key: str  # where it is kept; of catalog.import_products and fulfilment.import_shipments
    public_url: str | None  # where everybody reads it once it is checked
    most_bytes: int
    expires_at: datetime


class FinishUpload(Input):
    upload_id: Id


class UploadFinished(Output):
    upload_id: str
    key: str
    public_url: str | None  # of catalog.save_product's media, members.update_profile; none: it is private
    sizes: dict[str, str]  # of a public picture its address by size: small 160, medium 480, large 1080 pixels wide
    width: int | None  # of a picture, as it is kept
    height: int | None
    size_bytes: int
