"""docs/actions: a page a domain, every action with who may call it, what it takes and gives, and what may go wrong;
docs/actions/README.md lists them all."""

from __future__ import annotations

import inspect
import re
from itertools import groupby

from mall.app import registry
from mall.app.actions import Action
from mall.app.namespaces import group_of
from mall.app.repeats import Repeat
from mall.app.units import unit_of

from infra.docs.errors import all_errors
from infra.docs.words import fields_of, table

_HEAD = """# Actions

{count} actions in {domains} domains, a page for each domain. Each is one file, `functions/<domain>/<action>.py`; which
are deployed together as one function says the [table of units](../units.md). Over HTTP an action is
`POST /api/<domain>/<action>` with its input as JSON; in a mini program it is
`wx.cloud.callFunction({{name: "<unit>", data: {{action: "<domain>.<action>", ...input}}}})`. Any action may answer the
errors of the front desk: `BAD_INPUT`, `NOT_SIGNED_IN`, `NOT_ALLOWED`, `NO_SUCH_ACTION`, `TOO_MANY`, `UNAVAILABLE`,
`INTERNAL` ([errors](../errors.md)).

"""
_KINDS = {
    "query": "reads only", "command": "one transaction", "remote": "calls the outside between transactions",
    "listener": "hears events", "timer": "runs by schedule", "webhook": "is called by an outside service",
}


def pages() -> dict[str, str]:
    """{"README": the list of all, "orders": the page of a domain, ...}."""
    actions = list(registry.load().values())
    by_domain = {domain: list(found) for domain, found in groupby(actions, key=lambda action: action.domain)}
    head = _HEAD.format(count=len(actions), domains=len(by_domain))
    of_domains = {domain: _page(domain, found) for domain, found in by_domain.items()}
    return {"README": head + _overview(actions), **of_domains}


def _overview(actions: list[Action]) -> str:
    rows = [[f"[`{action.name}`]({action.domain}.md#{action.name.replace('.', '')})", action.kind, who(action),
             action.summary] for action in actions]
    return table(["action", "kind", "who", "what for"], rows)


def _page(domain: str, actions: list[Action]) -> str:
    parts = [f"# {domain}\n\nNamespace group on SCF: `{group_of(domain)}`. [All actions](README.md).\n\n",
             *map(_section, actions)]
    return "".join(parts).rstrip() + "\n"


def _section(action: Action) -> str:
    lines = [f"## {action.name}\n", f"{action.summary}\n", f"- **Kind**: {action.kind}, {_KINDS[action.kind]}",
             f"- **Who**: {who(action)}"]
    if action.repeat:
        lines.append(f"- **Sent again**: {_repeated(action.repeat)}")
    if action.two_people:
        lines.append("- **Two people**: what it gives away counts against one person's limits; above them it answers"
                     " `WAITS` ([second person](../second-person.md))")
    if action.schedule:
        lines.append(f"- **Schedule**: {_when(action)} (`{action.schedule.scf_cron()}`)")
    if action.on:
        lines.append("- **Hears**: " + ", ".join(f"`{kind}`" for kind in action.on))
    if action.path:
        lines.append(f"- **Path**: `POST {action.path}`")
    if action.uses:
        lines.append("- **Uses**: " + ", ".join(action.uses))
    lines.append(f"- **Unit**: `{unit_of(action)}`")
    lines.append(f"- **Limits**: {action.timeout_s} s, {action.memory_mb} MB")
    errors = errors_named(action)
    if errors:
        lines.append("- **Errors**: " + ", ".join(f"`{code}`" for code in errors))
    text = "\n".join(lines) + "\n\n"
    given, told = (fields_of(model) if model else [] for model in (action.input, action.output))
    if given:
        text += f"Input:\n\n{table(['field', 'value', 'needed'], given)}\n"
    if told:
        text += f"Output:\n\n{table(['field', 'value'], [row[:2] for row in told])}\n"
    return text


def who(action: Action) -> str:
    if action.kind in ("timer", "listener"):
        return "the platform, with the trigger secret"
    if action.kind == "webhook":
        return "an outside service, by its signature"
    return {"anyone": "anyone", "member": "a member who is signed in",
            "staff": f"staff with the permission `{action.name}`"}[action.allow]


def _repeated(repeat: Repeat) -> str:
    if repeat.by == "key":
        return "an idempotency key is required; with the same key it answers as the first time"
    if repeat.by == "seen":
        fields = ", ".join(f"`{field}`" for field in repeat.fields)
        return f"refused, because {fields} no longer {'match' if len(repeat.fields) > 1 else 'matches'}"
    return f"harmless: {repeat.why}"


def _when(action: Action) -> str:
    schedule = action.schedule
    if schedule.daily_at:
        return f"daily at {schedule.daily_at} in Shanghai"
    return f"every {schedule.every_minutes} minutes" if schedule.every_minutes > 1 else "every minute"


def errors_named(action: Action) -> list[str]:
    """The codes of the error classes that the action's own file names, in its code or its docstring."""
    source = inspect.getsource(inspect.getmodule(action.body))
    named = set(re.findall(r"\b[A-Z][A-Za-z]+\b", source))
    classes = {error.__name__: error for error in all_errors() if "kit.errors" not in error.__module__}
    return sorted({classes[name].code for name in named & set(classes)})
