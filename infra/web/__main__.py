"""What is done with `web/`:

    python -m infra.web generate    draw the client's types from the functions (needs no Node)
    python -m infra.web client      build the client and pack it for npm, into dist/
    python -m infra.web miniprogram build the services for the TDesign retail starter, into dist/miniprogram/
    python -m infra.web check       whether Node and the packages of the workspace are here or can be had
"""

from __future__ import annotations

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "layers" / "common" / "python")]


def main(command: str) -> int:
    if command == "generate":
        from infra.web.client import FOLDER, write

        print(f"{len(write())} files in {FOLDER.relative_to(REPOSITORY)}")
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
    except (NoNode, Failed, workspace.TooLarge) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["generate"], ["client"], ["miniprogram"], ["check"]):
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1]))
