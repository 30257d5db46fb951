"""docs/states.md: every state machine as a table and a picture."""

from __future__ import annotations

import importlib
import pkgutil

import mall.domains
from mall.kit.state import Flow

from infra.docs.words import table

_HEAD = """# States

Each machine is data in its domain's `rules.py`, checked when it is imported. A move changes the state only where the
row still stands in one of the states it may start from; the buttons that a client shows come from the same data.

"""


def page() -> str:
    return (_HEAD + "\n".join(_section(where, name, flow) for where, name, flow in all_flows())).rstrip() + "\n"


def all_flows() -> list[tuple[str, str, Flow]]:
    """(module, name there, flow) of every state machine under mall.domains."""
    found = []
    for info in pkgutil.walk_packages(mall.domains.__path__, "mall.domains."):
        if not info.name.endswith(".rules"):
            continue
        module = importlib.import_module(info.name)
        found += [(info.name, name, value) for name, value in sorted(vars(module).items())
                  if isinstance(value, Flow) and value.states.__module__ == info.name]
    return found


def _section(where: str, name: str, flow: Flow) -> str:
    domain = where.split(".")[2]
    rows = [[f"`{move}`", ", ".join(flow.sources(move)), flow.target(move), ", ".join(flow.stamps(move))]
            for move in flow.moves]
    head = ["move", "from", "to", "stamps"]
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return (f"## {domain}: {flow.states.__name__}\n\n`{where}.{name}`\n\n"
            + table(head, rows) + "\n" + _picture(flow))


def _picture(flow: Flow) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += sorted(f"    [*] --> {state.value}" for state in flow.start)
    for move in flow.moves:
        lines += [f"    {source} --> {flow.target(move)}: {move}" for source in flow.sources(move)]
    leaving = {source for move in flow.moves for source in flow.sources(move)}
    lines += [f"    {state.value} --> [*]" for state in flow.states if state.value not in leaving]
    return "\n".join([*lines, "```"]) + "\n"
