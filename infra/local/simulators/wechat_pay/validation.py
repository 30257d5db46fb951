"""Reading a request's fields as the platform does: PARAM_ERROR with the documented sentence and detail."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from infra.local.simulators.wechat_pay.signing import Refusal

CHINA = dt.timezone(dt.timedelta(hours=8))


def rfc3339(moment: float) -> str:
    """Business seconds as the platform writes times: China's zone, whole seconds."""
    return dt.datetime.fromtimestamp(int(moment), CHINA).isoformat()


def parse_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Refusal(400, "PARAM_ERROR", "请求体不是合法的JSON对象")
    return value


def wrong(field: str, label: str, value: Any, complaint: str, kind: str = "值字段") -> Refusal:
    """PARAM_ERROR for one field, e.g. ``wrong("/amount/total", "总金额", 0, "值低于最小值 1", "数值字段")``."""
    message = f"输入源“/body{field}”映射到{kind}“{label}”{complaint}"
    return Refusal(400, "PARAM_ERROR", message, {"field": field, "value": value, "issue": message, "location": "body"})


def find(body: dict[str, Any], field: str) -> Any:
    """The value at ``/a/b``, or None."""
    value: Any = body
    for name in field.strip("/").split("/"):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text(
    body: dict[str, Any],
    field: str,
    label: str,
    *,
    most: int,
    least: int = 1,
    pattern: str | None = None,
    required: bool = True,
) -> str:
    """A string of ``least`` to ``most`` characters; an absent optional one reads as empty."""
    value = find(body, field)
    if value is None and not required:
        return ""
    if value is None:
        raise wrong(field, label, None, "规则校验失败，此字段为必填项")
    if not isinstance(value, str):
        raise wrong(field, label, value, "规则校验失败，类型应为字符串")
    if len(value) < least:
        raise wrong(field, label, value, f"字符串规则校验失败，字符数 {len(value)}，小于最小值 {least}")
    if len(value) > most:
        raise wrong(field, label, value, f"字符串规则校验失败，字符数 {len(value)}，大于最大值 {most}")
    if pattern and not re.fullmatch(pattern, value):
        raise wrong(field, label, value, "字符串规则校验失败，包含不允许的字符")
    return value


def fen(body: dict[str, Any], field: str, label: str) -> int:
    """A required whole number of fen, at least 1."""
    value = find(body, field)
    if value is None:
        raise wrong(field, label, None, "规则校验失败，此字段为必填项", "数值字段")
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(field, label, value, "规则校验失败，类型应为整数", "数值字段")
    if value < 1:
        raise wrong(field, label, value, "规则校验失败，值低于最小值 1", "数值字段")
    return value


def currency(body: dict[str, Any], *, required: bool) -> None:
    if text(body, "/amount/currency", "货币类型", most=16, required=required) not in ("", "CNY"):
        raise wrong("/amount/currency", "货币类型", find(body, "/amount/currency"), "枚举规则校验失败，应为 CNY")


def notify_url(body: dict[str, Any], *, required: bool) -> str:
    """https without a query, as documented; plain http passes too, because backends under test run on laptops."""
    value = text(body, "/notify_url", "通知地址", most=255, least=0, required=required)
    if value and ("?" in value or not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value)):
        raise wrong("/notify_url", "通知地址", value, "字符串规则校验失败，应为不带参数的https地址")
    if required and not value:
        raise wrong("/notify_url", "通知地址", value, "规则校验失败，此字段为必填项")
    return value


def moment(body: dict[str, Any], field: str, label: str) -> float | None:
    """An optional RFC 3339 time with its zone, as seconds since 1970."""
    value = text(body, field, label, most=64, required=False)
    if not value:
        return None
    try:
        parsed = dt.datetime.fromisoformat(value)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None or "T" not in value:
        raise wrong(field, label, value, "字符串规则校验失败，格式应为 yyyy-MM-DDTHH:mm:ss+TIMEZONE")
    return parsed.timestamp()
