"""What a member uploaded is checked and may be used (会员上传完成): nothing but the picture itself is kept of it."""

from mall.app import Ctx, harmless, remote
from mall.app.upload_parts import FinishUpload, UploadFinished
from mall.flows.goods import uploads


@remote("members.finish_upload", allow="member", repeat=harmless("a file is checked once, and again answers the same"),
        uses=["storage", "pictures"], timeout_s=60, memory_mb=1024)
def finish_upload(ctx: Ctx, cmd: FinishUpload) -> UploadFinished:
    """Spec A1 E6, docs/uploads.md. What is no such file, too large or broken is removed. Raises UploadNotFound,
    NotArrived, UploadOver, UploadRefused, TooManyTries."""
    finished = uploads.finish(ctx, cmd.upload_id, ctx.me.member_id)
    return UploadFinished.model_validate(finished, from_attributes=True)
