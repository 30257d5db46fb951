"""The pages built beside the mall that has started (后台构建页面), which waits for nothing and runs without them too.

    python -m infra.local.building      what `make run` starts where a page is missing or not of what stands in web/

Says how it goes into the mall's folder, where the start page reads it, and all of it into logs/building.log.
"""

from __future__ import annotations

import json
import os
import sys
import time

from infra.local.faces import TOLD
from infra.local.processes import Child
from infra.local.settings import Settings, read_settings, write_private
from infra.web import pages, workspace
from infra.web.node import Failed, NoNode

VARIABLE = "MALL_LOCAL_WEB"  # "no": the pages stay as they are
BEHIND = 10  # how much the mall goes before it (nice)
HELP = ("Node 20.19 or newer with npm is not on this machine and could not be had from the package registries. "
        "Install it or go online, then `make web`; the mall runs without its pages all the same.\n\n")


def start(settings: Settings, environment: dict[str, str]) -> Child | None:
    """None where the pages are as they should be, or are not wanted."""
    if os.environ.get(VARIABLE) == "no" or not pages.stale():
        return None
    _tell(settings, "waiting for its turn to be built")
    child = Child("building", ["-m", "infra.local.building"], "", settings.folder / "logs" / "building.log")
    child.start(environment)
    return child


def outcome(settings: Settings, child: Child) -> str:
    """Waits for the end of it; one sentence for the terminal."""
    if child.process.wait() == 0:
        return "the console and the shop are built."
    return f"the console and the shop could NOT be built: {read(settings).splitlines()[0]} (see {child.log})"


def read(settings: Settings) -> str:
    try:
        return json.loads((settings.folder / TOLD).read_text("utf-8"))["said"]
    except (OSError, ValueError):
        return ""


def main() -> int:
    os.nice(BEHIND)
    settings, started = read_settings(), time.monotonic()

    def tell(what: str) -> None:
        _tell(settings, f"being built: {what}")

    try:
        tell("Node and the packages, which the first time takes a minute or two")
        pages.build(workspace.ready(), tell)
    except NoNode as problem:
        _tell(settings, f"not built: {HELP}{problem}")
        return 1
    except (Failed, workspace.TooLarge) as problem:
        _tell(settings, f"not built: {problem}")
        return 1
    _tell(settings, f"built in {time.monotonic() - started:.0f} s")
    return 0


def _tell(settings: Settings, said: str) -> None:
    print(said, flush=True)
    write_private(settings.folder / TOLD, json.dumps({"said": said}, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())
