"""The jars, laid anew for each test on each database."""

from __future__ import annotations

import pytest
from jars import EMPTY, metadata, put
from mall.kit import outside
from mall.kit.db import Database
from sqlalchemy import create_engine


@pytest.fixture
def bank(database: Database):
    """The database with three jars: a has 10 coins, b has 20, c has 30."""
    engine = create_engine(database.url)
    metadata.create_all(engine)
    engine.dispose()
    database.run(lambda tx: tx.write(EMPTY))
    database.run(lambda tx: [put(tx, name, coins) for name, coins in (("a", 10), ("b", 20), ("c", 30))])
    yield database
    outside.watch = None
