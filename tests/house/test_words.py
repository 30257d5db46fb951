"""What a person reads of a value stands beside its enum, and has a neutral word for what a newer release writes."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from mall.kit.state import Words

DOMAINS = Path(__file__).resolve().parents[2] / "layers" / "common" / "python" / "mall" / "domains"
FILES = sorted(path for path in DOMAINS.rglob("*.py") if "WORDS = " in path.read_text("utf-8"))
OTHER_TABLES = {"_PLAIN_WORDS"}  # of types, which nobody reads


def test_there_are_such_files():
    assert len(FILES) >= 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_a_table_of_words_has_one_for_what_it_does_not_know(path: Path):
    module = importlib.import_module(".".join(("mall", "domains", *path.relative_to(DOMAINS).with_suffix("").parts)))
    tables = {name: table for name, table in vars(module).items() if name.endswith("WORDS")}
    assert [name for name, table in tables.items() if not isinstance(table, Words) and name not in OTHER_TABLES] == []
    for table in tables.values():
        assert not isinstance(table, Words) or table["OF_A_NEWER_RELEASE"] == table.other
