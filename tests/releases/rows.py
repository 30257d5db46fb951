"""The rows of a shop as a file, and back into a database of today: `python -m tests.releases RELEASE` freezes them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from mall.kit.db import Database, Json, driver_url
from mall.kit.sealed import SealedJson
from mall.tables import load_all
from sqlalchemy import create_engine, select, text, update

FOLDER, STEPS = Path(__file__).with_name("rows"), Path(__file__).with_name("steps.json")
MARK = "of_a_newer_release"
MAPS = {  # documents, or parts of them, whose keys are data: a new key would be another thing, not another field
    "messages.fields", "group_buys.prices", "group_buys.leader_prices", "audit_entries.target", "quantities",
    "templates", "theirs", "ours"}
PLAIN_TEXT = {"shop_settings.document"}


def dump(path: Path, about: dict[str, Any]) -> dict[str, Any]:
    """All rows of an SQLite database, as they are stored."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in load_all().tables
                  if name not in ("sessions", "idempotency_keys")}
    return {"about": about, "rows": {name: rows for name, rows in tables.items() if rows}}


def load(database: Database, frozen: dict[str, Any]) -> None:
    """Into an empty database: columns that the release did not have get what the server writes by itself."""
    engine = create_engine(driver_url(str(database.url.render_as_string(hide_password=False))))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM data_keys"))
        for name, rows in frozen["rows"].items():
            for row in rows:
                columns = ", ".join(f"`{column}`" for column in row)
                marks = ", ".join(f":{column}" for column in row)
                connection.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({marks})"), row)
    engine.dispose()


def with_more_fields(frozen: dict[str, Any]) -> dict[str, Any]:
    """The rows as a release with one more field in every document would have written them."""
    documents = {f"{table.name}.{column.name}" for table in load_all().tables.values() for column in table.columns
                 if isinstance(column.type, Json)} | PLAIN_TEXT
    rows = {name: [{column: _more(value, f"{name}.{column}") if f"{name}.{column}" in documents else value
                    for column, value in row.items()} for row in rows] for name, rows in frozen["rows"].items()}
    return {**frozen, "rows": rows}


def _more(value: str | None, place: str) -> str | None:
    return None if value is None else json.dumps(_widen(json.loads(value), place), ensure_ascii=False)


def _widen(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_widen(each, name) for each in value]
    if not isinstance(value, dict):
        return value
    wider = {key: _widen(each, key) for key, each in value.items()}
    return wider if name in MAPS else {**wider, MARK: {"deep": [1]}}


def widen_sealed(database: Database) -> None:
    """The same for the documents that are sealed in their rows."""
    for table in load_all().tables.values():
        for column in table.columns:
            if isinstance(column.type, SealedJson):
                _widen_column(database, table, column)


def _widen_column(database: Database, table: Any, column: Any) -> None:
    [key] = table.primary_key.columns
    every = select(key, column).where(column.is_not(None))
    for number, document in database.read(lambda tx: tx.all(every)):
        change = update(table).where(key == number).values({column.name: _widen(document, column.name)})
        database.run(lambda tx, change=change: tx.change(change))


def without_marks(value: Any) -> Any:
    """An answer without what `with_more_fields` put into documents that are shown as they are, and without seconds
    that run."""
    if isinstance(value, dict):
        return {key: without_marks(each) for key, each in value.items() if key not in (MARK, "seconds_left_to_pay")}
    return [without_marks(each) for each in value] if isinstance(value, list) else value


def releases() -> list[str]:
    """The two newest that are frozen, the older one first."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))[-2:]


def read(release: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{release}.json").read_text("utf-8"))
