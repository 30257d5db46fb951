"""Every test that asks for `shop` runs twice: on SQLite and on a real MariaDB; a third time on the server that
MALL_TEST_MYSQL_URL names (`mysql+pymysql://root@host:port/`, a MySQL 8 or another of its family, with the right to make
databases), where it is set."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from mall.domains.staff import passwords
from mall.kit import clock
from mall.kit.db import Database
from mall.tables import load_all
from sqlalchemy import create_engine, make_url, text

from infra.docs import spec
from tests.guards import mutants
from tests.support import mariadb
from tests.support.pay import pay_simulator, paying  # noqa: F401  (fixtures)
from tests.support.shop import Shop, open_shop
from tests.support.where_time_goes import Clock, turn

MYSQL_URL = os.environ.get("MALL_TEST_MYSQL_URL", "")
NAME = f"mall_test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{os.getpid()}"
KINDS = ("sqlite", "mariadb", *(["mysql"] if MYSQL_URL else []))
collect_ignore = [] if os.environ.get("MALL_CASES") else ["cases"]  # they play against a running mall: `make cases`
DEAR = passwords.COST, passwords.STRANGER
CHEAP = (16, 1, 1), "scrypt$16$1$1$AAAAAAAAAAAAAAAAAAAAAA==$"  # the cost stands in the hash, whoever reads it
passwords.COST, passwords.STRANGER = CHEAP  # else a quarter of a second for each of some hundred passwords
if os.environ.get(mutants.VARIABLE):
    mutants.drop(os.environ[mutants.VARIABLE])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--spec", action="append", default=[], metavar="ROW",
                     help="only tests of this row of docs/spec.md")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # in the process that hears of all tests
        config.pluginmanager.register(Clock())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first. `--spec E6`: tests that are marked so, and those of the actions that name the row."""
    items.sort(key=lambda item: turn(item.nodeid.partition("::")[0]))
    wanted = set(config.getoption("--spec"))
    if wanted:
        items[:] = [item for item in items if wanted & {*spec.rows_of_file(item.path), *(
            row for mark in item.iter_markers("spec") for row in mark.args)}]


def pytest_collection_finish() -> None:
    """What was collected stays until the end: nobody need look through it for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated database file, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "mall.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("PRAGMA journal_mode=WAL"))  # kept in the file; else the first of each test changes it
        load_all().create_all(connection)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """One for each test process, so that a statement is compiled once; its file is laid anew for each test."""
    return Database(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'mall.db'}")


@pytest.fixture(scope="session")
def mariadb_database() -> Iterator[Database | None]:
    """One database per test process, emptied between tests and dropped at the end."""
    url = mariadb.fresh_database(NAME)
    if url is None:
        yield None
        return
    yield from _with_tables(url)
    mariadb.drop_database(NAME)


@pytest.fixture(scope="session")
def mysql_database() -> Iterator[Database]:
    """The same on the server of MALL_TEST_MYSQL_URL."""
    server = create_engine(MYSQL_URL)
    with server.begin() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {NAME}"))
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    yield from _with_tables(make_url(MYSQL_URL).set(database=NAME).render_as_string(hide_password=False))
    with server.begin() as connection:
        connection.execute(text(f"DROP DATABASE {NAME}"))
    server.dispose()


def _with_tables(url: str) -> Iterator[Database]:
    engine = create_engine(url)
    load_all().create_all(engine)
    engine.dispose()
    found = Database(url)
    yield found
    found.close()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        found = request.getfixturevalue("sqlite_database")
        _lay_anew(Path(found.url.database), request.getfixturevalue("sqlite_template"))
        yield found
        found.close()
        return
    found = request.getfixturevalue(f"{request.param}_database")
    if found is None:
        pytest.skip("no MariaDB on this machine")
    link = found.link()
    cursor = link._cursor()
    cursor.execute(";".join(f"DELETE FROM {name}" for name in load_all().tables))
    while cursor.nextset():  # wait for the last one: the server goes on after we have left
        pass
    found.close()
    yield found
    found.close()


@pytest.fixture
def dear_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shop's passwords cost."""
    for name, value in zip(("COST", "STRANGER"), DEAR, strict=True):
        monkeypatch.setattr(passwords, name, value)


def _lay_anew(path: Path, template: Path) -> None:
    for beside in ("-wal", "-shm"):
        Path(f"{path}{beside}").unlink(missing_ok=True)
    path.unlink(missing_ok=True)  # who still holds the old file writes into that one
    shutil.copy(template, path)


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    clock.move_ahead(timedelta(0))
    folder = tmp_path / "secrets"
    folder.mkdir()
    yield open_shop(database, folder)
    clock.move_ahead(timedelta(0))
