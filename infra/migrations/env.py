"""What Alembic runs for every command: the database by URL, the metadata of the mall, how types are written.

The URL comes from `-x url=...`, from the caller's `config.attributes["url"]`, or from MALL_DATABASE_URL.
"""

from __future__ import annotations

import os
from typing import Any

from alembic import context
from mall.kit.db import Instant, Json, driver_url
from mall.kit.sealed import KeyedHash, OpenedText, SealedJson, SealedText
from mall.tables import load_all
from sqlalchemy import create_engine, pool


def main() -> None:
    arguments = context.get_x_argument(as_dictionary=True)
    url = arguments.get("url") or context.config.attributes.get("url") or os.environ.get("MALL_DATABASE_URL")
    if not url:
        raise SystemExit("which database? -x url=sqlite:///FILE, or set MALL_DATABASE_URL")
    engine = create_engine(driver_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=load_all(), render_as_batch=True,
                          compare_type=True, render_item=render_item, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def render_item(kind: str, value: Any, autogen_context: Any) -> str | bool:
    """Our own column types as plain ones: a step must mean the same when the code has moved on."""
    if kind == "type" and isinstance(value, (SealedText, KeyedHash)):
        return f"sa.String(length={value.impl.length})"
    if kind == "type" and isinstance(value, (Instant, Json, OpenedText, SealedJson)):
        autogen_context.imports.add("from sqlalchemy.dialects import mysql")
        if isinstance(value, Instant):
            return "sa.String(length=26).with_variant(mysql.DATETIME(fsp=6), 'mysql')"
        return "sa.Text().with_variant(mysql.LONGTEXT(), 'mysql')"
    return False


main()
