"""What is done with `web/`:

    python -m infra.web generate    draw the client's types and the console's pages and words; needs no Node
    python -m infra.web client      build the client and pack it for npm, into dist/
    python -m infra.web miniprogram build the services for the TDesign retail starter, into dist/miniprogram/
    python -m infra.web pages       build the console and the shop into dist/web/, what has changed, and weigh them
    python -m infra.web deploy aws|scf|cloudbase
                                    the same with a deployment's addresses in dist/<platform>/pages/, and uploaded where
                                    the deployer's keys are at hand: docs/deploy.md
    python -m infra.web weights     what the pages weigh, into docs/faces.md
    python -m infra.web check       whether Node and the packages of the workspace are here or can be had
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "layers" / "common" / "python")]


def main(command: str, platform: str = "") -> int:
    if command == "generate":
        from infra.web import client, console, words_json

        for drawn in (client, console, words_json):
            print(f"{len(drawn.write())} files in {drawn.FOLDER.relative_to(REPOSITORY)}")
        return 0
    from infra.web import workspace
    from infra.web.node import Failed, NoNode

    try:
        node = workspace.ready()
        if command == "client":
            workspace.build_client(node)
            print(f"{workspace.pack_client(node).relative_to(REPOSITORY)}, of which a mini program gets "
                  f"{workspace.SCRIPT.stat().st_size:,} bytes")
        if command == "miniprogram":
            from infra.web.miniprogram import pack

            print(f"copy what is in {pack(node).relative_to(REPOSITORY)}/ over the starter: docs/miniprogram.md")
        if command in ("pages", "deploy", "weights"):
            _pages(node)
    except (NoNode, Failed, workspace.TooLarge) as problem:
        print(problem, file=sys.stderr)
        return 1
    if command == "weights":
        from infra.web import weights

        weights.write()
    if command == "deploy":
        from infra.web.deploying import deploy

        return deploy(platform)
    return 0


def _pages(node) -> None:
    from infra.web import pages, weights

    started = time.monotonic()
    done = pages.build(node, lambda what: print(f"building {what} ...", flush=True))
    for each in done:
        print(f"\n{weights.table(each.page)}\n  {each.folder.relative_to(REPOSITORY)}: "
              f"{'as it was' if each.seconds is None else f'built in {each.seconds:.1f} s'}")
    print(f"\n{time.monotonic() - started:.1f} s in all. `make run` serves them at /console/ and /shop/.")


if __name__ == "__main__":
    alone = [["generate"], ["client"], ["miniprogram"], ["pages"], ["weights"], ["check"]]
    if sys.argv[1:] not in [*alone, *(["deploy", platform] for platform in ("aws", "scf", "cloudbase"))]:
        raise SystemExit(__doc__)
    sys.exit(main(*sys.argv[1:]))
