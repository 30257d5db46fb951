"""The private MariaDB server, for real: made, shared, killed, started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local import debian, mariadb
from tests.support import mariadb as shared

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if not mariadb.ensure_installed():
        pytest.skip("MariaDB cannot be had here")
    folder = tmp_path_factory.mktemp("mariadb")
    yield folder
    if running := mariadb.status(folder):
        running.stop()
    shutil.rmtree(folder)


def _ask(server: mariadb.Server, *statements: str) -> list[tuple]:
    with server.connect() as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall())


def test_the_server_is_durable_and_compares_text_by_its_bytes(folder: Path) -> None:
    server = mariadb.start(folder)
    assert _ask(
        server,
        "SELECT @@innodb_flush_log_at_trx_commit, @@log_bin, @@collation_server, @@max_connections,"
        " @@innodb_buffer_pool_size, @@bind_address, @@time_zone, 'a' = 'A' COLLATE utf8mb4_bin",
    ) == [(1, 0, "utf8mb4_bin", 300, 256 * 1024 * 1024, "127.0.0.1", "+00:00", 0)]
    assert server.url == f"mysql+pymysql://root@127.0.0.1:{server.port}/?charset=utf8mb4"


def test_five_starters_at_once_get_one_and_the_same_server(folder: Path) -> None:
    command = [sys.executable, "-m", "infra.local.mariadb", "start", "--folder", str(folder)]
    if running := mariadb.status(folder):
        running.stop()

    def start_elsewhere(_: int) -> str:
        return subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout

    with ThreadPoolExecutor(5) as pool:
        printed = list(pool.map(start_elsewhere, range(5)))

    server = mariadb.status(folder)
    assert server is not None
    assert printed == [f"running: {server.url} (process {server.pid}, folder {folder})\n"] * 5


def test_a_killed_server_leaves_a_stale_pid_and_the_next_start_keeps_every_commit(folder: Path) -> None:
    killed = mariadb.start(folder)
    _ask(killed, "CREATE DATABASE kept", "CREATE TABLE kept.t (n INT PRIMARY KEY)", "INSERT INTO kept.t VALUES (7)")
    os.kill(killed.pid, signal.SIGKILL)
    assert (folder / "server.pid").read_text().strip() == str(killed.pid)

    server = mariadb.start(folder)

    assert server.pid != killed.pid
    assert server.port == killed.port
    assert _ask(server, "SELECT n FROM kept.t") == [(7,)]


def test_a_stale_pid_that_is_now_somebody_elses_process_is_left_alone(folder: Path) -> None:
    mariadb.start(folder).stop()
    bystander = subprocess.Popen(["sleep", "60"])
    (folder / "server.pid").write_text(str(bystander.pid))
    try:
        assert mariadb.status(folder) is None
        server = mariadb.start(folder)
        assert bystander.poll() is None
        assert server.pid != bystander.pid
    finally:
        bystander.kill()
        bystander.wait()


def test_when_the_remembered_port_is_taken_another_one_is_used(folder: Path) -> None:
    before = mariadb.start(folder)
    before.stop()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", before.port))
        squatter.listen()
        server = mariadb.start(folder)
        assert server.port != before.port
        assert _ask(server, "SELECT 1") == [(1,)]


def test_asking_for_another_port_than_the_running_servers_is_refused(folder: Path) -> None:
    server = mariadb.start(folder)
    with pytest.raises(mariadb.MariaDBFailed, match=f"already running in .* on port {server.port}"):
        mariadb.start(folder, port=server.port + 1)
    assert mariadb.status(folder) == server


def test_a_stopped_server_is_gone_and_stopping_again_is_fine(folder: Path) -> None:
    server = mariadb.start(folder)
    server.stop()
    server.stop()
    assert mariadb.status(folder) is None
    assert not (folder / "server.pid").exists()


def test_where_nothing_can_be_installed_it_says_so_loudly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(mariadb, "programs", lambda: None)
    monkeypatch.setattr(debian, "_as_root", lambda: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert mariadb.ensure_installed() is False
    assert capsys.readouterr().err == (
        "!!! MariaDB IS NOT AVAILABLE: no apt-get and dpkg-deb on this machine. Everything that needs it is skipped.\n")
    assert not (tmp_path / "mall" / "mariadb").exists()


def test_installing_takes_the_packages_without_a_service_and_asks_no_questions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    apt_get = tmp_path / "apt-get"
    apt_get.write_text(f'#!/bin/sh\necho "$DEBIAN_FRONTEND: $*" >> {said}\n')
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(debian, "_as_root", list)
    there = iter([None, ("mariadbd", "mariadb-install-db")])
    monkeypatch.setattr(mariadb, "programs", lambda: next(there))

    assert mariadb.ensure_installed() is True

    assert said.read_text().splitlines() == [
        "noninteractive: update -q",
        "noninteractive: install -y -q --no-install-recommends mariadb-server-core mariadb-client-core",
    ]


def test_a_fresh_database_is_empty_each_time() -> None:
    name = f"fresh_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    url = shared.fresh_database(name)
    if url is None:
        pytest.skip("MariaDB cannot be had here")
    server = shared.server()
    assert url == f"mysql+pymysql://root@127.0.0.1:{server.port}/{name}?charset=utf8mb4"
    _ask(server, f"CREATE TABLE {name}.t (n INT)")
    shared.fresh_database(name)
    assert _ask(server, f"SHOW TABLES FROM {name}") == []
    _ask(server, f"DROP DATABASE {name}")


def test_a_database_name_that_could_carry_sql_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 1 to 64"):
        shared.fresh_database("a; DROP DATABASE mysql")
