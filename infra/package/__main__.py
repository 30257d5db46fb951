"""`python -m infra.package ...`: see `--help`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "layers" / "common" / "python")]

from infra.package import manifests  # noqa: E402
from infra.package.bytecode import WrongPython  # noqa: E402
from infra.package.build import Built, OverBudget, build  # noqa: E402
from infra.package.libraries import NoWheel, lock  # noqa: E402
from infra.package.plan import Place, all_places, units  # noqa: E402
from infra.package.platforms import DIST, PLATFORMS  # noqa: E402

STEPS = ("units", "manifests", "lock", "requests", "rules", "timers")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=(
        "Builds dist/<platform>/ for each platform named; all three, and the manifests, when nothing is. "
        "units: prints what is deployed together, and what of each platform's quotas it takes. "
        "manifests: writes serverless.yml, infra/serverless, infra/cloudbase and infra/terraform/functions.json. "
        "lock: writes layers/*/requirements.lock. requests: writes dist/scf/requests.jsonl for SCF's own API. "
        "rules: writes dist/cloudbase/invoke_rules.json, which functions a client's SDK may call. "
        "timers: gives CloudBase's timers their secret (MALL_TRIGGER_SECRET, CLOUDBASE_ENV_ID, TENCENTCLOUD_...)."))
    parser.add_argument("what", nargs="*", metavar="|".join([*PLATFORMS, *STEPS]))
    asked = parser.parse_args(arguments).what or [*PLATFORMS, "manifests"]
    if unknown := set(asked) - {*PLATFORMS, *STEPS}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    try:
        for name in asked:
            _STEPS[name]() if name in _STEPS else _print(build(PLATFORMS[name]))
    except (OverBudget, NoWheel, WrongPython) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        return 1
    return 0


def _print_units() -> None:
    for unit in units(PLATFORMS["scf"]):
        print(f"  {unit.name:<40}{len(unit.actions):>4}  {unit.memory_mb:>5} MB{unit.timeout_s:>5} s  "
              f"{', '.join(unit.layers)}")
    print()
    for place in all_places():
        print(f"  {said(place)}")
    if full := [said(place) for place in all_places() if place.is_full]:
        raise OverBudget("; ".join(full))


def said(place: Place) -> str:
    return (f"{place.platform.name}, {place.name}: {place.taken} {place.what} of {place.quota}, "
            f"at most {place.allowed} so that a quarter stays free")


def _write_manifests() -> None:
    for path in manifests.write():
        print(path.relative_to(REPOSITORY))


def _write_locks() -> None:
    for path in lock():
        print(path.relative_to(REPOSITORY))


def _write_requests() -> None:
    """The secret stays a name here: whoever sends the requests fills it in."""
    from infra.package.scf_requests import requests

    published = json.loads((Path(__file__).parent / "published_layers.json").read_text("utf-8"))
    variables = {"MALL_PLATFORM": "scf", "MALL_NAMESPACE": "mall", "MALL_SECRETS": "ssm:mall-", "TZ": "Asia/Shanghai",
                 **manifests.shop_variables()}
    path = DIST / "scf" / "requests.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"action": action, "parameters": parameters}, ensure_ascii=False)
             for action, parameters in requests("mall", variables, published, "${MALL_TRIGGER_SECRET}",
                                                "shop.example.com")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path.relative_to(REPOSITORY)}: {len(lines)} requests")


def _write_rules() -> None:
    from infra.package.invoke_rules import invoke_rules

    path = DIST / "cloudbase" / "invoke_rules.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(invoke_rules(), indent=2) + "\n", encoding="utf-8")
    print(path.relative_to(REPOSITORY))


def _arm_timers() -> None:
    from mall.adapters.cloud_clients import tencent_credential
    from tencentcloud.scf.v20180416.scf_client import ScfClient

    from infra.package.scf_requests import arm_timers

    client = ScfClient(tencent_credential(), os.environ.get("MALL_REGION", "ap-guangzhou"))
    for name in arm_timers(client, os.environ["CLOUDBASE_ENV_ID"], os.environ["MALL_TRIGGER_SECRET"]):
        print(f"{name} has its secret")


_STEPS = {"units": _print_units, "manifests": _write_manifests, "lock": _write_locks, "requests": _write_requests,
          "rules": _write_rules, "timers": _arm_timers}


def _print(built: Built) -> None:
    print(f"\n{built.platform.name}: Python {built.platform.python}, "
          f"{len(built.units)} units in dist/{built.platform.name}/")
    print(f"  {'layer':<10}{'zipped KB':>12}{'unpacked KB':>14}")
    for size in built.layers.values():
        print(f"  {size.what:<10}{size.zipped / 1024:>12,.0f}{size.unpacked / 1024:>14,.0f}")
    zipped = sorted((size.zipped, size.what) for size in built.units.values())
    print(f"  units: {zipped[0][0] / 1024:.1f} to {zipped[-1][0] / 1024:.1f} KB zipped, "
          f"the largest is {zipped[-1][1]}")
    for place in all_places():
        if place.platform == built.platform:
            print(f"  {said(place)}")


if __name__ == "__main__":
    started = time.monotonic()
    status = main(sys.argv[1:])
    print(f"{time.monotonic() - started:.1f} s", file=sys.stderr)
    sys.exit(status)
