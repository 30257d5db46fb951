"""Templates of the merchant's own (我的模板): their keys follow from his choice of fields, beside the catalogue."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from infra.local.simulators.wechat_api.message_values import PATTERNS
from infra.local.simulators.wechat_api.simulator import Simulator

MOST_FIELDS, KEY = 10, re.compile(r"([a-z_]+?)[0-9]{1,2}")


class BadTemplate(Exception):
    """Answered with 400 and the sentence."""


def load(sim: Simulator) -> None:
    """Those that were added before a restart."""
    for row in sim.database.execute("SELECT document FROM own_templates ORDER BY template_id"):
        sim.account["templates"].append(json.loads(row["document"]))


def add(sim: Simulator, body: dict[str, Any]) -> dict[str, Any]:
    """{"title", "fields": [{"key", "label"}]}; the template with its id."""
    fields = body.get("fields")
    if not isinstance(fields, list) or not 1 <= len(fields) <= MOST_FIELDS:
        raise BadTemplate(f'"fields" is a list of 1 to {MOST_FIELDS}')
    keys = [each.get("key") if isinstance(each, dict) else None for each in fields]
    known = [key for key in keys if isinstance(key, str) and (found := KEY.fullmatch(key)) and found[1] in PATTERNS]
    if known != keys or len(set(keys)) < len(keys):
        raise BadTemplate(f'a "key" is a kind and a number, once each; the kinds: {", ".join(PATTERNS)}')
    template = {"name": "", "template_id": secrets.token_urlsafe(32),
                "title": str(body.get("title") or "我的模板")[:64],
                "fields": [{"key": each["key"], "label": str(each.get("label") or each["key"])[:64], "example": ""}
                           for each in fields]}
    with sim.database:
        sim.database.execute("INSERT INTO own_templates VALUES (?, ?)",
                             (template["template_id"], json.dumps(template, ensure_ascii=False)))
    sim.account["templates"].append(template)
    return template
