"""What is said to work has actions that do it and tests that hold it; what is named exists (docs/spec.md)."""

from __future__ import annotations

from pathlib import Path

import pytest
from mall.app import registry

from infra.docs import clauses, spec
from infra.docs.capabilities import CHAPTERS, ROWS

IDS = [row.id for row in ROWS]
SHOWN = {  # of the first rows that are there: words of each clause, which a case plays over HTTP
    "A1": "cloud call; code2Session; OAuth2; unionid; getuserphonenumber",
    "A2": "default; pasted; at most 20; own copy",
    "A3": "purchases; sign-ins; levels are data; 5,000 yuan; 50,000 yuan; free shipping; yearly; member-centre",
    "A4": "earned by purchase; cap per order; sign-in (streaks); lot expires; oldest spent; gives back; ledger entry",
    "A6": "encrypted at rest; keyed hash; every list; every log; audit log",
    "B1": "tags; filters; breadcrumbs; at most 3 steps",
    "B2": "matrix; code unique; price tiers; member price; commission; media; virtual goods; weight",
    "B3": "by warehouse; once per crossing; commit / release; below zero; flash sale; stock ledger",
    "B4": "list / unlist; timed listing; import; export; per-row error; copy product",
    "D1": "select one/all; quantity; price live; kept apart; stock is short; add-on hint",
    "D4": "full-reduction; with cap; no-threshold; free shipping; scope; per-person quota; claim centre; code; "
          "expiry reminder; more issued; more used; returned on cancel",
    "E1": "one-click; cart; group; points; idempotent; told not charged; stock reserved; all or nothing; bounded",
    "E2": "express; pick-up with code; virtual",
    "E5": "JSAPI; Native, H5; signature; amount and merchant; replay; found by query; duplicates and reordering",
    "E6": "full; partial by line; price difference; freight; compensation; several times; state of the money; "
          "more than paid; trusted members; notification; never answer",
    "E11": "search; batch ship (Excel); export; remarks; price change; close",
    "E12": "request; issue state; red-letter",
    "E14": "foreign SDKs; all key modes; one command",
    "I1": "consent; template messages; daily caps; one message once; quiet hours; failures retried",
    "J4": "who did what; append-only; hash-chained; daily root",
    "J6": "roles; per function; refunds over a limit; settings that move money; wrong passwords",
    "L6": "structured logs; request id; metrics; traces; log search by order",
}
WITHOUT_ACTIONS = ("E14", "J2", "L1", "L2", "L3", "L4", "L5", "L7", "L8", "L9")  # tools and properties of the whole


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


@pytest.mark.parametrize("row", SHOWN)
def test_each_clause_of_the_first_rows_is_shown(row: str):
    said = " ".join(each.says for each in clauses.clauses() if each.row == row)
    assert [words for words in SHOWN[row].split("; ") if words not in said] == []


def test_every_clause_names_a_row_that_is_there_and_actions_that_exist():
    there, actions = {row.id for row in ROWS if row.is_there}, registry.load()
    named = list(clauses.clauses())
    assert len({each.test for each in named}) > 0
    assert [each for each in named if each.row not in there or not each.says or not each.calls] == []
    assert [call for each in named for call in each.calls if call[0] != "/" and call not in actions] == []
