"""What is said to work has actions that do it and tests that hold it; what is named exists (docs/spec.md)."""

from __future__ import annotations

from pathlib import Path

import pytest
from mall.app import registry

from infra.docs import clauses, spec
from infra.docs.capabilities import CHAPTERS, ROWS

IDS = [row.id for row in ROWS]
WITHOUT_ACTIONS = ("E14", "J2", "L1", "L2", "L3", "L4", "L5", "L7", "L9")  # tools and properties of the whole


def test_each_row_stands_once_in_its_chapter_in_order():
    assert len(set(IDS)) == len(IDS)
    assert sorted(IDS, key=lambda name: (name[0], int(name[1:]))) == IDS
    assert {name[0] for name in IDS} == set(CHAPTERS)


def test_every_action_names_its_row_and_every_named_row_exists():
    named = spec.rows_of_actions()
    actions = {name for names in named.values() for name in names}
    assert sorted(set(registry.load()) - actions) == []
    assert sorted(set(named) - set(IDS)) == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.is_there], ids=lambda row: row.id)
def test_a_row_that_is_there_has_actions_and_tests(row):
    assert row.id in WITHOUT_ACTIONS or spec.rows_of_actions().get(row.id)
    assert sum(spec.rows_of_tests().get(row.id, {}).values()) > 0


def test_a_row_that_is_not_there_is_claimed_by_no_action():
    planned = {row.id for row in ROWS if not row.is_there}
    assert planned & set(spec.rows_of_actions()) == set()


def test_every_row_that_a_test_names_exists():
    assert sorted(set(spec.rows_of_tests()) - set(IDS)) == []


def test_every_story_names_the_rows_that_it_tells():
    """Journeys, rules of the domains, attacks and simulators: a file without a row is in nobody's account."""
    folders = [Path(spec.REPOSITORY / "tests" / name) for name in ("journeys", "domains", "security", "simulators")]
    silent = [str(path.relative_to(spec.REPOSITORY)) for folder in folders for path in sorted(folder.rglob("test_*.py"))
              if not spec.rows_of_file(path)]
    assert silent == []


def test_every_clause_names_a_row_that_is_there_and_actions_that_exist():
    there, actions = {row.id for row in ROWS if row.is_there}, registry.load()
    named = list(clauses.clauses())
    assert len({each.test for each in named}) > 0
    assert [each for each in named if each.row not in there or not each.says or not each.calls] == []
    assert [call for each in named for call in each.calls if call[0] != "/" and call not in actions] == []
