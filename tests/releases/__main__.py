"""`python -m tests.releases 2026-11-30` freezes what this release leaves behind: once, when it is tagged.

The rows that it writes, and the steps of the schema that its databases have taken.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from infra.migrations.steps import FOLDER as SCHEMA
from mall.kit.db import Database
from mall.tables import load_all
from sqlalchemy import create_engine

from tests.releases.rows import FOLDER, STEPS, dump
from tests.releases.shop_as_written import write_shop
from tests.support.shop import open_shop


def freeze(release: str) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mall.db"
        engine = create_engine(f"sqlite:///{path}")
        load_all().create_all(engine)
        engine.dispose()
        database = Database(f"sqlite:///{path}")
        with redirect_stdout(StringIO()):
            about = write_shop(open_shop(database, Path(folder)))
        database.close()
        frozen = dump(path, about)
    rows = ",\n".join(f'"{name}": [\n' + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"
                      for name, rows in frozen["rows"].items())
    written = FOLDER / f"{release}.json"
    about = json.dumps(frozen["about"], ensure_ascii=False)
    written.write_text(f'{{"about": {about},\n"rows": {{\n{rows}\n}}}}\n', "utf-8")
    return written


def freeze_steps() -> None:
    """The text of each step by its hash."""
    found = {path.name: step_hash(path) for path in sorted((SCHEMA / "versions").glob("*.py"))}
    STEPS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def step_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    freeze_steps()
    print(freeze(sys.argv[1]))
