"""Every action runs from its unit's zip and its layers alone, on each platform's Python, in its shape."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mall.app import registry
from mall.app.actions import Action
from mall.kit.db import Database

from infra.package import bytecode, zips
from infra.package.build import Built, build
from infra.package.interpreters import interpreter
from infra.package.plan import Unit, units
from infra.package.platforms import LIBRARY_LAYERS, PLATFORMS, SCF, Platform
from tests.package import trial
from tests.support.shop import APPID, Shop, open_shop

pytestmark = pytest.mark.spec("L2")

XIAOHONG = {"environment": json.dumps({"TCB_SOURCE": "wx_client", "WX_OPENID": "openid-xiaohong", "WX_APPID": APPID})}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dist")


APPROVAL = "staff.approve_sensitive_change"  # runs other actions' bodies
KNOW_THE_ROUTES = {"ops.relay_outbox", "ops.replay_parked_event"}


@pytest.fixture(scope="module", params=sorted(PLATFORMS))
def built(request: pytest.FixtureRequest, dist: Path) -> Built:
    return build(PLATFORMS[request.param], dist)


@pytest.fixture
def sqlite_shop(sqlite_template: Path, tmp_path: Path) -> Iterator[Shop]:
    shutil.copy(sqlite_template, tmp_path / "mall.db")
    database = Database(f"sqlite:///{tmp_path / 'mall.db'}")
    (tmp_path / "secrets").mkdir()
    yield open_shop(database, tmp_path / "secrets")
    database.close()


def test_every_action_has_a_sample():
    assert trial.names_without_sample() == []


def test_each_action_answers_its_sample_from_its_units_zip_and_its_layers(
        built: Built, dist: Path, sqlite_shop: Shop, tmp_path: Path):
    platform = built.platform
    if interpreter(platform.python) is None:
        print(f"!!! NO PYTHON {platform.python} HERE: THE BUILD FOR {platform.name} IS NOT RUN", file=sys.stderr)
        pytest.skip(f"no Python {platform.python} on this machine: the build for {platform.name} is not run")
    folder = trial.unpack(dist, platform, tmp_path / platform.name)
    sqlite_shop.answer_of(sqlite_shop.send("members.sign_in", {}, XIAOHONG))

    answers = trial.run_samples(sqlite_shop, tmp_path / "mall.db", platform, folder)

    assert set(answers) == {*(unit.name for unit in units(platform)), *(f"layer {name}" for name in LIBRARY_LAYERS)}
    assert sorted(name for found in answers.values() for name in found.get("answers", ())) == sorted(registry.load())
    problems = {name: problem for name, found in answers.items() if (problem := _problem(name, found, folder))}
    assert not problems, "\n\n".join(f"{name}: {problem}" for name, problem in sorted(problems.items()))


def _problem(name: str, found: dict[str, Any], folder: Path) -> str | None:
    """What is wrong with a unit, or None."""
    if "trace" in found:
        return found["trace"]
    if found["strangers"]:
        return f"loaded from elsewhere: {found['strangers'][:5]}"
    wrong = [f"{action}: {problem}" for action, answer in found["answers"].items()
             if (problem := _wrong(registry.load()[action], answer, folder / "logs" / f"{name}.log"))]
    return "; ".join(wrong) or None


def _wrong(action: Action, answer: dict[str, Any], log: Path) -> str | None:
    status = answer.get("statusCode")
    body = json.loads(answer["body"]) if status else answer
    if action.kind == "webhook":
        return None if body["code"] in ("SUCCESS", "FAIL") and status < 500 else str(answer)
    if set(body) != {"ok", "data" if body["ok"] else "error", "request_id"}:
        return f"not our shape: {answer}"
    if not body["ok"] and (action.kind == "timer" or body["error"]["code"] == "INTERNAL"):
        return f"{body['error']} {log.read_text('utf-8')}"
    if not body["ok"] and body["error"]["code"] in ("NOT_SIGNED_IN", "BAD_SIGNATURE", "NOT_ALLOWED", "NO_SUCH_ACTION"):
        return f"turned away at the door: {body['error']}"
    return None


def test_a_units_zip_holds_its_entry_the_files_of_its_actions_their_bytecode_and_nothing_else(built: Built, dist: Path):
    for unit in units(built.platform):
        carried = list(unit.actions)
        if APPROVAL in [action.name for action in unit.actions]:
            carried += [action for action in registry.load().values() if action.two_people]
        sources = {"index.py", "functions/__init__.py"}
        for action in carried:
            sources |= {f"functions/{action.domain}/__init__.py", f"functions/{action.name.replace('.', '/')}.py"}
        routes = {"routes.json"} if {action.name for action in unit.actions} & KNOW_THE_ROUTES else set()
        assert set(_names(dist, unit)) == sources | {
            bytecode.place_of(name, built.platform.python) for name in sources} | routes


def _names(dist: Path, unit: Unit) -> list[str]:
    with zipfile.ZipFile(dist / unit.platform.name / "functions" / f"{unit.name}.zip") as archive:
        return archive.namelist()


def test_the_relay_carries_the_routes_of_all_events(built: Built, dist: Path):
    with zipfile.ZipFile(dist / built.platform.name / "functions" / "ops-relay_outbox.zip") as archive:
        assert json.loads(archive.read("routes.json")) == registry.routes()


def test_packages_stand_where_the_platform_looks_for_them(built: Built, dist: Path):
    root = {"cloudbase": "", "scf": "", "aws": "python/"}[built.platform.name]
    expected = {"common": "mall/__init__.py", "core": "sqlalchemy/__init__.py", "wechat": "requests/__init__.py",
                "storage": "boto3/__init__.py", "office": "xlsxwriter/__init__.py",
                "pictures": "PIL/Image.py",
                "tencent": "tencentcloud/__init__.py"}
    for layer, name in expected.items():
        with zipfile.ZipFile(dist / built.platform.name / "layers" / f"{layer}.zip") as archive:
            names = archive.namelist()
        assert root + name in names
        assert all(each.startswith(root) for each in names)
        assert not [each for each in names if each.endswith((".pyi", "/RECORD"))]


def test_a_file_in_two_layers_is_the_same_file(built: Built, dist: Path):
    """On Tencent layers are laid over one another in one folder, and the later wins."""
    seen: dict[str, tuple[str, int]] = {}
    for layer in LIBRARY_LAYERS:
        with zipfile.ZipFile(dist / built.platform.name / "layers" / f"{layer}.zip") as archive:
            for entry in archive.infolist():
                assert seen.setdefault(entry.filename, (layer, entry.CRC))[1] == entry.CRC, (layer, entry.filename)


@pytest.mark.parametrize("built", ["scf"], indirect=True)
def test_two_builds_are_the_same_to_the_byte(
        built: Built, dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bytecode, "KEPT", tmp_path / "bytecode")  # nothing is taken from what was made before
    monkeypatch.setattr(zips, "KEPT", tmp_path / "zips")
    build(SCF, tmp_path / "dist")
    first = {path.relative_to(dist): path.read_bytes() for path in sorted((dist / "scf").rglob("*.zip"))}
    again = {path.relative_to(tmp_path / "dist"): path.read_bytes()
             for path in sorted((tmp_path / "dist" / "scf").rglob("*.zip"))}
    assert len(first) == len(units(SCF)) + 1 + len(LIBRARY_LAYERS)
    assert sorted(first) == sorted(again)
    assert [name for name in first if first[name] != again[name]] == []


def test_what_a_unit_carries_follows_from_what_its_actions_declare():
    def layers(platform: Platform, name: str) -> tuple[str, ...]:
        return next(each.layers for each in units(platform) if each.name == name)

    assert layers(PLATFORMS["scf"], "catalog-list_categories") == ("common", "core", "tencent")
    assert layers(PLATFORMS["aws"], "catalog-list_categories") == ("common", "core", "storage")
    assert layers(PLATFORMS["cloudbase"], "payments-start_payment") == ("common", "core", "tencent", "wechat")
    assert layers(PLATFORMS["aws"], "payments-start_payment") == ("common", "core", "storage", "wechat")
    assert layers(PLATFORMS["scf"], "orders_files") == ("common", "core", "office", "storage", "tencent")
