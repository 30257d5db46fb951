"""What goes through the front desk, as it is written: the input read, the answer and the refusal shaped for whoever
called, and where it broke."""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

from pydantic import ValidationError

from mall.app import cors
from mall.app.declared import Action
from mall.app.deployment import Deployment
from mall.app.triggers import Incoming, http_answer
from mall.kit.errors import BadInput, MallError


def read_input(action: Action, body: bytes) -> tuple:
    """The input model filled, where the action has one. Raises BadInput."""
    if action.input is None:
        return ()
    try:
        return (action.input.model_validate_json(body or b"{}"),)
    except ValidationError as problem:
        raise _badread_input(problem) from None


_SENTENCES = {
    "missing": "缺少必填项", "extra_forbidden": "包含不支持的字段", "json_invalid": "请求内容不是有效的 JSON",
    "string_too_long": "内容太长", "string_too_short": "内容太短", "too_long": "数量太多", "too_short": "数量太少",
    "greater_than_equal": "数值太小", "less_than_equal": "数值太大", "string_pattern_mismatch": "格式不正确",
    "backwards": "结束不能早于开始", "far_moment": "时间须在过去一年之内至 2099 年底之间",
    "far_day": "日期须在过去三年之内，且不晚于现在",
}


def _badread_input(problem: ValidationError) -> BadInput:
    """The first problem, by field; never the value that was sent."""
    first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
    where = (*first["loc"], problem.errors()[0]["ctx"]["field"]) if first["type"] == "backwards" else first["loc"]
    field = ".".join(str(part)[:64] for part in where) or None
    return BadInput(_SENTENCES.get(first["type"], "内容格式不正确"), field=field)


def dump(answer: Any) -> str:
    return answer.model_dump_json() if answer is not None else "{}"


def good(action: Action, incoming: Incoming, answer: str | None, deployment: Deployment) -> Any:
    if action.kind == "webhook" and answer is not None:
        return http_answer(200, answer, {"Content-Type": "text/plain; charset=utf-8"})
    if action.kind == "webhook":
        return http_answer(200, '{"code":"SUCCESS","message":"成功"}')
    if incoming.source == "http":
        text = f'{{"ok":true,"data":{answer},"request_id":"{incoming.request_id}"}}'
        return cors.shared(http_answer(200, text), incoming, deployment)
    return {"ok": True, "data": json.loads(answer), "request_id": incoming.request_id}


def refused(action: Action, incoming: Incoming, refusal: MallError, deployment: Deployment | None) -> Any:
    if action.kind == "webhook":
        return http_answer(refusal.status, '{"code":"FAIL","message":"失败"}')
    error = {"code": refusal.code, "message": refusal.message, "field": refusal.field, "data": refusal.data,
             "retryable": refusal.retryable}
    body = {"ok": False, "error": error, "request_id": incoming.request_id}
    if incoming.source != "http":
        return body
    answer = http_answer(refusal.status, json.dumps(body, ensure_ascii=False, default=str))
    return cors.shared(answer, incoming, deployment if action.allow else None)


def trace() -> list[str]:
    """Where it broke, without the values: an exception's text may hold personal data."""
    kind, problem, trail = sys.exc_info()
    frames = [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}"
              for frame in traceback.extract_tb(trail)]
    return [*frames, kind.__name__]
