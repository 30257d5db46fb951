"""What `web/client` is made of that the functions say themselves: types of every input and output, refusal and event.

A file a domain in `web/client/src/generated/`, whose namespaces are called as the actions are: what
`orders.place_order` takes is `orders.place_order.PlaceOrder`. Needs no Node; a test says when it is stale.
"""

from __future__ import annotations

import inspect
import re
from itertools import groupby
from pathlib import Path

from mall.app import registry
from mall.app.actions import Action
from mall.app.two_people import WaitsForSecondPerson
from mall.app.units import unit_of
from mall.kit.errors import MallError
from mall.kit.outbox import Event
from pydantic import TypeAdapter

from infra.docs.actions import errors_named, who
from infra.docs.errors import all_errors
from infra.local.openapi import KINDS
from infra.web import drawn
from infra.web.shapes import DAY, MOMENT, comment, docstring, field_remarks, interfaces, said_as

FOLDER = Path(__file__).resolve().parents[2] / "web" / "client" / "src" / "generated"
MARK = "// Written by `python -m infra.web generate` from the functions; changes here are lost.\n\n"
USUAL_S = 10  # what an action may take that says nothing else
_KINDS = f"""/** A moment with its zone, `2026-11-30T20:00:00+08:00`. */
export type {MOMENT} = string;
/** A day of the shop, `2026-11-30`. */
export type {DAY} = string;

"""


def files() -> dict[Path, str]:
    """Every generated file by its path."""
    shown = [action for action in registry.load().values() if action.kind in KINDS]
    domains = {domain: list(found) for domain, found in groupby(shown, key=lambda action: action.domain)}
    written = {**{domain: _domain(found) for domain, found in domains.items()},
               "kinds": _KINDS + "export " + interfaces(WaitsForSecondPerson, "serialization")[_WAITS],
               "actions": _actions(domains), "refusals": _refusals(), "events": _events(), "places": _places(shown)}
    return {FOLDER / f"{name}.ts": MARK + text for name, text in written.items()}


_WAITS = WaitsForSecondPerson.__name__


def _domain(actions: list[Action]) -> str:
    text = "\n".join(map(_namespace, actions))
    used = [name for name in (DAY, MOMENT) if re.search(rf"(?<!\w){name}(?=;|\[\]| \|)", text)]
    return (f'import type {{ {", ".join(used)} }} from "./kinds.js";\n\n' if used else "") + text


def _namespace(action: Action) -> str:
    """The models of one action, under its own name: two actions may both have a `Line`."""
    body = "\n".join("".join(f"  {line}\n" if line else "\n" for line in text.splitlines())
                     for text in _models(action).values())
    return f"{comment(action.summary)}export declare namespace {action.name.split('.')[1]} {{\n{body}}}\n"


def _models(action: Action) -> dict[str, str]:
    """Of what it takes and of what it gives; a model that is one thing when it is sent and another when it is answered
    is called `...Answered` there."""
    taken = interfaces(action.input, "validation") if action.input else {}
    given = interfaces(action.output, "serialization") if action.output else {}
    apart = frozenset(name for name in set(taken) & set(given) if taken[name] != given[name])
    return {**taken, **(interfaces(action.output, "serialization", apart) if apart else given)}


def _actions(domains: dict[str, list[Action]]) -> str:
    imports = "".join(f'import type * as {domain} from "./{domain}.js";\n' for domain in domains)
    rows = "".join(_row(action) for actions in domains.values() for action in actions)
    return (f'import type {{ {_WAITS} }} from "./kinds.js";\n{imports}\nexport type {{ {", ".join(domains)} }};\n\n'
            "/** Every action that a client may call, by its name. */\n"
            f"export interface Actions {{\n{rows}}}\n")


def _row(action: Action) -> str:
    place = f"{action.domain}.{action.name.split('.')[1]}"
    takes = f"{place}.{action.input.__name__}" if action.input else "{}"
    gives = f"{place}.{action.output.__name__}" if action.output else "{}"
    gives += f" | {_WAITS}" if action.two_people else ""
    codes = " | ".join(f'"{code}"' for code in errors_named(action)) or "never"
    said = [action.summary, inspect.cleandoc(action.body.__doc__ or ""), f"For {who(action)}."]
    about = comment("\n\n".join(filter(None, said)), "  ")
    return f'{about}  "{action.name}": {{\n    input: {takes};\n    output: {gives};\n    refusals: {codes};\n  }};\n'


def refusals() -> dict[str, type[MallError]]:
    """The first class of each code, by the code."""
    found: dict[str, type[MallError]] = {}
    for error in all_errors():
        found.setdefault(error.code, error)
    return dict(sorted(found.items()))


def _refusals() -> str:
    rows = "".join(
        comment(f"{error.message}\n\n{docstring(error)}" if docstring(error) else error.message, "  ")
        + f"  {code}: {{ status: {error.status}; retryable: {str(error.retryable).lower()} }};\n"
        for code, error in refusals().items())
    return f"/** Every refusal of the mall by its code. */\nexport interface Refusals {{\n{rows}}}\n"


def _events() -> str:
    """What the mall tells its listeners: the payload by the kind of event."""
    told = sorted((each for each in Event.__subclasses__() if each.__module__.startswith("mall.")),
                  key=lambda each: each.kind)
    rows = "".join(_event(each) for each in told)
    used = [name for name in (DAY, MOMENT) if f": {name}" in rows]
    head = f'import type {{ {", ".join(used)} }} from "./kinds.js";\n\n' if used else ""
    return f"{head}/** What is told of in the mall, by the kind of event. */\nexport interface Events {{\n{rows}}}\n"


def _event(event: type[Event]) -> str:
    schema, remarks = TypeAdapter(event).json_schema(mode="serialization"), field_remarks(event)
    fields = "".join(f"{comment(remarks.get(name, ''), '    ')}    {name}: {said_as(spec)};\n"
                     for name, spec in schema["properties"].items())
    return f'{comment(docstring(event), "  ")}  "{event.kind}": {{\n{fields}  }};\n'


def _places(actions: list[Action]) -> str:
    """What a client needs to know of an action at run time: where it is deployed, and how long it may take."""
    for action in actions:
        if action.allow != "staff" and unit_of(action) not in (action.function_name, f"{action.domain}_counter"):
            raise ValueError(f"{action.name}: no rule of the client leads to {unit_of(action)}")
    alone = [action.name for action in actions if action.allow != "staff" and unit_of(action) == action.function_name]
    slow = {action.name: action.timeout_s for action in actions if action.timeout_s != USUAL_S}
    return ("/** The buyers' actions that are functions of their own; the others are on their domain's counter. */\n"
            "export const ALONE: readonly string[] = [\n" + "".join(f'  "{name}",\n' for name in alone) + "];\n\n"
            f"/** The seconds that an action may take, where they are not {USUAL_S}. */\n"
            "export const SECONDS: { readonly [action: string]: number | undefined } = {\n"
            + "".join(f'  "{name}": {seconds},\n' for name, seconds in slow.items()) + "};\n")


def write() -> list[Path]:
    """The paths of all."""
    return drawn.write(files(), FOLDER.glob("*.ts"))
