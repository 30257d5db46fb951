"""`make conformance`: install each SDK, play it in each of its key modes, write docs/conformance.md.

    python -m tests.conformance                                  all of them, and the page
    python -m tests.conformance --only wechatpayv3 --keys both   a look
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date
from pathlib import Path

from infra.local.settings import REPOSITORY
from infra.local.simulators.wechat_pay.keys import MODES
from infra.local.simulators.wechat_pay.calls import CALLS
from tests.conformance import install, page, sdks, servers
from tests.conformance.runner import Run, Step, play

FOLDER = REPOSITORY / ".conformance"
PAGE = REPOSITORY / "docs" / "conformance.md"


def main() -> int:
    asked = _parser().parse_args()
    wanted = [sdk for sdk in sdks.find() if not asked.only or sdk.name in asked.only]
    if not wanted:
        raise SystemExit(f"there is none of {asked.only}; there are: {', '.join(sdk.name for sdk in sdks.find())}")
    runs: list[Run] = []
    for sdk in wanted:
        print(f"\n{sdk.title}: installing into {FOLDER / sdk.name} ...", flush=True)
        try:
            command = install.ensure(sdk, FOLDER)
        except install.NotInstalled as error:
            failed = Step("installed", False, str(error)[-300:])
            _shown(failed)
            runs += [Run(sdk, mode, [failed]) for mode in sdk.modes]
            continue
        runs += [_run(sdk, mode, command) for mode in sdk.modes if not asked.keys or mode in asked.keys]
    if not asked.only and not asked.keys:
        PAGE.write_text(page.text(runs, date.today(), [f"{call.method} {call.path}" for call in CALLS], _versions()))
        print(f"\n{PAGE} is written")
    failed = [run for run in runs if not run.ok]
    print(f"\n{len(runs) - len(failed)} of {len(runs)} runs went through"
          + "".join(f"\n  failed: {run.sdk.name}, {run.mode}" for run in failed))
    return 1 if failed else 0


def _run(sdk: sdks.Sdk, mode: str, command: list[str]) -> Run:
    print(f"\n{sdk.title}, keys: {mode}", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="conformance-") as folder, servers.running(Path(folder), mode) as both:
            run = play(sdk, mode, command, both.variables(), _shown)
            run.calls = both.calls()
            return run
    except servers.NotStarted as error:  # the other runs are not lost for it
        failed = Step("simulators started", False, str(error)[-300:])
        _shown(failed)
        return Run(sdk, mode, [failed])


def _shown(step: Step) -> None:
    print(f"  {'ok    ' if step.ok else 'FAILED'} {step.name}{f': {step.note}' if step.note else ''}", flush=True)


def _versions() -> str:
    return f"Python {sys.version_info.major}.{sys.version_info.minor} and Node {install.node_version(FOLDER)}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="SDK", help="one file, without its ending; repeatable")
    parser.add_argument("--keys", action="append", choices=MODES, help="one key mode; repeatable")
    return parser


if __name__ == "__main__":
    sys.exit(main())
