"""The manifests say what the functions declare: fresh, accepted by the tools, no secret, no open door for timers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mall.app import registry
from tencentcloud.scf.v20180416 import models

from infra.package import manifests
from infra.package.plan import CLIENT_KINDS, Unit, all_places, units
from infra.package.platforms import AWS, BUILD, PLATFORMS, REPOSITORY
from infra.package.scf_requests import arm_timers, requests
from infra.package.zips import write_zip

pytestmark = pytest.mark.spec("L2")

OSLS = BUILD / "osls" / "node_modules" / ".bin" / "osls"
OSLS_VERSION = "osls@4.3.1"
SECRET = "the-trigger-secret"


MANIFESTS = manifests.manifests()


@pytest.mark.parametrize("path", sorted(MANIFESTS), ids=lambda path: path.name)
def test_a_manifest_is_what_the_declarations_say_now(path: Path):
    assert path.read_text("utf-8") == MANIFESTS[path], "run `python -m infra.package manifests`"


def _units() -> dict[str, Unit]:
    return {unit.name: unit for unit in units(AWS)}


def _lambdas() -> dict[str, Any]:
    return {name: each for stack in manifests.stacks().values() for name, each in stack["functions"].items()}


# who is reachable

def test_only_what_a_client_or_wechat_calls_has_an_address():
    lambdas = _lambdas()
    on_scf = json.loads(manifests.terraform())["functions"]
    for name, unit in _units().items():
        events = [kind for event in lambdas[name].get("events", []) for kind in event]
        addressed = bool(lambdas[name].get("url")) or "httpApi" in events
        assert {action.kind in CLIENT_KINDS for action in unit.actions} == {addressed}, name
        assert bool(on_scf[name]["paths"]) is addressed, name
        assert {action.kind == "timer" for action in unit.actions} == {"schedule" in events}, name
        assert list(on_scf[name]["timers"]) == [each.function_name for each in unit.actions if each.schedule], name
    paths = [path for each in on_scf.values() for path in each["paths"]]
    assert sorted(paths) == sorted(action.path or f"/api/{action.name.replace('.', '/')}"
                                   for action in registry.load().values() if action.kind in CLIENT_KINDS)


def test_a_webhook_stands_at_its_own_path():
    found = [action for action in registry.load().values() if action.kind == "webhook"]
    webhooks = {action.function_name: action.path for action in found}
    assert len(webhooks) >= 3
    lambdas = _lambdas()
    assert {name: lambdas[name]["events"] for name in webhooks} == {
        action.function_name: [{"httpApi": {"method": method, "path": action.path}} for method in action.methods]
        for action in found}
    assert {action.methods for action in found} == {("POST",), ("GET", "POST")}
    on_scf = json.loads(manifests.terraform())["functions"]
    assert {name: on_scf[name]["paths"] for name in webhooks} == {name: [path] for name, path in webhooks.items()}


def test_timers_keep_their_schedule_on_every_platform():
    cloud = {each["name"]: each for each in json.loads(manifests.cloudbase())["functions"]}
    lambdas = _lambdas()
    for name, unit in _units().items():
        if not unit.timers:
            assert "triggers" not in cloud[name]
            continue
        action, = unit.actions  # there is room for each alone
        assert cloud[name]["triggers"] == [{"name": name, "type": "timer", "config": action.schedule.scf_cron()}]
        schedule = lambdas[name]["events"][0]["schedule"]
        assert schedule["rate"] == [action.schedule.aws_expression()]
        assert schedule["input"]["Type"] == "Timer"


def test_no_secret_stands_in_a_manifest():
    lambdas = _lambdas()
    messages = {lambdas[name]["events"][0]["schedule"]["input"]["Message"]
                for name, unit in _units().items() if unit.timers}
    assert messages == {"{{resolve:secretsmanager:${self:custom.secrets}trigger_secret}}"}
    for text in MANIFESTS.values():
        assert "session_secret" not in text.replace("mall/session_secret, mall/trigger_secret", "")


def test_cloudbase_functions_know_their_place_and_their_layers():
    described = json.loads(manifests.cloudbase())
    assert [each["name"] for each in described["functions"]] == sorted(_units())
    for each, function in zip(described["functions"], units(PLATFORMS["cloudbase"]), strict=True):
        assert (each["runtime"], each["handler"]) == ("Python3.11", "index.main_handler")
        assert [layer["name"] for layer in each["layers"]] == [f"mall-{layer}" for layer in function.layers]
        size = sum(len(key) + len(value) for key, value in each["envVariables"].items())
        assert size < 2_048, "half of what the platform takes, before the values are filled in"


# accepted by those who read them

def test_scf_requests_hold_only_fields_that_the_api_knows():
    described = requests("mall", {"MALL_PLATFORM": "scf"}, dict.fromkeys(manifests.ALL_LAYERS, 3), SECRET, "shop.test")
    for action, parameters in described:
        model = getattr(models, f"{action}Request")()
        model._deserialize(parameters)
        _nothing_unknown(model, parameters, action)
    kinds = [action for action, _ in described]
    deployed = units(PLATFORMS["scf"])
    assert kinds.count("CreateFunction") == len(deployed)
    assert kinds.count("CreateTrigger") == sum(not unit.name.endswith("_listeners") for unit in deployed)


def _nothing_unknown(model: Any, parameters: dict[str, Any], where: str) -> None:
    """The SDK only warns of a field it does not know; here it fails, at every depth."""
    known = {name.removeprefix("_") for name in vars(model)}
    for key, value in parameters.items():
        assert key in known, f"{where}.{key}"
        inner = getattr(model, key)
        if isinstance(value, dict):
            _nothing_unknown(inner, value, f"{where}.{key}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for part, given in zip(inner, value, strict=True):
                _nothing_unknown(part, given, f"{where}.{key}")


def test_an_unknown_field_would_be_noticed():
    request = models.CreateFunctionRequest()
    with pytest.warns(UserWarning):
        request._deserialize({"FunctionName": "f", "Handlr": "index.main_handler"})
    with pytest.raises(AssertionError, match="CreateFunction.Handlr"):
        _nothing_unknown(request, {"FunctionName": "f", "Handlr": "index.main_handler"}, "CreateFunction")


def test_cloudbase_timers_get_the_secret_that_its_manifest_has_no_field_for():
    class Scf:
        def __init__(self) -> None:
            self.sent: list[Any] = []

        def UpdateTrigger(self, request: Any) -> None:
            self.sent.append(request)

    scf = Scf()
    timers = [action.function_name for action in registry.load().values() if action.kind == "timer"]
    assert arm_timers(scf, "mall-prod-3g7f2", SECRET) == timers
    assert [(sent.FunctionName, sent.Namespace, sent.CustomArgument, sent.Enable) for sent in scf.sent] == [
        (name, "mall-prod-3g7f2", SECRET, "OPEN") for name in timers]


def test_terraform_finds_its_files_well_formed():
    terraform = shutil.which("terraform")
    if terraform is None:
        print("!!! NO TERRAFORM HERE: infra/terraform IS NOT CHECKED", file=sys.stderr)
        pytest.skip("no terraform on this machine")
    done = subprocess.run([terraform, "fmt", "-check", "-diff", str(REPOSITORY / "infra" / "terraform")],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("stack", manifests.stacks())
def test_osls_packages_each_stack_offline(stack: str, tmp_path: Path, aws_zips: Path):
    osls = _osls()
    (tmp_path / "dist").symlink_to(aws_zips)
    shutil.copy(REPOSITORY / "serverless.yml", tmp_path)
    shutil.copytree(REPOSITORY / "infra" / "serverless", tmp_path / "infra" / "serverless")
    done = subprocess.run([str(osls), "package", "--package", "out", f"--param=stack={stack}"], cwd=tmp_path,
                          capture_output=True, text=True,
                          env={"PATH": f"{Path(shutil.which('node')).parent}:/usr/bin:/bin",
                               "HOME": str(aws_zips.parent),  # where it keeps the rules that it checks by, once made
                               "https_proxy": "http://127.0.0.1:9", "SLS_TRACKING_DISABLED": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    made = json.loads((tmp_path / "out" / "cloudformation-template-update-stack.json").read_text("utf-8"))
    names = {each["Properties"]["FunctionName"] for each in made["Resources"].values()
             if each["Type"] == "AWS::Lambda::Function"}
    assert names == {f"mall-{name}" for name in manifests.stacks()[stack]["functions"]}
    counted = next(place for place in all_places() if (place.platform, place.name) == (AWS, f"mall-{stack}"))
    assert len(made["Resources"]) <= counted.taken, "the packager counts no fewer than there are"
    exported = [each["Export"]["Name"] for each in made["Outputs"].values() if "Export" in each]
    assert ("mall-trade-notify-url" in exported) is (stack == "trade")


@pytest.fixture(scope="module")
def aws_zips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What osls reads of dist/: it takes a zip's digest and looks into none."""
    folder = tmp_path_factory.mktemp("aws") / "dist"
    for unit in units(AWS):
        write_zip(folder / "aws" / "functions" / f"{unit.name}.zip", {"index.py": unit.name.encode()})
    return folder


def test_the_stacks_hold_every_unit_once():
    held = [name for stack in manifests.stacks().values() for name in stack["functions"]]
    assert sorted(held) == sorted(_units())


def _osls() -> Path:
    """osls of a known version in build/osls, installed once; skips loudly where npm or the registry is not there."""
    if OSLS.is_file():
        return OSLS
    npm = shutil.which("npm")
    problem = "no npm"
    if npm:
        OSLS.parents[2].mkdir(parents=True, exist_ok=True)
        done = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--prefix", str(OSLS.parents[2]),
                               OSLS_VERSION], capture_output=True, text=True)
        if done.returncode == 0:
            return OSLS
        problem = done.stderr.strip().splitlines()[-1]
    print(f"!!! NO OSLS HERE ({problem}): serverless.yml IS NOT PACKAGED", file=sys.stderr)
    pytest.skip(f"osls cannot be had: {problem}")
