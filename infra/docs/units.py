"""docs/units.md: which actions are deployed together, and what of each platform's quotas that takes."""

from __future__ import annotations

from infra.docs.words import table
from infra.package.plan import Unit, all_places, units
from infra.package.platforms import SCF

_HEAD = """# Deploy units

An action is one file with its own name, permission, log line and address. What is *deployed* is a unit
(`mall/app/units.py`): {alone} actions alone, {joined} in {shared} units of several. A call says which action it means,
by its path, its field `action`, its trigger's or listener's name (`mall/app/entry.py`); a unit imports only the file
of that one. Why so: [decision 0032](decisions/0032-deploy-units.md).

## Quotas

A quarter of each stays free, or `python -m infra.package` refuses. Where a place would not keep it, its timers that
fire seldom share a unit. A mall of 420 actions is checked by `tests/package/test_units.py`. How many functions a
CloudBase environment takes depends on its plan: write yours into `infra/package/platforms.py`.

{places}
## The units

Memory and time are those of the largest of its actions; layers as on SCF, all beside `common` and `core`.

{units}"""


def page() -> str:
    deployed = units(SCF)
    several = [unit for unit in deployed if not unit.is_alone]
    places = [[place.platform.name, place.name, f"{place.taken} {place.what}", str(place.allowed), str(place.quota)]
              for place in all_places()]
    return _HEAD.format(
        alone=len(deployed) - len(several), joined=sum(len(unit.actions) for unit in several), shared=len(several),
        places=table(["platform", "place", "taken", "at most", "quota"], places),
        units=table(["unit", "place on SCF", "memory", "time", "layers", "actions"], [_row(unit) for unit in deployed]))


def _row(unit: Unit) -> list[str]:
    names = [f"[{action.name}](actions/{action.domain}.md#{action.name.replace('.', '')})" for action in unit.actions]
    return [f"`{unit.name}`", unit.namespace("mall"), f"{unit.memory_mb} MB", f"{unit.timeout_s} s",
            ", ".join(unit.layers[2:]), ", ".join(names)]
