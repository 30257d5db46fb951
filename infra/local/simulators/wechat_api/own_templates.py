"""Templates of the merchant's own (我的模板): their keys follow from his choice of fields, beside the catalogue."""

from __future__ import annotations

import re
from typing import Any

from infra.local.simulators.wechat_api import templates
from infra.local.simulators.wechat_api.bodies import BadControl, choice
from infra.local.simulators.wechat_api.message_values import PATTERNS
from infra.local.simulators.wechat_api.simulator import Simulator

MOST_FIELDS, KEY = 10, re.compile(r"([a-z_]+?)[0-9]{1,2}")


def add(sim: Simulator, body: dict[str, Any]) -> dict[str, Any]:
    """{"title", "fields": [{"key", "label"}], "account": "mini" or "service"}; the template with its id, of the mini
    program where nothing is said."""
    fields = body.get("fields")
    if not isinstance(fields, list) or not 1 <= len(fields) <= MOST_FIELDS:
        raise BadControl(f'"fields" is a list of 1 to {MOST_FIELDS}')
    keys = [each.get("key") if isinstance(each, dict) else None for each in fields]
    known = [key for key in keys if isinstance(key, str) and (found := KEY.fullmatch(key)) and found[1] in PATTERNS]
    if known != keys or len(set(keys)) < len(keys):
        raise BadControl(f'a "key" is a kind and a number, once each; the kinds: {", ".join(PATTERNS)}')
    template = {"name": "", "title": str(body.get("title") or "我的模板")[:64],
                "fields": [{"key": each["key"], "label": str(each.get("label") or each["key"])[:64], "example": ""}
                           for each in fields]}  # fmt: skip
    appid = {"mini": sim.account["appid"], "service": sim.account["web_appid"]}[
        choice(body, "account", ("mini", "service"), default="mini")]
    return template | {"template_id": templates.add(sim, appid, template)}
