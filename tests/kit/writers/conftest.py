"""One SQLite file with two jars, and a look at each commit of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from crowd import jars
from mall.kit import writers
from mall.kit.db import Database
from mall.kit.writers import Shared
from sqlalchemy import create_engine


@pytest.fixture
def file(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'jars.db'}"
    engine = create_engine(url)
    jars.create(engine)
    engine.dispose()
    return url


@pytest.fixture
def bank(file: str) -> Iterator[Database]:
    database = Database(file)
    database.run(lambda tx: [tx.insert(jars, name=name, coins=0) for name in "ab"])
    yield database
    database.close()


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many transactions each commit or rollback of the database was for."""
    seen, end = [], Shared.end

    def noted(shared: Shared) -> None:
        seen.append(shared.members)
        end(shared)

    monkeypatch.setattr(Shared, "end", noted)
    monkeypatch.setattr(writers, "TOGETHER_S", 60.0)  # a slow machine counts as a fast one
    return seen
