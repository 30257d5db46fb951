"""What can go wrong, each with a code, a Chinese sentence for the person, and what is left to do.

An error is a class: the class is the catalogue entry (printed into docs/errors.md), the instance
carries the field and the data of this one case. Raised anywhere below `app`, answered by `app` as
`{"ok": false, "error": {"code", "message", "field", "data", "retryable"}, "request_id"}`.
"""

from __future__ import annotations

from typing import Any


class MallError(Exception):
    """The base of every refusal. Subclass one of the eight kinds below, never this."""

    status = 500
    code = "INTERNAL"
    message = "系统开小差了，请稍后再试"
    field: str | None = None  # of the input, where it is one and the same wherever this is raised
    retryable = False

    def __init__(self, message: str | None = None, *, field: str | None = None, **data: Any) -> None:
        self.message = message or type(self).message
        self.field = type(self).field if field is None else field
        self.data = data
        super().__init__(f"{self.code}: {self.message}")


class BadInput(MallError):
    status, code, message = 400, "BAD_INPUT", "请求内容有误，请检查后重试"


class NotSignedIn(MallError):
    status, code, message = 401, "NOT_SIGNED_IN", "请先登录"


class NotAllowed(MallError):
    status, code, message = 403, "NOT_ALLOWED", "没有权限进行此操作"


class NotFound(MallError):
    """Also the answer for another person's row: that it exists is nobody's business."""

    status, code, message = 404, "NOT_FOUND", "内容不存在或已被删除"


class Conflict(MallError):
    status, code, message = 409, "CONFLICT", "内容已发生变化，请刷新后重试"


class ChangedMeanwhile(Conflict):
    """Somebody saved the same document since it was read: data has `version` (now), `changed_by`, `changed_at`."""

    code, message = "CHANGED_MEANWHILE", "内容已被修改，请刷新后重试"


class RuleBroken(MallError):
    status, code, message = 422, "RULE_BROKEN", "当前不能进行此操作"


class TooMany(MallError):
    status, code, message, retryable = 429, "TOO_MANY", "操作太频繁，请稍后再试", True


class Unavailable(MallError):
    """The outside world did not answer usefully; the same request may be sent again."""

    status, code, message, retryable = 503, "UNAVAILABLE", "服务繁忙，请稍后再试", True
