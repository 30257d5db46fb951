"""What has grown too large is refused, with a sentence that says what and by how much."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest
from mall.app import namespaces
from mall.app.actions import Action

from infra.package import build as building
from infra.package import libraries
from infra.package.build import OverBudget, build
from infra.package.libraries import NoWheel, files_of, wheels_of
from infra.package.plan import Unit
from infra.package.platforms import AWS, LAYERS, LIBRARY_LAYERS, SCF
from infra.package.zips import write_zip

pytestmark = pytest.mark.spec("L2")


def _action(name: str, **more: object) -> Action:
    return Action(name, "query", lambda ctx: None, allow="anyone", **more)


def test_a_unit_with_too_many_layers_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    greedy = Unit("orders_files", (_action("orders.export_orders", uses=("wechat_pay", "storage"),
                                           libraries=("office",)),), SCF)
    assert greedy.layers == ("common", "core", "office", "storage", "tencent", "wechat")
    monkeypatch.setattr(building, "units", lambda platform: [greedy])
    with pytest.raises(OverBudget, match=r"layers of orders_files \(common, .*\): 6 is more than 5"):
        build(SCF, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_namespace_of_which_not_a_quarter_is_free_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    many = [Unit(f"orders-action_{number}", (_action(f"orders.action_{number}"),), SCF) for number in range(38)]
    monkeypatch.setattr(building, "units", lambda platform: many)
    with pytest.raises(OverBudget, match="in mall-trade of scf, a quarter of 50 kept free: 38 is more than 37"):
        build(SCF, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_layer_over_its_budget_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(building, "LAYER_ZIP_BYTES", 10_000)
    with pytest.raises(OverBudget, match=r"layer common, zipped: [\d,]+ is more than 10,000"):
        build(AWS, tmp_path)


def test_a_domain_without_a_namespace_says_where_to_put_it():
    with pytest.raises(namespaces.HomelessDomain, match=r"give the domain 'zeppelins' a place in GROUPS"):
        namespaces.group_of("zeppelins")


def test_each_domain_stands_in_one_group_and_scf_has_room_for_the_groups():
    domains = [domain for group in namespaces.GROUPS.values() for domain in group]
    assert len(domains) == len(set(domains))
    assert len(namespaces.GROUPS) == 5


@pytest.mark.parametrize("layer", LIBRARY_LAYERS)
def test_every_locked_library_has_one_version_and_what_is_wanted_is_locked(layer: str):
    wanted = {line.lower() for line in (LAYERS / layer / "requirements.txt").read_text().splitlines() if line}
    locked = [line.split()[0] for line in (LAYERS / layer / "requirements.lock").read_text().splitlines()[1:]]
    assert wanted <= set(locked), "run `python -m infra.package lock`"
    elsewhere = {line.split("==")[0]: line.split()[0] for other in LIBRARY_LAYERS
                 for line in (LAYERS / other / "requirements.lock").read_text().splitlines()[1:]}
    assert {each.split("==")[0]: each for each in locked}.items() <= elsewhere.items()


def test_only_wheels_with_the_locked_hash_are_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "office").mkdir()
    wheel = wheels_of("office", "3.11")[-1]
    name, version = wheel.name.split("-")[:2]
    (tmp_path / "office" / "requirements.lock").write_text(f"{name}=={version} --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(libraries, "LAYERS", tmp_path)
    monkeypatch.setattr(libraries, "WHEELS", tmp_path / "wheels")
    with pytest.raises(NoWheel, match="(?i)hash"):
        wheels_of("office", "3.11")


def test_of_botocore_only_the_services_that_the_mall_calls_are_shipped():
    services = {name.split("/")[2] for name in files_of("storage", "3.11")
                if name.startswith("botocore/data/") and name.count("/") > 2}
    assert services == {"s3", "lambda", "secretsmanager", "sts", "kms"}
    assert "botocore/data/endpoints.json" in files_of("storage", "3.11")


def test_a_zip_depends_on_its_content_only(tmp_path: Path):
    one = write_zip(tmp_path / "one.zip", {"b.py": b"2", "a.py": b"1"})
    two = write_zip(tmp_path / "two.zip", {"a.py": b"1", "b.py": b"2"})
    assert one == two
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert [(each.filename, each.date_time) for each in archive.infolist()] == [
            ("a.py", (1980, 1, 1, 0, 0, 0)), ("b.py", (1980, 1, 1, 0, 0, 0))]


def test_what_is_gone_from_the_functions_is_gone_from_the_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    stale = tmp_path / "scf" / "functions" / "orders-forgotten.zip"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"")
    building._sweep(stale.parent, {"orders-place_order"})
    assert list(stale.parent.iterdir()) == []


def test_the_tests_run_on_the_python_of_aws_and_cloudbase():
    assert sys.version_info[:2] == (3, 11)
