"""The entry of a deploy unit (mall.app.units): every call goes to the action that it names.

| who calls | names the action |
|---|---|
| over HTTP | at the end of the path, `/api/<domain>/<action>`; where an entrance cuts it, `?action=<domain>.<action>` |
| a cloud call | in its field `action`, `<domain>.<action>`, which is no part of the input |
| a timer | by its trigger's name, `<domain>-<action>` |
| the relay | in its message's field `Listener` |

A unit of one action runs it, whatever is named, unless another one is. Nobody is believed for the name: whoever may
call the unit may call each of its actions, which asks for itself who calls.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mall.app import front_desk, registry
from mall.app.actions import Action
from mall.app.triggers import named_action
from mall.app.units import unit_of


class Entry:
    """What a platform calls: `main_handler = Entry("orders_desk", "orders.list_orders", ...)`."""

    def __init__(self, unit: str, *actions: str):
        self.unit, self.actions = unit, actions
        self._loaded: dict[str, Action] = {}
        if len(actions) == 1:
            self.load(actions[0])

    def __call__(self, event: Any, context: Any, at: front_desk.House | None = None) -> Any:
        return front_desk.handle(self.action_of(event, context), event, context, at)

    def action_of(self, event: Any, context: Any) -> Action:
        """The action that is meant."""
        name = self._name(named_action(event, context))
        return front_desk.nowhere(self.unit) if name is None else self.load(name)

    def load(self, name: str) -> Action:
        """The action of this unit, its file imported where it was not yet."""
        if name not in self._loaded:
            self._loaded[name] = registry.find(name)
        return self._loaded[name]

    def _name(self, named: str | None) -> str | None:
        if named is not None:
            for name in self.actions:
                if named in (name, name.replace(".", "-"), name.split(".")[1]):
                    return name
        is_alone = len(self.actions) == 1
        return self.actions[0] if is_alone and (named is None or "." not in named) else None


def entries(actions: Iterable[Action]) -> dict[str, Entry]:
    """The entry of every unit of these actions, by its name."""
    names: dict[str, list[str]] = {}
    for action in actions:
        names.setdefault(unit_of(action), []).append(action.name)
    return {unit: Entry(unit, *found) for unit, found in names.items()}
