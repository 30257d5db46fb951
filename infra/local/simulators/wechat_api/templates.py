"""Which templates an account has: those of app.json, those it has added, less those it has deleted."""

from __future__ import annotations

import json
import re
import secrets
from functools import cache

from infra.local.simulators.wechat_api.account import MINI, WEB, read_data
from infra.local.simulators.wechat_api.simulator import Refused, Simulator

FIELD = re.compile(r"\{\{(\w+)\.DATA\}\}")


@cache
def library() -> dict:
    """The public templates that an account can add, of both kinds, the categories and the industries."""
    return read_data("library.json")


def templates_of(sim: Simulator, appid: str) -> list[dict]:
    """As ``{"template_id", "name", "title", "fields": [{"key", "label", "example"}], ...}``, the oldest first."""
    known = sim.account["templates"] if sim.accounts[appid].kind == MINI else []
    gone = {
        row["template_id"]
        for row in sim.database.execute("SELECT template_id FROM deleted_templates WHERE appid = ?", (appid,))
    }
    added = sim.database.execute(
        "SELECT template FROM added_templates WHERE appid = ? ORDER BY added_at, rowid", (appid,)
    )
    every = [*known, *(json.loads(row["template"]) for row in added)]
    return [one for one in every if one["template_id"] not in gone]


def every_template(sim: Simulator) -> dict[str, dict]:
    """By template_id, of all accounts and also those that are deleted but were sent once."""
    added = sim.database.execute("SELECT template_id, template FROM added_templates")
    return {one["template_id"]: one for one in sim.account["templates"]} | {
        row["template_id"]: json.loads(row["template"]) for row in added
    }


def find_template(sim: Simulator, appid: str, template_id: object) -> dict:
    for template in templates_of(sim, appid):
        if template["template_id"] == template_id:
            return template
    raise Refused(40037, "invalid template_id")


def add(sim: Simulator, appid: str, template: dict) -> str:
    """Keep a template under a new id, which is returned."""
    template_id = secrets.token_urlsafe(32)
    stored = json.dumps(template | {"template_id": template_id}, ensure_ascii=False)
    with sim.database:
        sim.database.execute(
            "INSERT INTO added_templates VALUES (?, ?, ?, ?)", (template_id, appid, sim.clock.now(), stored)
        )
    return template_id


def delete(sim: Simulator, appid: str, template_id: object) -> None:
    """40037 when the account has it not."""
    find_template(sim, appid, template_id)
    with sim.database:
        sim.database.execute("INSERT OR IGNORE INTO deleted_templates VALUES (?, ?)", (template_id, appid))


def give_first_service_template(sim: Simulator) -> None:
    """A service account starts with the first template of the library, so that something can be sent at once."""
    first = library()["service"][0]
    for account in sim.accounts.values():
        template_id = "Svc" + account.appid + "OrderPaidTemplate000000"
        if account.kind == WEB:
            stored = json.dumps(as_service_template(first) | {"template_id": template_id}, ensure_ascii=False)
            with sim.database:
                sim.database.execute(
                    "INSERT OR IGNORE INTO added_templates VALUES (?, ?, 0, ?)", (template_id, account.appid, stored)
                )


def as_service_template(entry: dict) -> dict:
    """An entry of the library as a template; a label is what stands before its field."""
    labels = {key: label for label, key in re.findall(r"(?:^|\n)([^\n{：]*)：?\{\{(\w+)\.DATA\}\}", entry["content"])}
    return {
        "name": entry["short_id"],
        "title": entry["title"],
        "fields": [{"key": key, "label": labels.get(key) or key} for key in FIELD.findall(entry["content"])],
        **{key: entry[key] for key in ("primary_industry", "deputy_industry", "content", "example")},
    }
