"""What was uploaded is checked and may be used (上传完成): pictures are drawn anew, in the sizes that are shown."""

from mall.app import Ctx, harmless, remote
from mall.app.upload_parts import FinishUpload, UploadFinished
from mall.flows.goods import uploads


@remote("catalog.finish_upload", allow="staff", repeat=harmless("a file is checked once, and again answers the same"),
        uses=["storage", "pictures"], timeout_s=60, memory_mb=1024)
def finish_upload(ctx: Ctx, cmd: FinishUpload) -> UploadFinished:
    """Spec B2 B4, docs/uploads.md. What is no such file, too large or broken is removed. Raises UploadNotFound,
    NotArrived, UploadOver, UploadRefused."""
    finished = uploads.finish(ctx, cmd.upload_id, ctx.staff.staff_id)
    return UploadFinished.model_validate(finished, from_attributes=True)
