"""The migrated schema is the metadata's, on both kinds of database; steps have an order and a phase."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from mall.tables import load_all
from sqlalchemy import column, create_engine, insert, inspect, table, text

from infra.migrations import steps
from infra.migrations.__main__ import config, current, upgrade
from tests.releases.rows import FOLDER
from tests.support import mariadb

pytestmark = pytest.mark.spec("L4")


@pytest.fixture(params=["sqlite", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mall.db'}"
        return
    found = mariadb.fresh_database(f"mall_migrations_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    if found is None:
        pytest.skip("no MariaDB on this machine")
    yield found


def test_the_migrated_schema_is_the_metadata(url: str):
    assert upgrade(url) == [step.revision for step in steps.read_steps()]
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, load_all()) == []
    engine.dispose()


def test_the_migrated_columns_are_those_of_create_all_to_the_letter(url: str, tmp_path: Path):
    """What compare_metadata leaves out: exact types, null or not, primary keys and their order, indexes."""
    upgrade(url)
    migrated = describe(url)
    if url.startswith("sqlite"):
        made = f"sqlite:///{tmp_path / 'made.db'}"
    else:
        made = mariadb.fresh_database(f"mall_made_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    engine = create_engine(made)
    load_all().create_all(engine)
    engine.dispose()
    assert migrated == describe(made)


def describe(url: str) -> dict[str, object]:
    engine = create_engine(url)
    looked = inspect(engine)
    found = {name: {
        "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in looked.get_columns(name)),
        "key": looked.get_pk_constraint(name)["constrained_columns"],
        "indexes": sorted((i["name"], tuple(i["column_names"]), bool(i["unique"])) for i in looked.get_indexes(name)),
        "uniques": sorted((u["name"], tuple(u["column_names"])) for u in looked.get_unique_constraints(name)),
        "collation": looked.get_table_options(name).get("mysql_collate") if engine.name == "mysql" else None,
    } for name in looked.get_table_names() if name != "alembic_version"}
    engine.dispose()
    return found


def test_upgrading_twice_changes_nothing(url: str):
    upgrade(url)
    assert upgrade(url) == []
    assert current(url) == steps.newest()


def test_a_shop_of_the_release_before_brings_its_rows_along(url: str):
    """What the code before this step wrote (tests/releases), with another seller's refund, parked events and a note."""
    command.upgrade(config(url), "0001")
    rows = json.loads((FOLDER / "2026-11-29.json").read_text("utf-8"))["rows"]
    engine = create_engine(url)
    with engine.begin() as connection:
        for name, found in rows.items():
            for row in found:
                connection.execute(insert(table(name, *map(column, row))), row)
        connection.execute(text("UPDATE orders SET staff_note = '易碎', seller_id = 'sel_other'"))
        connection.execute(text("UPDATE staff SET seller_id = 'sel_other'"))
        connection.execute(text(
            "INSERT INTO refunds (refund_no, wechat_refund_no, payment_no, order_no, member_id, state, cause, reason,"
            " amount_fen, balance_fen, freight_fen, once_key, attempts, created_at) SELECT 'rfd_1', 'rfd_1',"
            " MIN(payment_no), NULL, MIN(member_id), 'DUE', 'LATE_PAYMENT', '迟到', 1, 0, 0, 'late', 0, MIN(created_at)"
            " FROM payments WHERE payment_no IN (SELECT payment_no FROM payment_lines)"))
        connection.execute(text("UPDATE outbox_events SET state = 'PARKED', attempts = 12"))
    assert upgrade(url) == ["0002", "0003", "0004"]
    with engine.connect() as connection:
        def told(sql: str) -> list[tuple]:
            return sorted(map(tuple, connection.execute(text(sql))))

        assert told("SELECT DISTINCT seller_id FROM refunds") == [("sel_other",)]
        assert told("SELECT DISTINCT seller_id FROM audit_entries") == [("sel_other",)]
        assert told("SELECT DISTINCT state, attempts FROM outbox_events") == [("PENDING", 0)]
        assert told("SELECT order_no, note FROM order_notes") == told("SELECT order_no, '易碎' FROM orders")
    engine.dispose()


def test_warehouses_that_stock_names_already_are_there_afterwards(url: str):
    command.upgrade(config(url), "0003")
    engine = create_engine(url)
    with engine.begin() as connection:
        for sku_id, warehouse_id in (("sku_1", "whs_00000000000000000000000001"), ("sku_1", "whs_NORTH"),
                                     ("sku_2", "whs_NORTH")):
            connection.execute(text(
                "INSERT INTO stock_items (sku_id, warehouse_id, seller_id, available, held, safe_level, below_safe)"
                f" VALUES ('{sku_id}', '{warehouse_id}', 'sel_1', 5, 0, 0, 0)"))
    upgrade(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT seller_id, warehouse_id, name, active, regions FROM warehouses")).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [("sel_1", "whs_NORTH", "whs_NORTH", 1, "[]")]


@pytest.fixture
def four_steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for number, phase in enumerate(["before", "before", "after", "before"], start=1):
        write_step(tmp_path, f"{number:04d}", f"{number - 1:04d}" if number > 1 else None, phase)
    read = steps.read_steps
    monkeypatch.setattr(steps, "read_steps", lambda: read(tmp_path))
    return tmp_path


def write_step(folder: Path, revision: str, follows: str | None, phase: str) -> None:
    (folder / f"{revision}_step.py").write_text(textwrap.dedent(f'''
        revision = {revision!r}
        down_revision = {follows!r}
        phase = {phase!r}
    '''))


@pytest.mark.parametrize(("at", "phase", "taken"), [
    (None, None, ["0001", "0002", "0003", "0004"]),
    (None, "before", ["0001", "0002"]),
    ("0002", "before", []),  # the step after the code comes first: the order is never changed
    ("0002", "after", ["0003"]),
    ("0003", "before", ["0004"]),
    ("0004", None, []),
])
def test_a_phase_takes_its_steps_up_to_the_first_of_the_other(four_steps, at, phase, taken):
    assert [step.revision for step in steps.pending(at, phase)] == taken


def test_a_database_newer_than_the_code_is_left_alone(four_steps: Path):
    with pytest.raises(steps.BadSteps, match="newer than the code"):
        steps.pending("0099")


def test_two_steps_that_follow_the_same_one_are_refused(tmp_path: Path):
    write_step(tmp_path, "0001", None, "before")
    write_step(tmp_path, "0002", "0001", "before")
    write_step(tmp_path, "0003", "0001", "before")
    with pytest.raises(steps.BadSteps, match="not one line"):
        steps.read_steps(tmp_path)


def test_a_step_without_a_phase_is_refused(tmp_path: Path):
    (tmp_path / "0001_step.py").write_text("revision = '0001'\ndown_revision = None\n")
    with pytest.raises(steps.BadSteps, match="0001_step.py must say phase"):
        steps.read_steps(tmp_path)
