"""`python -m infra.migrations upgrade [URL] [--phase before|after]`, `make MESSAGE`, `status [URL]`.

The URL may be left out where MALL_DATABASE_URL is set. `make` writes the next step from what the tables say
and the steps do not yet (through an empty SQLite database). A step that a release has taken is never written again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from mall.kit.db import driver_url
from sqlalchemy import create_engine, pool
from sqlalchemy.exc import ArgumentError, DBAPIError

from infra.migrations.steps import FOLDER, PHASES, BadSteps, faults, pending, read_steps


def main() -> int:
    options = _options()
    try:
        return {"upgrade": _upgrade, "status": _status, "make": _make}[options.action](options)
    except BadSteps as problem:
        print(problem, file=sys.stderr)
    except DBAPIError as problem:  # its own first line; a URL may hold a password
        print(f"the database does not answer: {problem.orig}", file=sys.stderr)
    except (ArgumentError, ValueError, ImportError):
        print("this is no database URL: sqlite:///FILE or mysql+pymysql://USER@HOST/NAME", file=sys.stderr)
    return 1


def upgrade(url: str, phase: str | None = None) -> list[str]:
    """Take the pending steps, of one phase or all; their names. Raises BadSteps."""
    steps = pending(current(url), phase)
    if steps:
        command.upgrade(config(url), steps[-1].revision)
    return [step.revision for step in steps]


def current(url: str) -> str | None:
    """The step at which the database is; None for an empty one."""
    engine = create_engine(driver_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return found


def config(url: str) -> Config:
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.attributes["url"] = url
    return made


def _upgrade(options: argparse.Namespace) -> int:
    taken = upgrade(_url(options), options.phase)
    left = pending(current(_url(options)))
    print(f"steps taken: {', '.join(taken) or 'none'}; left: {', '.join(step.revision for step in left) or 'none'}")
    return 0


def _status(options: argparse.Namespace) -> int:
    at = current(_url(options))
    print(f"at {at or 'nothing'}; left: {', '.join(f'{s.revision} ({s.phase})' for s in pending(at)) or 'none'}")
    return 0


def _make(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/mall.db"
        upgrade(url)
        command.revision(config(url), message=options.words, rev_id=f"{len(read_steps()) + 1:04d}", autogenerate=True)
    print("read what it wrote, and choose its phase")
    for fault in faults(sorted((FOLDER / "versions").glob("*.py"))[-1]):
        print(fault, file=sys.stderr)
    return 0


def _url(options: argparse.Namespace) -> str:
    url = options.words or os.environ.get("MALL_DATABASE_URL")
    if not url:
        raise SystemExit("which database? give its URL, or set MALL_DATABASE_URL")
    return url


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.migrations", description=__doc__)
    parser.add_argument("action", choices=["upgrade", "status", "make"])
    parser.add_argument("words", nargs="?", help="the database's URL; for make: what the step does")
    parser.add_argument("--phase", choices=PHASES, help="only the steps of this phase")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
