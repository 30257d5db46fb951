"""Every packaged function runs from its zip and its layers alone, on each platform's Python, in its shape."""

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
from mall.kit.db import Database

from infra.package.build import Built, build
from infra.package.plan import functions
from infra.package.platforms import LIBRARY_LAYERS, PLATFORMS, SCF, Platform
from tests.package import trial
from tests.support.shop import APPID, Shop, open_shop

pytestmark = pytest.mark.spec("L2")

XIAOHONG = {"environment": json.dumps({"TCB_SOURCE": "wx_client", "WX_OPENID": "openid-xiaohong", "WX_APPID": APPID})}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dist")
APPROVAL = "staff.approve_sensitive_change"  # runs other actions' bodies


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


def test_every_function_has_a_sample():
    assert trial.names_without_sample() == []


def test_each_function_answers_its_sample_from_its_zip_and_its_layers(
        built: Built, dist: Path, sqlite_shop: Shop, tmp_path: Path):
    platform = built.platform
    if trial.interpreter(platform.python) is None:
        print(f"!!! NO PYTHON {platform.python} HERE: THE BUILD FOR {platform.name} IS NOT RUN", file=sys.stderr)
        pytest.skip(f"no Python {platform.python} on this machine: the build for {platform.name} is not run")
    folder = trial.unpack(dist, platform, tmp_path / platform.name)
    sqlite_shop.answer_of(sqlite_shop.send("members.sign_in", {}, XIAOHONG))

    answers = trial.run_samples(sqlite_shop, tmp_path / "mall.db", platform, folder)

    assert set(answers) == {*registry.load(), *(f"layer {name}" for name in LIBRARY_LAYERS)}
    problems = {name: problem for name, found in answers.items() if (problem := _problem(name, found, folder))}
    assert not problems, "\n\n".join(f"{name}: {problem}" for name, problem in sorted(problems.items()))


def _problem(name: str, found: dict[str, Any], folder: Path) -> str | None:
    """What is wrong with an answer, or None."""
    if "trace" in found:
        return found["trace"]
    if found["strangers"]:
        return f"loaded from elsewhere: {found['strangers'][:5]}"
    if name.startswith("layer "):
        return None
    answer, action = found["answer"], registry.load()[name]
    status = answer.get("statusCode")
    body = json.loads(answer["body"]) if status else answer
    if action.kind == "webhook":
        return None if body["code"] in ("SUCCESS", "FAIL") and status < 500 else str(answer)
    if set(body) != {"ok", "data" if body["ok"] else "error", "request_id"}:
        return f"not our shape: {answer}"
    has_sample = name not in trial.names_without_sample()
    if not body["ok"] and (action.kind == "timer" and has_sample or body["error"]["code"] == "INTERNAL"):
        return f"{body['error']} {trial.log_of(folder, name)}"
    if not body["ok"] and body["error"]["code"] in ("NOT_SIGNED_IN", "BAD_SIGNATURE", "NOT_ALLOWED"):
        return f"turned away at the door: {body['error']}"
    return None


def test_a_functions_zip_holds_its_entry_its_file_and_nothing_else(built: Built, dist: Path):
    for function in functions(built.platform):
        domain, verb = function.action.name.split(".")
        with zipfile.ZipFile(dist / built.platform.name / "functions" / f"{function.name}.zip") as archive:
            names = archive.namelist()
        expected = ["functions/__init__.py", f"functions/{domain}/__init__.py", f"functions/{domain}/{verb}.py",
                    "index.py"]
        if function.action.name == APPROVAL:
            assert set(expected) < set(names)
        else:
            assert names in (expected, [*expected, "routes.json"])


def test_the_approval_carries_the_actions_that_it_runs(built: Built, dist: Path):
    own = ["functions/__init__.py", "functions/staff/__init__.py", "functions/staff/approve_sensitive_change.py",
           "index.py"]
    others = [action.name.split(".") for action in registry.load().values() if action.two_people]
    with zipfile.ZipFile(dist / built.platform.name / "functions" / "staff-approve_sensitive_change.zip") as archive:
        assert sorted(archive.namelist()) == sorted({
            *own, *(f"functions/{domain}/__init__.py" for domain, _ in others),
            *(f"functions/{domain}/{name}.py" for domain, name in others)})


def test_the_relay_carries_the_routes_of_all_events(built: Built, dist: Path):
    with zipfile.ZipFile(dist / built.platform.name / "functions" / "ops-relay_outbox.zip") as archive:
        assert json.loads(archive.read("routes.json")) == registry.routes()


def test_packages_stand_where_the_platform_looks_for_them(built: Built, dist: Path):
    root = {"cloudbase": "", "scf": "", "aws": "python/"}[built.platform.name]
    expected = {"common": "mall/__init__.py", "core": "sqlalchemy/__init__.py", "wechat": "requests/__init__.py",
                "storage": "boto3/__init__.py", "office": "xlsxwriter/__init__.py",
                "tencent": "tencentcloud/__init__.py"}
    for layer, name in expected.items():
        with zipfile.ZipFile(dist / built.platform.name / "layers" / f"{layer}.zip") as archive:
            names = archive.namelist()
        assert root + name in names
        assert all(each.startswith(root) for each in names)
        assert not [each for each in names if "__pycache__" in each or each.endswith((".pyi", ".pyc", "/RECORD"))]


def test_a_file_in_two_layers_is_the_same_file(built: Built, dist: Path):
    """On Tencent layers are laid over one another in one folder, and the later wins."""
    seen: dict[str, tuple[str, int]] = {}
    for layer in LIBRARY_LAYERS:
        with zipfile.ZipFile(dist / built.platform.name / "layers" / f"{layer}.zip") as archive:
            for entry in archive.infolist():
                assert seen.setdefault(entry.filename, (layer, entry.CRC))[1] == entry.CRC, (layer, entry.filename)


@pytest.mark.parametrize("built", ["scf"], indirect=True)
def test_two_builds_are_the_same_to_the_byte(built: Built, dist: Path, tmp_path: Path):
    build(SCF, tmp_path)
    first = {path.relative_to(dist): path.read_bytes() for path in sorted((dist / "scf").rglob("*.zip"))}
    again = {path.relative_to(tmp_path): path.read_bytes() for path in sorted((tmp_path / "scf").rglob("*.zip"))}
    assert len(first) == len(registry.load()) + 1 + len(LIBRARY_LAYERS)
    assert first == again


def test_what_a_function_carries_follows_from_what_it_declares():
    def layers(platform: Platform, name: str) -> tuple[str, ...]:
        return next(each.layers for each in functions(platform) if each.action.name == name)

    assert layers(PLATFORMS["scf"], "catalog.list_categories") == ("common", "core", "tencent")
    assert layers(PLATFORMS["aws"], "catalog.list_categories") == ("common", "core", "storage")
    assert layers(PLATFORMS["cloudbase"], "payments.start_payment") == ("common", "core", "tencent", "wechat")
    assert layers(PLATFORMS["aws"], "payments.start_payment") == ("common", "core", "storage", "wechat")
