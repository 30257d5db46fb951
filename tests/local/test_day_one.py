"""What somebody types on the first day, in the wrong order too: one sentence that says what to do, never a trace."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import demo, desk, owner
from infra.local.settings import read_running, read_settings
from infra.migrations import __main__ as migrations

pytestmark = pytest.mark.spec("L1")

ROOT = Path(__file__).resolve().parents[2]
PORTS = {"gateway": 9400, "pay": 9401, "api": 9402, "store": 9555}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("MALL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MALL_LOCAL_FOLDER", str(tmp_path / "local"))


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def started(tmp_path: Path) -> None:
    folder = tmp_path / "local"
    folder.mkdir(exist_ok=True)
    asked = {name: f"http://127.0.0.1:{port}" for name, port in PORTS.items()}
    (folder / "environment.json").write_text(json.dumps({"asked": asked, "variables": {}}))


def test_whoever_talks_to_the_mall_finds_it_on_the_ports_that_it_was_started_with(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert read_running() == read_settings()
    started(tmp_path)
    found = read_running()
    assert (found.gateway_port, found.pay_port, found.api_port, found.store_port) == tuple(PORTS.values())
    assert read_settings().gateway_port == 8200  # `make run` without a port is where the README says
    monkeypatch.setenv("MALL_LOCAL_PORT", "9700")
    assert (read_running().gateway_port, read_running().pay_port) == (9700, 9701)


@pytest.mark.parametrize(("arguments", "sentence"), [
    ([], "which action? make desk ACTION="), (["", "--tick"], "which action? make tick ACTION="),
    (["ops.list_casess", ""], "there is no action ops.list_casess; ops.list_cases"),
    (["zzz", ""], "there is no action zzz; docs/actions has them all"),
    (["ops.list_cases", "{bad"], "INPUT is no JSON"), (["ops.list_cases", "[]"], "INPUT is an object"),
    (["ops.relay_outbox", ""], "is a timer: make tick ACTION=ops.relay_outbox"),
    (["ops.list_cases", "--tick"], "ops.list_cases is a query, no timer: make tick ACTION="),
    (["messaging.on_event_compose_messages", ""], "is a listener, no timer: make desk ACTION="),
    (["orders.place_order", ""], "orders.place_order is for members: play one on the API page"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_what_is_no_call_is_answered_with_what_is(
        arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]):
    assert desk.main(arguments) == 1
    assert sentence in capsys.readouterr().err


def test_a_mall_that_does_not_run_is_named_with_its_address(
        tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("MALL_LOCAL_PORT", "1")
    assert desk.main(["ops.check_health", ""]) == 1
    assert "no mall answers at http://127.0.0.1:1: start it with `make run`" in capsys.readouterr().err
    assert demo.main() == 2
    assert "no mall answers at http://127.0.0.1:1: start it with `make run`" in capsys.readouterr().err


def test_an_owner_before_the_first_run_makes_no_empty_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert owner.main(["--database-url", f"sqlite:///{tmp_path}/mall.db"]) == 1
    assert "`make run` makes it" in capsys.readouterr().err
    assert not (tmp_path / "mall.db").exists()


@pytest.mark.parametrize(("url", "sentence"), [
    ("foo", "this is no database URL"), ("nosuch://a/b", "this is no database URL"),
    ("sqlite:////nowhere/at/all.db", "the database does not answer: unable to open database file"),
    ("mysql+pymysql://root:hunter2@127.0.0.1:1/mall", "the database does not answer")])
@pytest.mark.parametrize("command", ["status", "upgrade"])
def test_a_database_that_cannot_be_reached_is_one_sentence_without_its_password(
        command: str, url: str, sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "argv", ["infra.migrations", command, url])
    assert migrations.main() == 1
    told = capsys.readouterr().err
    assert sentence in told and "hunter2" not in told and told.count("\n") == 1


@pytest.mark.parametrize("program", ["simulators.wechat_pay", "simulators.wechat_api", "object_store"])
def test_a_program_on_a_port_that_is_taken_says_so_and_ends(program: str, taken: int, tmp_path: Path):
    python_path = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])
    ended = subprocess.run([sys.executable, "-m", f"infra.local.{program}", "--port", str(taken), "--data",
                            str(tmp_path)], env={**os.environ, "PYTHONPATH": python_path}, cwd=ROOT,
                           capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert f"port {taken} of 127.0.0.1 is taken" in ended.stderr and "Traceback" not in ended.stderr
